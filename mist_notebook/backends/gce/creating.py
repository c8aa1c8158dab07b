"""The body of a create at Google: disk, card, key, time limit, and the operation as a label."""

from __future__ import annotations

import uuid
from base64 import b64encode
from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.backends.parts import start
from mist_notebook.backends.parts.answers import Row
from mist_notebook.records.model import MachineSpec

from .reach import TAG

MOST_BYTES = 180_000  # of 256 KiB, once they are packed
WITHOUT_CLOUD_INIT = ("debian-cloud", "rocky-linux-cloud", "almalinux-cloud", "centos-cloud")
_YES = ("true", "yes", "1")


def request_id(spec: MachineSpec) -> str:
    """What Google knows a request again by: the operation as a UUID, another one for each location."""
    own = uuid.UUID(spec.op) if spec.op else uuid.uuid4()
    return str(uuid.uuid5(own, str(spec.turn)) if spec.turn else own)


def body(spec: MachineSpec, project: str, zone: str, network: str) -> Row:
    """All that goes over; the key's owner and nobody else is let in, and the disk ends with the machine."""
    image_project, _, image = spec.image.id.rpartition("/")
    labels = tag_rules.of(spec)
    disk = {"sourceImage": f"projects/{image_project}/global/images/{image}", "labels": labels}
    if spec.extra.get("disk_gb"):
        disk["diskSizeGb"] = str(spec.extra["disk_gb"])
    card: Row = {
        "network": f"projects/{project}/global/networks/{network}",
        "accessConfigs": [{"name": "External NAT", "type": "ONE_TO_ONE_NAT"}],
    }
    if spec.extra.get("subnetwork"):
        card["subnetwork"] = f"regions/{zone.rpartition('-')[0]}/subnetworks/{spec.extra['subnetwork']}"
    return {
        "name": spec.name,
        "machineType": f"zones/{zone}/machineTypes/{spec.size.id}",
        "disks": [{"boot": True, "autoDelete": True, "initializeParams": disk}],
        "networkInterfaces": [card],
        "metadata": {"items": _metadata(spec)},
        "labels": labels,
        "tags": {"items": [TAG]},
        "scheduling": _scheduling(spec),
    }


def _metadata(spec: MachineSpec) -> list[dict[str, str]]:
    """The key for one user; the project's own keys stay out, and OS Login, which would pass it over, is off."""
    items = {"block-project-ssh-keys": "TRUE", "enable-oslogin": "FALSE"}
    if spec.key is not None and spec.key.public:
        items["ssh-keys"] = f"{spec.login or 'mist'}:{spec.key.public}"
    if spec.script:
        items["startup-script"] = _once(start.user_data(spec) or "")
    elif spec.cloud_init:
        items["user-data"] = spec.cloud_init
    return [{"key": name, "value": value} for name, value in items.items()]


def _once(script: str) -> str:
    """The script as Google's agent runs it, which begins at every boot: this one does its work at the first."""
    packed = b64encode(script.encode()).decode()
    return (
        "#!/bin/sh\n[ -e /var/lib/mist-notebook-script ] && exit 0\n"
        f"echo {packed} | base64 -d > /var/lib/mist-notebook-script\n"
        "chmod 700 /var/lib/mist-notebook-script\nexec /var/lib/mist-notebook-script\n"
    )


def _scheduling(spec: MachineSpec) -> dict[str, Any]:
    is_spot = str(spec.extra.get("spot", "")).casefold() in _YES
    said: dict[str, Any] = {"provisioningModel": "SPOT"} if is_spot else {}
    if spec.hours is not None:
        said["maxRunDuration"] = {"seconds": str(round(spec.hours * 3600))}
    if said:
        said["instanceTerminationAction"] = "DELETE"
    return said
