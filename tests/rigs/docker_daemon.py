"""A Docker daemon that is scripted: what it has, what was asked of it, and what a test breaks.

with docker_daemon.serve(monkeypatch) as daemon: ...     # on loopback, named by DOCKER_HOST
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest

from tests.rigs import hostile

INFO = {"ID": "D-1", "Name": "here", "NCPU": 4, "MemTotal": 8 << 30, "Architecture": "x86_64",
        "MemoryLimit": True, "CpuCfsQuota": True}  # fmt: skip
IMAGES = [
    {"Id": "sha256:aaaa11112222", "RepoTags": ["box:latest", "reg.example/box:1"], "Created": 1750000000, "Size": 5},
    {"Id": "sha256:bbbb11112222", "RepoTags": ["plain:1"], "Created": 1750000000, "Size": 5},
    {"Id": "sha256:eeee11112222", "RepoTags": ["debian:12"], "Created": 1750000000, "Size": 5},
    {"Id": "sha256:cccc11112222", "RepoTags": ["<none>:<none>"], "Created": 1750000000, "Size": 5},
    {"Id": "sha256:dddd11112222", "RepoTags": None, "Created": 0, "Size": 5},
]
CONFIGS = {
    "sha256:aaaa11112222": {"Architecture": "amd64", "Os": "linux",
                            "Config": {"Cmd": ["/usr/sbin/sshd", "-D"], "ExposedPorts": {"22/tcp": {}}}},
    "sha256:bbbb11112222": {"Architecture": "arm64", "Os": "linux", "Config": {"Cmd": ["bash"]}},
}  # fmt: skip

HISTORIES = {
    "sha256:eeee11112222": [{"CreatedBy": "RUN /bin/sh -c apt-get install -y openssh-server"}, {"CreatedBy": None}, 5],
}


@dataclass
class Daemon:
    """What it has, and what it answers to each request; `broken` answers in its place."""

    containers: list[dict[str, Any]] = field(default_factory=list)
    broken: dict[tuple[str, str], hostile.Step] = field(default_factory=dict)
    has_ssh: bool = True
    ledger: list[hostile.Request] = field(default_factory=list)

    def step(self, exchange: hostile.Exchange) -> None:
        request = exchange.request
        path = request.path
        name = path.rpartition("/")[2] if path.startswith("/containers/") else path
        key = (request.method, name if request.method != "DELETE" else "delete")
        self.broken.get(key, self.answer(request))(exchange)

    def answer(self, request: hostile.Request) -> hostile.Step:
        method, path = request.method, unquote(request.path)
        if method == "DELETE":
            self.containers.clear()
            return hostile.answer(b"", status=204)
        if method == "GET" and path.endswith("/archive"):
            return hostile.answer(b"tar") if self.has_ssh else hostile.json({"message": "no such file"}, status=404)
        if path == "/containers/create":
            self.containers.append({"Id": "f" * 64, "Names": ["/web"], "State": "running", "Created": 1750000000})
            return hostile.json({"Id": "f" * 64, "Warnings": []}, status=201)
        if method in ("POST", "PUT"):
            return hostile.answer(b"", status=204)
        if path.endswith("/history"):
            return hostile.json(HISTORIES.get(path.split("/")[2], []))
        if path.startswith("/images/sha256"):
            return hostile.json(CONFIGS.get(path.split("/")[2], {}))
        return hostile.json({"/info": INFO, "/images/json": IMAGES, "/containers/json": self.containers}[path])

    def sent(self, method: str, ending: str) -> list[hostile.Request]:
        return [one for one in self.ledger if one.method == method and one.path.endswith(ending)]


@contextmanager
def serve(patch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """The daemon, for the length of the block."""
    daemon = Daemon()
    with hostile.serve(daemon.step) as server:
        daemon.ledger = server.ledger
        patch.setenv("DOCKER_HOST", server.url.replace("http", "tcp"))
        yield daemon
