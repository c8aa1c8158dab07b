"""The sizes as a grid of itables, where that is installed: one table, whose rows change.

Every cell is text that was made here, so that a figure looks as in the list and unknown says so; itables escapes it.
The order is ours too: DataTables would sort what is unknown to the front one way or the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pandas as pd
from itables.widget import ITable

from . import size_lines, style
from .size_lines import Shown

_ROWS_A_PAGE = 10  # a page takes 0.1 s to draw; of 200 rows it took three times as long
_OPTIONS: dict[str, Any] = {
    "select": {"style": "single", "toggleable": False, "info": False},
    "layout": {"topStart": None, "topEnd": None, "bottomStart": None, "bottomEnd": "paging"},
    "classes": "display nowrap compact",
    "style": "table-layout:auto;width:100%;margin:0",
    "scrollX": True,
    "paging": True,
    "pageLength": _ROWS_A_PAGE,
    "ordering": False,
    "showIndex": False,
    "maxBytes": 0,
    "allow_html": False,
    "warn_on_undocumented_option": False,
    "text_in_header_can_be_selected": False,
}
_AS_TEXT = {"targets": "_all", "type": "string"}


class _Grid(ITable):
    """The table; it gives the place of a row that a person selected to `picked`."""

    def __init__(self, picked: Callable[[int], object], **options: Any) -> None:
        self._picked = picked
        self.turn = threading.RLock()
        super().__init__(**options)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page says. An empty selection is none of a person's: rows that are replaced are deselected first."""
        rows = sync_data.get("selected_rows")
        kept = {name: value for name, value in sync_data.items() if name != "selected_rows" or value}
        with self.turn:
            super().set_state(kept)
        if rows:
            self._picked(rows[0])


class SizeGrid:
    """The sizes as rows of a grid."""

    most = 200
    rest_s = 0.3

    def __init__(self, on_pick: Callable[[str], object]) -> None:
        self._on_pick = on_pick
        self._ids: tuple[str, ...] = ()
        self._frame = pd.DataFrame({"": []})
        self.widget = _Grid(self._pick, df=self._frame, **_OPTIONS)
        for name in (*style.INERT.split(), "mist-size-grid"):
            self.widget.add_class(name)

    def fill(self, shown: Shown) -> None:
        """Show these sizes, and mark the chosen one."""
        frame, figures = size_lines.frame(shown)
        self._show(frame, figures, shown.ids, shown.chosen)

    def say(self, line: str) -> None:
        """A line that nobody can pick, in place of all."""
        self._show(pd.DataFrame({" ": [line]}), [], (), None)

    @property
    def ids(self) -> tuple[str, ...]:
        """What the rows stand for, from the top."""
        return self._ids

    def mark(self, chosen: str | None) -> None:
        """Mark the row of this id; of none where it isn't among them."""
        with self.widget.turn:
            self.widget.selected_rows = self._places(chosen)

    def _show(self, frame: pd.DataFrame, figures: list[int], ids: tuple[str, ...], chosen: str | None) -> None:
        right = [{"targets": figures, "className": "dt-right"}] if figures else []
        first = ids.index(chosen) // _ROWS_A_PAGE * _ROWS_A_PAGE if chosen in ids else 0
        with self.widget.turn:
            self._ids = ids
            if not frame.equals(self._frame):
                options = _OPTIONS | {"columnDefs": [*right, _AS_TEXT], "displayStart": first}
                self.widget.update(frame, selected_rows=self._places(chosen), **options)
                self._frame = frame
                self.widget.send_state("selected_rows")  # the page deselects the rows that it replaces

    def _places(self, chosen: str | None) -> list[int]:
        return [self._ids.index(chosen)] if chosen in self._ids else []

    def _pick(self, place: int) -> None:
        if place < len(self._ids):
            self._on_pick(self._ids[place])
