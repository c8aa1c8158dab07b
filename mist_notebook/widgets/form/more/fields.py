"""What is seldom needed: how many, tags, a time limit, a script, the login, and what the backend takes besides.

Out of sight until it is wanted; what a backend needs besides stands in the form itself, in `needed`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from mist_notebook.backends.provider_fields import Field
from mist_notebook.ground.text import escape_html
from mist_notebook.widgets.form.fields import Drawn, Hear, TextField, row
from mist_notebook.widgets.form.state.model import EXTRA
from mist_notebook.widgets.form.state.view import View
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.small import Fold

from .option_field import OptionField

_LABELS = {
    "count": "Machines",
    "tags": "Tags",
    "hours": "Time limit",
    "user": "Log in as",
    "port": "SSH port",
    "script": "Script",
}
_HINTS = {
    "count": "1",
    "tags": "team=web, env=dev",
    "hours": "2h, 90m, 3d; empty: until it is destroyed",
    "user": "root",
    "port": "22",
    "script": "#!/bin/sh …  or  #cloud-config …",
}
_SCRIPT_LINES = 6
_NOTHING = "how many, tags, time limit, script, login"
_LISTED = "how many, tags, network, time limit, script, login"


class More:
    """The widgets of these fields."""

    def __init__(self, hear: Hear, *, entered: Callable[[], object], opened: Callable[[], object]) -> None:
        self._hear = hear
        self._drawn = Drawn()
        self._texts = {name: self._text(name) for name in _LABELS}
        for name in ("count", "tags"):
            self._texts[name].entered(entered)
        self._extras: dict[str, TextField | OptionField] = {}
        self._is_wanting = False
        self.needed, self._optional = (ipywidgets.VBox(_dom_classes=["mist-form-extras"]) for _ in range(2))
        self.fold = Fold("More", self._put_together(), css="mist-form-more", does="Open", opened=opened)

    def draw(self, view: View, *, anew: bool) -> None:
        """Mirror what is to be seen; what is wrong, or was filled in from elsewhere, opens it."""
        self._draw_extras(view)
        for name, field in (self._texts | self._extras).items():
            field.draw(view.controls[name], anew=anew or name in view.guessed)
        optional = [EXTRA + field.name for field in view.extras if not field.needed]
        controls = [view.controls[name] for name in (*_LABELS, *optional)]
        is_wanting = any(control.error for control in controls)
        nothing = _LISTED if any(field.lists for field in view.extras) else _NOTHING
        self.fold.say(view.glance["more"] or nothing, error=is_wanting)
        if (is_wanting and not self._is_wanting) or (anew and any(control.value for control in controls)):
            self.fold.turn(is_open=True)
        self._is_wanting = is_wanting

    def _put_together(self) -> Any:
        texts = {name: field.widget for name, field in self._texts.items()}
        several, login = row(texts["count"], texts["tags"]), row(texts["user"], texts["port"])
        fields = [several, texts["hours"], texts["script"], login, self._optional]
        return ipywidgets.VBox(fields, _dom_classes=["mist-form-more-fields"])

    def _text(self, name: str) -> TextField:
        lines = _SCRIPT_LINES if name == "script" else 1
        return TextField(name, _LABELS[name], self._hear, hint=_HINTS[name], lines=lines)

    def _draw_extras(self, view: View) -> None:
        """A field for each that this backend takes besides; what was typed under the same name is in it."""
        named = view.backend.name if view.backend else ""
        if not self._drawn.is_new("extras", named, *view.extras):
            return
        before = (*self.needed.children, *self._optional.children)
        self._extras = {}
        for box, is_needed in ((self.needed, True), (self._optional, False)):
            made = self._made([field for field in view.extras if field.needed == is_needed])
            self._extras |= made
            words = f"{escape_html(named)} {'needs' if is_needed else 'takes'} besides"
            heading = style.markup(f"<h4>{words}</h4>", "mist-form-heading")
            box.children = (heading, *(field.widget for field in made.values())) if made else ()
        for name, field in self._extras.items():
            field.draw(view.controls[name], anew=True)
        for widget in before:
            style.discard(widget)

    def _made(self, fields: Sequence[Field]) -> dict[str, TextField | OptionField]:
        return {EXTRA + one.name: self._extra(one) for one in fields}

    def _extra(self, field: Field) -> TextField | OptionField:
        label = field.name.replace("_", " ").removesuffix(" id")
        kind = OptionField if field.lists else TextField
        return kind(EXTRA + field.name, label, self._hear)
