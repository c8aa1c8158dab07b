"""The Resource Manager of one subscription, and an `az` that gives tokens for it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import hostile

from . import CREATED, OwnCloud, Row

S = "/subscriptions/s-1"
TOKEN = "eyJ0.token-of-azure.xyz"
_GROUP = f"{S}/resource[Gg]roups/([^/]+)"
_VM = f"{_GROUP}/providers/Microsoft.Compute/virtualMachines"
_NET = "/providers/Microsoft.Network"


def sku(name: str, places: list[str], *, vcpus: int, arch: str = "x64", barred: tuple[str, ...] = ()) -> Row:
    """One size as the SKU list has it."""
    capabilities = [{"name": "vCPUs", "value": str(vcpus)}, {"name": "MemoryGB", "value": str(vcpus)},
                    {"name": "CpuArchitectureType", "value": arch}]  # fmt: skip
    restrictions = [{"type": "Location", "values": list(barred), "reasonCode": "NotAvailableForSubscription"}]
    return {"resourceType": "virtualMachines", "name": name, "family": "standardBFamily", "locations": places,
            "capabilities": capabilities, "restrictions": restrictions if barred else []}  # fmt: skip


class Manager(OwnCloud):
    """Its groups, with what is in each; everything is Succeeded once it has been looked at again."""

    def __init__(self) -> None:
        super().__init__(
            provider="azure",
            wish={"size": "Standard_B1s", "image": "debian-12", "location": "westeurope"},
            second="northeurope",
            words={"subscription": "Work"},
            is_create=("PUT", f"{_VM}/[^/]+"),
            refusal=(409, {"error": {"code": "OperationNotAllowed", "message": "Operation could not be completed as it "
                                     "results in exceeding approved Total Regional Cores quota."}}),
            full=(409, {"error": {"code": "SkuNotAvailable", "message": "The requested size is currently not available "
                                  "in location 'westeurope'."}}),
            denied=(401, {"error": {"code": "ExpiredAuthenticationToken", "message": "The access token is past."}}),
        )  # fmt: skip
        self.groups: dict[str, Row] = {}
        self.resources: dict[str, Row] = {}  # by the lower-case id
        self.power: dict[str, str] = {}
        self.fails: tuple[str, str] | None = None
        self.stays = False  # whether what is deleted is still being deleted
        self.skus = [
            sku("Standard_B1s", ["westeurope"], vcpus=1), sku("Standard_B1s", ["northeurope"], vcpus=1),
            sku("Standard_B2ps", ["westeurope"], vcpus=2, arch="Arm64"),
            sku("Standard_B4s", ["westeurope"], vcpus=4, barred=("westeurope",)),
            {"resourceType": "disks", "name": "Premium_LRS", "locations": ["westeurope"]},
        ]  # fmt: skip
        self.versions = ["12.20260101.1"]
        self.routes = [
            ("GET", f"{S}/providers/Microsoft.Compute/skus", self._skus),
            ("GET", f"{S}/providers/Microsoft.Authorization/permissions", lambda **_: hostile.json({"value": [
                {"actions": ["*/read"], "notActions": []},
                {"actions": ["Microsoft.Compute/*"], "notActions": ["Microsoft.Compute/*/deallocate/action"]}]})),
            ("GET", f"{S}/locations", lambda **_: hostile.json({"value": [
                {"id": f"{S}/locations/{name}", "name": name, "displayName": name.title(),
                 "metadata": {"regionType": "Physical", "geographyGroup": "Europe"}}
                for name in ("westeurope", "northeurope")]})),
            ("GET", f"{S}/providers/Microsoft.Compute/locations/[^/]+/usages", lambda **_: hostile.json({"value": [
                {"name": {"value": "cores"}, "currentValue": 2, "limit": 10},
                {"name": {"value": "standardBFamily"}, "currentValue": 0, "limit": 4}]})),
            ("GET", f"{S}/providers/Microsoft.Compute/locations/[^/]+/publishers/.*/versions",
             lambda **_: hostile.json([{"name": one} for one in self.versions])),
            ("GET", f"{S}/providers/Microsoft.Compute/virtualMachines", self._machines),
            ("GET", f"{S}/resourceGroups", lambda **_: hostile.json({"value": list(self.groups.values())})),
            ("GET", f"{S}{_NET}/(networkInterfaces|publicIPAddresses)", self._listed),
            ("GET", f"{_GROUP}{_NET}/(networkInterfaces|publicIPAddresses)", self._listed_in),
            ("PUT", f"({_GROUP})", self._group),
            ("DELETE", f"({_GROUP})", self._no_group),
            ("PUT", f"({_GROUP}/providers/.*)", self._put),
            ("GET", f"({_GROUP}/providers/.*)", self._get),
            ("DELETE", f"({_GROUP}/providers/.*)", self._delete),
            ("POST", f"({_VM}/[^/]+)/(start|deallocate|restart)", self._act),
        ]  # fmt: skip

    def _skus(self, *, query: Row, **_: Any) -> hostile.Step:
        number = int(query.get("$skipToken", 0))
        link = f"https://management.azure.com{S}/x?api-version=2021-07-01&$skipToken={number + 2}"
        more = {"nextLink": link} if number + 2 < len(self.skus) else {}
        return hostile.json({"value": self.skus[number : number + 2], **more})

    @property
    def machines(self) -> list[Row]:
        return [one for own, one in self.resources.items() if "/virtualmachines/" in own]

    def _machines(self, *, query: Row, **_: Any) -> hostile.Step:
        if "statusOnly" in query:
            views = [self._with_view(one) for one in self.machines]
            return hostile.json({"value": [{**one, "id": one["id"].upper()} for one in views]})  # as Azure does
        shouted = [{**one, "id": one["id"].replace("/mist-notebook", "/MIST-NOTEBOOK")} for one in self.machines]
        return hostile.json({"value": shouted})  # as Azure does

    def _with_view(self, one: Row) -> Row:
        power = self.power.get(one["id"].lower(), "running")
        statuses = [{"code": "ProvisioningState/succeeded"}, {"code": f"PowerState/{power}"}]
        if one["properties"]["provisioningState"] == "Failed" and self.fails:
            statuses = [{"code": f"ProvisioningState/failed/{self.fails[0]}", "message": self.fails[1]}]
        return {**one, "properties": {**one["properties"], "instanceView": {"statuses": statuses}}}

    def _listed(self, kind: str, **_: Any) -> hostile.Step:
        return hostile.json({"value": [one for own, one in self.resources.items() if f"/{kind.lower()}/" in own]})

    def _listed_in(self, group: str, kind: str, **_: Any) -> hostile.Step:
        part = f"/{group.lower()}/providers/microsoft.network/{kind.lower()}/"
        return hostile.json({"value": [one for own, one in self.resources.items() if part in own]})

    def _group(self, path: str, name: str, *, body: Row, **_: Any) -> hostile.Step:
        self.groups[name.lower()] = {"id": path, "name": name, **body, "properties": {"provisioningState": "Succeeded"}}
        return hostile.json(self.groups[name.lower()], status=201)

    def _no_group(self, path: str, name: str, **_: Any) -> hostile.Step:
        if self.stays:
            self.groups[name.lower()]["properties"]["provisioningState"] = "Deleting"
        else:
            self.groups.pop(name.lower(), None)
            self.resources = {own: one for own, one in self.resources.items() if not own.startswith(f"{path.lower()}/")}
        return hostile.answer(status=202)

    def _put(self, path: str, _: str, *, body: Row, **__: Any) -> hostile.Step:
        properties = {**body["properties"], "provisioningState": "Creating", "timeCreated": CREATED}
        if "publicIPAddresses" in path:
            properties["ipAddress"] = "203.0.113.5"
        if "networkInterfaces" in path:
            for way in properties["ipConfigurations"]:
                way["properties"]["privateIPAddress"] = "10.0.0.4"
        if "virtualMachines" in path and self.fails:
            properties["later"] = "Failed"
        self.resources[path.lower()] = {**body, "id": path, "name": path.rpartition("/")[2], "properties": properties}
        return hostile.json(self.resources[path.lower()], status=201)

    def _get(self, path: str, *_: str, query: Row, **__: Any) -> hostile.Step:
        found = self.resources.get(path.lower())
        if found is None:
            return hostile.json(
                {"error": {"code": "ResourceNotFound", "message": f"{path} was not found."}}, status=404
            )
        properties = found["properties"]
        properties["provisioningState"] = properties.pop("later", None) or (
            "Failed" if properties["provisioningState"] == "Failed" else "Succeeded"
        )
        return hostile.json(self._with_view(found) if "$expand" in query else found)

    def _delete(self, path: str, *_: str, **__: Any) -> hostile.Step:
        self.resources.pop(path.lower(), None)
        return hostile.answer(status=202)

    def _act(self, path: str, _: str, verb: str, **__: Any) -> hostile.Step:
        self.power[path.lower()] = "deallocated" if verb == "deallocate" else "running"
        return hostile.answer(status=202)

    def shared(self) -> list[Row]:
        """What all machines of ours share."""
        return []

    def loses_machines(self) -> None:
        """As if somebody ended them in the console."""
        self.resources = {own: one for own, one in self.resources.items() if "/virtualmachines/" not in own}

    def configure(self, patch: pytest.MonkeyPatch, home: Path) -> None:
        """What az keeps of its login, with a byte order mark as it writes it, and an az that gives a token."""
        folder = home / ".azure"
        folder.mkdir(exist_ok=True)
        known = [{"id": "s-0", "name": "Play", "isDefault": True}, {"id": "s-1", "name": "Work", "isDefault": False}]
        (folder / "azureProfile.json").write_text(json.dumps({"subscriptions": known}), encoding="utf-8-sig")
        self.as_az(home, f"""echo '{{"accessToken": "{TOKEN}", "expires_on": 4102444800, "tokenType": "Bearer"}}'""")
        patch.setenv("PATH", f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("MIST_TEST_AZURE_URL", self.url)

    def as_az(self, home: Path, line: str) -> None:
        """An `az` that runs this line of shell."""
        (home / "bin").mkdir(exist_ok=True)
        path = home / "bin" / "az"
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def secrets(self) -> tuple[str, ...]:
        """What must never show."""
        return (TOKEN,)
