"""The offers that a session knows: the catalogue beside what its backends list, with those left out named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError
from mist_notebook.prices.catalogue import CURRENT
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.costs.currencies import HOME
from mist_notebook.prices.known import own_prices
from mist_notebook.prices.known.offers import Offers, belongs, gather
from mist_notebook.records.model import Listing, Size

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.client import MistClient

    from .session import Session


def known_to(
    session: Session,
    snapshot: str = CURRENT,
    *,
    offline: bool = False,
    refresh: bool = False,
    currency: str = HOME,
) -> tuple[Offers, bool]:
    """The offers of a snapshot and of a session's backends, and whether the sandbox's are among them.

    A backend that fails is left out with a note: the catalogue is there all the same. `offline` asks nobody. All money
    is in `currency`: NotFoundError where no rate of it is known, before anybody is asked.
    """

    def ask(backends: list[Backend]) -> list[Listing[Size]]:
        return session.listings("sizes", backends, refresh=refresh)

    currencies.check(currencies.kept(session.client.settings["currency"]), currency)
    found, sandbox = asked(session.client, ask, snapshot, offline=offline, currency=currency)
    session.compared = found.frame
    return found, sandbox


def asked(
    client: MistClient,
    ask: Callable[[list[Backend]], list[Listing[Size]]],
    snapshot: str = CURRENT,
    *,
    offline: bool = False,
    currency: str = HOME,
) -> tuple[Offers, bool]:
    """The offers of a snapshot and of a client's backends, whose sizes `ask` gives; as `known_to`."""
    backends, notes = ([], ()) if offline else _backends(client, snapshot)
    parts: list[Listing[Size]] = []
    if backends:
        try:
            parts = ask(backends)
        except MistError as error:
            notes = (*notes, f"{', '.join(backend.name for backend in backends)} left out: {error.message}")
    found = gather(snapshot, parts, own_prices.terms(client.settings), currency=currency)
    said = (note for part in parts for note in part.notes)
    return replace(found, notes=(*notes, *said, *found.notes)), any(part.backend.sandbox for part in parts)


def _backends(client: MistClient, snapshot: str) -> tuple[list[Backend], tuple[str, ...]]:
    """The backends whose sizes stand beside the snapshot, and a line where they can't be had.

    What is this computer's own, or there already, is no offer: it would be the cheapest of all.
    """
    try:
        every = client.backends.values()
    except MistError as error:
        return [], (f"Only the catalogue is compared: {error.message} With --offline nobody is asked.",)
    enabled = [one for one in every if one.enabled and not (one.adapter.only_there or one.adapter.on_this_computer)]
    found = [backend for backend in enabled if belongs(backend.record, snapshot)]
    of_today = [backend.name for backend in enabled if not (backend in found or backend.record.sandbox)]
    left = (f"{', '.join(of_today)} left out: of today, and not of {snapshot}.",) if of_today else ()
    return found, (*client.problems, *left)
