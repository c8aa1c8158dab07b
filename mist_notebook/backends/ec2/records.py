"""EC2's shapes as records of ours: read once, in here; what it doesn't say is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from mist_notebook.backends.mist import fields
from mist_notebook.ground.text import clean
from mist_notebook.records.model import OP_TAG, Choice, Image, Key, Location, Machine, Network, Size

from .one_names import VENDORS, one_name_of

Row = dict[str, Any]
UNTIL_TAG = "mist-notebook-until"
OURS_TAG = "mist-notebook"  # what we made beside machines
_STATES = {
    "pending": "pending", "running": "running", "stopping": "stopping", "stopped": "stopped",
    "shutting-down": "shutting-down", "terminated": "terminated",
}  # fmt: skip
_ACTIONS = {
    "running": ("stop", "reboot", "destroy"),
    "stopped": ("start", "destroy"),
    "pending": ("destroy",),
    "stopping": ("destroy",),
}
_ARCHITECTURES = ("x86_64", "arm64")
_CLOCK_SKEW = timedelta(days=1)


def tags_of(row: Row) -> dict[str, str]:
    """The tags of anything at EC2."""
    pairs = row.get("Tags") or ()
    return {str(one.get("Key")): str(one.get("Value", "")) for one in pairs if isinstance(one, dict)}


def raw(row: Mapping[str, Any]) -> msgspec.Raw:
    """What is kept of a row; dates as text, as EC2 writes them."""
    return msgspec.Raw(msgspec.json.encode(dict(row), enc_hook=str))


def moment(value: Any) -> datetime | None:
    """A time in UTC that can be meant; botocore has read it already."""
    text = value.isoformat() if isinstance(value, datetime) else value
    return fields.moment_of(text, latest=datetime.now(UTC) + _CLOCK_SKEW)


def machine(row: Row, region: str) -> Machine | None:
    own = fields.id_of(row.get("InstanceId"))
    if not own:
        return None
    tags = tags_of(row)
    said = str((row.get("State") or {}).get("Name", ""))
    state = _STATES.get(said) or (f"unknown ({clean(said, 40)})" if said else "unknown")
    until = fields.moment_of(tags.get(UNTIL_TAG), latest=datetime.max.replace(tzinfo=UTC))
    zone = fields.text_of((row.get("Placement") or {}).get("AvailabilityZone"))
    return Machine(
        id=own,
        mist_id=own,
        name=fields.name_of(tags.get("Name"), own),
        state=state,
        public_ips=_addresses(row, "PublicIpAddress", "Ipv6Address"),
        private_ips=_addresses(row, "PrivateIpAddress"),
        size_id=fields.text_of(row.get("InstanceType")),
        image_id=fields.id_of(row.get("ImageId")),
        location_id=zone or region,
        created=moment(row.get("LaunchTime")),
        expires=until,
        actions=_actions(row, state),
        tags=tuple(tags.items()),
        extra_json=raw(_kept(row, region)),
    )


def _kept(row: Row, region: str) -> dict[str, Any]:
    """What the record's `extra` holds of a machine."""
    options = row.get("CpuOptions") or {}
    groups = [str(one.get("GroupId")) for one in row.get("SecurityGroups") or () if isinstance(one, dict)]
    return {
        "region": region,
        "spot": row.get("InstanceLifecycle") == "spot",
        "vcpus": (options.get("CoreCount") or 0) * (options.get("ThreadsPerCore") or 0) or None,
        "groups": groups,
        "key": row.get("KeyName"),
        "vpc": row.get("VpcId"),
        "subnet": row.get("SubnetId"),
        "why": row.get("StateTransitionReason") or None,
    }


def _actions(row: Row, state: str) -> tuple[str, ...]:
    """What can be done now; a spot machine that was asked for once is not stopped and started."""
    can = _ACTIONS.get(state, ())
    return tuple(one for one in can if one not in ("stop", "start")) if row.get("InstanceLifecycle") == "spot" else can


def _addresses(row: Row, *names: str) -> tuple[str, ...]:
    return tuple(clean(value) for name in names if isinstance(value := row.get(name), str) and value)


def op_of(machine: Machine) -> str:
    return dict(machine.tags).get(OP_TAG, "")


def size(row: Row, regions: tuple[str, ...]) -> Size | None:
    own = fields.text_of(row.get("InstanceType"))
    if own is None:
        return None
    gpus = [one for one in (row.get("GpuInfo") or {}).get("Gpus") or () if isinstance(one, dict)]
    kept = {
        "regions": list(regions),
        "gpus": sum(one.get("Count") or 0 for one in gpus),
        "gpu": next((one.get("Name") for one in gpus), None),
        "burstable": row.get("BurstablePerformanceSupported"),
        "current": row.get("CurrentGeneration"),
        "bare_metal": row.get("BareMetal"),
        "spot": "spot" in (row.get("SupportedUsageClasses") or ()),
    }
    vcpus = fields.figure_of((row.get("VCpuInfo") or {}).get("DefaultVCpus"), above_zero=True)
    return Size(
        id=own,
        mist_id=own,
        name=own,
        vcpus=vcpus,
        spec_source="api" if vcpus else None,
        ram_mb=fields.figure_of((row.get("MemoryInfo") or {}).get("SizeInMiB"), above_zero=True),
        disk_gb=fields.figure_of((row.get("InstanceStorageInfo") or {}).get("TotalSizeInGB", 0)),
        arch=_arch((row.get("ProcessorInfo") or {}).get("SupportedArchitectures") or ()),
        extra_json=raw(kept),
    )


