"""The form's button that makes a key: a Mist server is given its private half only where that was agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mist_notebook.widgets.form.state.catalogue import KEYS
from mist_notebook.widgets.form.state.events import Event, Reread, Told
from mist_notebook.widgets.form.state.model import SEND_KEY

if TYPE_CHECKING:
    from mist_notebook.client.client import MistClient


def made(client: MistClient, name: str, *, send_private: bool) -> tuple[Event, ...]:
    """Make it, and what the form is told; nothing is made where its private half would go without a word."""
    goes_to = client.private_goes_to
    if goes_to and not send_private:
        return wants_consent(goes_to, name, "Nothing was made, and nothing was sent.")
    client.make_key(name, send_private=send_private)
    given = ", and given to the server" if client.wants_private else ""
    said = f"Made{given}. Its private half: {_from_home(client.local_keys.path_of(name))}"
    return Told("key", said), Reread((KEYS,))


def wants_consent(goes_to: str, name: str, done: str) -> tuple[Event, ...]:
    """What a person is asked before the private half of a key goes there, and what was done so far."""
    asked = f"{goes_to} wants the private half of a key: that of '{name}' would go there, decrypted."
    return Told("key", f"{asked} {done}"), Told(SEND_KEY, asked)


def _from_home(path: Path | None) -> str:
    """A path as a person writes it, as short as it gets."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path and path.is_relative_to(home) else str(path)
