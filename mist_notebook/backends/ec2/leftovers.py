"""What of ours no machine needs any more, in any region of the account: groups, keys, and machines out of sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.records.model import Machine, Orphan

from . import records
from .asking.calls import Calls
from .network import Networks

_GROUP, _KEY, _MACHINE = "security group", "key", "machine"


def of(calls: Calls, networks: Networks, region: str, machines: Sequence[Machine]) -> Iterator[Orphan]:
    """The leftovers of one region, by the machines that are there; read only. A machine's key stays."""
    living = [machine for machine in machines if machine.state != "terminated"]
    used = {group for machine in living for group in machine.extra.get("groups") or ()}
    for own, name in networks.ours(region):
        if own not in used:
            yield _orphan(own, name, _GROUP, region)
    keys = {str(machine.extra.get("key")) for machine in living}
    asked = [{"Name": "tag-key", "Values": [records.OURS_TAG]}]
    for row in calls.ask("DescribeKeyPairs", region, "KeyPairs", Filters=asked)["KeyPairs"]:
        key = records.key(row)
        if key is not None and key.id not in keys:
            yield _orphan(key.id, key.id, _KEY, region)


def out_of_sight(machines: Sequence[Machine], region: str) -> Iterator[Orphan]:
    """The machines of ours in a region that the backend doesn't count: there nobody lists them."""
    for machine in machines:
        if machine.state != "terminated" and records.op_of(machine):
            yield replace(_orphan(machine.id, machine.name, _MACHINE, region), op=records.op_of(machine), hourly=None)


def _orphan(own: str, name: str, kind: str, region: str) -> Orphan:
    return Orphan(
        id=own, mist_id=own, name=name, kind=kind, location_id=region, hourly=0.0, currency="USD",
        extra_json=records.raw({"region": region}),
    )  # fmt: skip


def swept(calls: Calls, networks: Networks, orphan: Orphan) -> None:
    """Remove one, sent once. Raises BadValueError where it is needed by now."""
    region = str(orphan.location_id)
    if orphan.kind == _GROUP:
        if networks.is_used(orphan.id, region) or not networks.remove(orphan.id, region):
            raise BadValueError(f"The {_GROUP} '{orphan.name}' in {region} is in use.", "Nothing was removed.")
        return
    if orphan.kind != _KEY:
        add = f"%mist add ec2 --region {region}, then %mist destroy it there."
        raise BadValueError(f"'{orphan.name}' in {region} is a {orphan.kind}: a sweep takes none.", add)
    asked = [
        {"Name": "key-name", "Values": [orphan.id]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
    ]
    if any(calls.pages("DescribeInstances", region, "Reservations", Filters=asked)):
        raise BadValueError(f"The {_KEY} '{orphan.name}' in {region} is in use.", "Nothing was removed.")
    try:
        calls.ask("DeleteKeyPair", region, None, KeyName=orphan.id)
    except ApiError as error:
        if error.code != "InvalidKeyPair.NotFound":
            raise
