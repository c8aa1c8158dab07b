"""The box that a public key is pasted into, behind a button. What may be a private key never becomes a part of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
from traitlets import Int, Unicode

from mist_notebook.ssh.keys.public_key import PATTERN, is_secret
from mist_notebook.widgets.form.fields import Message, button, show
from mist_notebook.widgets.form.state.controls import Control
from mist_notebook.widgets.form.state.model import PASTE
from mist_notebook.widgets.parts.front_end import focus
from mist_notebook.widgets.parts.own_view import OwnView, code
from mist_notebook.widgets.parts.turns import TakesTurns


class Paste(TakesTurns, OwnView, ipywidgets.Text):  # type: ignore[misc]
    """The field. The page wipes what may be a private half; what another page sends is dropped before it is kept."""

    _esm = code(Path(__file__).with_name("paste.js"))
    secret = Unicode(PATTERN).tag(sync=True)
    enters = Int(0).tag(sync=True)
    typed: Callable[[str], object] = bool
    entered: Callable[[], object] = bool
    refused: Callable[[], object] = bool

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(self._heard)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the page says."""
        if any(isinstance(said, str) and is_secret(said) for said in sync_data.values()):
            with self.turn:
                self.value = ""
                self.send_state("value")
            self.refused()
            return
        super().set_state(sync_data)
        if "enters" in sync_data:
            self.entered()

    def said(self, sync_data: dict[str, Any]) -> None:
        if "value" in sync_data:
            self.typed(sync_data["value"])

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("event") == "secret":
            self.refused()


class PasteBox:
    """A button that opens the field, and one that takes what is in it. `typed` is told each change, `take` to take it.

    `refused` is told that a private half was wiped.
    """

    def __init__(
        self, typed: Callable[[str], object], take: Callable[[], object], refused: Callable[[], object]
    ) -> None:
        self._pastes = 0
        self._is_open = False
        self._open = button("Paste a public key", "mist-form-paste-open", self._turn)
        self._field = Paste(description="Public key", placeholder="ssh-ed25519 AAAA… anna@laptop")
        self._field.add_class("mist-form-paste")
        self._field.typed, self._field.entered, self._field.refused = typed, take, refused
        self._message = Message(PASTE)
        self._take = button("Use this key", "mist-form-paste-use", take)
        parts = [self._field, self._message.widget, self._take]
        self._box = ipywidgets.VBox(parts, _dom_classes=["mist-form-field", "mist-form-paste-box"])
        self.widget = ipywidgets.VBox([self._open, self._box])
        show(self._box, False)

    def draw(self, control: Control, pastes: int) -> None:
        """Mirror it; where it was emptied from elsewhere, `pastes` is another."""
        if pastes != self._pastes:
            self._pastes = pastes
            with self._field.turn:
                self._field.value = control.value or ""
        self._message.draw(control.message, error=control.error)
        is_off = not control.enabled
        if self._take.disabled != is_off:
            self._take.disabled = is_off
        show(self.widget, control.visible)
        self._show(self._is_open or bool(control.value) or control.error)

    def _turn(self) -> None:
        self._show(not self._is_open)
        if self._is_open:
            focus(self._field)

    def _show(self, is_open: bool) -> None:
        self._is_open = is_open
        show(self._box, is_open)
