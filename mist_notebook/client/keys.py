"""SSH keys as a person holds them: what backends know of them, and the way from this computer to there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import ApiError, BadValueError, MistError, NotFoundError
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief
from mist_notebook.ground.typed_word import as_word
from mist_notebook.records.model import Key as KeyRecord

from .keys_here import LOCAL, local_keys, picked
from .old.left_out import LeftOut
from .old.named import Named
from .told import Told
from .waiting import Question, Waits, ask_all

if TYPE_CHECKING:
    from mist_notebook.backends.mist.server import MistServer
    from mist_notebook.settings.settings import Settings
    from mist_notebook.ssh.keys.local_keys import LocalKeys

    from .backend import Backend
    from .machines.machine import Machine

_TAKEN = (400, 409)  # how servers say that there is a key of that name


@dataclass(frozen=True)
class Removed:
    """A key that is known no more: whether a Mist server had it, and where its private half is still, if it is here."""

    name: str
    of_server: bool
    private: Path | None


def _is_half(public: str, private: Secret) -> bool:
    from mist_notebook.ssh.keys.login_keys import is_half_of

    return is_half_of(public, private)


class KeyHolder:
    """The part of a client that is about keys."""

    waits: Waits
    settings: Settings

    @property
    def local_keys(self) -> LocalKeys:
        raise NotImplementedError

    def server(self) -> MistServer:
        raise NotImplementedError

    @property
    def backends(self) -> Named[Backend]:
        raise NotImplementedError

    @property
    def wants_private(self) -> bool:
        """Whether a Mist server is connected: it takes a key's private half, and no other."""
        return any(backend.adapter.private_keys_wanted for backend in self.backends.values())

    def list_keys(self) -> list[KeyRecord]:
        """The SSH keys that backends know, as records; where one takes public halves, those on this computer too.

        A backend that fails is left out, as `asked_keys` says.
        """
        return self.asked_keys()[0]

    def asked_keys(self) -> tuple[list[KeyRecord], list[tuple[str, MistError]]]:
        """The same keys, all backends asked at the same time; and the names of those that failed, with why.

        Where none answers, the first one's error is raised.
        """
        questions = [Question("the Mist server", lambda: self.server().keys())] if self._has_server_keys else []
        others = [backend for backend in self.backends.values() if not backend.adapter.private_keys_wanted]
        questions += [Question(backend.name, backend.adapter.keys) for backend in others]
        answers = ask_all(questions, "keys", self.waits)
        found = [key for answer in answers if not isinstance(answer, MistError) for key in answer]
        failed = [(one.name, said) for one, said in zip(questions, answers, strict=True) if isinstance(said, MistError)]
        if failed and len(failed) == len(questions):
            raise failed[0][1]
        return [*found, *(local_keys(self.local_keys, found) if others else [])], failed

    @property
    def _has_server_keys(self) -> bool:
        return self.wants_private or not self.backends

    @property
    def keys(self) -> Named[Key]:
        """The SSH keys that backends know, by id, or by name: `client.keys["MyKey"]`; what is missing is warned of."""
        return self._keys_there().warned()

    def _keys_there(self) -> Named[Key]:
        found, failed = self.asked_keys()
        return Named({record.id: Key(self, record) for record in found}, "key", missing=failed)

    def key_named(self, name: str) -> Key | None:
        """The first key of exactly that name, if there is one."""
        return next((key for key in self._keys_there().values() if key.name == name), None)

    def update_keys(self) -> Named[Key]:
        """The same: keys are read anew each time."""
        return self.keys

    @property
    def private_goes_to(self) -> str:
        """Where a key's private half would go, if it were given: a Mist server's address, which has to be agreed to.

        Nothing where none goes anywhere, or only to a sandbox.
        """
        there = [backend for backend in self.backends.values() if backend.adapter.private_keys_wanted]
        if there and all(backend.record.sandbox for backend in there):
            return ""
        return (self.settings.url or "") if there or not self.backends else ""

    def add_key(self, key_name: str, private: str | Secret, *, send_private: bool = False) -> Key:
        """Give the server a private key, which it wants whole; sent once, and kept nowhere here.

        A Mist server that is no sandbox is given it only with `send_private=True`. Where it has this very key under
        this name, perhaps from another notebook at the same moment, that one is the answer.
        """
        self._check_agreed(key_name, send_private, "add_key")
        secret = private if isinstance(private, Secret) else Secret(private)
        try:
            self.server().add_key(key_name, secret)
        except ApiError as error:
            there = self.key_named(key_name) if error.status in _TAKEN else None
            if there is None or not _is_half(there.public, secret):
                raise
            return there
        return self.key(key_name)

    def generate_key(self) -> str:
        """The text of a new private key (RSA 3072, PEM), made on this computer and kept nowhere: for `add_key`.

        `make_key` is what a notebook wants: it never shows the key.
        """
        from mist_notebook.ssh.keys.local_keys import new_key

        return new_key(rsa=True).decode("ascii")

    def make_key(self, name: str, *, send_private: bool = False) -> Key:
        """A key of that name: its private half here, and given to a Mist server, which wants it too.

        One that is here already is given again rather than replaced; one that is on both sides stays as it is. A Mist
        server that is no sandbox is given it only with `send_private=True`.
        """
        if not self.wants_private:
            self.local_keys.have(name, rsa=False)
            return Key(self, KeyRecord(id=f"{LOCAL}{name}", name=name))
        there = self.key_named(name)
        path = self.local_keys.path_of(name)  # after that look: another kernel may be making this very key
        if there is not None:
            if path is None:
                raise BadValueError(
                    f"The server has a key '{name}', and its private half is not on this computer.",
                    f"Name its file with %mist add-key {name} --from FILE, or choose another name.",
                )
            return there
        self._check_agreed(name, send_private, "make_key")
        path = self.local_keys.have(name, rsa=True)
        return self.add_key(name, Secret(path.read_text(encoding="ascii")), send_private=send_private)

    def _check_agreed(self, name: str, send_private: bool, what: str) -> None:
        """Refuse to give a private half away unless that was said."""
        place = self.private_goes_to
        if place and not send_private:
            raise BadValueError(
                f"{place} wants the private half of '{brief(name)}', decrypted, and nothing was sent.",
                f"If you agree: client.{what}(…, send_private=True), or %mist add-key NAME --send-private",
            )

    def key(self, wanted: Any) -> Key:
        """The key with that id, else of that name."""
        return picked(wanted, list(self._keys_there().values()), self.local_keys)

    def removable(self, wanted: Any) -> KeyRecord:
        """The key with that id, else of that name, of the Mist server's or this computer's."""
        known = self.server().keys() if self._has_server_keys else []
        try:
            return picked(wanted, [*known, *local_keys(self.local_keys, known)], self.local_keys)
        except NotFoundError as error:
            theirs = [key for key in self.list_keys() if wanted in (key.id, key.name)]
            if not theirs:
                raise
            raise NotFoundError(
                f"{error.message} A cloud that is asked directly has one.", "Nothing was removed. Take it away there."
            ) from None

    def remove_key(self, wanted: Any) -> Removed:
        """Take a key off the Mist server, if it has it, and know it no more on this computer.

        Its private half stays where it is. Machines that know the key go on knowing it, and so do clouds that are asked
        directly. Sent once. Raises NotFoundError.
        """
        key = self.removable(wanted)
        of_server = not key.id.startswith(LOCAL)
        if of_server:
            self.server().change_key(key.mist_id, "DELETE")
        return Removed(key.name, of_server, self.local_keys.forget(key.name))


