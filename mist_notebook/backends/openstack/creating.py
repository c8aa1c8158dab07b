"""The body of a create at OpenStack: flavor, image or volume, key, network, and the operation in its metadata."""

from __future__ import annotations

from base64 import b64encode

from mist_notebook.backends import tag_rules
from mist_notebook.backends.parts import start
from mist_notebook.backends.parts.answers import Row
from mist_notebook.records.model import MachineSpec

from .outside import Way

_LEAST_DISK_GB = 10


def body(spec: MachineSpec, way: Way) -> Row:
    """All that goes over; a flavor without a disk boots from a volume that ends with the server."""
    text = start.user_data(spec)
    server: Row = {
        "name": spec.name,
        "flavorRef": spec.size.id,
        "imageRef": spec.image.id,
        "key_name": spec.key.id if spec.key else None,
        "availability_zone": spec.location.id if spec.location else None,
        "metadata": tag_rules.of(spec) or None,
        "user_data": b64encode(text.encode()).decode() if text else None,
        "networks": way.networks,
        "security_groups": way.groups,
    }
    if spec.size.disk_gb == 0:
        disk = int(max(spec.image.min_disk_gb or 0, _LEAST_DISK_GB))
        server["block_device_mapping_v2"] = [
            {"boot_index": 0, "uuid": spec.image.id, "source_type": "image", "destination_type": "volume",
             "volume_size": disk, "delete_on_termination": True}
        ]  # fmt: skip
        server["imageRef"] = ""
    return start.without_nothing(server)
