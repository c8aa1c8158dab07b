"""The Orbit cloud itself, over real HTTP: what it has a test may change, and the ledger says what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.rigs import hostile

Row = dict[str, Any]
_ACTIONS = {
    "running": ["stop", "reboot", "destroy"],
    "stopped": ["start", "destroy"],
    "pending": ["destroy"],
    "destroying": [],
}
_NEXT = {"start": "running", "stop": "stopped", "reboot": "running"}


def _catalogue() -> dict[str, list[Row]]:
    return {
        "images": [
            {"id": "deb", "name": "Debian 12", "arch": "x86_64"},
            {"id": "deb-arm", "name": "Debian 12 for ARM", "arch": "arm64"},
        ],
        "sizes": [
            {"id": "small", "name": "Small", "cpus": 1, "ram": 1024, "arch": "x86_64", "hourly": 0.02},
            {"id": "large", "name": "Large", "cpus": 8, "ram": 16384, "arch": "x86_64", "hourly": 0.9},
        ],
        "places": [{"id": "north", "name": "North"}],
        "machines": [],
        "keys": [],
        "disks": [{"id": "d1", "name": "old-root"}],
    }


@dataclass
class Cloud:
    """What it has. `slow` is for how many looks an action is under way; `broken` answers a path in its own way.

    `dead` answers everything so.
    """

    token: str = "orbit-token"
    rows: dict[str, list[Row]] = field(default_factory=_catalogue)
    broken: dict[tuple[str, str], hostile.Step] = field(default_factory=dict)
    dead: hostile.Step | None = None
    slow: int = 0
    created: list[Row] = field(default_factory=list)
    url: str = ""
    ledger: list[hostile.Request] = field(default_factory=list)
    account: str = "acc-7"
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _later: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(one.method, one.path) for one in self.ledger if one.method != "GET"]

    def step(self, exchange: hostile.Exchange) -> None:
        """Answer one request."""
        request = exchange.request
        broken = self.dead or self.broken.get((request.method, request.path))
        if self.dead is None and request.headers.get("authorization") != self.token:
            hostile.json({"error": "who are you?"}, status=401)(exchange)
        elif broken is not None:
            broken(exchange)
        else:
            with self._lock:
                answer = self._answer(request)
            answer(exchange)

    def _answer(self, request: hostile.Request) -> hostile.Step:
        words = request.path.strip("/").split("/")
        if request.method == "GET":
            return self._read(words[0])
        if request.method == "DELETE":
            self.rows[words[0]] = [row for row in self.rows[words[0]] if row["id"] != words[1]]
            return hostile.json({})
        if words[0] == "machines" and len(words) == 3:
            return self._act(words[1], words[2])
        body = json.loads(request.body)
        if words[0] == "keys":
            self.rows["keys"].append({"id": f"k{len(self.rows['keys']) + 1}", **body})
            return hostile.json({})
        return hostile.json(self.make(body))

    def _read(self, kind: str) -> hostile.Step:
        if kind == "account":
            return hostile.json({"id": self.account})
        if kind == "machines":
            self._age()
        return hostile.json(self.rows.get(kind, []))

    def make(self, wish: Row) -> Row:
        """A machine, as a create makes one."""
        self.created.append(wish)
        number = len(self.created)
        made = {"id": f"i-{number}", "ips": [f"203.0.113.{number}"], "created": datetime.now(UTC).isoformat(),
                "tags": {}, "state": "pending", "actions": [], **wish}  # fmt: skip
        self.rows["machines"].append(made)
        self._later[made["id"]] = [self.slow, "running"]
        return made

    def _act(self, machine_id: str, action: str) -> hostile.Step:
        machine = next((one for one in self.rows["machines"] if one["id"] == machine_id), None)
        if machine is None:
            return hostile.json({"error": "no such machine"}, status=404)
        machine["state"] = "destroying" if action == "destroy" else machine["state"]
        self._later[machine_id] = [self.slow, None if action == "destroy" else _NEXT[action]]
        return hostile.json({})

    def _age(self) -> None:
        """What is under way comes one look nearer."""
        for machine_id, (looks, state) in list(self._later.items()):
            self._later[machine_id][0] = looks - 1
            if looks > 0:
                continue
            del self._later[machine_id]
            if state is None:
                self.rows["machines"] = [one for one in self.rows["machines"] if one["id"] != machine_id]
            for one in self.rows["machines"]:
                one["state"] = state if one["id"] == machine_id else one["state"]
        for one in self.rows["machines"]:
            one["actions"] = _ACTIONS[one["state"]]


@contextmanager
def serve() -> Iterator[Cloud]:
    """The service, for the length of the block."""
    cloud = Cloud()
    with hostile.serve(cloud.step) as server:
        cloud.url, cloud.ledger = server.url, server.ledger
        yield cloud
