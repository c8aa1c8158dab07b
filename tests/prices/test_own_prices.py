"""A person's own terms on offers: what they change, what they leave alone, and that the frame says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from mist_notebook.ground.errors import SettingsError
from mist_notebook.prices.known import own_prices
from mist_notebook.prices.known.own_prices import Terms, apply, terms
from mist_notebook.settings.price_terms import Currency, Discounts, Extras, OwnRates, Rates
from mist_notebook.settings.settings import load
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 25)
kept_as = pytest.mark.parametrize("categories", [False, True], ids=["text", "categories"])


def market(*, categories: bool = False) -> pd.DataFrame:
    """Two listed clouds, one cloud of our own without prices, and a size of which nothing is known."""
    return offers(
        {"provider": "ec2", "id": "m5.large", "region": "us-east-1", "price_hourly": 0.096, "price_monthly": 70.08},
        {"provider": "ec2", "id": "odd", "source": None, "price_hourly": None, "confidence": None, "as_of": None},
        {"provider": "vultr", "id": "v", "price_hourly": 0.0149, "price_monthly": 10.0, "cap_hours": 672.0},
        {"provider": "openstack", "id": "m1", "backend": "Rack 7", "vcpus": 2, "ram_gb": 4, "disk_gb": 20,
         "cap_hours": 1.0, "source": None, "confidence": None, "currency": None, "as_of": None},
        {"provider": "openstack", "id": "m2", "backend": "Rack 8", "vcpus": 2, "ram_gb": None, "disk_gb": 20},
        {"provider": "openstack", "id": "m3", "backend": "Rack 8", "vcpus": 1, "ram_gb": 2, "price_hourly": 0.5,
         "price_monthly": 365.0},
        categories=categories,
    )  # fmt: skip


def column(frame: pd.DataFrame, name: str) -> list[object]:
    """The column's values, missing ones as None."""
    return [None if pd.isna(value) else value for value in frame[name]]


def rounded(frame: pd.DataFrame, name: str) -> list[float | None]:
    return [None if pd.isna(value) else round(value, 6) for value in frame[name]]


def test_without_terms_the_offers_stay_as_they_are() -> None:
    before = market()
    after, notes = apply(before, Terms())
    pd.testing.assert_frame_equal(after, before)
    assert notes == ()


@kept_as
def test_a_discount_lowers_known_prices_and_says_so_row_by_row(categories: bool) -> None:
    before = market(categories=categories)
    untouched = before.copy(deep=True)
    after, notes = apply(before, Terms(Discounts((("ec2", 0.1), ("vultr", 0.25)))))
    assert rounded(after, "price_hourly") == [0.0864, None, 0.011175, None, None, 0.5]
    assert rounded(after, "price_monthly") == [63.072, None, 7.5, None, None, 365.0]
    assert column(after, "confidence") == ["user", None, "user", None, "list", "list"]
    assert column(after, "source") == ["10% off a list", None, "25% off a list", None, "a list", "a list"]
    assert column(after, "as_of")[0] == pd.Timestamp("2025-03-02")
    assert notes == (
        "10% off the prices of ec2 (1 offer), as the settings say.",
        "25% off the prices of vultr (1 offer), as the settings say.",
    )
    pd.testing.assert_frame_equal(before, untouched)
    assert dict(after.dtypes.drop(["source", "confidence"])) == dict(before.dtypes.drop(["source", "confidence"]))


@kept_as
def test_a_backends_own_discount_goes_before_its_providers(categories: bool) -> None:
    rows = [{"provider": "ec2", "backend": name, "id": "m", "price_hourly": 1.0} for name in ("Mine", "Theirs", None)]
    found, _ = apply(offers(*rows, categories=categories), Terms(Discounts((("aws", 0.5), ("Mine", 0.1)))))
    assert rounded(found, "price_hourly") == [0.9, 0.5, 0.5]
    assert column(found, "source") == ["10% off a list", "50% off a list", "50% off a list"]


@kept_as
def test_own_rates_price_what_has_no_price_and_whose_parts_are_known(categories: bool) -> None:
    rates = Rates(0.01, 0.005, 0.73)
    before = market(categories=categories)
    after, notes = apply(before, Terms(own_prices=OwnRates((("openstack", rates),))), today=TODAY)
    assert rounded(after, "price_hourly") == [0.096, None, 0.0149, 0.06, None, 0.5]
    assert rounded(after, "price_monthly") == [70.08, None, 10.0, 43.8, None, 365.0]
    row = after.iloc[3]
    assert (row["confidence"], row["currency"], row["as_of"]) == ("user", "USD", pd.Timestamp(TODAY))
    assert (
        row["source"] == "own prices: 0.01 USD per vCPU-hour + 0.005 USD per GiB-hour + 0.73 USD per GB of disk a month"
    )
    assert pd.isna(row["cap_hours"])
    assert column(after, "source")[4:] == ["a list", "a list"]
    assert notes == (f"Own prices for openstack (1 offer): {rates}.",)
    assert dict(after.dtypes.drop(["source", "confidence", "currency"])) == dict(
        before.dtypes.drop(["source", "confidence", "currency"])
    )


@kept_as
def test_a_rate_that_is_not_set_needs_no_figure(categories: bool) -> None:
    only_cores = OwnRates((("Rack 8", Rates(usd_per_vcpu_hour=0.1)),))
    after, _ = apply(market(categories=categories), Terms(own_prices=only_cores), today=TODAY)
    assert rounded(after, "price_hourly") == [0.096, None, 0.0149, None, 0.2, 0.5]


