"""Work in a child process that shares nothing but the disk, and that can be killed at any step of its file work.

A step is a look at or a change of a file below a folder: the child sends itself SIGKILL just before the n-th one.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

_EVENTS = {"open", "os.link", "os.remove", "os.rename", "os.mkdir", "os.chmod", "os.listdir", "os.scandir"}


@dataclass(frozen=True)
class Ended:
    """How a child ended: its value, or the error that ended its work, or killed."""

    value: Any = None
    error: BaseException | None = None
    killed: bool = False


@dataclass
class Child:
    """A child at work."""

    pid: int
    answers: int

    def end(self) -> Ended:
        """Wait for it."""
        with os.fdopen(self.answers, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        assert code in (0, -signal.SIGKILL), f"the child ended with {code}"
        return Ended(killed=True) if code else pickle.loads(said)


def start(work: Callable[[], Any], *, kill_at: int = 0, below: Path = Path("/")) -> Child:
    """Start the work; what it gives or raises has to be picklable, or its error is its text."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    try:
        os.close(reading)
        if kill_at:
            _kill_at(kill_at, str(below))
        ended = _done(work)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(ended))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(3)


def run(work: Callable[[], Any], *, kill_at: int = 0, below: Path = Path("/")) -> Ended:
    """Do the work in a child, and wait for it."""
    return start(work, kill_at=kill_at, below=below).end()


def together(works: list[Callable[[], Any]]) -> list[Ended]:
    """All at once: no child begins before all are there."""
    reading, writing = os.pipe()

    def waiting(work: Callable[[], Any]) -> Callable[[], Any]:
        def begin() -> Any:
            os.close(writing)
            os.read(reading, 1)
            return work()

        return begin

    children = [start(waiting(work)) for work in works]
    os.close(reading)
    os.close(writing)
    return [child.end() for child in children]


def killed_at_each_step(work: Callable[[int], Any], below: Path) -> Iterator[int]:
    """Kill a child before its first step, another before its second, and so on until one gets through."""
    for number in count(1):
        ended = run(lambda number=number: work(number), kill_at=number, below=below)
        yield number
        if not ended.killed:
            return


def _done(work: Callable[[], Any]) -> Ended:
    try:
        return Ended(value=work())
    except BaseException as error:
        error.__cause__ = error.__context__ = None
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            return Ended(error=RuntimeError(f"{type(error).__name__}: {error}"))
        return Ended(error=error)


def _kill_at(number: int, below: str) -> None:
    steps = count(1)

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        is_step = event in _EVENTS and str(arguments[0]).startswith(below)
        if is_step and next(steps) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
