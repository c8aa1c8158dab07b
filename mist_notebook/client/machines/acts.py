"""Starting, stopping, rebooting and destroying: asked for once, then looked at until it is so, step by step.

What the request was answered with doesn't decide: a fresh look does. An action that a service took goes on by itself,
so that watching can stop at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    CloudLoginError,
    JournalError,
    MistError,
    ProvisionError,
    UnavailableError,
)
from mist_notebook.ground.stopping import pause
from mist_notebook.provision.lookup import exists
from mist_notebook.records.model import Machine, Step

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.provision.journal import Journal, Record

DESTROYING = "destroying"
UNWRITTEN = "unwritten"  # the step that says what the journal lacks
_UP = ("running", "normal", "succeeded")
_FRACTIONS = {"asked": 0.3, "done": 1.0}
_GOALS = {"start": _UP, "stop": ("stopped", "suspended", "paused"), "reboot": _UP}
_DONE = {"start": "started", "stop": "stopped", "reboot": "rebooted", "destroy": "destroyed"}
_LEAVING = (DESTROYING, "stopping", "shutting-down", "pending", "deleting", "terminating", "deleted")
_NO_ANSWER = (ApiError, AuthError, UnavailableError)
_SURE_LOOKS = 3  # so many looks in a row without it, after it was asked to go
_SURE_S = 15.0  # and over so long, where it is not known whether that was heard


@dataclass(frozen=True)
class Pace:
    """How long an action is waited for, and how often is looked: soon at first, then every 5 s."""

    patience_s: float = 600.0
    doubt_s: float = 30.0
    first_s: float = 0.2
    longest_s: float = 5.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = pause


def act(adapter: Adapter, machine: Machine, action: str, pace: Pace) -> Iterator[Step]:
    """The steps of `start`, `stop` or `reboot`: the request, then looks; the last step has the machine as it is then.

    A patience that ends is no error: the last step says how it stands.
    """
    watch = _Watch(adapter, machine, pace)
    adapter.act(machine, action)
    yield watch.step("asked", f"{adapter.info.name} was asked to {action} {machine.name}.", machine)
    while not watch.is_over:
        seen = watch.look()
        machine = seen or machine
        if seen is not None and seen.state in _GOALS[action]:
            yield watch.step("done", f"{machine.name} is {_DONE[action]}: it is {machine.state}.", machine)
            return
        yield watch.step("waiting", f"{watch.words(machine)}, {action} was asked for.", machine)
        watch.rest()
    yield watch.step("waiting", f"{watch.words(machine)} after {pace.patience_s:.0f} s; %mist machines.", machine)


def destroy(adapter: Adapter, machine: Machine, journal: Journal, kept: Record | None, pace: Pace) -> Iterator[Step]:
    """The steps of an end: the request, `destroying`, gone. Written to the journal where that can be written.

    Raises ProvisionError where it is there all the same, or where nothing can tell; AuthError where nobody was asked.
    """
    watch, notes = _Watch(adapter, machine, pace), _Notes(journal)
    kept = notes.noted(kept, DESTROYING)
    trouble: MistError | None = None
    try:
        adapter.act(machine, "destroy")
    except (AuthError, CloudLoginError) as error:
        still = f"'{machine.name}' was not destroyed, and goes on costing: {error.message}"
        raise type(error)(still, error.hint) from None
    except _NO_ANSWER as error:
        trouble = error
    else:
        kept = notes.noted(kept, DESTROYING, going=True)
    said = f"{adapter.info.name} was asked to destroy {machine.name}." if trouble is None else trouble.message
    yield watch.step(DESTROYING, said, machine)
    yield from _until_gone(watch, machine, trouble, kept)
    notes.noted(kept, "gone")
    with suppress(MistError):  # what can't be removed now is a leftover, which a sweep finds
        adapter.tidy(machine)
    if notes.failed:
        yield watch.step(UNWRITTEN, notes.said(machine), replace(machine, state="terminated"))


def limited(adapter: Adapter, machine: Machine, pace: Pace) -> Machine:
    """The machine once its time limit can be read: services write that last. Without one, where patience ends."""
    watch = _Watch(adapter, machine, pace)
    while machine.expires is None and exists(machine) and watch.seconds < adapter.sees_new_after_s:
        watch.rest()
        machine = watch.look() or machine
    return machine


def _until_gone(watch: _Watch, machine: Machine, trouble: MistError | None, kept: Record | None) -> Iterator[Step]:
    """Looks until it is gone; ProvisionError with how it stands where that can't be seen."""
    pace = watch.pace
    seen: Machine | None = machine
    while True:
        fresh, answered = watch.look_for()
        if answered:
            seen = fresh
        is_missed = watch.missed >= _SURE_LOOKS and (trouble is None or watch.missed_s >= _SURE_S)
        if is_missed or (answered and seen is not None and not exists(seen)):
            words = f"{machine.name} ({machine.id}) is gone: {watch.adapter.info.name} says so."
            yield watch.step("done", words, replace(machine, state="terminated"))
            return
        is_leaving = trouble is None or (seen is not None and seen.state in _LEAVING) or watch.missed > 0
        if watch.seconds >= (pace.patience_s if is_leaving else pace.doubt_s):
            raise _not_gone(watch, machine, seen, trouble, kept)
        yield watch.step(DESTROYING, watch.words(replace(seen or machine, state=DESTROYING)), seen or machine)
        watch.rest()


