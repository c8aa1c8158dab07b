"""Compute v1 of one project, and the token service that a service account's key file names."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.rigs import hostile

from . import CREATED, OwnCloud, Row

P = "/compute/v1/projects/p1"
ZONES = ("europe-west1-b", "europe-west1-c", "us-east1-b")
TOKEN = "ya29.token-of-google"
IMAGES = {
    "debian-cloud": [
        {"name": "debian-12-bookworm-v20260101", "family": "debian-12", "architecture": "X86_64", "status": "READY",
         "creationTimestamp": CREATED, "diskSizeGb": "10"},
        {"name": "debian-12-bookworm-v20250101", "family": "debian-12", "architecture": "X86_64", "status": "READY",
         "deprecated": {"state": "DEPRECATED"}},
        {"name": "debian-12-bookworm-arm64-v20260101", "family": "debian-12-arm64", "architecture": "ARM64",
         "status": "READY"},
    ],
    "ubuntu-os-cloud": [
        {"name": "ubuntu-2404-noble-amd64-v20260101", "family": "ubuntu-2404-lts-amd64", "architecture": "X86_64",
         "status": "READY"},
    ],
}  # fmt: skip


@cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # read again and again
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


class Google(OwnCloud):
    """Its instances, firewalls and disks; operations are done once they have been asked for twice."""

    def __init__(self) -> None:
        zone = "([a-z0-9-]+)"
        super().__init__(
            provider="gce",
            wish={"size": "e2-n1", "image": "debian-12", "location": "europe-west1-b"},
            second="europe-west1-c",
            words={"project": "p1"},
            is_create=("POST", f"{P}/zones/[a-z0-9-]+/instances"),
            refusal=(403, {"error": {"code": 403, "message": "Quota 'CPUS' exceeded. Limit: 24.0 in europe-west1.",
                                     "errors": [{"reason": "quotaExceeded"}]}}),
            full=(503, {"error": {"code": 503, "message": "The zone does not have enough resources available.",
                                  "errors": [{"reason": "ZONE_RESOURCE_POOL_EXHAUSTED"}]}}),
            denied=(401, {"error": {"code": 401, "message": "Request had invalid authentication credentials."}}),
        )  # fmt: skip
        self.machines: list[Row] = []
        self.firewalls: list[Row] = []
        self.disks: list[Row] = []
        self.networks: list[Row] = [{"id": "1", "name": "default"}, {"id": "2", "name": "lab"}]
        self.fails: list[Row] = []  # what the next operation fails with
        self.logins: list[str] = []
        self.no_login: Row | None = None
        self.looks = 0
        self.sizes = [{"id": str(n), "name": f"e2-n{n}", "guestCpus": n, "memoryMb": 1024 * n} for n in (1, 2, 4)]
        self.routes = [
            ("POST", "/token", self._login),
            ("POST", "/v1/projects/p1:testIamPermissions", lambda **_: hostile.json({"permissions": [
                "compute.instances.list", "compute.instances.create"]})),
            ("GET", P, lambda **_: hostile.json({"kind": "compute#project", "quotas": [
                {"metric": "CPUS_ALL_REGIONS", "limit": 32.0, "usage": 1.0}]})),
            ("GET", f"{P}/regions/([a-z0-9-]+)", lambda region, **_: hostile.json({"name": region, "quotas": [
                {"metric": "CPUS", "limit": 24.0, "usage": 2.0}, {"metric": "SNAPSHOTS", "limit": 1.0}]})),
            ("GET", f"{P}/zones", self._zones),
            ("GET", f"{P}/zones/{zone}/machineTypes", self._types),
            ("GET", f"{P}/aggregated/instances", lambda **_: self._aggregated("instances", self.machines)),
            ("GET", f"{P}/aggregated/disks", lambda **_: self._aggregated("disks", self.disks)),
            ("GET", f"{P}/global/networks", lambda **_: hostile.json({"kind": "x", "items": self.networks})),
            ("GET", f"{P}/global/firewalls", lambda **_: hostile.json({"kind": "x", "items": self.firewalls})),
            ("GET", f"{P}/global/firewalls/([a-z-]+)", self._firewall),
            ("POST", f"{P}/global/firewalls", self._new_firewall),
            ("PATCH", f"{P}/global/firewalls/([a-z-]+)", self._more_firewall),
            ("DELETE", f"{P}/global/firewalls/([a-z-]+)", self._no_firewall),
            ("GET", "/compute/v1/projects/([a-z0-9-]+)/global/images", self._images),
            ("GET", "/compute/v1/projects/([a-z0-9-]+)/global/images/family/([a-z0-9-]+)", self._family),
            ("GET", "/compute/v1/projects/([a-z0-9-]+)/global/images/([a-z0-9-]+)", self._image),
            ("POST", f"{P}/zones/{zone}/instances", self._make),
            ("GET", f"{P}/zones/{zone}/operations/([a-z0-9-]+)", self._operation),
            ("GET", f"{P}/zones/{zone}/instances/([a-z0-9-]+)", self._get),
            ("DELETE", f"{P}/zones/{zone}/instances/([a-z0-9-]+)", self._delete),
            ("POST", f"{P}/zones/{zone}/instances/([a-z0-9-]+)/(start|stop|reset)", self._act),
            ("DELETE", f"{P}/zones/{zone}/disks/([a-z0-9-]+)", self._no_disk),
        ]  # fmt: skip

    def is_guarded(self, request: hostile.Request) -> bool:
        return request.path != "/token"

    def _login(self, **_: Any) -> hostile.Step:
        if self.no_login is not None:
            return hostile.json(self.no_login, status=400)
        self.logins.append(TOKEN)
        return hostile.json({"access_token": f"{TOKEN}-{len(self.logins)}", "expires_in": 3599, "token_type": "Bearer"})

    def _zones(self, *, query: Row, **_: Any) -> hostile.Step:
        number = int(query.get("pageToken", 0))
        rows = [{"id": str(place), "name": name, "status": "UP"} for place, name in enumerate(ZONES)]
        more = {"nextPageToken": str(number + 1)} if number + 1 < len(rows) else {}
        return hostile.json({"kind": "compute#zoneList", "items": rows[number : number + 1], **more})

    def _types(self, zone: str, *, query: Row, **_: Any) -> hostile.Step:
        number = int(query.get("pageToken", 0))
        rows = self.sizes if zone in ZONES[:2] else []
        page = {"items": rows[number : number + 2]} if rows else {}
        more = {"nextPageToken": str(number + 2)} if number + 2 < len(rows) else {}
        return hostile.json({"kind": "compute#machineTypeList", **page, **more})

    def _aggregated(self, kind: str, rows: list[Row]) -> hostile.Step:
        items: Row = {f"zones/{zone}": {"warning": {"code": "NO_RESULTS_ON_PAGE"}} for zone in ZONES}
        for one in rows:
            place = items[f"zones/{one['zone'].rpartition('/')[2]}"]
            place.pop("warning", None)
            place.setdefault(kind, []).append(one)
        return hostile.json({"kind": "x", "items": items})

    def _images(self, project: str, *, query: Row, **_: Any) -> hostile.Step:
        rows, number = IMAGES.get(project, []), int(query.get("pageToken", 0))
        more = {"nextPageToken": str(number + 2)} if number + 2 < len(rows) else {}
        page = {"items": rows[number : number + 2]} if rows else {}
        return hostile.json({"kind": "compute#imageList", **page, **more})

    def _family(self, project: str, family: str, **_: Any) -> hostile.Step:
        found = [one for one in IMAGES.get(project, []) if one.get("family") == family and "deprecated" not in one]
        return hostile.json(found[0]) if found else self._missing(family)

    def _image(self, project: str, name: str, **_: Any) -> hostile.Step:
        found = [one for one in IMAGES.get(project, []) if one["name"] == name]
        return hostile.json(found[0]) if found else self._missing(name)

    def _missing(self, what: str) -> hostile.Step:
        said = {"code": 404, "message": f"The resource '{what}' was not found", "errors": [{"reason": "notFound"}]}
        return hostile.json({"error": said}, status=404)

    def _make(self, zone: str, *, body: Row, **_: Any) -> hostile.Step:
        self.looks = 0
        if not self.fails:
            self.machines.append({
                "id": str(len(self.machines) + 77), "name": body["name"], "status": "RUNNING",
                "zone": f"https://x/{zone}", "machineType": f"https://x/{body['machineType']}",
                "creationTimestamp": CREATED, "labels": body["labels"], "lastStartTimestamp": CREATED,
                "scheduling": body["scheduling"], "tags": body["tags"],
                "networkInterfaces": [{"networkIP": "10.0.0.2", "network": body["networkInterfaces"][0]["network"],
                                       "accessConfigs": [{"natIP": "203.0.113.5"}]}],
            })  # fmt: skip
        return hostile.json({"name": "op-1", "zone": f"https://x/{zone}", "status": "RUNNING"})

    def _operation(self, zone: str, name: str, **_: Any) -> hostile.Step:
        self.looks += 1
        said: Row = {"name": name, "zone": f"https://x/{zone}", "status": "DONE" if self.looks > 1 else "RUNNING"}
        if self.fails and self.looks > 1:
            said["error"] = {"errors": [self.fails.pop()]}
        return hostile.json(said)

    def _found(self, zone: str, name: str) -> Row | None:
        return next((one for one in self.machines if one["name"] == name and one["zone"].endswith(zone)), None)

    def _get(self, zone: str, name: str, **_: Any) -> hostile.Step:
        found = self._found(zone, name)
        return hostile.json(found) if found else self._missing(name)

    def _delete(self, zone: str, name: str, **_: Any) -> hostile.Step:
        self.machines.remove(self._found(zone, name) or {})
        return hostile.json({"name": "op-2", "status": "RUNNING"})

    def _act(self, zone: str, name: str, verb: str, **_: Any) -> hostile.Step:
        (self._found(zone, name) or {})["status"] = "TERMINATED" if verb == "stop" else "RUNNING"
        return hostile.json({"name": "op-3", "status": "RUNNING"})

    def _firewall(self, name: str, **_: Any) -> hostile.Step:
        found = next((one for one in self.firewalls if one["name"] == name), None)
        return hostile.json(found) if found else self._missing(name)

    def _new_firewall(self, *, body: Row, **_: Any) -> hostile.Step:
        self.firewalls.append(body)
        return hostile.json({"name": "op-4", "status": "RUNNING"})

    def _more_firewall(self, name: str, *, body: Row, **_: Any) -> hostile.Step:
        next(one for one in self.firewalls if one["name"] == name).update(body)
        return hostile.json({"name": "op-5", "status": "RUNNING"})

    def _no_firewall(self, name: str, **_: Any) -> hostile.Step:
        self.firewalls = [one for one in self.firewalls if one["name"] != name]
        return hostile.json({"name": "op-6", "status": "RUNNING"})

    def _no_disk(self, zone: str, name: str, **_: Any) -> hostile.Step:
        self.disks = [one for one in self.disks if one["name"] != name]
        return hostile.json({"name": "op-7", "status": "RUNNING"})

    def shared(self) -> list[Row]:
        """What all machines of ours share."""
        return self.firewalls

    def loses_machines(self) -> None:
        """As if somebody ended them in the console."""
        self.machines.clear()

    def configure(self, patch: pytest.MonkeyPatch, home: Path) -> None:
        """A service account's key file."""
        said = {"type": "service_account", "project_id": "of-the-file", "private_key_id": "k1",
                "private_key": _private_key(), "client_email": "me@p1.iam.gserviceaccount.com", "client_id": "1",
                "token_uri": f"{self.url}/token"}  # fmt: skip
        path = home / "key.json"
        path.write_text(json.dumps(said))
        path.chmod(0o600)
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        patch.setenv("MIST_TEST_GCE_URL", f"{self.url}/compute/v1")
        patch.setenv("MIST_TEST_GCE_PROJECTS_URL", self.url)

    def secrets(self) -> tuple[str, ...]:
        """What must never show."""
        return TOKEN, _private_key().splitlines()[3]
