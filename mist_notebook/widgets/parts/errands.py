"""What a click asks for, done on a thread: one errand at a time, and what is asked for meanwhile is not done.

A click is worth one errand at most: while one runs, others are refused, and who offers buttons offers new ones after.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass

from mist_notebook.ground.errors import MistError
from mist_notebook.ground.stopping import Stop, StoppedError, Worker


@dataclass(frozen=True)
class Outcome:
    """What became of the last errand, in words for a person; empty before the first."""

    text: str = ""
    hint: str = ""
    failed: bool = False


Act = Callable[[], str]
Follow = Callable[[], object]


class Errands:
    """The errands of one card. `changed` is called, on any thread, when one begins and when it ends."""

    def __init__(self, changed: Callable[[], object], *, name: str) -> None:
        self._changed = changed
        self._name = name
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._busy = ""
        self._outcome = Outcome()
        self._ended = 0
        self._is_closed = False

    @property
    def busy(self) -> str:
        """What is being done, in words; empty if nothing is."""
        with self._lock:
            return self._busy

    @property
    def is_closed(self) -> bool:
        with self._lock:
            return self._is_closed

    @property
    def outcome(self) -> Outcome:
        with self._lock:
            return self._outcome

    @property
    def ended(self) -> int:
        """How many errands have ended: what was offered before the last one is worth nothing after it."""
        with self._lock:
            return self._ended

    def start(self, what: str, act: Act, follow: Follow | None = None) -> bool:
        """Do it, and tell what `act` says or raises; `False` if another one is being done.

        `follow` goes on afterwards, also where `act` failed, which may have done a part; it keeps nobody from the next
        errand, which ends it.
        """
        stop = Stop()
        with self._lock:
            if self._busy or self._is_closed:
                return False
            before = self._worker
            earlier = [] if before is None else [before]
            self._busy, self._outcome = what, Outcome()
            self._worker = Worker(lambda: self._run(act, follow, earlier, stop), stop, name=self._name)
            self._worker.start()
        if before is not None:
            before.stop.say()
        self._changed()
        return True

    def close(self) -> None:
        """Begin nothing more, end what can be ended, and wait for it; what was sent is not undone."""
        with self._lock:
            self._is_closed = True
            worker = self._worker
        if worker is not None:
            worker.stop.say()
            worker.join()

    def join(self) -> None:
        """Wait until nothing is being done any more."""
        with self._lock:
            worker = self._worker
        if worker is not None:
            worker.join()

    def _run(self, act: Act, follow: Follow | None, earlier: list[Worker], stop: Stop) -> None:
        while earlier:  # emptied, so that no worker keeps those before it
            earlier.pop().join()
        outcome = _outcome(act)
        with self._lock:
            self._busy, self._outcome = "", outcome
            self._ended += 1
        self._changed()
        if follow is not None and not stop.is_said:
            self._tell_late(_outcome(lambda: str(follow() or "")), outcome)

    def _tell_late(self, late: Outcome, outcome: Outcome) -> None:
        """That following failed, unless something else has been asked for since."""
        with self._lock:
            self._outcome = late if late.failed and self._outcome is outcome else self._outcome
        self._changed()


def _outcome(act: Act) -> Outcome:
    """What it said, or why not; the one place where every error of an errand is caught."""
    try:
        return Outcome(act())
    except (StoppedError, CancelledError):
        return Outcome("No longer watched; what you asked for goes on.")
    except MistError as error:
        return Outcome(error.message, error.hint, failed=True)
    except Exception as error:
        return Outcome(MistError(f"{type(error).__name__}: {error}").message, failed=True)
