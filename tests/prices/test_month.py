"""A month of a machine with what it needs beside its size: what is known adds up, what is not makes it unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mist_notebook.ground.errors import BadValueError
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import Comparison, Ranking, compare, compare_words
from mist_notebook.prices.costs import currencies, month
from mist_notebook.prices.costs.month import Beside
from mist_notebook.prices.costs.needs import Needs, read
from mist_notebook.prices.wishes import wish
from mist_notebook.settings.price_terms import Currency, Extras
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 29)
EURO = currencies.exchange(Currency("EUR", 0.8, date(2026, 11, 27)))
COLUMNS = ("provider", "region", "size", "part", "name", "price", "unit", "included", "up_to", "currency")


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """A table of parts' prices, all of one day and source."""
    frame = pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows], columns=list(COLUMNS))
    frame = frame.astype({"price": float, "included": float, "up_to": float})
    return frame.assign(as_of=pd.Timestamp("2026-10-13").as_unit("s"), source="a list")


PARTS = table(
    ("ec2", "us-east-1", None, "disk", "gp3", 0.08, "GB month", 0, None, "USD"),
    ("ec2", "us-east-1", None, "disk", "gp2", 0.10, "GB month", 0, None, "USD"),
    ("ec2", None, None, "address", "IPv4", 0.005, "hour", 0, None, "USD"),
    ("ec2", "us-east-1", None, "traffic", "to the internet", 0.09, "GB", 100, 10000, "USD"),
    ("ec2", "us-east-1", None, "traffic", "to the internet", 0.05, "GB", 100, None, "USD"),
    ("hetzner", None, None, "disk", "volume", 0.04, "GB month", 0, None, "EUR"),
    ("hetzner", "fsn1", None, "address", "IPv4", 0.5, "month", 0, None, "EUR"),
    ("hetzner", "fsn1", "cx1", "traffic", "to the internet", 0.001, "GB", 20480, None, "EUR"),
)


def row(name: str, price: float | None, **more: Any) -> dict[str, Any]:
    usual = {"provider": "ec2", "region": "us-east-1", "vcpus": 4.0, "ram_gb": 16.0, "gpus": 0.0}
    return usual | {"id": name, "name": name, "price_hourly": price, "price_monthly": price and price * 730} | more


MARKET = (
    row("a", 0.1),
    row("a", 0.05, region="ap-south-1"),
    row("cx1", 0.02, provider="hetzner", region="fsn1"),
    row("cx2", 0.01, provider="hetzner", region="fsn1"),
    row("v", 0.001, provider="vultr", region="ams"),
)


def asked(needs: str, rates: currencies.Exchange = EURO, **more: Any) -> Comparison:
    beside = Beside(read(needs), PARTS, rates, **more)
    return compare(offers(*MARKET), wish.Wish(), Ranking(beside=beside, currency=beside.home), today=TODAY)


# ---------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("ipv4, 100GB disk, 1TB out", Needs(100, 1, 1024)),
        ("2 ipv4", Needs(address=2)),
        ("2x ipv4", Needs(address=2)),
        ("ipv4 x2", Needs(address=2)),
        ("100 GB of disk and 1.5 TB out", Needs(100, 0, 1536)),
        ("disk: 50gb; traffic 10", Needs(50, 0, 10)),
        ("PUBLIC ADDRESS", Needs(address=1)),
        ("1TB egress a month", Needs(traffic=1024)),
        ("512MB volume", Needs(disk=0.5)),
    ],
)
def test_what_is_needed_is_read_as_people_say_it_and_spelled_so_that_it_reads_the_same(text: str, needs: Needs) -> None:
    assert read(text) == needs
    assert read(str(needs)) == needs


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("ipv5", "'ipv5' is nothing that a machine has beside its size.", "Did you mean ipv4?"),
        ("100GB dsk", "'100GB dsk' is nothing", "Did you mean disk?"),
        ("1TB owt", "'1TB owt' is nothing", "Did you mean out?"),
        ("100GB", "'100GB' of what?", "Say disk or out"),
        ("", "An empty part is nothing", '--with "ipv4, 100GB disk, 1TB out"'),
        ("ipv4,", "An empty part is nothing", "Write --with"),
        ("disk", "'disk' isn't an amount of disk.", "GB or TB"),
        ("0GB disk", "'0GB disk' isn't an amount of disk.", "GB or TB"),
        ("-5GB disk", "'-5GB disk' is nothing", "disk"),
        ("nan out", "'nan out' is nothing", "out"),
        ("999999999TB out", "isn't an amount of traffic.", "GB or TB"),
        ("1.5 ipv4", "'1.5 ipv4' isn't a number of addresses.", "2 ipv4"),
        ("0 ipv4", "'0 ipv4' isn't a number of addresses.", "2 ipv4"),
        ("ipv4, 2 addresses", "says address twice.", "once"),
    ],
)
def test_nonsense_is_told_with_what_was_meant(text: str, message: str, hint: str) -> None:
    with pytest.raises(BadValueError) as caught:
        read(text)
    assert message in caught.value.message and hint in caught.value.hint


