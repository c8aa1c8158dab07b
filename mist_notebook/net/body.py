"""The body of an answer: whole, no larger than allowed, and given up once it can't come whole in time."""

from __future__ import annotations

import io
from typing import Protocol

from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

_CHUNK_BYTES = 1 << 18
_JUDGED_AFTER_S = 5.0
_SLOWEST = 1024.0  # bytes a second of a body that doesn't say how long it is
_SLOWEST_AFTER_S = 10.0
_HOPE = 2.0  # how much faster it may still become


class TooLargeError(Exception):
    """The decoded body is over the cap."""


class TooSlowError(Exception):
    """At this rate the body can't be whole in time."""

    def __init__(self, received: int, seconds: float, total_s: float) -> None:
        super().__init__()
        self.received, self.seconds, self.total_s = received, seconds, total_s


class Clocked(Protocol):
    """The time that an answer has."""

    total_s: float

    def elapsed_s(self) -> float: ...

    def remaining_s(self) -> float: ...


def read_body(raw: HTTPResponse, cap_bytes: int, time: Clocked) -> bytes:
    """The whole decoded body. Raises `TooLargeError` past the cap, `TooSlowError` once it can't come whole in time."""
    length = raw.length_remaining
    if length is not None and length > cap_bytes:
        raise TooLargeError
    encoded = bool(raw.headers.get("content-encoding"))
    rate = _Rate(raw, time)
    body = io.BytesIO()
    while chunk := raw.read1(_CHUNK_BYTES, decode_content=encoded):
        if len(chunk) == length and not encoded and not body.tell():
            return chunk
        body.write(chunk)
        if body.tell() > cap_bytes:
            raise TooLargeError
        rate.check()
    if raw.length_remaining:
        raise ProtocolError("an end before the end")
    if not body.tell() and length is None and not raw.chunked:
        raise ProtocolError("an end without a beginning")  # http.client takes headers that were cut off for whole ones
    return body.getvalue()


class _Rate:
    """How fast a body comes, against the time that it has."""

    def __init__(self, raw: HTTPResponse, time: Clocked) -> None:
        self._raw, self._time = raw, time
        self._began_s = time.elapsed_s()

    def check(self) -> None:
        seconds = self._time.elapsed_s() - self._began_s
        if seconds < _JUDGED_AFTER_S:
            return
        received, missing = self._raw.tell(), self._raw.length_remaining
        rate = received / seconds
        if missing is None:
            is_hopeless = seconds >= _SLOWEST_AFTER_S and rate < _SLOWEST
        else:
            is_hopeless = rate * self._time.remaining_s() * _HOPE < missing
        if is_hopeless:
            raise TooSlowError(received, self._time.elapsed_s(), self._time.total_s)
