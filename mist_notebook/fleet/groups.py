"""Which machines of this process belong together, such as those of a cluster; by place, `BACKEND/ID`."""

from __future__ import annotations

from collections.abc import Iterable

from mist_notebook.client.machines.machine import Machine

_groups: dict[str, frozenset[str]] = {}


def place(machine: Machine) -> str:
    """Where it stands, beyond doubt over all backends."""
    return f"{machine.hands.adapter.info.id}/{machine.id}"


def keep(name: str, machines: Iterable[Machine]) -> None:
    """They belong together from now on, under that name."""
    _groups[name] = frozenset(place(machine) for machine in machines)


def forget(name: str) -> None:
    """They no longer do."""
    _groups.pop(name, None)


def name_at(where: str) -> str | None:
    """The group that the machine at that place belongs to."""
    return next((name for name, places in _groups.items() if where in places), None)


def name_of(machine: Machine) -> str | None:
    """The group that it belongs to."""
    return name_at(place(machine))
