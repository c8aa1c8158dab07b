"""What a form begins with: from words that a person gives, or from a row of one of our frames. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.amounts.quantity import RamWish, Range
from mist_notebook.ground.errors import AmbiguousError, BadValueError, NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES
from mist_notebook.ground.text import brief, is_pasteable
from mist_notebook.records.model import BackendInfo

from .facts import Fill, Wishes
from .model import EXTRA, KINDS, TEXTS

WISHES: dict[str, Callable[[str], Any]] = {"cpus": quantity.count, "ram": quantity.ram}
_OFFERS = ("offers", "compare", "like")
_COLUMNS = {  # which column of a row of which kind says what
    "images": {"image": "id"},
    "sizes": {"size": "id"},
    "locations": {"location": "id"},
    "keys": {"key": "name"},
    "machines": {"image": "image_id", "size": "size_id", "location": "location_id"},
    "journal": {"image": "image_id", "size": "size_id", "location": "location_id", "key": "key"},
    "backends": {"backend": "name"},
    **{kind: {"size": "id", "location": "region"} for kind in _OFFERS},
}
_TELLING = (  # by what columns a row without a word on itself is known
    ("offers", {"id", "region", "price_hourly"}),
    ("images", {"id", "starred"}),
    ("journal", {"size_id", "machine_id"}),
    ("machines", {"size_id", "image_id"}),
    ("sizes", {"id", "vcpus", "ram_gb"}),
    ("locations", {"id", "country"}),
    ("keys", {"name", "default"}),
    ("backends", {"name", "enabled"}),
)
_KINDS = "a row of images, sizes, locations, offers, machines or the journal"


def of_words(given: Mapping[str, Any]) -> Fill:
    """A beginning from keywords; a record, a dict or a Series stands for its id. Raises BadValueError for others."""
    words, texts = {}, {}
    wishes = Wishes(*(_wished(name, given.get(name)) for name in WISHES))
    for name, value in given.items():
        if value is None or name in WISHES:
            continue
        if name in ("backend", *KINDS):
            words[name] = _reference(name, value)
        elif (name in TEXTS and name != "accept") or name.startswith(EXTRA):
            texts[name] = _text(name, value)
        else:
            takes = ", ".join(("backend", *KINDS, *(text for text in TEXTS if text != "accept")))
            raise BadValueError(f"A form has no field '{brief(name)}'.", f"It has {takes}, cpus, ram, and extra.")
    return Fill(words, texts, wishes)


def _wished(name: str, value: Any) -> Any:
    """A wish in the words of `%mist compare`, or as a number; `None` for none."""
    if value is None or isinstance(value, Range | RamWish):
        return value
    try:
        return WISHES[name](_text(name, value))
    except BadValueError as error:
        raise BadValueError(f"{name}: {error.message}", error.hint) from None


def of_row(value: Any, backends: Sequence[BackendInfo], within: BackendInfo | None = None) -> Fill:
    """A beginning from one row of a frame; `within` is the backend that was named beside it.

    Raises BadValueError for what is no such row, NotFoundError for one of a provider that no backend is of, and
    AmbiguousError where several are.
    """
    row, kind = _row(value)
    words = {word: text for word, column in _COLUMNS[kind].items() if (text := _cell(row, column))}
    texts = {"hours": f"{row['hours']:g}"} if kind == "journal" and _is_figure(row.get("hours")) else {}
    if kind == "journal" and "location" in words:
        words["location"] = words["location"].partition(",")[0]  # of several the one that was asked first
    owner = within or _owner(row, kind, backends)
    if owner is not None:
        words["backend"] = owner.id
    return Fill(words, texts)


def dated_offer(value: Any) -> tuple[Mapping[str, Any], str] | None:
    """The row, and the snapshot that it is of, where it is an offer of a known time."""
    from mist_notebook.prices.known.offers import CURRENT, PERIOD

    about = getattr(value, "attrs", {}).get("mist", {})
    row, kind = _row(value)
    if kind not in _OFFERS or not (hasattr(row.get("as_of"), "year") and row["as_of"] == row["as_of"]):
        return None
    usual = PERIOD if row.get("confidence") == "period" else CURRENT
    return row, str(about.get("snapshot") or usual)


def together(first: Fill, second: Fill) -> Fill:
    """Both; where they say different things, the second one counts."""
    wishes = second.wishes or first.wishes
    return Fill({**first.words, **second.words}, {**first.texts, **second.texts}, wishes)


def _reference(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) or hasattr(value, "keys"):
        value = value.get("id")
    found = value if isinstance(value, str) else getattr(value, "id", None)
    if not isinstance(found, str) or not found:
        raise BadValueError(f"{name}= is a {type(value).__name__}.", "Give an id, a name, or a row of a frame.")
    return found


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if name == "tags":
        return tag_rules.written(tag_rules.checked(value, ""))
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return f"{value:g}"
    raise BadValueError(f"{name}= is a {type(value).__name__}.", "Give text.")


def _row(value: Any) -> tuple[Mapping[str, Any], str]:
    """The cells by their columns, and of which kind the row is."""
    about = getattr(value, "attrs", {}).get("mist", {})
    if getattr(value, "ndim", 0) == 2:
        if len(value) != 1:
            raise BadValueError(f"That is a frame of {len(value):,} rows.", "Give one row of it: --row df.iloc[0]")
        value = value.iloc[0]
    if not (isinstance(value, Mapping) or hasattr(value, "to_dict")):
        raise BadValueError(f"'{brief(str(value))}' isn't a row of a frame.", f"Give {_KINDS}: --row df.iloc[0]")
    row = {str(column): cell for column, cell in dict(value).items()}
    said = about.get("kind")
    kind = said if said in _COLUMNS and set(_COLUMNS[said].values()) <= row.keys() else ""
    kind = kind or next((kind for kind, columns in _TELLING if columns <= row.keys()), "")
    if not kind:
        columns = ", ".join(brief(column) for column in list(row)[:6])
        raise BadValueError(f"A row of {columns or 'nothing'} says nothing about a new machine.", f"Give {_KINDS}.")
    return row, kind


def _owner(row: Mapping[str, Any], kind: str, backends: Sequence[BackendInfo]) -> BackendInfo | None:
    """The backend that the row is of: the one that it names, else the only one of its provider."""
    name, provider = _cell(row, "backend"), _cell(row, "provider")
    if kind in ("keys", "backends"):
        return None
    found = [one for one in backends if name in (one.name, one.id)] if name else []
    if not found and provider:
        found = [one for one in backends if one.provider == PROVIDER_ALIASES.get(provider, provider)]
    if len(found) == 1:
        return found[0]
    whose = brief(name or provider or "")
    if not found:
        what = f"No backend {'' if name else 'of '}'{whose}' is connected" if whose else "The row names no backend"
        raise NotFoundError(
            f"{what}, so no machine of it can be made.",
            "Add one (%mist add), connect a server that has one (%mist connect), or name a backend: "
            "%mist form BACKEND --row …",
        )
    names = ", ".join(one.name if is_pasteable(one.name) else one.id for one in found)
    raise AmbiguousError(f"{len(found)} backends are of {whose}: {names}.", "Name one: %mist form BACKEND --row …")


def _cell(row: Mapping[str, Any], column: str) -> str:
    """A cell that holds text; what is missing is empty."""
    value = row.get(column)
    return value if isinstance(value, str) else ""


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
