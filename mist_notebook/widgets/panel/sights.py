"""One look at the machines of several backends: what a panel shows, as records and as a page that needs no kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from mist_notebook.display.cards import moment
from mist_notebook.display.page import Page, Section
from mist_notebook.fleet import doubts, rows
from mist_notebook.ground.errors import AuthError, MistError
from mist_notebook.ground.text import counted
from mist_notebook.provision.lookup import exists
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.outcome import OK

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.fleet.rows import Row
    from mist_notebook.records.model import BackendInfo

NO_KERNEL = "This panel needs a running kernel: run the cell again. What stands here is what it last showed."
Key = tuple[str, str]
Probed = ProbeReport | MistError


@dataclass(frozen=True)
class Sight:
    """A machine that exists, with what the journal knows of it."""

    machine: Machine
    row: Row
    backend: BackendInfo

    @property
    def key(self) -> Key:
        return self.backend.id, self.row.id


@dataclass(frozen=True)
class Look:
    """What one look at all of them found: the machines, the backends that failed, what one should know, and when."""

    sights: tuple[Sight, ...]
    failed: tuple[tuple[BackendInfo, MistError], ...]
    backends: int
    notes: tuple[str, ...]
    read_at: datetime
    sandbox: bool


def look(session: Session, words: Sequence[str] = ()) -> Look:
    """The machines as they are now, each backend asked at the same time; one that fails hides no other."""
    every = session.client.backends
    backends = {backend.id: backend for backend in map(session.backend, words)} or dict(every)
    parts, failed = session.machines(list(backends.values()), stored=True)
    notes = doubts.notes(session, [part for part in parts if part.stored_at is None])
    records = [record for part in parts for record in part.records]
    sights = [
        Sight(backends[part.backend.id].machine(record), row, part.backend)
        for record, (part, row) in zip(records, rows.rows(session, parts), strict=True)
        if exists(record)
    ]
    place = {backend_id: number for number, backend_id in enumerate(backends)}
    return Look(
        tuple(sorted(sights, key=lambda sight: (place[sight.backend.id], sight.row.name, sight.row.id))),
        tuple((backend.record, error) for backend, error in failed),
        len(backends),
        (*notes, *(note for part in parts for note in part.notes)),
        datetime.now(UTC),
        session.client.is_sandbox,
    )


def summary(seen: Look) -> str:
    """How many machines there are, where, and what they cost an hour together."""
    count, prices = len(seen.sights), [sight.row.price_hourly for sight in seen.sights]
    known = [price for price in prices if price is not None]
    where = f"{counted(count, 'machine')} at {counted(seen.backends, 'backend')}"
    return f"{where}{_together(known, count, sandbox=seen.sandbox)}. Read at {moment(seen.read_at)}."


def _together(known: Sequence[float], count: int, *, sandbox: bool) -> str:
    """What they cost an hour; of nothing known there is no sum."""
    if not count:
        return ""
    if not known:
        return ", of unknown price"
    unknown = f", and {count - len(known)} of unknown price" if len(known) < count else ""
    return f", together {sum(known):.4f} USD an hour{' at example prices' if sandbox else ''}{unknown}"


def kept(before: Look, now: Look) -> Look:
    """The newer look, with what the older one saw of backends that didn't answer this time: no answer is not none."""
    silent = {backend.id for backend, _ in now.failed}
    known = tuple(sight for sight in before.sights if sight.backend.id in silent)
    return replace(now, sights=(*now.sights, *known)) if known else now


def is_refused(seen: Look) -> bool:
    """Whether nobody was let in, so that asking again by itself is of no use before there is another login."""
    return bool(seen.failed) and all(isinstance(error, AuthError) for _, error in seen.failed)


def missing(seen: Look) -> tuple[str, ...]:
    """A line for each backend that failed, with what to do."""
    return tuple(_missing(seen, backend, error) for backend, error in seen.failed)


def _missing(seen: Look, backend: BackendInfo, error: MistError) -> str:
    is_known = any(sight.backend.id == backend.id for sight in seen.sights)
    what = "did not answer, and is shown as it was before" if is_known else "is missing here"
    said = f"{backend.name} {what}: {error.message}"
    return f"{said if said.endswith(('.', '!', '?', '…')) else said + '.'} {error.hint}".rstrip()


def address(sight: Sight) -> str:
    """Where it is reached, or that it isn't."""
    private = f"only {sight.row.private_ips}" if sight.row.private_ips else "no address"
    return sight.row.public_ips or private


def cost(sight: Sight) -> str:
    """What it has cost so far; a sandbox's are example prices."""
    if sight.row.cost_so_far is None:
        return "unknown"
    example = " (example)" if sight.backend.sandbox else ""
    return f"{sight.row.cost_so_far:.4f} {sight.row.currency or 'USD'}{example}"


def outcome(probed: Probed | None) -> str:
    """What became of a look over SSH, in a few words."""
    if probed is None:
        return ""
    if isinstance(probed, MistError):
        return f"not asked: {probed.message}"
    signs = (
        f"load {probed.load1:.2f}" if probed.load1 is not None else "",
        f"{probed.rtt_avg_ms:.1f} ms" if probed.rtt_avg_ms is not None else "",
    )
    return ", ".join(part for part in (probed.outcome, *signs) if part)


def answers(probed: Probed) -> bool:
    """Whether a look over SSH found what it should."""
    return isinstance(probed, ProbeReport) and probed.outcome == OK


def gist(seen: Look, probes: Mapping[Key, Probed]) -> tuple[object, ...]:
    """What is worth a change of the static page: everything but the figures that tick."""
    shown = tuple((sight.key, sight.row.name, sight.row.state, address(sight), sight.row.mine) for sight in seen.sights)
    outcomes = tuple((key, outcome(probed)) for key, probed in probes.items())
    return shown, outcomes, missing(seen), seen.notes


def page(seen: Look, probes: Mapping[Key, Probed]) -> Page:
    """The listing as a page: what a saved notebook keeps of a panel."""
    mark = "SANDBOX · " if seen.sandbox else ""
    lines = (summary(seen), *missing(seen), *seen.notes, NO_KERNEL)
    parts = [
        Section(name, rows=tuple(_row(sight, probes.get(sight.key)) for sight in sights))
        for name, sights in groupby(seen.sights, key=lambda sight: sight.backend.name)
    ]
    return Page((Section(f"{mark}Machines", lines=lines), *parts))


def _row(sight: Sight, probed: Probed | None) -> tuple[str, ...]:
    mine = "made from here" if sight.row.mine else "not made from here"
    said = outcome(probed)
    return (
        sight.row.name,
        sight.row.id,
        sight.row.state,
        address(sight),
        size(sight),
        f"{cost(sight)} so far",
        mine,
        f"probe {said}" if said else "",
    )


def size(sight: Sight) -> str:
    """The size by its name, with its id where that says more."""
    name, its_id = sight.machine.record.extra.get("size_name"), sight.row.size_id or ""
    return f"{name} ({its_id})" if isinstance(name, str) and name not in ("", its_id) else its_id