def test_rates_of_nothing_leave_a_price_unknown_and_never_make_it_0() -> None:
    after, notes = apply(market(), Terms(own_prices=OwnRates((("openstack", Rates()),))), today=TODAY)
    assert rounded(after, "price_hourly") == [0.096, None, 0.0149, None, None, 0.5]
    assert notes == ()


def test_a_price_by_own_rates_is_not_discounted() -> None:
    both = Terms(Discounts((("openstack", 0.5),)), OwnRates((("openstack", Rates(0.01)),)))
    after, _ = apply(market(), both, today=TODAY)
    assert rounded(after, "price_hourly")[3:] == [0.02, 0.02, 0.25]


def test_extras_go_into_a_monthly_total_of_their_own() -> None:
    extras = Extras(disk_gb=50, usd_per_disk_gb_month=0.08, public_addresses=1, usd_per_address_hour=0.005)
    after, notes = apply(market(), Terms(extras=extras))
    assert rounded(after, "monthly_total") == [77.73, None, 17.65, None, None, 372.65]
    assert rounded(after, "price_monthly") == [70.08, None, 10.0, None, None, 365.0]
    assert notes == (f"monthly_total adds 7.65 USD a month to each: {extras}.",)


def test_a_currency_stands_beside_usd_with_its_rate_and_day() -> None:
    both = Terms(extras=Extras(50, 0.08), currency=Currency("EUR", 0.5, date(2026, 11, 1)))
    after, notes = apply(market(), both)
    assert rounded(after, "eur_hourly") == [0.048, None, 0.00745, None, None, 0.25]
    assert rounded(after, "eur_monthly") == [35.04, None, 5.0, None, None, 182.5]
    assert rounded(after, "eur_monthly_total") == [37.04, None, 7.0, None, None, 184.5]
    assert notes[1] == "eur_hourly and eur_monthly: EUR at 0.5 for 1 USD, of 2026-11-01, the rate in the settings."
    assert "eur_monthly_total" not in apply(market(), Terms(currency=both.currency))[0]


def test_money_of_another_currency_shows_as_money() -> None:
    from mist_notebook.display import frame_view

    after, _ = apply(market(), Terms(extras=Extras(50, 0.08), currency=Currency("EUR", 0.5, date(2026, 11, 1))))
    shown = after[["id", "eur_hourly", "eur_monthly", "monthly_total"]]
    shown.attrs["mist"] = {"kind": "offers"}
    lines = [line.split() for line in frame_view.plain(shown).splitlines()]
    assert lines[2] == ["0", "m5.large", "0.04800", "35.04", "74.08"]
    assert lines[3] == ["1", "odd", "unknown", "unknown", "unknown"]


def test_a_name_that_looks_like_a_slip_is_told_and_one_that_is_merely_absent_is_not() -> None:
    _, notes = apply(market(), Terms(Discounts((("ecc2", 0.1), ("linode", 0.1), ("azure", 0.1), ("zzz", 0.1)))))
    assert notes == ("discounts: no offer is of ecc2. Did you mean ec2?",)
    _, notes = apply(market(), Terms(own_prices=OwnRates((("Rak 7", Rates(1)),))), today=TODAY)
    assert notes == ("own_prices: no offer is of Rak 7. Did you mean Rack 7?",)


@kept_as
def test_no_offers_at_all_keep_their_columns(categories: bool) -> None:
    everything = Terms(
        Discounts((("ec2", 0.1),)),
        OwnRates((("openstack", Rates(1)),)),
        Extras(1, 1),
        Currency("EUR", 0.9, TODAY),
    )
    none = market(categories=categories).iloc[:0]
    after, notes = apply(none, everything, today=TODAY)
    assert list(after.columns) == [*none.columns, "monthly_total", "eur_hourly", "eur_monthly", "eur_monthly_total"]
    assert len(after) == 0 and len(notes) == 2


def test_an_index_of_another_shape_is_kept() -> None:
    shuffled = market().iloc[[5, 0, 3]]
    after, _ = apply(shuffled, Terms(Discounts((("ec2", 0.1),)), OwnRates((("openstack", Rates(1)),))), today=TODAY)
    assert list(after.index) == [5, 0, 3]
    assert rounded(after, "price_hourly") == [0.5, 0.0864, 2.0]


def test_the_terms_are_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('stale_days = 7\n[discounts]\nec2 = "10%"\n', encoding="utf-8")
    assert terms(load(environment={}, path=path)) == Terms(Discounts((("ec2", 0.1),)), stale_days=7.0)
    assert terms(load(environment={}, path=tmp_path / "none")) == Terms()


@pytest.mark.parametrize("option", ["discounts", "own_prices"])
def test_one_provider_by_two_names_is_refused(tmp_path: Path, option: str) -> None:
    value = "aws=1%,ec2=2%" if option == "discounts" else "aws.usd_per_gib_hour=1,EC2.usd_per_gib_hour=2"
    found = load(environment={f"MIST_{option.upper()}": value}, path=tmp_path / "none")
    with pytest.raises(SettingsError) as caught:
        terms(found)
    assert caught.value.message.startswith(f"{option}: aws and ")
    assert own_prices.USER == "user"
