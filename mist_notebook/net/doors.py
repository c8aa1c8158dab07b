"""Every open door of this process, so that a forked child begins with none of the parent's connections."""

from __future__ import annotations

import os
import threading
from typing import Protocol
from weakref import WeakKeyDictionary, WeakSet


class Door(Protocol):
    """What has connections."""

    def in_child(self) -> None:
        """Begin without connections."""

    def close(self) -> None:
        """Close all connections, with what is under way."""


_doors: WeakKeyDictionary[Door, threading.Thread] = WeakKeyDictionary()  # with the thread that made each
_given_up: WeakSet[threading.Thread] = WeakSet()


def add(door: Door) -> None:
    """Have it told of a fork; forgotten by itself. One that a thread makes for which nobody waits is closed at once."""
    thread = threading.current_thread()
    _doors[door] = thread
    if thread in _given_up:
        door.close()


def close_made_on(thread: threading.Thread) -> None:
    """Close those that this thread made, and those that it makes yet: nobody waits any more for what it asks."""
    _given_up.add(thread)
    for door in [door for door, maker in list(_doors.items()) if maker is thread]:
        door.close()


def _begin_in_child() -> None:
    for door in list(_doors):
        door.in_child()


os.register_at_fork(after_in_child=_begin_in_child)
