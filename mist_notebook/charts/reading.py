"""What a chart reads from a frame that a person may have filtered, sorted, joined or typed in, and what it says of it.

What isn't there, or isn't a figure, is unknown; text is cleaned. Nothing is written to the frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list
from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.text import brief, clean, counted, is_pasteable, nearest
from mist_notebook.records.provider_names import called

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRICE = "price_hourly"
UNKNOWN = "–"
_LABEL_LIMIT = 48
_MOST_NAMED = 3
_VERSIONED = re.compile(r"(?P<name>.*?) (?P<version>\d[\w.]*)(?: \(.*\))?")


def names_of(frame: pd.DataFrame) -> list[str]:
    """The names of the columns; raises BadValueError where they aren't plain names, each once."""
    if frame.columns.nlevels != 1 or not frame.columns.is_unique:
        raise BadValueError(
            "This frame has columns of several levels, or two of one name.", "Give a frame as %mist answers it."
        )
    return [str(name) for name in frame.columns]


def need(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raises NotFoundError where one of the columns is missing."""
    names = names_of(frame)
    missing = next((name for name in columns if name not in names), None)
    if missing is not None:
        close = nearest(missing, filter(is_pasteable, names))
        hint = f"Did you mean {' or '.join(close)}?" if close else "Keep it when you choose columns."
        raise NotFoundError(f"This frame has no column '{brief(missing)}'.", hint)


def figures(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """The column as figures, unknown where it is none, and infinity too; all unknown where there is no such column."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    found = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def words(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The column as it stands, without categories; all unknown where there is no such column."""
    if name not in frame:
        return pd.Series([None] * len(frame), index=frame.index, dtype="object")
    return frame[name].astype("object")


def texts(frame: pd.DataFrame, name: str) -> list[str]:
    """The column as cleaned text, `–` for unknown."""
    return [label(value) for value in words(frame, name)]


def sizes(frame: pd.DataFrame) -> list[str]:
    """Each row's size as a picture names it: its id, and where that is a mere number, its name too."""
    pairs = zip(texts(frame, "id"), words(frame, "name"), strict=True)
    return [f"{size} ({label(name)})" if size.isdigit() and not pd.isna(name) else size for size, name in pairs]


def label(value: Any) -> str:
    """One foreign value as text for a picture."""
    return UNKNOWN if pd.isna(value) else clean(str(value), _LABEL_LIMIT)


def days(frame: pd.DataFrame, name: str = "as_of") -> pd.Series[Any]:
    """The column as dates, unknown where it holds none."""
    if name not in frame:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    return pd.to_datetime(frame[name], errors="coerce", utc=True).dt.tz_localize(None).astype("datetime64[s]")


def owners(frame: pd.DataFrame) -> pd.Series[Any]:
    """Whose each row is: the backend, else the provider; with the kind of price where there are several."""
    whose = words(frame, "backend").where(words(frame, "backend").notna(), words(frame, "provider"))
    whose = whose.where(whose.notna(), UNKNOWN).map(lambda name: called(name) if isinstance(name, str) else name)
    kinds = words(frame, "kind")
    if kinds.nunique() < 2:
        return whose
    return whose.astype(str) + kinds.map({"spot": " spot"}).fillna("")


def providers_of(frame: pd.DataFrame) -> dict[str, str]:
    """Of which provider each owner of a price is, by the name that a picture gives it."""
    pairs = zip(owners(frame), words(frame, "provider"), strict=True)
    return {label(owner): str(provider) for owner, provider in dict.fromkeys(pairs) if not pd.isna(provider)}


def priced(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows have a price that can be drawn.

    Raises BadValueError where none has, or there is no row at all, and where there are several currencies.
    """
    if not len(frame):
        raise BadValueError("This frame is empty: there is no price to draw.", "Widen what it was filtered by.")
    known = np.nan_to_num(figures(frame, PRICE)) > 0
    if not known.any():
        raise BadValueError("No row of this frame has a known price.", "Unknown is not free: there is nothing to draw.")
    currency(frame[known])
    return known


def currency(frame: pd.DataFrame) -> str:
    """The one currency of all rows, empty where it isn't said; raises BadValueError where there are several."""
    found = sorted({label(value) for value in words(frame, "currency").dropna().unique()})
    if len(found) > 1:
        raise BadValueError(
            f"Prices in {sentence_list(found[:_MOST_NAMED])} don't belong in one order.",
            f"Take one: df[df.currency == '{next(filter(is_pasteable, found), 'USD')}']",
        )
    return found[0] if found else ""


def per_hour(frame: pd.DataFrame) -> str:
    """What the prices are in."""
    return f"{currency(frame) or 'unknown currency'} per hour"


def provenance(frame: pd.DataFrame) -> str:
    """Of which currency, days and sources the prices are, in one line."""
    known = pd.concat([days(frame), days(frame, "last_seen")]).dropna()
    dates = "unknown date"
    if len(known):
        first, last = f"{known.min():%Y-%m-%d}", f"{known.max():%Y-%m-%d}"
        dates = first if first == last else f"{first} to {last}"
    example = is_sandbox(frame) or "example" in set(words(frame, "confidence").dropna().unique())
    return f"{per_hour(frame)} · {'example ' if example else ''}prices of {dates} · source: {_sources(frame)}"


def is_sandbox(frame: pd.DataFrame) -> bool:
    """Whether the frame is a listing of the sandbox."""
    about = frame.attrs.get("mist")
    return isinstance(about, dict) and bool(about.get("sandbox"))


def title(frame: pd.DataFrame, text: str) -> str:
    """The title, marked where the frame is the sandbox's."""
    return f"SANDBOX · {text}" if is_sandbox(frame) else text


def left_out(reasons: Sequence[tuple[int, str]]) -> list[str]:
    """One sentence on the rows that are not drawn, or none."""
    said = [f"{counted(number, 'row')} {why}" for number, why in reasons if number]
    return [f"Left out: {sentence_list(said)}."] if said else []


def money(price: float) -> str:
    """A price as frames show it."""
    return f"{price:.4f}" if price >= 0.001 else f"{price:.6f}"


def _sources(frame: pd.DataFrame) -> str:
    """The sources by name; of one that stands there in several versions, how many."""
    versions: dict[str, set[str]] = {}
    for source in words(frame, "source").dropna().unique():
        read = _VERSIONED.fullmatch(str(source))
        versions.setdefault(read["name"] if read else str(source), set()).add(read["version"] if read else "")
    said = [
        label(f"{name} ({len(found)} versions)" if len(found) > 1 else f"{name} {min(found)}".strip())
        for name, found in versions.items()
    ]
    more = len(said) - _MOST_NAMED
    return sentence_list([*said[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])]) or "unknown"
