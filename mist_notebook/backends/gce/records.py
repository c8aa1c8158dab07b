"""Compute Engine's JSON as records: machine types, images, zones, networks, instances."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mist_notebook.backends.mist import fields
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.records.model import Choice, Image, Location, Machine, Network, Size

_ARCHITECTURES = {"X86_64": "x86_64", "ARM64": "arm64"}
_STATES = {
    "PROVISIONING": "pending", "STAGING": "pending", "RUNNING": "running", "PENDING_STOP": "stopping",
    "STOPPING": "stopping", "TERMINATED": "stopped", "STOPPED": "stopped", "SUSPENDING": "stopping",
    "SUSPENDED": "suspended", "REPAIRING": "updating", "DEPROVISIONING": "deleting",
}  # fmt: skip
_ARM = ("t2a-", "c4a-", "n4a-", "a4x-")


def last(link: Any) -> str:
    """What a link names: its last part."""
    return link.rpartition("/")[2] if isinstance(link, str) else ""


def sizes(by_zone: dict[str, list[Row]]) -> list[Size]:
    """One size a name, with the zones that have it."""
    found: dict[str, Row] = {}
    for zone, rows in by_zone.items():
        for one in rows:
            known = found.setdefault(str(one.get("name")), {**one, "zones": []})
            known["zones"].append(zone)
    return [made for one in found.values() if (made := _size(one)) is not None]


def _size(one: Row) -> Size | None:
    known = row.named(one, "name")
    if known is None or row.inside(one, "deprecated", "state") in ("DELETED", "OBSOLETE"):
        return None
    said = _ARCHITECTURES.get(str(one.get("architecture")))
    return Size(
        **known,
        vcpus=fields.figure_of(one.get("guestCpus")),
        ram_mb=fields.figure_of(one.get("memoryMb")),
        arch=said or ("arm64" if known["id"].startswith(_ARM) else "x86_64"),
        spec_source="api",
    )


def image(one: Row, project: str) -> Image | None:
    name = fields.text_of(one.get("name"))
    if name is None or row.inside(one, "deprecated", "state") or one.get("status") not in ("READY", None):
        return None
    own = f"{project}/{name}"
    return Image(
        id=own,
        mist_id=own,
        name=name,
        extra_json=row.raw(one),
        arch=_ARCHITECTURES.get(str(one.get("architecture"))),
        os=fields.text_of(one.get("family")),
        owner=project,
        created=fields.day_of(one.get("creationTimestamp")),
        min_disk_gb=fields.figure_of(one.get("diskSizeGb"), above_zero=True),
    )


def location(one: Row) -> Location | None:
    known = row.named(one, "name")
    if known is None or one.get("status") == "DOWN":
        return None
    return Location(**known, kind="zone", region=known["id"].rpartition("-")[0])


def network(one: Row) -> Network | None:
    known = row.named(one, "name")
    described = fields.text_of(one.get("description"))
    return None if known is None else Network(**known, cidr=fields.text_of(one.get("IPv4Range")), description=described)


def choice(one: Row) -> Choice | None:
    """A network or a subnetwork by its name, as something to choose."""
    name = fields.text_of(one.get("name"))
    if name is None:
        return None
    about = (fields.text_of(one.get("ipCidrRange")) or fields.text_of(one.get("IPv4Range")), last(one.get("network")))
    return Choice(id=name, mist_id=name, name=name, about=" · ".join(filter(None, about)))


def machine(one: Row) -> Machine | None:
    name, zone = fields.text_of(one.get("name")), last(one.get("zone"))
    if name is None or not zone:
        return None
    own, state = f"{zone}/{name}", row.state(one.get("status"), _STATES)
    cards = row.dicts(one, "networkInterfaces")
    outer = [access.get("natIP") for card in cards for access in row.dicts(card, "accessConfigs")]
    labels = one.get("labels")
    return Machine(
        id=own,
        mist_id=own,
        name=name,
        extra_json=row.raw(one),
        state=state,
        public_ips=row.addresses(outer),
        private_ips=row.addresses(card.get("networkIP") for card in cards),
        size_id=last(one.get("machineType")) or None,
        location_id=zone,
        created=row.moment(one.get("creationTimestamp")),
        expires=_expires(one),
        actions=_actions(state),
        tags=tuple((str(name), str(value)) for name, value in labels.items()) if isinstance(labels, dict) else (),
    )


def _expires(one: Row) -> datetime | None:
    """When Google ends it: as long after its last start as was said."""
    said = row.inside(one, "resourceStatus", "scheduling", "terminationTimestamp")
    if told := fields.moment_of(said, latest=datetime.max.replace(tzinfo=UTC)):
        return told
    seconds = fields.figure_of(row.inside(one, "scheduling", "maxRunDuration", "seconds"), above_zero=True)
    began = row.moment(one.get("lastStartTimestamp") or one.get("creationTimestamp"))
    return None if seconds is None or began is None else began + timedelta(seconds=seconds)


def _actions(state: str) -> tuple[str, ...]:
    if state == "deleting":
        return ()
    return (*{"running": ("stop", "reboot"), "stopped": ("start",)}.get(state, ()), "destroy")
