"""The loopback ports of the machines: reserved from the beginning, listening only while the machine is up."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tornado.netutil import add_accept_handler

Accept = Callable[[socket.socket], None]
ADDRESS = "127.0.0.1"
_BACKLOG = 128


class Door:
    """One port: it refuses connections until it is opened, as a machine that boots does."""

    def __init__(self, port: int = 0) -> None:
        self._ends: Callable[[], None] | None = None
        self._socket = _reserved(port)
        self.port: int = self._socket.getsockname()[1]
        self.is_open = False

    def open(self, accept: Accept | None) -> None:
        """Listen, and hand over who comes; without `accept`, let them wait for an answer that never comes."""
        try:
            self._socket.listen(_BACKLOG)
        except OSError:
            # Somebody listens there by now: the machine moves.
            self._move()
            self._socket.listen(_BACKLOG)
        self.is_open = True
        if accept:
            self._ends = add_accept_handler(self._socket, lambda connection, _address: accept(connection))

    def shut(self) -> None:
        """Refuse connections again, and keep the port."""
        self.close()
        self._socket = _reserved(self.port)
        self.port = self._socket.getsockname()[1]

    def close(self) -> None:
        """Give the port back."""
        if self._ends:
            self._ends()
            self._ends = None
        self._socket.close()
        self.is_open = False

    def _move(self) -> None:
        self._socket.close()
        self._socket = _fresh()
        self.port = self._socket.getsockname()[1]


def _reserved(port: int) -> socket.socket:
    """A bound socket on that port; on another if somebody else has it, or if it is 0."""
    if not port:
        return _fresh()
    bound = _unbound()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((ADDRESS, port))
    except OSError:
        bound.close()
        return _fresh()
    return bound


def _fresh() -> socket.socket:
    bound = _unbound()
    try:
        bound.bind((ADDRESS, 0))
    except OSError:
        bound.close()
        raise
    # Only now: before, Linux could give two machines the same free port.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return bound


def _unbound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    return made
