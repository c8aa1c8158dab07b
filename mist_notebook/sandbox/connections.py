"""Which connections are open, and which has to go when there are too many: never one that a token holder waits on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tornado.iostream import IOStream


@dataclass(frozen=True)
class Limits:
    """What one client may take of the sandbox.

    `patience_s` is for the headers of a connection's first request, and for each body.
    """

    patience_s: float = 10.0
    idle_s: float = 300.0
    connections: int = 256
    header_bytes: int = 16 * 1024
    stranger_bytes: int = 4 * 1024
    body_bytes: int = 1024 * 1024


class _Guest:
    """One connection: whether it ever asked for something, and whether it is being served."""

    def __init__(self, timer: asyncio.TimerHandle) -> None:
        self.timer = timer
        self.has_asked = False
        self.is_served = False


class Connections:
    """The open connections, oldest first; used on the loop's thread only."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._guests: dict[IOStream, _Guest] = {}

    def __len__(self) -> int:
        return len(self._guests)

    def let_in(self, stream: IOStream) -> bool:
        """Take up a new connection; another has to go for it, or it has to go itself, if there are too many."""
        if len(self._guests) >= self._limits.connections and not self._make_room():
            stream.close()
            return False
        timer = asyncio.get_running_loop().call_later(self._limits.patience_s, stream.close)
        self._guests[stream] = _Guest(timer)
        return True

    def asks(self, stream: IOStream, *, is_known: bool) -> None:
        """Somebody has sent the headers of a request; those who are known will be served to the end."""
        guest = self._guests.get(stream)
        if guest:
            guest.timer.cancel()
            guest.has_asked, guest.is_served = True, is_known

    def waits(self, stream: IOStream) -> None:
        """Nobody has asked for anything on this connection since the last answer."""
        guest = self._guests.get(stream)
        if guest:
            guest.is_served = False

    def leaves(self, stream: IOStream) -> None:
        """The connection was closed."""
        guest = self._guests.pop(stream, None)
        if guest:
            guest.timer.cancel()

    def _make_room(self) -> bool:
        """Close the oldest connection that never asked for anything, else the oldest that nobody is served on."""
        useless = [stream for stream, guest in self._guests.items() if not guest.is_served]
        silent = [stream for stream in useless if not self._guests[stream].has_asked]
        for stream in (silent or useless)[:1]:
            self.leaves(stream)
            stream.close()
        return bool(useless)
