"""Every open door of this process, so that a forked child begins with none of the parent's connections."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Door(Protocol):
    """What has connections."""

    def in_child(self) -> None:
        """Begin without connections."""


_doors: WeakSet[Door] = WeakSet()


def add(door: Door) -> None:
    """Have it told of a fork; forgotten by itself."""
    _doors.add(door)


def _begin_in_child() -> None:
    for door in list(_doors):
        door.in_child()


os.register_at_fork(after_in_child=_begin_in_child)
