"""A job at one moment, and how those who watch it are told: the newest state, the last one, and never too often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError

if TYPE_CHECKING:
    from mist_notebook.records.model import BackendInfo, Step

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
_SNAPSHOT_EVERY_S = 0.2


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment: its steps so far, and what became of it."""

    id: str
    name: str
    state: str
    started: datetime
    ended: datetime | None = None
    steps: tuple[Step, ...] = ()
    error: MistError | None = None
    backend: BackendInfo | None = None

    @property
    def step(self) -> str:
        """The state of the last step; nothing before the first."""
        return self.steps[-1].state if self.steps else ""

    @property
    def message(self) -> str:
        """The newest words: the error's, else the last step's."""
        if self.error is not None:
            return self.error.message
        return self.steps[-1].message if self.steps else ""

    @property
    def fraction(self) -> float:
        return self.steps[-1].fraction if self.steps else 0.0

    @property
    def seconds(self) -> float | None:
        """How long it took; `None` while it runs."""
        return (self.ended - self.started).total_seconds() if self.ended else None


class Watch:
    """One who watches: a thread that tells the newest snapshot, then rests, so that it is never told too often."""

    def __init__(self, snapshot: Snapshot, call: Callable[[Snapshot], object], *, name: str) -> None:
        self._call = call
        self._newest: Snapshot | None = snapshot
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._is_given_up = False
        self.thread = threading.Thread(target=self._tell_all, name=name, daemon=True)
        try:
            self.thread.start()
        except KeyboardInterrupt:  # it waits until the thread runs, which nobody would ever end then
            self.end()
            raise

    def tell(self, snapshot: Snapshot) -> None:
        """There is something new."""
        with self._changed:
            if self._is_given_up:
                return
            self._newest = snapshot
            if snapshot.state != RUNNING:
                self._over.set()
            self._changed.notify()

    def end(self) -> None:
        """Tell nothing more."""
        with self._changed:
            self._is_given_up = True
            self._newest = None
            self._over.set()
            self._changed.notify()

    def _tell_all(self) -> None:
        with suppress(Exception):  # who watches may fail; the work goes on
            while (newest := self._next()) is not None:
                self._call(newest)
                if newest.state != RUNNING:
                    return
                self._over.wait(_SNAPSHOT_EVERY_S)

    def _next(self) -> Snapshot | None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._over.is_set())
            newest, self._newest = self._newest, None
            return newest