# --------------------------------------------------------------------------------------------------------------- prices


def test_the_parts_add_up_and_the_month_in_all_decides() -> None:
    found = asked("ipv4, 100GB disk, 1TB out").frame
    assert list(zip(found["provider"], found["id"], found["region"], strict=True))[:2] == [
        ("hetzner", "cx1", "fsn1"), ("ec2", "a", "us-east-1"),
    ]  # fmt: skip
    first, second = found.iloc[0], found.iloc[1]
    assert second[["disk_monthly", "address_monthly", "traffic_monthly"]].tolist() == pytest.approx([8, 3.65, 83.16])
    assert second["monthly_total"] == pytest.approx(73 + 8 + 3.65 + 83.16)
    assert first[["disk_monthly", "address_monthly", "traffic_monthly"]].tolist() == pytest.approx([5, 0.625, 0])
    assert str(second["parts_as_of"])[:10] == "2026-10-13"
    assert "disk gp3 at 0.08 USD a GB month, of 2026-10-13 (a list)" in second["parts_source"]


def test_a_part_that_is_not_known_makes_the_month_unknown_and_is_named() -> None:
    found = asked("ipv4, 1TB out")
    rest = found.frame.iloc[2:].set_index("id")
    assert rest["monthly_total"].isna().all()
    assert rest["parts_unknown"].to_dict() == {"cx2": "traffic", "v": "address, traffic"}
    assert "no known price: address of 1, traffic of 3." in found.notes[0]
    alone = compare(
        offers(MARKET[-1]), wish.Wish(), Ranking(beside=Beside(Needs(disk=1), PARTS)), today=TODAY
    )  # fmt: skip
    assert alone.notes[-1] == "For none of these is every part of a month's price known."


def test_the_sentence_says_what_the_month_is_made_of() -> None:
    assert (
        asked("ipv4, 100GB disk")
        .notes[-1]
        .startswith(
            "Cheapest month in all: Hetzner cx2 in fsn1, 12.93 USD a month (the size 7.30, disk 5.00, address 0.62), "
            "price of 2025-03-02."
        )
    )


@pytest.mark.parametrize(
    ("gb", "usd"), [(50, 0.0), (100, 0.0), (101, 0.09), (10_000, 891.0), (10_100, 896.0), (20_000, 1391.0)]
)
def test_traffic_costs_step_by_step_and_what_is_included_is_free(gb: float, usd: float) -> None:
    beside = Beside(Needs(traffic=gb), PARTS)
    cost = beside.costs(offers(row("a", 0.1)), np.array([0]))["traffic"]
    assert cost.monthly[0] == pytest.approx(usd)


def test_a_part_in_another_currency_is_unknown_without_a_rate() -> None:
    found = asked("100GB disk", rates=currencies.NO_RATES).frame.set_index("id")
    assert np.isnan(found.loc["cx1", "monthly_total"]) and found.loc["cx1", "parts_unknown"] == "disk"


def test_the_month_is_in_the_currency_of_the_answer() -> None:
    turned = offers(*(one | {"currency": "EUR"} for one in MARKET))
    beside = Beside(read("100GB disk"), PARTS, EURO, "EUR")
    found = compare(turned, wish.Wish(), Ranking(beside=beside, currency="EUR"), today=TODAY)
    disks = found.frame.set_index(["id", "region"])["disk_monthly"]
    assert disks["cx1", "fsn1"] == pytest.approx(4) and disks["a", "us-east-1"] == pytest.approx(6.4)
    assert "EUR a month" in found.notes[-1] and '--with "100GB disk" --currency EUR' in found.line


def test_a_persons_own_rates_go_before_the_table() -> None:
    extras = Extras(50, None, 1, 0.01)
    beside = month.asked(None, extras, PARTS, EURO)
    assert beside is not None and not beside.decides and beside.words == ()
    costs = beside.costs(offers(*MARKET), np.arange(5))
    assert costs["address"].monthly.tolist() == pytest.approx([7.3] * 5)
    assert costs["disk"].monthly.tolist()[0] == pytest.approx(4)
    assert month.asked(None, Extras(50, 0.1), PARTS, EURO) is None, "that stands in monthly_total already"
    assert month.asked(None, None, PARTS, EURO) is None


def test_the_embedded_table_prices_a_month_at_every_cloud_that_it_has() -> None:
    found = compare_words(
        catalogue.snapshot(), {"cpus": "=4", "needs": "100GB disk, 1TB out", "per": "provider"}, today=TODAY
    )
    known = set(found.frame[found.frame["monthly_total"].notna()]["provider"])
    assert known == {"ec2", "gce", "azure_arm"}, "Hetzner's is in EUR, Oracle's disk and the others' are not known"
