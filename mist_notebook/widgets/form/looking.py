"""What a form asks a session beside its lists: what to begin with, and the cheapest size of all backends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts.quantity import RamWish, Range
from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.provision import guard

from . import here
from .state import suggest
from .state.events import Found
from .state.facts import Hints, Wishes
from .state.glance import size as size_line

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.records.model import Listing, Size


def hints(session: Session) -> Hints:
    """The backend that was used last, by the journal, and how far countries are from here."""
    return Hints(_last_used(session), here.distances_km())


def as_much(size: Size) -> Wishes:
    """The wish for at least what this size has."""
    ram = RamWish(Range(size.ram_mb / 1024)) if size.ram_mb is not None else None
    return Wishes(Range(size.vcpus) if size.vcpus is not None else None, ram)


def cheapest(session: Session, wishes: Wishes) -> Found:
    """The cheapest size of all backends that meets the wishes. Raises NotFoundError where none has a known price."""
    backends = [backend for backend in session.connected.backends.values() if backend.enabled]
    usable = [backend for backend in backends if backend.adapter.needs().machines and not backend.adapter.only_there]
    parts: list[Listing[Any]] = session.listings("sizes", usable)
    best = [(part, found) for part in parts if (found := suggest.cheapest(_meeting(part, wishes))) is not None]
    if not best:
        raise NotFoundError(f"No size of your backends has {wishes} at a known price.", _nearest(parts, wishes))
    part, size = min(best, key=lambda pair: guard.usd_per_hour(pair[1].price) or 0.0)
    at = f"the cheapest of {len(parts)} backends" if len(parts) > 1 else "the cheapest"
    said = f"{size_line(size, size.price.currency or 'USD')}: {at} with {wishes}."
    return Found(part.backend.id, size.id, said)


def _nearest(parts: Sequence[Listing[Any]], wishes: Wishes) -> str:
    """What comes nearest, of all backends, and where it is."""
    found = [(suggest.miss(size, wishes), part, size) for part in parts for size in part.records]
    known = [one for one in found if one[0] is not None]
    if not known:
        return "Ask for less."
    _, part, size = min(known, key=lambda one: (one[0], guard.usd_per_hour(one[2].price) or float("inf")))
    return f"The nearest is at {part.backend.name}: {size_line(size, size.price.currency or 'USD')}."


def _meeting(part: Listing[Any], wishes: Wishes) -> list[Size]:
    return [size for size in part.records if suggest.meets(size, wishes)]


def _last_used(session: Session) -> str | None:
    try:
        records = session.connected.journal.records()
    except MistError:
        return None  # the journal says so itself, where it matters
    return max(records, key=lambda record: record.age_order()).backend if records else None
