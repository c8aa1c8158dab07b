"""Daemon threads of one owner, that can be waited for once what they wait for has been ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Threads:
    """The threads that somebody started, as long as they run. Without a lock, which a fork could leave locked."""

    def __init__(self) -> None:
        self._running: dict[threading.Thread, None] = {}

    def start(self, work: Callable[[], object], name: str) -> threading.Thread:
        """Do it on a thread of its own, which keeps no kernel from ending.

        An interrupt while it starts leaves it running, and known here, or has nothing done.
        """
        for ended in [thread for thread in list(self._running) if thread.ident is not None and not thread.is_alive()]:
            self._running.pop(ended, None)
        to_do = [work]  # taken once: by the thread, or back from it
        thread = threading.Thread(target=_take, args=(to_do,), name=name, daemon=True)
        self._running[thread] = None
        try:
            thread.start()
        except BaseException:
            if _take_back(to_do):
                self._running.pop(thread, None)
            raise
        return thread

    def running(self) -> list[threading.Thread]:
        """Those that run by now."""
        return [thread for thread in list(self._running) if thread.is_alive()]

    def join(self, seconds: float) -> None:
        """Wait so long at most until none runs, but for the one that asks."""
        until = time.monotonic() + seconds
        for thread in self.running():
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))


def _take(to_do: list[Callable[[], object]]) -> None:
    """Do what nobody took back."""
    try:
        work = to_do.pop()
    except IndexError:
        return
    work()


def _take_back(to_do: list[Callable[[], object]]) -> bool:
    """Whether its thread had not begun with it; it never does then."""
    try:
        to_do.pop()
    except IndexError:
        return False
    return True


def join_newest(newest: Callable[[], threading.Thread | None]) -> None:
    """Wait until the newest of threads that follow each other has ended, unless it is the caller's own.

    `newest` gives one that was started, or `None`.
    """
    seen = None
    while (thread := newest()) is not seen and thread is not threading.current_thread():
        seen = thread
        if thread is not None:
            thread.join()
