"""What is read of each public price list, in its recorded shape over real HTTP; and the contract that all keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mist_notebook.ground.errors import ApiError, AuthError, MistError
from mist_notebook.prices.catalogue import fetched, lists, rates, refresh
from mist_notebook.prices.catalogue.lists import PRICE_LISTS, PriceList
from mist_notebook.prices.catalogue.reading import pages as reading
from mist_notebook.prices.catalogue.reading.pages import Means, Reader
from mist_notebook.prices.catalogue.reading.price_row import PriceRow
from mist_notebook.prices.catalogue.sources.ec2 import disk_gb
from mist_notebook.prices.catalogue.sources.ec2_locations import LOCATIONS, region_of
from tests.rigs import hostile, market_lists, price_lists
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 28)
SERVED: dict[str, Callable[[], hostile.Step]] = {
    "ec2": market_lists.ec2,
    "ec2-spot": market_lists.spot,
    "azure": price_lists.azure,
    "gce": market_lists.gce,
    "oci": market_lists.oracle,
    "linode": price_lists.linode,
    "vultr": price_lists.vultr,
    "scaleway": market_lists.scaleway,
    "ovh": market_lists.ovh,
    "hetzner": market_lists.hetzner,
    "verda": market_lists.verda,
    "runpod": market_lists.runpod,
}
_GPU = ("gpu_name", "gpu_ram_gb", "gpu_form")
every_list = pytest.mark.parametrize("name", SERVED)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HCLOUD_TOKEN", "canary-token")


def at(name: str, url: str) -> PriceList:
    """The list at another address."""
    wanted: Any = PRICE_LISTS[name]
    other = {"shapes_url": url} if hasattr(wanted, "shapes_url") else {}
    moved: PriceList = replace(wanted, url=url, **other)
    return moved


def read(name: str, step: hostile.Step | None = None, **means: Any) -> tuple[list[PriceRow], Reader]:
    with hostile.serve(step or SERVED[name]()) as server:
        wanted = at(name, server.url)
        with Reader(server.url, name, wanted.total_s, TODAY, Means(**means)) as reader:
            return wanted.rows(reader), reader


def told(rows: list[PriceRow], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, name) for name in names) for row in rows]


def refreshed(name: str, step: hostile.Step | None = None, **means: Any) -> refresh.Refreshed:
    with hostile.serve(step or SERVED[name]()) as server:
        return refresh.refresh(at(name, server.url), offers(), means=Means(today=lambda: TODAY, **means))


# ------------------------------------------------------------------------------------------------------ what all keep


def test_every_list_is_tried_here() -> None:
    assert set(SERVED) == set(PRICE_LISTS)


@every_list
def test_a_list_in_good_order_is_kept_whole_with_its_currency_and_kinds(name: str) -> None:
    done = refreshed(name)
    kept = fetched.read(fetched.file_of(name))
    wanted = PRICE_LISTS[name]
    assert len(kept.offers) == len(done.news.offers) > 0
    assert (set(kept.offers["currency"]), set(kept.offers["provider"])) == ({wanted.currency}, {wanted.provider})
    assert set(kept.offers["kind"]) <= set(wanted.kinds) == set(kept.kinds)
    assert (kept.offers["price_hourly"] > 0).all() and (kept.offers["price_monthly"] > 0).all()
    assert not kept.offers.duplicated(["id", "region", "kind", "os"]).any()
    assert kept.offers["as_of"].notna().all()


def cut_off(exchange: hostile.Exchange) -> None:
    """Half an answer, and then nobody."""
    exchange.send(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"regions": {"')
    exchange.close()


BROKEN: dict[str, hostile.Step] = {
    "a web page": hostile.answer("<!doctype html><html><title>Sign in</title></html>", content_type="text/html"),
    "a web page that calls itself JSON": hostile.answer("<html></html>"),
    "another shape": hostile.answer('{"nothing": [1, 2, 3]}'),
    "a list of nothing": hostile.answer("[]"),
    "nothing": hostile.answer(""),
    "null": hostile.answer("null"),
    "cut off": cut_off,
    "gone": hostile.answer("", status=404),
    "a fault of theirs": hostile.answer("", status=500),
    "too many questions": hostile.answer("", status=429, headers={"Retry-After": "9000"}),
    "a login": hostile.answer("", status=401),
    "a reset": hostile.reset,
}


@every_list
def test_a_broken_answer_is_two_lines_and_the_list_of_before_stays(name: str) -> None:
    refreshed(name)
    before = fetched.file_of(name).read_bytes()
    for what, broken in BROKEN.items():
        with pytest.raises(MistError) as caught:
            refreshed(name, broken, sleep=lambda _: None)
        assert len(str(caught.value).splitlines()) <= 2, what
        assert f"No price of {name} changed." in caught.value.hint, what
        assert "canary-token" not in f"{caught.value!r}{caught.value}", what
        assert fetched.file_of(name).read_bytes() == before, what


@every_list
def test_a_list_that_drips_is_cut_when_a_page_takes_too_long(name: str) -> None:
    def drip(exchange: hostile.Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n{")
        exchange.drip()

    with pytest.raises(MistError) as caught:
        refreshed(name, drip, page_s=0.2, sleep=lambda _: None)
    assert f"No price of {name} changed." in caught.value.hint
    assert not fetched.file_of(name).exists()


# ------------------------------------------------------------------------------------------------------- Amazon's EC2


def test_ec2_is_read_from_one_file_a_region_and_dated_by_it() -> None:
    rows, reader = read("ec2")
    of_virginia = [row for row in rows if row.region == "us-east-1"]
    assert told(of_virginia, "id", "vcpus", "ram_gb", "disk_gb", "net_gbps", "price_hourly") == [
        ("m7i.xlarge", 4.0, 16.0, 0.0, 12.5, 0.2016),
        ("i4i.4xlarge", 16.0, 128.0, 3750.0, None, 1.373),
        ("x2iedn.metal", 4.0, 4096.0, 3800.0, None, 26.676),
    ]
    assert {row.region for row in rows} == set(LOCATIONS.values())
    assert (reader.published, reader.notes, reader.missing) == (date(2026, 11, 27), [], [])


def test_a_region_whose_file_is_gone_is_named_and_keeps_its_old_prices() -> None:
    refreshed("ec2")
    changed = market_lists.SOLD | {"m7i xlarge": market_lists.sold("m7i.xlarge", "0.3")}
    done = refreshed("ec2", market_lists.ec2(changed, eu_south_2=hostile.answer("", status=404)))
    assert any(note.startswith("EU (Spain) is left out: ") for note in done.notes)
    kept = fetched.read(fetched.file_of("ec2")).offers.set_index(["region", "id"])["price_hourly"]
    assert kept["eu-south-2", "m7i.xlarge"] == 0.2016
    assert kept["eu-west-1", "m7i.xlarge"] == 0.3


@pytest.mark.parametrize(
    ("said", "region"),
    [
        ("EU (Zurich)", "eu-central-2"),
        ("Europe (Zurich)", "eu-central-2"),
        ("europe (spain)", "eu-south-2"),
        ("AWS GovCloud (US-West)", "us-gov-west-1"),
        ("Asia Pacific  (Osaka)", "ap-northeast-3"),
        ("Atlantis (Central)", None),
    ],
)
def test_a_place_is_known_by_each_of_its_spellings(said: str, region: str | None) -> None:
    assert region_of(said) == region


@pytest.mark.parametrize(
    ("storage", "gb"),
    [("EBS only", 0.0), ("1 x 1900 NVMe SSD", 1900.0), ("2 x 1.9 TB NVMe SSD", 3800.0), ("", None), ("yes", None)],
)
def test_storage_is_read_in_gb_or_is_unknown(storage: str, gb: float | None) -> None:
    assert disk_gb(storage) == gb


@pytest.mark.parametrize("currency", ["EUR", "CNY"])
def test_prices_in_another_currency_than_asked_for_are_refused(currency: str) -> None:
    with pytest.raises(ApiError, match=f"are in {currency}"):
        read("ec2", market_lists.ec2(currency=currency))
    with pytest.raises(ApiError, match=f"are in {currency}"):
        read("ec2-spot", market_lists.spot(currency=currency))


def test_spot_prices_have_todays_region_names_and_unknown_ones_are_left_out() -> None:
    rows, reader = read("ec2-spot")
    assert told(rows, "id", "region", "kind", "price_hourly") == [
        ("m7i.xlarge", "us-east-1", "spot", 0.0782),
        ("m7i.xlarge", "eu-central-1", "spot", 0.0911),
    ]
    assert reader.notes == ["moon isn't a region that is known here: 1 sizes were left out."]


def test_a_list_of_spot_prices_leaves_those_on_demand_alone() -> None:
    from mist_notebook.prices.catalogue import overlay

    known = offers(
        {"provider": "ec2", "id": "m5.large", "region": "us-east-1", "price_hourly": 0.096, "as_of": "2025-03-02"},
        {
            "provider": "ec2",
            "id": "old",
            "region": "us-east-1",
            "kind": "spot",
            "price_hourly": 1,
            "as_of": "2025-03-02",
        },
    )  # fmt: skip
    news = refreshed("ec2-spot").news
    assert list(known[overlay.spoken_for(known, news)]["id"]) == ["old"]


# ------------------------------------------------------------------------------------------------- the other clouds


def test_googles_table_has_spot_and_committed_prices_and_empty_is_unknown() -> None:
    rows, _ = read("gce")
    assert told(rows, "id", "region", "kind", "price_hourly") == [
        ("c4-standard-4", "us-central1", "on-demand", 0.1976),
        ("c4-standard-4", "us-central1", "spot", 0.079),
        ("c4-standard-4", "us-central1", "reserved-1y", 90.85 / 730),
        ("c4-standard-4", "us-central1", "reserved-3y", 64.9 / 730),
        ("c4-standard-4", "europe-west3", "on-demand", 0.2545),
        ("a3-highgpu-8g", "us-central1", "on-demand", 88.4902),
        ("a3-highgpu-8g", "us-central1", "spot", 26.5),
        ("e2-micro", "us-central1", "on-demand", 0.00838),
        ("e2-micro", "us-central1", "spot", 0.0025),
    ]
    assert rows[5].gpus == 8.0 and rows[5].gpu_name == "H100-80GB"


def test_a_table_without_a_column_is_another_shape() -> None:
    with pytest.raises(ApiError, match="has no column 'hour'"):
        read("gce", market_lists.gce(market_lists.GOOGLE.replace(",hour,", ",price,")))


def test_oracles_shapes_cost_what_their_parts_cost_in_every_commercial_region() -> None:
    rows, reader = read("oci")
    of_one = [row for row in rows if row.region == "eu-frankfurt-1"]
    prices = {(row.id, row.kind): row for row in of_one}
    arm = prices["VM.Standard.A1.Flex.4OCPU.16GB", "on-demand"]
    assert told([arm], "vcpus", "ram_gb", "arch") == [(4.0, 16.0, "arm64")]
    assert arm.price_hourly == pytest.approx(0.064)
    assert prices["VM.Standard.A1.Flex.4OCPU.16GB", "spot"].price_hourly == pytest.approx(0.032)
    amd = prices["VM.Standard.E5.Flex.2OCPU", "on-demand"]
    assert told([amd], "vcpus", "ram_gb", "arch") == [(4.0, 16.0, "x86_64")]
    assert amd.price_hourly == pytest.approx(0.092)
    metal = prices["BM.GPU.H100.8", "on-demand"]
    assert told([metal], "gpus", "gpu_name", "gpu_ram_gb", "price_hourly") == [(8.0, "H100", 80.0, 80.0)]
    assert ("BM.GPU.H100.8", "spot") not in prices
    assert not [row for row in of_one if "Hidden" in row.id or row.id.startswith("VM.Old")]
    assert len(reader.notes) == 1
    assert not [row.region for row in rows if "-gov-" in row.region] and len({row.region for row in rows}) > 30


def test_scaleway_is_read_zone_by_zone_in_euros_without_what_ends() -> None:
    rows, _ = read("scaleway")
    of_one = [row for row in rows if row.region == "fr-par-2"]
    assert told(of_one, "id", "vcpus", "ram_gb", "arch", "gpus", "gpu_ram_gb", "price_hourly", "price_monthly") == [
        ("PRO2-S", 2.0, 8.0, "x86_64", 0.0, None, 0.0438, 31.97),
        ("H100-1-80G", 24.0, 240.0, "x86_64", 1.0, 80.0, 2.73, 2.73 * 730),
    ]


def test_scaleways_pages_are_read_to_the_end() -> None:
    many = {f"S-{number}": market_lists.SERVERS["PRO2-S"] for number in range(250)}
    rows, _ = read("scaleway", market_lists.scaleway(many))
    assert len({row.id for row in rows}) == 250


def test_ovh_counts_in_hundred_millionths_and_has_the_month_from_its_own_plan() -> None:
    rows, _ = read("ovh")
    assert told(rows, "id", "region", "vcpus", "ram_gb", "disk_gb", "net_gbps", "gpus") == [
        ("b3-16", "GRA11", 4.0, 15.0, 100.0, 0.5, 0.0),
        ("b3-16", "SBG5", 4.0, 15.0, 100.0, 0.5, 0.0),
        ("h100-380", "GRA11", 4.0, 15.0, 100.0, 0.5, 1.0),
        ("h100-380", "SBG5", 4.0, 15.0, 100.0, 0.5, 1.0),
    ]
    assert [round(row.price_hourly or 0, 6) for row in rows] == [0.2026, 0.2026, 2.8, 2.8]
    assert rows[0].price_monthly == pytest.approx(74.0)
    with pytest.raises(ApiError, match="are in PLN"):
        read("ovh", market_lists.ovh(currency="PLN"))


def test_hetzner_is_asked_with_the_token_alone_and_counts_its_pages() -> None:
    with hostile.serve(market_lists.hetzner()) as server:
        wanted = at("hetzner", server.url)
        refresh.refresh(wanted, offers(), means=Means(today=lambda: TODAY))
        assert {request.headers.get("authorization") for request in server.ledger} == {"Bearer canary-token"}
    kept = fetched.read(fetched.file_of("hetzner")).offers
    found = kept[kept["region"] == "nbg1"].set_index("id")
    assert dict(found["price_hourly"]) == {"cax21": 0.0112, "cx33": 0.0088}
    assert dict(found["arch"].astype("object")) == {"cax21": "arm64", "cx33": "x86_64"}
    with pytest.raises(ApiError, match="has 9 types, and sends 3"):
        read("hetzner", market_lists.hetzner(promised=9))


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_list_that_wants_a_token_names_the_variable(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HCLOUD_TOKEN")
    if value is not None:
        monkeypatch.setenv("HCLOUD_TOKEN", value)
    with pytest.raises(AuthError, match="wants a token") as caught:
        refreshed("hetzner")
    assert "HCLOUD_TOKEN" in caught.value.hint


def test_the_gpu_markets_have_spot_and_memory_a_gpu() -> None:
    rows, _ = read("verda")
    assert told(rows, "id", "kind", "gpus", "gpu_name", "gpu_ram_gb", "price_hourly") == [
        ("1H100.80S.30V", "on-demand", 1.0, "H100", 80.0, 2.29),
        ("1H100.80S.30V", "spot", 1.0, "H100", 80.0, 0.8),
        ("CPU.4V.16G", "on-demand", 0.0, None, None, 0.0279),
    ]
    rows, _ = read("runpod")
    assert told(rows, "region", "kind", "gpu_ram_gb", "vcpus", "price_hourly") == [
        ("secure", "on-demand", 80.0, 16.0, 2.69),
        ("secure", "spot", 80.0, 16.0, 1.75),
        ("community", "on-demand", 80.0, 16.0, 2.5),
    ]


def test_gpus_are_kept_under_our_names_with_their_memory_and_form() -> None:
    def gpus(name: str) -> set[tuple[Any, ...]]:
        found = refreshed(name).news.offers
        found = found[found["gpus"].fillna(0) > 0]
        columns = (found[column].astype("object").where(found[column].notna(), None) for column in _GPU)
        return set(zip(*columns, strict=True))

    assert gpus("gce") == {("H100", 80.0, None)}
    assert gpus("runpod") == {("H100", 80.0, "SXM")}
    assert gpus("scaleway") == {("H100", 80.0, "PCIe")}
    assert gpus("oci") == {("H100", 80.0, None)}


# ----------------------------------------------------------------------------------------------- what can't be right


def test_a_price_far_from_the_same_size_elsewhere_is_dropped_and_counted() -> None:
    types = [price_lists.TYPES[0] | {"region_prices": [{"id": "r4", "hourly": 0.0001, "monthly": 0.07}]}]
    regions = [price_lists.REGIONS[0] | {"id": f"r{number}"} for number in range(6)]
    done = refreshed("linode", price_lists.linode(types=types, regions=regions))
    assert set(done.news.offers["region"]) == {"r0", "r1", "r2", "r3", "r5"}
    assert "1 price left out: far from what the same size costs in other regions." in done.notes


def test_a_list_of_tomorrow_says_that_this_computers_clock_is_wrong() -> None:
    done = refreshed("ec2", market_lists.ec2(day="2027-03-01T00:00:00Z"))
    assert "ec2 is of 2027-03-01, and this computer's clock says 2026-11-28: the clock is wrong." in done.notes
    assert max(done.news.scopes.values()) == date(2027, 3, 1)


# --------------------------------------------------------------------------------------------------------- the euro


def test_the_banks_rate_is_kept_with_its_day() -> None:
    assert rates.kept() is None
    with hostile.serve(market_lists.rates()) as server:
        line = rates.refresh(Means(), server.url)
    assert line == "rates     1 EUR is 1.1600 USD on 2026-11-27 (European Central Bank)"
    kept = rates.kept()
    assert kept is not None and kept.day == date(2026, 11, 27)
    assert kept.rates == {"USD": 1.16, "GBP": 0.88}
    assert kept.usd_in("EUR") == pytest.approx(1 / 1.16) and kept.usd_in("GBP") == pytest.approx(0.88 / 1.16)
    assert kept.usd_in("CHF") is None and kept.usd_in("USD") == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "<html></html>",
        "",
        market_lists.RATES.replace("1.1600", "0"),
        market_lists.RATES.replace("1.1600", "NaN"),
        market_lists.RATES.replace("1.1600", "1.2.3"),
        market_lists.RATES.replace("2026-11-27", "yesterday"),
    ],
)
def test_a_rate_that_is_none_changes_nothing(text: str) -> None:
    with hostile.serve(market_lists.rates()) as server:
        rates.refresh(Means(), server.url)
    before = rates.kept()
    with hostile.serve(market_lists.rates(text)) as server:
        line = rates.refresh(Means(sleep=lambda _: None), server.url)
    assert line.startswith("rates     failed: ") and rates.kept() == before


def test_every_list_says_what_a_person_should_know_of_it() -> None:
    assert reading.USUAL.end.is_over is False
    assert {name: lists.token_variable(one) for name, one in PRICE_LISTS.items() if lists.token_variable(one)} == {
        "hetzner": "HCLOUD_TOKEN"
    }
