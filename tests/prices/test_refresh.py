"""Fetching price lists over real HTTP: what is kept, what changed, and that only a whole list does it."""

from __future__ import annotations

import gzip
import itertools
import json
import stat
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from mist_notebook.ground.errors import ApiError, BadValueError, MistError, NotFoundError, UnavailableError
from mist_notebook.prices.catalogue import changes, overlay
from mist_notebook.prices.catalogue import fetched as kept_files
from mist_notebook.prices.catalogue.lists import PriceList
from mist_notebook.prices.catalogue.reading import price_row
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.linode import Linode
from mist_notebook.prices.catalogue.sources.vultr import Vultr
from tests.rigs import hostile, price_lists
from tests.rigs.offer_rows import offers
from tests.rigs.refresh_rig import KINDS, TODAY, embedded, fetched, keep, prices

HTML = "<!doctype html><html><title>Sign in</title></html>"
CUT = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"Items": ['
PAGE = {"Items": [price_lists.meter("Standard_A1", 0.5)], "NextPageLink": None, "Count": 1}


# ------------------------------------------------------------------------------------------------- a list in good order


@pytest.mark.parametrize("name", KINDS)
def test_a_list_is_kept_whole_dated_and_for_its_owner_alone(name: str) -> None:
    path = keep(name)
    kept = kept_files.read(path)
    assert (kept.name, kept.scopes) == (name, {"": TODAY})
    assert kept.url.startswith("http://127.0.0.1:")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [f"{name}.prices.gz"]
    assert set(kept.offers["as_of"]) == {pd.Timestamp(TODAY)}
    assert (kept.offers["price_hourly"] > 0).all() and (kept.offers["price_monthly"] > 0).all()
    pd.testing.assert_frame_equal(overlay.refreshed(), kept.offers)
    assert overlay.refresh_notes() == ()


def test_the_same_list_on_the_same_day_is_the_same_file() -> None:
    first = keep("vultr").read_bytes()
    with hostile.serve(price_lists.vultr()) as server:
        wanted = Vultr(server.url)
        fetched(wanted)
        again = kept_files.file_of("vultr").read_bytes()
        fetched(wanted)
        assert kept_files.file_of("vultr").read_bytes() == again
    head, twin = (json.loads(gzip.decompress(content).partition(b"\n")[0]) for content in (first, again))
    assert {**head, "url": ""} == {**twin, "url": ""}


def test_what_changed_is_a_frame_the_largest_change_first() -> None:
    with hostile.serve(price_lists.azure()) as server:
        found = fetched(Azure(server.url), "eastus")
    told = found.changes[["id", "region", "kind", "change", "price_before", "price_now"]].round(6)
    assert told.astype("object").where(told.notna(), None).to_numpy().tolist() == [
        ["Standard_D2s_v3", "eastus", "on-demand", "changed", 0.09, 0.096],
        ["Basic_A0", "eastus", "on-demand", "new", None, 0.018],
        ["Standard_D2s_v3", "eastus", "spot", "new", None, 0.0251],
        ["Standard_Old", "eastus", "on-demand", "gone", 1.0, None],
    ]
    assert found.changes["percent"].round(3).tolist()[:1] == [6.667]
    assert found.changes["as_of_before"].tolist()[0] == pd.Timestamp("2020-08-30")
    assert found.notes == (
        "azure: 3 offers of 2026-11-25: 1 changed, 2 new, 1 gone. Known before: 2 of 2020-08-30 to 2020-08-30.",
        "The shape of 1 of 2 sizes is not known: they fit no wish for vCPUs or memory.",
        f"Kept in {kept_files.file_of('azure')}",
    )


def test_a_price_that_was_unknown_is_new_and_regions_stand_in_order() -> None:
    row = {"provider": "p", "id": "i"}
    before = offers(row | {"region": "b"}, row | {"region": "c", "price_hourly": 1.0})
    after = offers(*(row | {"region": region, "price_hourly": 1.0} for region in "cba"))
    found = changes.between(before, after)
    assert found[["region", "change"]].to_numpy().tolist() == [["a", "new"], ["b", "new"]]


def test_a_second_look_says_what_changed_since_the_first() -> None:
    keep()
    dearer = [item | {"retailPrice": item["retailPrice"] * 1.5} for item in price_lists.AZURE]
    with hostile.serve(price_lists.azure(*dearer)) as server:
        found = fetched(Azure(server.url), today=TODAY + timedelta(days=1))
    assert found.changes["change"].tolist() == ["changed"] * 5
    assert found.changes["percent"].round(6).tolist() == [50.0] * 5
    assert "0 new, 0 gone. Known before: 5 of 2026-11-25 to 2026-11-25." in found.notes[0]


def test_a_list_that_is_as_it_was_changes_nothing_but_its_day() -> None:
    keep("linode")
    with hostile.serve(price_lists.linode()) as server:
        found = fetched(Linode(server.url), today=TODAY + timedelta(days=1))
    assert len(found.changes) == 0
    assert list(found.changes.columns)[:6] == ["provider", "id", "region", "kind", "os", "change"]
    assert set(overlay.refreshed()["as_of"]) == {pd.Timestamp("2026-11-26")}


def test_progress_is_told_in_lines() -> None:
    told: list[str] = []
    clock = itertools.count(0, 1.0).__next__
    with hostile.serve(price_lists.azure(size=1)) as server:
        fetched(Azure(server.url), page_s=1e6, tell=told.append, clock=clock, sleep=lambda _: None)
    assert told[0].split() == ["azure", *told[0].split()[1:3], "1", "page,", "1", "row"]
    assert 3 < len(told) <= 17
    assert all(line.startswith("azure ") and line.endswith((" row", " rows")) for line in told)


# ------------------------------------------------------------------------------------------------------------- overlay


@pytest.mark.parametrize("categories", [False, True], ids=["text", "categories"])
def test_a_whole_list_takes_the_place_of_what_was_known_before_its_day(categories: bool) -> None:
    known = embedded(categories=categories)
    keep()
    found = overlay.overlaid(known, [kept_files.read(kept_files.file_of("azure"))])
    assert prices(found) == {
        ("Standard_D2s_v3", "eastus", "on-demand"): 0.096,
        ("Standard_D2s_v3", "eastus", "spot"): 0.0251,
        ("Standard_D2s_v3", "westeurope", "on-demand"): 0.3,
        ("Standard_D96as_v6", "westeurope", "on-demand"): 4.128,
        ("Basic_A0", "eastus", "on-demand"): 0.018,
    }
    assert prices(found, "ec2") == {("m5.large", "us-east-1", "on-demand"): 0.096}
    assert dict(found.dtypes.astype(str)) == dict(known.dtypes.astype(str))
    assert list(found.columns) == list(known.columns) and list(found.index) == list(range(len(found)))


def test_one_region_takes_the_place_of_that_region_alone() -> None:
    with hostile.serve(price_lists.azure()) as server:
        fetched(Azure(server.url), "eastus")
    kept = kept_files.read(kept_files.file_of("azure"))
    assert kept.scopes == {"eastus": TODAY}
    assert prices(overlay.overlaid(embedded(), [kept])) == {
        ("Standard_Old", "closed", "on-demand"): 1.0,
        ("Standard_D2s_v3", "westeurope", "on-demand"): 0.3,
        ("Standard_D2s_v3", "eastus", "on-demand"): 0.096,
        ("Standard_D2s_v3", "eastus", "spot"): 0.0251,
        ("Basic_A0", "eastus", "on-demand"): 0.018,
    }


def test_another_region_later_joins_the_first_with_a_day_of_its_own() -> None:
    later = TODAY + timedelta(days=2)
    with hostile.serve(price_lists.azure()) as server:
        fetched(Azure(server.url), "eastus")
        fetched(Azure(server.url), "westeurope", today=later)
    kept = kept_files.read(kept_files.file_of("azure"))
    assert kept.scopes == {"eastus": TODAY, "westeurope": later}
    days = dict(zip(kept.offers["region"], kept.offers["as_of"].dt.date, strict=True))
    assert days == {"eastus": TODAY, "westeurope": later}
    keep(today=later)
    assert kept_files.read(kept_files.file_of("azure")).scopes == {"": later}


def test_prices_for_every_region_at_once_give_way_to_a_list_by_region() -> None:
    keep("linode")
    found = overlay.overlaid(embedded(), [kept_files.read(kept_files.file_of("linode"))])
    assert ("g6-nanode-1", "us-east", "on-demand") in prices(found, "linode")
    assert found[found["provider"] == "linode"]["region"].notna().all()


def test_without_files_nothing_was_fetched_and_the_frame_has_its_columns() -> None:
    assert len(overlay.refreshed()) == 0
    assert dict(overlay.refreshed().dtypes) == dict(price_row.empty().dtypes)
    known = embedded()
    assert overlay.overlaid(known, []) is known


def test_the_files_are_read_again_when_one_changes_and_not_otherwise() -> None:
    keep("vultr")
    first = overlay._read(overlay._stamps())
    assert overlay._read(overlay._stamps()) is first
    keep("linode")
    assert {kept.name for kept in overlay._read(overlay._stamps())[0]} == {"vultr", "linode"}


# ------------------------------------------------------------------------------------------------------- broken answers


def page_2(step: hostile.Step) -> hostile.Step:
    """The first page in good order, and every try of the second like this."""
    return price_lists.azure(size=8, spoiled=dict.fromkeys((2, 3, 4), step))


def azure_says(**other: Any) -> hostile.Step:
    return hostile.json(PAGE | other)


BROKEN: list[tuple[str, type[PriceList], hostile.Step, type[MistError], str]] = [
    ("html", Azure, hostile.answer(HTML, content_type="text/html"), ApiError, "answered text/html"),
    ("html as json", Azure, hostile.answer(HTML), ApiError, "is not JSON"),
    ("empty", Azure, hostile.answer(b""), ApiError, "is empty"),
    ("cut", Azure, hostile.answer('{"Items": [{"retailPrice": 1'), ApiError, "is incomplete"),
    ("a list", Azure, hostile.json([]), ApiError, "is a list where an object is due"),
    ("null", Linode, hostile.json(None), ApiError, "is null where an object is due"),
    ("no items", Azure, hostile.json({}), ApiError, "missing required field `Items`"),
    ("null items", Azure, azure_says(Items=None), ApiError, "wrong shape"),
    ("text as price", Azure, azure_says(Items=[price_lists.meter("A", 1) | {"retailPrice": "1"}]), ApiError, "shape"),
    ("NaN", Azure, hostile.answer('{"Items": [{"retailPrice": NaN}]}'), ApiError, "is not JSON"),
    ("1e999", Azure, hostile.answer('{"Items": [{"retailPrice": 1e999, "currencyCode": "USD"}]}'), ApiError, "shape"),
    ("deep", Azure, hostile.answer('{"x": ' + "[" * 1_000_000), ApiError, "is nested too deeply"),
    ("another count", Azure, azure_says(Count=1000), ApiError, "says that a page has 1,000 rows, and sends 1."),
    ("nothing in it", Azure, azure_says(Items=[], Count=0), ApiError, "has no offer in it"),
    ("only zeros", Azure, azure_says(Items=[price_lists.meter("A", 0)]), ApiError, "has no offer in it"),
    ("other host", Azure, azure_says(NextPageLink="https://evil.example/api/retail/prices?$skip=1"), ApiError,
     "leads to another place: 'https://evil.example/api/retail/prices?$skip=1'."),
    ("other port", Azure, azure_says(NextPageLink="http://127.0.0.1:1/api/retail/prices?$skip=1"), ApiError,
     "leads to another place"),
    ("other path", Azure, azure_says(NextPageLink="/api/retail/prices?$skip=1"), ApiError, "another place"),
    ("no link", Azure, azure_says(NextPageLink="http://[::1"), ApiError, "another place"),
    ("login in link", Azure, azure_says(NextPageLink="https://a:b@evil.example/"), ApiError, "another place"),
    ("redirect", Azure, hostile.answer(status=302, headers={"Location": "https://evil.example/"}), ApiError,
     "a redirect to evil.example"),
    ("401", Azure, hostile.answer("no", status=401), ApiError, "wants a login, which it never did"),
    ("404", Vultr, hostile.json({"error": "gone", "status": 404}, status=404), ApiError, "answered 404"),
    ("500", Linode, hostile.answer("oops", status=500), ApiError, "answered 500"),
    ("503 for ever", Linode, hostile.answer("busy", status=503), ApiError, "answered 503"),
    ("reset", Vultr, hostile.reset, UnavailableError, "broke the connection"),
    ("bomb", Azure, hostile.gzip_bomb(300 << 20), UnavailableError, "is over 32 MiB"),
    ("page 2 is html", Azure, page_2(hostile.answer(HTML, content_type="text/html")), ApiError, "answered text/html"),
    ("page 2 is cut", Azure, page_2(hostile.raw(CUT)), UnavailableError, "incomplete"),
    ("page 2 is gone", Azure, page_2(hostile.answer("", status=404)), ApiError, "answered 404"),
    ("page 2 is a reset", Azure, page_2(hostile.reset), UnavailableError, "broke the connection"),
    ("fewer items", Linode, hostile.json({"data": [], "page": 1, "pages": 1, "results": 28}), ApiError,
     "says that /linode/types has 28 items, and sends 0."),
    ("another page", Linode, hostile.json({"data": [], "page": 7, "pages": 9, "results": 0}), ApiError, "sends page 7"),
    ("no pages", Linode, hostile.json({"data": []}), ApiError, "missing required field"),
    ("fewer plans", Vultr, hostile.json({"plans": [], "meta": {"total": 21, "links": {"next": ""}}}), ApiError,
     "says that /plans has 21 plans, and sends 0."),
    ("a cursor in a circle", Vultr, hostile.json({"plans": [], "meta": {"total": 1, "links": {"next": "b"}}}), ApiError,
     "goes in a circle"),
    ("metal for plans", Vultr, hostile.json({"plans_metal": [], "meta": {"total": 0, "links": {}}}), ApiError,
     "missing required field `plans`"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "step", "error", "said"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_answer_is_one_line_and_changes_nothing(
    kind: type[PriceList], step: hostile.Step, error: type[MistError], said: str
) -> None:
    path = keep(kind().name)
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    with hostile.serve(step) as server, pytest.raises(MistError) as caught:
        fetched(kind(server.url), sleep=lambda _: None)  # type: ignore[call-arg]
    assert type(caught.value) is error
    assert said in caught.value.message
    assert caught.value.hint.startswith(f"No price of {kind().name} changed.")
    assert len(str(caught.value).splitlines()) == 2 and len(str(caught.value)) < 500
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_broken_answer_leaves_no_file_where_there_was_none() -> None:
    with hostile.serve(page_2(hostile.answer("{"))) as server, pytest.raises(ApiError):
        fetched(Azure(server.url))
    assert not kept_files.file_of("azure").exists()


def test_a_link_to_an_old_page_ends_it() -> None:
    def circle(exchange: hostile.Exchange) -> None:
        link = f"http://{exchange.request.headers['host']}/api/retail/prices?$skip=1"
        hostile.json(PAGE | {"NextPageLink": link})(exchange)

    with hostile.serve(circle) as server, pytest.raises(ApiError, match="goes in a circle: its page 2 leads to an old"):
        fetched(Azure(server.url))
    assert len(server.ledger) == 2


def test_a_list_without_end_ends_when_its_time_is_over() -> None:
    numbers = itertools.count(1)
    now = [0.0]

    def endless(exchange: hostile.Exchange) -> None:
        now[0] += 5.0
        link = f"http://{exchange.request.headers['host']}/api/retail/prices?$skip={next(numbers)}"
        hostile.json(PAGE | {"NextPageLink": link})(exchange)

    with hostile.serve(endless) as server, pytest.raises(UnavailableError) as caught:
        fetched(Azure(server.url, total_s=60), clock=lambda: now[0], page_s=1e6)
    assert caught.value.message == "The price list of azure was not read whole in 60 s (12 pages, 12 rows)."
    assert caught.value.hint == "No price of azure changed. Try again later."


def test_a_list_that_drips_is_cut_at_the_time_of_a_page() -> None:
    path = keep()
    before = path.read_bytes()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
    with hostile.serve(hostile.then_drip(head)) as server, pytest.raises(UnavailableError) as caught:
        fetched(Azure(server.url), page_s=0.3)
    assert caught.value.message == f"No answer from {server.url} in 0.3 s."
    assert path.read_bytes() == before


def test_a_list_that_answers_nothing_is_given_up_after_the_time_of_a_page() -> None:
    with hostile.serve(hostile.hang) as server, pytest.raises(UnavailableError, match=r"in 0\.3 s"):
        fetched(Vultr(server.url), page_s=0.3)


# --------------------------------------------------------------------------------------------------- asked to slow down


def too_many(pause: str) -> hostile.Step:
    return hostile.json({"error": "too many"}, status=429, headers={"Retry-After": pause})


def test_a_pause_that_is_asked_for_is_kept_told_and_then_the_list_is_read() -> None:
    pauses: list[float] = []
    told: list[str] = []
    with hostile.serve(price_lists.azure(spoiled={1: too_many("25")})) as server:
        found = fetched(Azure(server.url), sleep=pauses.append, tell=told.append)
    assert pauses == [25.0]
    assert told[0] == "azure  asks for a pause of 25 s"
    assert len(found.changes) and len(server.ledger) == 2


def test_a_pause_that_is_longer_than_the_list_may_take_ends_it_with_its_length() -> None:
    pauses: list[float] = []
    with hostile.serve(too_many("86400")) as server, pytest.raises(ApiError) as caught:
        fetched(Azure(server.url), sleep=pauses.append)
    assert "answered 429" in caught.value.message
    assert caught.value.hint == "No price of azure changed. It asks for a pause of 86400 s."
    assert pauses == [] and len(server.ledger) == 1


def test_pauses_are_kept_three_times_for_one_page_and_no_more() -> None:
    pauses: list[float] = []
    with hostile.serve(too_many("25")) as server, pytest.raises(ApiError, match="answered 429"):
        fetched(Azure(server.url), sleep=pauses.append)
    assert pauses == [25.0] * 3 and len(server.ledger) == 4


# ------------------------------------------------------------------------------------------- regions and half a list


def test_a_region_that_the_list_does_not_have_is_told_with_the_nearest() -> None:
    path = keep()
    before = path.read_bytes()
    with hostile.serve(price_lists.azure()) as server, pytest.raises(NotFoundError) as caught:
        fetched(Azure(server.url), "eastsu")
    assert str(caught.value) == "azure lists nothing in 'eastsu'.\nNo price of azure changed. Did you mean eastus?"
    assert path.read_bytes() == before


def test_a_region_that_can_be_none_is_refused_before_anything_is_asked() -> None:
    with hostile.serve(price_lists.azure()) as server, pytest.raises(BadValueError):
        fetched(Azure(server.url), "' or 1 eq 1")
    assert server.ledger == []


def test_a_list_that_is_suddenly_half_as_long_is_not_taken() -> None:
    path = keep()
    before = path.read_bytes()
    with hostile.serve(price_lists.azure(*price_lists.AZURE[:1])) as server, pytest.raises(ApiError) as caught:
        fetched(Azure(server.url), today=TODAY + timedelta(days=1))
    assert caught.value.message == ("The price list of azure has 1 offers, where 5 were known: it looks incomplete.")
    assert path.read_bytes() == before
    path.unlink()
    with hostile.serve(price_lists.azure(*price_lists.AZURE[:1])) as server:
        fetched(Azure(server.url), known=embedded().iloc[:1])
    assert len(overlay.refreshed()) == 1


def test_an_interrupt_changes_nothing() -> None:
    path = keep()
    before = path.read_bytes()

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with hostile.serve(price_lists.azure()) as server, pytest.raises(MistError) as caught:
        fetched(Azure(server.url), tell=interrupt)
    assert str(caught.value) == "Interrupted while reading the price list of azure.\nNo price of azure changed."
    assert path.read_bytes() == before
