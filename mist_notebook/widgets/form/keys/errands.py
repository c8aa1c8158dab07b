"""What a form has done about keys: one is made, taken from this computer, or pasted; each on a worker, and told.

A private half goes nowhere before a person has agreed: what asks for that waits here until then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from mist_notebook.client import taken_keys
from mist_notebook.ssh.keys import public_key
from mist_notebook.ssh.keys.found_keys import FoundKey
from mist_notebook.widgets.form.state.catalogue import KEYS, OWN, OwnKey, Shelf
from mist_notebook.widgets.form.state.events import Event, Reread, Told, Took
from mist_notebook.widgets.form.state.model import SEND_KEY

from . import new_key

if TYPE_CHECKING:
    from mist_notebook.client.client import MistClient
    from mist_notebook.records.model import Key

Errand = Callable[["MistClient", bool], tuple[Event, ...]]
PASTED = "pasted"


def own_keys(client: MistClient) -> Shelf:
    """The keys of this computer that can be taken, as options."""
    return Shelf(tuple(_option(key) for key in taken_keys.found(client)))


class KeyErrands:
    """The errands of one form. `start` runs one on a worker, `tell` is told what came of it."""

    def __init__(self, tell: Callable[..., object], start: Callable[[Errand, bool], object]) -> None:
        self._tell, self._start = tell, start
        self._asked: Errand | None = None

    def make(self, name: str) -> None:
        """Make a key of that name."""
        self._begin(f"Making a key named {name} …", partial(_made, name))

    def take(self, option: OwnKey, *, public: bool) -> None:
        """Take one of this computer; its `public` half alone where that will do."""
        self._begin(f"Taking {option.name} …", partial(_taken, option.key, public))

    def paste(self, text: str, *, public: bool) -> None:
        """Take what was pasted."""
        self._begin("Looking at the pasted key …", partial(_pasted, text, public))

    def agree(self) -> None:
        """A person agrees to what was asked last: once."""
        errand, self._asked = self._asked, None
        if errand is not None:
            self._tell(Told(SEND_KEY, ""))
            self._start(errand, True)

    def _begin(self, doing: str, errand: Errand) -> None:
        self._asked = errand
        self._tell(Told("key", doing), Told(SEND_KEY, ""))
        self._start(errand, False)


def _option(found: FoundKey) -> OwnKey:
    return OwnKey(f"{OWN}{found.public.fingerprint}", found.name, found.public.line, found.where, found)


def _made(name: str, client: MistClient, agreed: bool) -> tuple[Event, ...]:
    return new_key.made(client, name, send_private=agreed)


def _pasted(text: str, public: bool, client: MistClient, agreed: bool) -> tuple[Event, ...]:
    key = public_key.read(text)
    own = [found for found in taken_keys.found(client) if found.public.blob == key.blob]
    name = client.local_keys.name_of(key.blob)
    path = client.local_keys.path_of(name) if name else None
    pasted = FoundKey(key, name or key.called, PASTED, path, path)
    return _taken(own[0] if own else pasted, public, client, agreed)


def _taken(found: FoundKey, public: bool, client: MistClient, agreed: bool) -> tuple[Event, ...]:
    if public:
        return _took(found, taken_keys.take(client, found))
    there = taken_keys.known_to_server(client, found.public)
    if there is not None:
        return _took(found, there)
    goes_to = client.private_goes_to
    if goes_to and not agreed and found.private is not None:
        return new_key.wants_consent(goes_to, found.name, "Nothing was sent.")
    return _took(found, taken_keys.give(client, found))


def _took(found: FoundKey, key: Key) -> tuple[Event, ...]:
    return Took(key, f"{found.public} is chosen, as '{key.name}'."), Reread((KEYS,))
