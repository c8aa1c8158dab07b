"""What sizes the clouds offer and what they cost, embedded: dated row by row, offline, read once and only when asked.

`snapshot` gives the offers of a world, `history` what prices were, `manifest` where all of it comes from. The data is
made by ``tools/make_catalogue.py``; what a person fetches since is `overlay`'s.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief

if TYPE_CHECKING:
    import pandas as pd

CURRENT = "current"
SNAPSHOTS = (CURRENT, "2014")

__all__ = [
    "CURRENT",
    "SNAPSHOTS",
    "current_with_refreshed",
    "history",
    "manifest",
    "offers",
    "parts",
    "refresh_notes",
    "refreshed",
    "snapshot",
]


def snapshot(name: str = CURRENT) -> pd.DataFrame:
    """The offers of a snapshot, in the columns of OFFERS; text columns are categoricals. Not to be changed in place.

    Raises NotFoundError for a name that is none of SNAPSHOTS, BadValueError for what is no name at all, MistError where
    the data is damaged.
    """
    if not isinstance(name, str) or not name.strip():
        raise BadValueError("The snapshot has no name.", f"There are {' and '.join(SNAPSHOTS)}.")
    if name not in SNAPSHOTS:
        raise NotFoundError(f"No snapshot named '{brief(name)}'.", did_you_mean(name, SNAPSHOTS, "snapshot"))
    return _snapshot(name)


def offers(name: str = CURRENT) -> pd.DataFrame:
    """As `snapshot`; in the current one stands what a person has fetched since, in the place of what it supersedes."""
    return current_with_refreshed() if name == CURRENT else snapshot(name)


def current_with_refreshed() -> pd.DataFrame:
    """The current snapshot, and in its place what was fetched since; about 60 µs where no file has changed."""
    from . import overlay

    return overlay.current_with_refreshed()


def refreshed() -> pd.DataFrame:
    """Every offer that a person has fetched, and no others; empty, with all columns, where none was."""
    from . import overlay

    return overlay.refreshed()


def refresh_notes() -> tuple[str, ...]:
    """A line for each file of fetched prices that is there and not used."""
    from . import overlay

    return overlay.refresh_notes()


def history() -> pd.DataFrame:
    """What prices were: `provider id region as_of price_hourly currency source`. Not to be changed in place.

    After the embedded history stands what a person has fetched since.
    """
    from . import own_past

    own = own_past.rows()
    return _history() if own.empty else _with_own(own)


def forget_days(days: int) -> None:
    """Forget what a person has fetched of the time before so many days ago; the newest prices stay."""
    from datetime import UTC, datetime

    from . import own_past

    own_past.forget(days, datetime.now(UTC).date())


@cache
def parts() -> pd.DataFrame:
    """What a machine costs beside its size, each row a dated list price. Not to be changed in place.

    `provider region size part name price unit included up_to currency as_of source`. A part is a `disk`, an `address`
    or `traffic` to the internet. No region, or no size, means all of the provider's. `included` GB of traffic are free;
    of several rows each holds for the traffic up to its `up_to` GB. What isn't here is unknown, not free.
    """
    from . import beside

    return beside.read()


def manifest() -> dict[str, Any]:
    """The format, the counts of each snapshot, and each package with its version, sha256, licence and date."""
    from . import table_file

    return table_file.manifest()


@cache
def _snapshot(name: str) -> pd.DataFrame:
    from . import embedded

    return embedded.read(name)


@cache
def _history() -> pd.DataFrame:
    from . import past

    return past.read()


def _with_own(own: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    known = _history()
    added = own.assign(as_of=own["as_of"].astype("datetime64[s]"), price_hourly=own["price_hourly"].astype("float64"))
    both = {}
    for name in known.columns:
        if isinstance(known[name].dtype, pd.CategoricalDtype):
            kinds = known[name].cat.add_categories(sorted(set(added[name].dropna()) - set(known[name].cat.categories)))
            both[name] = pd.concat([kinds, added[name].astype(kinds.dtype)], ignore_index=True)
        else:
            both[name] = pd.concat([known[name], added[name]], ignore_index=True)
    return pd.DataFrame(both).sort_values("as_of", kind="stable", ignore_index=True)
