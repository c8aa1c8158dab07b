"""What a size has cost over the years: from dated prices to one row per change, and to one row per region.

Pure: frame to frame. The prices come from the catalogue; this says since when each held, until when it was seen, and
by how many percent it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from mist_notebook.frames import accessor as accessor  # what is returned from here has `.mist`
from mist_notebook.ground.errors import AmbiguousError, BadValueError, NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.prices.wishes.regions import of_provider
from mist_notebook.records.columns import COLUMNS, PANDAS_3, TEXT, Column

SizeId = tuple[str, str]

SERIES, SUMMARY = "history", "history-summary"
_KEY = ["provider", "id", "region"]
_MOST_NAMED = 12


def find(history: pd.DataFrame, word: str) -> SizeId:
    """The provider and id of the size that `EC2:m4.large`, or `m4.large`, means.

    Raises NotFoundError with the nearest, and AmbiguousError where several providers have it.
    """
    provider, size = _split(history, word)
    there = history[history["provider"] == provider] if provider else history
    exact = there[there["id"] == size]
    if exact.empty:
        exact = there[there["id"].astype("object").str.casefold() == size.casefold()]
    found = sorted({(str(owner), str(name)) for owner, name in _pairs(exact)})
    if not found:
        names = [f"{owner}:{name}" for owner, name in _pairs(there)]
        wanted = f"{provider}:{size}" if provider else size
        near = did_you_mean(wanted, names if provider else [str(name) for _, name in _pairs(there)], "size")
        raise NotFoundError(f"No price is known over time for '{brief(word)}'.", near)
    if len(found) > 1:
        choices = " or ".join(f"{owner}:{name}" for owner, name in found[:_MOST_NAMED])
        raise AmbiguousError(f"{len(found)} sizes match '{brief(word)}'.", f"Say which: {choices}.")
    return found[0]


def series(
    history: pd.DataFrame, sizes: Sequence[SizeId], *, regions: Sequence[str] = (), since: date | None = None
) -> pd.DataFrame:
    """One row per price that the sizes have had in a region: `as_of` is when it was first seen, `last_seen` when last.

    `change_percent` is from the row before, in the same region. `regions` are names, beginnings of names, or words
    for a part of the world (`eu`); with `since` only the prices that held on that day or later. Raises NotFoundError
    and BadValueError where nothing is left, with what there is.
    """
    rows = history[_is_one_of(history, sizes)]
    rows = rows[rows["price_hourly"].notna() & rows["as_of"].notna()]
    rows = _in_regions(rows, regions)
    found = _runs(rows.assign(**{name: rows[name].astype("object") for name in (*_KEY, "currency", "source")}))
    return _typed((found if since is None else _since(found, since)).reset_index(drop=True), SERIES)


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per size and region of a frame that `series` made: from when to when, from what to what, in percent."""
    groups = frame.groupby(_KEY, sort=False, dropna=False)
    found = groups.agg(
        backend=("backend", "first"),
        first_seen=("as_of", "first"),
        as_of=("last_seen", "max"),
        price_first=("price_hourly", "first"),
        price_hourly=("price_hourly", "last"),
        price_lowest=("price_hourly", "min"),
        price_highest=("price_hourly", "max"),
        changes=("price_hourly", "size"),
        currency=("currency", "last"),
        source=("source", "last"),
    ).reset_index()
    change = (found["price_hourly"] / found["price_first"] - 1) * 100
    return _typed(found.assign(change_percent=change, changes=found["changes"] - 1.0), SUMMARY)


def _split(history: pd.DataFrame, word: str) -> tuple[str, str]:
    """The provider's id and the size's; no provider where the word names none."""
    before, colon, size = word.partition(":")
    if not word.strip() or (colon and not size.strip()):
        raise BadValueError(f"'{brief(word)}' names no size.", "Give a provider and a size: EC2:m4.large")
    providers = sorted({str(name) for name in history["provider"].dropna().unique()})
    folded = before.casefold()
    provider = PROVIDER_ALIASES.get(folded, folded)
    if not colon:
        return "", word.strip()
    if provider in providers:
        return provider, size.strip()
    raise NotFoundError(
        f"No price is known over time for a provider named '{brief(before)}'.",
        did_you_mean(before, providers, "provider"),
    )


def _pairs(rows: pd.DataFrame) -> list[tuple[Any, Any]]:
    each = rows[["provider", "id"]].drop_duplicates()
    return list(zip(each["provider"], each["id"], strict=True))


def _is_one_of(history: pd.DataFrame, sizes: Sequence[SizeId]) -> pd.Series[bool]:
    chosen = pd.Series(False, index=history.index)
    for provider, size in sizes:
        chosen |= (history["id"] == size) & (history["provider"] == provider)
    return chosen


def _in_regions(rows: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """The rows of the regions that the words mean; each word has to mean one that is there."""
    if not words:
        return rows
    there = [str(region) for region in rows["region"].dropna().unique()]
    chosen = {region for word in words for region in _regions_of(word, there)}
    return rows[rows["region"].isin(chosen)]


def _regions_of(word: str, there: list[str]) -> list[str]:
    """The regions that the word means, at whichever provider."""
    found = of_provider(word, there)
    if not found:
        raise NotFoundError(f"No price is known in '{brief(word)}'.", did_you_mean(word, sorted(there), "region"))
    return found


def _runs(rows: pd.DataFrame) -> pd.DataFrame:
    """Equal prices one after another as one row, with the day when the last of them was seen."""
    rows = rows.sort_values([*_KEY, "as_of"], kind="stable", na_position="first")
    rows = rows.drop_duplicates([*_KEY, "as_of"], keep="last")
    before = rows.shift()
    same_size = _same_size(rows, before)
    starts = ~(same_size & (rows["price_hourly"] == before["price_hourly"]))
    last_seen = rows.groupby(starts.cumsum())["as_of"].transform("max")
    found = rows.assign(last_seen=last_seen)[starts]
    earlier = found["price_hourly"].shift().where(same_size[starts])
    return found.assign(change_percent=(found["price_hourly"] / earlier - 1) * 100, backend=None)


def _since(found: pd.DataFrame, day: date) -> pd.DataFrame:
    """The prices that held on the day or later: also one that an earlier list had, if a later one changed it."""
    start = pd.Timestamp(day)
    replaced = found["as_of"].shift(-1).where(_same_size(found, found.shift(-1)))
    held = found[(found["last_seen"] >= start) | (replaced > start)]
    if held.empty:
        last = found["last_seen"].max()
        raise BadValueError(f"No price since {day}.", f"The last known one is of {last:%Y-%m-%d}.")
    return held


def _same_size(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series[bool]:
    """Where both are of the same size and region; two missing regions are the same."""
    same = pd.Series(True, index=rows.index)
    for name in _KEY:
        same &= (rows[name] == others[name]) | (rows[name].isna() & others[name].isna())
    return same


def _typed(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The frame with just the columns of its kind, in their dtypes, and a word on what it is."""
    columns = (Column("backend", TEXT, "backend"), Column("provider", TEXT, "provider"), *COLUMNS[kind])
    typed = pd.DataFrame({column.name: _cast(frame[column.name], column.dtype) for column in columns})
    typed.attrs["mist"] = {"kind": kind}
    return typed


def _cast(column: pd.Series[Any], dtype: Any) -> Any:
    """The column in this dtype; where text is `object`, None stays None and is not the word for it."""
    if dtype == TEXT and not PANDAS_3:
        return column.astype("object").where(column.notna(), None)
    return column.astype(dtype)
