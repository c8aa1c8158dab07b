"""Everything of ours, wherever it is: machines with a record or with only our tag, and what no machine needs any more.

A look changes nothing. What is taken away was named, was in the list of leftovers a moment ago, and is no machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mist_notebook.client.backend import Backend
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief, clean, is_pasteable
from mist_notebook.provision.lookup import exists, mark_of, unknown
from mist_notebook.records.model import BackendInfo, Listing, Orphan
from mist_notebook.records.model import Machine as MachineRecord

MACHINE = "machine"
_LOST = "carries the tag of a mist-notebook, and there is no record of it here"
_MINE = "made from here, in the journal"
_LEFT = "nothing needs it any more"


@dataclass(frozen=True)
class Left:
    """One row of `%mist sweep`."""

    id: str
    name: str
    kind: str
    sweep: bool
    state: str | None
    location_id: str | None
    price_hourly: float | None
    currency: str | None
    op: str | None
    why: str


def look(session: Session, backends: Sequence[Backend]) -> tuple[list[tuple[BackendInfo, Left]], tuple[str, ...]]:
    """What there is at each, leftovers first, and what one should do about it; a backend that fails is a line."""
    orphans, without = session.orphans(backends)
    machines, failed = session.machines(backends, everywhere=True)
    if not orphans and not machines and (without or failed):
        raise (without or failed)[0][1]
    shown = [(part.backend, left) for part in machines for left in _machines(session, part)]
    there = {(part.backend.id, machine.id) for part in machines for machine in part.records}
    found = [
        (part.backend, _left(orphan))
        for part in orphans
        for orphan in part.records
        if orphan.kind != MACHINE or (part.backend.id, orphan.id) not in there
    ]
    found += shown
    silent = {backend.id: f"{backend.name} is missing here: {error.message}" for backend, error in (*without, *failed)}
    notes = [*(note for part in (*orphans, *machines) for note in part.notes), *silent.values()]
    return found, (*_advice(found), *notes)


def remove(session: Session, word: str, said: str | None) -> Iterator[str]:
    """Take away what the word names, `BACKEND/ID` or all that a backend has left; a line for each, as it is done.

    It takes the exact name again. Raises, at the end, what kept one of several from going.
    """
    backend, wanted = _place(session, word)
    listing = backend.adapter.orphans()
    orphans = [orphan for orphan in listing.records if orphan.kind != MACHINE]
    chosen = orphans if wanted is None else [_named(backend, wanted, orphans)]
    _check(backend, chosen[0] if wanted is not None else None, said)
    if not chosen:
        yield f"Nothing is left behind at {backend.name}."
        return
    errors = []
    for orphan in chosen:
        try:
            backend.adapter.sweep(orphan)
        except MistError as error:
            errors.append(error)
            yield f"{_place_of(backend, orphan)} was not removed: {error.message}"
    yield from _became(backend, chosen, len(errors) == len(chosen))
    if errors:
        raise errors[0]


def _became(backend: Backend, chosen: Sequence[Orphan], nothing_went: bool) -> Iterator[str]:
    """What is so by a fresh look."""
    if nothing_went:
        return
    still = {(orphan.id, orphan.location_id) for orphan in backend.adapter.orphans().records}
    for orphan in chosen:
        if (orphan.id, orphan.location_id) in still:
            yield f"{_place_of(backend, orphan)} is still listed: %mist sweep {backend.name} says how it is later."
        else:
            yield f"{_place_of(backend, orphan)} was removed: {backend.name} no longer lists it."


def _place(session: Session, word: str) -> tuple[Backend, str | None]:
    prefix, slash, rest = word.partition("/")
    try:
        return session.backend(word), None
    except NotFoundError:
        if slash and prefix.strip() and rest.strip():
            return session.backend(prefix), rest
        raise


def _named(backend: Backend, wanted: str, orphans: Sequence[Orphan]) -> Orphan:
    """The leftover of exactly that id, else the only one of exactly that name, or of these at that location."""
    found = [one for one in orphans if one.id == wanted] or [one for one in orphans if one.name == wanted]
    place, slash, rest = wanted.partition("/")
    if slash and not found:
        found = [one for one in orphans if one.location_id == place and rest in (one.id, one.name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{backend.name}/{one.location_id or place}/{one.id}" for one in found)
        raise BadValueError(
            f"{len(found)} leftovers at {backend.name} are called '{brief(wanted)}'.", f"Say which: {ids}"
        )
    machine = next((one for one in backend.machines.values() if wanted in (one.id, one.name)), None)
    hint = did_you_mean(wanted, [one.id for one in orphans], "leftover")
    if machine is not None:
        not_mine = "" if machine.mine else " --not-mine"
        hint = f"It is a machine: %mist destroy {backend.name}/{machine.id} --yes {_typed(machine.name)}{not_mine}"
    raise NotFoundError(f"Nothing at {backend.name} is left behind as '{brief(wanted)}'. Nothing was sent.", hint)


def _check(backend: Backend, orphan: Orphan | None, said: str | None) -> None:
    """Nothing if the exact name was said again: the leftover's, or for all of a backend the backend's."""
    name = backend.name if orphan is None else orphan.name
    what = f"Nothing at {backend.name}" if orphan is None else _place_of(backend, orphan)
    was = "was removed" if orphan is None else "was not removed"
    if said is None:
        raise MistUsageError(f"{what} {was}: --yes is missing.", f"Give the exact name again: --yes {clean(name, 60)}")
    if said != name:
        raise BadValueError(f"{what} {was}: --yes says '{brief(said)}'.", f"It has to be the exact name: {brief(name)}")


def _place_of(backend: Backend, orphan: Orphan) -> str:
    return f"'{clean(orphan.name, 60)}' ({backend.name}/{orphan.id}, {orphan.kind})"


def _left(orphan: Orphan) -> Left:
    return Left(
        id=orphan.id,
        name=orphan.name,
        kind=orphan.kind,
        sweep=orphan.kind != MACHINE,
        state=None,
        location_id=orphan.location_id,
        price_hourly=orphan.hourly,
        currency=orphan.currency,
        op=orphan.op and orphan.op[:8],
        why=_LEFT if orphan.kind != MACHINE else _LOST,
    )


def _machines(session: Session, part: Listing[Any]) -> Iterator[Left]:
    """The machines with our tag that have no record, then those that have one."""
    every = session.client.journal
    journal = every.of_backend(part.backend.id)
    if journal is None:
        return
    for machine in unknown(journal, part):
        yield _machine(machine, _LOST)
    opened = journal.opened()
    mine = {record.machine_id: record for record in opened if record.backend == part.backend.id}
    by_op = {record.op: record for record in opened}  # made under another name of the account
    for machine in part.records:
        kept = mine.get(machine.id) or by_op.get(mark_of(machine))
        if kept is not None and exists(machine):
            left = _machine(machine, _MINE)
            yield replace(left, price_hourly=kept.price_hourly, currency=kept.currency, op=kept.op[:8])


def _machine(machine: MachineRecord, why: str) -> Left:
    return Left(
        id=machine.id,
        name=machine.name,
        kind=MACHINE,
        sweep=False,
        state=machine.state,
        location_id=machine.location_id,
        price_hourly=machine.price.hourly,
        currency=machine.price.currency,
        op=mark_of(machine)[:8] or None,
        why=why,
    )


def _advice(found: Sequence[tuple[BackendInfo, Left]]) -> Iterator[str]:
    """The lines to type, one of each kind."""
    if not found:
        yield "Nothing of yours is anywhere: no machine, and nothing left behind."
    elif all(one.why == _MINE for _, one in found):
        yield "Nothing is left behind: there is nothing to sweep."
    left = next(((info, one) for info, one in found if one.sweep), None)
    if left is not None:
        info, one = left
        yield f"Nothing was changed. To take one away: %mist sweep {info.name}/{one.id} --yes {_typed(one.name)}"
        yield f"All that is left behind there: %mist sweep {_typed(info.name)} --yes {_typed(info.name)}"
    lost = next(((info, one) for info, one in found if one.why == _LOST), None)
    if lost is not None:
        place = f"{lost[0].name}/{lost[1].id}"
        yield (
            f"{place} was made by a mist-notebook, maybe another person's. If it is yours: "
            f"%mist journal --adopt {place}, or %mist destroy {place} --yes {_typed(lost[1].name)} --not-mine"
        )


def _typed(name: str) -> str:
    """A name as a line takes it; a foreign one that a line could take otherwise isn't written out."""
    if not is_pasteable(name):
        return "NAME"
    return f'"{name}"' if " " in name else name
