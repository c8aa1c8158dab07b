"""The number of the line that is chosen, in a field: how one picks from a list with the keyboard.

JupyterLab takes the arrow keys of a list for its own, to go from cell to cell, but leaves those of a field alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .turns import BoundedIntText


class _Field(BoundedIntText):
    """A field that tells when the page has another number."""

    def __init__(self, changed: Callable[[int], object], **options: Any) -> None:
        self._changed = changed
        super().__init__(**options)

    def said(self, sync_data: dict[str, Any]) -> None:
        if "value" in sync_data:
            self._changed(self.value - 1)


class LineField:
    """The place in a list, from 1; 0 while nothing in it is chosen. `on_pick` gets the place from 0."""

    def __init__(self, on_pick: Callable[[int], object]) -> None:
        self.widget = _Field(
            on_pick,
            description="Line",
            tooltip="The line that is chosen: the arrow keys go up and down",
            min=0,
            max=0,
            disabled=True,
            _dom_classes=["mist-line"],
        )

    def show(self, count: int, place: int | None) -> None:
        """There are so many lines, and this one is chosen."""
        with self.widget.turn, self.widget.hold_sync():
            self.widget.max = count
            self.widget.value = 0 if place is None else place + 1
            self.widget.disabled = not count
