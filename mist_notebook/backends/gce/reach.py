"""How a new instance is reached: its network, and one firewall of ours a network that lets SSH in from here."""

from __future__ import annotations

from mist_notebook.backends.parts import answers, ssh_from
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.net.http import Http, Limits, quote_segment
from mist_notebook.records.model import MachineSpec

from .records import last

TAG = "mist-notebook"
FIREWALL = "mist-notebook-ssh"
_SEEN_AS = "https://domains.google.com"


def chosen_network(networks: list[Row], spec: MachineSpec) -> str:
    """The network's name: the one that was named, else `default`, else the only one. Raises BadValueError."""
    names = [str(one.get("name")) for one in networks]
    said = spec.extra.get("networks")
    wanted = said[0] if isinstance(said, list) and said else said
    if wanted is not None:
        if str(wanted) not in names:
            raise BadValueError(f"There is no network '{wanted}'.", f"There are {', '.join(names)}. Nothing was sent.")
        return str(wanted)
    if "default" in names or len(names) == 1:
        return "default" if "default" in names else names[0]
    if not names:
        raise BadValueError("The project has no network.", "gcloud compute networks create default; nothing was sent.")
    raise BadValueError(
        f"The project has no network 'default', and {len(names)} others.", f"Add --extra networks={names[0]}; {names}."
    )


def let_in(spec: MachineSpec, usual: str | None, door: Http, limits: Limits, verify: bool | str) -> str:
    """The network that SSH is let in from; Google is asked how it sees this computer, where nobody said."""

    def ask() -> str:
        other = Http(_SEEN_AS, limits=limits, verify=verify)
        try:
            return other.get("/checkip").decode("ascii", "replace")
        finally:
            other.close()

    return ssh_from.network(spec.extra, door.origin, ask, usual=usual)


def open_ssh(door: Http, project: str, network: str, source: str) -> None:
    """Have our firewall of that network let SSH in from there; what it lets in already stays."""
    path, name = f"/projects/{quote_segment(project)}/global/firewalls", _name(network)
    there = _there(door, f"{path}/{name}")
    if there is None:
        door.send("POST", path, json=_rule(name, f"projects/{project}/global/networks/{network}", [source]))
        return
    ranges = [str(one) for one in row.listed(there, "sourceRanges")]
    if source not in ranges:
        door.send("PATCH", f"{path}/{name}", json={"sourceRanges": [*ranges, source]})


def is_ours(firewall: Row) -> bool:
    return str(firewall.get("name") or "").startswith(FIREWALL) and TAG in row.listed(firewall, "targetTags")


def network_of(firewall: Row) -> str:
    return last(firewall.get("network"))


def _there(door: Http, path: str) -> Row | None:
    try:
        return answers.one(door, path)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def _name(network: str) -> str:
    return FIREWALL if network == "default" else f"{FIREWALL}-{network}"[:63].rstrip("-")


def _rule(name: str, network: str, ranges: list[str]) -> Row:
    return {
        "name": name,
        "description": "SSH, made by mist-notebook",
        "network": network,
        "direction": "INGRESS",
        "sourceRanges": ranges,
        "targetTags": [TAG],
        "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}],
    }
