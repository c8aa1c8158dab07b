"""Mist's ids of sizes, images and locations, as a machine refers to them, back to the provider's that listings show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from mist_notebook.records.model import Machine

_KINDS = {"sizes": "size_id", "images": "image_id", "locations": "location_id"}
_MOST = 10_000  # of a catalogue the first ones: those that it lists by itself


class OwnIds:
    """What the listings of one backend have shown so far; asks for none."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {field: {} for field in _KINDS.values()}

    def learn(self, kind: str, records: Iterable[Any]) -> None:
        """Remember the ids of a listing of that kind."""
        known = self._known.get(_KINDS.get(kind, ""))
        if known is None:
            return
        for record in records:
            if len(known) >= _MOST:
                return
            if record.mist_id != record.id:
                known[record.mist_id] = record.id

    def given(self, machine: Machine | None) -> Machine | None:
        """The machine with the provider's ids, where they are known."""
        if machine is None:
            return None
        said = {field: getattr(machine, field) for field in self._known}
        own = {field: self._known[field][value] for field, value in said.items() if value in self._known[field]}
        return replace(machine, **own) if own else machine
