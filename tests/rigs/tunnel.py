"""A real HTTP proxy on loopback: it opens the tunnel that a CONNECT asks for, to one server, whatever host is named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """A proxy that runs. `asked` has the first line and the headers of each request."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = [self._listener]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def stop(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in self._open:
            one.close()

    def _start(self, work: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=work, name="tunnel", daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._tunnel(self._listener.accept()[0])

    def _tunnel(self, near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(1 << 16)
        self.asked.append(head.decode("latin-1"))
        far = socket.create_connection(("127.0.0.1", self._port))
        self._open += [near, far]
        near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._start(lambda: _pump(near, far))
        self._start(lambda: _pump(far, near))


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def to(port: int) -> Iterator[Proxy]:
    """A proxy whose tunnels end at that port of this computer, for the length of the block."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.stop()
