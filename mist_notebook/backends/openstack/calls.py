"""Requests to an OpenStack cloud's services: one door each, with a token that is renewed once it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from mist_notebook.backends.parts import answers, refusing
from mist_notebook.backends.parts.answers import Next, Row
from mist_notebook.net.http import X_AUTH_TOKEN, Failure, Http, Limits, Refusal, decode
from mist_notebook.net.server_clock import ServerClock

from .login import Login

T = TypeVar("T")


class Calls:
    """The services of one cloud, each found at its first use."""

    def __init__(self, name: str, login: Login, limits: Limits, usual_source: str | None = None) -> None:
        self.name, self.login = name, login
        self.usual_source = usual_source  # from where SSH is let in, where nobody said it of a machine
        self._limits = limits
        self._doors: dict[str, Http] = {}
        self._closed = False

    @property
    def clock(self) -> ServerClock:
        """The time of the service that said it, compute's first."""
        return next((self._doors[name].server_clock for name in ("compute", "image") if name in self._doors), _NO_CLOCK)

    def one(self, service: str, path: str, params: Mapping[str, str] | None = None) -> Row:
        """The answer to a read, an object."""
        return answers.again(self.login.forget, lambda: answers.one(self.door(service), path, params))

    def rows(
        self,
        service: str,
        path: str,
        key: str,
        following: Next = lambda _: None,
        params: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """All rows of a list."""
        return answers.again(self.login.forget, lambda: answers.rows(self.door(service), path, key, following, params))

    def send(self, service: str, method: str, path: str, json: object = None) -> Row:
        """The answer to a write, sent once."""
        body = self.door(service).send(method, path, json=json)
        return decode(body, dict[str, Any], where=path) if body.strip() else {}

    def create(self, service: str, path: str, json: object) -> Row:
        """The answer to a create, sent once."""
        return decode(self.door(service).create("POST", path, json=json), dict[str, Any], where=path)

    def door(self, service: str) -> Http:
        """The service's door."""
        if service not in self._doors:
            self._doors[service] = Http(
                self.login.endpoint(service),
                token=self.login.token,
                scheme=X_AUTH_TOKEN,
                verify=self.login.verify,
                limits=self._limits,
                reading=self._read,
            )
        return self._doors[service]

    def close(self) -> None:
        for door in self._doors.values():
            door.close()

    def _read(self, refusal: Refusal) -> Failure:
        if refusal.status == 401:
            self.login.forget()
        return refusing.read(refusal, self.name, self.login.source, self.login.renew_hint, _understood)


_NO_CLOCK = ServerClock()
_CERTAIN_CODES = ("conflictingRequest", "NeutronError", "badRequest", "forbidden", "itemNotFound", "overLimit")


def _understood(status: int, body: dict[str, object]) -> refusing.Said:
    """The word and the message in a body of compute's, network's or identity's: `{"word": {"message": …}}`.

    A conflict that compute or network explain is one that they find before they do anything.
    """
    for word, said in body.items():
        if isinstance(said, dict) and isinstance(said.get("message"), str):
            certain = True if status == 409 and word in _CERTAIN_CODES else None
            code = str(said.get("type") or ("" if word == "error" else word))
            return refusing.Said(code=code, message=said["message"], certain=certain)
    return refusing.Said()
