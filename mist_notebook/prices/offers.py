"""The offers to compare: a snapshot of the catalogue, what live backends list, and a person's own terms, in one frame.

`backend` is missing in the rows that no backend has. The sandbox's backends stand beside the snapshot of 2014, whose
world is theirs, and all others beside the current one: prices of different times are not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from mist_notebook.records.model import Listing, Size

from . import catalogue, currencies, live_offers, own_prices
from .own_prices import Terms

if TYPE_CHECKING:
    from datetime import date

    from mist_notebook.records.model import BackendInfo
    from mist_notebook.settings.price_terms import Currency

CURRENT, PERIOD = "current", "2014"


@dataclass(frozen=True)
class Offers:
    """One frame of offers, and the lines that say what is in it and what is not."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def gather(
    snapshot: str = CURRENT,
    parts: Sequence[Listing[Size]] = (),
    terms: Terms | None = None,
    *,
    today: date | None = None,
) -> Offers:
    """The offers of a snapshot, and of these listings of sizes, at these terms, in USD; not to be changed in place.

    Raises NotFoundError for a snapshot that there is none of.
    """
    frame = catalogue.offers(snapshot)
    notes = catalogue.refresh_notes() if snapshot == CURRENT else ()
    if listed := tuple(part for part in parts if part.records):
        frame = _merged(_Pieces(frame, listed))
    frame, said = _in_usd(_Pieces(frame, ()), terms.currency if terms else None)
    notes = (*notes, *said)
    if terms is None:
        return Offers(frame, notes)
    frame, more = own_prices.apply(frame, terms, today=today)
    return Offers(frame, (*notes, *more))


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
def _in_usd(pieces: _Pieces, rate: Currency | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    return currencies.in_usd(pieces.known, rate)


@lru_cache(maxsize=2)
def _merged(pieces: _Pieces) -> pd.DataFrame:
    return live_offers.merged(
        pieces.known, pd.concat([live_offers.rows(part) for part in pieces.parts], ignore_index=True)
    )
