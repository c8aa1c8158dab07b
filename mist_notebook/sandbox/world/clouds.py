"""The clouds that were added to this sandbox: their names, whether they are on, and nothing secret."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mist_notebook.sandbox.ground.refusals import RefusedError, not_found
from mist_notebook.sandbox.ground.store import Store

FEATURES = ("dns_enabled", "object_storage_enabled", "observation_logs_enabled", "container_enabled")
_NAMESPACE = uuid.UUID("6d697374-2d6e-4f74-a562-6f6f6b2d7362")
_POLLING_INTERVAL_S = 1800


@dataclass(frozen=True)
class Cloud:
    """One cloud, as the database keeps it."""

    id: str
    name: str
    provider: str
    enabled: bool
    features: Mapping[str, bool]

    def document(self, *, region: str, owner_id: str) -> dict[str, object]:
        """The cloud as the API answers it: with `name` as 5.x and `title` as 4.x spell it."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.name,
            "provider": self.provider,
            "enabled": self.enabled,
            "state": "online" if self.enabled else "offline",
            **{feature: self.features.get(feature, False) for feature in FEATURES},
            "polling_interval": _POLLING_INTERVAL_S,
            "region": region,
            "tags": {},
            "owned_by": owner_id,
            "created_by": owner_id,
        }


def first_id(name: str) -> str:
    """The id of a cloud that every sandbox begins with, so that a saved notebook still fits the next sandbox."""
    return uuid.uuid5(_NAMESPACE, name).hex


class Clouds:
    """All clouds of the sandbox, in the order in which they were added."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Cloud]:
        """Every cloud, enabled or not."""
        return [_cloud(row) for row in self._store.rows("SELECT * FROM clouds ORDER BY position")]

    def get(self, cloud_id: str) -> Cloud:
        """The cloud of that id."""
        row = self._store.row("SELECT * FROM clouds WHERE id = ?", cloud_id)
        if row is None:
            raise not_found("Cloud does not exist")
        return _cloud(row)

    def add(self, *, name: str, provider: str, cloud_id: str = "") -> Cloud:
        """A new cloud at the end of the list."""
        made_id = cloud_id or uuid.uuid4().hex
        try:
            self._store.write("INSERT INTO clouds (id, name, provider) VALUES (?, ?, ?)", made_id, name, provider)
        except sqlite3.IntegrityError:
            raise RefusedError(409, "Cloud with this name already exists") from None
        return self.get(made_id)

    def rename(self, cloud: Cloud, new_name: str) -> None:
        """Call it something else; its id stays."""
        try:
            self._store.write("UPDATE clouds SET name = ? WHERE id = ?", new_name, cloud.id)
        except sqlite3.IntegrityError:
            raise RefusedError(409, "Cloud name exists") from None

    def switch(self, cloud: Cloud, *, enabled: bool, features: Mapping[str, bool]) -> None:
        """Turn the cloud, and any of its features, on or off."""
        merged = json.dumps({**cloud.features, **features})
        self._store.write("UPDATE clouds SET enabled = ?, features = ? WHERE id = ?", enabled, merged, cloud.id)

    def remove(self, cloud: Cloud) -> None:
        """Forget the cloud and its stars."""
        with self._store.together():
            self._store.write("DELETE FROM stars WHERE cloud_id = ?", cloud.id)
            self._store.write("DELETE FROM found_images WHERE cloud_id = ?", cloud.id)
            self._store.write("DELETE FROM clouds WHERE id = ?", cloud.id)

    def stars(self, cloud: Cloud) -> dict[str, bool]:
        """What was starred or unstarred by hand: external id → starred."""
        rows = self._store.rows("SELECT external_id, starred FROM stars WHERE cloud_id = ?", cloud.id)
        return {row["external_id"]: bool(row["starred"]) for row in rows}

    def star(self, cloud: Cloud, external_id: str, *, starred: bool) -> None:
        """Remember that an image is, or isn't, a favourite."""
        self._store.write("INSERT OR REPLACE INTO stars VALUES (?, ?, ?)", cloud.id, external_id, starred)

    def found(self, cloud: Cloud) -> set[str]:
        """The external ids of images that a search found, and that are listed ever since."""
        rows = self._store.rows("SELECT external_id FROM found_images WHERE cloud_id = ?", cloud.id)
        return {row["external_id"] for row in rows}

    def keep_found(self, cloud: Cloud, external_ids: Iterable[str]) -> None:
        """Remember that a search found these images."""
        with self._store.together():
            for external_id in external_ids:
                self._store.write("INSERT OR IGNORE INTO found_images VALUES (?, ?)", cloud.id, external_id)


def _cloud(row: sqlite3.Row) -> Cloud:
    return Cloud(
        id=row["id"],
        name=row["name"],
        provider=row["provider"],
        enabled=bool(row["enabled"]),
        features=json.loads(row["features"]),
    )
