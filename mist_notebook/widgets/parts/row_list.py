"""A list of lines to pick from, which a worker may fill anew while a person clicks into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .turns import Select


class _Picked(Select):
    """A select that tells when the page has picked."""

    def __init__(self, picked: Callable[[], object], **options: Any) -> None:
        self._tell = picked
        super().__init__(**options)

    def said(self, sync_data: dict[str, Any]) -> None:
        if sync_data.get("index") is not None:
            self._tell()


class RowList:
    """Lines of text under a label, each standing for an id.

    `on_pick` gets the id that a person picks, on any thread and with no lock held.
    """

    def __init__(self, label: str, on_pick: Callable[[str], object], *, rows: int, css: str) -> None:
        self._on_pick = on_pick
        self._ids: tuple[str, ...] = ()
        self.widget = _Picked(
            self._pick,
            description=label,
            rows=rows,
            options=("–",),
            index=None,
            disabled=True,
            _dom_classes=["mist-rows", css],
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """What the lines stand for, from the top."""
        return self._ids

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands in the list, from the top."""
        lines: tuple[str, ...] = self.widget.options
        return lines

    def fill(self, lines: Sequence[str], ids: Sequence[str], chosen: str | None) -> None:
        """Show these lines, each for the id beside it, and mark that of the `chosen` one."""
        with self.widget.turn, self.widget.hold_sync():
            if tuple(lines) != self.widget.options:
                self.widget.index = None  # else ipywidgets would choose the first line
                self.widget.options = tuple(lines)
            self._ids = tuple(ids)
            self.mark(chosen)
            self.widget.disabled = not ids

    def mark(self, chosen: str | None) -> None:
        """Mark the line of this id; of none where it isn't among them."""
        with self.widget.turn:
            self.widget.index = self._ids.index(chosen) if chosen in self._ids else None

    def say(self, line: str) -> None:
        """A line that nobody can pick, in place of all."""
        self.fill((line,), (), None)

    def click(self, line: int) -> None:
        """What a page says when a person clicks on this line."""
        self.widget.set_state({"index": line})

    def _pick(self) -> None:
        with self.widget.turn:
            place = self.widget.index
            picked = self._ids[place] if place is not None and place < len(self._ids) else None
        if picked is not None:
            self._on_pick(picked)
