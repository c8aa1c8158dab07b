"""What a machine at Azure is made of: a group of its own, in it a firewall, a network, an address, a card, itself."""

from __future__ import annotations

from base64 import b64encode

from mist_notebook.backends import tag_rules
from mist_notebook.backends.parts import start
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, MistError, RefusedError
from mist_notebook.net.http import quote_segment
from mist_notebook.records.model import MachineSpec

from .calls import Calls

PREFIX, USER = "mist-notebook-", "azureuser"
_NETWORK = "/providers/Microsoft.Network"
_YES = ("true", "yes", "1")


def group_of(spec: MachineSpec) -> str:
    """Its group's name: its own, and the operation's, so that one that is still being deleted is in nobody's way."""
    turn = f"-{spec.turn}" if spec.turn else ""
    return f"{PREFIX}{spec.name}-{spec.op[:8]}{turn}"


def path_of(group: str) -> str:
    return f"/resourceGroups/{quote_segment(group)}"


def surroundings(calls: Calls, spec: MachineSpec, source: str) -> str:
    """All that it needs, made in its group; the card's id. RefusedError, and the group goes, where that fails."""
    group = path_of(group_of(spec))
    place: Row = {"location": spec.location.id if spec.location else "", "tags": tag_rules.of(spec)}
    try:
        calls.put(group, place)
        given = str(spec.extra.get("security_group") or "")
        firewall = given or _made(
            calls, f"{group}{_NETWORK}/networkSecurityGroups/ssh", {**place, "properties": _let_in(source)}
        )
        address = _made(
            calls,
            f"{group}{_NETWORK}/publicIPAddresses/address",
            {**place, "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}},
        )
        subnet = str(spec.extra.get("subnet_id") or "")
        if not subnet:
            inside: Row = {**place, "properties": _inside(firewall)}
            subnet = f"{_made(calls, f'{group}{_NETWORK}/virtualNetworks/network', inside)}/subnets/default"
        way = {"subnet": {"id": subnet}, "publicIPAddress": {"id": address}}
        card: Row = {"ipConfigurations": [{"name": "way", "properties": way}]}
        if spec.extra.get("subnet_id"):  # a network of somebody's own has other rules, or none
            card["networkSecurityGroup"] = {"id": firewall}
        return _made(calls, f"{group}{_NETWORK}/networkInterfaces/card", {**place, "properties": card})
    except MistError as error:
        take_away(calls, group)
        kind = type(error) if isinstance(error, RefusedError) else RefusedError
        raise kind(f"What '{spec.name}' needs wasn't made: {error.message}", error.hint) from None


def take_away(calls: Calls, group: str) -> None:
    """Delete the group of a machine that isn't made; one that stays all the same is an orphan that sweep finds."""
    try:
        calls.send("DELETE", group)
    except MistError:
        return


def body(spec: MachineSpec, card: str) -> Row:
    """The machine itself; its disk ends with it, as its group does."""
    publisher, offer, sku, version = spec.image.id.split(":")
    image = {"publisher": publisher, "offer": offer, "sku": sku, "version": version}
    disk: Row = {"createOption": "FromImage", "deleteOption": "Delete"}
    disk["managedDisk"] = {"storageAccountType": str(spec.extra.get("disk_type") or "StandardSSD_LRS")}
    if spec.extra.get("disk_gb"):
        disk["diskSizeGB"] = int(spec.extra["disk_gb"])
    properties: Row = {
        "hardwareProfile": {"vmSize": spec.size.id},
        "storageProfile": {"imageReference": image, "osDisk": disk},
        "osProfile": _system(spec),
        "networkProfile": {"networkInterfaces": [{"id": card, "properties": {"deleteOption": "Delete"}}]},
    }
    if str(spec.extra.get("spot", "")).casefold() in _YES:
        properties |= {"priority": "Spot", "evictionPolicy": "Delete", "billingProfile": {"maxPrice": -1}}
    return {"location": spec.location.id if spec.location else "", "tags": tag_rules.of(spec), "properties": properties}


def _system(spec: MachineSpec) -> Row:
    key = {"path": f"/home/{USER}/.ssh/authorized_keys", "keyData": spec.key.public if spec.key else ""}
    text = start.user_data(spec)
    return start.without_nothing({
        "computerName": spec.name,
        "adminUsername": USER,
        "customData": b64encode(text.encode()).decode() if text else None,
        "linuxConfiguration": {"disablePasswordAuthentication": True, "ssh": {"publicKeys": [key]}},
    })  # fmt: skip


def _let_in(source: str) -> Row:
    rule = {
        "protocol": "Tcp", "access": "Allow", "direction": "Inbound", "priority": 1000,
        "sourceAddressPrefix": source, "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": "22",
    }  # fmt: skip
    return {"securityRules": [{"name": "mist-notebook-ssh", "properties": rule}]}


def _inside(firewall: str) -> Row:
    subnet = {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": firewall}}
    return {
        "addressSpace": {"addressPrefixes": ["10.0.0.0/24"]},
        "subnets": [{"name": "default", "properties": subnet}],
    }


def _made(calls: Calls, path: str, json: Row) -> str:
    """The id of a resource, once Azure is done with it."""
    resource = calls.made(path, calls.put(path, json))
    own = resource.get("id")
    if row.inside(resource, "properties", "provisioningState") == "Failed" or not isinstance(own, str):
        raise ApiError(f"Azure did not make {path.rpartition('/')[2]}.", "The portal's activity log says why.")
    return own