def _not_gone(
    watch: _Watch, machine: Machine, seen: Machine | None, trouble: MistError | None, kept: Record | None
) -> ProvisionError:
    """What is so, as far as anybody can tell, what it costs, and what to do."""
    price = machine.price
    hourly, currency = (kept.price_hourly, "USD") if kept else (price.hourly, price.currency or "USD")
    cost = f"goes on costing {hourly:.4f} {currency} an hour" if hourly is not None else "may go on costing"
    why = f" {trouble.message}" if trouble else ""
    if watch.failed:
        return ProvisionError(
            f"Whether '{machine.name}' ({machine.id}) is gone is not known: {watch.failed}{why}",
            f"Until it is, it {cost}. %mist machines looks again; the same line asks once more.",
        )
    state = seen.state if seen else machine.state
    return ProvisionError(
        f"'{machine.name}' ({machine.id}) is still there ({state}) and {cost}.{why}",
        "Ask again with the same line, or end it in the provider's own console.",
    )


class _Notes:
    """What is written to the journal meanwhile; ending a machine doesn't hang on whether that can be written."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.failed: JournalError | None = None  # why the last one could not be written

    def noted(self, kept: Record | None, state: str, **known: bool) -> Record | None:
        """The record in that state."""
        if kept is None or not kept.is_open:
            return kept
        try:
            kept = self._journal.advance(kept, state, **known)
            self.failed = None
        except JournalError as error:
            self.failed = error
        return kept

    def said(self, machine: Machine) -> str:
        """That the journal still has it, and until when."""
        why = self.failed.message if self.failed else ""
        return f"{why} There '{machine.name}' still counts, until a look finds that it can be written again."


class _Watch:
    """Looks at one machine, and the steps that they make."""

    def __init__(self, adapter: Adapter, machine: Machine, pace: Pace) -> None:
        self.adapter, self.pace = adapter, pace
        self.failed = ""  # why the last look failed
        self.missed = 0  # complete looks in a row that lacked it
        self._id, self._name = machine.id, machine.name
        self._last_seen_s = 0.0
        self._began = pace.clock()
        self._rest_s = pace.first_s

    @property
    def seconds(self) -> float:
        return self.pace.clock() - self._began

    @property
    def missed_s(self) -> float:
        """Since it was last seen."""
        return self.seconds - self._last_seen_s

    @property
    def is_over(self) -> bool:
        return self.seconds >= self.pace.patience_s

    def look(self) -> Machine | None:
        return self.look_for()[0]

    def look_for(self) -> tuple[Machine | None, bool]:
        """The machine as it is now, and whether the service answered at all."""
        try:
            found = self.adapter.get_machine(self._id)
        except AuthError as error:
            raise AuthError(
                f"'{self._name}' ({self._id}): it was asked for, and how it is now can't be seen: {error.message}",
                f"While it is there, it may cost. {error.hint} Then %mist machines shows how things are.",
            ) from None
        except _NO_ANSWER as error:
            self.failed = error.message
            return None, False
        self.failed = ""
        self.missed = 0 if found is not None else self.missed + 1
        self._last_seen_s = self.seconds if found is not None else self._last_seen_s
        return found, True

    def rest(self) -> None:
        self.pace.sleep(self._rest_s)
        self._rest_s = min(self._rest_s * 1.5, self.pace.longest_s)

    def words(self, machine: Machine) -> str:
        return f"The last look failed: {self.failed}" if self.failed else f"{machine.name} is {machine.state}"

    def step(self, state: str, message: str, machine: Machine) -> Step:
        fraction = _FRACTIONS.get(state, 0.6)
        return Step(state=state, message=message, fraction=fraction, seconds=self.seconds, machine=machine)
