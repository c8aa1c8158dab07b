"""A person's own terms on a frame of offers: discounts, own rates, what a machine needs beside its size, a currency.

`terms` takes them out of the settings, `apply` gives the offers with them. What a price is made of stays visible: a
price that is not the list's any more has the confidence `user`, and its source says why. An unknown price stays
unknown unless there is an own rate for it, and no price becomes 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.resolver import PROVIDER_ALIASES
from mist_notebook.ground.text import brief, counted, nearest
from mist_notebook.ground.text_codes import coded
from mist_notebook.records.columns import TEXT
from mist_notebook.records.units import UNITS
from mist_notebook.settings.price_terms import Currency, Discounts, Extras, OwnRates, Rates, percent

from .ages import STALE_DAYS

if TYPE_CHECKING:
    from mist_notebook.settings.settings import Settings

Notes = tuple[str, ...]
_Ints = np.ndarray[Any, np.dtype[np.int64]]
_Flags = np.ndarray[Any, np.dtype[np.bool_]]
_Figures = np.ndarray[Any, np.dtype[np.float64]]
USER = "user"
_NONE = -1


@dataclass(frozen=True)
class Terms:
    """What a person has set about prices; `None` where nothing is set."""

    discounts: Discounts | None = None
    own_prices: OwnRates | None = None
    extras: Extras | None = None
    currency: Currency | None = None
    stale_days: float = STALE_DAYS


def terms(settings: Settings) -> Terms:
    """The terms that the settings hold. Raises SettingsError where two names mean one provider."""
    for option in ("discounts", "own_prices"):
        _refuse_twins(option, _names(settings[option]))
    return Terms(
        settings["discounts"],
        settings["own_prices"],
        settings["extras"],
        settings["currency"],
        settings["stale_days"],
    )


def apply(offers: pd.DataFrame, terms: Terms, *, today: date | None = None) -> tuple[pd.DataFrame, Notes]:
    """The offers at these terms, and a line for each kind of term; the frame given is left as it is.

    Discounts and own rates change `price_hourly` and `price_monthly`; `extras` adds `monthly_total`, and a currency
    `eur_hourly`, `eur_monthly` and, with extras, `eur_monthly_total`, all beside USD. Own rates are of `today`.
    """
    frame = offers.copy(deep=False)
    notes: list[str] = []
    if terms.discounts or terms.own_prices:
        sellers = _Sellers(_coded(frame["backend"]), _coded(frame["provider"]))
        notes += _discount(frame, sellers, terms.discounts) if terms.discounts else []
        notes += _fill(frame, sellers, terms.own_prices, today or date.today()) if terms.own_prices else []
    if terms.extras and terms.extras.is_priced:
        notes += _add_extras(frame, terms.extras)
    if terms.currency:
        notes += _convert(frame, terms.currency)
    return frame, tuple(notes)


def _names(of: Discounts | OwnRates | None) -> list[str]:
    return [] if of is None else [name for name, _ in (of.parts if isinstance(of, Discounts) else of.rates)]


def _provider(name: str) -> str:
    return PROVIDER_ALIASES.get(name.casefold(), name.casefold())


def _refuse_twins(option: str, names: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(_provider(name), name)
        if other != name:
            raise SettingsError(f"{option}: {brief(other)} and {brief(name)} are the same provider.", "Keep one.")


@dataclass(frozen=True)
class _Sellers:
    """Whose each offer is: the backends' and the providers' names, as numbers and texts."""

    backends: _Coded
    providers: _Coded

    def chosen(self, names: Sequence[str]) -> _Ints:
        """Which of `names` each offer goes by, -1 for none: its backend's exact name, else its provider's."""
        by_backend = self.backends.places(names)
        return np.where(by_backend >= 0, by_backend, self.providers.places([_provider(name) for name in names]))

    def doubts(self, option: str, names: Sequence[str]) -> list[str]:
        """A line for each name that no offer goes by and that looks like one that some do."""
        there = sorted({*self.backends.texts, *self.providers.texts})
        known = {*there, *PROVIDER_ALIASES.values(), *UNITS}
        odd = [name for name in names if name not in known and _provider(name) not in known]
        meant = [(name, nearest(name, there)) for name in odd]
        return [f"{option}: no offer is of {brief(name)}. Did you mean {close[0]}?" for name, close in meant if close]


def _discount(frame: pd.DataFrame, sellers: _Sellers, discounts: Discounts) -> list[str]:
    names, parts = _names(discounts), [part for _, part in discounts.parts]
    chosen = np.where(frame["price_hourly"].notna().to_numpy(), sellers.chosen(names), _NONE)
    kept = 1 - np.array([*parts, 0.0])[chosen]
    for column in ("price_hourly", "price_monthly"):
        frame[column] = frame[column].to_numpy() * kept
    which = np.where(kept < 1, chosen, _NONE)
    frame["confidence"] = _put(frame["confidence"], which != _NONE, USER)
    frame["source"] = _headed(frame["source"], which, [f"{percent(part)} off " for part in parts])
    counts = np.bincount(which + 1, minlength=len(names) + 1)[1:]
    return sellers.doubts("discounts", names) + [
        f"{percent(part)} off the prices of {name} ({counted(count, 'offer')}), as the settings say."
        for name, part, count in zip(names, parts, counts, strict=True)
        if count
    ]


def _fill(frame: pd.DataFrame, sellers: _Sellers, own: OwnRates, today: date) -> list[str]:
    """Own rates where there is no price; a machine of which a part that costs is unknown stays unpriced."""
    notes = sellers.doubts("own_prices", _names(own))
    chosen = np.where(frame["price_hourly"].isna().to_numpy(), sellers.chosen(_names(own)), _NONE)
    for place, (name, rates) in enumerate(own.rates):
        hourly = _priced(frame, rates)
        rows = (chosen == place) & (hourly > 0)
        if not rows.any():
            continue
        frame["price_hourly"] = np.where(rows, hourly, frame["price_hourly"].to_numpy())
        frame["price_monthly"] = np.where(rows, hourly * HOURS_A_MONTH, frame["price_monthly"].to_numpy())
        frame["cap_hours"] = np.where(rows, np.nan, frame["cap_hours"].to_numpy())
        frame["as_of"] = frame["as_of"].where(~rows, pd.Timestamp(today)).astype(frame["as_of"].dtype)
        for column, word in (("currency", "USD"), ("confidence", USER), ("source", f"own prices: {rates}")):
            frame[column] = _put(frame[column], rows, word)
        notes.append(f"Own prices for {name} ({counted(int(rows.sum()), 'offer')}): {rates}.")
    return notes


def _priced(frame: pd.DataFrame, rates: Rates) -> _Figures:
    """What an hour costs at these rates; NaN where a part that costs is unknown."""
    hourly = np.zeros(len(frame))
    for column, rate in (
        ("vcpus", rates.usd_per_vcpu_hour),
        ("ram_gb", rates.usd_per_gib_hour),
        ("disk_gb", rates.usd_per_disk_gb_month / HOURS_A_MONTH),
    ):
        if rate:
            hourly += frame[column].to_numpy() * rate
    return hourly


def _add_extras(frame: pd.DataFrame, extras: Extras) -> list[str]:
    disks = extras.disk_gb * (extras.usd_per_disk_gb_month or 0.0)
    addresses = extras.public_addresses * (extras.usd_per_address_hour or 0.0) * HOURS_A_MONTH
    more = disks + addresses + extras.traffic_gb * (extras.usd_per_traffic_gb or 0.0)
    frame["monthly_total"] = frame["price_monthly"] + more
    return [f"monthly_total adds {more:,.2f} USD a month to each: {extras}."]


def _convert(frame: pd.DataFrame, currency: Currency) -> list[str]:
    prefix = currency.code.lower()
    for column, name in (("price_hourly", "hourly"), ("price_monthly", "monthly"), ("monthly_total", "monthly_total")):
        if column in frame:
            frame[f"{prefix}_{name}"] = frame[column] * currency.rate
    return [f"{prefix}_hourly and {prefix}_monthly: {currency}, the rate in the settings."]


@dataclass(frozen=True)
class _Coded:
    """A column of text as numbers of its few different texts, -1 where one is missing."""

    codes: _Ints
    texts: list[str]

    def places(self, names: Sequence[str]) -> _Ints:
        """The place among `names` of each text, -1 where it is none of them."""
        places = {name: place for place, name in enumerate(names)}
        return np.array([*(places.get(text, _NONE) for text in self.texts), _NONE])[self.codes]


def _coded(column: pd.Series[Any]) -> _Coded:
    codes, texts = coded(column)
    return _Coded(codes.astype(np.int64), texts)


def _put(column: pd.Series[Any], rows: _Flags, word: str) -> pd.Series[Any]:
    """The column with `word` in these rows."""
    if isinstance(column.dtype, pd.CategoricalDtype) and word not in column.cat.categories:
        column = column.cat.add_categories([word])
    return column.where(~rows, word)


def _headed(column: pd.Series[Any], which: _Ints, heads: Sequence[str]) -> pd.Series[Any]:
    """The column with one of `heads` before each text, -1 being none; a missing text counts as "list".

    Works on the few different texts, not on the rows.
    """
    known = _coded(column)
    words = {text: place for place, text in enumerate(known.texts)}
    pairs = (known.codes + 1) * len(heads) + which
    rows = which != _NONE
    table = np.zeros((len(words) + 1) * len(heads), dtype=np.int64)
    for pair in np.flatnonzero(np.bincount(pairs[rows], minlength=len(table))):
        code, place = divmod(int(pair), len(heads))
        word = heads[place] + (known.texts[code - 1] if code else "list")
        table[pair] = words.setdefault(word, len(words))
    codes = known.codes.copy()
    codes[rows] = table[pairs[rows]]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(list(words))), index=column.index)
    return pd.Series(np.array([*words, None], dtype=object)[codes], index=column.index, dtype=TEXT)
