"""What leaves by the door: the token, for one origin only, bodies, which no traceback shows, and what others signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json import dumps

import requests
from requests.auth import AuthBase

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.secret import MASK, Secret

from .origin import origin_of


@dataclass(frozen=True)
class Scheme:
    """How a service wants to be shown a token: in which header, and after which word."""

    header: str = "Authorization"
    before: str = ""


Token = Secret | Callable[[], Secret] | None
BARE = Scheme()  # as Mist wants it
BEARER = Scheme(before="Bearer ")
X_AUTH_TOKEN = Scheme(header="X-Auth-Token")


class OriginAuth(AuthBase):
    """The token, for one origin. An object, as requests prefers netrc to a header.

    One that is renewed from time to time is asked for as each request is put together, by `token()`.
    """

    def __init__(self, token: Token, origin: str, scheme: Scheme = BARE) -> None:
        self._token = token
        self._origin = origin
        self._scheme = scheme

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token and origin_of(request.url or "") == self._origin:
            token = self._token if isinstance(self._token, Secret) else sendable(self._token())
            request.headers[self._scheme.header] = _Unseen(self._scheme.before + (token.reveal() if token else ""))
        return request


class _Unseen(str):
    """Text whose repr is •••: an interrupted request's traceback may print the variables of every frame."""

    def __repr__(self) -> str:
        return MASK


class _UnseenBytes(bytes):
    """As `_Unseen`: a body may hold a password or a cloud's credentials."""

    def __repr__(self) -> str:
        return MASK


@dataclass(frozen=True)
class Signed:
    """A request that a vendor's library has put together and signed: sent as it is, with no token of the door's.

    `name` is what it is called in errors, such as `ec2:DescribeImages`; `catalogue` marks what may take long.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    name: str
    catalogue: bool = False


def prepared(signed: Signed) -> requests.PreparedRequest:
    """The request as requests has it, with nothing added but what HTTP needs."""
    request = requests.PreparedRequest()
    request.prepare_method(signed.method)
    request.url = signed.url  # its signature is of just this spelling
    request.prepare_headers({name: _Unseen(value) for name, value in signed.headers.items()})
    request.prepare_body(None if signed.body is None else _UnseenBytes(signed.body), None)
    return request


def sendable(token: Secret | None) -> Secret | None:
    if token and not (token.reveal().isascii() and token.reveal().isprintable()):
        raise BadValueError("The token has a character that no token has, such as a line break.", "Copy it again.")
    return token


def body_of(json: object) -> bytes | None:
    """The bytes of a body: JSON, or what is bytes already."""
    if isinstance(json, bytes):
        return _UnseenBytes(json)
    if json is None or json == {}:
        return None
    return _UnseenBytes(dumps(json, allow_nan=False, default=_revealed).encode())


def _revealed(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"A {type(value).__name__} can't be sent as JSON.")
