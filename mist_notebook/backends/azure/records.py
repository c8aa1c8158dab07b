"""Azure's JSON as records: sizes out of the SKU list, locations, virtual machines with what lies beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from mist_notebook.backends.mist import fields
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.records.model import Choice, Location, Machine, Size

_ARCHITECTURES = {"x64": "x86_64", "Arm64": "arm64"}
_POWER = {
    "running": "running", "starting": "starting", "stopping": "stopping", "deallocating": "stopping",
    "stopped": "stopped", "deallocated": "stopped",
}  # fmt: skip
_MADE = {"Creating": "pending", "Updating": "updating", "Deleting": "deleting", "Failed": "error"}


class Named(msgspec.Struct):
    """A capability of a SKU."""

    name: str = ""
    value: str = ""


class Restriction(msgspec.Struct, rename="camel"):
    """Where a SKU can't be had."""

    type: str = ""
    values: list[str] = []
    reason_code: str = ""


class Sku(msgspec.Struct, rename="camel"):
    """One row of the SKU list: one size at one location."""

    resource_type: str = ""
    name: str = ""
    family: str = ""
    locations: list[str] = []
    capabilities: list[Named] | None = None
    restrictions: list[Restriction] | None = None


class Skus(msgspec.Struct, rename="camel"):
    """A page of the list; `value` has to be there."""

    value: list[Sku]
    next_link: str | None = None


def sizes(skus: Sequence[Sku]) -> list[Size]:
    """One size a name, with the locations where this subscription may have it."""
    found: dict[str, tuple[Sku, set[str], set[str]]] = {}
    for sku in skus:
        if sku.resource_type != "virtualMachines" or not sku.name:
            continue
        _, has, lacks = found.setdefault(sku.name, (sku, set(), set()))
        places = {place.casefold() for place in sku.locations}
        barred = {place.casefold() for one in sku.restrictions or () if one.type == "Location" for place in one.values}
        has |= places - barred
        lacks |= places & barred
    return [_size(sku, has, lacks - has) for sku, has, lacks in found.values()]


def _size(sku: Sku, has: set[str], lacks: set[str]) -> Size:
    said = {one.name: one.value for one in sku.capabilities or ()}
    memory = fields.figure_of(said.get("MemoryGB"), above_zero=True)
    extra = {"family": sku.family, "locations": sorted(has), "restricted": sorted(lacks),
             "generations": said.get("HyperVGenerations", "")}  # fmt: skip
    return Size(
        id=sku.name,
        mist_id=sku.name,
        name=sku.name,
        extra_json=row.raw(extra),
        vcpus=fields.figure_of(said.get("vCPUs"), above_zero=True),
        ram_mb=None if memory is None else memory * 1024,
        arch=_ARCHITECTURES.get(said.get("CpuArchitectureType", "")),
        spec_source="api",
    )


def subnets(one: Row) -> list[Choice]:
    """The subnets of a network, each also by the network's name."""
    vnet = str(one.get("name") or "")
    found = (
        _choice(sub, place=one, name=f"{vnet}/{sub.get('name')}") for sub in row.dicts(one, "properties", "subnets")
    )
    return [replace(sub, also=(vnet, sub.name.rpartition("/")[2])) for sub in found if sub is not None]


def groups(one: Row) -> list[Choice]:
    """A security group, as one of several."""
    found = _choice(one, place=one, name=str(one.get("name") or ""))
    return [] if found is None else [found]


def _choice(one: Row, *, place: Row, name: str) -> Choice | None:
    own = fields.id_of(one.get("id"))
    if not own:
        return None
    where = str(place.get("location") or "").replace(" ", "").casefold()
    about = (fields.text_of(row.inside(one, "properties", "addressPrefix")), where)
    return Choice(
        id=own, mist_id=own, name=name or own, about=" · ".join(filter(None, about)),
        location_ids=frozenset({where}) if where else None,
    )  # fmt: skip


def location(one: Row) -> Location | None:
    known = row.named(one, "name", "displayName")
    if known is None or row.inside(one, "metadata", "regionType") == "Logical":
        return None
    return Location(**known, country=fields.text_of(row.inside(one, "metadata", "geographyGroup")), kind="region")


def own_id(one: Row) -> str:
    """A machine's group and name: Azure writes a group's name in any case."""
    parts = str(one.get("id") or "").split("/")
    return f"{parts[4].casefold()}/{parts[-1]}" if len(parts) > 8 else ""


def machine(one: Row, statuses: Any, cards: Mapping[str, Row], addresses: Mapping[str, str]) -> Machine | None:
    """A virtual machine with its state, and the addresses of its cards."""
    own, name = own_id(one), fields.text_of(one.get("name"))
    if not own or name is None:
        return None
    properties = one.get("properties")
    mine = [
        cards.get(str(card.get("id")).casefold(), {})
        for card in row.dicts(properties, "networkProfile", "networkInterfaces")
    ]
    ways = [way.get("properties") for card in mine for way in row.dicts(card, "properties", "ipConfigurations")]
    outer = [addresses.get(str(row.inside(way, "publicIPAddress", "id")).casefold()) for way in ways]
    state, tags = _state(properties, statuses), one.get("tags")
    return Machine(
        id=own,
        mist_id=own,
        name=name,
        extra_json=row.raw(one),
        state=state,
        public_ips=row.addresses(outer),
        private_ips=row.addresses(row.inside(way, "privateIPAddress") for way in ways),
        size_id=fields.text_of(row.inside(properties, "hardwareProfile", "vmSize")),
        image_id=image_id(row.inside(properties, "storageProfile", "imageReference")),
        location_id=fields.text_of(one.get("location")),
        created=row.moment(row.inside(properties, "timeCreated")),
        actions=_actions(state),
        tags=tuple((str(name), str(value)) for name, value in tags.items()) if isinstance(tags, dict) else (),
    )


def image_id(reference: Any) -> str | None:
    """An image as one types it: publisher:offer:sku:version."""
    if not isinstance(reference, dict):
        return None
    version = reference.get("exactVersion") or reference.get("version")
    parts = [reference.get("publisher"), reference.get("offer"), reference.get("sku"), version]
    return ":".join(parts) if all(isinstance(part, str) for part in parts) else fields.text_of(reference.get("id"))  # type: ignore[arg-type]


def _state(properties: Any, statuses: Any) -> str:
    """As its power says, where that is known; a machine that Azure failed to make is none that runs."""
    made = str(row.inside(properties, "provisioningState") or "")
    codes = [str(one.get("code")) for one in statuses or () if isinstance(one, dict)]
    power = next((code.partition("/")[2] for code in codes if code.startswith("PowerState/")), "")
    if made == "Deleting" or (made in ("Creating", "Failed") and power != "running"):
        return _MADE[made]
    if not power:
        return _MADE.get(made, "unknown")
    return row.state(power, _POWER)


def _actions(state: str) -> tuple[str, ...]:
    if state == "deleting":
        return ()
    return (*{"running": ("stop", "reboot"), "stopped": ("start",)}.get(state, ()), "destroy")
