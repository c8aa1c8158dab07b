"""The parts of a request about a machine that have a shape of their own: tags and expiration."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from mist_notebook.sandbox.ground.refusals import bad_request

from .machine import Expiration

_DATE = "%Y-%m-%d %H:%M:%S"
_MOST_TAGS = 100
_LONGEST = 1000
_ACTIONS = ("stop", "destroy")


def tags(value: object) -> dict[str, str]:
    """Tags given as an object, or as a list of objects."""
    given: dict[str, str] = {}
    for part in value if isinstance(value, list) else [value or {}]:
        if not isinstance(part, dict):
            raise bad_request("tags must be an object, or a list of objects")
        given |= {name: _text(text) for name, text in part.items()}
    check_tags(given.items())
    return given


def check_tags(given: Iterable[tuple[str, str]]) -> None:
    """Refuse what is too much."""
    pairs = list(given)
    if len(pairs) > _MOST_TAGS or any(not name or len(name) > _LONGEST or len(text) > _LONGEST for name, text in pairs):
        raise bad_request(f"a machine has at most {_MOST_TAGS} tags of {_LONGEST} characters, with a name each")


def expiration(value: object, now: float) -> Expiration | None:
    """An expiration; None for `null` or an empty one."""
    if not value:
        return None
    if not isinstance(value, dict):
        raise bad_request("expiration must be an object with a date")
    at, date = _moment(value.get("date"))
    action, notify_s = value.get("action") or "stop", value.get("notify") or 0
    if action not in _ACTIONS:
        raise bad_request("expiration's action must be stop or destroy")
    if isinstance(notify_s, bool) or not isinstance(notify_s, int) or notify_s < 0:
        raise bad_request("expiration's notify must be a number of seconds")
    if at <= now:
        raise bad_request("Date of future task is in the past.")
    return Expiration(uuid.uuid4().hex, date, at, action, notify_s)


def _moment(date: object) -> tuple[float, str]:
    try:
        moment = datetime.strptime(str(date), _DATE).replace(tzinfo=UTC)
    except ValueError:
        raise bad_request("expiration's date must be like 2026-01-31 18:00:00, in UTC") from None
    return moment.timestamp(), moment.strftime(_DATE)


def _text(value: object) -> str:
    return "" if value is None else str(value)
