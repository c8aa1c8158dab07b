"""Which machine is a record's, in a fresh listing of its backend: found, gone, or in doubt. Sends nothing.

The operation's tag decides, then the id that the service gave; a name never does, whatever the time. That a listing
lacks a machine proves nothing: it is gone by the service's own word, or when complete listings have lacked it for
minutes. Until then it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError, ApiError, AuthError, JournalError, UnavailableError
from mist_notebook.records.model import OP_TAG, Listing, Machine

from .comeback import reopen, twin
from .journal import DOUBTFUL, Journal, Record

PATIENCE_S = 600.0  # how long a service may take until it lists what it made
ABSENT_S = 180.0  # how long complete listings lack a machine that they once showed, until it is gone


def settle(adapter: Adapter, journal: Journal, record: Record) -> tuple[Record, Machine | None]:
    """The record after one fresh look at its backend, and its machine; only what is certain changes it.

    Raises AmbiguousError, and takes none as ours, where nothing but its name speaks for a machine.
    """
    was_seen, record = record.seen, journal.latest(record)
    if record.state == "intent" or not record.is_open:
        return record, None
    record = replace(record, seen=was_seen or record.seen)
    return seen_in(adapter, journal, record, adapter.list_machines())


def seen_in(
    adapter: Adapter,
    journal: Journal,
    record: Record,
    listing: Listing[Machine],
    opened: Sequence[Record] | None = None,
) -> tuple[Record, Machine | None]:
    """The same, by a listing that was just read; `opened` is what is open by now, where that was read already."""
    machines = _not_others(journal.opened() if opened is None else opened, record, listing.records)
    own = own_of(machines, record)
    if own:
        return _adopted(journal, record, own)
    if record.machine_id is None:
        record = _told(adapter, journal, record)
        if record.is_open and record.machine_id is None:
            _refuse_to_guess(machines, record)
        return record, _as_told(machines, record) if record.is_open and record.machine_id else None
    return _missed(adapter, journal, record, listing), None


def exists(machine: Machine) -> bool:
    """Whether it is more than a memory of the provider's."""
    return machine.state != "terminated"


def mark_of(machine: Machine) -> str:
    """The operation whose tag it carries; nothing if it has none."""
    return next((op for name, op in machine.tags if name == OP_TAG), "")


def own_of(machines: Sequence[Machine], record: Record) -> list[Machine]:
    """The machines of a record, its own first: of its tag, else of its id unless that carries another's tag."""
    by_id = [one for one in machines if one.id == record.machine_id and mark_of(one) in ("", record.tag or record.op)]
    tagged = [] if record.tag else [one for one in machines if mark_of(one) == record.op]
    found = tagged or by_id
    return sorted(found, key=lambda one: (not exists(one), one.id != record.machine_id))


def returned(journal: Journal, listing: Listing[Machine]) -> list[Record]:
    """The records that were ended and are open again, as the listing shows their machine, by its tag or its id."""
    backend = listing.backend.id
    held = {record.machine_id for record in journal.opened() if record.backend == backend}
    loose = [one for one in listing.records if exists(one) and one.id not in held]
    if not loose:
        return []
    ended = [record for record in journal.records() if record.backend == backend and not record.is_open]
    by_op = {record.op: record for record in ended}
    by_id = {record.machine_id: record for record in ended if record.state == "gone"}
    back = []
    for machine in loose:
        mark, known = mark_of(machine), by_id.get(machine.id)
        if known is not None and not _is_the_same(machine, known):
            known = None
        if known := known or by_op.get(mark):
            back.append(reopen(journal, known, machine.id))
    return back


def _is_the_same(machine: Machine, record: Record) -> bool:
    """Whether a machine of a closed record's id is that one; where ids are names, somebody can give one again."""
    mark, gone = mark_of(machine), record.times.get("gone")
    if mark:
        return mark == (record.tag or record.op)
    if machine.created is None or gone is None:
        return not record.going
    return machine.created <= datetime.fromisoformat(gone)


