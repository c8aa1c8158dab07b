"""The SSH keys that were added: their names, which is the default, and both halves of each."""

from __future__ import annotations

import base64
import sqlite3
import uuid
from collections import defaultdict
from itertools import chain

from mist_notebook.sandbox.ground.faults import Faults
from mist_notebook.sandbox.ground.refusals import RefusedError, not_found
from mist_notebook.sandbox.ground.store import Store

from .associations import Associations

_ARMOURED = ("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY")
_LONGEST = 32_768
_OPENSSH_UNENCRYPTED = b"openssh-key-v1\0\0\0\0\x04none"
_OPENSSH_TYPES = (b"\0\0\0\x07ssh-rsa", b"\0\0\0\x0bssh-ed25519")
_PKCS8_TYPES = (bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2b6570"))
_DER_SEQUENCE = b"\x30"
_HEAD = 128


class Keys:
    """All keys of the sandbox, in the order in which they were added; the first becomes the default."""

    def __init__(self, store: Store, owner_id: str, faults: Faults) -> None:
        self._store = store
        self._owner_id = owner_id
        self._faults = faults
        self._associations = Associations(store)

    def listing(self) -> list[dict[str, object]]:
        """Every key, as the API answers it."""
        machines: dict[str, list[dict[str, object]]] = defaultdict(list)
        for association in chain.from_iterable(self._associations.by_machine().values()):
            machines[association.key_id].append(association.on_key())
        rows = self._store.rows("SELECT * FROM keys ORDER BY position")
        return [self._document(row, machines[row["id"]]) for row in rows]

    def add(self, *, name: str, private: str) -> dict[str, object]:
        """Register an RSA or Ed25519 private key."""
        public = self._public_half(private, name)
        key_id = uuid.uuid4().hex
        is_default = not self._store.rows("SELECT id FROM keys")
        try:
            self._store.write(
                "INSERT INTO keys (id, name, is_default, private, public) VALUES (?, ?, ?, ?, ?)",
                *(key_id, name, is_default, private, public),
            )
        except sqlite3.IntegrityError:
            raise RefusedError(409, "Key name exists") from None
        return self._document(self._row(key_id), [])

    def public(self, key_id: str) -> str:
        """The public half, in one line."""
        return str(self._row(key_id)["public"])

    def private(self, key_id: str) -> str:
        """The private half, as it was given."""
        return str(self._row(key_id)["private"])

    def find(self, either: str) -> str:
        """The id of the key of that id or name."""
        row = self._store.row("SELECT id FROM keys WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC", either)
        if row is None:
            raise not_found("Key id does not exist")
        return str(row["id"])

    def default(self) -> str:
        """The id of the default key; empty if there are no keys."""
        row = self._store.row("SELECT id FROM keys WHERE is_default")
        return str(row["id"]) if row else ""

    def rename(self, key_id: str, new_name: str) -> None:
        """Call it something else; its id stays."""
        self._row(key_id)
        try:
            self._store.write("UPDATE keys SET name = ? WHERE id = ?", new_name, key_id)
        except sqlite3.IntegrityError:
            raise RefusedError(409, "Key name exists") from None

    def set_default(self, key_id: str) -> None:
        """Make this key the one that is used when none is named."""
        self._row(key_id)
        self._store.write("UPDATE keys SET is_default = (id = ?)", key_id)

    def remove(self, key_id: str) -> None:
        """Forget a key; if it was the default, the oldest of the others becomes it."""
        was_default = self._row(key_id)["is_default"]
        with self._store.together():
            self._store.write("DELETE FROM associations WHERE key_id = ?", key_id)
            self._store.write("DELETE FROM keys WHERE id = ?", key_id)
            if was_default:
                self._store.write("UPDATE keys SET is_default = 1 WHERE position = (SELECT min(position) FROM keys)")

    def _public_half(self, private: str, name: str) -> str:
        from .keypairs import ED25519, public_half

        public = public_half(private) if looks_private(private) else ""
        if not public:
            raise RefusedError(400, "Invalid private key", "an unencrypted RSA or Ed25519 key in PEM or OpenSSH form")
        if public.startswith(ED25519) and self._faults.take("refuse-ed25519", name):
            raise RefusedError(400, "Invalid private key", "only RSA keys are taken here")
        return public

    def _document(self, row: sqlite3.Row, machines: list[dict[str, object]]) -> dict[str, object]:
        return {
            "id": row["id"],
            "name": row["name"],
            "isDefault": bool(row["is_default"]),
            "machines": machines,
            "tags": {},
            "owned_by": self._owner_id,
            "created_by": self._owner_id,
        }

    def _row(self, key_id: str) -> sqlite3.Row:
        row = self._store.row("SELECT * FROM keys WHERE id = ?", key_id)
        if row is None:
            raise not_found("Key id does not exist")
        return row


def looks_private(text: str) -> bool:
    """Whether `text` has the shape of an unencrypted RSA or Ed25519 private key; its numbers are not checked."""
    if len(text) > _LONGEST:
        return False
    lines = [line.strip() for line in text.strip().splitlines()]
    for label in _ARMOURED:
        if len(lines) > 2 and lines[0] == f"-----BEGIN {label}-----" and lines[-1] == f"-----END {label}-----":
            return _fits(label, "".join(lines[1:-1]))
    return False


def _fits(label: str, encoded: str) -> bool:
    try:
        body = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    if label == "OPENSSH PRIVATE KEY":
        return body.startswith(_OPENSSH_UNENCRYPTED) and any(kind in body[:_HEAD] for kind in _OPENSSH_TYPES)
    if label == "PRIVATE KEY":
        return body.startswith(_DER_SEQUENCE) and any(kind in body[:_HEAD] for kind in _PKCS8_TYPES)
    return body.startswith(_DER_SEQUENCE)
