"""A cluster that runs: its connections and processes, their signs of life, what was lost, and the way it ends.

Everything is on the loop's thread. Each process on a machine hangs on its connection: when this ends, so does that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from functools import partial

import asyncssh

from .member import Hand
from .talk import Talk

SILENCE_S = 300.0
_SIGN_S = 20.0
_ENDING_S = 6.0
_KEEPALIVE_S, _KEEPALIVES = 15, 4

Lost = Callable[[str, str], None]


class Running:
    """What is up by now; closing it ends all of it, more than once is fine."""

    def __init__(self) -> None:
        self.stack = AsyncExitStack()
        self.hands: list[Hand] = []
        self.scheduler: Talk | None = None
        self.workers: dict[str, Talk] = {}
        self.address = ""
        self.private_address = ""
        self.dashboard_port: int | None = None
        self.lost: dict[str, str] = {}
        self.on_lost: Lost = lambda _name, _why: None
        self._is_closing = False
        self._signs: asyncio.Task[None] | None = None

    def keep(self, connection: asyncssh.SSHClientConnection) -> None:
        """Notice when nothing answers on it any more."""
        connection.set_keepalive(_KEEPALIVE_S, _KEEPALIVES)

    def watch(self) -> None:
        """From now on give signs of life, and say what is lost."""
        self._signs = asyncio.ensure_future(self._give_signs())
        for name, talk in self.workers.items():
            talk.over.add_done_callback(partial(self._lose, name, talk))
        if self.scheduler is not None and self.hands:
            name = f"the scheduler on {self.hands[0].name}"
            self.scheduler.over.add_done_callback(partial(self._lose, name, self.scheduler))

    @property
    def is_over(self) -> bool:
        """Whether its scheduler is gone, and so all of it."""
        return self.scheduler is None or self.scheduler.over.done()

    async def close(self) -> None:
        """Ask every process to end, wait for that a moment, and hang up."""
        self._is_closing = True
        if self._signs is not None:
            self._signs.cancel()
        talks = [*self.workers.values(), *([self.scheduler] if self.scheduler else [])]
        for talk in talks:
            talk.say("stop")
        if talks:
            with suppress(asyncio.CancelledError):
                await asyncio.wait([talk.over for talk in talks], timeout=_ENDING_S)
        for talk in talks:
            talk.close()
        await self.stack.aclose()

    async def _give_signs(self) -> None:
        while True:
            await asyncio.sleep(_SIGN_S)
            for talk in (*self.workers.values(), *([self.scheduler] if self.scheduler else [])):
                talk.say()

    def _lose(self, name: str, talk: Talk, _over: object) -> None:
        if self._is_closing or name in self.lost:
            return
        self.lost[name] = talk.last_words
        self.on_lost(name, talk.last_words)
