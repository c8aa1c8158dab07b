"""Prices of several currencies: never mixed, made comparable at a dated rate, unknown without one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from mist_notebook.prices import catalogue, currencies, wish
from mist_notebook.prices.compare import Ranking, compare
from mist_notebook.prices.like import like
from mist_notebook.prices.offers import gather
from mist_notebook.prices.own_prices import Terms
from mist_notebook.settings.price_terms import Currency

EURO = Currency("EUR", 0.8, date(2026, 11, 27))


def prices(frame: pd.DataFrame, provider: str) -> pd.Series:  # type: ignore[type-arg]
    return frame.loc[(frame["provider"] == provider).to_numpy(), "price_hourly"].reset_index(drop=True)


def test_without_a_rate_a_price_in_euros_is_unknown_and_said_to_be() -> None:
    known = catalogue.snapshot()
    found, notes = currencies.in_usd(known)
    assert prices(found, "hetzner").isna().all()
    assert prices(found, "ec2").equals(prices(known, "ec2"))
    assert prices(known, "hetzner").notna().all(), "the frame given is changed"
    assert notes == ()
    said = compare(known, wish.read(cpus="8", ram="16GB", providers="hetzner")).notes[0]
    assert "stand last, some in EUR, of which no rate is known (see [currency] in the settings)." in said


def test_with_a_rate_it_is_in_dollars() -> None:
    known = catalogue.snapshot()
    found, notes = currencies.in_usd(known, EURO)
    assert np.allclose(prices(found, "hetzner"), prices(known, "hetzner") / 0.8)
    assert set(found["currency"]) == {"USD"}
    assert notes == (
        "114 prices in EUR are compared in USD: EUR at 0.8 for 1 USD, of 2026-11-27, the rate in the settings.",
    )


def test_the_rate_of_another_currency_is_none() -> None:
    found, notes = currencies.in_usd(catalogue.snapshot(), Currency("GBP", 0.8, date(2026, 11, 27)))
    assert prices(found, "hetzner").isna().all()
    assert notes == ()


def test_where_all_is_in_dollars_nothing_is_changed() -> None:
    assert currencies.in_usd(catalogue.snapshot("2014"))[0] is catalogue.snapshot("2014")


@pytest.mark.parametrize("words", [{"cpus": "2", "ram": "4GB"}, {"cpus": "8", "arch": "arm64"}, {"region": "de"}])
def test_what_is_in_another_currency_is_never_the_cheapest(words: dict[str, str]) -> None:
    found = compare(catalogue.snapshot(), wish.read(**words), Ranking(limit=None)).frame
    priced = found[found["price_hourly"].notna()]
    assert len(priced) and "hetzner" not in set(priced["provider"])


def test_at_a_rate_it_may_be() -> None:
    offers = gather(terms=Terms(currency=EURO)).frame
    first = compare(offers, wish.read(cpus="8", ram="16GB", region="Germany"), Ranking(limit=1)).frame.iloc[0]
    assert (first["provider"], first["id"], first["currency"]) == ("hetzner", "cx43", "USD")
    assert first["price_hourly"] == pytest.approx(0.0256 / 0.8)


def test_nothing_is_saved_where_the_currencies_differ() -> None:
    found = like(catalogue.snapshot(), "ec2:m5.xlarge@eu-central-1", wish.read(providers="hetzner"))
    assert len(found.frame) and found.frame["saved_monthly"].isna().all()
