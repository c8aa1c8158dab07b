"""A person's own price history: of each list that was fetched what differed from before, a small file a list and day.

`%mist history` goes on with it where the embedded history ends.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from mist_notebook.ground.errors import MistError

from . import fetched
from .fetched import SUFFIX, Kept, UnusableError
from .reading.price_row import ON_DEMAND

KEY = ["provider", "id", "region", "kind", "os"]
_COLUMNS = ["provider", "id", "region", "as_of", "price_hourly", "currency", "source"]
_FOLDER = "past-prices"
_Stamps = tuple[tuple[str, int, int], ...]


def keep(news: Kept, changed: pd.DataFrame) -> None:
    """Keep the offers of a fresh list that `changed` names; those of the same day stay. Raises SettingsError."""
    keys = pd.MultiIndex.from_frame(changed[KEY].astype("object"))
    offers = news.offers[pd.MultiIndex.from_frame(news.offers[KEY].astype("object")).isin(keys)]
    day = max(news.scopes.values())
    path = _file(news.name, day)
    try:
        offers = pd.concat([fetched.read(path).offers.astype("object"), offers.astype("object")], ignore_index=True)
        offers = offers.drop_duplicates(KEY, keep="last").astype(dict(news.offers.dtypes))
    except (FileNotFoundError, UnusableError):
        pass
    if len(offers):
        fetched.put(Kept(news.name, news.provider, news.url, {"": day}, offers, news.kinds), path)


def forget(days: int, today: date) -> int:
    """Remove what is older than so many days; the answer is how many files went."""
    gone = 0
    for path in _paths():
        day = _day_of(path)
        if day and day < today - timedelta(days=days):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def rows() -> pd.DataFrame:
    """Every price on demand that was fetched, with its day: `provider id region as_of price_hourly currency source`."""
    return _rows(tuple((str(path), *_state(path)) for path in _paths()))


@lru_cache(maxsize=1)
def _rows(stamps: _Stamps) -> pd.DataFrame:
    found: list[pd.DataFrame] = []
    for path, _, _ in stamps:
        try:
            offers = fetched.read(Path(path)).offers
        except (FileNotFoundError, UnusableError, MistError):
            continue
        found.append(offers.loc[(offers["kind"] == ON_DEMAND).to_numpy(dtype=bool), _COLUMNS].astype("object"))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS, dtype="object")


def _file(name: str, day: date) -> Path:
    return fetched.folder().with_name(_FOLDER) / f"{name}.{day}{SUFFIX}"


def _paths() -> list[Path]:
    try:
        return sorted(path for path in fetched.folder().with_name(_FOLDER).iterdir() if path.name.endswith(SUFFIX))
    except OSError:
        return []


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name.removesuffix(SUFFIX).rpartition(".")[2])
    except ValueError:
        return None


def _state(path: Path) -> tuple[Any, Any]:
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_ctime_ns, state.st_size
