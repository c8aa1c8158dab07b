"""Choosing a size from a table: filters with sliders, an order, the cheapest that fits marked, and what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mist_notebook.records.model import Listing, Size
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.front_end import focus

from . import size_choice, size_lines
from .chooser import Chooser, State
from .placed_size import places
from .row_list import RowList
from .size_choice import Wish
from .size_filters import SizeFilters
from .size_lines import Shown

MOST_LINES = 200
_ROWS_IN_SIGHT = 10
_LOADING = "The sizes are being read …"
_WORDS_FOR_ALL = {"price": "prices"}


class SizeTable(Chooser[Size, Wish]):
    """The choice of a size."""

    def __init__(self) -> None:
        super().__init__(Wish(), what="size", css="mist-size-table")
        self._filters = SizeFilters(self._set_wish)
        self._rows = RowList("Sizes", self._picked, rows=_ROWS_IN_SIGHT, css="mist-size-list", columns=())
        self._rows.widget.entered, self._rows.widget.left = lambda: self.entered(), lambda: self.left()
        self.widget.children = self._filters.widget, self._rows.widget, self._count, self._chosen

    def focus(self) -> None:
        """Have the keyboard in the list."""
        focus(self._rows.widget)

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

    def _about(self, state: State[Size, Wish]) -> None:
        self._chosen.value = size_lines.chosen(state.chosen, state.wish.currency)

    def _list(self, state: State[Size, Wish]) -> None:
        self._filters.mirror(state.wish, state.records)
        if not state.records:
            self._rows.say(_LOADING if state.is_loading else "–")
            self._count.value = style.message(state.error or _nothing(state), error=bool(state.error))
            return
        found, unknown = size_choice.offered(state.records, state.wish)
        if not self._is_outdated(state):
            shown = _to_show(state, found)
            columns, rows = size_lines.table(shown)
            self._rows.fill(rows, shown.ids, shown.chosen, columns=columns)
            self._count.value = style.message(_counted(state, found, unknown))

    def _view(self) -> RowList:
        return self._rows


def _to_show(state: State[Size, Wish], found: Sequence[Size]) -> Shown:
    is_apart = state.chosen is not None and all(size.id != state.chosen.id for size in found)
    first = [state.chosen] if state.chosen is not None and is_apart else []
    cheapest = size_choice.cheapest(found, state.wish.currency)
    return Shown(tuple([*first, *found][:MOST_LINES]), state.chosen_id, cheapest, state.wish.currency, is_apart)


def _nothing(state: State[Size, Wish]) -> str:
    return "" if state.is_loading else state.waiting or _left_out(state) or "No size is listed here."


def _counted(state: State[Size, Wish], found: Sequence[Size], unknown: Mapping[str, int]) -> str:
    """How many there are, how many are shown, why others aren't, and what their prices are."""
    total = len(state.records) + sum(count for _, count in state.left_out)
    cut = f"; the first {MOST_LINES} are shown: filter further" if len(found) > MOST_LINES else ""
    vague = "".join(f" {count} left out: {_WORDS_FOR_ALL.get(name, name)} unknown." for name, count in unknown.items())
    what = f"size{'s' if total != 1 else ''}{' by location' if any(map(places, state.records)) else ''}"
    counted = f"{len(found):,} of {total:,} {what}{cut}.{vague}"
    prices = size_lines.about_prices(state.records, state.wish.currency)
    loading = "More are being read …" if state.is_loading else ""
    return " ".join(part for part in (counted, _left_out(state), prices, loading) if part)


def _left_out(state: State[Size, Wish]) -> str:
    reasons = ", ".join(f"{count:,} ({reason})" for reason, count in state.left_out)
    return f"Not offered: {reasons}." if reasons else ""
