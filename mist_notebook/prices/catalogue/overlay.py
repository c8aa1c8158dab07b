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

from mist_notebook.ground.text_codes import present, where

from . import fetched
from .fetched import SUFFIX, WHOLE, Kept, UnusableError
from .reading import price_row
from .reading.price_row import LINUX

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
    if not kept:
        return embedded
    stays = np.ones(len(embedded), dtype=bool)
    for one in kept:
        stays &= ~spoken_for(embedded, one)
    rest = embedded[stays]
    return joined([rest, *(_beside(rest, one) for one in kept)])


def spoken_for(frame: pd.DataFrame, kept: Kept) -> Flags:
    """The rows that the list supersedes: its provider's, of its kinds, systems and regions, and not of a later day."""
    found = np.zeros(len(frame), dtype=bool)
    of_provider = (frame["provider"] == kept.provider).to_numpy(dtype=bool)
    if kept.kinds:
        of_provider = of_provider & frame["kind"].isin(list(kept.kinds)).to_numpy(dtype=bool)
    of_provider = of_provider & of_systems(frame, kept)
    for region, day in kept.scopes.items():
        here = of_provider if region == WHOLE else of_provider & (frame["region"] == region).to_numpy(dtype=bool)
        found |= here & ~(frame["as_of"] > pd.Timestamp(day)).to_numpy(dtype=bool)
    return found


def of_systems(frame: pd.DataFrame, kept: Kept) -> Flags:
    """The rows of the systems that the list has prices for; one that says none is of Linux."""
    systems = {text.casefold() for text in present(kept.offers["os"])} or {LINUX}
    unsaid = frame["os"].isna().to_numpy(dtype=bool) & (LINUX in systems)
    return np.asarray(unsaid | where(frame["os"], lambda text: text.casefold() in systems))


def _beside(rest: pd.DataFrame, kept: Kept) -> pd.DataFrame:
    """The list's offers, without those that stand in the rest, being of a later day."""
    later = rest[[*KEY]][(rest["provider"] == kept.provider).to_numpy(dtype=bool)]
    known = kept.offers["id"].isin(later["id"].unique()).to_numpy(dtype=bool, copy=True)
    if not known.any():
        return kept.offers
    found = pd.MultiIndex.from_frame(_plain(kept.offers[known])).isin(pd.MultiIndex.from_frame(_plain(later)))
    known[known] = found
    return kept.offers[~known]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The keys as text, whatever they are kept as."""
    return frame[[*KEY]].astype("object")


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The frames below one another, in the columns and dtypes of the first; its categories grow by theirs."""
    first = frames[0]
    return pd.DataFrame({name: _below([frame[name] for frame in frames]) for name in first.columns}, copy=False)


def _below(columns: Sequence[pd.Series[Any]]) -> Any:
    first = columns[0]
    if isinstance(first.dtype, pd.CategoricalDtype):
        return _categories_below([_categorical(column) for column in columns], first.cat.categories)
    if isinstance(first.array, pd.arrays.BooleanArray):
        flags: list[Any] = [pd.array(column.array, dtype="boolean") for column in columns]
        return pd.arrays.BooleanArray(
            np.concatenate([one._data for one in flags]), np.concatenate([one._mask for one in flags])
        )
    if first.dtype.kind not in "fM":
        return pd.concat([column.astype(first.dtype) for column in columns], ignore_index=True).array
    return np.concatenate([column.to_numpy() for column in columns]).astype(first.to_numpy().dtype, copy=False)


def _categorical(column: pd.Series[Any]) -> pd.Categorical:
    array = column.array
    return array if isinstance(array, pd.Categorical) else pd.Categorical(array)


def _categories_below(columns: Sequence[pd.Categorical], own: pd.Index[Any]) -> pd.Categorical:
    """Codes are moved, no text is looked at twice."""
    places = {text: place for place, text in enumerate(own.tolist())}
    codes = np.empty(sum(map(len, columns)), dtype=np.int32)
    begin = 0
    for column in columns:
        end = begin + len(column)
        if column.categories is own:
            codes[begin:end] = column.codes
        else:
            moved = [places.setdefault(text, len(places)) for text in column.categories.tolist()]
            codes[begin:end] = np.array([*moved, -1], dtype=np.int32)[column.codes]
        begin = end
    known = own if len(places) == len(own) else pd.Index(list(places), dtype=own.dtype)
    return pd.Categorical.from_codes(codes, known)


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
