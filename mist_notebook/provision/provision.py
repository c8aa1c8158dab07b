"""Create a machine and follow it until it answers: a generator of steps, that whoever watches can stop watching.

The request is recorded before it is sent, sent once, and looked up when in doubt; it is never repeated. Time is a
parameter, the probe too: it blocks until the machine answers or its own bound is reached.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from msgspec.structs import replace

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    BadValueError,
    JournalError,
    MistError,
    ProvisionError,
    UnavailableError,
)
from mist_notebook.ground.text import brief
from mist_notebook.records.model import Machine, MachineSpec, ProbeReport, Step

from . import guard
from .journal import Journal, Record, kept
from .lookup import exists, settle

__all__ = ["Course", "provision", "settle"]

_LOOKS = 3
_LOOK_EVERY_S = 2.0
_UP = "running"
_NEVER_UP = ("terminated", "error", "failed")
_RESTING = ("stopping", "stopped", "suspended", "paused")
_NO_ANSWER = (ApiError, AuthError, UnavailableError)
_FRACTIONS = {"validated": 0.05, "recorded": 0.1, "submitted": 0.3, "pending": 0.5, "running": 0.7, "probed": 1.0}

_Steps = Callable[..., Step]


@dataclass(frozen=True)
class Course:
    """How a provision is to go: the guard's limits, what was accepted, how long to wait, and how to probe."""

    limits: guard.Limits
    beside: Callable[[], Sequence[Record]] = tuple  # what is open on other accounts, and counts too
    accept_unknown_price: bool = False
    wait_s: float = 600.0
    probe: Callable[[Machine], ProbeReport] | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


def provision(adapter: Adapter, spec: MachineSpec, journal: Journal, course: Course) -> Iterator[Step]:
    """The steps from a spec to a machine that answers a probe; the last one holds the machine and the report.

    An open record with the same spec gives that machine, and nothing is sent. Raises LimitError, BadValueError and
    JournalError before anything is sent, and ProvisionError or AmbiguousError with what may be running after that.
    """
    step = _timed(course)
    guard.check_hours(spec.hours)
    journal.check()
    journal.drop_orphans()
    yield step("validated", f"{spec.name}: {spec.size.name}, {spec.image.name}.")
    machine = None
    while machine is None:
        record = journal.find(spec.backend.id, spec.name)
        if record is None:
            machine = yield from _made(adapter, spec, journal, course, step)
            continue
        machine = _already_there(adapter, spec, journal, record, course)
        if machine is not None:
            yield step("submitted", f"It was already asked for: {machine.id}. Nothing was sent.", machine)
            if machine.state in _RESTING:
                return
    machine = yield from _followed(adapter, machine, course, step)
    yield from _probed(adapter, journal, machine, course, step)


def _timed(course: Course) -> _Steps:
    began = course.clock()

    def step(state: str, message: str, machine: Machine | None = None, report: ProbeReport | None = None) -> Step:
        seconds = course.clock() - began
        fraction = _FRACTIONS[state]
        return Step(state=state, message=message, fraction=fraction, seconds=seconds, machine=machine, report=report)

    return step


def _made(
    adapter: Adapter, spec: MachineSpec, journal: Journal, course: Course, step: _Steps
) -> Generator[Step, None, Machine | None]:
    """The machine that one request makes; `None`, and nothing is sent, if another kernel was faster with its record.

    Whatever ends it before the request, an interrupt or a closed generator too, closes the record.
    """
    guard.check_price(spec, accepted=course.accept_unknown_price)
    new = record_of(spec, journal)
    try:
        record = journal.open(new)
        if record.op != new.op:
            return None
        guard.check_total(record, (*journal.opened(), *course.beside()), course.limits)
        before = _ids_before(adapter, spec)
        yield step("recorded", f"Recorded as {record.op[:8]}, before anything is sent.")
        record = journal.advance(record, "sent")
    except BaseException:
        with suppress(MistError):
            journal.advance(new, "dropped")
        raise
    machine = _submitted(adapter, replace(spec, op=record.op), journal, record, course, before)
    yield step("submitted", f"{adapter.info.name} took it as {machine.id}.", machine)
    return machine


def record_of(spec: MachineSpec, journal: Journal) -> Record:
    """The record that a request for this would have; nothing is written yet."""
    return journal.new(
        backend=spec.backend.id,
        backend_name=spec.backend.name,
        name=spec.name,
        spec=spec.plain(),
        price_hourly=guard.usd_per_hour(spec.size.price),
        currency=spec.size.price.currency,
    )


def _ids_before(adapter: Adapter, spec: MachineSpec) -> set[str]:
    """The machines that are there; refuses a name that is in use, as a unique one makes a look-up decisive.

    Asked once our record stands: from then on no other kernel of this account makes one of that name.
    """
    there = adapter.list_machines().records
    taken = [machine.id for machine in there if machine.name == spec.name and exists(machine)]
    if taken:
        raise BadValueError(
            f"{spec.backend.name} already has a machine named '{spec.name}' ({taken[0]}), not made from here.",
            "Nothing was created. Choose another name, or add --unique.",
        )
    return {machine.id for machine in there}


