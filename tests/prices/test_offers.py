"""The offers to compare: the catalogue, what live backends list in its place, units and prices, and own terms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pandas as pd
import pytest

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.known import live_offers
from mist_notebook.prices.known.offers import belongs, gather, size_words
from mist_notebook.prices.known.own_prices import Terms
from mist_notebook.records.columns import OFFERS
from mist_notebook.records.model import BackendInfo, Listing, Price, Size
from mist_notebook.settings.price_terms import Discounts
from tests.rigs.offer_rows import offers

LIVE = {"source": "mist.example", "currency": "USD", "as_of": date(2026, 11, 1), "confidence": "list"}


def backend(name: str, provider: str, region: str | None = None, *, sandbox: bool = False) -> BackendInfo:
    return BackendInfo(
        id=name, name=name, provider=provider, region=region, sandbox=sandbox, server="https://mist.example"
    )


def listing(info: BackendInfo, *sizes: Size) -> Listing[Size]:
    return Listing(backend=info, records=list(sizes), fetched_at=datetime.now(UTC))


def size(size_id: str, hourly: float | None = None, *, extra: dict[str, Any] | None = None, **more: Any) -> Size:
    price = Price(hourly=hourly, monthly=hourly and hourly * 730, **LIVE) if hourly else Price()
    raw = msgspec.Raw(msgspec.json.encode(extra or {}))
    return Size(**{"id": size_id, "name": size_id, "price": price, "extra_json": raw} | more)


def row(frame: pd.DataFrame, place: int = 0) -> dict[str, Any]:
    """The known cells of a row."""
    found = frame.iloc[place]
    return {name: found[name] for name in found.index if not pd.isna(found[name])}


def known() -> pd.DataFrame:
    """A catalogue of one cloud with a price per region, one that is flat, and a size without any price."""
    ec2 = {
        "provider": "ec2",
        "family": "m",
        "vcpus": 4,
        "ram_gb": 16,
        "arch": "x86_64",
        "gpus": 0.0,
        "burstable": False,
    }
    return offers(
        ec2 | {"id": "m.xlarge", "name": "m.xlarge", "region": "us-east-1", "price_hourly": 0.2, "price_monthly": 146},
        ec2 | {"id": "m.xlarge", "name": "m.xlarge", "region": "eu-west-1", "price_hourly": 0.3, "price_monthly": 219},
        ec2 | {"id": "m.new", "name": "m.new", "region": "us-east-1"},
        {"provider": "linode", "id": "g6", "name": "Linode 8", "region": "us-east", "price_hourly": 0.06, "vcpus": 4},
        {"provider": "linode", "id": "g6", "name": "Linode 8", "region": "eu-west", "price_hourly": 0.06, "vcpus": 4},
        categories=True,
    )


def merged(*parts: Listing[Size]) -> pd.DataFrame:
    live = pd.concat([live_offers.rows(part) for part in parts], ignore_index=True)
    return live_offers.merged(known(), live)


def prices(frame: pd.DataFrame) -> list[tuple[str, str, str | None, float | None]]:
    cells = frame[["provider", "id", "region", "price_hourly"]].astype("object")
    return [tuple(None if pd.isna(cell) else cell for cell in cells.iloc[place]) for place in range(len(cells))]


# --------------------------------------------------------------------------------------------------- a backend's sizes


def test_what_a_backend_lists_becomes_offers_with_all_their_columns() -> None:
    one = size("m.xlarge", 0.25, vcpus=4.0, ram_mb=16384.0, disk_gb=80.0, arch="arm64", spec_source="api")
    frame = live_offers.rows(listing(backend("EC2", "ec2", "us-east-1"), one))
    assert [*frame.columns] == [column.name for column in OFFERS]
    assert row(frame) == {
        "backend": "EC2",
        "provider": "ec2",
        "id": "m.xlarge",
        "name": "m.xlarge",
        "vcpus": 4.0,
        "ram_gb": 16.0,
        "disk_gb": 80.0,
        "arch": "arm64",
        "region": "us-east-1",
        "kind": "on-demand",
        "os": "linux",
        "price_hourly": 0.25,
        "price_monthly": 182.5,
        "currency": "USD",
        "as_of": pd.Timestamp("2026-11-01"),
        "source": "mist.example",
        "confidence": "list",
        "spec_source": "api",
    }


def test_what_a_backend_does_not_say_is_unknown_and_never_zero() -> None:
    frame = live_offers.rows(listing(backend("Own", "openstack"), size("s")))
    assert row(frame) == {
        **{"backend": "Own", "provider": "openstack", "id": "s", "name": "s", "kind": "on-demand", "os": "linux"}
    }


@pytest.mark.parametrize(
    ("provider", "cap_hours"),
    [("digitalocean", 672.0), ("vultr", None), ("linode", 2000 / 3), ("ec2", None), ("openstack", None)],
)
def test_a_month_is_paid_after_the_hours_of_the_provider(provider: str, cap_hours: float | None) -> None:
    assert row(live_offers.rows(listing(backend("B", provider), size("s", 1.0)))).get("cap_hours") == cap_hours


@pytest.mark.parametrize(
    ("provider", "disk", "expected"), [("linode", 51200.0, 50.0), ("linode", 80.0, 80.0), ("ec2", 51200.0, 51200.0)]
)
def test_a_disk_that_linode_gives_in_mb_is_in_gb(provider: str, disk: float, expected: float) -> None:
    assert row(live_offers.rows(listing(backend("B", provider), size("s", disk_gb=disk))))["disk_gb"] == expected


@pytest.mark.parametrize(
    ("extra", "gpus"),
    [({"gpus": 2}, 2.0), ({"gpu": "8"}, 8.0), ({"gpus": 0}, 0.0), ({"gpu": "many"}, None), ({}, None)],
)
def test_gpus_are_counted_where_the_provider_says_so(extra: dict[str, Any], gpus: float | None) -> None:
    frame = live_offers.rows(listing(backend("B", "ec2"), size("s", extra=extra)))
    assert row(frame).get("gpus") == gpus


def test_the_family_x86_is_of_today() -> None:
    assert row(live_offers.rows(listing(backend("B", "ec2"), size("s", arch="x86"))))["arch"] == "x86_64"


# -------------------------------------------------------------------------------------- live beside the catalogue


def test_the_live_offer_stands_in_the_place_of_the_same_one() -> None:
    frame = merged(listing(backend("EC2", "ec2", "us-east-1"), size("m.xlarge", 0.25)))
    assert prices(frame) == [
        ("ec2", "m.xlarge", "eu-west-1", 0.3),
        ("ec2", "m.new", "us-east-1", None),
        ("linode", "g6", "us-east", 0.06),
        ("linode", "g6", "eu-west", 0.06),
        ("ec2", "m.xlarge", "us-east-1", 0.25),
    ]
    assert list(frame["backend"].dropna()) == ["EC2"]


def test_what_the_backend_says_wins_and_what_it_does_not_say_is_the_catalogues() -> None:
    frame = merged(listing(backend("EC2", "ec2", "us-east-1"), size("m.xlarge", 0.25, vcpus=5.0)))
    last = row(frame, -1)
    assert (last["vcpus"], last["ram_gb"], last["family"], last["burstable"]) == (5.0, 16.0, "m", False)
    assert (last["price_hourly"], last["source"], last["as_of"]) == (0.25, "mist.example", pd.Timestamp("2026-11-01"))


def test_a_price_that_the_backend_does_not_know_is_the_catalogues_whole() -> None:
    last = row(merged(listing(backend("EC2", "ec2", "us-east-1"), size("m.xlarge"))), -1)
    assert (last["backend"], last["price_hourly"], last["price_monthly"]) == ("EC2", 0.2, 146)
    assert (last["source"], last["as_of"], last["confidence"]) == ("a list", pd.Timestamp("2025-03-02"), "list")


def test_a_price_that_nobody_knows_stays_unknown() -> None:
    frame = merged(listing(backend("EC2", "ec2", "us-east-1"), size("m.new")))
    assert ("ec2", "m.new", "us-east-1", None) in prices(frame)
    assert len(frame) == 5


def test_a_size_that_the_catalogue_knows_by_its_name_is_the_same_one() -> None:
    frame = merged(listing(backend("EC2", "ec2", "us-east-1"), size("4711", 0.25, name="m.xlarge")))
    assert row(frame, -1)["id"] == "4711"
    assert ("ec2", "m.xlarge", "us-east-1", 0.2) not in prices(frame)


def test_a_flat_price_holds_in_every_region_of_the_size() -> None:
    frame = merged(listing(backend("L", "linode"), size("g6", 0.05)))
    assert [cells for cells in prices(frame) if cells[0] == "linode"] == [
        ("linode", "g6", "us-east", 0.05),
        ("linode", "g6", "eu-west", 0.05),
    ]


def test_a_price_without_a_region_is_an_offer_of_its_own_where_prices_differ_by_region() -> None:
    frame = merged(listing(backend("EC2", "ec2"), size("m.xlarge", 0.25)))
    assert prices(frame)[0] == ("ec2", "m.xlarge", "us-east-1", 0.2)
    assert prices(frame)[-1] == ("ec2", "m.xlarge", None, 0.25)
    assert row(frame, -1)["ram_gb"] == 16.0


def test_a_backend_without_regions_and_prices_has_the_catalogues_in_all_regions() -> None:
    frame = merged(listing(backend("EC2", "ec2"), size("m.xlarge")))
    assert sorted(frame.loc[frame["backend"].notna(), "region"]) == ["eu-west-1", "us-east-1"]
    assert len(frame) == 5


def test_two_backends_of_one_provider_both_have_their_row() -> None:
    frame = merged(
        listing(backend("One", "ec2", "us-east-1"), size("m.xlarge", 0.25)),
        listing(backend("Two", "ec2", "US-EAST-1"), size("m.xlarge", 0.26)),
    )
    there = frame[frame["backend"].notna()]
    assert list(zip(there["backend"], there["price_hourly"], strict=True)) == [("One", 0.25), ("Two", 0.26)]
    assert len(frame) == 6


def test_a_size_and_a_provider_that_the_catalogue_has_not_are_added() -> None:
    frame = merged(listing(backend("Rack", "openstack"), size("own", 0.1, vcpus=2.0)))
    assert len(frame) == 6
    assert (row(frame, -1)["provider"], row(frame, -1)["vcpus"]) == ("openstack", 2.0)


def test_the_merged_frame_keeps_the_dtypes_of_the_catalogue() -> None:
    frame = merged(listing(backend("EC2", "ec2", "us-east-1"), size("m.xlarge", 0.25)))
    assert [dtype.kind for dtype in frame.dtypes] == [dtype.kind for dtype in known().dtypes]
    assert frame["provider"].dtype.name == "category"
    assert list(frame.columns) == [column.name for column in OFFERS]


# ----------------------------------------------------------------------------------------------------------- together


def test_without_live_backends_the_offers_are_the_catalogue_itself() -> None:
    assert gather("2014").frame is catalogue.offers("2014")
    known, found = catalogue.offers("current"), gather().frame
    assert found is gather().frame
    in_usd = (known["currency"] == "USD").to_numpy()
    assert found[in_usd]["price_hourly"].equals(known[in_usd]["price_hourly"])


def test_the_same_listings_are_merged_once() -> None:
    part = listing(backend("EC2", "ec2", "us-east-1"), size("m5.xlarge", 0.25))
    assert gather(parts=[part]).frame is gather(parts=[part]).frame
    again = listing(backend("EC2", "ec2", "us-east-1"), size("m5.xlarge", 0.26))
    assert 0.26 in set(gather(parts=[again]).frame["price_hourly"])


def test_own_terms_are_said() -> None:
    found = gather(terms=Terms(Discounts((("ec2", 0.1),))))
    assert [note.partition(" (")[0] for note in found.notes[1:]] == ["10% off the prices of ec2"]
    assert "compared in USD: EUR at" in found.notes[0]
    assert (found.frame["confidence"] == "user").any()


def test_a_rate_is_told_where_a_price_of_the_answer_was_turned_at_one() -> None:
    found = gather()
    assert found.turned == {"hetzner"}
    provider = found.frame["provider"]
    assert found.notes_on(found.frame[provider == "ec2"]) == ()
    assert found.notes_on(found.frame[provider == "hetzner"]) == found.notes != ()


@pytest.mark.parametrize(
    ("sandbox", "snapshot", "expected"),
    [(False, "current", True), (True, "current", False), (True, "2014", True), (False, "2014", False)],
)
def test_the_sandbox_stands_beside_2014_and_every_other_backend_beside_today(
    sandbox: bool, snapshot: str, expected: bool
) -> None:
    assert belongs(backend("B", "ec2", sandbox=sandbox), snapshot) is expected


def test_a_snapshot_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(NotFoundError, match="No snapshot named '1999'"):
        gather("1999")


def test_the_words_of_sizes_are_each_there_once() -> None:
    assert size_words(known()) == ["ec2:m.xlarge", "ec2:m.new", "linode:g6"]
