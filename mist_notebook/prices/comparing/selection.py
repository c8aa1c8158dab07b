"""The best few of many offers, one of each group: row numbers in order, without sorting what nobody will see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.text_codes import coded, ranks

from .figures import Figures
from .fitting import Fit

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Column = np.ndarray[Any, np.dtype[np.float64]]

_SAMPLE = 8  # so many times the rows wanted are looked at first: a size is offered in several regions
_MOST_FLAGS = 1 << 23


@dataclass(frozen=True)
class Candidates:
    """The offers that fit, their figures, the key by which the smallest is best, and the group of each, if any.

    `ties` decide between equal keys, the last one first. A place is a number among the rows that fit, as in `key`,
    `groups` and `ties`; a row is one of `offers`.
    """

    offers: pd.DataFrame
    found: Fit
    figures: Figures
    key: Column
    groups: Codes | None
    ties: tuple[Column, ...] = ()

    def best(self, limit: int | None) -> Codes:
        """The places of the best, smallest key first and unknown last, one of each group, `limit` at most.

        Equal keys stand in the order of the ties, then of provider, size and region.
        """
        take = len(self.key) if limit is None else limit * _SAMPLE
        while True:
            looked_at = self._smallest(take)
            order = looked_at[self._order(looked_at)]
            if self.groups is not None:
                order = order[np.sort(np.unique(self.groups[order], return_index=True)[1])]
            if limit is None or len(order) >= limit or len(looked_at) == len(self.key):
                return order[:limit]
            take *= _SAMPLE

    def first_of(self, chosen: Flags) -> int | None:
        """The best of the chosen places; nothing where none of them has a known key."""
        places = np.flatnonzero(chosen & ~np.isnan(self.key))
        if not len(places):
            return None
        best = places[self.key[places] == self.key[places].min()]
        return int(best[self._order(best)[0]])

    def turned(self, order: Codes) -> Codes:
        """The same places the other way round, the unknown ones still last."""
        unknown = np.isnan(self.key[order])
        return np.concatenate([order[~unknown][::-1], order[unknown]])

    def rows(self, places: Codes) -> pd.DataFrame:
        """The offers at these places."""
        return self.offers.iloc[self.found.rows[places]]

    @property
    def unpriced(self) -> int:
        """How many have no known key."""
        return int(np.count_nonzero(np.isnan(self.key)))

    @property
    def of(self) -> int:
        """How many rows there could be: groups, or offers."""
        return len(self.key) if self.groups is None else distinct(self.groups)

    def _smallest(self, count: int) -> Codes:
        """The places of the `count` smallest keys, and of all that equal the last; all, where unknown ones count."""
        if count >= len(self.key):
            return np.arange(len(self.key))
        last = np.partition(self.key, count - 1)[count - 1]
        return np.arange(len(self.key)) if np.isnan(last) else np.flatnonzero(self.key <= last)

    def _order(self, places: Codes) -> Codes:
        rows = self.found.rows[places]
        names = [ranks(self.offers[name].iloc[rows]) for name in ("region", "id", "provider")]
        return np.lexsort([*names, *(tie[places] for tie in self.ties), self.key[places]])


def grouped(offers: pd.DataFrame, rows: Codes, columns: tuple[str, ...]) -> Codes | None:
    """A number for each row that is the same where all these columns are; nothing where every row is its own."""
    if not columns:
        return None
    found = np.zeros(len(rows), dtype=np.int64)
    for name in columns:
        codes, texts = coded(offers[name].iloc[rows])
        found = found * (len(texts) + 1) + codes + 1
    return found


def distinct(numbers: Codes) -> int:
    """How many different numbers there are; none is negative."""
    if not len(numbers):
        return 0
    if (largest := int(numbers.max())) > _MOST_FLAGS:
        return len(np.unique(numbers))
    flags = np.zeros(largest + 1, dtype=np.bool_)
    flags[numbers] = True
    return int(np.count_nonzero(flags))
