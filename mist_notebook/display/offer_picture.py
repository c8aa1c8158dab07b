"""What the picture of a frame of offers shows: few enough columns to read, and what is counted in the line above.

The frame keeps every column. GPUs are shown where there are any, what a person added always; a column that is the same
in all rows goes into the line above.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mist_notebook.records.columns import ALIKE, COMPARED, OFFERS, SORT_WORDS

if TYPE_CHECKING:
    import pandas as pd

    from .view import Table

KINDS = ("offers", "like", "pivot")
_MOST_REGIONS = 8
_SIZE = (
    "backend",
    "provider",
    "id",
    "name",
    "vcpus",
    "ram_gb",
    "disk_gb",
    "gpus",
    "gpu_name",
    "arch",
    "region",
    "kind",
)
_SHOWN = {
    "offers": (*_SIZE, "price_hourly", "price_monthly", "usd_vcpu_h", "usd_gib_h", "usd_gpu_h", "as_of"),
    "like": (*_SIZE, "price_hourly", "distance", "differs", "diff_percent", "saved_monthly", "as_of"),
    "pivot": ("backend", "provider", "id", "vcpus", "ram_gb"),
}
_SPARE = ("usd_gib_h", "usd_vcpu_h", "disk_gb", "price_monthly", "usd_gpu_h", "diff_percent")
_SHOWN_ALWAYS = ("total", "by", "distance", "differs", "diff_percent", "saved_monthly")
_COMPUTED = {*COMPARED, *ALIKE} - set(_SHOWN_ALWAYS)
_OF_GPUS = ("gpus", "gpu_name", "usd_gpu_h")
_OF_THE_REST = ("usd_vcpu_h", "usd_gib_h")
_MAY_BE_SAID = ("backend", "provider", "arch", "region", "kind", "gpu_name", "currency", "as_of", "source")
_ALWAYS_SAID = ("kind", "currency")
_BEST = {"size": ", each in its best region", "provider": ", the best of each", "region": ", the best of each"}
_BEST |= {"family": ", the best of each"}


@dataclass(frozen=True)
class Folded:
    """The columns that are drawn, in order; those said above, of which nothing is known, and the rest; the rates."""

    drawn: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()


def folded(frame: pd.DataFrame, about: dict[str, Any]) -> Folded | None:
    """Which columns aren't drawn; nothing where the frame isn't one of offers with all of their columns."""
    kind = about.get("kind", "")
    if kind == "pivot":
        return _folded_pivot(frame)
    usual = {column.name for column in OFFERS}
    if kind not in _SHOWN or not usual <= set(frame.columns) or frame["gpus"].dtype.kind not in "iuf":
        return None
    return _folded(frame, kind, usual | _COMPUTED)


def _folded(frame: pd.DataFrame, kind: str, known: set[str]) -> Folded:
    if not len(frame):
        return Folded(hidden=tuple(frame.columns))
    wanted = [name for name in frame.columns if name in _SHOWN[kind] or name not in known]
    if not (frame["gpus"] > 0).any():
        wanted = [name for name in wanted if name not in _OF_GPUS]
    elif (frame["gpus"] > 0).all():
        wanted = [name for name in wanted if name not in _OF_THE_REST]
    if not any(str(own).isdigit() for own in frame["id"]):
        wanted.remove("name")  # an id that isn't a number says what the name says
    unknown = [name for name in wanted if len(frame) and frame[name].isna().all()]
    said = [name for name in frame.columns if name in _MAY_BE_SAID and _is_same(frame[name])]
    order = [*(name for name in _SHOWN[kind] if name in wanted), *(name for name in wanted if name not in _SHOWN[kind])]
    drawn = [name for name in order if name not in {*unknown, *said}]
    hidden = [name for name in frame.columns if name not in {*drawn, *unknown, *said}]
    rates = [name for name in drawn if name in _COMPUTED or (name == "by" and (frame[name].abs() < 10).all())]
    return Folded(tuple(drawn), tuple(said), tuple(unknown), tuple(hidden), tuple(rates))


def _folded_pivot(frame: pd.DataFrame) -> Folded | None:
    first = _SHOWN["pivot"]
    if not set(first) <= set(frame.columns):
        return None
    if not len(frame):
        return Folded(hidden=first)
    regions = [name for name in frame.columns if name not in first]
    said = [name for name in ("backend", "provider") if _is_same(frame[name])]
    unknown = [name for name in ("backend",) if frame[name].isna().all()]
    drawn = [name for name in (*first, *regions[:_MOST_REGIONS]) if name not in {*said, *unknown}]
    return Folded(tuple(drawn), tuple(said), tuple(unknown), tuple(regions[_MOST_REGIONS:]), tuple(regions))


def _is_same(column: pd.Series[Any]) -> bool:
    """Whether every row has the same, known value; of one row that is nothing to say, but what is usual.

    A person may have put lists there, which can't be compared so.
    """
    fewest = 0 if column.name in _ALWAYS_SAID else 1
    try:
        return len(column) > fewest and bool(column.notna().all()) and column.nunique() == 1
    except TypeError:
        return False


def narrowed(table: Table, about: dict[str, Any], room: int) -> Table:
    """The table without the columns that one can do without, as far as it is wider than so many characters.

    What the question speaks of stays.
    """
    question = str(about.get("question", ""))
    kept = {SORT_WORDS.get(word, word) for word in re.findall(r"\w+", question)}
    for name in _SPARE:
        if table.width > room and name in table.header and name not in kept:
            table = table.without(table.header.index(name))
    return table


def head(frame: pd.DataFrame, about: dict[str, Any], said: dict[str, Any]) -> list[str]:
    """What the line above begins with: whose offers, how many, of which kind."""
    parts = [str(said.get("backend") or said.get("provider") or ""), _many(frame, about)]
    parts += [str(said[name]) for name in ("gpu_name", "arch", "region") if name in said]
    parts += [str(said["kind"])] if said.get("kind") == "spot" else []
    parts += [f"snapshot {about['snapshot']}"] if about.get("snapshot", "current") != "current" else []
    return [*parts, f"by = {about['by']}" if about.get("by") else ""]


def _many(frame: pd.DataFrame, about: dict[str, Any]) -> str:
    """How many rows out of how many; only how many, of a frame that was filtered since."""
    each, of = str(about.get("per", "size")), about.get("of", 0)
    if not is_whole(frame, about):
        return _plural(len(frame), "offer")
    many = _plural(of, each) if of == len(frame) else f"{len(frame):,} of {_plural(of, each)}"
    each_best = _BEST.get(about.get("per", ""), "") if of else ""
    return f"{many} like {about['like']}" if "like" in about else f"{many}{each_best}"


def is_whole(frame: pd.DataFrame, about: dict[str, Any]) -> bool:
    """Whether the frame still has the rows that the question was answered with."""
    return about.get("rows") == len(frame)


def below(frame: pd.DataFrame, about: dict[str, Any], drawn: Folded) -> list[str]:
    """The lines under the table: what isn't drawn of a pivot, and why the answer is this one."""
    regions = _plural(len(drawn.hidden), "region")
    is_cut = about["kind"] == "pivot" and len(frame) and drawn.hidden
    more = [f"… and {regions} more in the frame."] if is_cut else []
    return [*more, *(about.get("lines", []) if is_whole(frame, about) else [])]


def _plural(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number:,} {noun}s"
