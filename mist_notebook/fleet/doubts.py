"""What one should know of what was made from here, after a look: what is in doubt, gone, back, or over its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from mist_notebook.client.backend import Backend
from mist_notebook.client.joining.journals import Journals
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground import moments
from mist_notebook.ground.errors import JournalError, MistError
from mist_notebook.ground.text import clean
from mist_notebook.provision.asking import forgetting
from mist_notebook.provision.journal import DOUBTFUL, Journal, Record
from mist_notebook.provision.lookup import returned, seen_in, unknown
from mist_notebook.records.model import Listing
from mist_notebook.records.model import Machine as MachineRecord

from . import clocks

_MOST_NAMED = 5


def notes(session: Session, parts: Sequence[Listing[Any]]) -> tuple[str, ...]:
    """A line for each, those that are over their time first; fresh listings settle what they can."""
    every = session.client.journal.readable()
    with ExitStack() as stack:
        for journal in every.each:
            stack.enter_context(journal.files.still())
        return _notes(session, every, parts)


def _notes(session: Session, every: Journals, parts: Sequence[Listing[Any]]) -> tuple[str, ...]:
    every.drop_orphans()
    for one in every.each:
        one.files.tidy()
    late: list[str] = []
    found: list[str] = []
    for part in parts:
        backend = session.client.backends[part.backend.id]
        if (journal := every.of_backend(backend.id)) is None:
            continue
        found += _back(journal, part)
        opened = journal.opened()
        for record in opened:
            if record.backend == part.backend.id and record.state != "intent":
                urgent, said = _looked_at(backend, journal, record, part, opened)
                late += urgent
                found += said
        found += _offered(journal, part)
    off = clocks.notes(session, [session.client.backends[part.backend.id] for part in parts])
    return (*late, *off, *found, *(_broken(problem.file, problem.why) for problem in every.broken()), *every.notes)


def place_of(backend: str, machine: MachineRecord) -> str:
    """A listed machine in a few words."""
    return f"{backend}/{machine.id} ('{clean(machine.name, 60)}', {machine.state})"


def _back(journal: Journal, part: Listing[MachineRecord]) -> Iterator[str]:
    try:
        for record in returned(journal, part):
            yield f"'{record.name}' ({part.backend.name}/{record.machine_id}) is there after all: it counts again."
    except JournalError as error:
        yield error.message


def _looked_at(
    backend: Backend, journal: Journal, record: Record, part: Listing[MachineRecord], opened: Sequence[Record]
) -> tuple[list[str], list[str]]:
    """What is urgent about one record, and what else there is to say, after the look."""
    try:
        after, machine = seen_in(backend.adapter, journal, record, part, opened)
    except MistError as error:
        return [], [" ".join(words for words in (error.message, error.hint) if words)]
    if machine is not None:
        was_doubtful = record.state in DOUBTFUL
        news = [f"'{record.name}' was in doubt, and is there: {backend.name}/{machine.id}."] if was_doubtful else []
        is_new = (journal.seconds_since(record, "sent") or 0.0) < backend.adapter.sees_new_after_s
        return _over_time(record, machine, backend.adapter.now(), may_come=is_new), news
    return [], [_without_machine(backend, journal, after)]


def _without_machine(backend: Backend, journal: Journal, record: Record) -> str:
    if not record.is_open:
        what = f"'{record.name}' ({record.machine_id})" if record.machine_id else f"'{record.name}'"
        return f"{what} is {record.state}: {record.note or f'{backend.name} says so'}."
    if record.machine_id is None:
        forget = forgetting(journal, record)
        return f"'{record.name}' was asked for, and {backend.name} doesn't list it just now; it may cost.{forget}"
    missed = datetime.fromisoformat(record.missed) if record.missed else None
    since = f", since {moments.time_of_day(missed, seconds=False)}" if missed else ""
    return (
        f"'{record.name}' ({record.machine_id}) isn't in {backend.name}'s listing just now{since}: "
        "it counts until complete listings, minutes apart, no longer have it."
    )


def _over_time(record: Record, machine: MachineRecord, now: datetime, *, may_come: bool) -> list[str]:
    """A note where its time limit has passed, or where one was asked for and isn't there."""
    if machine.expires is not None and machine.expires < now:
        over = f"'{record.name}' ({record.backend_name}/{machine.id}) is over its time limit and still {machine.state}"
        return [f"{over}: %mist destroy {record.name} --yes {record.name}"]
    if record.spec.get("hours") and machine.expires is None and not may_come:
        return [
            f"No time limit is active for '{record.name}' ({record.backend_name}/{machine.id}), though one was asked."
        ]
    return []


def _offered(journal: Journal, part: Listing[MachineRecord]) -> list[str]:
    """One line for all machines that a mist-notebook made, and of which there is no record here."""
    strangers = unknown(journal, part)
    if not strangers:
        return []
    name = part.backend.name
    named = ", ".join(place_of(name, machine) for machine in strangers[:_MOST_NAMED])
    more = f" and {len(strangers) - _MOST_NAMED} more" if len(strangers) > _MOST_NAMED else ""
    were = "was" if len(strangers) == 1 else "were"
    return [
        f"{named}{more} {were} made by a mist-notebook, and there is no record of it here. "
        f"If it is yours: %mist journal --adopt {name}/{strangers[0].id}"
    ]


def _broken(file: str, why: str) -> str:
    return (
        f"One journal record can't be read: {file} ({why}). It is kept. %mist journal --repair looks for its machine."
    )
