"""An OpenStack cloud with keystone, nova, glance and neutron on one port, and a clouds.yaml that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.rigs import hostile

from . import CREATED, OwnCloud, Row

PASSWORD = "pass-word-of-devstack-1"
FLAVORS = [{"id": str(n), "name": f"m1.{n}", "vcpus": n, "ram": 1024 * n, "disk": 10 * n} for n in (1, 2, 4)]
IMAGES = [
    {"id": f"im-{name}", "name": name, "status": status, "os_distro": distro, "os_version": version,
     "created_at": created, "visibility": "public", "architecture": "x86_64", "min_disk": 2, "min_ram": 0}
    for name, status, distro, version, created in (
        ("cirros", "active", None, None, CREATED), ("deb-old", "active", "debian", "12", "2024-01-01T00:00:00Z"),
        ("deb-new", "active", "debian", "12", "2026-01-01T00:00:00Z"),
        ("deb-next", "active", "debian", "13", "2026-05-01T00:00:00Z"),
        ("deb-broken", "queued", "debian", "12", "2026-06-01T00:00:00Z"),
    )
]  # fmt: skip


class Stack(OwnCloud):
    """Its machines, ports, addresses and groups."""

    def __init__(self) -> None:
        super().__init__(
            provider="openstack",
            wish={"size": "m1.1", "image": "cirros"},
            second="",
            words={"cloud": "devstack"},
            is_create=("POST", "/compute/v2.1/servers"),
            refusal=(
                403,
                {"forbidden": {"code": 403, "message": "Quota exceeded for cores: Requested 1, used 20 of 20"}},
            ),
            full=None,
            denied=(401, {"error": {"code": 401, "message": "The request you have made requires authentication."}}),
        )
        self.machines: list[Row] = []
        self.keys: list[Row] = []
        self.made: dict[str, list[Row]] = {"ports": [], "floatingips": [], "security-groups": []}
        self.networks: list[Row] = [
            {"id": "n-in", "name": "private", "status": "ACTIVE", "router:external": False},
            {"id": "n-out", "name": "public", "status": "ACTIVE", "router:external": True},
        ]
        self.password = PASSWORD
        self.logins = 0
        self.routes = [
            ("POST", "/identity/v3/auth/tokens", self._login),
            ("GET", "/identity/v3/?", lambda **_: hostile.json({"version": {"id": "v3.14", "status": "stable",
             "links": [{"rel": "self", "href": f"{self.url}/identity/v3/"}]}})),
            ("GET", "/compute/v2.1/flavors/detail", self._flavors),
            ("GET", "/compute/v2.1/os-availability-zone", lambda **_: hostile.json(
                {"availabilityZoneInfo": [{"zoneName": "nova", "zoneState": {"available": True}},
                                          {"zoneName": "off", "zoneState": {"available": False}}]})),
            ("GET", "/compute/v2.1/limits", lambda **_: hostile.json({"limits": {"absolute": {
                "maxTotalInstances": 10, "totalInstancesUsed": len(self.machines), "maxTotalCores": -1,
                "totalCoresUsed": 3, "maxTotalRAMSize": 51200, "totalRAMUsed": 512}}})),
            ("GET", "/compute/v2.1/os-keypairs", lambda **_: hostile.json(
                {"keypairs": [{"keypair": one} for one in self.keys]})),
            ("POST", "/compute/v2.1/os-keypairs", self._key),
            ("GET", "/compute/v2.1/servers/detail", lambda **_: hostile.json({"servers": self.machines})),
            ("POST", "/compute/v2.1/servers", self._make),
            ("GET", "/compute/v2.1/servers/([^/]+)", self._get),
            ("DELETE", "/compute/v2.1/servers/([^/]+)", self._delete),
            ("POST", "/compute/v2.1/servers/([^/]+)/action", self._act),
            ("GET", "/image/v2/images", self._images),
            ("GET", "/network/v2.0/networks", lambda **_: hostile.json({"networks": self.networks})),
            ("GET", "/network/v2.0/(ports|floatingips|security-groups)", self._list),
            ("POST", "/network/v2.0/(ports|floatingips|security-groups|security-group-rules)", self._add),
            ("DELETE", "/network/v2.0/(ports|floatingips|security-groups)/([^/]+)", self._remove),
        ]  # fmt: skip

    def is_guarded(self, request: hostile.Request) -> bool:
        return not request.path.startswith("/identity")

    def _login(self, *, body: Row, **_: Any) -> hostile.Step:
        if body["auth"]["identity"]["password"]["user"]["password"] != self.password:
            return hostile.json(self.denied[1], status=401)
        self.logins += 1
        services = (
            ("identity", "/identity/v3"),
            ("compute", "/compute/v2.1"),
            ("image", "/image"),
            ("network", "/network"),
        )
        catalog = [
            {"type": kind, "name": kind, "id": kind, "endpoints": [
                {"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "id": kind,
                 "url": self.url + path}]}
            for kind, path in services
        ]  # fmt: skip
        token = {
            "methods": ["password"], "expires_at": "2099-01-01T00:00:00.000000Z", "issued_at": "2026-01-01T00:00:00.0Z",
            "user": {"id": "u1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": "p1", "name": "demo", "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": "member", "name": "member"}], "catalog": catalog,
        }  # fmt: skip
        return hostile.json({"token": token}, status=201, headers={"X-Subject-Token": f"token-of-stack-{self.logins}"})

    def _flavors(self, *, query: Row, **_: Any) -> hostile.Step:
        after = next((place + 1 for place, one in enumerate(FLAVORS) if one["id"] == query.get("marker")), 0)
        page = FLAVORS[after : after + 2]
        link = [{"rel": "next", "href": f"http://elsewhere/flavors?marker={page[-1]['id']}"}]
        return hostile.json({"flavors": page, **({"flavors_links": link} if after + 2 < len(FLAVORS) else {})})

    def _images(self, *, query: Row, **_: Any) -> hostile.Step:
        wanted = {name: value for name, value in query.items() if name in ("id", "name", "os_distro")}
        found = [one for one in IMAGES if all(one[name] == value for name, value in wanted.items())]
        after = next((place + 1 for place, one in enumerate(found) if one["id"] == query.get("marker")), 0)
        page = found[after : after + 2]
        more = {"next": f"/v2/images?marker={page[-1]['id']}"} if after + 2 < len(found) else {}
        return hostile.json({"images": page, "schema": "/v2/schemas/images", **more})

    def _key(self, *, body: Row, **_: Any) -> hostile.Step:
        self.keys.append({**body["keypair"], "fingerprint": "aa:bb"})
        return hostile.json({"keypair": self.keys[-1]}, status=201)

    def _make(self, *, body: Row, **_: Any) -> hostile.Step:
        asked = body["server"]
        own = f"s-{len(self.machines) + 1}"
        port = next((one["port"] for one in asked.get("networks", ()) if "port" in one), None)
        for one in self.made["ports"]:
            if one["id"] == port:
                one["device_id"] = own
        floating = next((one for one in self.made["floatingips"] if one["port_id"] == port), None)
        addresses = [{"addr": "10.0.0.5", "version": 4, "OS-EXT-IPS:type": "fixed"}]
        if floating is not None:
            addresses.append({"addr": floating["floating_ip_address"], "version": 4, "OS-EXT-IPS:type": "floating"})
        self.machines.append({
            "id": own, "name": asked["name"], "status": "ACTIVE", "created": CREATED, "metadata": asked["metadata"],
            "flavor": {"id": asked["flavorRef"]}, "image": {"id": asked["imageRef"]},
            "addresses": {"private": addresses}, "OS-EXT-AZ:availability_zone": "nova",
        })  # fmt: skip
        return hostile.json({"server": {"id": own, "adminPass": "secret-of-nova", "links": []}}, status=202)

    def _found(self, own: str) -> Row | None:
        return next((one for one in self.machines if one["id"] == own), None)

    def _get(self, own: str, **_: Any) -> hostile.Step:
        found = self._found(own)
        missing = hostile.json(
            {"itemNotFound": {"code": 404, "message": f"Instance {own} could not be found."}}, status=404
        )
        return hostile.json({"server": found}) if found else missing

    def _delete(self, own: str, **_: Any) -> hostile.Step:
        self.machines.remove(self._found(own) or {})
        return hostile.answer(status=204)

    def _act(self, own: str, *, body: Row, **_: Any) -> hostile.Step:
        found = self._found(own) or {}
        found["status"] = "SHUTOFF" if "os-stop" in body else "ACTIVE"
        return hostile.answer(status=202)

    def _list(self, kind: str, *, query: Row, **_: Any) -> hostile.Step:
        wanted = {name: value for name, value in query.items() if name in ("name", "device_id")}
        rows = [one for one in self.made[kind] if all(one.get(name) == value for name, value in wanted.items())]
        return hostile.json({kind.replace("-", "_"): rows})

    def _add(self, kind: str, *, body: Row, **_: Any) -> hostile.Step:
        ((word, asked),) = body.items()
        if kind == "security-group-rules":
            group = next(one for one in self.made["security-groups"] if one["id"] == asked["security_group_id"])
            group["security_group_rules"].append(asked)
            return hostile.json({word: {"id": "rule-1", **asked}}, status=201)
        own = {"id": f"{kind}-{len(self.made[kind]) + 1}", **asked}
        if kind == "floatingips":
            own["floating_ip_address"] = "203.0.113.5"
        if kind == "security-groups":
            own["security_group_rules"] = []
        self.made[kind].append(own)
        return hostile.json({word: own}, status=201)

    def _remove(self, kind: str, own: str, **_: Any) -> hostile.Step:
        self.made[kind] = [one for one in self.made[kind] if one["id"] != own]
        return hostile.answer(status=204)

    def shared(self) -> list[Row]:
        """What all machines of ours share."""
        return self.made["security-groups"]

    def loses_machines(self) -> None:
        """As if somebody ended them in the console."""
        self.machines.clear()

    def configure(self, patch: pytest.MonkeyPatch, home: Path) -> None:
        """A clouds.yaml with two clouds, and the password of one in a secure.yaml."""
        folder = home / ".config" / "openstack"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clouds.yaml").write_text(
            "clouds:\n"
            "  other:\n    auth: {auth_url: 'http://127.0.0.1:9/v3', username: x, password: y, project_name: z}\n"
            "  devstack:\n    region_name: RegionOne\n"
            f"    auth: {{auth_url: '{self.url}/identity/v3', username: demo, project_name: demo,\n"
            "           user_domain_id: default, project_domain_id: default}\n"
        )
        (folder / "secure.yaml").write_text(f"clouds:\n  devstack:\n    auth: {{password: {PASSWORD}}}\n")
        (folder / "secure.yaml").chmod(0o600)

    def secrets(self) -> tuple[str, ...]:
        """What must never show."""
        return PASSWORD, "token-of-stack", "secret-of-nova"
