"""The machines of all backends beside the journal: what a frame shows, what is in doubt, and which one a word means."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mist_notebook.client.backend import Backend
from mist_notebook.client.machine import Machine
from mist_notebook.client.session import Session
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError, UnavailableError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.text import brief
from mist_notebook.provision.journal import DOUBTFUL, Journal, Record
from mist_notebook.provision.lookup import exists, settle
from mist_notebook.records.model import Listing
from mist_notebook.records.model import Machine as MachineRecord

_HOUR_S = 3600.0
_PATTERN = set("*?[]%")
_Pair = tuple[Backend, MachineRecord]


@dataclass(frozen=True)
class Row:
    """One row of `%mist machines`."""

    id: str
    name: str
    state: str
    public_ips: str | None
    private_ips: str | None
    size_id: str | None
    image_id: str | None
    location_id: str | None
    created: datetime | None
    cost_so_far: float | None
    price_hourly: float | None
    price_monthly: float | None
    currency: str | None
    mine: bool


@dataclass(frozen=True)
class Entry:
    """One row of `%mist journal`."""

    id: str
    name: str
    state: str
    asked: datetime | None
    ended: datetime | None
    machine_id: str | None
    size_id: str | None
    image_id: str | None
    location_id: str | None
    key: str | None
    hours: float | None
    cost_so_far: float | None
    price_hourly: float | None
    currency: str | None
    note: str | None


def rows(session: Session, parts: Sequence[Listing[Any]]) -> list[tuple[Listing[Any], Row]]:
    """A row for each machine, beside the listing that it stands in; one pass over the journal."""
    kept = {(record.backend, record.machine_id): record for record in session.client.journal.records()}
    return [
        (part, _row(session, part, machine, kept.get((part.backend.id, machine.id))))
        for part in parts
        for machine in part.records
    ]


def entries(journal: Journal) -> list[tuple[Record, Entry]]:
    """An entry for each operation, the newest first."""
    return [(record, _entry(record)) for record in reversed(journal.records())]


def doubts(session: Session, parts: Sequence[Listing[Any]]) -> tuple[str, ...]:
    """What a person should know of what was made from here, after a look at what is in doubt; expired ones first."""
    journal = session.client.journal
    journal.drop_orphans()
    notes: list[str] = []
    for part in parts:
        there = {machine.id: machine for machine in part.records if exists(machine)}
        backend = session.client.backends[part.backend.id]
        for record in journal.opened():
            if record.backend != part.backend.id:
                continue
            machine = there.get(record.machine_id or "")
            if machine is not None and record.state not in DOUBTFUL:
                notes[:0] = _over_time(record, machine)
            elif record.state != "intent":
                notes.append(_settled(backend, journal, record))
    return (*notes, *(_broken(problem.file, problem.why) for problem in journal.broken()), *journal.notes)


def find(session: Session, word: str, *, exact: bool = False, looking: bool = False) -> Machine:
    """The machine that a word means, over all backends: `BACKEND/ID`, an id, or a name; never a part of one.

    With `exact` letters count as they are, and what is in doubt is looked up first. For `looking` an address will do,
    and a terminated one where no other is. Raises UnavailableError where a backend that failed could have another one.
    """
    _refuse_pattern(word)
    if not looking:
        _refuse_address(word)
    chosen, wanted = _chosen(session, word)
    parts, failed = session.machines(chosen)
    if failed:
        _refuse_unproven(word, chosen, failed)
    if exact:
        doubts(session, parts)
    pairs = [(session.client.backends[part.backend.id], machine) for part in parts for machine in part.records]
    backend, record = _living(wanted, pairs, looking=looking)
    if exact and wanted not in (record.id, record.name):
        raise NotFoundError(f"No machine named '{brief(word)}'.", f"Did you mean {record.name}? Letters count here.")
    return backend.machine(record)


def _living(wanted: str, pairs: list[_Pair], *, looking: bool) -> _Pair:
    """The one that exists; for looking, where there is none, the last that did."""
    try:
        return _picked(wanted, [pair for pair in pairs if exists(pair[1])], addresses=looking)
    except NotFoundError:
        late = [pair for pair in pairs if not exists(pair[1]) and wanted in (pair[1].id, pair[1].name)]
        if not (looking and late):
            raise
        return late[-1]


def gone(session: Session, word: str) -> Record | None:
    """The journal's record of that name or machine id, if there is none but of machines that are gone."""
    wanted = _chosen(session, word)[1]
    found = [record for record in session.client.journal.records() if wanted in (record.name, record.machine_id)]
    return next((record for record in found if record.state == "gone"), None) if _all_ended(found) else None


def _all_ended(records: Sequence[Record]) -> bool:
    return not any(record.is_open for record in records)


def place_of(machine: Machine) -> str:
    """A machine as a line can name it beyond doubt."""
    return f"{machine.backend_name}/{machine.id}"


