"""The rows of `%mist machines` and `%mist journal`: machines beside the journal, and what they have cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.client.joining.journals import Journals
from mist_notebook.client.notebook.session import Session
from mist_notebook.provision.journal import Record
from mist_notebook.records.model import Listing
from mist_notebook.records.model import Machine as MachineRecord
from mist_notebook.records.units import monthly_of

_HOUR_S = 3600.0


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
    tags: str | None


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
    kept = {(record.backend, record.machine_id): record for record in session.client.journal.readable().records()}
    now = {part.backend.id: session.client.backends[part.backend.id].adapter.now() for part in parts}
    return [
        (part, _row(session, part, machine, kept.get((part.backend.id, machine.id)), now[part.backend.id]))
        for part in parts
        for machine in part.records
    ]


def entries(journal: Journals) -> list[tuple[Record, Entry]]:
    """An entry for each operation, the newest first."""
    return [(record, _entry(record, journal.of(record).now())) for record in reversed(journal.records())]


def _row(session: Session, part: Listing[Any], machine: MachineRecord, kept: Record | None, now: datetime) -> Row:
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
        cost_so_far=_cost(hourly, machine.created, (_ended(kept) if kept else None) or now),
        price_hourly=hourly,
        price_monthly=_monthly(kept, machine),
        currency=(kept.currency if kept else None) or machine.price.currency,
        mine=kept is not None,
        tags=tag_rules.written(tag_rules.own(machine.tags)) or None,
    )


def _monthly(kept: Record | None, machine: MachineRecord) -> float | None:
    """What a month costs: as it was when it was made from here, else as its server says, by one rule."""
    if kept is None:
        return monthly_of(machine.price.hourly, machine.price.monthly)
    return kept.price_monthly if kept.price_monthly is not None else monthly_of(kept.price_hourly, None)


def _own_id(session: Session, part: Listing[Any], kind: str, said: str | None, kept: Record | None) -> str | None:
    """The provider's own id: as it was asked for, or by a listing that was seen; else as the machine's server says."""
    if kept is not None and kept.spec.get(kind):
        return str(kept.spec[kind])
    known = session.known(f"{kind}s", [part.backend.name])
    return next((record.id for record in known if said and said in (record.mist_id, record.name)), said)


def _entry(record: Record, now: datetime) -> Entry:
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
        cost_so_far=0.0 if never else _cost(record.price_hourly, began, ended or now),
        price_hourly=record.price_hourly,
        currency=record.currency,
        note=record.note or record.passed or None,
    )


def _ended(record: Record) -> datetime | None:
    return None if record.is_open else _moment(record.times.get(record.state))


def _cost(hourly: float | None, since: datetime | None, until: datetime) -> float | None:
    if hourly is None or since is None:
        return None
    return hourly * max(0.0, (until - since).total_seconds()) / _HOUR_S


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(moment: datetime | None) -> datetime | None:
    """UTC, as a frame's moments are."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
