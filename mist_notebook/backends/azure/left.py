"""What machines leave behind at Azure: groups of ours without a machine, whose addresses and disks go on costing."""

from __future__ import annotations

from collections.abc import Sequence

from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import OP_TAG, Machine, Orphan

from . import creating
from .calls import Calls


def orphans(calls: Calls, machines: Sequence[Machine]) -> list[Orphan]:
    """All of them, read only; one that is being deleted is none."""
    used = {machine.id.partition("/")[0] for machine in machines}
    rows = [one for one in calls.rows("/resourceGroups") if _is_ours(one)]
    staying = [one for one in rows if row.inside(one, "properties", "provisioningState") != "Deleting"]
    return [_orphan(one) for one in staying if str(one.get("name")).casefold() not in used]


def sweep(calls: Calls, orphan: Orphan, machines: Sequence[Machine]) -> None:
    """Delete the group, once, if it is still without a machine."""
    if orphan.id not in {one.id for one in orphans(calls, machines)}:
        raise BadValueError(f"{orphan.kind} {orphan.name} is needed, or gone, by now.", "Nothing was removed.")
    calls.send("DELETE", creating.path_of(orphan.id))


def _is_ours(group: Row) -> bool:
    return str(group.get("name")).casefold().startswith(creating.PREFIX) and bool(row.inside(group, "tags", OP_TAG))


def _orphan(group: Row) -> Orphan:
    name = str(group.get("name"))
    place, op = group.get("location"), row.inside(group, "tags", OP_TAG)
    return Orphan(id=name, mist_id=name, name=name, kind="resource group", op=op, location_id=place)
