"""Choosing a size from a table: filters with sliders, an order, the cheapest that fits marked, and what is chosen.

The table is a list of aligned lines, of ipywidgets alone; with itables installed it is a grid (`size_grid`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Protocol

import ipywidgets

from mist_notebook.records.model import Listing, Size

from . import size_choice, size_lines, style
from .chooser import Chooser, State, View
from .row_list import RowList
from .size_choice import Wish
from .size_filters import SizeFilters
from .size_lines import Shown

MOST_LINES = 200
_LINES_IN_SIGHT = 10
_LOADING = "The sizes are being read …"
_OLDEST_GRID = (2, 9)
_NUMBERS = re.compile(r"\d+")
_WORDS_FOR_ALL = {"price": "prices"}


class SizeView(View, Protocol):
    """A list or a grid of sizes: of so many at `most`, and with a rest between two fillings."""

    most: int
    rest_s: float

    def fill(self, shown: Shown) -> None: ...


class SizeTable(Chooser[Size, Wish]):
    """The choice of a size. `plain` begins with the list even where a grid could be had; a button changes that."""

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__(Wish(), what="size", css="mist-size-table")
        self._is_grid = has_grid() and not plain
        self._views: dict[bool, SizeView] = {}
        self._other = ipywidgets.Button(_dom_classes=["mist-size-view"])
        self._other.on_click(lambda _: self.show_as(grid=not self._is_grid))
        self._filters = SizeFilters(self._set_wish, [self._line.widget], [self._other] if has_grid() else [])
        self._shown = self._switched()

    @property
    def is_grid(self) -> bool:
        """Whether it is a grid of itables by now."""
        return self._is_grid

    def set_sizes(
        self,
        sizes: Listing[Size] | Sequence[Size],
        *,
        unfit: Mapping[str, str] | None = None,
        currency: str | None = None,
        loading: bool = False,
    ) -> None:
        """List these sizes, but for the `unfit` ones: their ids, each with the reason, which is said and counted.

        Prices in another `currency` (else the one that most are in) are unknown. What is chosen or wanted is kept if
        it is one of them; the filters are kept as far as they make sense.
        """
        every = sizes.records if isinstance(sizes, Listing) else sizes
        unfit = unfit or {}
        fit = [size for size in every if size.id not in unfit]
        money = currency or size_choice.currency_of(every)
        left_out = size_choice.reasons(unfit, every)
        self._set_records(fit, loading=loading, wish=lambda wish: wish.among(fit, money), left_out=left_out)

    def show_as(self, *, grid: bool) -> None:
        """As a grid, where itables is installed, or as a list."""
        self._is_grid = grid and has_grid()
        self._set_wish(lambda wish: wish)

    def _about(self, state: State[Size, Wish]) -> None:
        self._chosen.value = size_lines.chosen(state.chosen, state.wish.currency)

    def _list(self, state: State[Size, Wish]) -> None:
        view = self._switched()
        self._filters.mirror(state.wish, state.records)
        if not state.records:
            view.say(_LOADING if state.is_loading else "–")
            self._count.value = style.message(state.error or _nothing(state), error=bool(state.error))
            return
        found, unknown = size_choice.offered(state.records, state.wish)
        if not self._is_outdated(state):
            view.fill(_to_show(state, found, view.most))
            self._count.value = style.message(_counted(state, found, view.most, unknown))

    def _view(self) -> SizeView:
        return self._shown

    def _switched(self) -> SizeView:
        """What is to show the sizes, made when it is first wanted, put in its place."""
        is_grid = self._is_grid
        if is_grid not in self._views:
            self._views[is_grid] = _grid(self._picked) if is_grid else SizeList(self._picked)
        view = self._views[is_grid]
        if view.widget not in self.widget.children:
            self.widget.children = self._filters.widget, view.widget, self._count, self._chosen
            self._worker.rest_s = view.rest_s
            self._other.description = "As a list" if is_grid else "As a grid"
        self._shown = view
        return view


class SizeList:
    """The sizes as aligned lines under a header."""

    most = MOST_LINES
    rest_s = 0.0

    def __init__(self, on_pick: Callable[[str], object]) -> None:
        self._header = style.markup("", "mist-rows-header")
        self._rows = RowList("Sizes", on_pick, rows=_LINES_IN_SIGHT, css="mist-size-list")
        self.widget = ipywidgets.VBox([self._header, self._rows.widget], _dom_classes=["mist-table"])

    def fill(self, shown: Shown) -> None:
        """Show these sizes, and mark the chosen one."""
        header, lines = size_lines.table(shown)
        self._header.value = style.preformatted(header)
        self._rows.fill(lines, shown.ids, shown.chosen)

    def say(self, line: str) -> None:
        """A line that nobody can pick, in place of all."""
        self._header.value = style.preformatted(" ")
        self._rows.say(line)

    def mark(self, chosen: str | None) -> None:
        """Mark the line of this id; none where it isn't among them."""
        self._rows.mark(chosen)

    @property
    def ids(self) -> tuple[str, ...]:
        """What the lines stand for, from the top."""
        return self._rows.ids

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands in the list, from the top."""
        return self._rows.lines


@cache
def has_grid() -> bool:
    """Whether the extra `grid` is installed, of a version that is known to escape what it shows."""
    if find_spec("itables") is None or find_spec("anywidget") is None:
        return False
    found = _NUMBERS.findall(version("itables"))
    return tuple(map(int, found[:2])) >= _OLDEST_GRID


def _grid(on_pick: Callable[[str], object]) -> SizeView:
    from .size_grid import SizeGrid

    return SizeGrid(on_pick)


def _to_show(state: State[Size, Wish], found: Sequence[Size], most: int) -> Shown:
    is_apart = state.chosen is not None and all(size.id != state.chosen.id for size in found)
    first = [state.chosen] if state.chosen is not None and is_apart else []
    cheapest = size_choice.cheapest(found, state.wish.currency)
    return Shown(tuple([*first, *found][:most]), state.chosen_id, cheapest, state.wish.currency, is_apart)


def _nothing(state: State[Size, Wish]) -> str:
    return "" if state.is_loading else state.waiting or _left_out(state) or "No size is listed here."


def _counted(state: State[Size, Wish], found: Sequence[Size], most: int, unknown: Mapping[str, int]) -> str:
    """How many there are, how many are shown, why others aren't, and what their prices are."""
    total = len(state.records) + sum(count for _, count in state.left_out)
    cut = f"; the first {most} are shown: filter further" if len(found) > most else ""
    vague = "".join(f" {count} left out: {_WORDS_FOR_ALL.get(name, name)} unknown." for name, count in unknown.items())
    counted = f"{len(found):,} of {total:,} size{'s' if total != 1 else ''}{cut}.{vague}"
    prices = size_lines.about_prices(state.records, state.wish.currency)
    loading = "More are being read …" if state.is_loading else ""
    return " ".join(part for part in (counted, _left_out(state), prices, loading) if part)


def _left_out(state: State[Size, Wish]) -> str:
    reasons = ", ".join(f"{count:,} ({reason})" for reason, count in state.left_out)
    return f"Not offered: {reasons}." if reasons else ""
