"""Prices of several currencies made comparable: all in one, at the dated rate of the day, or unknown without a rate.

Lists keep their own currency. What is compared is in one, USD unless another is asked for: a price in EUR is never
taken for one in USD. The rate is the European Central Bank's where a person has fetched it, else the person's own, else
the bank's of the day that the catalogue was made.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.text import brief, nearest
from mist_notebook.ground.text_codes import coded

if TYPE_CHECKING:
    from mist_notebook.settings.price_terms import Currency

HOME = "USD"
MONEY = ("price_hourly", "price_monthly", "monthly_total")
CODES: tuple[str, ...] = (HOME, "EUR", "GBP", "CHF", "JPY", "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "HKD", "HUF")
CODES += ("IDR", "ILS", "INR", "ISK", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB")
CODES += ("TRY", "ZAR")
_WORDS = {"euro": "EUR", "euros": "EUR", "dollar": HOME, "dollars": HOME, "us dollar": HOME, "pound": "GBP"}
_WORDS |= {"pounds": "GBP", "franc": "CHF", "francs": "CHF", "yen": "JPY", "rupee": "INR", "rupees": "INR"}
_SIGNS = {"€": "EUR", "$": HOME, "£": "GBP", "¥": "JPY", "₹": "INR"}
_EXACT = 12


class Bank(Protocol):
    """The rates of a day: how much of each currency a dollar is."""

    @property
    def day(self) -> date: ...

    @property
    def source(self) -> str: ...

    def usd_in(self, code: str) -> float | None: ...


@dataclass(frozen=True)
class Rate:
    """How much of a currency one USD is, by whom, and on which day."""

    code: str
    per_usd: float
    day: date
    source: str

    def __str__(self) -> str:
        return f"{self.code} at {self.per_usd:.6g} for 1 USD, of {self.day:%Y-%m-%d}, {self.source}"


@dataclass(frozen=True)
class Exchange:
    """The rates that are known; the first of a currency counts."""

    rates: tuple[Rate, ...] = ()

    def rate(self, code: str) -> Rate | None:
        """The rate of a currency other than USD, if one is known."""
        return next((rate for rate in self.rates if rate.code == code), None)

    def factor(self, code: str, home: str) -> float:
        """What one of a currency is in `home`; NaN where a rate isn't known."""
        return self._per_usd(home) / self._per_usd(code) if code != home else 1.0

    def _per_usd(self, code: str) -> float:
        rate = self.rate(code)
        return 1.0 if code == HOME else rate.per_usd if rate else math.nan


NO_RATES = Exchange()


def exchange(own: Currency | None = None, bank: Bank | None = None, older: Bank | None = None) -> Exchange:
    """The bank's rates before the person's own, before `older` ones; what is no rate, as 0 or NaN, is left out."""
    found = _of(bank)
    if own is not None and _is_one(own.rate):
        found.append(Rate(own.code, own.rate, own.as_of, "the rate in the settings"))
    return Exchange((*found, *_of(older)))


def _of(bank: Bank | None) -> list[Rate]:
    if bank is None:
        return []
    said = ((code, bank.usd_in(code)) for code in CODES if code != HOME)
    return [Rate(code, rate, bank.day, bank.source) for code, rate in said if rate is not None and _is_one(rate)]


def kept(own: Currency | None = None) -> Exchange:
    """The rates that a person has fetched, the one in the settings, and those that came with the catalogue."""
    from mist_notebook.prices.catalogue import rates

    fetched, embedded = rates.kept(), rates.embedded()
    return exchange(own, None if fetched and fetched.day < embedded.day else fetched, embedded)


def code(text: str) -> str:
    """A currency as one types it: `EUR`, `eur`, `euro`, `€`. Raises BadValueError, NotFoundError; with the nearest."""
    word = text.strip()
    found = _SIGNS.get(word) or _WORDS.get(word.casefold()) or word.upper()
    if not re.fullmatch(r"[A-Z]{3}", found):
        raise BadValueError(f"'{brief(text)}' is no currency.", _meant(found))
    if found not in CODES:
        raise NotFoundError(f"No rate is known for a currency '{brief(text)}'.", _meant(found))
    return found


