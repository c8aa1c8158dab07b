"""Opening an explorer: in the words of the line, and with the offers that a session knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mist_notebook.client.notebook import known_offers
from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.prices.comparing import words
from mist_notebook.prices.comparing.ranking import GROUPS
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.known.offers import CURRENT
from mist_notebook.prices.wishes import wish
from mist_notebook.widgets.parts.session_here import session_here

from .explorer import Explorer
from .state import state as states
from .state.answer import World
from .state.state import State

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


def explore(*, snapshot: str = CURRENT, offline: bool = False, **asked: Any) -> Explorer:
    """An explorer with these filters set, in the words of the line: `explore(cpus="4+", ram="16GB", region="eu")`.

    They are those of `client.compare`: beside the conditions `per` (what has one row: a `size`, an `offer`, a
    `provider`, a `region` or a `family`), `by`, `hours`, `limit` (`None` is all rows), `descending`, `with_` and
    `currency`. It uses the notebook's session where the extension is loaded, else one of its own.
    """
    session, said = session_here(), words.in_ours(asked, words.OF_RANKING)
    if said.get("per", "size") not in GROUPS:
        per = str(said["per"])
        raise NotFoundError(f"There is no group '{brief(per)}'.", did_you_mean(per, list(GROUPS), "group"))
    settings = session.client.settings
    ranking = words.ranking(said, currencies.kept(settings["currency"]), settings["extras"])
    return open_explorer(session, states.opened(wish.read(**said), ranking), snapshot, offline=offline)


def open_explorer(
    session: Session, begin: State, snapshot: str | None = None, *, offline: bool = False, refresh: bool = False
) -> Explorer:
    """An explorer of the offers of a snapshot and of the session's backends, which are asked now.

    Raises what the first question can't be answered with: a provider, region, GPU or column that there is none of.
    """
    snapshot = snapshot or CURRENT
    found, sandbox = known_offers.known_to(
        session, snapshot, offline=offline, refresh=refresh, currency=begin.ranking.currency
    )
    more = [f"--snapshot {snapshot}"] if snapshot != CURRENT else []
    more += ["--offline"] if offline else []
    old = {name: session.client.settings[name] for name in ("stale_days", "stale_gpu_days")}
    world = World(found.frame, snapshot, tuple(more), sandbox=sandbox, absent=found.absent, **old)
    return Explorer(session, world, begin, notes=found.notes)
