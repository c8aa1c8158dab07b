"""Buttons that are worth one click each: what a busy kernel delivers late is for buttons that are no longer there.

After each action the row has new ones. A lasting button, which only opens or reads something, may be clicked again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from . import style


@dataclass(frozen=True)
class Label:
    """What stands on a button, and what it says when one rests on it."""

    text: str
    tip: str = ""
    lasting: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Offer:
    """The buttons by their keys, after how many actions they are offered, and whether they are off meanwhile."""

    labels: Mapping[str, Label]
    after: int = 0
    busy: bool = False


class Looks:
    """The layout and the styles that many widgets share: three in place of two for each of them."""

    def __init__(self) -> None:
        self.layout = ipywidgets.Layout(width="auto")
        self.button_style = ipywidgets.ButtonStyle()
        self._html_style = ipywidgets.HTML.class_traits()["style"].klass()  # named otherwise in ipywidgets 7

    def markup(self, name: str) -> Any:
        """An empty piece of HTML of that class."""
        return style.markup("", name, layout=self.layout, style=self._html_style)

    def box(self, kind: Any, children: Sequence[Any], *names: str) -> Any:
        """A box of these classes."""
        return kind(children, layout=self.layout, _dom_classes=list(names))


class OneClick:
    """A row of such buttons. `clicked` gets a key, at most once for each button, on any thread."""

    def __init__(self, clicked: Callable[[str], object], *, name: str, looks: Looks | None = None) -> None:
        self._clicked = clicked
        self._name = name
        self._looks = looks or Looks()
        self._lock = threading.Lock()
        self._tokens: dict[Any, str] = {}
        self._offered: Offer | None = None
        self.widget = self._looks.box(ipywidgets.HBox, (), "mist-buttons")

    def draw(self, offer: Offer) -> None:
        """Set the traits that have changed; on one thread at a time."""
        before, self._offered = self._offered, offer
        if before is not None and (before.labels, before.after) == (offer.labels, offer.after):
            if before.busy != offer.busy:
                for button in self.widget.children:
                    button.disabled = offer.busy
            return
        old = self.widget.children
        buttons = {self._button(key, label, off=offer.busy): key for key, label in offer.labels.items()}
        with self._lock:
            self._tokens = buttons
        self.widget.children = tuple(buttons)
        for button in old:
            button.close()

    def _button(self, key: str, label: Label, *, off: bool) -> Any:
        button = ipywidgets.Button(
            description=label.text,
            tooltip=label.tip or label.text,
            disabled=off,
            button_style=label.kind,
            layout=self._looks.layout,
            style=self._looks.button_style,
            _dom_classes=[f"{self._name}-{key}"],
        )
        button.on_click(self._click)
        return button

    def _click(self, button: Any) -> None:
        with self._lock:
            key = self._tokens.get(button)
            if key is None:
                return
            offered = self._offered
            if offered is None or not offered.labels[key].lasting:
                del self._tokens[button]
        self._clicked(key)
