"""A field for what the backend lists: a list to choose from, or a text where it lists nothing, or more is meant.

Its last line is for what isn't in the list: then the text takes its place.
"""

from __future__ import annotations

import ipywidgets

from mist_notebook.widgets.form.fields import Dropdown, Hear, Message, Text, class_of, show
from mist_notebook.widgets.form.state.controls import Control

NONE, OTHER = "as usual", "something else …"


class OptionField:
    """The list and the text of one field; one of them is in sight."""

    def __init__(self, name: str, label: str, hear: Hear) -> None:
        self._name, self._hear = name, hear
        self._ids: tuple[str, ...] = ("",)
        self._is_other = False
        css = f"mist-form-{class_of(name)}"
        self._list = Dropdown(description=label, options=(NONE,), _dom_classes=[f"{css}-list"])
        self._list.chosen = self._chosen
        self._text = Text(description=label, _dom_classes=[css])
        self._text.typed = self._typed
        self._message = Message(class_of(name))
        children = [self._list, self._text, self._message.widget]
        self.widget = ipywidgets.VBox(children, _dom_classes=["mist-form-field"])
        show(self._list, False)

    def draw(self, control: Control, *, anew: bool) -> None:
        is_list = bool(control.options or control.loading) and not self._is_other
        if anew or is_list:
            with self._text.turn:
                self._text.value = control.value or ""
        self._draw_list(control)
        show(self._list, is_list)
        show(self._text, not is_list)
        self._message.draw(control.message, error=control.error)

    def _draw_list(self, control: Control) -> None:
        none = "Loading …" if control.loading and not control.options else NONE
        labels = (none, *(text for text, _ in control.options), OTHER)
        with self._list.turn, self._list.hold_sync():
            self._ids = ("", *(choice_id for _, choice_id in control.options))
            if labels != tuple(self._list.options):
                self._list.options = labels
            place = self._ids.index(control.value) if control.value in self._ids else 0
            if self._list.index != place:
                self._list.index = place
            self._list.disabled = not control.options

    def _typed(self, text: str) -> None:
        """An empty text makes room for the list again."""
        self._is_other = self._is_other and bool(text)
        self._hear(self._name, str(text))

    def _chosen(self) -> None:
        with self._list.turn:
            place = self._list.index
            self._is_other = place == len(self._ids)
            chosen = self._ids[place] if place is not None and place < len(self._ids) else ""
        if self._is_other:
            show(self._list, False)
            show(self._text, True)
            self._text.focus()
        self._hear(self._name, chosen)
