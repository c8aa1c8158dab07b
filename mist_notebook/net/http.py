"""The one door to the network: what is sent, to one server only, and what counts as its answer.

Every call has an end: a connection attempt takes at most 5 s, and the whole of a call 30 s (a catalogue 120 s), name
look-up, tries and pauses included. A silence may last as long as that, as some servers say nothing before they have
asked others; a body that drips ends earlier, once it can't be whole by then. It is at most 64 MiB decoded (a catalogue
256 MiB).
A read is tried three times if the server can't be reached, hangs up, or answers 429, 502, 503 or 504: after 0.5 s and
1 s, or the `Retry-After` it asks for, up to 30 s. A write is sent once, by every layer. The token goes to one origin:
no redirect is followed, no netrc or cookie is used, and no proxy for loopback. Certificates are always verified.

Leaves to `transport` how the time is kept, to `failures` what went wrong, and to `strict_json` what a body means.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
import urllib3
from requests.utils import default_headers, select_proxy

from mist_notebook.ground.errors import BadValueError, UnavailableError
from mist_notebook.version import __version__

from . import doors, failures
from .body import TooLargeError, TooSlowError, read_body
from .failures import Failure, Reading, Refusal
from .limits import ORDINARY, Limits
from .origin import check_url, origin_of, quote_segment
from .sending import BARE, BEARER, X_AUTH_TOKEN, OriginAuth, Scheme, Signed, Token, body_of, prepared, sendable
from .server_clock import ServerClock
from .strict_json import decode, decode_rows, excerpt, gc_paused
from .surroundings import authorities, proxies_for
from .transport import Deadline, Transport

__all__ = [
    "BARE",
    "BEARER",
    "X_AUTH_TOKEN",
    "Failure",
    "Http",
    "Limits",
    "Reading",
    "Refusal",
    "Scheme",
    "Signed",
    "check_url",
    "decode",
    "decode_rows",
    "gc_paused",
    "quote_segment",
]

_WORDS_BYTES = 4096
_FIRST_PAUSE_S = 0.5
_HTML = ("text/html", "application/xhtml+xml")


class Http:
    """Requests to one server. For any thread; `close()` closes its connections.

    With a `unix_socket` the server is a program on this computer, and `url` is only what it is called in requests.
    """

    def __init__(
        self,
        url: str,
        *,
        token: Token = None,
        scheme: Scheme = BARE,
        verify: bool | str = True,
        limits: Limits = ORDINARY,
        reading: Reading = failures.refused,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        unix_socket: str = "",
    ) -> None:
        self.url = check_url(url)
        self.origin = f"unix://{unix_socket}" if unix_socket else origin_of(self.url)
        self._unix_socket = unix_socket
        self._scheme = scheme
        self.logins = 0
        self.log_in(token)
        self._verify = authorities(verify)
        self._proxies = proxies_for(self.url)
        self._over = threading.Event()
        self._limits, self._clock, self._sleep = limits, clock, sleep or (lambda seconds: self._over.wait(seconds))
        self._reading = reading
        self._transport = Transport(unix_socket)
        self._closed = False
        self._under_way: set[Deadline] = set()
        self._left_behind: list[Transport] = []
        doors.add(self)
        self.server_clock = ServerClock()

    def __repr__(self) -> str:
        return f"Http({self.url!r})"

    def log_in(self, token: Token) -> None:
        """Show that token from the next request on; `logins` counts how often."""
        self._auth = OriginAuth(token if callable(token) else sendable(token), self.origin, self._scheme)
        self.logins += 1

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, json: object = None, catalogue: bool = False
    ) -> bytes:
        """The body of a read, tried again when that may help. `path` starts with a slash, as in /api/v1/ping."""
        return self._read(self._request("GET", path, params, json), path, catalogue=catalogue)

    def send(self, method: str, path: str, *, json: object = None) -> bytes:
        """The body of the answer to a write, which is sent once, whatever happens to it."""
        return self._written(self._request(method, path, None, json), path)

    def create(self, method: str, path: str, *, json: object = None) -> bytes:
        """The body of the answer to a create, sent once as any write.

        Raises RefusedError where it is certain that nothing was made: the request never left, or the service said no
        before it did anything. Every other error leaves doubt.
        """
        return self._created(self._request(method, path, None, json), path)

    def relay(self, signed: Signed, how: Literal["read", "send", "create"]) -> bytes:
        """The body of the answer to what a vendor's library has put together and signed, by the rules of its kind."""
        request, name = prepared(signed), signed.name
        if how == "read":
            return self._read(request, name, catalogue=signed.catalogue)
        return self._created(request, name) if how == "create" else self._written(request, name)

    def _read(self, request: requests.PreparedRequest, path: str, *, catalogue: bool) -> bytes:
        limits = self._limits
        deadline = Deadline(limits.catalogue_total_s if catalogue else limits.total_s, self._clock)
        cap_bytes = limits.max_catalogue_bytes if catalogue else limits.max_bytes
        tries = 1
        answer = self._exchange(request, path, deadline, cap_bytes)
        while isinstance(answer, Failure) and tries < limits.tries and self._paused(answer, tries, deadline):
            tries += 1
            answer = self._exchange(request, path, deadline, cap_bytes)
        if isinstance(answer, bytes):
            return answer
        raise answer.error(tries)

    def _written(self, request: requests.PreparedRequest, path: str) -> bytes:
        deadline = Deadline(self._limits.total_s, self._clock)
        answer = self._exchange(request, path, deadline, self._limits.max_bytes)
        if isinstance(answer, bytes):
            return answer
        raise _doubted(answer, deadline).error()

    def _created(self, request: requests.PreparedRequest, path: str) -> bytes:
        deadline = Deadline(self._limits.total_s, self._clock)
        answer = self._exchange(request, path, deadline, self._limits.max_bytes)
        if isinstance(answer, bytes):
            return answer
        answer = _doubted(answer, deadline) if deadline.sent else replace(answer, certain=True)
        raise answer.refusal()

    def close(self) -> None:
        """Close all connections, those with an exchange under way too; more than once is fine."""
        self._closed = True
        self._over.set()
        for deadline in list(self._under_way):
            deadline.cut()
        self._transport.close()

    def rest(self) -> None:
        """Close idle connections; what is under way, or asked for later, goes on."""
        self._transport.close()

    def in_child(self) -> None:
        """Begin without connections: after a fork the old ones are the parent's, whose answers come on them.

        They are kept as they are: to close them could take a lock that a thread of the parent held.
        """
        self._left_behind.append(self._transport)
        self._transport, self._under_way = Transport(self._unix_socket), set()
        self._over = threading.Event()  # the parent's may be locked for good

    def _paused(self, failure: Failure, tries: int, deadline: Deadline) -> bool:
        """Waits if another try may help and there is time for it; False if not."""
        pause_s = _FIRST_PAUSE_S * 2 ** (tries - 1) if failure.pause_s is None else failure.pause_s
        if not failure.passing or pause_s > min(deadline.remaining_s(), self._limits.retry_after_max_s):
            return False
        self._sleep(pause_s)
        return True

    def _request(
        self, method: str, path: str, params: Mapping[str, str] | None, json: object
    ) -> requests.PreparedRequest:
        if not path.startswith("/"):
            raise BadValueError(f"The path '{path}' does not start with a slash.")
        headers = {
            "User-Agent": f"mist-notebook/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": str(default_headers()["Accept-Encoding"]),
        }
        body = body_of(json)
        if body is not None:
            headers["Content-Type"] = "application/octet-stream" if isinstance(json, bytes) else "application/json"
        request = requests.Request(method, self.url + path, headers=headers, params=params, data=body, auth=self._auth)
        try:
            return request.prepare()
        except (requests.RequestException, ValueError):
            pass
        raise BadValueError(f"The path '{path}' can't be asked for.")

    def _exchange(
        self, request: requests.PreparedRequest, path: str, deadline: Deadline, cap_bytes: int
    ) -> bytes | Failure:
        """One request and its answer; a failure is returned, not raised, so that nothing foreign is its context."""
        closed = Failure(UnavailableError, f"The connection to {self.origin} is closed.")
        left_s = deadline.remaining_s()
        self._under_way.add(deadline)
        try:
            if self._closed:
                return closed
            with deadline.enforced():
                answer = self._answer(request, path, deadline, cap_bytes)
        except TooLargeError:
            return failures.too_large(self.origin, path, cap_bytes)
        except TooSlowError as slow:
            return failures.too_slow(self.origin, path, slow)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            limit_s = left_s if deadline.sent else min(self._limits.connect_s, left_s)
            answer = failures.broken(error, self.origin, path, self._proxy_host(), round(limit_s, 1))
        finally:
            self._under_way.discard(deadline)
        if deadline.passed and (isinstance(answer, bytes) or answer.status is None):
            return closed if self._closed else failures.timed_out(self.origin, deadline.total_s)
        return answer

    def _answer(
        self, request: requests.PreparedRequest, path: str, deadline: Deadline, cap_bytes: int
    ) -> bytes | Failure:
        # Not a requests.Session: it reads the whole body of a redirect that it does not follow, and keeps cookies.
        left_s = max(deadline.remaining_s(), 0.001)
        timeouts = (min(self._limits.connect_s, left_s), left_s)
        response = self._transport.send(
            request, stream=True, timeout=timeouts, verify=self._verify, proxies=self._proxies
        )
        with closing(response.raw):
            status, headers = response.status_code, response.headers
            self.server_clock.heed(headers)
            if not 200 <= status < 300:
                said = _beginning(response.raw)
                words = excerpt(said).strip('"')
                return self._reading(Refusal(str(request.method), status, headers, words, self.origin, path, said))
            body = read_body(response.raw, cap_bytes, deadline)
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type in _HTML and body.lstrip().startswith(b"<"):
            return failures.web_page(self.origin, path, content_type, excerpt(body))
        return body

    def _proxy_host(self) -> str:
        return urlsplit(select_proxy(self.url, self._proxies) or "").hostname or ""


def _doubted(failure: Failure, deadline: Deadline) -> Failure:
    """The failure of a write; where no answer came after it was sent, with what that means."""
    if not (deadline.sent and issubclass(failure.kind, UnavailableError)):
        return failure
    return replace(failure, hint="It was sent once, and may have been done. It is not sent again.")


def _beginning(raw: Any) -> bytes:
    """How the server's own explanation begins."""
    try:
        return bytes(raw.read(_WORDS_BYTES, decode_content=True))
    except (urllib3.exceptions.HTTPError, OSError):
        return b""