class Key(LeftOut):
    """An SSH key that the server knows."""

    def __init__(self, client: KeyHolder, record: KeyRecord) -> None:
        self._client = client
        self.record = record

    id = Told[str]("id", "What the backend calls it.")
    name = Told[str]("name", "Its name.")

    @property
    def is_default(self) -> bool:
        """Whether a create without a key takes this one."""
        return self.record.default is True

    @property
    def public(self) -> str:
        """Its public half; the private one is never asked for."""
        if self.record.public is not None:
            return self.record.public
        if self.id.startswith(LOCAL):
            return self._client.local_keys.public_of(self.name)
        return self._client.server().public_key(self.record.mist_id)

    def __repr__(self) -> str:
        return f"<Key {self.name!r} ({self.id})>"

    def rename(self, new_name: str) -> None:
        """Give it another name on the server."""
        self._on_server().change_key(self.record.mist_id, "PUT", {"new_name": new_name})

    def set_default(self) -> None:
        """Have new machines take it when none is named."""
        self._on_server().change_key(self.record.mist_id, "POST")

    def delete(self) -> None:
        """Take it off the server; machines that know it go on knowing it. `client.remove_key` forgets it here, too."""
        self._on_server().change_key(self.record.mist_id, "DELETE")

    def _on_server(self) -> MistServer:
        """The server that has it; BadValueError of a key that this computer alone has."""
        if self.id.startswith(LOCAL):
            raise BadValueError(
                f"'{brief(self.name)}' is on this computer's list alone: no server has it.",
                f"To take it off that list: %mist remove-key {as_word(self.name)}",
            )
        return self._client.server()

    def associate_to_machine(
        self,
        backend_id: Any,
        machine_id: Any = None,
        host: str | None = None,
        ssh_user: str | None = None,
        ssh_port: int | None = None,
    ) -> None:
        """Let this key into a machine: `key.associate_to_machine(backend, machine)`, ids or objects."""
        machine = self._machine(backend_id, machine_id)
        machine.associate_key(self.id, host=host, ssh_user=ssh_user, ssh_port=ssh_port)

    associate = associate_to_machine

    def disassociate(self, backend_id: Any, machine_id: Any = None) -> None:
        """Take this key off a machine again."""
        self._machine(backend_id, machine_id).disassociate_key(self.id)

    disassociate_from_machine = disassociate

    def _machine(self, backend_id: Any, machine_id: Any) -> Machine:
        """The machine; where one word is given, that is it."""
        from .machines.machine import Machine

        if isinstance(backend_id, Machine) and machine_id is None:
            return backend_id
        backend = self._client.backends[getattr(backend_id, "id", backend_id)]
        return backend.search_machine(machine_id)
