"""What a server needs to be reached: a network, a group of ours with port 22, and an address where it needs one.

All that is made here carries the operation, or the group's name, so that it is known again and can be swept.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from mist_notebook.backends.parts import ssh_from
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, BadValueError, MistError, RefusedError
from mist_notebook.net.http import quote_segment
from mist_notebook.records.model import OP_TAG, MachineSpec

from .calls import Calls

GROUP = "mist-notebook-ssh"
_NO = ("false", "no", "0")


@dataclass(frozen=True)
class Way:
    """How a server will be reached: the parts of its request, and what was made for it alone."""

    networks: list[Row] | str | None = None
    groups: list[Row] | None = None
    port: str | None = None
    floating: str | None = None


def chosen_network(calls: Calls, spec: MachineSpec) -> tuple[list[str], str | None]:
    """The ids of the networks that it will be in, and of the one outside where it needs an address of that.

    Raises BadValueError where nobody but the person can choose; nothing is sent that changes anything.
    """
    networks = calls.rows("network", "/networks", "networks")
    outside = [one for one in networks if one.get("router:external") is True]
    inside = [one for one in networks if one not in outside and one.get("status") in ("ACTIVE", None)]
    named = _named(spec, networks)
    if not named and len(inside) > 1:
        choice = ", ".join(f"{one.get('name')} ({one.get('id')})" for one in inside[:6])
        raise BadValueError(
            f"There are {len(inside)} networks: {choice}.", "Add --extra networks=ID; nothing was sent."
        )
    ids = named or [str(one["id"]) for one in inside or outside[:1]]
    is_inside = bool(ids) and ids[0] not in [one.get("id") for one in outside]
    wanted = str(spec.extra.get("associate_floating_ip", "true")).casefold() not in _NO
    return ids, str(outside[0]["id"]) if outside and is_inside and wanted else None


def _named(spec: MachineSpec, networks: list[Row]) -> list[str]:
    said = spec.extra.get("networks")
    wanted = [said] if isinstance(said, str) else [one for one in said or () if isinstance(one, str)]
    by_word = {str(one.get(key)): str(one.get("id")) for key in ("name", "id") for one in networks}
    for one in wanted:
        if one not in by_word:
            raise BadValueError(f"There is no network '{one}'.", f"There are {', '.join(by_word)}. Nothing was sent.")
    return [by_word[one] for one in wanted]


def way(calls: Calls, spec: MachineSpec) -> Way:
    """All that the server needs, made; RefusedError, with what was made for it taken away, where that fails."""
    ids, outside = chosen_network(calls, spec)
    if not ids:
        return Way()
    group = _group(calls, spec)
    if outside is None:
        return Way(networks=[{"uuid": one} for one in ids], groups=[{"name": group}])
    made: list[tuple[str, str]] = []
    try:
        port = _made(calls, "/ports", "port", {"network_id": ids[0], "security_groups": [group], **_mark(spec)})
        made.append(("/ports", port))
        floating = _made(
            calls, "/floatingips", "floatingip",
            {"floating_network_id": outside, "port_id": port, "description": _mark(spec)["description"]},
        )  # fmt: skip
    except MistError as error:
        take_away(calls, made)
        hint = "--extra associate_floating_ip=false makes it without an address outside."
        raise RefusedError(f"No address for '{spec.name}': {error.message}", hint) from None
    return Way(networks=[{"port": port}, *({"uuid": one} for one in ids[1:])], port=port, floating=floating)


def take_away(calls: Calls, made: list[tuple[str, str]]) -> None:
    """Remove what was made for a server that isn't made; what stays all the same is an orphan that sweep finds."""
    for path, own in reversed(made):
        with suppress(MistError):
            calls.send("network", "DELETE", f"{path}/{quote_segment(own)}")


def of_server(calls: Calls, server_id: str) -> list[tuple[str, str]]:
    """The ports of ours that a server has, and the addresses on them: to be taken away with it."""
    ports = calls.rows("network", "/ports", "ports", params={"device_id": server_id})
    known = {str(one.get("id")) for one in ports}
    addresses = [one for one in ours(calls, "/floatingips", "floatingips") if str(one.get("port_id")) in known]
    own = [("/ports", str(one["id"])) for one in ports if is_ours(one)]
    return [*own, *(("/floatingips", str(one["id"])) for one in addresses)]


def ours(calls: Calls, path: str, key: str) -> list[Row]:
    """What of that kind was made from here for a server."""
    return [one for one in calls.rows("network", path, key) if is_ours(one)]


def is_ours(one: Row) -> bool:
    return str(one.get("description") or "").startswith(f"{OP_TAG}:")


def _mark(spec: MachineSpec) -> Row:
    return {"name": f"mist-notebook-{spec.name}", "description": f"{OP_TAG}:{spec.op}"}


def _made(calls: Calls, path: str, key: str, body: Row) -> str:
    own = row.inside(calls.send("network", "POST", path, {key: body}), key, "id")
    if not isinstance(own, str):
        raise ApiError(f"{calls.name} answered without the id of what it made at {path}.")
    return own


def let_in(calls: Calls, spec: MachineSpec) -> str:
    """The network that SSH is let in from by our group; nothing where the person named a group."""
    return (
        ""
        if spec.extra.get("security_groups")
        else ssh_from.network(spec.extra, calls.door("network").origin, usual=calls.usual_source)
    )


def _group(calls: Calls, spec: MachineSpec) -> str:
    """The id of our group, which lets SSH in from here; made, or given its rule, where it isn't there."""
    said = spec.extra.get("security_groups")
    if said:
        return str(said[0] if isinstance(said, list) else said)
    network = let_in(calls, spec)
    found = calls.rows("network", "/security-groups", "security_groups", params={"name": GROUP})
    group = str(found[0]["id"]) if found else _made(
        calls, "/security-groups", "security_group", {"name": GROUP, "description": "SSH, made by mist-notebook"}
    )  # fmt: skip
    rules = row.dicts(found[0], "security_group_rules") if found else []
    if not any(one.get("remote_ip_prefix") == network and one.get("port_range_min") == 22 for one in rules):
        body = {"direction": "ingress", "ethertype": "IPv6" if ":" in network else "IPv4", "protocol": "tcp"}
        body |= {"port_range_min": 22, "port_range_max": 22, "remote_ip_prefix": network}  # type: ignore[dict-item]
        _made(calls, "/security-group-rules", "security_group_rule", {**body, "security_group_id": group})
    return group
