"""Create a machine and follow it until it answers: a generator of steps, that whoever watches can stop watching.

The request is recorded before it is sent, sent once, and looked up when in doubt; it is never repeated. Time is a
parameter, the probe too: it blocks until the machine answers or its own bound is reached.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import BadValueError, MistError, ProvisionError
from mist_notebook.ground.text import brief
from mist_notebook.records.model import Machine, MachineSpec, Step

from . import guard
from .asking import ask, forgetting, look_for
from .course import Course, Steps, steps_of
from .following import followed, probed
from .journal import Journal, Record, kept
from .lookup import exists, returned, settle

__all__ = ["Course", "provision", "settle"]

_LOOK_EVERY_S = 2.0
_RESTING = ("stopping", "stopped", "suspended", "paused")


def provision(adapter: Adapter, spec: MachineSpec, journal: Journal, course: Course) -> Iterator[Step]:
    """The steps from a spec to a machine that answers a probe; the last one holds the machine and the report.

    An open record with the same spec gives that machine, and nothing is sent. Raises LimitError, BadValueError and
    JournalError before anything is sent, RefusedError where nothing was made for certain, and ProvisionError or
    AmbiguousError with what may be running after that.
    """
    course = replace(course, look_every_s=min(course.look_every_s, _LOOK_EVERY_S))
    step = steps_of(course)
    guard.check_hours(spec.hours)
    journal.check()
    journal.drop_orphans()
    yield step("validated", f"{spec.name}: {spec.size.name}, {spec.image.name}.")
    found: tuple[Record, Machine] | None = None
    while found is None:
        record = journal.find(spec.backend.id, spec.name)
        if record is not None:
            found = yield from _already_there(adapter, spec, journal, record, course, step)
            continue
        found = yield from _made(adapter, spec, journal, course, step)
        if found is not None:
            yield step("submitted", _taken(adapter, journal, *found), found[1])
            yield from _up(adapter, journal, *found, course, step)
            return
    yield step("submitted", f"It was already asked for: {found[1].id}. Nothing was sent.", found[1])
    if found[1].state not in _RESTING:
        yield from _up(adapter, journal, *found, course, step)


def _up(
    adapter: Adapter, journal: Journal, record: Record, machine: Machine, course: Course, step: Steps
) -> Iterator[Step]:
    machine = yield from followed(adapter, journal, record, machine, course, step)
    yield from probed(adapter, journal, record, machine, course, step)


def _made(
    adapter: Adapter, spec: MachineSpec, journal: Journal, course: Course, step: Steps
) -> Generator[Step, None, tuple[Record, Machine] | None]:
    """The machine that one request makes; `None`, and nothing is sent, if its name has an open record by now.

    Whatever ends it before the request, an interrupt or a closed generator too, closes the record.
    """
    guard.check_price(spec, accepted=course.accept_unknown_price)
    new = record_of(spec, journal)
    try:
        record = journal.open(new)
        if record.op != new.op:
            return None
        before = _ids_before(adapter, spec, journal)
        if before is None:
            journal.advance(record, "dropped", note="its name's earlier machine was listed again")
            return None
        guard.check_total(record, (*journal.opened(), *course.beside()), course.limits)
        yield step("recorded", f"Recorded as {record.op[:8]}, before anything is sent.")
        record = journal.advance(record, "sent")
    except BaseException as error:
        with suppress(MistError):
            journal.advance(new, "dropped")
        if isinstance(error, KeyboardInterrupt):
            error.add_note(f"Nothing was sent for '{spec.name}'.")
        raise
    return (yield from ask(adapter, spec, journal, record, before, course, step))


def record_of(spec: MachineSpec, journal: Journal) -> Record:
    """The record that a request for this would have; nothing is written yet."""
    return journal.new(
        backend=spec.backend.id,
        backend_name=spec.backend.name,
        name=spec.name,
        spec=spec.plain(),
        login=spec.login,
        **guard.counted(spec),
    )


def _ids_before(adapter: Adapter, spec: MachineSpec, journal: Journal) -> set[str] | None:
    """The machines that are there; refuses a name that is in use, as a unique one makes a look-up decisive.

    Asked once our record stands: from then on no other kernel of this account makes one of that name. What the journal
    took for ended, and is there, counts again; `None` if that is the machine of this very name.
    """
    listing = adapter.list_machines()
    if any(record.name == spec.name for record in returned(journal, listing)):
        return None
    taken = [machine.id for machine in listing.records if machine.name == spec.name and exists(machine)]
    if taken:
        raise BadValueError(
            f"{spec.backend.name} already has a machine named '{spec.name}' ({taken[0]}), not made from here.",
            "Nothing was created. Choose another name, or add --unique.",
        )
    return {machine.id for machine in listing.records}


def _taken(adapter: Adapter, journal: Journal, record: Record, machine: Machine) -> str:
    """That the service took it; and what else that one request made."""
    more = [other.machine_id for other in journal.opened() if other.tag == record.op]
    passed = f" ({record.passed})" if record.passed else ""
    said = f"{adapter.info.name} took it as {machine.id}{passed}."
    if not more:
        return said
    ids = ", ".join(str(one) for one in more)
    return f"{said} One request made more: {ids} too. All are yours, and cost: destroy what you don't need."


def _already_there(
    adapter: Adapter, spec: MachineSpec, journal: Journal, record: Record, course: Course, step: Steps
) -> Generator[Step, None, tuple[Record, Machine] | None]:
    """An open record and its machine, if it was asked for with this very spec; no machine if that has gone."""
    record, machine = yield from look_for(adapter, journal, record, course, step, record.note)
    if not record.is_open:
        return None
    _check_same(spec, record)
    if machine is not None:
        return record, machine
    if record.state == "intent":
        raise ProvisionError(
            f"'{spec.name}' is being asked for by another kernel, or one that ended (process {record.pid}).",
            f"Nothing was sent. Run it again; if it stays so: %mist journal --forget {record.op[:8]}",
        )
    raise ProvisionError(
        f"'{spec.name}' was asked for, and {adapter.info.name} doesn't list it (yet). {record.note}".rstrip(),
        f"Nothing was sent. Look again later: %mist journal ({record.op[:8]}).{forgetting(journal, record)}",
    )


def _check_same(spec: MachineSpec, record: Record) -> None:
    """Refuse what differs from what was asked for; nobody knows what a machine was that a person adopted."""
    asked = kept(spec.plain())
    differing = [name for name in asked | record.spec if record.spec and record.spec.get(name) != asked.get(name)]
    if differing:
        both = (
            f"{name} {brief(str(record.spec.get(name)))} then, {brief(str(asked.get(name)))} now" for name in differing
        )
        raise BadValueError(
            f"'{spec.name}' was already asked for, otherwise: {'; '.join(both)}.",
            "Nothing changed. Add --another for a second machine, or choose another name.",
        )