def unknown(journal: Journal, listing: Listing[Machine]) -> list[Machine]:
    """The machines that carry the tag of an operation of which there is no record here."""
    marked = [one for one in listing.records if exists(one) and mark_of(one)]
    known = {record.op for record in journal.records()} if marked else set()
    return [one for one in marked if mark_of(one) not in known]


def _not_others(opened: Sequence[Record], record: Record, machines: Sequence[Machine]) -> list[Machine]:
    """The machines without those that other open records have."""
    others = {one.machine_id for one in opened if one.backend == record.backend and one.op != record.op}
    return [machine for machine in machines if machine.id not in others]


def _adopted(journal: Journal, record: Record, own: Sequence[Machine]) -> tuple[Record, Machine | None]:
    machine, *more = own
    if not exists(machine):
        return journal.advance(record, "gone", machine_id=machine.id, missed=None), None
    known: dict[str, Any] = {"machine_id": machine.id, "seen": True, "missed": None}
    if record.state in DOUBTFUL:
        record = journal.advance(record, "created", **known)
    elif record.machine_id != machine.id or record.missed is not None:
        record = _noted(journal, record, **known)
    record = replace(record, seen=True)
    others = {one.id: one for one in more if exists(one) and one.id != machine.id}  # one that is listed twice is one
    for other in others.values():
        twin(journal, replace(record, name=other.name), other.id, other.created)
    return record, machine


def _told(adapter: Adapter, journal: Journal, record: Record) -> Record:
    """The record by what the service tells of this create, where it tells anything: made, or refused for certain."""
    with suppress(ApiError, AuthError, UnavailableError):
        story = adapter.story(record.op)
        if story is not None and story.machine_id:
            return journal.advance(record, "created", machine_id=story.machine_id)
        if story is not None and story.refused:
            return journal.advance(record, "dropped", note=story.refused)
    return record


def _as_told(machines: Sequence[Machine], record: Record) -> Machine:
    """The machine that a service says it made; it may list it only later."""
    told = Machine(id=record.machine_id or "", name=record.name, state="pending")
    return next(iter(own_of(machines, record)), told)


def _missed(adapter: Adapter, journal: Journal, record: Record, listing: Listing[Machine]) -> Record:
    """The record of a machine that a listing lacks: still there, missed since a moment, or provably gone."""
    if listing.notes:  # incomplete: what is left out may be this one
        return record
    if record.missed is None and not record.going:
        return _noted(journal, record, missed=journal.moment(), seen=record.seen)
    if not record.going and not _was_missed_long(journal, record):
        return record
    again = adapter.list_machines()
    if again.notes or own_of(again.records, record):
        return record
    return journal.advance(record, "gone", note=f"{record.backend_name} lists it no more")


def _was_missed_long(journal: Journal, record: Record) -> bool:
    missed_s = (journal.now() - datetime.fromisoformat(record.missed or journal.moment())).total_seconds()
    was_listed = record.seen or (journal.seconds_since(record, "created") or PATIENCE_S) >= PATIENCE_S
    return missed_s >= ABSENT_S and was_listed


def _noted(journal: Journal, record: Record, **known: Any) -> Record:
    """The record with what a look showed; where that can't be written, it is seen again."""
    with suppress(JournalError):
        return journal.advance(record, record.state, **known)
    return replace(record, **known)


def _refuse_to_guess(machines: Sequence[Machine], record: Record) -> None:
    """Offer what may be the record's, as nothing but its name says so."""
    named = [one for one in machines if one.name == record.name and exists(one) and not mark_of(one)]
    if not named:
        return
    places = ", ".join(one.id for one in named)
    raise AmbiguousError(
        f"Nothing but its name shows that '{record.name}' is what was asked for: {places}.",
        f"It was not taken as ours. If it is: %mist journal --adopt {record.backend_name}/{named[0].id}",
    )
