"""A fresh look at all that a spec names, before it is asked for: what changed, what is in the way, what it costs.

Nothing is sent, and nothing is written. Everything is read anew, nearly all at the same time, as a person waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as replace_data
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from mist_notebook.backends import choices
from mist_notebook.display.page import Page
from mist_notebook.ground.errors import (
    AmbiguousError,
    ApiError,
    BadValueError,
    JournalError,
    LimitError,
    NotFoundError,
)
from mist_notebook.provision import guard, receipt
from mist_notebook.provision.costs import price_of
from mist_notebook.provision.journal import DOUBTFUL, Journal, Record
from mist_notebook.provision.lookup import exists
from mist_notebook.provision.provision import record_of
from mist_notebook.records.model import Image, MachineSpec

from . import fits
from .catalogue import Taken
from .facts import Problem, Verdict
from .model import EXTRA

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.client import MistClient

T = TypeVar("T")
_SERVERS_FAULT = 500
_PENDING = ("intent", *DOUBTFUL)


def recheck(
    client: MistClient, backend: Backend, spec: MachineSpec, names: Sequence[str] = (), called: str = ""
) -> Verdict:
    """The spec as everything in it is now, its receipt, and the problems. Raises what the server's answers raise.

    Several machines of it are called `names`, which have `called` in common.
    What is refused for good, as where the backend is gone, is a problem of the field `backend`.
    """
    try:
        fresh, problems = _read(client, backend, spec, names or (spec.name,))
    except ApiError as error:
        if error.status is None or error.status >= _SERVERS_FAULT:
            raise
        fresh, problems = spec, [Problem("backend", error.message, error.hint)]
    limits = client.limits(backend.record.sandbox)
    opened = client.opened_like(backend.record.sandbox)
    verdict = Verdict(fresh, Page(), names=tuple(names), called=called)
    problems += [] if problems else _limited(client.journal_of(backend), verdict.specs, limits, opened)
    is_free = backend.record.sandbox
    consent = guard.usd_per_hour(price_of(fresh)) is None and not is_free
    page = receipt.page(verdict.specs, limits, opened)
    return replace_data(verdict, receipt=page, problems=tuple(problems), consent=consent)


def taken(backend: Backend, opened: Iterable[Record]) -> tuple[Taken, ...]:
    """The names that a new machine there can't have: those of its machines, and those that were asked for already."""
    mine = [record for record in opened if record.backend == backend.id]
    made = {record.machine_id for record in mine}
    names = [
        Taken(machine.name, _used(backend, machine.id, mine=machine.id in made))
        for machine in backend.adapter.list_machines().records
        if exists(machine)
    ]
    pending = [
        Taken(record.name, f"'{record.name}' was asked for already, and what became of it isn't known: %mist journal.")
        for record in mine
        if record.state in _PENDING
    ]
    return tuple({one.id: one for one in (*pending, *names)}.values())


def _read(
    client: MistClient, backend: Backend, spec: MachineSpec, names: Sequence[str]
) -> tuple[MachineSpec, list[Problem]]:
    adapter, journal = backend.adapter, client.journal_of(backend)
    size = _same(adapter.list_sizes().records, spec.size)  # alone: where nobody answers, nobody is asked five times
    questions: dict[str, Callable[[], Any]] = {
        "image": lambda: _image(backend, spec.image),
        "name": lambda: next((one for one in taken(backend, journal.opened()) if one.id in names), None),
    }
    if spec.location is not None:
        questions["location"] = lambda: _same(adapter.list_locations().records, spec.location)
    if spec.key is not None:
        questions["key"] = lambda: _same(backend.usable_keys(), spec.key)
    with ThreadPoolExecutor(len(questions), "mist-recheck") as pool:
        found = dict(zip(questions, pool.map(lambda ask: ask(), questions.values()), strict=True))
    return _compared(backend, spec, names[0] if len(names) == 1 else "", {"size": size, **found})


def _compared(
    backend: Backend, spec: MachineSpec, called: str, found: dict[str, Any]
) -> tuple[MachineSpec, list[Problem]]:
    name = found.pop("name")
    gone = [
        Problem(kind, f"The {kind} '{getattr(spec, kind).name}' is no longer there.", "Choose another.")
        for kind, record in found.items()
        if record is None
    ]
    fresh = replace(spec, backend=backend.record, **{kind: record for kind, record in found.items() if record})
    fresh, unlisted = (fresh, []) if gone else _with_choices(backend, fresh)
    gone += unlisted
    fresh = replace(fresh, login=backend.adapter.default_user(fresh.image))
    which = f"'{name.id}': " if name and name.id != called and name.id not in name.why else ""
    used = [Problem("name", f"{which}{name.why}", "Choose another name.")] if name else []
    unfit = [] if gone else _unfit(fresh)
    if gone or unfit or not backend.adapter.kept_here:
        return fresh, [*gone, *used, *unfit]
    try:
        return backend.fitted(fresh), used
    except BadValueError as error:
        return fresh, [*used, Problem("", error.message, error.hint)]


def _with_choices(backend: Backend, spec: MachineSpec) -> tuple[MachineSpec, list[Problem]]:
    """The spec with the networks, groups and volumes that it names as they are now, and those that it can't have."""
    extra, problems = dict(spec.extra), []
    for field in backend.adapter.needs().fields if extra else ():
        if field.lists and field.name in extra:
            try:
                extra[field.name] = choices.meant(extra[field.name], field, backend.adapter, spec.location)
            except (BadValueError, AmbiguousError) as error:
                problems.append(Problem(EXTRA + field.name, error.message, error.hint))
    return replace(spec, extra=extra), problems


def _unfit(spec: MachineSpec) -> list[Problem]:
    """What no longer goes together."""
    image = fits.unfit_image(spec.image, spec.location)
    size = fits.unfit_size(spec.size, location=spec.location, image=spec.image)
    found = [("image", spec.image.name, image), ("size", spec.size.name, size)]
    return [Problem(kind, f"{name} can't be chosen: {why}.") for kind, name, why in found if why]


def _limited(
    journal: Journal, specs: Sequence[MachineSpec], limits: guard.Limits, opened: list[Record]
) -> list[Problem]:
    """What the journal or the guard would refuse; written down is nothing yet."""
    try:
        journal.check()
        guard.check_together(specs, opened, limits)
        guard.check_total(record_of(specs[0], journal), opened, limits)
    except (JournalError, LimitError) as error:
        return [Problem("", error.message, error.hint)]
    return []


def _same(records: Iterable[T], wanted: Any) -> T | None:
    """The record of that id, if exactly one has it."""
    found = [record for record in records if getattr(record, "id", None) == wanted.id]
    return found[0] if len(found) == 1 else None


def _image(backend: Backend, image: Image) -> Image | None:
    """The image as it is now; one that isn't there, or whose id stands for several, is none."""
    try:
        return backend.adapter.find_image(image.id)
    except (NotFoundError, AmbiguousError):
        return None


def _used(backend: Backend, machine_id: str, *, mine: bool) -> str:
    whose = "made from here" if mine else "not made from here"
    return f"{backend.name} already has a machine of this name ({machine_id}, {whose})."
