"""Destroying from a card: a field for the machine's exact name, and a second button that nothing else arms.

What is typed is worth one try: after each, the field is a new one, and empty.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets

from mist_notebook.fleet import consent
from mist_notebook.ground.text import escape_html

from . import style
from .front_end import focus

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine

Go = Callable[[str], object]
_HIDDEN, _SHOWN = "none", "flex"


class DestroyForm:
    """The field and its button, closed until it is opened. `go` gets what was typed, once, on any thread."""

    def __init__(self, go: Go, changed: Callable[[], object]) -> None:
        self._go = go
        self._changed = changed
        self._lock = threading.Lock()
        self._is_open = False
        self._wanted = ""
        self._asks, self._label = "", "Name"
        self._drawn: tuple[bool, str, int] | None = None
        self._parts: _Parts | None = None
        self._is_spent = True
        self.widget = ipywidgets.VBox(layout=ipywidgets.Layout(display=_HIDDEN))
        self.widget.add_class("mist-destroy")

    def about(self, machine: Machine, *, mine: bool) -> None:
        """Which machine it is about: what has to be typed."""
        with self._lock:
            self._wanted = consent.to_type(machine, mine=mine)
            is_name = self._wanted == machine.name
            why = "its name" if is_name else "its place, as it was not made from here"
            self._asks, self._label = f"To destroy it for good, type {why}:", "Name" if is_name else "Place"

    def about_many(self, names: Sequence[str]) -> None:
        """Which machines it is about together: their names, and how many there are, which has to be typed."""
        with self._lock:
            self._wanted = f"destroy {len(names)}"
            self._asks, self._label = f"To destroy {', '.join(names)} for good, type:", "All of them"

    def open(self) -> None:
        """Show the field."""
        with self._lock:
            self._is_open = True
        self._changed()

    def close(self) -> None:
        """Hide it; nothing that is typed or clicked from now on does anything."""
        with self._lock:
            self._is_open, self._is_spent = False, True

    def draw(self, *, is_offered: bool, is_busy: bool, after: int) -> None:
        """Set the traits that have changed; it shuts after each errand, and where it isn't offered."""
        with self._lock:
            is_later = self._drawn is not None and self._drawn[2] != after
            self._is_open = self._is_open and is_offered and not is_later
            shown, asks = (self._is_open, self._wanted, after), self._asks
        if shown != self._drawn:
            self._draw_anew(*shown[:2], asks)
            self._drawn = shown
        self._arm(is_busy=is_busy)

    def _draw_anew(self, is_open: bool, wanted: str, asks: str) -> None:
        old, parts = self._parts, self._made(wanted, asks) if is_open else None
        with self._lock:
            self._parts, self._is_spent = parts, parts is None
        self.widget.children = (parts.asks, parts.row) if parts else ()
        self.widget.layout.display = _SHOWN if is_open else _HIDDEN
        if parts is not None:
            focus(parts.field)  # who opened it goes on in it
        for part in (old.asks, old.row, *old.row.children) if old else ():
            part.close()

    def _made(self, wanted: str, asks_for: str) -> _Parts:
        asks = style.markup(f"{escape_html(asks_for)} <code class='mist-typed'>{escape_html(wanted)}</code>")
        field = ipywidgets.Text(description=self._label, continuous_update=True)
        layout = ipywidgets.Layout(width="auto")
        go = ipywidgets.Button(description="Destroy for good", button_style="danger", disabled=True, layout=layout)
        keep = ipywidgets.Button(description="Keep it", layout=layout)
        for part, name in ((field, "name"), (go, "go"), (keep, "keep")):
            part.add_class(f"mist-destroy-{name}")
        field.observe(lambda _change: self._changed(), "value")
        go.on_click(self._clicked)
        keep.on_click(lambda _button: self._keep())
        return _Parts(asks, field, go, keep, ipywidgets.HBox([field, go, keep]))

    def _clicked(self, button: Any) -> None:
        with self._lock:
            parts = self._parts
            if self._is_spent or parts is None or button is not parts.go or parts.field.value != self._wanted:
                return
            self._is_spent, typed = True, parts.field.value
        self._go(typed)
        self._changed()

    def _keep(self) -> None:
        with self._lock:
            self._is_open = False
        self._changed()

    def _arm(self, *, is_busy: bool) -> None:
        """The second button is on while exactly that stands in the field, and nothing else is being done."""
        with self._lock:
            parts, is_off, wanted = self._parts, is_busy or self._is_spent, self._wanted
        if parts is not None:
            parts.field.disabled = is_off
            parts.go.disabled = is_off or parts.field.value != wanted
            parts.keep.disabled = is_off


@dataclass(frozen=True)
class _Parts:
    """What is worth one try."""

    asks: Any
    field: Any
    go: Any
    keep: Any
    row: Any
