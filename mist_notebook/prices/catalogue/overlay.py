"""The offers that hold now: the embedded ones, and in their place those that a person has fetched since.

Where a list was fetched, whole or for a region, it takes the place of what was embedded before that day: what it no
longer has is not offered any more. Rows of a later day stay, whoever has them. Files are read once, and again when one
changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import fetched, price_row
from .fetched import SUFFIX, WHOLE, Kept, UnusableError

CURRENT = "current"
KEY = ("provider", "id", "region", "kind", "os")
Flags = np.ndarray[Any, np.dtype[np.bool_]]
_Stamps = tuple[tuple[str, int, int], ...]


def current_with_refreshed() -> pd.DataFrame:
    """The current snapshot, and in its place what was fetched since. Not to be changed in place."""
    return _overlaid(_stamps())


def refreshed() -> pd.DataFrame:
    """Every offer that was fetched, and no others; empty, with all columns, where none was."""
    frames = [kept.offers for kept in _read(_stamps())[0]]
    return pd.concat(frames, ignore_index=True) if frames else price_row.empty()


def newest() -> date | None:
    """The newest day of a file that was fetched; `None` where none was."""
    days = [date.fromtimestamp(state / 1e9) for _, state, _ in _stamps() if state]
    return max(days, default=None)


def refresh_notes() -> tuple[str, ...]:
    """A line for each file that is there and not used."""
    return _read(_stamps())[1]


def overlaid(embedded: pd.DataFrame, kept: Sequence[Kept]) -> pd.DataFrame:
    """The embedded offers with each list in the place of what it supersedes."""
    for one in kept:
        embedded = _with_list(embedded, one)
    return embedded


def spoken_for(frame: pd.DataFrame, kept: Kept) -> Flags:
    """The rows that the list supersedes: its provider's, of its kinds and the regions read, and not of a later day."""
    found = np.zeros(len(frame), dtype=bool)
    of_provider = (frame["provider"] == kept.provider).to_numpy(dtype=bool)
    if kept.kinds:
        of_provider = of_provider & frame["kind"].isin(list(kept.kinds)).to_numpy(dtype=bool)
    for region, day in kept.scopes.items():
        here = of_provider if region == WHOLE else of_provider & (frame["region"] == region).to_numpy(dtype=bool)
        found |= here & ~(frame["as_of"] > pd.Timestamp(day)).to_numpy(dtype=bool)
    return found


def _with_list(embedded: pd.DataFrame, kept: Kept) -> pd.DataFrame:
    rest = embedded[~spoken_for(embedded, kept)]
    fresh = kept.offers
    later = rest[(rest["provider"] == kept.provider).to_numpy(dtype=bool)]
    if len(later):
        fresh = fresh[~pd.MultiIndex.from_frame(fresh[[*KEY]]).isin(pd.MultiIndex.from_frame(_plain(later)))]
    rest, fresh = _same_categories(rest, fresh)
    return pd.concat([rest, fresh[list(rest.columns)]], ignore_index=True)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The keys as text, whatever they are kept as."""
    return frame[[*KEY]].astype("object")


def _same_categories(rest: pd.DataFrame, fresh: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with the same categories, where the embedded ones are categories: concat would make text of them."""
    ours, theirs = rest.copy(deep=False), fresh.copy(deep=False)
    for name in rest.columns:
        if not isinstance(rest[name].dtype, pd.CategoricalDtype):
            continue
        known = rest[name].cat.categories
        added = [text for text in fresh[name].dropna().unique() if text not in known]
        ours[name] = rest[name].cat.add_categories(added)
        theirs[name] = fresh[name].astype(ours[name].dtype)
    return ours, theirs


def _stamps() -> _Stamps:
    """Which files there are, and their state: what changes when a list is fetched, by whichever kernel."""
    folder = fetched.folder()
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError:
        return ((str(folder), 0, 0),)  # reading it says why
    return tuple(stamp for path in paths if (stamp := _stamp(path)))


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    except OSError:
        return str(path), 0, 0
    return str(path), state.st_ctime_ns, state.st_size


@lru_cache(maxsize=2)
def _read(stamps: _Stamps) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """Every list that can be used, and a line for each file that can't."""
    kept: list[Kept] = []
    notes: list[str] = []
    for path, _, _ in stamps:
        try:
            kept.append(fetched.read(Path(path)))
        except FileNotFoundError:
            continue
        except UnusableError as error:
            notes.append(f"{path} {error}: it is not used. Fetch that list again, or remove the file.")
    return tuple(kept), tuple(notes)


@lru_cache(maxsize=1)
def _overlaid(stamps: _Stamps) -> pd.DataFrame:
    from mist_notebook.prices import catalogue

    kept, _ = _read(stamps)
    return overlaid(catalogue.snapshot(CURRENT), kept)
