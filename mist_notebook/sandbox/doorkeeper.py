"""Who is served: decided on a request's headers, before anything of its body is kept.

A stranger's body may be small, a token holder's larger. What is too much is refused at once and then read past without
being kept, so that whoever sends it still gets the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable
from http.client import responses
from typing import Any, cast

from tornado.http1connection import HTTP1Connection, HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream

from .accounts.guard import check_address, check_token
from .connections import Connections, Limits
from .ground.refusals import RefusedError, too_large
from .state import SandboxState

# More than anybody may keep here; what is over this isn't even read past.
_READ_PAST_BYTES = 16 * 1024 * 1024
# Where e-mail and password decide.
_FOR_STRANGERS = ("/api/v1/tokens", "/auth", "/api/v1/ping")


class GuardedServer(HTTPServer):
    """An HTTP server that a careless or unfriendly client can't take from the others."""

    def initialize(  # type: ignore[override] # Tornado's constructor
        self, application: Any, *, state: SandboxState, port: int, limits: Limits
    ) -> None:
        """Tornado's constructor for us."""
        self.kept = Connections(limits)
        self._state, self._port, self._limits = state, port, limits
        super().initialize(
            application,
            max_header_size=limits.header_bytes,
            max_body_size=_READ_PAST_BYTES,
            max_buffer_size=_READ_PAST_BYTES,
            idle_connection_timeout=limits.idle_s,
            body_timeout=limits.patience_s,
        )

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Somebody has connected."""
        if self.kept.let_in(stream):
            super().handle_stream(stream, address)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """A connection is ready for its next request."""
        connection = cast("HTTP1Connection", request_conn)
        self.kept.waits(connection.stream)
        return _Request(self, super().start_request(server_conn, request_conn), connection)

    def on_close(self, server_conn: object) -> None:
        """A connection has ended."""
        super().on_close(server_conn)
        if isinstance(server_conn, HTTP1ServerConnection):
            self.kept.leaves(server_conn.stream)

    def most_bytes(self, start: RequestStartLine, headers: HTTPHeaders, stream: IOStream) -> int:
        """How long the body of a request may be; refused if it says that it is longer."""
        path = start.path.partition("?")[0]
        try:
            check_address(headers, self._port)
            check_token(headers, start.method, self._state.tokens, csrf_exempt=False)
            most, refusal = self._limits.body_bytes, None
        except RefusedError as error:
            most, refusal = self._limits.stranger_bytes, None if path in _FOR_STRANGERS else error
        self.kept.asks(stream, is_known=most == self._limits.body_bytes)
        length = headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > most:
            self._state.requests.append((start.method, path))
            raise refusal or too_large(most)
        return most


class _Request(HTTPMessageDelegate):
    """One request on its way to the application, or only past it."""

    def __init__(self, server: GuardedServer, inner: HTTPMessageDelegate, connection: HTTP1Connection) -> None:
        self._server = server
        self._inner: HTTPMessageDelegate | None = inner
        self._connection = connection
        self._left = 0

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Decide who is served."""
        start = cast("RequestStartLine", start_line)
        try:
            self._left = self._server.most_bytes(start, headers, self._connection.stream)
        except RefusedError as error:
            return self._refuse(error)
        return self._inner.headers_received(start_line, headers) if self._inner else None

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Hand the body on, as far as it may be that long."""
        if self._inner is None:
            return None
        self._left -= len(chunk)
        if self._left < 0:
            return self._refuse(too_large())
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        """The request is whole: it is answered now, or was refused before."""
        if self._inner:
            self._inner.finish()
        else:
            self._connection.finish()

    def on_connection_close(self) -> None:
        """The client has gone."""
        if self._inner:
            self._inner.on_connection_close()

    def _refuse(self, error: RefusedError) -> Awaitable[None]:
        self._inner = None
        body = str(error).encode()
        headers = HTTPHeaders({"Content-Type": "text/html; charset=UTF-8", "Content-Length": str(len(body))})
        headers["Connection"] = "close"
        line = ResponseStartLine("HTTP/1.1", error.status, responses[error.status])
        return self._connection.write_headers(line, headers, body)
