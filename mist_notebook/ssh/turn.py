"""What machines share while they are asked all at once, and what each has of its own: a turn, whose time runs out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace

from .target import Clock, Limits


class Slots:
    """How much may be under way at once, for all who share it: sockets, handshakes, logins per door."""

    def __init__(self, sockets: int | None = None, handshakes: int = 100, logins_per_door: int = 8) -> None:
        self.sockets = asyncio.Semaphore(sockets or _socket_limit())
        self.handshakes = asyncio.Semaphore(handshakes)
        self.resolver = ThreadPoolExecutor(16, "mist-names")
        self._logins_per_door = logins_per_door
        self._doors: dict[tuple[str, int], asyncio.Semaphore] = {}

    def door(self, host_and_port: tuple[str, int]) -> asyncio.Semaphore:
        """One for each host and port: an sshd drops new ones from the tenth that isn't logged in."""
        return self._doors.setdefault(host_and_port, asyncio.Semaphore(self._logins_per_door))


class Turn:
    """One machine's turn: the slots it shares, its clock, and its limits, which shrink as its time runs out.

    Waiting for a slot isn't counted.
    """

    def __init__(self, limits: Limits, slots: Slots, clock: Clock) -> None:
        self.slots = slots
        self.clock = clock
        self._whole = limits
        self._began = clock.seconds()

    @property
    def spent_s(self) -> float:
        return self.clock.seconds() - self._began

    @property
    def left_s(self) -> float:
        return max(0.0, self._whole.total_s - self.spent_s)

    @property
    def limits(self) -> Limits:
        """What each part may still take."""
        whole, left_s = self._whole, self.left_s
        return replace(
            whole,
            connect_s=min(whole.connect_s, left_s),
            greeting_s=min(whole.greeting_s, left_s),
            nudge_s=min(whole.nudge_s, left_s),
            handshake_s=min(whole.handshake_s, left_s),
            command_s=min(whole.command_s, left_s),
        )

    @asynccontextmanager
    async def slot(self, semaphore: asyncio.Semaphore) -> AsyncIterator[None]:
        """Hold the semaphore; the time until it is free is given back."""
        asked = self.clock.seconds()
        async with semaphore:
            self._began += self.clock.seconds() - asked
            yield


def _socket_limit() -> int:
    """Sockets at once: 1000, or half of what the kernel's process may still open."""
    try:
        import resource
    except ImportError:
        return 500
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1000 if soft == resource.RLIM_INFINITY else max(16, min(1000, (soft - 100) // 2))
