"""Widgets that a worker may change while the page changes them too: one after the other, and no message is an error."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets
from traitlets import TraitError


class TakesTurns:
    """What comes from the page waits for `turn`, which a worker holds while it sets traits."""

    def __init__(self, **options: Any) -> None:
        self.turn = threading.RLock()
        super().__init__(**options)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page says. A place that isn't there any more is answered with what is, and is no error."""
        with self.turn:
            try:
                super().set_state(sync_data)  # type: ignore[misc]
            except TraitError:
                self.send_state(list(sync_data))  # type: ignore[attr-defined]
                return
        self.said(sync_data)

    def said(self, sync_data: dict[str, Any]) -> None:
        """The page has changed these; no lock is held."""


class Text(TakesTurns, ipywidgets.Text):  # type: ignore[misc]
    """A field to type into."""


class Textarea(TakesTurns, ipywidgets.Textarea):  # type: ignore[misc]
    """A field for several lines."""
