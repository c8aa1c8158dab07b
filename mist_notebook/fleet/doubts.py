"""What a person should know of what was made from here, after a look: what is in doubt, gone, or over its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from mist_notebook.client.backend import Backend
from mist_notebook.client.session import Session
from mist_notebook.ground.errors import MistError
from mist_notebook.provision.journal import DOUBTFUL, Journal, Record
from mist_notebook.provision.lookup import exists, settle
from mist_notebook.records.model import Listing
from mist_notebook.records.model import Machine as MachineRecord


def notes(session: Session, parts: Sequence[Listing[Any]]) -> tuple[str, ...]:
    """What a person should know of what was made from here, after a look at what is in doubt; expired ones first."""
    journal = session.client.journal
    journal.drop_orphans()
    found: list[str] = []
    for part in parts:
        there = {machine.id: machine for machine in part.records if exists(machine)}
        backend = session.client.backends[part.backend.id]
        for record in journal.opened():
            if record.backend != part.backend.id:
                continue
            machine = there.get(record.machine_id or "")
            if machine is not None and record.state not in DOUBTFUL:
                is_new = (journal.seconds_since(record, "sent") or 0.0) < backend.adapter.sees_new_after_s
                found[:0] = _over_time(record, machine, may_come=is_new)
            elif record.state != "intent":
                found.append(_settled(backend, session.client.journal_of(backend), record))
    return (*found, *(_broken(problem.file, problem.why) for problem in journal.broken()), *journal.notes)


def _over_time(record: Record, machine: MachineRecord, *, may_come: bool) -> list[str]:
    """A note where its time limit has passed, or where one was asked for and isn't there."""
    if machine.expires is not None and machine.expires < datetime.now(UTC):
        over = f"'{record.name}' ({record.backend_name}/{machine.id}) is over its time limit and still {machine.state}"
        return [f"{over}: %mist destroy {record.name} --yes {record.name}"]
    if record.spec.get("hours") and machine.expires is None and not may_come:
        return [
            f"No time limit is active for '{record.name}' ({record.backend_name}/{machine.id}), though one was asked."
        ]
    return []


def _settled(backend: Backend, journal: Journal, record: Record) -> str:
    """What a look at one record's backend says of it."""
    try:
        after, machine = settle(backend.adapter, journal, record)
    except MistError as error:
        return " ".join(part for part in (error.message, error.hint) if part)
    if machine is not None:
        return f"'{record.name}' was in doubt, and is there: {backend.name}/{machine.id}."
    if not after.is_open:
        return f"'{record.name}' ({record.machine_id}) is gone: {backend.name} lists it no more."
    forget = f"If it never came: %mist journal --forget {record.op[:8]}"
    return f"'{record.name}' was asked for, and {backend.name} doesn't list it just now; it may cost. {forget}"


def _broken(file: str, why: str) -> str:
    return f"One journal record can't be read: {file} ({why}). It is kept. %mist journal --repair looks what is there."
