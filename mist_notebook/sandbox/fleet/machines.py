"""The machines in the database: read, added and changed; what becomes of them by the clock is `fleet.py`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from mist_notebook.sandbox.ground.store import Store

from .machine import TERMINATED, Build, Expiration, Machine

_COLUMNS = (
    *("id", "cloud_id", "external_id", "name", "build", "tags", "created", "target", "meanwhile", "since"),
    *("settles", "answers", "expiration", "port", "host_key"),
)
_JSON = ("build", "tags", "expiration")
_INSERT = f"INSERT INTO machines ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_UPDATE = f"UPDATE machines SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE id = ?"  # noqa: S608


class Machines:
    """All machines that were ever made here, oldest first; destroyed ones too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Machine]:
        """Every machine that isn't destroyed."""
        return self._where("target != ?", TERMINATED)

    def of_cloud(self, cloud_id: str) -> list[Machine]:
        """Every machine of a cloud, destroyed ones too."""
        return self._where("cloud_id = ?", cloud_id)

    def by_either_id(self, either_id: str) -> list[Machine]:
        """The machines with that id, Mist's or a provider's."""
        return self._where("id = ?1 OR external_id = ?1", either_id)

    def get(self, machine_id: str) -> Machine | None:
        """The machine of that Mist id."""
        return next(iter(self._where("id = ?", machine_id)), None)

    def next_position(self) -> int:
        """A number that no machine had yet."""
        row = self._store.row("SELECT seq FROM sqlite_sequence WHERE name = 'machines'")
        return int(row["seq"]) + 1 if row else 1

    def add(self, machine: Machine) -> None:
        """Keep a new machine."""
        self._store.write(_INSERT, *_values(machine))

    def save(self, machine: Machine) -> None:
        """Keep what became of a machine."""
        self._store.write(_UPDATE, *_values(machine), machine.id)

    def tag(self, machine: Machine, tags: Mapping[str, str]) -> None:
        """Keep other tags."""
        self.save(replace(machine, tags=tags))

    def forget(self, machine: Machine) -> None:
        """Remove a machine whose cloud was removed."""
        self._store.write("DELETE FROM associations WHERE machine_id = ?", machine.id)
        self._store.write("DELETE FROM machines WHERE id = ?", machine.id)

    def _where(self, condition: str, *values: object) -> list[Machine]:
        # The conditions are this file's own.
        rows = self._store.rows(f"SELECT * FROM machines WHERE {condition} ORDER BY position", *values)  # noqa: S608
        return [_machine(row) for row in rows]


def _values(machine: Machine) -> list[object]:
    values: dict[str, Any] = asdict(machine)
    return [json.dumps(values[name]) if name in _JSON else values[name] for name in _COLUMNS]


def _machine(row: sqlite3.Row) -> Machine:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    expiration = json.loads(values["expiration"])
    return Machine(
        **{
            **values,
            "build": Build(**json.loads(values["build"])),
            "tags": json.loads(values["tags"]),
            "expiration": Expiration(**expiration) if expiration else None,
        }
    )
