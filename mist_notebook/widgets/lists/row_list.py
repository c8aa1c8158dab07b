"""A list of rows to pick from, which a worker may fill anew while a person clicks into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .keyed import BETWEEN, Select

Row = str | Sequence[str]
Group = tuple[int, str] | tuple[int, str, str]
_PAST_KEPT = 16  # fillings whose rows a page may still show when it says what was picked
_BLANK = (("\u00a0", "words", ""),)  # keeps the height of the titles
# Its title, its kind, and the unit that stands behind a figure where there is no title; how rows are sorted by it.
Column = tuple[str, str, str] | tuple[str, str, str, str]


class _Picked(Select):
    """A list that tells when the page has picked: `picked` gets the place, and of which filling."""

    def __init__(self, picked: Callable[[int, int], object], **options: Any) -> None:
        self._tell = picked
        super().__init__(**options)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page says; of rows that are others by now, the place is none here."""
        place, seen = sync_data.get("index"), sync_data.get("seen", self.stamp)
        if place is None or seen == self.stamp:
            return super().set_state(sync_data)
        self.send_state("index")
        self._tell(place, seen)

    def said(self, sync_data: dict[str, Any]) -> None:
        if sync_data.get("index") is not None:
            self._tell(sync_data["index"], self.stamp)


class RowList:
    """Rows under a label, each standing for an id.

    `on_pick` gets the id that a person picks, on any thread and with no lock held, `on_sort` the place of the column
    whose title was clicked. Without `columns` a row is one text.
    """

    def __init__(
        self,
        label: str,
        on_pick: Callable[[str], object],
        *,
        rows: int,
        css: str,
        columns: Sequence[Column] | None = None,
        on_sort: Callable[[int], object] = bool,
    ) -> None:
        self._on_pick = on_pick
        self._ids: tuple[str, ...] = ()
        self._past: dict[int, tuple[str, ...]] = {}
        self._columns, self._has_titles = tuple(columns or ()), columns is not None
        self.widget = _Picked(
            self._pick,
            description=label,
            rows=rows,
            options=("–",),
            index=None,
            disabled=True,
            _dom_classes=["mist-rows", css],
        )
        self.widget.sorted = on_sort

    @property
    def ids(self) -> tuple[str, ...]:
        """What the rows stand for, from the top."""
        return self._ids

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands in the list, from the top; cells with a tab between."""
        lines: tuple[str, ...] = self.widget.options
        return lines

    def fill(
        self,
        rows: Sequence[Row],
        ids: Sequence[str],
        chosen: str | None,
        *,
        columns: Sequence[Column] | None = None,
        groups: Sequence[Group] = (),
    ) -> None:
        """Show these rows, each for the id beside it, and mark that of the `chosen` one.

        `groups` are titles, each with the place of the row that it stands above, and what a click on it does.
        """
        lines = tuple(row if isinstance(row, str) else BETWEEN.join(row) for row in rows)
        with self.widget.turn, self.widget.hold_sync():
            if lines != self.widget.options:
                self.widget.index = None  # else ipywidgets would choose the first row
                self.widget.options = lines
            if self._ids != tuple(ids):
                self.widget.stamp += 1
            self._ids = self._past[self.widget.stamp] = tuple(ids)
            self._past.pop(self.widget.stamp - _PAST_KEPT, None)
            self.mark(chosen)
            self.widget.disabled = not ids
            self.widget.columns = self._columns if columns is None else tuple(columns)
            self.widget.groups = tuple(groups)

    def mark(self, chosen: str | None) -> None:
        """Mark the row of this id; of none where it isn't among them."""
        with self.widget.turn:
            self.widget.index = self._ids.index(chosen) if chosen in self._ids else None

    def say(self, line: str) -> None:
        """A row that nobody can pick, in place of all."""
        self.fill((line,), (), None, columns=_BLANK if self._has_titles else ())

    def click(self, line: int) -> None:
        """What a page says when a person clicks on this row."""
        self.widget.set_state({"index": line})

    def _pick(self, place: int, stamp: int) -> None:
        with self.widget.turn:
            ids = self._past.get(stamp, ())
            picked = ids[place] if 0 <= place < len(ids) else None
        if picked is not None:
            self._on_pick(picked)
