"""Clouds that are asked directly by a vendor's login, scripted over real HTTP: OpenStack, Google, Azure.

Each is after its documentation: what it has, what was asked of it, and what a test breaks.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.rigs import hostile

Row = dict[str, Any]
Answer = Callable[..., hostile.Step]
CREATED = "2026-11-25T10:00:00Z"
FOREIGN = ("OS_CLOUD", "OS_AUTH_URL", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE", "OS_USERNAME", "OS_PASSWORD",
           "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CONFIG", "CLOUDSDK_CORE_PROJECT",
           "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_SUBSCRIPTION_ID", "MIST_SSH_FROM",
           "AZURE_CONFIG_DIR")  # fmt: skip


@dataclass
class OwnCloud:
    """One of them. `routes` are tried in order: a method, a pattern of the path, and what answers."""

    provider: str
    wish: Row
    second: str
    words: dict[str, str]  # what a person names as it is added
    is_create: tuple[str, str]
    refusal: tuple[int, Row]
    full: tuple[int, Row] | None
    denied: tuple[int, Row]
    routes: list[tuple[str, str, Answer]] = field(default_factory=list)
    ledger: list[hostile.Request] = field(default_factory=list)
    on_create: hostile.Step | None = None
    refuses_once: hostile.Step | None = None
    makes_all_the_same: bool = False
    broken: dict[str, hostile.Step] = field(default_factory=dict)
    url: str = ""
    denies: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def row(self) -> str:
        """The provider as lists name it."""
        return "azure_arm" if self.provider == "azure" else self.provider

    @property
    def creates(self) -> list[hostile.Request]:
        """The requests for a machine, answered or not."""
        method, pattern = self.is_create
        return [one for one in self.ledger if one.method == method and re.fullmatch(pattern, one.path)]

    def sent(self, method: str, pattern: str) -> list[Any]:
        """The bodies of the requests of that kind."""
        found = [one for one in self.ledger if one.method == method and re.fullmatch(pattern, one.path)]
        return [json.loads(one.body) if one.body else None for one in found]

    def step(self, exchange: hostile.Exchange) -> None:
        with self.lock:
            answer = self._answer(exchange.request)
        answer(exchange)

    def _answer(self, request: hostile.Request) -> hostile.Step:
        for pattern, step in self.broken.items():
            if re.fullmatch(pattern, request.path):
                return step
        if self.denies and self.is_guarded(request):
            return hostile.json(self.denied[1], status=self.denied[0])
        method, pattern = self.is_create
        if request.method == method and re.fullmatch(pattern, request.path):
            return self._created(request)
        return self.routed(request)

    def is_guarded(self, request: hostile.Request) -> bool:
        """Whether the request needs a token that is good."""
        return True

    def _created(self, request: hostile.Request) -> hostile.Step:
        if self.refuses_once is not None:
            refusal, self.refuses_once = self.refuses_once, None
            return refusal
        if self.on_create is None:
            return self.routed(request)
        if self.makes_all_the_same:
            self.routed(request)
        return self.on_create

    def routed(self, request: hostile.Request) -> hostile.Step:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        for method, pattern, answer in self.routes:
            found = re.fullmatch(pattern, request.path)
            if request.method == method and found:
                body = json.loads(request.body) if request.body[:1] in (b"{", b"[") else {}
                return answer(*found.groups(), body=body, query=query)
        return hostile.json({"error": {"message": f"no route {request.method} {request.path}"}}, status=404)


@contextmanager
def serve(cloud: OwnCloud) -> Iterator[OwnCloud]:
    """The cloud, for the length of the block."""
    with hostile.serve(cloud.step) as server:
        cloud.ledger, cloud.url = server.ledger, server.url
        yield cloud


def no_credentials(patch: pytest.MonkeyPatch, home: Path) -> None:
    """A home folder of its own, and none of this computer's credentials."""
    for name in FOREIGN:
        patch.delenv(name, raising=False)
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    patch.chdir(home)
