"""The newest state is drawn, on a thread; what it was meanwhile is never drawn.

There is no thread while nothing is to be done: fifty forms in a kernel cost none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from mist_notebook.ground.threads import join_newest

from .thread_context import carried


class Newest:
    """Calls `work` after each `poke`, once for all that came while it was at work, and never twice at once.

    Where `work` answers `True`, the page was given much to do, and the next turn begins `rest_s` seconds later at the
    earliest. To be made where a cell or a click runs, not on a thread of one's own.
    """

    def __init__(self, work: Callable[[], object], *, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.rest_s = 0.0
        self._clock = clock
        self._rested_at = clock()
        self._work = carried(work)
        self._name = name
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_due = False
        self._is_working = False

    def poke(self) -> None:
        """Have it done, soon; from any thread, at once. Nothing after `close`."""
        with self._lock:
            if self._closed.is_set():
                return
            self._is_due = True
            if not self._is_working:
                self._is_working = True
                self._thread = threading.Thread(target=self._run, args=(self._thread,), name=self._name, daemon=True)
                self._thread.start()

    def join(self) -> None:
        """Wait until nothing is left to do, and its thread has ended."""
        join_newest(self._started)

    def close(self) -> None:
        """Do no more; what was begun has ended when this returns."""
        with self._lock:
            self._closed.set()
            self._is_due = False
        self.join()

    def _started(self) -> threading.Thread | None:
        with self._lock:  # a thread is started before this is let go
            return self._thread

    def _run(self, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            while self._is_to_go_on():
                rest_s = self.rest_s if self._work() is True else 0.0
                self._rested_at = self._clock() + rest_s
        except BaseException:
            with self._lock:
                self._is_working = False
            raise

    def _is_to_go_on(self) -> bool:
        if self._is_due:
            self._closed.wait(max(0.0, self._rested_at - self._clock()))
        with self._lock:
            is_due, self._is_due = self._is_due, False
            self._is_working = is_due
            return is_due
