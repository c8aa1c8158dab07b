"""The same door over a socket of this computer's: as bounded, and its failures as plain."""

from __future__ import annotations

import socketserver
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from mist_notebook.ground.errors import UnavailableError
from mist_notebook.net.http import Http, Limits


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(f"{self.path} {self.headers['Host']}".encode())

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(self.headers["Content-Type"].encode() + b" " + body)

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def path() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mist-") as folder:
        where = str(Path(folder) / "s")
        server = socketserver.ThreadingUnixStreamServer(where, _Answers)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield where
        server.shutdown()
        thread.join()
        server.server_close()


def test_requests_go_over_the_socket_and_bytes_as_they_are(path: str) -> None:
    door = Http("http://localhost", unix_socket=path)
    assert door.get("/a", params={"b": "c"}) == b"/a?b=c localhost"
    assert door.send("PUT", "/a", json=b"\x00tar") == b"application/octet-stream \x00tar"
    assert door.origin == f"unix://{path}"
    door.close()


def test_a_socket_that_is_not_there_and_one_that_is_silent_are_said(path: str) -> None:
    import socket

    gone = Http("http://localhost", unix_socket=f"{path}.gone", limits=Limits(tries=1))
    with pytest.raises(UnavailableError, match=f"unix://{path}.gone"):
        gone.get("/a")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{path}.dead")
        listener.listen()
        silent = Http("http://localhost", unix_socket=f"{path}.dead", limits=Limits(total_s=0.2))
        with pytest.raises(UnavailableError, match="No answer"):
            silent.get("/a")
