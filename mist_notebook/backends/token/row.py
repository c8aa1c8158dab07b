"""Single values out of a cloud's rows: what is there and can be meant, else `None`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from mist_notebook.backends import tag_rules
from mist_notebook.backends.mist import fields
from mist_notebook.ground.text import clean
from mist_notebook.records.model import Choice, Key, MachineSpec

from .facts import Row

_CLOCK_SKEW = timedelta(days=1)
_LONGEST_KEY = 16 << 10


def inside(row: Any, *names: str) -> Any:
    """What stands under these names, one within another; `None` where one is missing."""
    for name in names:
        row = row.get(name) if isinstance(row, dict) else None
    return row


def listed(row: Any, *names: str) -> list[Any]:
    """The list under these names; an empty one where there is none."""
    found = inside(row, *names)
    return found if isinstance(found, list) else []


def dicts(row: Any, *names: str) -> list[Row]:
    """The objects in the list under these names."""
    return [one for one in listed(row, *names) if isinstance(one, dict)]


def raw(row: Row) -> msgspec.Raw:
    """A row as records keep what a service said."""
    return msgspec.Raw(msgspec.json.encode(row))


def named(row: Row, id_key: str = "id", name_key: str = "name") -> dict[str, Any] | None:
    """What every record has: id, name and the row itself; `None` without an id."""
    own = fields.id_of(row.get(id_key))
    if not own:
        return None
    return {"id": own, "mist_id": own, "name": fields.name_of(row.get(name_key), own), "extra_json": raw(row)}


def key(row: Row, public_key: str = "public_key", name_key: str = "name") -> Key | None:
    """An SSH key, with its public half and fingerprint where they are said."""
    known = named(row, "id", name_key)
    mark = fields.text_of(row.get("fingerprint"))
    return None if known is None else Key(**known, public=public(row.get(public_key)), fingerprint=mark)


def amount(value: Any) -> float | None:
    """A price: more than 0, as nothing here is free."""
    return fields.figure_of(value, above_zero=True)


def moment(value: Any) -> datetime | None:
    """A time in UTC that can be meant."""
    return fields.moment_of(value, latest=datetime.now(UTC) + _CLOCK_SKEW)


def addresses(values: Iterable[Any]) -> tuple[str, ...]:
    """The addresses among these; one that stands for none is none."""
    return tuple(clean(value) for value in values if isinstance(value, str) and value not in ("", "0.0.0.0", "::"))  # noqa: S104


def public(value: Any) -> str | None:
    """A key's public half, whole: one of RSA is longer than any name."""
    is_one = isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_KEY
    return value.strip() if is_one and isinstance(value, str) else None


def state(value: Any, known: dict[str, str]) -> str:
    """One of our states; another word as `unknown (it)`."""
    word = value if isinstance(value, str) else ""
    return known.get(word) or (f"unknown ({clean(word, 40)})" if word else "unknown")


def colon_tags(row: Row) -> tuple[tuple[str, str], ...]:
    """Tags of a cloud that has words only: `name:value`."""
    pairs = (str(tag).partition(":") for tag in listed(row, "tags") if isinstance(tag, str))
    return tuple((clean(name), clean(value)) for name, _, value in pairs)


def colon_tags_for(spec: MachineSpec) -> list[str] | None:
    """What a machine of that spec is to carry, as such tags."""
    return [f"{name}:{value}" if value else name for name, value in tag_rules.of(spec).items()] or None


def ids(value: object) -> list[int | str] | None:
    """What a field names, as the cloud's own ids; nothing where nobody named any."""
    words = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [number_or_text(str(one)) for one in words] or None


def choice(row: Row, name: str = "name", *about: str | None, places: Iterable[str | None] = ()) -> Choice | None:
    """Something of one's account to choose, at these locations; anywhere where none is known."""
    known = named(row, "id", name)
    if known is None:
        return None
    where = frozenset(place for place in places if place)
    return Choice(**known, about=" · ".join(filter(None, about)), location_ids=where or None)


def number_or_text(text: str) -> int | str:
    """An id as a number, where the cloud's are numbers."""
    return int(text) if text.isascii() and text.isdigit() else text
