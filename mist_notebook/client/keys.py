"""SSH keys as a person holds them: what backends know of them, and the way from this computer to there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.secret import Secret
from mist_notebook.records.model import Key as KeyRecord

from .told import Told

if TYPE_CHECKING:
    from mist_notebook.backends.mist.server import MistServer
    from mist_notebook.ssh.local_keys import LocalKeys


class KeyHolder:
    """The part of a client that is about keys."""

    @property
    def local_keys(self) -> LocalKeys:
        raise NotImplementedError

    def server(self) -> MistServer:
        raise NotImplementedError

    def list_keys(self) -> list[KeyRecord]:
        """The SSH keys that the server knows, as records; never their private halves."""
        return self.server().keys()

    @property
    def keys(self) -> dict[str, Key]:
        """The SSH keys that the server knows, by id."""
        return {record.id: Key(self, record) for record in self.list_keys()}

    def add_key(self, key_name: str, private: str | Secret) -> Key:
        """Give the server a private key, which it wants whole; sent once, and kept nowhere here."""
        self.server().add_key(key_name, private if isinstance(private, Secret) else Secret(private))
        return self.key(key_name)

    def generate_key(self) -> str:
        """The text of a new private key (RSA 3072, PEM), made on this computer and kept nowhere: for `add_key`.

        `make_key` is what a notebook wants: it never shows the key.
        """
        from mist_notebook.ssh.local_keys import new_key

        return new_key(rsa=True).decode("ascii")

    def make_key(self, name: str) -> Key:
        """A key of that name: its private half here, and given to the server, which wants it too.

        One that is here already is given again rather than replaced; one that is on both sides stays as it is.
        """
        path = self.local_keys.path_of(name)
        there = [key for key in self.keys.values() if key.name == name]
        if path is not None and there:
            return there[0]
        if there:
            raise BadValueError(
                f"The server has a key '{name}', and its private half is not on this computer.",
                f"Name its file with %mist add-key {name} --from FILE, or choose another name.",
            )
        path = path or self.local_keys.generate(name, rsa=True)
        return self.add_key(name, Secret(path.read_text(encoding="ascii")))

    def key(self, wanted: Any) -> Key:
        """The key with that id, else of that name."""
        keys = list(self.keys.values())
        return pick(wanted, keys, what="key", ids=lambda key: (key.id,), names=lambda key: (key.name,))


class Key:
    """An SSH key that the server knows."""

    def __init__(self, client: KeyHolder, record: KeyRecord) -> None:
        self._client = client
        self.record = record

    id = Told[str]("id", "What the backend calls it.")
    name = Told[str]("name", "Its name.")

    @property
    def is_default(self) -> bool:
        return self.record.default is True

    @property
    def public(self) -> str:
        """Its public half; the private one is never asked for."""
        return self._client.server().public_key(self.record.mist_id)

    def __repr__(self) -> str:
        return f"<Key {self.name!r} ({self.id})>"

    def rename(self, new_name: str) -> None:
        """Give it another name on the server."""
        self._client.server().change_key(self.record.mist_id, "PUT", {"new_name": new_name})

    def set_default(self) -> None:
        """Have new machines take it when none is named."""
        self._client.server().change_key(self.record.mist_id, "POST")

    def delete(self) -> None:
        """Take it off the server; machines that know it go on knowing it."""
        self._client.server().change_key(self.record.mist_id, "DELETE")
