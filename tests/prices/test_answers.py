"""An answer says what it knows: the day of a price, how old each cloud's are, which kind it is, what it hasn't seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from mist_notebook.ground.errors import BadValueError
from mist_notebook.prices.comparing.compare import Comparison, Ranking, compare
from mist_notebook.prices.comparing.pivot import pivot
from mist_notebook.prices.known import clouds
from mist_notebook.prices.likeness.like import Likeness, like
from mist_notebook.prices.wishes import wish
from mist_notebook.prices.wishes.wish import ANY, Wish
from tests.rigs.offer_rows import offers

TODAY = date(2025, 3, 12)


def row(name: str, price: float | None, **more: Any) -> dict[str, Any]:
    """A machine of 4 vCPUs and 16 GB at EC2 in one region, unless it says more."""
    usual = {"provider": "ec2", "region": "us-east-1", "vcpus": 4.0, "ram_gb": 16.0, "gpus": 0.0, "arch": "x86_64"}
    return usual | {"id": name, "name": name, "price_hourly": price, "price_monthly": price and price * 730} | more


def asked(*rows: dict[str, Any], words: dict[str, Any] | None = None, **more: Any) -> Comparison:
    return compare(offers(*rows), wish.read(**(words or {})), today=TODAY, **more)


# ---------------------------------------------------------------------------------------------------------------- days


def test_the_cheapest_has_its_day_and_what_was_not_looked_at_beside_it() -> None:
    found = asked(row("a", 0.1), row("b", 0.2), absent=("OVH", "Scaleway"))
    assert found.notes[-1] == (
        "Cheapest: EC2 a in us-east-1, 0.1000 USD/h, price of 2025-03-02; not in this table: OVH, Scaleway; "
        "%mist refresh brings today's. Next: EC2 b in us-east-1, 0.2000 USD/h, 100 % more."
    )


def test_what_no_list_can_bring_is_not_promised() -> None:
    fresh = row("a", 0.1, as_of=str(TODAY))
    assert asked(fresh, absent=("CoreWeave",)).notes[-1].endswith("price of 2025-03-12; not in this table: CoreWeave.")
    assert asked(fresh, absent=("CoreWeave", "OVH")).notes[-1].endswith("OVH; %mist refresh brings today's.")
    assert asked(row("a", 0.1), absent=("CoreWeave",)).notes[-1].endswith("CoreWeave; %mist refresh brings today's.")


def test_whoever_names_providers_is_not_told_of_others() -> None:
    found = asked(row("a", 0.1), words={"providers": "ec2"}, absent=("OVH",))
    assert "not in this table" not in found.notes[-1]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"as_of": "2019-07-01"}, "price of 2019-07-01"),
        ({"as_of": None}, "undated price"),
        ({"confidence": "computed"}, "computed price of 2025-03-02"),
    ],
    ids=str,
)
def test_a_price_says_how_sure_its_day_is(more: dict[str, Any], said: str) -> None:
    assert f", {said}." in asked(row("a", 0.1, **more)).notes[-1]


@pytest.mark.parametrize(
    ("days", "gpus", "is_old"),
    [(180, 0.0, False), (181, 0.0, True), (60, 1.0, False), (61, 1.0, True), (61, 0.0, False), (61, 0.5, True)],
)
def test_a_price_is_old_after_half_a_year_and_that_of_a_gpu_after_60_days(days: int, gpus: float, is_old: bool) -> None:
    found = asked(row("a", 0.1, gpus=gpus, as_of=str(pd.Timestamp(TODAY) - pd.Timedelta(days=days))[:10]))
    assert ("are older than" in " ".join(found.notes)) == is_old


def test_a_person_may_say_from_when_on_a_price_is_old_and_gpus_are_never_old_later() -> None:
    rows = (row("a", 0.1), row("g", 0.1, gpus=1.0))
    assert "All 2 prices are older than 9 days, the oldest" in asked(*rows, stale_days=9.0).notes[0]
    assert "1 of 2 prices are older than 180 days, with GPUs 5" in asked(*rows, stale_gpu_days=5.0).notes[0]


def test_each_clouds_ages_are_told_the_freshest_first() -> None:
    rows = (row("a", 0.1, as_of="2020-03-12"), row("b", 0.1), row("c", 0.1, provider="oci", as_of="2025-03-11"))
    assert "Ages in days: OCI 1, EC2 10 to 1,826." in asked(*rows).notes[0]
    assert "Ages" not in " ".join(asked(row("a", 0.1)).notes)


def test_a_clock_that_is_wrong_is_asked_about() -> None:
    found = compare(offers(row("a", 0.1), row("b", 0.2)), Wish(), today=date(2020, 1, 1))
    assert (
        "2 prices are of a day after 2020-01-01, which is today by this computer's clock: is it right?"
        in (found.notes[0])
    )
    assert "older" not in found.notes[0]
    assert "clock" not in " ".join(compare(offers(row("a", 0.1)), Wish(), today=date(2025, 3, 1)).notes)


def test_prices_of_machines_with_gpus_alone_are_old_after_the_days_of_gpus() -> None:
    rows = (row("a", 0.1, gpus=1.0), row("g", 0.1, gpus=8.0))
    assert "All 2 prices are older than 5 days, the oldest" in asked(*rows, stale_gpu_days=5.0).notes[0]


@pytest.mark.parametrize("max_age", ["11", "400", "99999"])
def test_what_has_no_price_is_of_no_age(max_age: str) -> None:
    found = compare(offers(row("a", None), row("b", 0.1)), wish.read(max_age=max_age), today=TODAY).frame
    assert list(found["id"]) == ["b"]


def test_what_has_no_price_has_no_day_of_one() -> None:
    found = asked(row("a", None), row("b", 0.1), row("c", 0.1, currency="EUR")).frame.set_index("id")["as_of"]
    assert list(found.isna()) == [False, True, True]
    alike = like(offers(row("b", 0.1), row("a", None, provider="gce")), "ec2:b", today=TODAY).frame
    assert alike["as_of"].isna().all()


def test_a_table_names_the_clouds_that_it_has_nothing_of() -> None:
    absent = clouds.absent(offers(row("a", 0.1), row("b", 0.1, provider="ovh")))
    assert "OVH" not in absent and "EC2" not in absent and {"Scaleway", "Hetzner", "CoreWeave"} <= {*absent}


# --------------------------------------------------------------------------------------------------------------- kinds


MIXED = (
    row("a", 0.20),
    row("a", 0.05, kind="spot"),
    row("a", 0.12, kind="reserved-1y"),
    row("a", 0.40, os="windows"),
    row("b", 0.30),
    row("b", 0.04, kind="spot", region="eu-west-1"),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("spot,on-demand", "on-demand,spot"),
        ("on-demand , SPOT", "on-demand,spot"),
        ("spot", "spot"),
        ("ondemand", "on-demand"),
        ("preemptible", "spot"),
        ("reserved", "reserved-1y,reserved-3y"),
        ("3y,1y", "reserved-1y,reserved-3y"),
        ("spot,any", ANY),
        ("spot,on-demand,reserved", ANY),
    ],
)
def test_kinds_are_read_as_people_say_them(typed: str, meant: str) -> None:
    assert wish.read(kind=typed).kind == meant
    assert wish.read(kind=["spot", "on-demand"]).kind == "on-demand,spot"


@pytest.mark.parametrize(
    ("typed", "near"), [("spto", "spot"), ("on-demnd,spot", "on-demand"), ("reserved-2y", "reserved")]
)
def test_a_kind_that_there_is_none_of_is_told_with_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(BadValueError) as caught:
        wish.read(kind=typed)
    assert near in caught.value.hint
    with pytest.raises(BadValueError):
        wish.read(kind="spot,,on-demand")


def test_several_kinds_stand_in_rows_of_their_own_and_each_has_its_cheapest() -> None:
    found = asked(*MIXED, words={"kind": "spot,on-demand"})
    assert list(zip(found.frame["id"], found.frame["kind"], strict=True)) == [
        ("b", "spot"), ("a", "spot"), ("a", "on-demand"), ("b", "on-demand"),
    ]  # fmt: skip
    assert found.notes[-1] == (
        "Cheapest on-demand: EC2 a in us-east-1, 0.2000 USD/h, price of 2025-03-02. "
        "Cheapest spot: EC2 b in eu-west-1, 0.0400 USD/h, price of 2025-03-02."
    )
    assert found.line == "%mist compare --kind on-demand,spot"


@pytest.mark.parametrize("words", [{}, {"cpus": "4"}, {"os": "linux"}, {"region": "us"}], ids=str)
def test_neither_spot_nor_windows_is_the_cheapest_unasked(words: dict[str, Any]) -> None:
    found = asked(*MIXED, words=words)
    assert set(found.frame["kind"]) == {"on-demand"} and set(found.frame["os"]) == {"linux"}
    assert "Cheapest: EC2 a in us-east-1, 0.2000 USD/h" in found.notes[-1]


def test_windows_is_a_condition_and_any_system_tells_them_apart() -> None:
    assert list(asked(*MIXED, words={"os": "Windows"}).frame["price_hourly"]) == [0.4]
    every = asked(*MIXED, words={"os": "any", "search": "a"}).frame
    assert list(zip(every["os"], every["price_hourly"], strict=True)) == [("linux", 0.2), ("windows", 0.4)]
    assert len(asked(row("a", 0.1, os=None)).frame) == 1, "a system that isn't said is taken for Linux"


def test_one_kind_that_is_not_the_usual_one_is_named() -> None:
    assert asked(*MIXED, words={"kind": "spot"}).notes[-1].startswith("Cheapest spot: EC2 b in eu-west-1")
    by_kind = asked(*MIXED, words={"kind": "any"}).notes[-1]
    assert [part in by_kind for part in ("Cheapest on-demand:", "Cheapest spot:", "Cheapest reserved-1y:")] == [
        True
    ] * 3


def test_a_pivot_of_several_kinds_has_a_row_a_size() -> None:
    found = pivot(offers(*MIXED), wish.read(kind="spot,on-demand"), Ranking(), today=TODAY)
    assert sorted(found.frame["id"]) == ["a", "b"]


# --------------------------------------------------------------------------------------------------------------- empty


def test_an_empty_answer_says_how_few_there_are_of_the_kind_and_where() -> None:
    more = (*MIXED, row("c", 0.1, kind="spot", provider="oci", region="us-ashburn-1"))
    found = asked(*more, words={"kind": "spot", "cpus": "64"})
    assert found.notes[1] == (
        "The table has 3 spot prices in 3 regions: EC2 2 in us-east-1 and eu-west-1; OCI 1 in us-ashburn-1."
    )
    assert found.notes[-1] == "%mist compare --kind spot --cpus 4+"
    windows = asked(*more, words={"os": "windows", "cpus": "64"})
    assert windows.notes[1] == "The table has 1 windows price in 1 region: EC2 1 in us-east-1."
    assert "The table has" not in " ".join(asked(*more, words={"cpus": "64"}).notes)
    every = asked(*more, words={"kind": "spot", "os": "any", "cpus": "64"})
    assert every.notes[1].startswith("The table has 3 spot prices") and every.line.endswith("--os any --cpus 64+")


def test_likeness_to_a_size_of_unknown_shape_is_none_at_all() -> None:
    known = offers(row("blank", 0.1, vcpus=None, ram_gb=None, gpus=None), row("b", 0.1, provider="gce"))
    found = like(known, "ec2:blank", likeness=Likeness(tolerance=100), today=TODAY)
    assert len(found.frame) == 0
    assert found.notes[-1] == (
        "Nothing can be said to be like EC2 blank in us-east-1: no list knows its vCPUs or its memory."
    )


def test_likeness_says_of_which_days_both_prices_are_and_what_it_has_not_seen() -> None:
    known = offers(row("a", 0.2, as_of="2021-01-01"), row("b", 0.1, provider="gce"))
    note = like(known, "ec2:a", likeness=Likeness(absent=("OVH",)), today=TODAY).notes[1]
    assert "Price of 2025-03-02, the other one's price of 2021-01-01; not in this table: OVH; %mist refresh" in note
