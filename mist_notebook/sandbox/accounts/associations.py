"""Which keys open which machines."""

from __future__ import annotations

import sqlite3
import uuid
from collections import defaultdict
from dataclasses import dataclass

from mist_notebook.sandbox.ground.store import Store

_EVERYTHING = (
    "SELECT associations.*, keys.public, machines.cloud_id, machines.external_id FROM associations "
    "JOIN keys ON keys.id = key_id JOIN machines ON machines.id = machine_id "
)


@dataclass(frozen=True)
class Association:
    """One key on one machine."""

    id: str
    machine_id: str
    external_id: str
    cloud_id: str
    key_id: str
    public: str
    user: str
    port: int
    made: float

    def on_machine(self) -> dict[str, object]:
        """The association as a machine shows it."""
        return {
            "key": self.key_id,
            "ssh_user": self.user,
            "port": self.port,
            "sudo": self.user != "root",
            "last_used": self.made,
        }

    def on_key(self) -> dict[str, object]:
        """The association as a key shows it; `machine_id` is the provider's."""
        return {
            "association_id": self.id,
            "cloud_id": self.cloud_id,
            "machine_id": self.external_id,
            "last_used": self.made,
            "ssh_user": self.user,
            "sudo": self.user != "root",
            "port": self.port,
        }


class Associations:
    """All associations of keys with machines."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_machine(self, machine_id: str) -> list[Association]:
        """The keys that open a machine."""
        return self._where("WHERE machine_id = ?", machine_id)

    def by_machine(self) -> dict[str, list[Association]]:
        """The same for all machines at once."""
        grouped: dict[str, list[Association]] = defaultdict(list)
        for association in self._where(""):
            grouped[association.machine_id].append(association)
        return grouped

    def add(self, *, machine_id: str, key_id: str, user: str, port: int, now: float) -> None:
        """Let a key in; once more is fine."""
        self._store.write(
            "INSERT INTO associations VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (machine_id, key_id) DO UPDATE SET user = excluded.user, port = excluded.port",
            *(uuid.uuid4().hex, machine_id, key_id, user, port, now),
        )

    def remove(self, *, machine_id: str, key_id: str) -> int:
        """Let a key in no longer; how many there were."""
        return self._store.write("DELETE FROM associations WHERE machine_id = ? AND key_id = ?", machine_id, key_id)

    def move(self, machine_id: str, port: int) -> None:
        """The machine answers on another port now."""
        self._store.write("UPDATE associations SET port = ? WHERE machine_id = ?", port, machine_id)

    def _where(self, condition: str, *values: object) -> list[Association]:
        # The conditions are this file's own.
        return [_association(row) for row in self._store.rows(f"{_EVERYTHING}{condition} ORDER BY made", *values)]


def _association(row: sqlite3.Row) -> Association:
    return Association(
        **{name: row[name] for name in ("id", "machine_id", "external_id", "cloud_id", "key_id", "public", "user")},
        port=row["port"],
        made=row["made"],
    )
