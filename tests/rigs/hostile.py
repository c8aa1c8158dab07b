"""Servers on loopback that misbehave on cue, and keep a ledger of what was asked of them.

    with hostile.serve(hostile.json([{"id": "1"}]), hostile.reset) as server:
        ...                                            # server.url, server.ledger

The n-th request gets the n-th step, later ones the last. A step is a function of an `Exchange`. Nothing sleeps: what
has to take for ever waits for the end of the block.
"""

from __future__ import annotations

import gzip
import json as json_module
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

Step = Callable[["Exchange"], None]


@dataclass(frozen=True)
class Request:
    """One request as it came. `target` has the query; `headers` have lower-case names; `connection` counts from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass
class Exchange:
    """One request, and the connection to answer it on."""

    request: Request
    connection: socket.socket
    ended: threading.Event
    over: bool = field(default=False, init=False)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def close(self) -> None:
        """Hang up, in an orderly way."""
        self.over = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Hang up with a TCP reset."""
        self.over = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def hold(self) -> None:
        """Keep the connection open, silently, to the end."""
        self.ended.wait()

    def drip(self, data: bytes = b" ", every_s: float = 0.02) -> None:
        """Send `data` again and again, for ever."""
        while not self.ended.wait(every_s):
            self.send(data)

    def flood(self, data: bytes) -> None:
        """Send `data` as fast as it is taken, for ever."""
        while not self.ended.is_set():
            self.send(data)


@dataclass
class Server:
    """A server that runs. `ledger` holds every request whose head was complete."""

    port: int
    scheme: str
    ledger: list[Request]

    @property
    def url(self) -> str:
        return f"{self.scheme}://{'localhost' if self.scheme == 'https' else '127.0.0.1'}:{self.port}"


def answer(
    body: bytes | str = b"",
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
    length: int | None = None,
    gzipped: bool = False,
) -> Step:
    """A well-formed answer, unless `length` says another length than the body's."""
    data = body.encode() if isinstance(body, str) else body
    data = gzip.compress(data, 1) if gzipped else data
    fields = {"Content-Type": content_type, "Content-Length": str(len(data) if length is None else length)}
    fields |= ({"Content-Encoding": "gzip"} if gzipped else {}) | (headers or {})
    head = f"HTTP/1.1 {status} Any\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
    return lambda exchange: exchange.send(head.encode("latin-1") + data)


def gzip_bomb(size_bytes: int, *, status: int = 200, layers: int = 1) -> Step:
    """`size_bytes` of zeros, packed so many times."""

    def step(exchange: Exchange) -> None:
        body = gzip_of_zeros(size_bytes)
        for _ in range(layers - 1):
            body = gzip.compress(body)
        answer(body, status=status, headers={"Content-Encoding": ", ".join(["gzip"] * layers)})(exchange)

    return step


def json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Step:
    return answer(json_module.dumps(value), status=status, headers=headers)


def chunked(*chunks: bytes, ended: bool = True, headers: str = "") -> Step:
    """A chunked body, cut off before its end unless `ended`; the connection is closed after it."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n{headers}\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return raw(head.encode() + body + (b"0\r\n\r\n" if ended else b""))


def raw(data: bytes) -> Step:
    """These bytes, then the connection is closed."""

    def step(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.close()

    return step


def then_drip(head: bytes, data: bytes = b" ") -> Step:
    """`head`, then `data` again and again."""

    def step(exchange: Exchange) -> None:
        exchange.send(head)
        exchange.drip(data)

    return step


def then_flood(head: bytes, data: bytes) -> Step:
    """`head`, then `data` without end and without pause."""

    def step(exchange: Exchange) -> None:
        exchange.send(head)
        exchange.flood(data)

    return step


@cache
def gzip_of_zeros(size_bytes: int) -> bytes:
    """A gzip file of zeros, made without holding them: 300 MB of them are 300 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    whole = b"".join(packer.compress(block) for _ in range(size_bytes >> 20))
    return whole + packer.compress(bytes(size_bytes % (1 << 20))) + packer.flush()


def reset(exchange: Exchange) -> None:
    exchange.reset()


def close(exchange: Exchange) -> None:
    exchange.close()


def hang(exchange: Exchange) -> None:
    exchange.hold()


@contextmanager
def serve(*steps: Step, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on 127.0.0.1 for the length of the block, which ends with its threads joined and its sockets closed."""
    running = _Running(steps, tls)
    try:
        yield running.server
    finally:
        running.stop()


class _Running:
    def __init__(self, steps: tuple[Step, ...], tls: ssl.SSLContext | None) -> None:
        self._steps, self._tls = steps, tls
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.server = Server(self._listener.getsockname()[1], "https" if tls else "http", [])
        self._start(self._accept)

    def stop(self) -> None:
        self._ended.set()
        for sock in [self._listener, *self._open]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="hostile", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._ended.is_set():
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(connection)
                self._start(self._converse, connection, len(self._open))

    def _converse(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError, ValueError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection, connection.makefile("rb") as stream:
                while (request := _read_request(stream, number)) and not self._answered(request, connection).over:
                    pass

    def _answered(self, request: Request, connection: socket.socket) -> Exchange:
        with self._lock:
            step = self._steps[min(len(self.server.ledger), len(self._steps) - 1)]
            self.server.ledger.append(request)
        exchange = Exchange(request, connection, self._ended)
        step(exchange)
        return exchange


def _read_request(stream: object, number: int) -> Request | None:
    readline, read = stream.readline, stream.read  # type: ignore[attr-defined]
    words = readline().decode("latin-1").split()
    if len(words) != 3:
        return None
    headers: dict[str, str] = {}
    while line := readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(words[0], words[1], headers, read(int(headers.get("content-length", 0))), number)
