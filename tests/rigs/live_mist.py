"""A Mist server that isn't a sandbox, of one backend, over real HTTP: what it has, a test may change at any time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.rigs import hostile

FEATURES = {"provision": {"location": True, "cloudinit": True, "key": {"required": True}}}
CREATED = "2026-11-25 10:00:00"


def _usual() -> dict[str, list[dict[str, Any]]]:
    return {
        "clouds": [{"id": "c1", "name": "Live", "provider": "zzz", "enabled": True, "state": "online"}],
        "keys": [{"id": "k1", "name": "demo", "isDefault": True}],
        "images": [{"id": "i1", "name": "Debian 12", "external_id": "debian", "extra": {"owner_id": "vendor"}}],
        "sizes": [
            {"id": "s1", "external_id": "small", "name": "Small", "cpus": 1, "ram": 1024, "disk": 20,
             "extra": {"price_hourly": 0.01, "price_monthly": 7.0}},
            {"id": "s2", "external_id": "vague", "name": "Vague", "cpus": 2, "ram": 2048, "disk": 40, "extra": {}},
        ],
        "locations": [{"id": "l1", "external_id": "east", "name": "East", "country": "US"}],
        "networks": [],
        "machines": [],
    }  # fmt: skip


@dataclass
class LiveMist:
    """What the server has, and what was asked of it. `token` is the one that it takes, `given` are the keys it got."""

    token: str = "first-token"
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=_usual)
    broken: dict[str, hostile.Step] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    url: str = ""
    ahead_s: float = 0.0  # of this computer's clock
    ledger: list[hostile.Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, kind: str, place: int = 0, **fields: Any) -> None:
        self.rows[kind][place] = self.rows[kind][place] | fields

    def asked(self, word: str) -> int:
        """How often a path that ends so was asked for."""
        return sum(request.path.endswith(word) for request in self.ledger)

    def step(self, exchange: hostile.Exchange) -> None:
        """Answer one request."""
        request = exchange.request
        word = request.path.rpartition("/")[2]
        if request.headers.get("authorization") != self.token:
            with self._lock:
                self.refused += 1
            hostile.answer("User not authenticated. Please log in", status=401, content_type="text/html")(exchange)
            return
        if word in self.broken:
            self.broken[word](exchange)
            return
        self._answer(word)(request)(exchange)

    def _answer(self, word: str) -> Callable[[hostile.Request], hostile.Step]:
        if word == "ping":
            return lambda _: hostile.json({"hello": "someone@example.org"})
        if word == "providers":
            rows = [{"driver": "zzz", "name": "Zzz", "features": FEATURES}]
            return lambda _: hostile.json({"supported_providers": rows})
        if word == "probe":
            return lambda _: hostile.json({"ssh": {"uptime": 10.0, "cores": 1}, "ping": {}})
        if word == "machines":
            return self._machines
        if word == "keys":
            return self._keys
        return lambda _: hostile.json(self.rows.get(word, []))

    def _keys(self, request: hostile.Request) -> hostile.Step:
        if request.method == "PUT":
            self.given.append(json.loads(request.body))
            self.rows["keys"].append({"id": f"g{len(self.given)}", "name": self.given[-1]["name"], "isDefault": False})
        return hostile.json(self.rows["keys"])

    def _machines(self, request: hostile.Request) -> hostile.Step:
        if request.method == "GET":
            return self.listing(self.rows["machines"])
        body = json.loads(request.body)
        with self._lock:
            self.created.append(body)
            number = len(self.created)
            machine = {"id": f"m{number}", "external_id": f"m-{number}", "name": body["name"], "state": "running",
                       "public_ips": ["192.0.2.9"], "created": CREATED, "tags": body.get("tags", {}),
                       "actions": {"destroy": True}}  # fmt: skip
            self.rows["machines"].append(machine)
        return hostile.json(machine)

    def listing(self, rows: object) -> hostile.Step:
        """An answer that is dated by this server's clock, where that was moved."""
        date = datetime.now(UTC) + timedelta(seconds=self.ahead_s)
        return hostile.json(rows, headers={"Date": format_datetime(date, usegmt=True)} if self.ahead_s else None)


@contextmanager
def serve() -> Iterator[LiveMist]:
    """The server, for the length of the block."""
    live = LiveMist()
    with hostile.serve(live.step) as server:
        live.url, live.ledger = server.url, server.ledger
        yield live
