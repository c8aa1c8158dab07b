"""Several ways to one thing, tried side by side: each has a small head start, and the first to arrive wins.

As RFC 8305 does it for names with several addresses ("happy eyeballs").
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Generic, TypeVar

from .outcome import OutcomeError

T = TypeVar("T")
HeadStart = Callable[[int], float]
Sleep = Callable[[float], Awaitable[Any]]


class NoneArrivedError(Exception):
    """Every way failed: why, in the ways' order."""

    def __init__(self, troubles: Sequence[OutcomeError]) -> None:
        super().__init__(troubles)
        self.troubles = troubles


class Race(Generic[T]):
    """One race; after it, `troubles` has why a way failed, by its place, and `overtaken` those still under way."""

    def __init__(self, ways: Sequence[Callable[[], Coroutine[Any, Any, T]]]) -> None:
        self.troubles: dict[int, OutcomeError] = {}
        self.overtaken: list[int] = []
        self._waiting = list(enumerate(ways))
        self._running: dict[asyncio.Task[T], int] = {}

    async def run(self, *, head_start_s: HeadStart, sleep: Sleep) -> T:
        """What the first way gives that arrives; the others are ended. Raises NoneArrivedError, and what isn't ours.

        `head_start_s(place)` is how long those before that place are left alone.
        """
        try:
            while self._waiting or self._running:
                self._start_next()
                for task in await self._first_news(head_start_s, sleep):
                    place = self._running.pop(task)
                    try:
                        arrived = task.result()
                    except OutcomeError as trouble:
                        self.troubles[place] = trouble
                        continue
                    self.overtaken = sorted(self._running.values())
                    return arrived
        finally:
            await _ended(self._running)
        raise NoneArrivedError([trouble for _, trouble in sorted(self.troubles.items())])

    def _start_next(self) -> None:
        if self._waiting:
            place, way = self._waiting.pop(0)
            self._running[asyncio.ensure_future(way())] = place

    async def _first_news(
        self, head_start_s: Callable[[int], float], sleep: Callable[[float], Awaitable[Any]]
    ) -> list[asyncio.Task[T]]:
        """The ways that came to an end; none, if the head start was over first."""
        next_one = self._waiting[0][0] if self._waiting else None
        head_start = None if next_one is None else asyncio.ensure_future(_slept(sleep, head_start_s(next_one)))
        try:
            watched: set[asyncio.Future[Any]] = {*self._running, *([head_start] if head_start else [])}
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if head_start is not None:
                await _ended([head_start])
        return [task for task in self._running if task.done()]


async def _slept(sleep: Sleep, seconds: float) -> None:
    await sleep(seconds)


async def _ended(tasks: Iterable[asyncio.Future[Any]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
