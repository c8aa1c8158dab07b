"""The line above one of our frames, which says what it is, and the lines below it, which say what it doesn't show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.ground import moments
from mist_notebook.ground.text import counted
from mist_notebook.records.provider_names import called

from . import headers, offer_picture
from .figures import times
from .folding import Folded, is_plain
from .view import sentence_list

if TYPE_CHECKING:
    import pandas as pd

_COUNTED = {"journal": "journal records", "history": "dated prices", "history-summary": "price paths"}
_MOST_NAMED = 5
_MOST_ASKED = 200


def above(frame: pd.DataFrame, about: dict[str, Any], listed: Folded | None) -> str:
    """What the frame is; of what was made of one only how many rows of which kind, if they still are of one."""
    parts = ["SANDBOX" if about.get("sandbox") else ""]
    if listed is None:
        return " · ".join(filter(None, [*parts, _rows_left(frame, about)]))
    value = {name: frame[name].dropna().iloc[0] for name in listed.said}
    is_of_offers = about.get("kind") in offer_picture.KINDS
    parts += offer_picture.head(frame, about, value) if is_of_offers else _head(frame, about, value, listed)
    if "price_hourly" in frame and frame["price_hourly"].notna().any():
        parts.append(_prices(value, example=bool(about.get("sandbox"))))
    if about.get("fetched_at"):
        parts.append(_read_at(about["fetched_at"]))
    return " · ".join(filter(None, parts))


def below(frame: pd.DataFrame, about: dict[str, Any], listed: Folded | None, rows: int) -> list[str]:
    """How to see the rows that aren't drawn, what is unknown of all, and why the answer is this one."""
    there = len(frame)
    lines = [_more_rows(there, rows)] if rows < there else []
    missed = [name for name in (listed.unknown if listed else ()) if name not in {"backend", "provider"}]
    if missed:
        lines.append(f"Unknown for all of these: {_some([headers.header(name, None) for name in missed])}.")
    return [*lines, *(about.get("lines", []) if _is_the_answer(frame, about, listed) else [])]


def more_columns(names: Sequence[str], *, is_of_a_line: bool) -> str:
    """The line that says which columns aren't drawn, and how to see them."""
    many = f"{counted(len(names), 'more column')}: {_some(names)}"
    way = f"--columns +{names[0]}, or all" if is_of_a_line else 'pd.set_option("display.max_columns", None)'
    return f"{many} ({way})."


def _is_the_answer(frame: pd.DataFrame, about: dict[str, Any], listed: Folded | None) -> bool:
    """Whether the frame still is what the question was answered with: what is said of that holds for no other."""
    if about.get("told"):
        return False
    asked = about.get("asked", [])
    is_untouched = (
        bool(asked) and asked == list(frame.columns) if listed is None else {*frame.columns} <= {*listed.own, *asked}
    )
    return about.get("rows") == len(frame) and (is_untouched or about.get("kind") == "pivot")


def _some(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return sentence_list(names)
    return f"{', '.join(names[: _MOST_NAMED - 1])} and {len(names) - _MOST_NAMED + 1} others"


def _more_rows(there: int, rows: int) -> str:
    asked = f"--limit {there}" if there <= _MOST_ASKED else "--limit 100"
    return (
        f"… and {there - rows:,} more rows. {asked} on the line draws so many, "
        'pd.set_option("display.max_rows", None) all of a frame.'
    )


def _rows_left(frame: pd.DataFrame, about: dict[str, Any]) -> str:
    """How many rows of the kind there are, where every row still is one."""
    kind = about.get("kind")
    if not isinstance(kind, str) or not is_plain(frame) or not {"id", "name"} & set(frame.columns):
        return ""
    return many(len(frame), "offers" if kind in offer_picture.KINDS else _COUNTED.get(kind, kind))


def _head(frame: pd.DataFrame, about: dict[str, Any], value: dict[str, Any], listed: Folded) -> list[str]:
    """Whose rows they are, and how many."""
    kind = about["kind"]
    whose = "provider" if "backend" in listed.unknown else "backend"
    return [
        called(str(value.get(whose, ""))) or sentence_list(about.get("backends", [])),
        many(len(frame), _COUNTED.get(kind, kind)),
    ]


def many(number: int, kind: str) -> str:
    """`1 size`, `1,852 sizes`."""
    return f"{number:,} {kind if number != 1 else kind.removesuffix('s')}"


def _prices(value: dict[str, Any], *, example: bool) -> str:
    """What one can say of all the prices at once; nothing where that is only that they are prices."""
    words = [f"in {value['currency']}"] if "currency" in value else []
    words += [f"of {times([value['as_of']])[0]}"] if hasattr(value.get("as_of"), "year") else []
    words += [f"({value['source']})"] if "source" in value else []
    return " ".join(["example prices" if example else "prices", *words]) if words or example else ""


def _read_at(moment: str) -> str:
    then = datetime.fromisoformat(moment)
    seconds = (datetime.now(UTC) - then).total_seconds()
    age = f", {_age(seconds)} ago" if seconds >= 60 else ""
    return f"read {moments.time_of_day(then, seconds=False)}{age}"


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
