"""What machines leave behind at Google: an operation's disks that nothing uses, our firewalls without a machine."""

from __future__ import annotations

from collections.abc import Sequence

from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import BadValueError
from mist_notebook.net.http import quote_segment
from mist_notebook.records.model import OP_TAG, Listing, Machine, Orphan

from . import reach
from .calls import Calls
from .records import last


def orphans(calls: Calls, machines: Sequence[Machine]) -> list[Orphan]:
    """All of it, read only."""
    by_zone, _ = calls.by_zone("disks", {})
    disks = [(zone, one) for zone, rows in by_zone.items() for one in rows]
    found = [_disk(zone, one) for zone, one in disks if row.inside(one, "labels", OP_TAG) and not one.get("users")]
    return found + firewalls(calls, machines)


def firewalls(calls: Calls, machines: Sequence[Machine]) -> list[Orphan]:
    """Our firewalls of networks in which no machine of ours is."""
    used = {
        last(card.get("network"))
        for machine in machines
        if reach.TAG in row.listed(machine.extra, "tags", "items")
        for card in row.dicts(machine.extra, "networkInterfaces")
    }
    rules = [one for one in calls.rows("/global/firewalls") if reach.is_ours(one)]
    return [_firewall(one) for one in rules if reach.network_of(one) not in used]


def tidy(calls: Calls, machines: Listing[Machine]) -> None:
    """Have our firewalls go with the last machine of their network; none where a part of the machines is missing."""
    for one in [] if machines.notes else firewalls(calls, machines.records):
        remove(calls, one)


def sweep(calls: Calls, orphan: Orphan, machines: Sequence[Machine]) -> None:
    """Remove it, once, if it is still one."""
    if orphan.id not in {one.id for one in orphans(calls, machines)}:
        raise BadValueError(f"{orphan.kind} {orphan.name} is needed, or gone, by now.", "Nothing was removed.")
    remove(calls, orphan)


def remove(calls: Calls, orphan: Orphan) -> None:
    """Remove what was just seen to be one; sent once."""
    zone, _, name = orphan.id.rpartition("/")
    place = f"/zones/{quote_segment(zone)}/disks" if orphan.kind == "disk" else "/global/firewalls"
    calls.send("DELETE", f"{place}/{quote_segment(name)}")


def _disk(zone: str, one: Row) -> Orphan:
    name = str(one.get("name"))
    own = f"{zone}/{name}"
    return Orphan(id=own, mist_id=own, name=name, kind="disk", op=row.inside(one, "labels", OP_TAG), location_id=zone)


def _firewall(one: Row) -> Orphan:
    name = str(one.get("name"))
    return Orphan(id=name, mist_id=name, name=name, kind="firewall")
