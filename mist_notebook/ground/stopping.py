"""How work on a thread of ours is told to end: the thread carries its own stop, and whatever blocks there asks for it.

What an interrupt is to the kernel's thread, this is to a worker: code between the two needs to know of neither.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class StoppedError(Exception):
    """The worker was told to end."""


class Stop:
    """Said once; whoever waits for it wakes, and what was to be called is called."""

    def __init__(self) -> None:
        self._said = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], object]] = []

    @property
    def is_said(self) -> bool:
        return self._said.is_set()

    def say(self) -> None:
        """Stop; more than once is fine."""
        with self._lock:
            self._said.set()
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is said: then `True`."""
        return self._said.wait(seconds)

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Within, `call` is called when it is said, or at once if it was."""
        with self._lock:
            is_late = self._said.is_set()
            if not is_late:
                self._calls.append(call)
        if is_late:
            call()
        try:
            yield
        finally:
            with self._lock:
                self._calls = [kept for kept in self._calls if kept is not call]


class Worker(threading.Thread):
    """A daemon thread that can be told to stop."""

    def __init__(self, work: Callable[[], object], stop: Stop, *, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.stop = stop
        self._work = work

    def run(self) -> None:
        self._work()


def of_this_thread() -> Stop | None:
    """The stop of the worker that asks; `None` on every other thread."""
    thread = threading.current_thread()
    return thread.stop if isinstance(thread, Worker) else None


def pause(seconds: float) -> None:
    """Sleep; on a worker until it is told to stop: StoppedError then."""
    stop = of_this_thread()
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise StoppedError


def stoppable(work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    """The coroutine, to be run on a loop's thread and waited for here: cancelled when this worker is told to stop."""
    stop = of_this_thread()
    return work if stop is None else _until(stop, work)


async def _until(stop: Stop, work: Coroutine[Any, Any, T]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task

    def cancel() -> None:
        loop.call_soon_threadsafe(task.cancel)

    with stop.calling(cancel):
        return await work