def _arch(supported: Any) -> str | None:
    known = [one for one in _ARCHITECTURES if one in supported]
    return known[0] if known else next((str(one) for one in supported), None)


def image(row: Row, region: str, account: str = "") -> Image | None:
    own = fields.id_of(row.get("ImageId"))
    if not own:
        return None
    name = fields.name_of(row.get("Name"), own)
    owner = str(row.get("OwnerId") or "")
    vendor = VENDORS.get(owner)
    label = f"{vendor} ({owner})" if vendor else fields.text_of(row.get("ImageOwnerAlias")) or owner or None
    disks = [one.get("Ebs") for one in row.get("BlockDeviceMappings") or () if isinstance(one, dict)]
    sizes = [one.get("VolumeSize") for one in disks if isinstance(one, dict)]
    return Image(
        id=own,
        mist_id=own,
        name=name,
        os=one_name_of(name, owner) or fields.text_of(row.get("PlatformDetails")),
        arch=fields.text_of(row.get("Architecture")),
        owner=label,
        origin=_origin(owner, vendor, row, account),
        created=fields.day_of(row.get("CreationDate")),
        min_disk_gb=fields.figure_of(sizes[0], above_zero=True) if sizes else None,
        extra_json=raw({"region": region, "description": row.get("Description"), "root": row.get("RootDeviceType")}),
    )


def _origin(owner: str, vendor: str | None, row: Row, account: str) -> str:
    if owner and owner == account:
        return "yours"
    return "vendor" if vendor or row.get("ImageOwnerAlias") == "amazon" else "community"


def zone(row: Row, offered: frozenset[str] | None = None) -> Location | None:
    own = fields.text_of(row.get("ZoneName"))
    if own is None or row.get("OptInStatus") == "not-opted-in" or row.get("State") not in (None, "available"):
        return None
    region = fields.text_of(row.get("RegionName"))
    return Location(id=own, mist_id=own, name=own, kind="zone", region=region, available_sizes=offered)


def region(name: str, offered: frozenset[str] | None = None) -> Location:
    """A region as a place: EC2 chooses the zone."""
    return Location(id=name, mist_id=name, name=name, kind="region", region=name, available_sizes=offered)


def key(row: Row) -> Key | None:
    """A key pair; its name is what a create wants, so that it is the record's id."""
    name = row.get("KeyName")
    own = fields.id_of(name)
    if not own:
        return None
    public = row.get("PublicKey")
    return Key(
        id=own,
        mist_id=own,
        name=own,
        public=public.strip() if isinstance(public, str) and public.strip() else None,
        fingerprint=fields.text_of(row.get("KeyFingerprint")),
        extra_json=raw({"key_pair": row.get("KeyPairId"), "type": row.get("KeyType")}),
    )


def subnet(row: Row, region: str, network_name: str) -> Choice | None:
    own, vpc, zone = (fields.id_of(row.get(name)) for name in ("SubnetId", "VpcId", "AvailabilityZone"))
    if not own:
        return None
    about = (network_name, fields.text_of(row.get("CidrBlock")), zone)
    return Choice(
        id=own, mist_id=own, name=clean(tags_of(row).get("Name") or own), also=tuple(filter(None, (vpc, network_name))),
        about=" · ".join(filter(None, about)), location_ids=frozenset(filter(None, (zone, region))),
    )  # fmt: skip


def group(row: Row) -> Choice | None:
    own, vpc = fields.id_of(row.get("GroupId")), fields.text_of(row.get("VpcId"))
    if not own:
        return None
    about = " · ".join(filter(None, (fields.text_of(row.get("Description")), vpc)))
    return Choice(id=own, mist_id=own, name=fields.name_of(row.get("GroupName"), own), about=about)


def network(row: Row, region: str) -> Network | None:
    own = fields.id_of(row.get("VpcId"))
    if not own:
        return None
    name = tags_of(row).get("Name") or ("default" if row.get("IsDefault") else own)
    about = f"{region}, the default" if row.get("IsDefault") else region
    return Network(
        id=own, mist_id=own, name=clean(name), cidr=fields.text_of(row.get("CidrBlock")), description=about,
        extra_json=raw({"region": region, "default": bool(row.get("IsDefault"))}),
    )  # fmt: skip
