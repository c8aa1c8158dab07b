"""Small widgets of our own: a line that opens what stands behind it, a field that hears Enter, a button that copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
from traitlets import Bool, Int, Unicode

from .own_view import OwnView, code
from .turns import TakesTurns

_HERE = Path(__file__).parent


class _Head(TakesTurns, OwnView):
    """The line of a fold."""

    _esm = code(_HERE / "fold.js")
    label = Unicode().tag(sync=True)
    said_now = Unicode().tag(sync=True)
    does = Unicode("Change").tag(sync=True)
    is_open = Bool(False).tag(sync=True)
    is_error = Bool(False).tag(sync=True)
    turned: Callable[[bool], object] = bool

    def said(self, sync_data: dict[str, Any]) -> None:
        if "is_open" in sync_data:
            self.turned(bool(sync_data["is_open"]))


class Fold:
    """A line with what is chosen, which opens `content`; `opened` is called when a person opens it."""

    def __init__(
        self, label: str, content: Any, *, css: str, does: str = "Change", opened: Callable[[], object] = bool
    ) -> None:
        self._content, self._opened = content, opened
        self.head = _Head(label=label, does=does, _dom_classes=[css])
        self.head.turned = self._turned
        content.layout.display = "none"
        self.widget = ipywidgets.VBox([self.head, content], _dom_classes=["mist-fold-part"])

    @property
    def is_open(self) -> bool:
        return bool(self.head.is_open)

    def say(self, text: str, *, error: bool = False) -> None:
        """What is chosen by now."""
        with self.head.hold_sync():
            self.head.said_now, self.head.is_error = text, error

    def turn(self, *, is_open: bool) -> None:
        """Open or close it."""
        self.head.is_open = is_open
        self._show(is_open)

    def _turned(self, is_open: bool) -> None:
        self._show(is_open)
        if is_open:
            self._opened()

    def _show(self, is_open: bool) -> None:
        self._content.layout.display = None if is_open else "none"


class Entry(TakesTurns, OwnView, ipywidgets.Text):  # type: ignore[misc]
    """A field to type into; `entered` is called when a person presses Enter in it, after `said` had the text;
    `left` when it was Escape."""

    _esm = code(_HERE / "entry.js")
    enters = Int(0).tag(sync=True)
    entered: Callable[[], object] = bool
    left: Callable[[], object] = bool

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("event") == "leave":
            self.left()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        super().set_state(sync_data)
        if "enters" in sync_data:
            self.entered()


class Said(OwnView):
    """What a screen reader says when `text` changes; nothing is to be seen."""

    _esm = code(_HERE / "said.js")
    text = Unicode().tag(sync=True)


class Copy(OwnView):
    """A button that puts `text` on the clipboard."""

    _esm = code(_HERE / "copy.js")
    text = Unicode().tag(sync=True)
    description = Unicode("Copy").tag(sync=True)
