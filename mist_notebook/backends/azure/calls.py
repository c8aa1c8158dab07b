"""Requests to the Resource Manager for one subscription: lists, resources put, and waiting until one is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from mist_notebook.backends.parts import answers, refusing
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError
from mist_notebook.net.http import BEARER, Failure, Http, Limits, Refusal, decode, quote_segment

from .login import Login

T = TypeVar("T")
URL = "https://management.azure.com"
VERSIONS = {
    "Microsoft.Compute": "2024-07-01",
    "Microsoft.Network": "2024-05-01",
    "Microsoft.Compute/skus": "2021-07-01",
    "Microsoft.Authorization": "2022-04-01",
}
RESOURCES = "2022-12-01"
_NO_ROOM = (
    "SkuNotAvailable", "AllocationFailed", "ZonalAllocationFailed", "OverconstrainedAllocationRequest", "QuotaExceeded",
    "OverconstrainedZonalAllocationRequest", "LocationNotAvailableForResourceType",
)  # fmt: skip
_CERTAIN = ("InvalidTemplate", "PropertyChangeNotAllowed", "Conflict", "ResourceGroupBeingDeleted")
_FOLLOWED_S, _EVERY_S = 60.0, 2.0


class Calls:
    """One subscription's."""

    def __init__(
        self,
        url: str,
        subscription: str,
        login: Login,
        limits: Limits,
        verify: bool | str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.subscription, self.login = subscription, login
        self.base = f"/subscriptions/{quote_segment(subscription)}"
        self._clock, self._sleep = clock, sleep
        self.door = Http(url, token=login.token, scheme=BEARER, verify=verify, limits=limits, reading=self._read)

    def one(self, path: str, **params: str) -> Row:
        """One resource, or whatever else is an object."""
        return answers.again(self.login.forget, lambda: answers.one(self.door, self.base + path, _asked(path, params)))

    def rows(self, path: str, **params: str) -> list[Row]:
        """All rows of a list."""
        return answers.again(
            self.login.forget,
            lambda: answers.rows(self.door, self.base + path, "value", following, _asked(path, params)),
        )

    def body(self, path: str, params: Mapping[str, str]) -> bytes:
        """A page of a long list, as it comes."""
        return answers.again(
            self.login.forget, lambda: self.door.get(self.base + path, params=_asked(path, params), catalogue=True)
        )

    def put(self, path: str, json: Row) -> Row:
        """The resource as Azure took it, sent once."""
        return _object(self.door.send("PUT", self._whole(path), json=json), path)

    def create(self, path: str, json: Row) -> Row:
        """The machine as Azure took it, sent once."""
        return _object(self.door.create("PUT", self._whole(path), json=json), path)

    def send(self, method: str, path: str, json: object = None) -> None:
        """A write, sent once, whose answer says nothing more."""
        self.door.send(method, self._whole(path), json=json)

    def made(self, path: str, resource: Row, **params: str) -> Row:
        """The resource once Azure is done with it, or its patience is over; looked at, never sent again."""
        until = self._clock() + _FOLLOWED_S
        while _state(resource) in ("Creating", "Updating", "Accepted", "InProgress") and self._clock() < until:
            self._sleep(_EVERY_S)
            resource = self.one(path, **params)
        return resource

    def close(self) -> None:
        self.door.close()

    def _whole(self, path: str) -> str:
        return f"{self.base}{path}?api-version={_version(path)}"

    def _read(self, refusal: Refusal) -> Failure:
        return refusing.read(refusal, "Azure", self.login.source, self.login.renew, _understood)


def _state(resource: Row) -> str:
    return str(row.inside(resource, "properties", "provisioningState") or "")


def _asked(path: str, params: Mapping[str, str]) -> dict[str, str]:
    return {"api-version": _version(path), **params}


def _version(path: str) -> str:
    """The version of the interface that a path is of: the last provider's in it."""
    provider, _, rest = path.rpartition("/providers/")[2].partition("/")
    return VERSIONS.get(f"{provider}/{rest}") or VERSIONS.get(provider) or RESOURCES


def following(answer: Row) -> dict[str, str] | None:
    """All parameters of the link to the next page: what it is called differs by provider."""
    link = answer.get("nextLink")
    return dict(parse_qsl(urlsplit(link).query)) or None if isinstance(link, str) and link else None


def _object(body: bytes, path: str) -> Row:
    return decode(body, dict[str, Any], where=path) if body.strip() else {}


def is_of_room(code: str, message: str) -> bool:
    """Whether a refusal is for want of room at its location."""
    return code in _NO_ROOM or (code == "OperationNotAllowed" and "quota" in message.casefold())


def _understood(status: int, body: dict[str, object]) -> refusing.Said:
    """Azure's own code; what it names is found before anything is made."""
    error = body.get("error")
    code, message = str(row.inside(error, "code") or ""), str(row.inside(error, "message") or "")
    inner = next((str(one.get("code")) for one in row.dicts(error, "details")), "")
    no_room = is_of_room(code, message) or is_of_room(inner, message)
    is_certain = no_room or (status == 409 and (code in _CERTAIN or code == "OperationNotAllowed"))
    return refusing.Said(code, message, certain=True if is_certain else None, no_room=no_room)


def missing(error: ApiError) -> bool:
    """Whether an error says that there is no such thing."""
    return error.status == 404
