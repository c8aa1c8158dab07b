"""The backend kind for the Orbit cloud: what somebody writes who has read `backends/base.py` and nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from mist_notebook.backends.base import Adapter
from mist_notebook.backends.needs import Needs
from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.http import Http, decode, quote_segment
from mist_notebook.records.model import (
    OP_TAG,
    Account,
    BackendInfo,
    Image,
    Key,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Orphan,
    Price,
    ProbeReport,
    Quota,
    Size,
)
from mist_notebook.settings.settings import Settings

Row = dict[str, Any]


def connect(settings: Settings) -> list[Adapter]:
    """One adapter for each address in ORBIT_URL."""
    del settings
    token = Secret(os.environ.get("ORBIT_TOKEN") or "")
    urls = os.environ.get("ORBIT_URL", "").split()
    return [OrbitAdapter(Http(url, token=token), number) for number, url in enumerate(urls, 1)]


class OrbitAdapter(Adapter):
    """The account at one address: `Orbit`, `Orbit 2` …"""

    self_limit = "inside"

    def __init__(self, door: Http, number: int) -> None:
        self._door = door
        own, name = f"orbit-{number}", "Orbit" if number == 1 else f"Orbit {number}"
        self.info = BackendInfo(id=own, mist_id=own, name=name, provider="orbit", server=door.origin)

    @property
    def billed_when_stopped(self) -> bool:
        return True

    def account(self) -> Account:
        who = decode(self._door.get("/account"), dict[str, str], where="/account")["id"]
        return Account(place="orbit", id=who, label="crew", source="ORBIT_TOKEN")

    def needs(self) -> Needs:
        return Needs(key_required=True, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        del everything
        found = [
            Image(id=row["id"], mist_id=row["id"], name=row["name"], arch=row["arch"]) for row in self._rows("images")
        ]
        return self._listing([image for image in found if search.casefold() in f"{image.id} {image.name}".casefold()])

    def list_sizes(self) -> Listing[Size]:
        return self._listing([_size(row) for row in self._rows("sizes")])

    def list_locations(self) -> Listing[Location]:
        return self._listing([Location(**_named(row)) for row in self._rows("places")])

    def list_machines(self) -> Listing[Machine]:
        return self._listing([_machine(row) for row in self._rows("machines")])

    def get_machine(self, machine_id: str) -> Machine | None:
        return next((machine for machine in self.list_machines().records if machine.id == machine_id), None)

    def keys(self) -> list[Key]:
        return [
            Key(id=row["id"], mist_id=row["id"], name=row["name"], public=row["public"]) for row in self._rows("keys")
        ]

    def import_key(self, name: str, public: str) -> Key:
        there = next((key for key in self.keys() if key.public == public), None)
        if there is None:
            self._door.send("POST", "/keys", json={"name": name, "public": public})
            there = next(key for key in self.keys() if key.public == public)
        return there

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        del size, location
        return (Quota(what="machines", most=3, used=len(self._rows("machines"))),)

    def submit(self, spec: MachineSpec) -> Machine:
        wish = {
            "name": spec.name,
            "image": spec.image.id,
            "size": spec.size.id,
            "place": spec.location.id if spec.location else None,
            "key": spec.key.id if spec.key else None,
            "tags": {OP_TAG: spec.op},
            "token": spec.op,
            **spec.extra,
        }
        row = decode(self._door.create("POST", "/machines", json=wish), dict[str, Any], where="/machines")
        if not row.get("id"):
            raise ApiError("Orbit answered a create without an id.")
        return _machine(row)

    def act(self, machine: Machine, action: str) -> None:
        self._door.send("POST", f"/machines/{quote_segment(machine.id)}/{action}")

    def probe(self, machine: Machine) -> ProbeReport:
        up = machine.state == "running"
        return ProbeReport(
            outcome="ok" if up else "timeout",
            host=machine.public_ips[0],
            port=22,
            user="root",
            via="mist",
            probed_at=datetime.now(UTC),
            seconds=0.0,
            uptime_s=60.0 if up else None,
        )

    def orphans(self) -> Listing[Orphan]:
        return self._listing([_orphan(row) for row in self._rows("disks")])

    def sweep(self, orphan: Orphan) -> None:
        self._door.send("DELETE", f"/disks/{quote_segment(orphan.mist_id)}")

    def allowed(self) -> dict[str, bool | None]:
        return {"create": True, "destroy": False, "list": None}

    def close(self) -> None:
        self._door.close()

    def _rows(self, kind: str) -> list[Row]:
        return decode(self._door.get(f"/{kind}"), list[dict[str, Any]], where=f"/{kind}")

    def _listing(self, records: list[Any]) -> Listing[Any]:
        return Listing(backend=self.info, records=records, fetched_at=datetime.now(UTC))


def _named(row: Row) -> dict[str, str]:
    return {"id": row["id"], "mist_id": row["id"], "name": row["name"]}


def _orphan(row: Row) -> Orphan:
    """A disk; `called` is what it is called where each place has names of its own."""
    called = row.get("called", row["id"])
    return Orphan(id=called, mist_id=row["id"], name=row["name"], kind="disk", location_id=row.get("place"))


def _size(row: Row) -> Size:
    price = Price(hourly=row["hourly"], currency="USD", source="orbit") if row["hourly"] is not None else Price()
    return Size(
        id=row["id"],
        mist_id=row["id"],
        name=row["name"],
        vcpus=row["cpus"],
        ram_mb=row["ram"],
        arch=row["arch"],
        price=price,
    )


def _machine(row: Row) -> Machine:
    return Machine(
        id=row["id"],
        mist_id=row["id"],
        name=row["name"],
        state=row["state"],
        public_ips=tuple(row["ips"]),
        size_id=row["size"],
        image_id=row["image"],
        created=datetime.fromisoformat(row["created"]),
        actions=tuple(row["actions"]),
        tags=tuple(row["tags"].items()),
    )