def _submitted(
    adapter: Adapter, spec: MachineSpec, journal: Journal, record: Record, course: Course, before: set[str]
) -> Machine:
    """The machine that the request made: from its answer, or from a look where the answer leaves doubt."""
    try:
        machine = adapter.submit(spec)
        if not machine.id or machine.id in before:
            raise ApiError(f"{adapter.info.name} answered with a machine that was there before ({machine.id}).")
    except MistError as error:
        return _found_after_doubt(adapter, journal, _doubted(journal, record, error.message), course, error)
    except BaseException as interrupt:
        _doubted(journal, record, "interrupted while it was sent")
        interrupt.add_note(f"'{spec.name}' may have been made. Nothing is sent twice: %mist journal looks for it.")
        raise
    try:
        journal.advance(record, "created", machine_id=machine.id)
    except JournalError as error:
        raise ProvisionError(f"'{spec.name}' was made ({machine.id}). {error.message}", error.hint) from None
    return machine


def _doubted(journal: Journal, record: Record, why: str) -> Record:
    """The record marked as unknown; `sent`, which is no less in doubt, where that can't be written."""
    with suppress(JournalError):
        return journal.advance(record, "unknown", note=why)
    return record


def _found_after_doubt(adapter: Adapter, journal: Journal, record: Record, course: Course, error: MistError) -> Machine:
    _, machine = _looked_for(adapter, journal, record, course)
    if machine is None:
        raise ProvisionError(
            f"'{record.name}' may or may not exist: {error.message}",
            f"%mist journal looks again; nothing is sent twice. Not made? %mist journal --forget {record.op[:8]}",
        )
    return machine


def _looked_for(adapter: Adapter, journal: Journal, record: Record, course: Course) -> tuple[Record, Machine | None]:
    """The record and its machine after a few looks; a backend that doesn't answer is asked again."""
    for look in range(_LOOKS):
        if look:
            course.sleep(_LOOK_EVERY_S)
        with suppress(*_NO_ANSWER):
            record, machine = settle(adapter, journal, record)
            if machine is not None or not record.is_open:
                return record, machine
    return record, None


def _already_there(
    adapter: Adapter, spec: MachineSpec, journal: Journal, record: Record, course: Course
) -> Machine | None:
    """The machine of an open record, if it was asked for with this very spec; `None` if it has gone meanwhile."""
    record, machine = _looked_for(adapter, journal, record, course)
    if not record.is_open:
        return None
    _check_same(spec, record)
    if machine is not None:
        return machine
    forget = f"%mist journal --forget {record.op[:8]}"
    if record.state == "intent":
        raise ProvisionError(
            f"'{spec.name}' is being asked for by another kernel, or one that ended (process {record.pid}).",
            f"Nothing was sent. Run it again; if it stays so: {forget}",
        )
    raise ProvisionError(
        f"'{spec.name}' was asked for, and {adapter.info.name} doesn't list it (yet). {record.note}".rstrip(),
        f"Nothing was sent. Look again later: %mist journal. If it never came: {forget}",
    )


def _check_same(spec: MachineSpec, record: Record) -> None:
    asked = kept(spec.plain())
    differing = [name for name in asked | record.spec if record.spec.get(name) != asked.get(name)]
    if differing:
        both = (
            f"{name} {brief(str(record.spec.get(name)))} then, {brief(str(asked.get(name)))} now" for name in differing
        )
        raise BadValueError(
            f"'{spec.name}' was already asked for, otherwise: {'; '.join(both)}.",
            "Nothing changed. Add --another for a second machine, or choose another name.",
        )


def _followed(adapter: Adapter, machine: Machine, course: Course, step: _Steps) -> Generator[Step, None, Machine]:
    """The machine once it runs."""
    end = course.clock() + course.wait_s
    while machine.state != _UP:
        yield step("pending", f"{machine.name} is {machine.state}.", machine)
        if machine.state in _NEVER_UP:
            raise ProvisionError(f"{machine.name} ({machine.id}) is {machine.state}.", "See %mist machines.")
        if course.clock() >= end:
            raise ProvisionError(
                f"{machine.name} ({machine.id}) is still {machine.state} after {course.wait_s:.0f} s.",
                "It may be billed. See %mist machines; to end it: %mist destroy",
            )
        course.sleep(_LOOK_EVERY_S)
        with suppress(*_NO_ANSWER):
            machine = adapter.get_machine(machine.id) or machine
    yield step("running", f"{machine.name} runs at {', '.join(machine.public_ips) or 'no public address'}.", machine)
    return machine


def _probed(adapter: Adapter, journal: Journal, machine: Machine, course: Course, step: _Steps) -> Iterator[Step]:
    if course.probe is None:
        return
    report = course.probe(machine)
    record = journal.of_machine(adapter.info.id, machine.id)
    if report.outcome == "ok" and record is not None:
        with suppress(JournalError):  # a record that stays `created` misses nothing that matters
            journal.advance(record, "ready")
    yield step("probed", f"The probe says {report.outcome}.", machine, report)
