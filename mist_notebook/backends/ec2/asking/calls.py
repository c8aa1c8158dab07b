"""Questions to AWS: botocore puts them together, signs and reads them, and our door sends them, each by its own rules.

A read is tried again where that may help, a write is sent once. The key that an answer must have is named with each
question: a web page with 200, or another service's answer, is an error and never an empty list.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from mist_notebook.ground.errors import ApiError, AuthError, MistError, NotFoundError, UnavailableError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.net.http import Failure, Http, Limits, Refusal, Signed
from mist_notebook.net.origin import origin_of

from . import refusals
from .botocore_words import translated
from .login import Login, credentials_of

T = TypeVar("T")
Row = dict[str, Any]
_READS = ("Describe", "Get", "List", "AssumeRole")
_MOST_PAGES = 1000
_AT_ONCE = 16


class Calls:
    """The clients of one login, one for each service and region, and the doors below them. For any thread."""

    def __init__(self, login: Login, limits: Limits, verify: bool | str = True) -> None:
        self._login, self._limits, self._verify = login, limits, verify
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._doors: dict[str, Http] = {}
        self._closed = False
        login.session.register("before-send", self._send)

    @property
    def login(self) -> Login:
        return self._login

    @property
    def doors(self) -> Sequence[Http]:
        return list(self._doors.values())

    def endpoint(self, region: str) -> str:
        """Where EC2 of that region is asked."""
        return str(self._client("ec2", region).meta.endpoint_url)

    def ask(self, operation: str, region: str, key: str | None, service: str = "ec2", **words: Any) -> Row:
        """One answer, which has to have that key."""
        client = self._client(service, region)
        named = f"{service}:{operation}"
        answer = self._translated(lambda: client._make_api_call(operation, words), named)
        if not isinstance(answer, dict) or (key is not None and key not in answer):
            raise ApiError(
                f"The answer of {client.meta.endpoint_url} to {named} has no {key}.",
                "Is that the address of AWS, or something between?",
            )
        return answer

    def pages(self, operation: str, region: str, key: str, service: str = "ec2", **words: Any) -> Iterator[Row]:
        """The items under that key, of all pages."""
        token: str | None = None
        for _ in range(_MOST_PAGES):
            answer = self.ask(operation, region, key, service, **words, **({"NextToken": token} if token else {}))
            yield from (item for item in answer[key] if isinstance(item, dict))
            following = answer.get("NextToken")
            if not following:
                return
            if following == token:
                raise ApiError(f"EC2 in {region} gives the same page of {operation} again and again.", "Try later.")
            token = following
        raise ApiError(f"EC2 in {region} has more than {_MOST_PAGES} pages of {operation}.", "It was not read further.")

    def close(self) -> None:
        self._closed = True
        for door in self.doors:
            door.close()

    def _client(self, service: str, region: str) -> Any:
        with self._lock:
            known = self._clients.get((service, region))
            if known is None:
                credentials_of(self._login)
                make = self._login.session.create_client
                known = self._translated(lambda: make(service, region_name=region), service)
                self._clients[service, region] = known
            return known

    def _translated(self, call: Callable[[], T], asked: str) -> T:
        from botocore.exceptions import BotoCoreError
        from botocore.parsers import ResponseParserError

        try:
            return call()
        except (BotoCoreError, ResponseParserError, ValueError) as error:
            failure = translated(error, self._login.source, self._login.renew, asked)
        raise failure

    def _send(self, request: Any, event_name: str, **_: Any) -> Any:
        """What botocore gets in the place of its own transport: the answer with 2xx; everything else is raised."""
        from botocore.awsrequest import AWSResponse

        service, _dot, operation = event_name.removeprefix("before-send.").partition(".")
        headers: dict[str, str] = {name: _text(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if isinstance(body, io.IOBase | io.BytesIO):
            body = body.read()
        name = f"{service}:{operation}"
        signed = Signed(request.method, request.url, headers, body, name, catalogue=operation == "DescribeImages")
        door = self._door(request.url, headers)
        try:
            answer = door.relay(signed, _how(operation, body or b""))
        except UnavailableError as error:
            raise self._unknown_region(error, headers) or error from None
        return AWSResponse(request.url, 200, {}, _Raw(answer))

    def _door(self, url: str, headers: Mapping[str, str]) -> Http:
        """The door to that server; one of another region of the same address reads refusals as that region's."""
        region, origin = _region_of(headers), origin_of(url)
        key = f"{origin} {region}"
        with self._lock:
            if self._closed:
                raise UnavailableError(f"The connection to {origin} is closed.")
            if key not in self._doors:
                self._doors[key] = door = Http(
                    origin, verify=self._verify, limits=self._limits, reading=lambda refusal: self._read(refusal, key)
                )
                return door
            return self._doors[key]

    def _read(self, refusal: Refusal, key: str) -> Failure:
        region = key.partition(" ")[2] or refusal.server
        clock = self._doors[key].server_clock.difference()
        return refusals.read(refusal, refusals.Place(region, self._login.source, self._login.renew, clock))

    def _unknown_region(self, error: UnavailableError, headers: Mapping[str, str]) -> MistError | None:
        """That there is no such region, where its address has no host and the name is none that is known."""
        region, known = _region_of(headers), self.known_regions()
        if not error.message.startswith("No host named") or not region or region in known:
            return None
        return NotFoundError(f"EC2 has no region '{region}' that is known.", did_you_mean(region, known, "region"))

    def known_regions(self) -> list[str]:
        """The regions that botocore was told of; there may be newer ones. No request."""
        session = self._login.session
        return [name for partition in _partitions(session) for name in session.get_available_regions("ec2", partition)]


class _Raw(io.BytesIO):
    """A body as botocore wants to read it."""

    def stream(self, amount: int = 65536, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(amount):
            yield chunk


def _partitions(session: Any) -> list[str]:
    return [str(name) for name in session.get_available_partitions()]


def _how(operation: str, body: bytes) -> Literal["read", "send", "create"]:
    if b"DryRun=true" in body:
        return "send"
    if operation == "RunInstances":
        return "create"
    return "read" if operation.startswith(_READS) else "send"


def _region_of(headers: Mapping[str, str]) -> str:
    """The region that a request is signed for; nothing where it isn't signed."""
    said = next((value for name, value in headers.items() if name.casefold() == "authorization"), "")
    scope = said.partition("Credential=")[2].split(",")[0].split("/")
    return scope[2] if len(scope) > 4 else ""


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@dataclass(frozen=True)
class Everywhere:
    """What several regions answered to one question, and which of them did not, with why."""

    answers: dict[str, Any]
    failed: dict[str, MistError]

    def notes(self, name: str) -> tuple[str, ...]:
        """A line for each region that did not answer."""
        return tuple(f"{region} of {name} is missing here: {error.message}" for region, error in self.failed.items())


def everywhere(regions: Sequence[str], ask: Callable[[str], Any]) -> Everywhere:
    """What each region answers, all asked side by side. Raises the first failure where none answers, or login fails."""
    answers: dict[str, Any] = {}
    failed: dict[str, MistError] = {}

    def one(region: str) -> Any:
        try:
            return ask(region)
        except MistError as error:
            return error

    with ThreadPoolExecutor(min(len(regions), _AT_ONCE), "mist-regions") as pool:
        for region, answer in zip(regions, pool.map(one, regions), strict=True):
            (failed if isinstance(answer, MistError) else answers)[region] = answer
    first = next((error for error in failed.values() if isinstance(error, AuthError)), None)
    if failed and not answers:
        raise first or next(iter(failed.values()))
    return Everywhere(answers, failed)
