"""What machines leave behind at OpenStack: addresses and ports that were made for one, and our group without any."""

from __future__ import annotations

from collections.abc import Sequence

from mist_notebook.backends.parts.answers import Row
from mist_notebook.ground.errors import BadValueError
from mist_notebook.net.http import quote_segment
from mist_notebook.records.model import OP_TAG, Machine, Orphan

from . import outside
from .calls import Calls

_PATHS = {"address": "/floatingips", "port": "/ports", "firewall": "/security-groups"}


def orphans(calls: Calls, machines: Sequence[Machine]) -> list[Orphan]:
    """All of it, read only; a machine that carries the operation keeps what was made for it."""
    needed = {value for one in machines if one.state != "terminated" for name, value in one.tags if name == OP_TAG}
    found = [
        _orphan(kind, one)
        for kind, path, key in (("address", "/floatingips", "floatingips"), ("port", "/ports", "ports"))
        for one in outside.ours(calls, path, key)
        if _op(one) not in needed
    ]
    if not needed:
        groups = calls.rows("network", "/security-groups", "security_groups", params={"name": outside.GROUP})
        found += [_orphan("firewall", one) for one in groups if one.get("name") == outside.GROUP]
    return found


def sweep(calls: Calls, orphan: Orphan, machines: Sequence[Machine]) -> None:
    """Remove it, once, if it is still one."""
    if orphan.id not in {one.id for one in orphans(calls, machines)}:
        raise BadValueError(f"{orphan.kind} {orphan.name} is needed, or gone, by now.", "Nothing was removed.")
    remove(calls, orphan)


def remove(calls: Calls, orphan: Orphan) -> None:
    """Remove what was just seen to be one; sent once."""
    calls.send("network", "DELETE", f"{_PATHS[orphan.kind]}/{quote_segment(orphan.id)}")


def _op(one: Row) -> str:
    return str(one.get("description") or "").partition(":")[2]


def _orphan(kind: str, one: Row) -> Orphan:
    own = str(one.get("id"))
    name = str(one.get("floating_ip_address") or one.get("name") or own)
    return Orphan(id=own, mist_id=own, name=name, kind=kind, op=_op(one) or None)
