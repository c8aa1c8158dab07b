"""Prices of several currencies: never mixed, made comparable at a dated rate, unknown without one."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import fetched, rates
from mist_notebook.prices.comparing.compare import Ranking, compare
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.known.offers import gather
from mist_notebook.prices.known.own_prices import Terms
from mist_notebook.prices.likeness.like import like
from mist_notebook.prices.wishes import wish
from mist_notebook.settings.price_terms import Currency

EURO = Currency("EUR", 0.8, date(2026, 11, 27))


def prices(frame: pd.DataFrame, provider: str) -> pd.Series:  # type: ignore[type-arg]
    return frame.loc[(frame["provider"] == provider).to_numpy(), "price_hourly"].reset_index(drop=True)


def test_without_a_rate_a_price_in_euros_is_unknown_and_said_to_be() -> None:
    known = catalogue.snapshot()
    found, notes = currencies.in_one(known)
    assert prices(found, "hetzner").isna().all()
    assert prices(found, "ec2").equals(prices(known, "ec2"))
    assert prices(known, "hetzner").notna().all(), "the frame given is changed"
    assert notes == ()
    said = compare(known, wish.read(cpus="8", ram="16GB", providers="hetzner")).notes[0]
    assert "stand last, some in EUR, of which no rate is known (%mist refresh rates brings the bank's rate" in said


def test_with_a_rate_it_is_in_dollars() -> None:
    known = catalogue.snapshot()
    found, notes = currencies.in_one(known, currencies.exchange(EURO))
    assert np.allclose(prices(found, "hetzner"), prices(known, "hetzner") / 0.8)
    assert set(found["currency"]) == {"USD"}
    assert notes == (
        "114 prices in EUR are compared in USD: EUR at 0.8 for 1 USD, of 2026-11-27, the rate in the settings.",
    )


def test_the_rate_of_another_currency_is_none() -> None:
    found, notes = currencies.in_one(
        catalogue.snapshot(), currencies.exchange(Currency("GBP", 0.8, date(2026, 11, 27)))
    )
    assert prices(found, "hetzner").isna().all()
    assert notes == ()


def test_where_all_is_in_dollars_nothing_is_changed() -> None:
    assert currencies.in_one(catalogue.snapshot("2014"))[0] is catalogue.snapshot("2014")


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


# ---------------------------------------------------------------------------------------------------------------- rates


class Bank:
    """Rates of a bank: how much of each currency a dollar is."""

    day = date(2026, 11, 28)
    source = "a bank"

    def __init__(self, **per_usd: float) -> None:
        self._per_usd = per_usd

    def usd_in(self, code: str) -> float | None:
        return self._per_usd.get(code)


def test_the_bank_goes_before_the_person_and_each_says_its_day() -> None:
    rates = currencies.exchange(EURO, Bank(EUR=0.9, GBP=0.75))
    assert str(rates.rate("EUR")) == "EUR at 0.9 for 1 USD, of 2026-11-28, a bank"
    assert currencies.exchange(EURO, Bank(GBP=0.75)).rate("EUR") == currencies.exchange(EURO).rate("EUR")
    assert rates.factor("EUR", "GBP") == pytest.approx(0.75 / 0.9)
    assert rates.factor("USD", "USD") == 1.0 and np.isnan(rates.factor("CHF", "USD"))


@pytest.mark.parametrize("rate", [0.0, float("nan"), float("inf"), -0.9])
def test_what_is_no_rate_is_left_out(rate: float) -> None:
    known = currencies.exchange(EURO, Bank(EUR=rate))
    assert str(known.rate("EUR")).endswith("the rate in the settings")
    alone = currencies.exchange(Currency("EUR", rate, EURO.as_of))
    assert alone == currencies.NO_RATES
    assert prices(currencies.in_one(catalogue.snapshot(), alone)[0], "hetzner").isna().all()


def test_the_rates_that_came_with_the_catalogue_are_the_last_resort_and_say_so() -> None:
    shipped = rates.embedded()
    assert set(currencies.CODES) - {"USD"} <= {"EUR", *shipped.rates}
    assert str(currencies.kept().rate("EUR")) == (
        "EUR at 0.895095 for 1 USD, of 2026-10-30, European Central Bank (%mist refresh rates brings today's)"
    )
    assert currencies.kept().rate("GBP").per_usd == pytest.approx(0.8338 / 1.1172)  # type: ignore[union-attr]
    assert currencies.kept(EURO).rate("EUR") == currencies.exchange(EURO).rate("EUR")


@pytest.mark.parametrize(("day", "per_usd"), [("2026-11-27", 0.8), ("2026-10-29", 1 / 1.1172)])
def test_the_newer_of_the_banks_rates_counts(day: str, per_usd: float) -> None:
    fetched.folder().mkdir(parents=True)
    own_file = fetched.folder() / "rates.json"
    own_file.write_text(json.dumps({"day": day, "rates": {"USD": 1.25}}))
    own_file.chmod(0o600)
    assert currencies.kept().rate("EUR").per_usd == pytest.approx(per_usd)  # type: ignore[union-attr]


@pytest.mark.parametrize("usd", ["0", "-1.1", "NaN", '"1.1"', "null", "1e999"])
def test_a_kept_file_with_what_is_no_rate_is_not_used(usd: str) -> None:
    fetched.folder().mkdir(parents=True)
    own_file = fetched.folder() / "rates.json"
    own_file.write_text(f'{{"day": "2026-11-27", "rates": {{"USD": {usd}}}}}')
    own_file.chmod(0o600)
    assert rates.kept() is None
    assert currencies.kept().rate("EUR").day == rates.embedded().day  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "code"), [("EUR", "EUR"), (" eur ", "EUR"), ("euro", "EUR"), ("€", "EUR"), ("$", "USD"), ("Yen", "JPY")]
)
def test_a_currency_is_read_as_people_say_it(typed: str, code: str) -> None:
    assert currencies.code(typed) == code


@pytest.mark.parametrize(
    ("typed", "hint"), [("EURO2", "EUR"), ("EUT", "EUR"), ("XEU", "EUR"), ("dolar", "dollar"), ("12", "three letters")]
)
def test_a_currency_that_there_is_none_of_is_told_with_the_nearest(typed: str, hint: str) -> None:
    with pytest.raises(MistError) as caught:
        currencies.code(typed)
    assert hint in caught.value.hint


def test_a_currency_turns_the_whole_frame_and_says_at_which_rate() -> None:
    rates = currencies.exchange(EURO)
    found = gather(currency="EUR", rates=rates)
    assert set(found.frame["currency"].dropna()) == {"EUR"}
    known = catalogue.offers()
    assert np.allclose(prices(found.frame, "ec2"), prices(known, "ec2") * 0.8, equal_nan=True)
    assert np.allclose(prices(found.frame, "hetzner"), prices(known, "hetzner"), equal_nan=True)
    assert found.notes[-1] == "All prices in EUR: EUR at 0.8 for 1 USD, of 2026-11-27, the rate in the settings."
    answer = compare(found.frame, wish.read(cpus="8", max_price="0.0256"), Ranking(limit=1, currency="EUR"))
    assert list(answer.frame["id"]) == ["cx43"] and "0.0256 EUR/h" in answer.notes[-1]
    assert {"eur_vcpu_h", "eur_gib_h", "eur_gpu_h"} <= set(answer.frame.columns)
    assert not {"usd_vcpu_h", "usd_gib_h", "usd_gpu_h"} & set(answer.frame.columns)


def test_a_currency_without_a_rate_is_refused_with_what_brings_one() -> None:
    with pytest.raises(NotFoundError) as caught:
        gather(currency="GBP", rates=currencies.exchange(EURO))
    assert caught.value.message == "No rate of GBP is known."
    assert "%mist refresh rates" in caught.value.hint
