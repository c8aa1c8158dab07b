"""The five clouds with a token, scripted after their documentation: lists in pages, keys, creates, actions, errors.

with token_clouds.serve("hetzner", monkeypatch) as cloud: ...     # on loopback, found where the adapter looks in tests
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.rigs import hostile

Row = dict[str, Any]
TOKEN = "tok-0123456789abcdef-secret"
PROJECT = "7e1b3f7c-0000-4000-8000-1234567890ab"
PROVIDERS = ("hetzner", "digitalocean", "linode", "vultr", "scaleway")
CREATED = "2026-11-25T10:00:00+00:00"
VARIABLES = {
    "hetzner": "HCLOUD_TOKEN", "digitalocean": "DIGITALOCEAN_ACCESS_TOKEN", "linode": "LINODE_CLI_TOKEN",
    "vultr": "VULTR_API_KEY", "scaleway": "SCW_SECRET_KEY",
}  # fmt: skip
FOREIGN = (
    "HCLOUD_CONFIG", "HCLOUD_CONTEXT", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_CONTEXT", "LINODE_TOKEN",
    "LINODE_CLI_CONFIG", "SCW_DEFAULT_PROJECT_ID", "SCW_CONFIG_PATH", "SCW_PROFILE",
)  # fmt: skip


@dataclass(frozen=True)
class Script:
    """How one cloud speaks: its lists by path, the key of each, and what a wish there looks like."""

    lists: dict[str, str]
    rows: dict[str, list[Any]]
    machines: str
    one: str
    wish: dict[str, str]
    hourly: float
    currency: str = "USD"
    keys: str = ""
    refusal: tuple[int, Row] = (400, {})
    denied: Row = field(default_factory=dict)


def _money(hourly: str, monthly: str) -> Row:
    return {"price_hourly": {"net": hourly, "gross": "9"}, "price_monthly": {"net": monthly, "gross": "9"}}


def _cax(name: str, cores: int) -> Row:
    prices = [{"location": "fsn1", **_money("0.0060", "3.79")}, {"location": "nbg1", **_money("0.0070", "4.29")}]
    return {"id": cores, "name": name, "cores": cores, "memory": 4.0 * cores, "disk": 40, "architecture": "arm",
            "deprecated": False, "prices": prices}  # fmt: skip


def _image(number: int, name: str, arch: str) -> Row:
    return {"id": number, "name": name, "description": name.title(), "type": "system", "status": "available",
            "architecture": arch, "os_flavor": name.partition("-")[0], "created": CREATED, "disk_size": 5,
            "deprecated": None}  # fmt: skip


SCRIPTS = {
    "hetzner": Script(
        lists={"/server_types": "server_types", "/images": "images", "/locations": "locations",
               "/servers": "servers", "/ssh_keys": "ssh_keys"},
        rows={
            "server_types": [_cax("cax11", 2), _cax("cax21", 4), _cax("cax31", 8)],
            "images": [_image(1, "debian-12", "x86"), _image(2, "debian-12", "arm"), _image(3, "ubuntu-24.04", "arm")],
            "locations": [{"id": 1, "name": "fsn1", "description": "Falkenstein DC Park 1", "country": "DE"},
                          {"id": 2, "name": "nbg1", "description": "Nuremberg DC Park 1", "country": "DE"},
                          {"id": 3, "name": "ash", "description": "Ashburn, VA", "country": "US"}],
        },
        machines="/servers", one="server", keys="public_key",
        wish={"size": "cax11", "image": "debian-12", "location": "nbg1"}, hourly=0.0078, currency="EUR",
        refusal=(412, {"error": {"code": "resource_unavailable", "message": "no capacity for cax11 in nbg1"}}),
        denied={"error": {"code": "unauthorized", "message": "unable to authenticate"}},
    ),
    "digitalocean": Script(
        lists={"/v2/sizes": "sizes", "/v2/images": "images", "/v2/regions": "regions",
               "/v2/droplets": "droplets", "/v2/account/keys": "ssh_keys"},
        rows={
            "sizes": [{"slug": f"s-{n}vcpu-{n}gb", "memory": 1024 * n, "vcpus": n, "disk": 25 * n, "available": True,
                       "price_hourly": 0.00893 * n, "price_monthly": 6.0 * n, "regions": ["ams3", "nyc1"]}
                      for n in (1, 2, 4)],
            "images": [{"id": 100 + n, "slug": slug, "name": name, "distribution": "Debian", "status": "available",
                        "public": True, "created_at": CREATED, "min_disk_size": 10}
                       for n, (slug, name) in enumerate([("debian-12-x64", "12 x64"), (None, "11 x64"),
                                                         ("debian-13-x64", "13 x64")])],
            "regions": [{"slug": slug, "name": slug.upper(), "available": True, "sizes": ["s-1vcpu-1gb"]}
                        for slug in ("ams3", "nyc1", "sfo3")],
        },
        machines="/v2/droplets", one="droplet", keys="public_key",
        wish={"size": "s-1vcpu-1gb", "image": "debian-12-x64", "location": "ams3"}, hourly=0.00893,
        refusal=(422, {"id": "unprocessable_entity", "message": "creating this will exceed your droplet limit"}),
        denied={"id": "Unauthorized", "message": "Unable to authenticate you"},
    ),
    "linode": Script(
        lists={"/linode/types": "data", "/images": "data", "/regions": "data", "/linode/instances": "data",
               "/profile/sshkeys": "data"},
        rows={
            "types": [{"id": f"g6-standard-{n}", "label": f"Linode {2 * n}GB", "vcpus": n, "memory": 2048 * n,
                       "disk": 51200 * n, "price": {"hourly": 0.018 * n, "monthly": 12.0 * n},
                       "region_prices": [{"id": "br-gru", "hourly": 0.0252 * n, "monthly": 16.8 * n}]}
                      for n in (1, 2, 4)],
            "images": [{"id": f"linode/debian{n}", "label": f"Debian {n}", "vendor": "Debian", "deprecated": n < 11,
                        "created": "2023-06-10T20:00:00", "created_by": "linode", "size": 1500, "status": "available"}
                       for n in (10, 11, 12)],
            "regions": [{"id": one, "label": one, "country": one[:2], "capabilities": ["Linodes"]}
                        for one in ("nl-ams", "br-gru", "us-east")],
        },
        machines="/linode/instances", one="", keys="ssh_key",
        wish={"size": "g6-standard-1", "image": "linode/debian12", "location": "br-gru"}, hourly=0.0252,
        refusal=(400, {"errors": [{"reason": "A limit on the number of active services has been reached"}]}),
        denied={"errors": [{"reason": "Invalid Token"}]},
    ),
    "vultr": Script(
        lists={"/plans": "plans", "/os": "os", "/regions": "regions", "/instances": "instances",
               "/ssh-keys": "ssh_keys"},
        rows={
            "plans": [{"id": f"vc2-{n}c-{n}gb", "vcpu_count": n, "ram": 1024 * n, "disk": 25 * n, "bandwidth": 1024,
                       "monthly_cost": 5 * n, "hourly_cost": 0.007 * n, "locations": ["ams", "ewr"]}
                      for n in (1, 2, 4)],
            "os": [{"id": 2136, "name": "Debian 12 x64 (bookworm)", "arch": "x64", "family": "debian"},
                   {"id": 159, "name": "Custom", "arch": "x64", "family": "iso"},
                   {"id": 2284, "name": "Ubuntu 24.04 LTS x64", "arch": "x64", "family": "ubuntu"}],
            "regions": [{"id": one, "city": one.title(), "country": "NL"} for one in ("ams", "ewr", "fra")],
        },
        machines="/instances", one="instance", keys="ssh_key",
        wish={"size": "vc2-1c-1gb", "image": "2136", "location": "ams"}, hourly=0.007,
        refusal=(400, {"error": "Server add failed: You have reached the maximum monthly fee limit", "status": 400}),
        denied={"error": "Invalid API token.", "status": 401},
    ),
    "scaleway": Script(
        lists={"/products/servers": "servers", "/marketplace/v2/images": "images", "/servers": "servers",
               "/iam/v1alpha1/ssh-keys": "ssh_keys"},
        rows={
            "products": [{"DEV1-S": {"ncpus": 2, "ram": 2 * 2**30, "arch": "x86_64", "hourly_price": 0.0088,
                                     "monthly_price": 6.42}}],
            "images": [{"id": "i-1", "label": "debian_bookworm", "name": "Debian Bookworm", "created_at": CREATED},
                       {"id": "i-2", "label": "ubuntu_noble", "name": "Ubuntu 24.04", "created_at": CREATED}],
        },
        machines="/servers", one="server", keys="public_key",
        wish={"size": "DEV1-S", "image": "debian_bookworm", "location": "nl-ams-1"}, hourly=0.0088, currency="EUR",
        refusal=(403, {"type": "quotas_exceeded", "message": "Quota exceeded for this resource."}),
        denied={"type": "denied_authentication", "message": "authentication is denied"},
    ),
}  # fmt: skip
_SOURCES = {"/linode/types": "types", "/images": "images", "/regions": "regions", "/products/servers": "products"}
PRICING = {"pricing": {"currency": "EUR", "primary_ips": [{"type": "ipv4", "prices": [
    {"location": place, **_money("0.0008", "0.50")} for place in ("fsn1", "nbg1", "ash")]}]}}  # fmt: skip
WHO = {"/v2/account": {"account": {"uuid": "u-1", "email": "me@example.org", "droplet_limit": 25}},
       "/profile": {"username": "me"},
       "/account": {"account": {"email": "me@example.org", "name": "Me"}}, "/pricing": PRICING}  # fmt: skip


@dataclass
class Cloud:
    """One cloud on loopback: what it has, what was asked of it, and what a test breaks."""

    provider: str
    token: str = TOKEN
    machines: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)
    created: list[Row] = field(default_factory=list)
    acted: list[tuple[str, str]] = field(default_factory=list)
    swept: list[str] = field(default_factory=list)
    on_create: hostile.Step | None = None
    refuses_once: hostile.Step | None = None
    makes_all_the_same: bool = False  # what fails to answer made the machine before
    broken: dict[str, hostile.Step] = field(default_factory=dict)
    page_size: int = 2
    ledger: list[hostile.Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def script(self) -> Script:
        return SCRIPTS[self.provider]

    @property
    def creates(self) -> list[hostile.Request]:
        """The requests for a machine, answered or not."""
        return [one for one in self.ledger if one.method == "POST" and one.path.endswith(self.script.machines)]

    def step(self, exchange: hostile.Exchange) -> None:
        request = exchange.request
        said = request.headers.get("x-auth-token" if self.provider == "scaleway" else "authorization")
        wanted = self.token if self.provider == "scaleway" else f"Bearer {self.token}"
        if said != wanted:
            hostile.json(self.script.denied, status=401)(exchange)
            return
        with self._lock:
            answer = self._answer(request)
        answer(exchange)

    def _answer(self, request: hostile.Request) -> hostile.Step:
        path = request.path.partition("/zones/")[2]
        zone, _, rest = path.partition("/")
        own = f"/{rest}" if path else request.path
        if own in self.broken:
            return self.broken[own]
        if request.method == "POST" and own == self.script.machines:
            return self._made(json.loads(request.body), zone)
        if own.startswith(f"{self.script.machines}/"):
            return self._acted(request, own.removeprefix(f"{self.script.machines}/"), zone)
        if own.startswith(("/v2/tags", "/tags")):
            return self._words(request, own)
        if request.method == "POST":
            self.keys.append({"id": str(len(self.keys) + 11), **json.loads(request.body)})
            return hostile.json({"ssh_key": self.keys[-1]}, status=201)
        if own in WHO:
            return hostile.json(WHO[own])
        return self._listed(request, own, zone)

    def _words(self, request: hostile.Request, own: str) -> hostile.Step:
        """The words of machines, which stay when those are gone."""
        if request.method == "DELETE":
            self.swept.append(unquote(own.rpartition("/")[2]))
            return hostile.answer(status=204)
        words = [*(word for one in self.created for word in one["tags"]), "theirs", "mist-notebook-op"]
        field = "name" if self.provider == "digitalocean" else "label"
        rows = [{field: word} for word in words if word not in self.swept]
        key = "tags" if self.provider == "digitalocean" else "data"
        return hostile.json(self._page(key, rows, parse_qs(urlsplit(request.target).query)))

    def _listed(self, request: hostile.Request, own: str, zone: str) -> hostile.Step:
        key = self.script.lists[own]
        if own == self.script.machines:
            rows: list[Any] = [one for one in self.machines if one.get("zone", zone) == zone]
        elif "keys" in own:
            rows = self.keys
        else:
            rows = self.script.rows[_SOURCES.get(own, key)]
        if own == "/products/servers":
            return hostile.json({key: rows[0] if zone.endswith("-1") else {}})
        return hostile.json(self._page(key, rows, parse_qs(urlsplit(request.target).query)))

    def _page(self, key: str, rows: list[Any], asked: dict[str, list[str]]) -> Row:
        if self.provider == "scaleway":
            return {key: rows, "total_count": len(rows)}
        number = int(asked.get("page", asked.get("cursor", ["1"]))[0])
        pages = -(-len(rows) // self.page_size) or 1
        page = rows[(number - 1) * self.page_size : number * self.page_size]
        more = number + 1 if number < pages else None
        return {
            "hetzner": {key: page, "meta": {"pagination": {"next_page": more, "total_entries": len(rows)}}},
            "digitalocean": {key: page, "meta": {"total": len(rows)},
                             "links": {"pages": {"next": f"https://x/v2?page={more}"} if more else {}}},
            "linode": {key: page, "page": number, "pages": pages, "results": len(rows)},
            "vultr": {key: page, "meta": {"total": len(rows), "links": {"next": str(more or ""), "prev": ""}}},
        }[self.provider]  # fmt: skip

    def _made(self, body: Row, zone: str) -> hostile.Step:
        if self.refuses_once is not None:
            refusal, self.refuses_once = self.refuses_once, None
            return refusal
        self.created.append(body)
        if self.on_create is None or self.makes_all_the_same:
            self.machines.append(_machine(self.provider, len(self.created), body, zone))
        if self.on_create is not None:
            return self.on_create
        made = self.machines[-1]
        return hostile.json({self.script.one: made} if self.script.one else made, status=201)

    def _acted(self, request: hostile.Request, rest: str, zone: str) -> hostile.Step:
        machine_id, _, action = rest.partition("/")
        found = next((one for one in self.machines if str(one["id"]) == machine_id), None)
        if found is None:
            return hostile.json({"message": "not found"}, status=404)
        if request.method == "GET":
            return hostile.json({self.script.one: found} if self.script.one else found)
        said = json.loads(request.body) if request.body else {}
        word = said.get("type") or said.get("action") or action.rpartition("/")[2] or request.method
        self.acted.append((machine_id, word))
        if word in ("DELETE", "terminate"):
            self.machines.remove(found)
        else:
            is_off = word in ("shutdown", "halt", "poweroff")
            found.update(_power(self.provider, is_off=is_off))
        return hostile.json({}, status=200)


def _power(provider: str, *, is_off: bool) -> Row:
    return {
        "hetzner": {"status": "off" if is_off else "running"},
        "digitalocean": {"status": "off" if is_off else "active"},
        "linode": {"status": "offline" if is_off else "running"},
        "vultr": {"power_status": "stopped" if is_off else "running"},
        "scaleway": {"state": "stopped" if is_off else "running"},
    }[provider]


def _machine(provider: str, number: int, body: Row, zone: str) -> Row:
    """The machine as that cloud shows it."""
    ip = f"192.0.2.{number}"
    shape: Row = {
        "hetzner": lambda: {"name": body["name"], "status": "running", "created": CREATED, "labels": body["labels"],
                            "public_net": {"ipv4": {"ip": ip}}, "server_type": {"name": body["server_type"]},
                            "datacenter": {"location": {"name": body["location"]}}, "image": {"id": 2}},
        "digitalocean": lambda: {"name": body["name"], "status": "active", "created_at": CREATED, "tags": body["tags"],
                                 "networks": {"v4": [{"ip_address": ip, "type": "public"}]},
                                 "size_slug": body["size"], "region": {"slug": body["region"]}},
        "linode": lambda: {"label": body["label"], "status": "running", "created": "2026-11-25T10:00:00",
                           "tags": body["tags"], "ipv4": [ip], "type": body["type"], "region": body["region"]},
        "vultr": lambda: {"label": body["label"], "status": "active", "power_status": "running", "server_status": "ok",
                          "date_created": CREATED, "tags": body["tags"], "main_ip": ip, "internal_ip": "",
                          "plan": body["plan"], "region": body["region"]},
        "scaleway": lambda: {"name": body["name"], "state": "stopped", "zone": zone, "creation_date": CREATED,
                             "tags": body["tags"], "public_ips": [{"address": ip}],
                             "commercial_type": body["commercial_type"]},
    }[provider]()  # type: ignore[operator]  # fmt: skip
    own = number + 40
    return {"id": own if provider in ("hetzner", "digitalocean", "linode") else f"id-{own}", **shape}


def no_credentials(patch: pytest.MonkeyPatch, home: str) -> None:
    """A home folder of its own, and none of this computer's credentials."""
    for name in (*VARIABLES.values(), *FOREIGN):
        patch.delenv(name, raising=False)
    patch.setenv("HOME", home)
    patch.setenv("XDG_CONFIG_HOME", f"{home}/.config")


@contextmanager
def serve(provider: str, patch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The cloud, for the length of the block, with its token in the environment."""
    cloud = Cloud(provider)
    with hostile.serve(cloud.step) as server:
        cloud.ledger = server.ledger
        patch.setenv(f"MIST_TEST_{provider.upper()}_URL", server.url)
        patch.setenv(VARIABLES[provider], TOKEN)
        if provider == "scaleway":
            patch.setenv("SCW_DEFAULT_PROJECT_ID", PROJECT)
        yield cloud
