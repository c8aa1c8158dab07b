"""Mending the journal by hand: closing a record, taking a machine for ours, setting aside what can't be read."""

from __future__ import annotations

from typing import Any

from mist_notebook.client.backend import Backend
from mist_notebook.client.machines.machine import Machine
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.provision import comeback
from mist_notebook.provision.guard import usd_per_hour
from mist_notebook.provision.journal import DOUBTFUL, Journal, Record
from mist_notebook.provision.lookup import PATIENCE_S, mark_of, seen_in, unknown
from mist_notebook.records.model import Listing

from . import inventory
from .doubts import place_of

_SHORTEST_OP = 4


def forget(session: Session, op: str, said: str | None = None) -> str:
    """Close the record of that operation, after a look: what is still there is destroyed, not forgotten.

    What may still come is not closed before its service had its time, unless the person `said` its exact name.
    """
    every = session.client.journal
    record = every.by_op(op) if len(op) >= _SHORTEST_OP else None
    if record is None:
        known = [kept.op[:8] for kept in every.opened()]
        raise NotFoundError(f"No operation '{brief(op)}'.", did_you_mean(op, known, "open operation"))
    if not record.is_open:
        raise BadValueError(
            f"The record of '{record.name}' ({op}) is {record.state}: it is closed.", "Nothing changed."
        )
    if said not in (None, record.name):
        raise BadValueError(
            f"--yes says '{brief(said or '')}'; the record is of '{record.name}'.", "It has to be its exact name."
        )
    journal = every.of(record)
    record, doubt = _looked_for(session, journal, record)
    if record.is_open and doubt and said is None:
        raise BadValueError(f"The record of '{record.name}' was not closed: {doubt}.", _risk(record))
    if record.is_open:
        record = journal.advance(record, "forgotten", note="closed by a person")
    return f"The record of '{record.name}' ({record.op[:8]}) is closed: {record.state}."


def _looked_for(session: Session, journal: Journal, record: Record) -> tuple[Record, str]:
    """The record after a look at its backend, and why it may yet be there; refuses one whose machine is there."""
    if record.state == "intent":
        return record, ""
    backend = session.client.backends.get(record.backend)
    if backend is None:
        return record, f"{record.backend_name} is not connected, so that nobody could look"
    try:
        listing = backend.adapter.list_machines()
        after, machine = seen_in(backend.adapter, journal, record, listing)
    except MistError as error:
        return record, f"a look says: {error.message.rstrip('.')}"
    if machine is not None:
        raise BadValueError(
            f"'{record.name}' is there ({backend.name}/{machine.id}, {machine.state}), and would go on costing.",
            f"Destroy it: %mist destroy {backend.name}/{machine.id} --yes {record.name}",
        )
    return after, _doubt(backend, journal, after, listing)


def _doubt(backend: Backend, journal: Journal, record: Record, listing: Listing[Any]) -> str:
    """Why what isn't listed may be there all the same; nothing if the service had its time."""
    if listing.notes:
        return f"{backend.name}'s listing is incomplete"
    if record.state not in DOUBTFUL:
        return f"{backend.name} listed it before, and one look that lacks it proves nothing"
    sent_s = journal.seconds_since(record, "sent") or 0.0
    if sent_s < PATIENCE_S:
        minutes = PATIENCE_S / 60
        return f"it was sent {max(sent_s, 0.0):.0f} s ago, and {backend.name} may take {minutes:.0f} minutes to list it"
    return ""


def _risk(record: Record) -> str:
    cost = f"{record.price_hourly:.4f} USD/h" if record.price_hourly is not None else "an unknown price"
    return (
        f"Look again later: %mist journal. To forget it all the same, though it may exist at {cost}, and a second "
        f"'{record.name}' can then be made: %mist journal --forget {record.op[:8]} --yes {record.name}"
    )


def adopt(session: Session, word: str) -> str:
    """Take a machine, said as BACKEND/ID, for made from here: in the journal, in the budget, destroyed like our own."""
    if "/" not in word.strip("/"):
        raise BadValueError(f"--adopt takes one machine, not '{brief(word)}'.", "Say it as BACKEND/ID: %mist machines")
    machine = inventory.find(session, word)
    place = inventory.place_of(machine)
    if machine.mine:
        return f"{place} ('{machine.name}') is yours already: nothing changed."
    backend = session.client.backends[machine.hands.adapter.info.id]
    record = _recorded(session.client.journal_of(backend), machine)
    cost = f"{record.price_hourly:.4f} USD/h" if record.price_hourly is not None else "at an unknown price"
    return f"{place} ('{machine.name}') is yours now, {cost}: it counts in the budget ({record.op[:8]})."


def _recorded(journal: Journal, machine: Machine) -> Record:
    """Its record by now: the one in doubt of its name, where it carries no other operation's tag; else a new one."""
    info, listed, mark = machine.hands.adapter.info, machine.record, mark_of(machine.record)
    waiting = [
        record
        for record in journal.opened()
        if (record.backend, record.name, record.machine_id) == (info.id, machine.name, None)
        and record.state in DOUBTFUL
    ]
    if waiting and mark in ("", waiting[0].op):
        return journal.advance(waiting[0], "created", machine_id=listed.id, seen=True, note="adopted by a person")
    new = journal.new(
        backend=info.id,
        backend_name=info.name,
        name=machine.name,
        spec={},
        price_hourly=usd_per_hour(listed.price),
        price_monthly=listed.price.monthly,
        currency=listed.price.currency,
        note="adopted by a person",
        **({"op": mark} if mark else {}),
    )
    return comeback.adopt(journal, new, listed.id, listed.created)


def repair(session: Session) -> list[str]:
    """Set aside the records that can't be read, after all machines were listed; offer what may be theirs, or ours."""
    every = session.client.journal
    broken = every.broken()
    parts, failed = session.machines(list(session.client.backends.values()))
    if failed and broken:
        backend, error = failed[0]
        raise BadValueError(
            f"Nothing was repaired: {backend.name} did not list its machines ({error.message})",
            "The machine of a broken record could be there. Try again.",
        )
    for problem in broken:
        every.set_aside(problem)
    strangers = _strangers(session, parts)
    if not broken and not strangers:
        return ["Every record can be read: there is nothing to repair."]
    several = "s" * (len(broken) != 1)
    done = f"{len(broken)} record{several} set aside, and kept." if broken else "Every record can be read."
    return [done, *(strangers or ["No machine is without a record."])]


def _strangers(session: Session, parts: list[Listing[Any]]) -> list[str]:
    """A line for each machine that carries an operation's tag, and no record of ours does."""
    every = session.client.journal
    found = [(part, every.of_backend(part.backend.id)) for part in parts]
    return [
        f"{place_of(part.backend.name, machine)} was made by {mark_of(machine)[:8]}, of which there is no record that "
        f"can be read. If it is yours: %mist journal --adopt {part.backend.name}/{machine.id}"
        for part, journal in found
        for machine in (unknown(journal, part) if journal else ())
    ]
