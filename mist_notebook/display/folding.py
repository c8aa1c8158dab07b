"""Which columns of one of our listings are drawn, and which of them are said in the lines around it instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import headers

if TYPE_CHECKING:
    import pandas as pd

_ALWAYS = {"id", "name", "vcpus", "ram_gb", "disk_gb", "price_hourly", "price_monthly"}
_SAID_ABOVE = {"backend", "provider", "currency", "as_of", "source", "confidence", "sandbox", "server", "spec_source"}
# What another column of the same kind of frame says already; of backends and providers it is the subject.
_SAID_TWICE = {"backends": {"name"}, "providers": {"id"}, "runs": {"provider", "stdout", "stderr"}}
_SUBJECT = {
    "backends": {"backend", "provider"},
    "providers": {"provider"},
    "price lists": {"provider", "how", "source"},
}


@dataclass(frozen=True)
class Folded:
    """The columns that are drawn, in order; those said above, of which nothing is known, and the rest.

    A missing value says nothing in `rates`; `own` are the columns that came from here, `added` those that a person
    added or asked for.
    """

    drawn: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    names_providers: bool = True  # as people call them; not where one reads what is to be typed


def folded(frame: pd.DataFrame, about: dict[str, Any]) -> Folded | None:
    """How a listing with all of its columns is drawn; `None` for whatever else was made of one."""
    from mist_notebook.records.columns import COLUMNS

    from . import offer_picture

    kind = about.get("kind")
    if not isinstance(kind, str) or not is_plain(frame):
        return None
    if kind in offer_picture.KINDS:
        return offer_picture.folded(frame, about)
    of_backends = {"backend", "provider", *(column.name for column in COLUMNS[kind])} if kind in COLUMNS else None
    own = frozenset(of_backends or headers.MATTER.get(kind, ()))
    return _folded(frame, about, own) if own and own <= set(frame.columns) else None


def _folded(frame: pd.DataFrame, about: dict[str, Any], own: frozenset[str]) -> Folded:
    if not len(frame):
        return Folded(drawn=tuple(frame.columns), own=own)
    kind, asked = about["kind"], about.get("asked", [])
    unknown = [name for name in frame.columns if name not in {*_ALWAYS, *asked} and frame[name].isna().all()]
    said = [name for name in frame.columns if name in _SAID_ABOVE and name not in unknown and is_constant(frame[name])]
    twice = _SAID_TWICE.get(kind, set() if "backend" in unknown else {"provider"} - set(unknown))
    said = list(({*said, *twice} & own) - _SUBJECT.get(kind, set()))
    rest = [name for name in frame.columns if name not in {*said, *unknown} or name in asked]
    drawn, hidden = headers.ordered(kind, rest, own, asked)
    added = frozenset({*frame.columns} - own | {*asked})
    return Folded(tuple(drawn), tuple(said), tuple(unknown), tuple(hidden), (), own, added, kind != "providers")


def is_plain(frame: pd.DataFrame) -> bool:
    """Whether rows are numbered and columns have one name each, none of them twice: as frames come from here."""
    index, columns = frame.index, frame.columns
    return bool(
        index.nlevels == columns.nlevels == 1
        and index.dtype.kind in "iu"
        and index.name is None
        and columns.name is None
        and columns.is_unique
    )


def is_constant(column: pd.Series[Any]) -> bool:
    """Whether all known values are the same; a person may have put lists there, which can't be compared so."""
    try:
        return bool(column.nunique(dropna=True) == 1)
    except TypeError:
        return False
