"""A real Mist server, scripted, with a ledger: asynchronous creates with jobs, late tags, silent destroys, `*` as 50.

Its NephoScale has the ids of the sandbox's, so that a test can run against either. Time is counted in looks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.rigs import hostile

Row = dict[str, Any]
_CUT = 50


def image(number: int, external_id: str, name: str, architecture: str = "x86") -> Row:
    return {"id": f"im{number}", "external_id": external_id, "name": name, "architecture": [architecture],
            "extra": {"architecture": "arm64" if architecture == "arm" else "x86_64"}}  # fmt: skip


def _clouds() -> list[Row]:
    return [
        {"id": f"c-{provider}", "name": name, "provider": provider, "enabled": True, "state": "online"}
        for name, provider in (("NephoScale", "nephoscale"), ("EC2", "ec2"))
    ]


def _known() -> dict[str, list[Row]]:
    """All images of each cloud; the first three are listed by themselves."""
    return {
        "nephoscale": [image(1, "5", "Linux CentOS 5.5 64-bit"), image(2, "45", "Ubuntu 10.04")],
        "ec2": [image(n, f"ami-{n:08x}", f"debian-{n}", "arm" if n == 1 else "x86") for n in range(70)],
    }


@dataclass
class RealMist:
    """The server. A new machine is listed after `lag` looks, its tags and limit after `late`; a destroyed one is
    listed for `linger` looks more. `broken` answers a last word of a path in its own way.
    """

    token: str = "a-token"
    lag: int = 1
    late: int = 2
    linger: int = 2
    refusal: str = ""
    url: str = ""
    broken: dict[tuple[str, str], hostile.Step] = field(default_factory=dict)
    ledger: list[hostile.Request] = field(default_factory=list)
    machines: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=lambda: [{"id": "k1", "name": "demo", "isDefault": True}])
    clouds: list[Row] = field(default_factory=_clouds)
    known: dict[str, list[Row]] = field(default_factory=_known)
    listed: dict[str, int] = field(default_factory=lambda: {"nephoscale": 3, "ec2": 3})

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(one.method, one.path) for one in self.ledger if one.method != "GET"]

    @property
    def made(self) -> list[str]:
        return [json.loads(one.body)["name"] for one in self.ledger if self._is_create(one.method, one.path)]

    @property
    def searches(self) -> list[str]:
        bodies = [json.loads(one.body) for one in self.ledger if one.path.endswith("/images") and one.body]
        return [body["search_term"] for body in bodies if "search_term" in body]

    def step(self, exchange: hostile.Exchange) -> None:
        request = exchange.request
        words = request.path.removeprefix("/api/v1/").split("/")
        broken = self.broken.get((words[1] if len(words) > 2 else "", words[-1]))
        if request.headers.get("authorization") != self.token:
            hostile.answer("User not authenticated", status=401, content_type="text/html")(exchange)
        elif broken is not None and request.method == "GET":
            broken(exchange)
        else:
            self._answer(request, words)(exchange)

    def _answer(self, request: hostile.Request, words: list[str]) -> hostile.Step:
        body = json.loads(request.body) if request.body else {}
        if self._is_create(request.method, request.path):
            return self._create(words[1].removeprefix("c-"), body)
        if request.method == "POST" and words[-1] == "probe":
            return hostile.json({"ssh": {"uptime": 10.0, "cores": 1}, "ping": {}})
        if request.method == "POST":
            return self._act(words[-1], body["action"])
        if words[0] == "jobs":
            return self._story(words[1])
        usual: Row = {"ping": {"hello": "me@example.org"}, "providers": {"supported_providers": []}}
        usual |= {"clouds": self.clouds, "keys": self.keys}
        return hostile.json(usual[words[0]] if len(words) == 1 else self._list(words, body))

    @staticmethod
    def _is_create(method: str, path: str) -> bool:
        return method == "POST" and re.fullmatch(r"/api/v1/clouds/[^/]+/machines", path) is not None

    def _list(self, words: list[str], body: Row) -> list[Row]:
        provider, kind = words[1].removeprefix("c-"), words[-1]
        if kind == "images":
            return self._images(provider, body.get("search_term"))
        if kind == "machines":
            return self._seen(provider)
        rows: dict[str, list[Row]] = {
            "sizes": [{"id": "s48", "external_id": "48", "name": "CS4.2", "cpus": 2, "ram": 4096, "disk": 150,
                       "architecture": "x86", "extra": {"price": 0.15, "architecture": "x86_64"}}],
            "locations": [{"id": "l1", "external_id": "86945", "name": "SJC-1", "country": "US"}],
        }  # fmt: skip
        return rows.get(kind, [])

    def _images(self, provider: str, term: str | None) -> list[Row]:
        every = self.known[provider]
        if term is None:
            return every[: self.listed[provider]]
        if term == "*":
            self.listed[provider] = _CUT
            return every[:_CUT]
        return [one for one in every if term in (one["external_id"], one["name"])]

    def _create(self, provider: str, body: Row) -> hostile.Step:
        if self.refusal:
            return hostile.answer(self.refusal, status=400, content_type="text/plain")
        number = len(self.machines) + 1
        self.machines.append({"provider": provider, "op": body.get("job_id", ""), "looks": 0, "ending": None, "row": {
            "id": f"m{number}", "external_id": f"i-{number}", "name": body["name"], "state": "running",
            "image": "im1", "size": "s48", "location": "l1", "public_ips": [f"203.0.113.{number}"],
            "created": "2026-11-25 10:00:00", "extra": {}, "actions": {"destroy": True, "stop": True, "reboot": True},
        }, "late": {"tags": body.get("tags", {}), "expiration": body.get("expiration")}})  # fmt: skip
        return hostile.json({"job": "create_machine", "job_id": body.get("job_id")})

    def _story(self, op: str) -> hostile.Step:
        machine = next((one for one in self.machines if one["op"] == op), None)
        if machine is None:
            return hostile.answer("Job does not exist", status=404, content_type="text/plain")
        made = {"action": "machine_creation_finished", "external_id": machine["row"]["external_id"], "error": False}
        return hostile.json({"job_id": op, "logs": [{"action": "create_machine"}, made]})

    def _seen(self, provider: str) -> list[Row]:
        seen = []
        for one in self.machines:
            one["looks"] += 1
            if one["ending"] is not None:
                one["ending"] -= 1
            if (
                one["provider"] == provider
                and one["looks"] > self.lag
                and (one["ending"] is None or one["ending"] >= 0)
            ):
                seen.append(one["row"] | (one["late"] if one["looks"] > self.late else {}))
        return seen

    def _act(self, machine_id: str, action: str) -> hostile.Step:
        machine = next(
            (one for one in self.machines if machine_id in (one["row"]["id"], one["row"]["external_id"])), None
        )
        if machine is None or (machine["ending"] is not None and machine["ending"] < 0):
            return hostile.answer("Machine does not exist", status=404, content_type="text/plain")
        if action == "destroy":
            machine["ending"] = self.linger
        return hostile.json({})


@contextmanager
def serve() -> Iterator[RealMist]:
    """The server, for the length of the block."""
    mist = RealMist()
    with hostile.serve(mist.step) as server:
        mist.url, mist.ledger = server.url, server.ledger
        yield mist
