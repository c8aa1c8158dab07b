"""The controls of the form: each with its label and a line for what is to be said there. They mirror a view, no more.

What a person does is told with the field's name, on any thread and with no lock held. What is drawn here is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from mist_notebook.widgets.lists import keyed
from mist_notebook.widgets.parts import style, turns
from mist_notebook.widgets.parts.small import Entry

from .state.controls import Control
from .state.events import Event

Hear = Callable[[str, str | None], object]

NONE = {"backend": "Choose a backend", "location": "Choose a location", "key": "No key"}


@dataclass(frozen=True)
class Acts:
    """What is done for a person: whatever happens is told; a retry, keys, the cheapest, and a new operation's id."""

    tell: Callable[[Event], object]
    retry: Callable[[], object]
    make_key: Callable[[], object]
    send_key: Callable[[], object]
    take_key: Callable[[str], object]
    paste_key: Callable[[], object]
    find_cheapest: Callable[[], object]
    new_op: Callable[[], str]


class Drawn:
    """What is shown by now: only what differs is set."""

    def __init__(self) -> None:
        self._facts: dict[str, tuple[Any, ...]] = {}

    def is_new(self, key: str, *facts: Any) -> bool:
        """Whether this is something else than what was shown last. Records are compared by which they are."""
        before, self._facts[key] = self._facts.get(key), facts
        return before is None or len(before) != len(facts) or not all(map(_is_same, before, facts))

    def put(self, widget: Any, value: str) -> None:
        """Set the widget's value, if it has another one."""
        if self.is_new(widget.model_id, value):
            widget.value = value


def _is_same(one: Any, other: Any) -> bool:
    return one is other or (not isinstance(one, tuple) and bool(one == other))


class Message:
    """The line under a field; it keeps its height when it is empty."""

    def __init__(self, name: str) -> None:
        self._shown = ("", False)
        self.widget = style.markup(style.message(""), "mist-form-message", f"mist-form-{name}-message")

    def draw(self, text: str, *, error: bool) -> None:
        if (text, error) != self._shown:
            self._shown = (text, error)
            self.widget.value = style.message(text, error=error)


class Dropdown(keyed.Dropdown):
    """A list that opens, and tells what a person chooses."""

    chosen: Callable[[], object] = bool

    def said(self, sync_data: dict[str, Any]) -> None:
        if "index" in sync_data:
            self.chosen()


class Choice:
    """One of a few records: a list that opens, whose first line chooses none."""

    def __init__(self, name: str, label: str, hear: Hear) -> None:
        self._name, self._hear = name, hear
        self._ids: tuple[str | None, ...] = (None,)
        self._list = Dropdown(description=label, options=(NONE[name],), disabled=True)
        self._list.add_class(f"mist-form-{name}")
        self._list.chosen = self._chosen
        self._message = Message(name)
        self.widget = ipywidgets.VBox([self._list, self._message.widget], _dom_classes=["mist-form-field"])

    def draw(self, control: Control) -> None:
        none = "Loading …" if control.loading and not control.options else NONE[self._name]
        labels = (none, *(text for text, _ in control.options))
        with self._list.turn, self._list.hold_sync():
            self._ids = (None, *(record_id for _, record_id in control.options))
            if labels != tuple(self._list.options):
                self._list.options = labels
            place = self._ids.index(control.value) if control.value in self._ids else 0
            if self._list.index != place:
                self._list.index = place
            self._list.disabled = not control.enabled
        show(self.widget, control.visible)
        self._message.draw(control.message, error=control.error)

    def _chosen(self) -> None:
        with self._list.turn:
            place = self._list.index
            known = place is not None and place < len(self._ids)
            chosen = self._ids[place] if known else None
        if known:
            self._hear(self._name, chosen)


class Text(Entry):
    """A field that tells what a person types."""

    typed: Callable[[str], object] = bool

    def said(self, sync_data: dict[str, Any]) -> None:
        if "value" in sync_data:
            self.typed(sync_data["value"])


class _Textarea(turns.Textarea):
    """The same with several lines."""

    typed: Callable[[str], object] = bool

    def said(self, sync_data: dict[str, Any]) -> None:
        if "value" in sync_data:
            self.typed(sync_data["value"])


class TextField:
    """A text. What it holds is the person's: it is written from here only when it comes from elsewhere."""

    def __init__(self, name: str, label: str, hear: Hear, *, hint: str = "", lines: int = 1) -> None:
        made = _Textarea(rows=lines) if lines > 1 else Text()
        made.description, made.placeholder = label, hint
        made.add_class(f"mist-form-{class_of(name)}")
        made.typed = lambda text: hear(name, str(text))
        self._text = made
        self._message = Message(class_of(name))
        self.widget = ipywidgets.VBox([made, self._message.widget], _dom_classes=["mist-form-field"])

    def entered(self, act: Callable[[], object]) -> None:
        """Have this done when a person presses Enter in it."""
        self._text.entered = act

    def draw(self, control: Control, *, anew: bool) -> None:
        if anew:
            with self._text.turn:
                self._text.value = control.value or ""
        self._message.draw(control.message, error=control.error)


def row(*widgets: Any, classes: Sequence[str] = ()) -> Any:
    """Widgets beside each other, as far as there is room."""
    return ipywidgets.Box(widgets, _dom_classes=["mist-form-row", *classes])


def part(name: str, message: Any, widget: Any) -> Any:
    """A chooser under what is to be said of it."""
    return ipywidgets.VBox([message, widget], _dom_classes=["mist-form-section", f"mist-form-{name}"])


def button(text: str, css: str, act: Callable[[], object], kind: str = "") -> Any:
    """A button that does this when it is clicked, on any thread."""
    made = ipywidgets.Button(description=text, tooltip=text, button_style=kind, _dom_classes=[css])
    made.on_click(lambda _: act())
    return made


def show(widget: Any, is_visible: bool) -> None:
    """Show the widget, or take it out of sight."""
    display = None if is_visible else "none"
    if widget.layout.display != display:
        widget.layout.display = display


def class_of(name: str) -> str:
    """A field's name as part of a class."""
    return "".join(letter if letter.isalnum() else "-" for letter in name)
