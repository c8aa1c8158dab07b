"""Failures of an HTTP exchange, foreign exceptions and statuses, as errors of ours: the one place that translates them.

A `Failure` keeps words and numbers only, never the foreign exception, whose request holds the token.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, IncompleteRead
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    MistError,
    NoRoomError,
    RefusedError,
    RefusedLoginError,
    UnavailableError,
)
from mist_notebook.ground.text import clean

from .body import TooSlowError

_RETRIED_STATUSES = {429, 502, 503, 504}
_DOUBTFUL_REFUSALS = {408, 409, 425, 499}  # a 4xx that may come after the deed: too late, a conflict, too early, gone
_REASON_LIMIT = 80
_NETWORK_HINT = "Check the URL, and the network of this computer."
_PROXY_HINT = "The proxy is what HTTPS_PROXY or ALL_PROXY names."
_HINTS = {402: "The account of the server has to be paid.", 429: "It is asked too often: try again later."}


@dataclass(frozen=True)
class _Row:
    """What one kind of exception means."""

    exception: type[Exception] | tuple[type[Exception], ...]
    kind: type[MistError]
    message: str
    hint: str = _NETWORK_HINT
    passing: bool = False


_INCOMPLETE = "The answer of {peer} to {path} is incomplete."
_TABLE = (  # the first that fits
    _Row(
        ssl.SSLCertVerificationError,
        UnavailableError,
        "{peer} can't be trusted: {reason}.",
        "An own certificate authority? Name its file: verify=…, or REQUESTS_CA_BUNDLE.",
    ),
    _Row((ssl.SSLEOFError, ssl.SSLZeroReturnError), UnavailableError, "{peer} broke the connection.", passing=True),
    _Row(ssl.SSLError, UnavailableError, "No TLS connection to {peer}: {reason}.", "Is it https, and the port right?"),
    _Row(socket.gaierror, UnavailableError, "No host named '{host}'."),
    _Row(TimeoutError, UnavailableError, "No answer from {peer} in {waited_s:g} s."),
    _Row(
        ConnectionRefusedError,
        UnavailableError,
        "{peer} refused the connection.",
        "Does it run, at this port?",
        passing=True,
    ),
    _Row(IncompleteRead, UnavailableError, _INCOMPLETE, passing=True),
    _Row(ConnectionError, UnavailableError, "{peer} broke the connection.", passing=True),
    _Row(urllib3.exceptions.DecodeError, ApiError, "The answer of {peer} to {path} can't be decompressed.", ""),
    _Row(
        (HTTPException, urllib3.exceptions.InvalidHeader),
        ApiError,
        "{peer} does not answer in HTTP.",
        "The right port?",
    ),
    _Row(OSError, UnavailableError, "{peer} can't be reached: {reason}.", passing=True),
    _Row(urllib3.exceptions.ProtocolError, UnavailableError, _INCOMPLETE, passing=True),
)


@dataclass(frozen=True)
class Failure:
    """Why an exchange failed. A read may be tried again if it is `passing`, after `pause_s` if the server says so.

    `certain` is for a write: whether it was refused before anything was done; `no_room`, whether for want of room
    where it was to stand, so that another location may have it. `code` is the service's own word for it.
    """

    kind: type[MistError]
    message: str
    hint: str = ""
    status: int | None = None
    passing: bool = False
    pause_s: float | None = None
    certain: bool = False
    no_room: bool = False
    code: str = ""

    def error(self, tries: int = 1) -> MistError:
        """The error to raise, outside of any `except`, so that nothing foreign hangs on to it."""
        hint = self.hint if tries == 1 else f"{self.hint} Tried {tries} times.".strip()
        if issubclass(self.kind, ApiError):
            return self.kind(self.message, hint, status=self.status, pause_s=self.pause_s, code=self.code)
        return self.kind(self.message, hint)

    def refusal(self) -> MistError:
        """The error of a create: a `RefusedError` where it is certain that nothing was made."""
        if not self.certain:
            return self.error()
        kind = NoRoomError if self.no_room else RefusedError
        kind = RefusedLoginError if issubclass(self.kind, AuthError) else kind
        hint = self.hint or "Nothing was made."
        return kind(self.message, hint, status=self.status, pause_s=self.pause_s, code=self.code)


@dataclass(frozen=True)
class Refusal:
    """A status other than 2xx as it came. `words` is how the server's own explanation begins, safe to show.

    `said` is as much of it as was read, for a kind whose errors are JSON: what it takes from there it makes safe.
    """

    method: str
    status: int
    headers: Mapping[str, str]
    words: str
    server: str
    path: str
    said: bytes = field(default=b"", repr=False)


Reading = Callable[[Refusal], Failure]


def timed_out(server: str, seconds: float) -> Failure:
    """Nothing, or not all of it, came in time: not tried again, as that would only take as long."""
    return Failure(UnavailableError, f"No answer from {server} in {seconds:g} s.", _NETWORK_HINT)


def too_large(server: str, path: str, cap_bytes: int) -> Failure:
    """The decoded body is over the cap."""
    size = f"{cap_bytes >> 20} MiB" if cap_bytes >= 1 << 20 else f"{cap_bytes} bytes"
    return Failure(UnavailableError, f"The answer of {server} to {path} is over {size}.", "It was not read further.")


def too_slow(server: str, path: str, slow: TooSlowError) -> Failure:
    """The body drips: it would not be whole in time, so that it isn't waited for."""
    message = f"The answer of {server} to {path} drips: {slow.received} bytes in {slow.seconds:.0f} s."
    return Failure(UnavailableError, message, f"It could not be whole within {slow.total_s:g} s. Try again later.")


