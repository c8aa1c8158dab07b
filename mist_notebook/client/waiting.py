"""Asking what may take long: on threads, while whoever asked waits, hears what for, and can stop waiting at once.

After a second what a service has stored is an answer for the moment, where that will do; after three it is said what is
being waited for; after ten nobody waits for one backend alone when others have answered. A question goes on by itself:
its answer is kept for the next time.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mist_notebook.ground.errors import MistError, UnavailableError
from mist_notebook.ground.stopping import StoppedError, of_this_thread
from mist_notebook.ground.text import clean
from mist_notebook.ground.threads import Threads

T = TypeVar("T")
STEP_S = 0.05
_asking = Threads()


def say(line: str) -> None:
    """A line of the cell; nothing on a worker, whose line would stand in whatever cell runs."""
    if threading.current_thread() is threading.main_thread():
        print(clean(line), flush=True)  # noqa: T201 - a cell's own words


@dataclass(frozen=True)
class Waits:
    """When what happens while a question is open, in seconds; nobody is waited for longer than `most_s`."""

    stored_s: float = 1.0
    said_s: float = 3.0
    others_s: float = 10.0
    most_s: float = math.inf
    clock: Callable[[], float] = time.monotonic


@dataclass
class Question(Generic[T]):
    """One thing that is asked: who it is asked of, and what may stand in for the answer for a moment."""

    name: str
    ask: Callable[[], T]
    stored: Callable[[], T | None] = lambda: None
    late: Callable[[T], object] = lambda _: None
    _live: Future[T] | None = field(default=None, init=False)
    _moment: Future[T | None] | None = field(default=None, init=False)

    def begin(self) -> None:
        self._live = _begun(self.ask)

    def look_stored(self) -> None:
        """Ask for what is stored, once."""
        if self._moment is None:
            self._moment = _begun(self.stored)

    @property
    def futures(self) -> list[Future[Any]]:
        return [one for one in (self._live, self._moment) if one is not None and not one.done()]

    @property
    def has_answer(self) -> bool:
        return self._is_live or self._stored is not None

    def answer(self) -> T | MistError:
        """What there is by now. A live answer that is still to come goes to `late`."""
        assert self._live is not None  # noqa: S101 - begun
        stored = None if self._is_live else self._stored
        if stored is None:
            error = self._live.exception()
            if error is not None and not isinstance(error, MistError):
                raise error
            return error or self._live.result()
        self._live.add_done_callback(self._hand_on)
        return stored

    def give_up(self, seconds: float) -> MistError:
        """Why it is left out; its answer goes to `late`, too."""
        assert self._live is not None  # noqa: S101 - begun
        self._live.add_done_callback(self._hand_on)
        return UnavailableError(
            f"{self.name} has not answered within {seconds:.0f} s.", "It is still being asked: the same line again."
        )

    @property
    def _is_live(self) -> bool:
        return self._live is not None and self._live.done()

    @property
    def _stored(self) -> T | None:
        done = self._moment is not None and self._moment.done()
        return self._moment.result() if done and self._moment and self._moment.exception() is None else None

    def _hand_on(self, done: Future[T]) -> None:
        if done.exception() is None:
            with suppress(Exception):  # whoever asked may have closed by now
                self.late(done.result())


def ask_all(questions: Sequence[Question[T]], what: str, waits: Waits = Waits()) -> list[T | MistError]:
    """What each answers, in their order. Raises what is no error of ours, and StoppedError on a worker that is told."""
    began = waits.clock()
    for question in questions:
        question.begin()
    is_said = False
    while waiting := [question for question in questions if not question.has_answer]:
        seconds = waits.clock() - began
        if seconds >= waits.stored_s:
            for question in waiting:
                question.look_stored()
        if seconds >= waits.said_s and not is_said:
            is_said = True
            say(f"Waiting for {what} of {', '.join(question.name for question in waiting)} …")
        if seconds >= (waits.others_s if len(waiting) < len(questions) else waits.most_s):
            break
        wait([future for question in waiting for future in question.futures], timeout=STEP_S)
        _stop_if_told()
    seconds = waits.clock() - began
    return [question.answer() if question.has_answer else question.give_up(seconds) for question in questions]


def waited(call: Callable[[], T], what: str, waits: Waits = Waits()) -> T:
    """What the call gives, waited for in the same way."""
    (answer,) = ask_all([Question(what, call)], "the answer", waits)
    if isinstance(answer, MistError):
        raise answer
    return answer


def _begun(work: Callable[[], T]) -> Future[T]:
    """The work on a thread of its own, which keeps no kernel from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    _asking.start(run, "mist-ask")
    return future


def settle(seconds: float) -> None:
    """Wait so long at most until nothing is being asked any more: once its connections are closed, that is at once."""
    _asking.join(seconds)


def _stop_if_told() -> None:
    stop = of_this_thread()
    if stop is not None and stop.is_said:
        raise StoppedError
