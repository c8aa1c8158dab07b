"""`covered.lists`: which price lists the answers rest on, how old they are, and why the other clouds have none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue.lists import PRICE_LISTS
from mist_notebook.prices.known import clouds, covered
from tests.rigs.offer_rows import offers

TODAY = date(2025, 3, 12)


def row(provider: str, region: str, price: float | None, **more: Any) -> dict[str, Any]:
    return {"provider": provider, "region": region, "id": "a", "name": "a", "price_hourly": price} | more


TABLE = offers(
    row("gce", "r1", 0.1, as_of="2024-03-12"),
    row("ec2", "r1", 0.1),
    row("ec2", "r2", None, as_of="2010-01-01"),
    row("ec2", "r2", 0.2, as_of="2025-01-01"),
    row("ec2", "r2", 0.2, source="another list", kind="spot"),
    row("ec2", "r2", 0.2, source="us", backend="Our AWS"),
)


def test_each_source_of_a_provider_has_its_rows_days_and_age() -> None:
    found = covered.lists(TABLE, TODAY, {})
    assert found[found["rows"] > 0][["provider", "source", "how", "rows", "regions", "age_days"]].values.tolist() == [
        ["ec2", "a list", "embedded", 3, 2, 10],
        ["ec2", "another list", "embedded", 1, 1, 10],
        ["ec2", "us", "your backend", 1, 1, 10],
        ["gce", "a list", "embedded", 1, 1, 365],
    ]
    assert [str(day)[:10] for day in found["oldest"][:1]] == ["2025-01-01"], "what has no price has no day of one"


def test_a_provider_has_one_row_for_each_way_its_prices_came() -> None:
    found = covered.lists(TABLE, TODAY, {}, apart=False)
    assert found[found["rows"] > 0][["provider", "source", "how", "rows", "regions", "age_days"]].values.tolist() == [
        ["ec2", "a list + 1", "embedded", 4, 2, 10],
        ["ec2", "us", "your backend", 1, 1, 10],
        ["gce", "a list", "embedded", 1, 1, 365],
    ]
    whole = covered.lists(catalogue.snapshot(), TODAY, {}, apart=False)
    assert not whole["provider"].duplicated().any() and whole["rows"].sum() == len(catalogue.snapshot())


@pytest.mark.parametrize(
    ("provider", "environment", "note"),
    [
        ("ovh", {}, "%mist refresh ovh"),
        ("oci", {}, "%mist refresh oci"),
        ("hetzner", {}, "%mist refresh hetzner, with HCLOUD_TOKEN set"),
        ("hetzner", {"HCLOUD_TOKEN": "x"}, "%mist refresh hetzner"),
        ("coreweave", {}, "no public list"),
        ("nebius", {}, "no public list"),
        ("digitalocean", {}, "needs an account: %mist add"),
    ],
)
def test_what_is_not_covered_says_why_and_what_would_bring_it(
    provider: str, environment: dict[str, str], note: str
) -> None:
    found = covered.lists(TABLE, TODAY, environment).set_index("provider").loc[provider]
    assert (found["how"], found["rows"], found["note"]) == ("not covered", 0, note)


def test_every_cloud_that_one_expects_is_there_and_every_list_is_of_one() -> None:
    found = covered.lists(catalogue.snapshot(), TODAY, {})
    assert set(clouds.NAMES) <= set(found["provider"])
    assert found["rows"].sum() == len(catalogue.snapshot())
    assert {one.provider for one in PRICE_LISTS.values()} <= set(clouds.NAMES)
    assert found[found["age_days"].notna()]["as_of"].notna().all()