def web_page(server: str, path: str, content_type: str, began: str) -> Failure:
    """A 200 that is HTML: somebody else's answer."""
    message = f"{server} answered {content_type} to {path}."
    return Failure(ApiError, message, f"A login page or proxy? It began: '{began}'", status=200)


def broken(error: Exception, server: str, path: str, proxy: str, waited_s: float) -> Failure:
    """What an exception of requests, urllib3, ssl or the socket means. `proxy` is its host, or "" if there is none."""
    causes = [cause for cause in _causes(error) if not isinstance(cause, requests.RequestException)]
    by_proxy = any(isinstance(cause, urllib3.exceptions.ProxyError) for cause in causes)
    peer = f"the proxy {proxy}" if by_proxy else server
    facts = {"peer": peer, "host": proxy if by_proxy else urlsplit(server).hostname, "path": path, "waited_s": waited_s}
    for row in _TABLE:
        for cause in causes:
            if isinstance(cause, row.exception):
                message = row.message.format(**facts, reason=_reason(cause))
                return Failure(row.kind, message, _PROXY_HINT if by_proxy else row.hint, passing=row.passing)
    return Failure(UnavailableError, f"The request to {peer} failed: {type(error).__name__}.", _NETWORK_HINT)


def refused(refusal: Refusal) -> Failure:
    """What a status means where the kind of server has no words of its own for it."""
    status, headers, words = refusal.status, refusal.headers, refusal.words
    server, path = refusal.server, refusal.path
    if 300 <= status < 400:
        return _redirected(status, headers, server, path)
    certain = is_certain(status)
    if status == 401:
        said = f"It said: '{words}'. " if words else ""
        hint = f"{said}%mist connect {server} asks for another token."
        message = f"The server at {server} did not accept the token."
        return Failure(AuthError, message, hint, status, certain=certain)
    message = f"{server} answered {status} to {path}: {words or _phrase(status)}"
    passing = status in _RETRIED_STATUSES
    pause_s = _retry_after_s(headers) if passing else None
    hint = _HINTS.get(status, "") if pause_s is None else f"It asks for a pause of {pause_s:.0f} s."
    return Failure(ApiError, message, hint, status, passing, pause_s, certain)


def is_certain(status: int) -> bool:
    """Whether a status says that a write was refused before anything was done, as far as statuses can say it."""
    return 300 <= status < 500 and status not in _DOUBTFUL_REFUSALS


def _redirected(status: int, headers: Mapping[str, str], server: str, path: str) -> Failure:
    try:
        host = urlsplit(headers.get("location", "")).hostname
    except ValueError:
        host = None
    target = clean(host, _REASON_LIMIT) if host else "another path"
    message = f"{server} answered {status} to {path}: a redirect to {target}."
    hint = "Redirects are not followed. Has the server moved? Connect to its new URL."
    return Failure(ApiError, message, hint, status, certain=True)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds, given as a number or as a date by the server's own clock; None if neither."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = _date(value)
        now = _date(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, OverflowError):
        return None


def moment(text: str) -> datetime | None:
    """The time in an HTTP header, in UTC; `None` if it is none."""
    try:
        return _date(text)
    except (ValueError, OverflowError):
        return None


def _date(text: str) -> datetime:
    date = parsedate_to_datetime(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _phrase(status: int) -> str:
    try:
        return f"{HTTPStatus(status).phrase}."
    except ValueError:
        return "no explanation."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and everything wrapped in it: requests and urllib3 nest three deep, in `args`, `reason`, `__cause__`."""
    waiting: list[Any] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


def _reason(error: Any) -> str:
    """Why, in the words of OpenSSL or the operating system."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    if isinstance(error, ssl.SSLError):
        return (error.reason or type(error).__name__).replace("_", " ").lower()
    return clean(getattr(error, "strerror", None) or str(error), _REASON_LIMIT)
