"""The offers to compare: a snapshot of the catalogue, what live backends list, and a person's own terms, in one frame.

`backend` is missing in the rows that no backend has. The sandbox's backends stand beside the snapshot of 2014, whose
world is theirs, and all others beside the current one: prices of different times are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from mist_notebook.ground.errors import MistError
from mist_notebook.records.model import Listing, Size

from . import catalogue, live_offers, own_prices
from .own_prices import Terms

if TYPE_CHECKING:
    from datetime import date

    from mist_notebook.client.backend import Backend
    from mist_notebook.client.client import MistClient
    from mist_notebook.client.session import Session
    from mist_notebook.records.model import BackendInfo

CURRENT, PERIOD = "current", "2014"


@dataclass(frozen=True)
class Offers:
    """One frame of offers, and the lines that say what is in it and what is not."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def gather(
    snapshot: str = CURRENT,
    parts: Sequence[Listing[Size]] = (),
    terms: Terms | None = None,
    *,
    today: date | None = None,
) -> Offers:
    """The offers of a snapshot, and of these listings of sizes, at these terms; not to be changed in place.

    Raises NotFoundError for a snapshot that there is none of.
    """
    frame = catalogue.offers(snapshot)
    notes = catalogue.refresh_notes() if snapshot == CURRENT else ()
    if listed := tuple(part for part in parts if part.records):
        frame = _merged(_Pieces(frame, listed))
    if terms is None:
        return Offers(frame, notes)
    frame, more = own_prices.apply(frame, terms, today=today)
    return Offers(frame, (*notes, *more))


def known_to(
    session: Session, snapshot: str = CURRENT, *, offline: bool = False, refresh: bool = False
) -> tuple[Offers, bool]:
    """The offers of a snapshot and of a session's backends, and whether the sandbox's are among them.

    A backend that fails is left out with a note: the catalogue is there all the same. `offline` asks nobody.
    """

    def ask(backends: list[Backend]) -> list[Listing[Size]]:
        return session.listings("sizes", backends, refresh=refresh)

    found, sandbox = asked(session.client, ask, snapshot, offline=offline)
    session.compared = found.frame
    return found, sandbox


def asked(
    client: MistClient,
    ask: Callable[[list[Backend]], list[Listing[Size]]],
    snapshot: str = CURRENT,
    *,
    offline: bool = False,
) -> tuple[Offers, bool]:
    """The offers of a snapshot and of a client's backends, whose sizes `ask` gives; as `known_to`."""
    backends, notes = ([], ()) if offline else _backends(client, snapshot)
    parts: list[Listing[Size]] = []
    if backends:
        try:
            parts = ask(backends)
        except MistError as error:
            notes = (*notes, f"{', '.join(backend.name for backend in backends)} left out: {error.message}")
    found = gather(snapshot, parts, own_prices.terms(client.settings))
    said = (note for part in parts for note in part.notes)
    return Offers(found.frame, (*notes, *said, *found.notes)), any(part.backend.sandbox for part in parts)


def size_words(frame: pd.DataFrame) -> list[str]:
    """Every size as `like` takes it: `ec2:m5.xlarge`."""
    sizes = frame[["provider", "id"]].drop_duplicates().astype("object")
    return [f"{provider}:{size}" for provider, size in zip(sizes["provider"], sizes["id"], strict=True)]


def _backends(client: MistClient, snapshot: str) -> tuple[list[Backend], tuple[str, ...]]:
    """The backends whose sizes stand beside the snapshot, and a line where they can't be had."""
    try:
        every = client.backends.values()
    except MistError as error:
        return [], (f"Only the catalogue is compared: {error.message} With --offline nobody is asked.",)
    enabled = [backend for backend in every if backend.enabled]
    found = [backend for backend in enabled if belongs(backend.record, snapshot)]
    of_today = [backend.name for backend in enabled if not (backend in found or backend.record.sandbox)]
    left = (f"{', '.join(of_today)} left out: of today, and not of {snapshot}.",) if of_today else ()
    return found, (*client.problems, *left)


def belongs(backend: BackendInfo, snapshot: str) -> bool:
    """Whether a backend's sizes stand beside this snapshot: the sandbox's are of 2014, all others are of today."""
    return backend.sandbox == (snapshot == PERIOD)


class _Pieces:
    """What a merged frame is made of; equal only to just the same things, which it holds so that they stay the same."""

    def __init__(self, known: pd.DataFrame, parts: tuple[Listing[Size], ...]) -> None:
        self.known = known
        self.parts = parts
        self._ids = (id(known), *map(id, parts))

    def __hash__(self) -> int:
        return hash(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pieces) and self._ids == other._ids


@lru_cache(maxsize=2)
def _merged(pieces: _Pieces) -> pd.DataFrame:
    return live_offers.merged(
        pieces.known, pd.concat([live_offers.rows(part) for part in pieces.parts], ignore_index=True)
    )
