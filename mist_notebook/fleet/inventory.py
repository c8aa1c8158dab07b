"""Which machine a word means, over all backends; never a part of a name, and never one that can't be proven."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from contextlib import suppress

from mist_notebook.client.backend import Backend
from mist_notebook.client.machines.machine import Machine
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError, JournalError, MistError, NotFoundError, UnavailableError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.text import brief
from mist_notebook.provision.journal import Record
from mist_notebook.provision.lookup import exists
from mist_notebook.records.model import Machine as MachineRecord

from . import doubts

_PATTERN = set("*?[]%")
_Pair = tuple[Backend, MachineRecord]


def find(session: Session, word: str, *, exact: bool = False, looking: bool = False) -> Machine:
    """The machine that a word means, over all backends: `BACKEND/ID`, an id, or a name; never a part of one.

    With `exact` letters count as they are, and what is in doubt is looked up first. For `looking` an address will do,
    and a terminated one where no other is. Raises UnavailableError where a backend that failed could have the one that
    is meant: not where one was made from here, and none of that name there.
    """
    _refuse_pattern(word)
    if not looking:
        _refuse_address(word)
    chosen, wanted = _chosen(session, word)
    parts, failed = session.machines(chosen, everywhere=wanted != word)
    pairs = [(session.client.backends[part.backend.id], machine) for part in parts for machine in part.records]
    if failed:
        if len(chosen) == 1:
            raise failed[0][1]
        _refuse_unproven(session, wanted, pairs, failed)
    if exact:
        with suppress(JournalError):  # a machine can be ended without it
            doubts.notes(session, parts)
    try:
        backend, record = _living(wanted, pairs, looking=looking)
    except NotFoundError:
        _refuse_missed(session, chosen, wanted)
        raise
    if exact and not {wanted, wanted.strip()} & {record.id, record.name}:
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


def _refuse_missed(session: Session, chosen: Sequence[Backend], wanted: str) -> None:
    """Say it where what isn't listed is in the journal as there: one look proves nothing."""
    places = {backend.id for backend in chosen}
    with suppress(JournalError):
        for record in session.client.journal.opened():
            if record.backend in places and record.machine_id and wanted in (record.name, record.machine_id):
                raise NotFoundError(
                    f"{record.backend_name} doesn't list '{record.name}' ({record.machine_id}) just now. "
                    "Nothing was sent.",
                    "One look proves nothing: it counts, and may go on costing. Try again; see %mist machines.",
                )


def gone(session: Session, word: str) -> Record | None:
    """The journal's record of that name or machine id, if there is none but of machines that are gone."""
    wanted = _chosen(session, word)[1]
    records = session.client.journal.records()
    found = [record for record in records if {wanted, wanted.strip()} & {record.name, record.machine_id}]
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
    prefix, slash, rest = word.partition("/")
    if slash and prefix.strip() and rest.strip():
        try:
            return [session.backend(prefix)], rest
        except NotFoundError:
            pass
    return list(session.client.backends.values()), word


def _refuse_unproven(
    session: Session, wanted: str, pairs: list[_Pair], failed: list[tuple[Backend, MistError]]
) -> None:
    backend, error = failed[0]
    found = [pair for pair in pairs if exists(pair[1]) and wanted in (pair[1].id, pair[1].name)]
    if len(found) == 1 and found[0][0].machine(found[0][1]).mine and not _recorded_at(session, wanted, failed):
        return
    places = ", ".join(f"{one.name}/{record.id}" for one, record in found)
    raise UnavailableError(
        f"Which machine '{brief(wanted)}' is can't be proven: {backend.name} did not list its own ({error.message})",
        f"Say it with its backend: {places or 'BACKEND/ID.'}",
    )


def _recorded_at(session: Session, wanted: str, failed: list[tuple[Backend, MistError]]) -> bool:
    """Whether something of that name or id was made from here at one of those that failed."""
    silent = {backend.id for backend, _ in failed}
    opened = [record for record in session.client.journal.opened() if record.backend in silent]
    return any(wanted in (record.name, record.machine_id) for record in opened)
