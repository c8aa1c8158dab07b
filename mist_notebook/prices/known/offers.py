"""The offers to compare: a snapshot of the catalogue, what live backends list, and a person's own terms, in one frame.

`backend` is missing in the rows that no backend has. The sandbox's backends stand beside the snapshot of 2014, whose
world is theirs, and all others beside the current one: prices of different times are not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from mist_notebook.prices import catalogue
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.costs.currencies import HOME, NO_RATES, Exchange
from mist_notebook.records.model import Listing, Size

from . import clouds, live_offers, own_prices
from .own_prices import Terms

if TYPE_CHECKING:
    from datetime import date

    from mist_notebook.records.model import BackendInfo

CURRENT, PERIOD = "current", "2014"


@dataclass(frozen=True)
class Offers:
    """One frame of offers, the lines that say what is in it and what is not, and which clouds are missing.

    `currency` is what all its prices are in, at these `rates`; `turned` are the providers whose own is another one, and
    `at_rates` the lines on that.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    currency: str = HOME
    rates: Exchange = NO_RATES
    at_rates: tuple[str, ...] = ()
    turned: frozenset[str] = frozenset()

    def notes_on(self, answer: pd.DataFrame) -> tuple[str, ...]:
        """The lines that matter to an answer: those on rates where a price in it was turned at one."""
        if not self.turned.isdisjoint(answer["provider"]):
            return self.notes
        return tuple(note for note in self.notes if note not in self.at_rates)


def gather(
    snapshot: str = CURRENT,
    parts: Sequence[Listing[Size]] = (),
    terms: Terms | None = None,
    *,
    currency: str = HOME,
    rates: Exchange | None = None,
    today: date | None = None,
) -> Offers:
    """The offers of a snapshot, and of these listings of sizes, at these terms, in one currency; not to be changed.

    `rates` are those that were fetched, and the one of the terms, unless others are given. Raises NotFoundError for a
    snapshot that there is none of, and for a currency without a rate.
    """
    rates = currencies.kept(terms.currency if terms else None) if rates is None else rates
    currencies.check(rates, currency)
    frame = catalogue.offers(snapshot)
    notes = catalogue.refresh_notes() if snapshot == CURRENT else ()
    if listed := tuple(part for part in parts if part.records):
        frame = _merged(_Pieces(frame, listed))
    foreign = _foreign(_Pieces(frame, ()))
    frame, at_rates = _in_usd(_Pieces(frame, ()), rates)
    said = at_rates
    absent = clouds.absent(frame) if snapshot == CURRENT else ()
    if terms is not None:
        frame, more = own_prices.apply(frame, _without(terms, currency), today=today)
        said = (*said, *more)
    if currency != HOME:
        frame, turned = _turned(_Pieces(frame, ()), rates, currency)
        said = (*(note for note in said if f" in {currency} " not in note), *turned)  # whose own price it is again
    return Offers(frame, (*notes, *said), absent, currency, rates, at_rates, foreign)


def _without(terms: Terms, currency: str) -> Terms:
    """The terms, but for a second currency where that is what the whole answer is in."""
    of_answer = terms.currency is not None and terms.currency.code == currency
    return replace(terms, currency=None) if of_answer else terms


def size_words(frame: pd.DataFrame) -> list[str]:
    """Every size as `like` takes it: `ec2:m5.xlarge`."""
    sizes = frame[["provider", "id"]].drop_duplicates().astype("object")
    return [f"{provider}:{size}" for provider, size in zip(sizes["provider"], sizes["id"], strict=True)]


def belongs(backend: BackendInfo, snapshot: str) -> bool:
    """Whether a backend's sizes stand beside this snapshot: the sandbox's are of 2014, all others are of today."""
    return backend.sandbox == (snapshot == PERIOD)


class _Pieces:
    """What a merged frame is made of; equal only to just the same things, which it holds so that they stay the same."""

    def __init__(self, known: pd.DataFrame, parts: tuple[Listing[Size], ...]) -> None:
        self.known = known
        self.parts = parts
        self._ids = (id(known), *map(id, parts))

    def __hash__(self) -> int:
        return hash(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pieces) and self._ids == other._ids


@lru_cache(maxsize=2)
def _in_usd(pieces: _Pieces, rates: Exchange) -> tuple[pd.DataFrame, tuple[str, ...]]:
    return currencies.in_one(pieces.known, rates)


@lru_cache(maxsize=2)
def _foreign(pieces: _Pieces) -> frozenset[str]:
    """The providers that have prices in another currency than USD."""
    return currencies.providers_of_others(pieces.known)


@lru_cache(maxsize=1)
def _turned(pieces: _Pieces, rates: Exchange, currency: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    return currencies.turned(pieces.known, rates, currency)


@lru_cache(maxsize=2)
def _merged(pieces: _Pieces) -> pd.DataFrame:
    return live_offers.merged(
        pieces.known, pd.concat([live_offers.rows(part) for part in pieces.parts], ignore_index=True)
    )
