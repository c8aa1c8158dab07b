"""Requests to compute v1 for one project: lists over all zones, and operations, which are followed to their end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from mist_notebook.backends.parts import answers, refusing
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, MistError, NoRoomError, RefusedError
from mist_notebook.ground.secret import redact
from mist_notebook.ground.text import clean
from mist_notebook.net.http import BEARER, Failure, Http, Limits, Refusal, decode, quote_segment

from .login import RENEW, Login

T = TypeVar("T")
URL = "https://compute.googleapis.com/compute/v1"
_NO_ROOM = ("ZONE_RESOURCE_POOL_EXHAUSTED", "RESOURCE_POOL_EXHAUSTED", "QUOTA_EXCEEDED", "quotaExceeded", "STOCKOUT")
_CERTAIN = ("alreadyExists", "resourceInUseByAnotherResource")
_AT_ONCE = 16
_FOLLOWED_S, _EVERY_S = 25.0, 1.0


class Calls:
    """One project's."""

    def __init__(
        self,
        url: str,
        project: str,
        login: Login,
        limits: Limits,
        verify: bool | str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.project, self.login, self.limits, self.verify = project, login, limits, verify
        self.base = f"/projects/{quote_segment(project)}"
        self._clock, self._sleep = clock, sleep
        self.door = Http(url, token=login.token, scheme=BEARER, verify=verify, limits=limits, reading=self._read)

    def one(self, path: str, params: Mapping[str, str] | None = None) -> Row:
        """The answer to a read, an object."""
        return answers.again(self.login.forget, lambda: answers.one(self.door, self.base + path, params))

    def rows(self, path: str, params: Mapping[str, str] | None = None, *, base: str | None = None) -> list[Row]:
        """All rows of a list; an empty one comes without any."""
        whole = (self.base if base is None else base) + path
        return answers.again(
            self.login.forget, lambda: answers.rows(self.door, whole, "items", _next, params, may_lack=True)
        )

    def by_zone(self, kind: str, params: Mapping[str, str]) -> tuple[dict[str, list[Row]], tuple[str, ...]]:
        """What every zone has of a kind, and a line for each that didn't answer."""
        found: dict[str, list[Row]] = {}
        notes: list[str] = []
        asked: dict[str, str] = {"returnPartialSuccess": "true", "maxResults": "500", **params}
        while True:
            answer = self.one(f"/aggregated/{kind}", asked)
            items = answer.get("items", {} if "kind" in answer else None)
            if not isinstance(items, dict):
                raise ApiError(f"Google's answer to {kind} has no list 'items'.", "Is that its address?")
            for place, said in items.items():
                zone = str(place).rpartition("/")[2]
                found.setdefault(zone, []).extend(row.dicts(said, kind))
                if row.inside(said, "warning", "code") not in (None, "NO_RESULTS_ON_PAGE"):
                    notes.append(f"{zone} is missing here: {clean(str(row.inside(said, 'warning', 'message')), 120)}")
            more = _next(answer)
            if more is None or more["pageToken"] == asked.get("pageToken"):
                return found, tuple(dict.fromkeys(notes))
            asked |= more

    def side_by_side(
        self, places: Sequence[str], ask: Callable[[str], list[Row]]
    ) -> tuple[dict[str, list[Row]], tuple[str, ...]]:
        """What is asked of each place, zones or projects, at once; a place that doesn't answer is a line.

        One page a zone, where a list over all zones would take fifty, one after another.
        """
        found: dict[str, list[Row]] = {}
        failed: dict[str, MistError] = {}

        def keep(place: str) -> None:
            try:
                found[place] = ask(place)
            except MistError as error:
                failed[place] = error

        with ThreadPoolExecutor(_AT_ONCE, "mist-zones") as pool:
            list(pool.map(keep, places))
        if failed and not found:
            raise next(iter(failed.values()))
        notes = tuple(f"{place} is missing here: {failed[place].message}" for place in places if place in failed)
        return {place: found[place] for place in places if place in found}, notes

    def send(self, method: str, path: str, json: object = None) -> Row:
        """The operation that a write began; the write is sent once."""
        return decode(self.door.send(method, self.base + path, json=json), dict[str, Any], where=path)

    def create(self, path: str, json: object) -> Row:
        """The operation that a create began, followed while it lasts: where it failed, nothing was made.

        What can't be followed any more is as it was: the machine is looked for.
        """
        operation = decode(self.door.create("POST", self.base + path, json=json), dict[str, Any], where=path)
        name, zone = operation.get("name"), str(operation.get("zone") or "").rpartition("/")[2]
        until = self._clock() + _FOLLOWED_S
        while operation.get("status") != "DONE" and isinstance(name, str) and zone and self._clock() < until:
            self._sleep(_EVERY_S)
            operation = self.one(f"/zones/{quote_segment(zone)}/operations/{quote_segment(name)}")
        _refuse_failed(operation)
        return operation

    def close(self) -> None:
        self.door.close()

    def _read(self, refusal: Refusal) -> Failure:
        return refusing.read(refusal, "Google", self.login.source, f"Run {RENEW}.", _understood)


def _next(answer: Row) -> dict[str, str] | None:
    token = answer.get("nextPageToken")
    return {"pageToken": token} if isinstance(token, str) and token else None


def _understood(_: int, body: dict[str, object]) -> refusing.Said:
    """Google's own reason: a quota of the place, or no capacity, is one that another place may not have."""
    error = body.get("error")
    reasons = [str(one.get("reason")) for one in row.dicts(error, "errors")]
    code, message = reasons[0] if reasons else str(row.inside(error, "status") or ""), row.inside(error, "message")
    no_room = any(one in _NO_ROOM for one in (code, *reasons)) or "ZONE_RESOURCE_POOL_EXHAUSTED" in str(message)
    certain = True if no_room or code in _CERTAIN else None
    return refusing.Said(code, str(message or ""), certain=certain, no_room=no_room)


def _refuse_failed(operation: Row) -> None:
    """Raise what an operation failed with."""
    errors = row.dicts(operation, "error", "errors")
    if not errors:
        return
    code, message = str(errors[0].get("code") or ""), clean(redact(str(errors[0].get("message") or "")), 240)
    kind = NoRoomError if any(code.startswith(word) for word in _NO_ROOM) else RefusedError
    raise kind(f"Google said {code}: {message}", "Nothing was made.")
