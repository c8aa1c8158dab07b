"""A field for what the backend lists: a list to choose from, or a text where it lists nothing.

The list's last line is for what isn't in it: then the text stands below.
"""

from __future__ import annotations

import ipywidgets

from mist_notebook.widgets.form.fields import Dropdown, Hear, Message, Text, class_of, show
from mist_notebook.widgets.form.state.controls import Control

NONE, OTHER = "as usual", "something else …"


class OptionField:
    """The list and the text of one field."""

    def __init__(self, name: str, label: str, hear: Hear) -> None:
        self._name, self._hear = name, hear
        self._ids: tuple[str, ...] = ("",)
        self._is_other = False
        css = f"mist-form-{class_of(name)}"
        self._list = Dropdown(description=label, options=(NONE,), _dom_classes=[f"{css}-list"])
        self._list.chosen = self._chosen
        self._text = Text(description=label, _dom_classes=[css])
        self._text.typed = lambda text: hear(name, str(text))
        self._message = Message(class_of(name))
        children = [self._list, self._text, self._message.widget]
        self.widget = ipywidgets.VBox(children, _dom_classes=["mist-form-field"])
        show(self._list, False)

    def draw(self, control: Control, *, anew: bool) -> None:
        """Mirror the control; what is in the list stands there, what isn't in the text."""
        self._ids = ("", *(choice_id for _, choice_id in control.options))
        is_listed, text = bool(control.options or control.loading), control.value or ""
        self._is_other = is_listed and (text not in self._ids or (self._is_other and not text))
        if anew or (is_listed and not self._is_other):
            with self._text.turn:
                self._text.value = text if self._is_other or not is_listed else ""
        if is_listed:
            self._draw_list(control, text)
        show(self._list, is_listed)
        show(self._text, not is_listed or self._is_other)
        self._message.draw(control.message, error=control.error)

    def _draw_list(self, control: Control, value: str) -> None:
        none = "Loading …" if control.loading and not control.options else NONE
        labels = (none, *(text for text, _ in control.options), OTHER)
        with self._list.turn, self._list.hold_sync():
            if labels != tuple(self._list.options):
                self._list.options = labels
            place = len(self._ids) if self._is_other else self._ids.index(value)
            if self._list.index != place:
                self._list.index = place
            self._list.disabled = not control.options

    def _chosen(self) -> None:
        with self._list.turn:
            place = self._list.index
            self._is_other = place == len(self._ids)
            chosen = self._ids[place] if place is not None and place < len(self._ids) else ""
        show(self._text, self._is_other)
        self._hear(self._name, chosen)