def hourly_of(machine: Machine) -> float | None:
    """What it costs an hour: as it was when it was made from here, else as its server says."""
    kept = machine.journal_record
    return kept.price_hourly if kept else machine.record.price.hourly


def _picked(wanted: str, pairs: list[_Pair], *, addresses: bool) -> _Pair:
    """Names and ids count alike: where one's name is another's id, both are named and neither is taken."""

    def at(machine: MachineRecord) -> tuple[str, ...]:
        return (*machine.public_ips, *machine.private_ips) if addresses else ()

    return pick(
        wanted,
        pairs,
        what="machine",
        ids=lambda pair: (pair[1].name, pair[1].id, *at(pair[1])),
        names=lambda _: (),
        label=lambda pair: f"{pair[0].name}/{pair[1].id}",
    )


def _refuse_pattern(word: str) -> None:
    if set(word) & _PATTERN:
        raise BadValueError(
            f"'{brief(word)}' is not one machine.", "Give one exact name, or BACKEND/ID: %mist machines"
        )


def _refuse_address(word: str) -> None:
    try:
        ipaddress.ip_network(word.strip(), strict=False)
    except ValueError:
        return
    if not word.strip().isdigit():
        raise BadValueError(
            f"'{brief(word)}' is an address, and addresses change hands.", "Give its name, or BACKEND/ID."
        )


def _chosen(session: Session, word: str) -> tuple[list[Backend], str]:
    """The backends to look in, and the name or id to look for."""
    prefix, slash, rest = word.strip().partition("/")
    if slash and prefix and rest:
        try:
            return [session.backend(prefix)], rest
        except NotFoundError:
            pass
    return list(session.client.backends.values()), word.strip()


def _refuse_unproven(word: str, chosen: list[Backend], failed: list[tuple[Backend, MistError]]) -> None:
    backend, error = failed[0]
    if len(chosen) == 1:
        raise error
    raise UnavailableError(
        f"Which machine '{brief(word)}' is can't be proven: {backend.name} did not list its own ({error.message})",
        "Say it with its backend: BACKEND/ID.",
    )


def _row(session: Session, part: Listing[Any], machine: MachineRecord, kept: Record | None) -> Row:
    hourly = kept.price_hourly if kept else machine.price.hourly
    return Row(
        id=machine.id,
        name=machine.name,
        state=machine.state,
        public_ips=", ".join(machine.public_ips) or None,
        private_ips=", ".join(machine.private_ips) or None,
        size_id=_own_id(session, part, "size", machine.size_id, kept),
        image_id=_own_id(session, part, "image", machine.image_id, kept),
        location_id=_own_id(session, part, "location", machine.location_id, kept),
        created=_plain(machine.created),
        cost_so_far=_cost(hourly, machine.created, _ended(kept) if kept else None),
        price_hourly=hourly,
        price_monthly=machine.price.monthly,
        currency=(kept.currency if kept else None) or machine.price.currency,
        mine=kept is not None,
    )


def _own_id(session: Session, part: Listing[Any], kind: str, said: str | None, kept: Record | None) -> str | None:
    """The provider's own id: as it was asked for, or by a listing that was seen; else as the machine's server says."""
    if kept is not None and kept.spec.get(kind):
        return str(kept.spec[kind])
    known = session.known(f"{kind}s", [part.backend.name])
    return next((record.id for record in known if said and said in (record.mist_id, record.name)), said)


def _entry(record: Record) -> Entry:
    spec = record.spec
    began = _moment(record.times.get("created") or record.times.get("unknown"))
    ended = _ended(record)
    never = record.state in ("dropped", "absent") or began is None
    return Entry(
        id=record.op[:8],
        name=record.name,
        state=record.state,
        asked=_plain(_moment(record.times.get("intent"))),
        ended=_plain(ended),
        machine_id=record.machine_id,
        size_id=spec.get("size"),
        image_id=spec.get("image"),
        location_id=spec.get("location"),
        key=spec.get("key"),
        hours=spec.get("hours"),
        cost_so_far=0.0 if never else _cost(record.price_hourly, began, ended),
        price_hourly=record.price_hourly,
        currency=record.currency,
        note=record.note or None,
    )


def _ended(record: Record) -> datetime | None:
    return None if record.is_open else _moment(record.times.get(record.state))


def _cost(hourly: float | None, since: datetime | None, until: datetime | None) -> float | None:
    if hourly is None or since is None:
        return None
    return hourly * max(0.0, ((until or datetime.now(UTC)) - since).total_seconds()) / _HOUR_S


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(moment: datetime | None) -> datetime | None:
    """UTC, as a frame's moments are."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def _over_time(record: Record, machine: MachineRecord) -> list[str]:
    """A note where its time limit has passed, or where one was asked for and isn't there."""
    if machine.expires is not None and machine.expires < datetime.now(UTC):
        over = f"'{record.name}' ({record.backend_name}/{machine.id}) is over its time limit and still {machine.state}"
        return [f"{over}: %mist destroy {record.name} --yes {record.name}"]
    if record.spec.get("hours") and machine.expires is None:
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
