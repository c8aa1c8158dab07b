"""One field of a foreign answer as a value of ours: the readers that every wire shape shares.

Each takes whatever a server put there; what can't be read is `None`, and all text is made safe to show.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.text import NAME_LIMIT, clean
from mist_notebook.net.strict_json import decode

_ID_LIMIT = 256
_LARGEST = 1e18
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # before any cloud: a placeholder, such as 1970 or the year 1


def id_of(value: Any) -> str | None:
    """An id as text; `None` for what can't be one. A number is taken, as some clouds send numbers."""
    if isinstance(value, str):
        return value if value.isprintable() and len(value) <= _ID_LIMIT else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def ids_of(value: Any) -> frozenset[str] | None:
    """The ids that a restriction names, as an object of id and name, or a list; `None` where there is none.

    An empty one is one that the server has not worked out: whoever is in doubt asks the provider.
    """
    if not isinstance(value, dict | list):
        return None
    ids = frozenset(one for item in value if (one := id_of(item)) is not None)
    return ids or None


def name_of(value: Any, otherwise: str) -> str:
    """A name as one line of text; a number is taken, and `otherwise` where there is none."""
    if isinstance(value, str) and value:
        return clean(value, NAME_LIMIT)
    return str(value) if isinstance(value, int | float) else otherwise


def text_of(value: Any) -> str | None:
    """A text that isn't empty, nor the word None that Mist writes for a missing one."""
    return clean(value, NAME_LIMIT) if isinstance(value, str) and value and value != "None" else None


def texts_of(value: Any) -> tuple[str, ...]:
    """The texts in a list; of objects their ids or names, as regions come."""
    if not isinstance(value, list):
        return ()
    names = (item.get("id") or item.get("name") if isinstance(item, dict) else item for item in value)
    return tuple(text for name in names if (text := text_of(name)) is not None)


def figure_of(value: Any, *, above_zero: bool = False) -> float | None:
    """A finite number from 0 (or above it); a number in text is taken, everything else is unknown."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST:
        return None
    return float(value) if value > 0 or not above_zero else None


def day_of(value: Any) -> date | None:
    """The day of an ISO date, with or without a time after it; one that can't be meant is unknown."""
    try:
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day is not None and day >= _EARLIEST.date() else None


def moment_of(value: Any, *, latest: datetime) -> datetime | None:
    """A time as Mist writes it: UTC, with or without saying so.

    One that can't be meant, such as the year 1, 1970 or one after `latest`, is unknown.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None:
            return None
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment <= latest else None


def some_of(decoder: msgspec.json.Decoder[Any], extra: msgspec.Raw, kind: type[Any]) -> Any:
    """The few fields of `extra` that a record wants; none of them where it isn't an object."""
    try:
        return decoder.decode(extra)
    except msgspec.DecodeError as error:
        if "out of range" not in str(error):
            return kind()
    try:
        return decode(bytes(extra), kind, where="extra")  # slower, and knows what to do with a number out of range
    except ApiError:
        return kind()
