"""How a provision is to go, and its steps: what is being waited for, and until when."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mist_notebook.backends.base import Adapter
from mist_notebook.ground import moments
from mist_notebook.ground.stopping import pause
from mist_notebook.records.model import Machine, ProbeReport, Step

from . import guard
from .record import Record

_FRACTIONS = {"validated": 0.05, "recorded": 0.1, "submitted": 0.3, "pending": 0.5, "running": 0.7, "probed": 1.0}
_FIRST_REST_S = 0.1
_GROWTH = 1.5

Looks = Generator[ProbeReport, None, ProbeReport]
Steps = Callable[..., Step]


@dataclass(frozen=True)
class Course:
    """How a provision is to go: the guard's limits, what was accepted, how long to wait, and how to probe.

    With `waits_for_login` a token that is refused meanwhile pauses it until there is another one, instead of ending it.
    Probed once (`probe`), or until it answers: `looks` yields what another look will follow, and returns the last one.
    `probe_about` says how it is probed, and how long that may take, in words.
    """

    limits: guard.Limits
    beside: Callable[[], Sequence[Record]] = tuple  # what is open on other accounts, and counts too
    accept_unknown_price: bool = False
    wait_s: float = 600.0
    probe: Callable[[Machine], ProbeReport] | None = None
    looks: Callable[[Machine], Looks] | None = None
    probe_about: str = ""
    look_every_s: float = 2.0
    waits_for_login: bool = False
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = pause


def steps_of(course: Course) -> Steps:
    """What makes this provision's steps, with the seconds since now."""
    began = course.clock()

    def step(state: str, message: str, machine: Machine | None = None, report: ProbeReport | None = None) -> Step:
        seconds = course.clock() - began
        fraction = _FRACTIONS[state]
        return Step(state=state, message=message, fraction=fraction, seconds=seconds, machine=machine, report=report)

    return step


class Rests:
    """The pauses between looks: short at first, as many a machine is up at once; soon as long as the course says."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._next_s = min(_FIRST_REST_S, course.look_every_s)

    def rest(self) -> None:
        """Sleep until the next look is due."""
        self._course.sleep(self._next_s)
        self._next_s = min(self._next_s * _GROWTH, self._course.look_every_s)


class Patience:
    """How long something is waited for: its end as the person sees it, by the service's clock."""

    def __init__(self, adapter: Adapter, course: Course, seconds: float) -> None:
        self._course = course
        self._end = course.clock() + seconds
        self.until = f"until {moments.time_of_day(adapter.now() + timedelta(seconds=seconds))} at the longest"

    @property
    def is_over(self) -> bool:
        return self._course.clock() >= self._end