def _meant(word: str) -> str:
    near = nearest(word, CODES) or nearest(word.casefold(), _WORDS)
    return f"Did you mean {' or '.join(near)}?" if near else "Give its three letters, such as EUR."


def in_one(offers: pd.DataFrame, rates: Exchange = NO_RATES, home: str = HOME) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The offers with all their prices in one currency, and a line for each rate used; the frame given stays as it is.

    A price without a currency is taken for USD. One whose rate isn't known is unknown, and its row keeps its currency.
    Where there is nothing to change, it is the same frame.
    """
    codes, texts = coded(offers["currency"])
    there = [texts[place] for place in np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(texts)))]
    others = [text for text in there if text != home]
    others += [HOME] * (home != HOME and HOME not in others and bool((codes < 0).any()))
    found, notes = offers, []
    for text in others:
        rows = codes == texts.index(text) if text in texts else np.zeros(len(codes), dtype=np.bool_)
        rows = rows | (codes < 0) if text == HOME else rows
        found = found.copy(deep=False) if found is offers else found
        notes += _turn(found, rows, text, home, rates)
    return found, tuple(notes)


def _turn(found: pd.DataFrame, rows: Any, text: str, home: str, rates: Exchange) -> list[str]:
    """Put these rows of one currency into another, in place; the answer is the line that says so."""
    factor = rates.factor(text, home)
    for name in MONEY:
        if name in found:
            values = found[name].to_numpy(copy=True)
            values[rows] = np.round(values[rows] * factor, _EXACT)  # without what dividing and multiplying leave
            found[name] = values
    if math.isnan(factor):
        return []
    found["currency"] = _put(found["currency"], rows, home)
    used = [str(rate) for code in (text, home) if (rate := rates.rate(code)) is not None]
    return [_note(int(np.count_nonzero(rows)), text, home, "; ".join(used))]


def _put(column: pd.Series[Any], rows: Any, home: str) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype) and home not in column.cat.categories:
        column = column.cat.add_categories([home])
    return column.where(~rows, home)


def _note(count: int, code: str, home: str, used: str) -> str:
    prices = f"{count:,} price{' in' if count == 1 else 's in'} {brief(code)} {'is' if count == 1 else 'are'}"
    return f"{prices} compared in {home}: {used}."


def turned(offers: pd.DataFrame, rates: Exchange, home: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Offers in USD with all their money in another currency, and the line that says at which rate.

    Raises NotFoundError where no rate of it is known.
    """
    rate = check(rates, home)
    return (offers, ()) if rate is None else (in_one(offers, rates, home)[0], (f"All prices in {home}: {rate}.",))


def check(rates: Exchange, home: str) -> Rate | None:
    """The rate of a currency; none for USD. Raises NotFoundError where it isn't known."""
    rate = rates.rate(home)
    if rate is None and home != HOME:
        raise NotFoundError(f"No rate of {home} is known.", f"{BRINGS}, or set [currency] with a rate of your own.")
    return rate


BRINGS = "%mist refresh rates brings the bank's rate of the day"


def foreign(offers: pd.DataFrame, rows: Any, home: str = HOME) -> str:
    """The currencies of these rows that are not `home`, in words; nothing where there are none."""
    codes, texts = coded(offers["currency"])
    return ", ".join(sorted({texts[code] for code in np.unique(codes[rows]) if code >= 0 and texts[code] != home}))


def providers_of_others(offers: pd.DataFrame, home: str = HOME) -> frozenset[str]:
    """The providers that have prices in another currency than `home`."""
    codes, texts = coded(offers["currency"])
    providers, names = coded(offers["provider"])
    others = [place for place, text in enumerate(texts) if text != home]
    return frozenset(names[place] for place in np.unique(providers[np.isin(codes, others)]) if place >= 0)


def _is_one(rate: float) -> bool:
    return math.isfinite(rate) and rate > 0
