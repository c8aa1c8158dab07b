"""OpenStack's JSON as records: flavors, images, zones, networks, keys, servers."""

from __future__ import annotations

import ipaddress
from typing import Any

from mist_notebook.backends.mist import fields
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.records.model import Choice, Image, Key, Location, Machine, Network, Size

_STATES = {
    "ACTIVE": "running", "BUILD": "pending", "SHUTOFF": "stopped", "REBOOT": "rebooting", "HARD_REBOOT": "rebooting",
    "ERROR": "error", "DELETED": "terminated", "SOFT_DELETED": "terminated", "PAUSED": "paused",
    "SUSPENDED": "suspended", "MIGRATING": "migrating", "RESIZE": "updating", "VERIFY_RESIZE": "updating",
    "REBUILD": "updating", "SHELVED": "stopped", "SHELVED_OFFLOADED": "stopped",
}  # fmt: skip
_GOING = {"deleting": "deleting", "powering-off": "stopping", "powering-on": "starting"}


def size(one: Row) -> Size | None:
    known = row.named(one)
    if known is None or one.get("OS-FLV-DISABLED:disabled") is True:
        return None
    specs = row.inside(one, "extra_specs")
    return Size(
        **known,
        vcpus=fields.figure_of(one.get("vcpus")),
        ram_mb=fields.figure_of(one.get("ram")),
        disk_gb=fields.figure_of(one.get("disk")),
        arch=fields.text_of(specs.get("hw:cpu_arch")) if isinstance(specs, dict) else None,
        spec_source="api",
    )


def image(one: Row) -> Image | None:
    known = row.named(one)
    if known is None or one.get("status") not in ("active", None) or one.get("image_type") == "snapshot":
        return None
    system = " ".join(filter(None, (fields.text_of(one.get("os_distro")), fields.text_of(one.get("os_version")))))
    return Image(
        **known,
        arch=fields.text_of(one.get("architecture")),
        os=system or None,
        owner=fields.text_of(one.get("owner")),
        origin=fields.text_of(one.get("visibility")),
        created=fields.day_of(one.get("created_at")),
        min_disk_gb=fields.figure_of(one.get("min_disk"), above_zero=True),
        min_ram_mb=fields.figure_of(one.get("min_ram"), above_zero=True),
    )


def location(one: Row) -> Location | None:
    name = fields.text_of(one.get("zoneName"))
    if name is None or row.inside(one, "zoneState", "available") is False:
        return None
    return Location(id=name, mist_id=name, name=name, kind="zone")


def network(one: Row) -> Network | None:
    known = row.named(one)
    outer = "to the outside" if one.get("router:external") is True else None
    return None if known is None else Network(**known, description=fields.text_of(one.get("description")) or outer)


def choice(one: Row) -> Choice | None:
    """A network or a group, as something to choose."""
    known = row.named(one)
    if known is None:
        return None
    outer = "to the outside" if one.get("router:external") is True else ""
    about = (outer, fields.text_of(one.get("description")))
    return Choice(**known, about=" · ".join(filter(None, about)))


def key(one: Row) -> Key | None:
    pair = one.get("keypair")
    known = row.named(pair, "name") if isinstance(pair, dict) else None
    if known is None or not isinstance(pair, dict):
        return None
    known.pop("extra_json")  # a key that was generated there could show its private half
    return Key(**known, public=row.public(pair.get("public_key")), fingerprint=fields.text_of(pair.get("fingerprint")))


def machine(one: Row) -> Machine | None:
    shown = {name: value for name, value in one.items() if name != "adminPass"}
    known = row.named(shown)
    if known is None:
        return None
    task, status = one.get("OS-EXT-STS:task_state"), str(one.get("status") or "").partition("(")[0].strip()
    public, private = _addresses(one.get("addresses"))
    metadata = one.get("metadata")
    state = _GOING.get(str(task)) or row.state(status, _STATES)
    return Machine(
        **known,
        state=state,
        public_ips=public,
        private_ips=private,
        size_id=fields.text_of(row.inside(one, "flavor", "id") or row.inside(one, "flavor", "original_name")),
        image_id=fields.id_of(row.inside(one, "image", "id")),
        location_id=fields.text_of(one.get("OS-EXT-AZ:availability_zone")),
        created=row.moment(one.get("created")),
        actions=_actions(state),
        tags=tuple((str(name), str(value)) for name, value in metadata.items()) if isinstance(metadata, dict) else (),
    )


def _actions(state: str) -> tuple[str, ...]:
    if state in ("deleting", "terminated"):
        return ()
    power = {"running": ("stop", "reboot"), "stopped": ("start",)}.get(state, ())
    return (*power, "destroy")


def _addresses(said: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Public and private addresses: floating ones are public wherever they lie, others by their range."""
    public: list[str] = []
    private: list[str] = []
    for one in (one for net in (said or {}).values() for one in net) if isinstance(said, dict) else ():
        address = one.get("addr") if isinstance(one, dict) else None
        if isinstance(address, str) and _is_address(address):
            is_floating = one.get("OS-EXT-IPS:type") == "floating"
            is_public = is_floating or not ipaddress.ip_address(address).is_private
            (public if is_public else private).append(address)
    return tuple(sorted(public, key=lambda one: ":" in one)), tuple(private)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
