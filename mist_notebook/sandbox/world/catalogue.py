"""The data files: what each provider's images, sizes, locations and networks were, and which providers there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from mist_notebook.sandbox.ground.refusals import SandboxError, bad_request, cloud_unavailable

_PROVIDERS_FILE = "providers.json"
_FIRST = ("nephoscale", "ec2")
_KEYS = {
    "images": (
        *("external_id", "name", "os_type", "os_distro", "architecture", "starred", "default"),
        *("min_disk_size", "min_memory_size", "origin", "created", "extra"),
    ),
    "sizes": ("external_id", "name", "cpus", "ram", "disk", "bandwidth", "architecture", "extra"),
    "locations": ("external_id", "name", "country", "location_type", "extra"),
    "networks": ("external_id", "name", "cidr", "description", "extra"),
}


@dataclass(frozen=True)
class Catalogue:
    """One provider's data file."""

    provider: str
    title: str
    driver: str
    region: str
    as_of: str
    rows: Mapping[str, list[dict[str, Any]]]


class Catalogues:
    """All data files: NephoScale's first, then EC2's, then the rest by title."""

    def __init__(self, catalogues: Iterable[Catalogue], providers: list[dict[str, Any]]) -> None:
        ordered = sorted(catalogues, key=_rank)
        self._by_provider = {catalogue.provider: catalogue for catalogue in ordered}
        self._providers = providers
        self._ids: dict[str, str] = {
            spelling.lower(): row["driver"]
            for row in providers
            for spelling in (row["driver"], row["name"], *row["aliases"])
        }

    def all(self) -> list[Catalogue]:
        """Every catalogue, in the order in which a new sandbox lists its clouds."""
        return list(self._by_provider.values())

    def providers(self) -> list[dict[str, Any]]:
        """What `/providers` lists: also providers that there is no catalogue for."""
        return self._providers

    def provider_id(self, spelling: str) -> str:
        """The id that Mist answers (`ec2`) for what it takes: the id, the name or an alias, in any case."""
        if spelling.lower() not in self._ids:
            raise bad_request("Invalid provider. Known are: " + ", ".join(sorted(set(self._ids.values()))))
        return self._ids[spelling.lower()]

    def requires_key(self, provider: str) -> bool:
        """Whether the provider makes no machine without a key."""
        row = next((row for row in self._providers if row["driver"] == provider), {})
        provision = row.get("features", {}).get("provision") or {}
        key = provision.get("key") or {}
        return bool(key.get("required"))

    def region(self, provider: str) -> str:
        """The one region that a provider's catalogue describes; empty where there is none."""
        found = self._by_provider.get(provider)
        return found.region if found else ""

    def of(self, provider: str) -> Catalogue:
        """A provider's catalogue."""
        if provider not in self._by_provider:
            raise cloud_unavailable(f"the sandbox has no catalogue for {provider}")
        return self._by_provider[provider]


def load(folder: Traversable | None = None) -> Catalogues:
    """Every data file in `folder`, by default the package's own."""
    folder = folder or files("mist_notebook.sandbox") / "data"
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    data_files = [folder / name for name in names if name.endswith(".json") and name != _PROVIDERS_FILE]
    if not data_files:
        raise SandboxError(f"There are no data files in {folder}: install mist-notebook again.")
    providers = _read(folder / _PROVIDERS_FILE, _providers)
    return Catalogues([_read(file, _catalogue) for file in data_files], providers)


def _read(file: Traversable, understand: Any) -> Any:
    try:
        return understand(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, OSError) as error:
        why = f"it isn't readable JSON ({error})"
    except KeyError as error:
        why = f"{error} is missing"
    except (TypeError, AttributeError, IndexError):
        why = "its shape is wrong"
    raise SandboxError(f"The data file {file} is broken: {why}. Install mist-notebook again.")


def _providers(document: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = document["supported_providers"]
    _require(rows, ("name", "aliases", "driver"))
    return rows


def _catalogue(document: dict[str, Any]) -> Catalogue:
    for kind, keys in _KEYS.items():
        _require(document[kind], keys)
    return Catalogue(
        provider=document["provider"],
        title=document["title"],
        driver=document["driver"],
        region=document["region"] or "",
        as_of=document["as_of"],
        rows={kind: document[kind] for kind in _KEYS},
    )


def _require(rows: list[dict[str, Any]], keys: Iterable[str]) -> None:
    absent = [key for row in rows for key in keys if key not in row]
    if absent:
        raise KeyError(absent[0])


def _rank(catalogue: Catalogue) -> tuple[int, str]:
    special = _FIRST.index(catalogue.provider) if catalogue.provider in _FIRST else len(_FIRST)
    return special, catalogue.title.lower()
