"""Waiting by the sandbox's clock, whichever that is: a test turns its own, and a request is when that is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LONGEST_NAP_S = 60.0


class Waits:
    """Who waits for a moment; used on the loop's thread only."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: set[asyncio.Future[None]] = set()

    async def until(self, moment: float, given_up: asyncio.Event) -> None:
        """Come back when the moment is there, or when whoever asked has given up."""
        while not given_up.is_set() and (left_s := moment - self._clock()) > 0:
            woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(woken)
            try:
                await asyncio.wait([woken], timeout=min(left_s, _LONGEST_NAP_S))
            finally:
                self._waiting.discard(woken)

    def look(self) -> None:
        """Let everybody look at the clock again."""
        for woken in self._waiting:
            if not woken.done():
                woken.set_result(None)
