"""Which of the offers that fit are shown, and in which order; read from a person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.ground.typed_word import option
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.wishes.expression import Expression

if TYPE_CHECKING:
    from mist_notebook.prices.costs.month import Beside

LIMIT = 20
EVERY_OFFER = "offer"
GROUPS: dict[str, tuple[str, ...]] = {
    "size": ("provider", "id"),
    EVERY_OFFER: (),
    "provider": ("provider",),
    "region": ("provider", "region"),
    "family": ("provider", "family"),
}


@dataclass(frozen=True)
class Ranking:
    """Which of the offers that fit are shown, and in which order: the best of each size, cheapest first, 20 of them.

    `per` says what has one row: a `size`, an `offer` (a size in a region), a `provider`, a `region` or a `family`.
    `limit` is `None` for all. With `sort` the best of each are put into the order of that column. With `descending` the
    largest of it come first; without a `sort` the largest `by` is best; without either the order is only turned.
    `beside` is what a machine needs beside its size: then, without a `by`, the month in all is what the smallest of is
    best. `currency` is the one that the offers are in.
    """

    by: Expression | None = None
    hours: float | None = None
    per: str = "size"
    limit: int | None = LIMIT
    descending: bool = False
    sort: str = ""
    beside: Beside | None = None
    currency: str = currencies.HOME

    @property
    def is_by_month(self) -> bool:
        """Whether the month in all decides."""
        return self.by is None and self.beside is not None and self.beside.decides

    @property
    def largest_is_best(self) -> bool:
        """Whether the order by the expression is from the largest down."""
        return self.by is not None and self.descending and not self.sort

    @property
    def words(self) -> tuple[str, ...]:
        """What is not as usual, as one types it."""
        rows = {"size": "", EVERY_OFFER: "--all-regions"}.get(self.per, f"--group {self.per}")
        by = option("--by", self.by.text) if self.by else ""
        hours = f"--hours {self.hours:.12g}" if self.hours is not None else ""
        limit = "" if self.limit == LIMIT else f"--limit {self.limit or 'all'}"
        sort = option("--sort", self.sort) if self.sort else ""
        words = (by, hours, rows, limit, sort, "--desc" if self.descending else "")
        money = (*(self.beside.words if self.beside else ()), self._currency)
        return tuple(filter(None, (*words, *money)))

    @property
    def _currency(self) -> str:
        return "" if self.currency == currencies.HOME else f"--currency {self.currency}"


USUAL = Ranking()


def own_words(words: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Those of the words that are of `names`, taken out of them and checked."""
    own = {name: words.pop(name) for name in names if name in words}
    if own.get("per", "size") not in GROUPS:
        raise BadValueError(f"per can't be '{brief(str(own['per']))}'.", f"There are {', '.join(GROUPS)}.")
    if own.get("limit") is not None:
        own["limit"] = quantity.limit(str(own["limit"]))
    return own
