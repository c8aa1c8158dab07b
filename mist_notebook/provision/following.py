"""Following a machine from its request until it runs and answers a probe; whoever watches can stop watching."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, suppress

from msgspec.structs import replace

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AuthError, JournalError, ProvisionError
from mist_notebook.records.model import Machine, ProbeReport, Step

from .asking import NO_ANSWER, can_log_in_again, login_again
from .course import Course, Patience, Rests, Steps
from .journal import Journal, Record
from .lookup import exists, mark_of, settle

_UP = ("running", "normal", "succeeded")
_NEVER_UP = ("error", "failed")
_SILENT_S = 60.0  # a service that doesn't say how its machine is, and gave it an address, says no more than that


def followed(
    adapter: Adapter, journal: Journal, record: Record, machine: Machine, course: Course, step: Steps
) -> Generator[Step, None, Machine]:
    """The machine once it runs; it is looked for by its tag first, as its id may change."""
    patience, silence = Patience(adapter, course, course.wait_s), Patience(adapter, course, _SILENT_S)
    what, rests = f"it is {machine.state}", Rests(course)
    while not _is_up(machine, silence):
        yield step("pending", f"{machine.name} isn't up: {what}; waiting for it to run, {patience.until}.", machine)
        if machine.state in _NEVER_UP:
            raise ProvisionError(f"{machine.name} ({machine.id}) is {machine.state}.", "See %mist machines.")
        if patience.is_over:
            raise ProvisionError(
                f"{machine.name} ({machine.id}) is still {machine.state} after {course.wait_s:.0f} s.",
                "It may be billed. See %mist machines; to end it: %mist destroy",
            )
        rests.rest()
        try:
            record, found = _looked_at(adapter, journal, record)
        except AuthError as error:
            what = f"'{machine.name}' ({machine.id})"
            yield from login_again(adapter, course, step, what, error, "pending", machine)
            patience, what = Patience(adapter, course, course.wait_s), f"it was {machine.state}"
            continue
        except (*NO_ANSWER, JournalError) as error:
            what = f"the last look failed ({error.message})"
            continue
        if not record.is_open:
            raise _gone(machine, record)
        machine = found or machine
        what = f"it is {machine.state}" if found else f"{adapter.info.name} doesn't list it just now"
    yield step("running", _where(machine, course), machine)
    return machine


def probed(
    adapter: Adapter, journal: Journal, record: Record, machine: Machine, course: Course, step: Steps
) -> Iterator[Step]:
    """The machine's last step: what its probe says, where one was asked for."""
    report = yield from _asked(adapter, machine, course, step)
    if report is None:
        return
    if report.outcome == "ok":
        with suppress(JournalError):  # a record that stays `created` misses nothing that matters
            journal.advance(record, "ready")
    said = f"ok: {report.detail}" if report.outcome == "ok" and report.detail else f"{report.outcome}."
    yield step("probed", f"The probe says {said}", machine, report)


def _asked(
    adapter: Adapter, machine: Machine, course: Course, step: Steps
) -> Generator[Step, None, ProbeReport | None]:
    """The report of its probe, asked again once another login is there."""
    while True:
        try:
            return (yield from _report(machine, course, step))
        except NO_ANSWER as error:
            if isinstance(error, AuthError) and can_log_in_again(adapter, course):
                what = f"'{machine.name}' ({machine.id})"
                yield from login_again(adapter, course, step, what, error, "running", machine)
                continue
            raise ProvisionError(
                f"{machine.name} ({machine.id}) runs, and costs; its probe had no answer: {error.message}",
                f"Look again: %mist probe {machine.name}",
            ) from None


def _report(machine: Machine, course: Course, step: Steps) -> Generator[Step, None, ProbeReport | None]:
    """The last look at it; a step for each before it that saw something new."""
    if course.looks is None:
        return course.probe(machine) if course.probe is not None else None
    told = ""
    with closing(course.looks(machine)) as looks:
        while True:
            try:
                report = next(looks)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            if told != (told := f"Not yet ok ({report.outcome}): {report.detail}"):
                yield step("running", told, machine)


def _looked_at(adapter: Adapter, journal: Journal, record: Record) -> tuple[Record, Machine | None]:
    """One machine is asked for where its service lists it; only what it lacks, or ends, is looked for among all."""
    machine = adapter.get_machine(record.machine_id) if record.machine_id else None
    if machine is not None and exists(machine) and record.missed is None and mark_of(machine) in ("", record.op):
        return replace(record, seen=True), machine
    return settle(adapter, journal, record)


def _is_up(machine: Machine, silence: Patience) -> bool:
    has_address = bool(machine.public_ips or machine.private_ips)
    return machine.state in _UP or (machine.state.startswith("unknown") and has_address and silence.is_over)


def _where(machine: Machine, course: Course) -> str:
    runs = f"{machine.name} runs at {', '.join(machine.public_ips) or 'no public address'}."
    is_probed = course.probe is not None or course.looks is not None
    return f"{runs} Waiting for it to answer, {course.probe_about}." if is_probed and course.probe_about else runs


def _gone(machine: Machine, record: Record) -> ProvisionError:
    why = "is terminated." if record.note == "" else f"is gone: {record.note}."
    return ProvisionError(
        f"{machine.name} ({machine.id}) {why}", "It was not destroyed from here. The same line again makes a new one."
    )
