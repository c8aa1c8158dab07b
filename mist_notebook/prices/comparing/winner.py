"""Which offer is best, in a sentence: what it costs, of which day that is, what it has to spare, and which one is next.

One of each kind, where several kinds fit: a spot price is never the cheapest of the on-demand ones. Beside it stands
what could not be looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list
from mist_notebook.ground.text_codes import present, where
from mist_notebook.prices.costs.month import in_words
from mist_notebook.prices.wishes.wish import DEFAULTS, KINDS, Wish

from .offer_words import beyond, dated, money, percent, place_of
from .selection import Candidates

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes

    from .why import Asked


def winner(candidates: Candidates, order: Codes, asked: Asked) -> str:
    """Which one is the first, of which day its price is, what it has to spare, and which one is next."""
    kinds = _kinds(candidates) if len(asked.wish.kinds) != 1 else list(asked.wish.kinds)
    if len(kinds) > 1:
        return _winners(candidates, kinds, asked)
    first, *more = (_Row(candidates, int(place)) for place in order[:2])
    if np.isnan(first.key):
        return _none_known(asked)
    kind = f" {kinds[0]}" if kinds and kinds[0] != DEFAULTS["kind"] else ""
    said = f"{_best(asked, kind)}: {first.said(asked)}{beyond(asked.absent, first.day, asked.today)}."
    return f"{said} {_runner_up(first, more[0], asked)}" if more and not np.isnan(more[0].key) else said


def _winners(candidates: Candidates, kinds: list[str], asked: Asked) -> str:
    """The first one of each kind: a spot price can be taken away, a reserved one is paid for a year."""
    column = candidates.offers["kind"].iloc[candidates.found.rows]
    firsts = {kind: candidates.first_of(where(column, kind.__eq__)) for kind in kinds}
    rows = {kind: _Row(candidates, place) for kind, place in firsts.items() if place is not None}
    if not rows:
        return _none_known(asked)
    said = [f"{_best(asked, f' {kind}')}: {row.said(asked)}" for kind, row in rows.items()]
    oldest = min((row.day for row in rows.values()), key=lambda day: pd.Timestamp.min if pd.isna(day) else day)
    return f"{'. '.join(said)}{beyond(asked.absent, oldest, asked.today)}."


def _kinds(candidates: Candidates) -> list[str]:
    """The kinds among those that fit, the usual one first."""
    there = set(present(candidates.offers["kind"].iloc[candidates.found.rows]))
    return [kind for kind in KINDS if kind in there] + sorted(there - set(KINDS))


def _none_known(asked: Asked) -> str:
    if asked.by_month:
        return "For none of these is every part of a month's price known."
    return "No price is known for any of these." if asked.by is None else f"None of these has a known {asked.by}."


def _best(asked: Asked, kind: str) -> str:
    if asked.by_month:
        return f"Cheapest{kind} month in all"
    if asked.by is None:
        return f"Cheapest{kind}"
    return f"{'Largest' if asked.descending else 'Smallest'} {asked.by}{kind}"


def _figure(key: float, asked: Asked) -> str:
    if asked.by is None:
        return f"{key:,.2f} {asked.currency} a month" if asked.by_month else f"{money(key)} {asked.currency}/h"
    return f"{-key if asked.descending else key:,.6g}"


def _runner_up(first: _Row, second: _Row, asked: Asked) -> str:
    """The next one, and how much more it is; where it is the same, what decided."""
    if second.key == first.key:
        return f"Next: {second.place}, the same{second.spare(asked.wish)}."
    more = f", {percent(second.key / first.key - 1)} more" if second.key > first.key > 0 else ""
    return f"Next: {second.place}, {_figure(second.key, asked)}{more}."


class _Row:
    """One candidate, in words."""

    def __init__(self, candidates: Candidates, place: int) -> None:
        self._figures = candidates.figures
        self._place = place
        self.key = float(candidates.key[place])
        offer = candidates.offers.iloc[int(candidates.found.rows[place])]
        self.place = place_of(offer)
        self.dated = dated(offer)
        self.day = offer["as_of"]

    def said(self, asked: Asked) -> str:
        """Where it is, what it costs, of which day that is, and what it has to spare."""
        parts = f" ({self._parts()})" if asked.by_month else ""
        return f"{self.place}, {_figure(self.key, asked)}{parts}, {self.dated}{self.spare(asked.wish)}"

    def _parts(self) -> str:
        """What the month is made of."""
        costs = self._figures.costs
        rest = sum(float(cost.monthly[self._place]) for cost in costs.values())
        return f"the size {self.key - rest:,.2f}, {in_words(costs, self._place)}"

    def spare(self, wish: Wish) -> str:
        """What it has beyond the wish; nothing where nothing was asked for that one could have more of."""
        asked = [(name, unit) for name, unit, of in _SPARE if getattr(wish, of) is not None]
        spare = [
            f"{amount:,.10g} {unit if amount != 1 else unit.removesuffix('s')}"
            for name, unit in asked
            if (amount := float(self._figures[name][self._place])) > 0
        ]
        if not asked:
            return ""
        return f", with {sentence_list(spare)} to spare" if spare else ", nothing to spare"


_SPARE = (("spare_vcpus", "vCPUs", "cpus"), ("spare_ram_gb", "GB", "ram"))
