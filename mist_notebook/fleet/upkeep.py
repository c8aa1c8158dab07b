"""Mending the journal by hand: closing a record whose machine never came, and setting aside one that can't be read."""

from __future__ import annotations

from typing import Any

from mist_notebook.client.session import Session
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.provision.journal import Record
from mist_notebook.provision.lookup import exists, settle
from mist_notebook.records.model import OP_TAG, Listing

_SHORTEST_OP = 4


def forget(session: Session, op: str) -> str:
    """Close the record of that operation, after a look: what is still there is destroyed, not forgotten."""
    journal = session.client.journal
    record = journal.by_op(op) if len(op) >= _SHORTEST_OP else None
    if record is None:
        known = [kept.op[:8] for kept in journal.opened()]
        raise NotFoundError(f"No operation '{brief(op)}'.", did_you_mean(op, known, "open operation"))
    if not record.is_open:
        raise BadValueError(
            f"The record of '{record.name}' ({op}) is {record.state}: it is closed.", "Nothing changed."
        )
    record = _looked_for(session, record)
    if record.is_open:
        record = journal.advance(record, "forgotten", note="closed by a person")
    return f"The record of '{record.name}' ({record.op[:8]}) is closed: {record.state}."


def _looked_for(session: Session, record: Record) -> Record:
    """The record after a look at its backend, if that is still there; refuses one whose machine is there."""
    backend = session.client.backends.get(record.backend)
    if backend is None:
        return record
    try:
        after, machine = settle(backend.adapter, session.client.journal_of(backend), record)
    except MistError:
        return record
    if machine is not None:
        raise BadValueError(
            f"'{record.name}' is there ({backend.name}/{machine.id}, {machine.state}), and would go on costing.",
            f"Destroy it: %mist destroy {backend.name}/{machine.id} --yes {record.name}",
        )
    return after


def repair(session: Session) -> list[str]:
    """Set aside the records that can't be read, after all machines were listed; what may be theirs is named."""
    journal = session.client.journal
    broken = journal.broken()
    if not broken:
        return ["Every record can be read: there is nothing to repair."]
    parts, failed = session.machines(list(session.client.backends.values()))
    if failed:
        backend, error = failed[0]
        raise BadValueError(
            f"Nothing was repaired: {backend.name} did not list its machines ({error.message})",
            "What a broken record stands for could be there. Try again.",
        )
    for problem in broken:
        journal.set_aside(problem)
    unknown = _unknown(parts, {record.op for record in journal.records()})
    return [
        f"{len(broken)} record{'s' * (len(broken) != 1)} set aside, and kept.",
        *(unknown or ["No machine is without a record."]),
    ]


def _unknown(parts: list[Listing[Any]], ops: set[str]) -> list[str]:
    """A line for each machine that carries an operation's tag, and no record of ours does."""
    return [
        f"{part.backend.name}/{machine.id} ('{machine.name}', {machine.state}) was made by {op[:8]}, of which there is "
        "no record that can be read: to destroy it, add --not-mine."
        for part in parts
        for machine in part.records
        for name, op in machine.tags
        if name == OP_TAG and op not in ops and exists(machine)
    ]
