"""What the picture of a frame of offers shows: few enough columns to read, and what is counted in the line above.

The frame keeps every column. GPUs are shown where there are any, what a person added always; a column that is the same
in all rows goes into the line above.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.text import counted
from mist_notebook.records.columns import ALIKE, COMPARED, MONTHLY, OFFERS, SORT_WORDS
from mist_notebook.records.provider_names import called

if TYPE_CHECKING:
    import pandas as pd

    from .folding import Folded

KINDS = ("offers", "like", "pivot")
# In the order of reading: a narrow terminal loses the last of them first, and a narrow page scrolls to it.
_SIZE = ("id", "name", "price_hourly", "as_of")
_SHAPE = ("backend", "provider", "region", "gpus", "gpu_name", "vcpus", "ram_gb", "arch", "kind")
_MONTH = ("monthly_total", "parts_unknown")
_SHOWN = {
    "offers": (*_SIZE, *_MONTH, "total", "by", *_SHAPE, "price_monthly"),
    "like": (*_SIZE, *_MONTH, "diff_percent", "differs", "distance", "saved_monthly", *_SHAPE),
    "pivot": ("backend", "provider", "id", "vcpus", "ram_gb"),
}
_COMPUTED = {*COMPARED, *ALIKE, *MONTHLY}
_RATES = {"usd_vcpu_h", "usd_gib_h", "usd_gpu_h", "diff_hourly"}
_PER = re.compile(r"[a-z]{3}_(?:vcpu|gib|gpu)_h")  # a computed price in whichever currency
_SECOND = re.compile(r"[a-z]{3}_(?:hourly|monthly|monthly_total)")
_SAID_WHERE_KNOWN = ("parts_unknown",)
_OF_GPUS = ("gpus", "gpu_name", "usd_gpu_h")
_MAY_BE_SAID = ("backend", "provider", "arch", "region", "kind", "gpu_name", "currency", "as_of", "source")
_ALWAYS_SAID = ("kind", "currency")
_BEST = {"size": ", each in its best region", "provider": ", the best of each", "region": ", the best of each"}
_BEST |= {"family": ", the best of each"}


def folded(frame: pd.DataFrame, about: dict[str, Any]) -> Folded | None:
    """Which columns aren't drawn; nothing where the frame isn't one of offers with all of their columns."""
    kind = about["kind"]
    if kind == "pivot":
        return _folded_pivot(frame)
    usual = {column.name for column in OFFERS}
    if not usual <= set(frame.columns) or frame["gpus"].dtype.kind not in "iuf":
        return None
    in_other = {str(name) for name in frame.columns if _PER.fullmatch(str(name)) or _SECOND.fullmatch(str(name))}
    return _folded(frame, about, frozenset({*usual, *_COMPUTED, *in_other}))


def _folded(frame: pd.DataFrame, about: dict[str, Any], own: frozenset[str]) -> Folded:
    from .folding import Folded

    if not len(frame):
        return Folded(hidden=tuple(frame.columns), own=own)
    asked = {*about.get("asked", []), *_questioned(about, own)}
    usual = [name for name in _SHOWN[about["kind"]] if name in frame.columns]
    if "kind" not in asked and frame["kind"].nunique() > 1:  # beside the price, which it is the kind of
        usual.remove("kind")
        usual.insert(usual.index("as_of") + 1, "kind")
    more = [name for name in frame.columns if name not in usual and _is_wanted(name, asked, own)]
    begin = usual.index("as_of") + 1
    order = [*usual[:begin], *more, *usual[begin:]]
    if not (frame["gpus"] > 0).any():
        order = [name for name in order if name not in _OF_GPUS or name in asked]
    if not any(str(one).isdigit() for one in frame["id"]):
        order.remove("name")  # an id that isn't a number says what the name says
    if frame["backend"].notna().all() and "provider" not in asked:
        order.remove("provider")
    unknown = [name for name in order if name not in asked and frame[name].isna().all()]
    order = [name for name in order if name not in unknown or name not in _SAID_WHERE_KNOWN]
    unknown = [name for name in unknown if name not in _SAID_WHERE_KNOWN]
    said = [name for name in frame.columns if name in _MAY_BE_SAID and name not in asked and _is_same(frame[name])]
    drawn = [name for name in order if name not in {*unknown, *said}]
    hidden = [name for name in frame.columns if name not in {*drawn, *unknown, *said}]
    rates = [name for name in drawn if name in _RATES]
    added = frozenset({*frame.columns} - own | asked)
    return Folded(tuple(drawn), tuple(said), tuple(unknown), tuple(hidden), tuple(rates), own, added)


def _is_wanted(name: str, asked: set[str], own: frozenset[str]) -> bool:
    """Whether a column is drawn beside the usual ones: asked for, a person's, or in a second currency of theirs."""
    return name in asked or name not in own or bool(_SECOND.fullmatch(name))


def _questioned(about: dict[str, Any], own: frozenset[str]) -> list[str]:
    """The columns that the question speaks of."""
    words = re.findall(r"\w+", str(about.get("question", "")))
    return [name for name in (SORT_WORDS.get(word, word) for word in words) if name in own]


def _folded_pivot(frame: pd.DataFrame) -> Folded | None:
    from .folding import Folded

    first = _SHOWN["pivot"]
    if not set(first) <= set(frame.columns):
        return None
    if not len(frame):
        return Folded(hidden=first, own=frozenset(first))
    regions = [name for name in frame.columns if name not in first]
    said = [name for name in ("backend", "provider") if _is_same(frame[name])]
    unknown = [name for name in ("backend",) if frame[name].isna().all()]
    drawn = [name for name in (*first, *regions[:_MOST_REGIONS]) if name not in {*said, *unknown}]
    return Folded(
        tuple(drawn), tuple(said), tuple(unknown), tuple(regions[_MOST_REGIONS:]), tuple(regions), frozenset(first)
    )


_MOST_REGIONS = 8


def _is_same(column: pd.Series[Any]) -> bool:
    """Whether every row has the same, known value; of one row that is nothing to say, but what is usual.

    A person may have put lists there, which can't be compared so.
    """
    fewest = 0 if column.name in _ALWAYS_SAID else 1
    try:
        return len(column) > fewest and bool(column.notna().all()) and column.nunique() == 1
    except TypeError:
        return False


def head(frame: pd.DataFrame, about: dict[str, Any], said: dict[str, Any]) -> list[str]:
    """What the line above begins with: whose offers, how many, of which kind."""
    parts = [called(str(said.get("backend") or said.get("provider") or "")), _many(frame, about)]
    parts += [str(said[name]) for name in ("gpu_name", "arch", "region") if name in said]
    parts += [str(said["kind"])] if said.get("kind") == "spot" else []
    parts += [f"snapshot {about['snapshot']}"] if about.get("snapshot", "current") != "current" else []
    return [*parts, f"by = {about['by']}" if about.get("by") else ""]


def _many(frame: pd.DataFrame, about: dict[str, Any]) -> str:
    """How many rows out of how many; only how many, of a frame that was filtered since."""
    each, of = str(about.get("per", "size")), about.get("of", 0)
    if about.get("rows") != len(frame):
        return counted(len(frame), "offer")
    many = counted(of, each) if of == len(frame) else f"{len(frame):,} of {counted(of, each)}"
    each_best = _BEST.get(about.get("per", ""), "") if of else ""
    return f"{many} like {about['like']}" if "like" in about else f"{many}{each_best}"
