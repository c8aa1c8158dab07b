"""Rows of a data file as the items that the V1 API answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import restrictions
from .catalogue import Catalogue
from .clouds import Cloud
from .listing import item_id

Row = dict[str, Any]


def image(row: Row, cloud: Cloud, catalogue: Catalogue) -> Row:
    """An image; who owns it at the provider stands in `extra`, where EC2's driver puts it."""
    return {
        **_common("images", row, cloud, catalogue),
        "starred": row["starred"],
        "os_type": row["os_type"],
        "os_distro": row["os_distro"],
        "architecture": row["architecture"],
        "min_disk_size": row["min_disk_size"],
        "min_memory_size": row["min_memory_size"],
        "origin": row["origin"],
        "tags": {},
        "extra": {**({"owner_id": row["owner"]} if row.get("owner") else {}), **row["extra"]},
        "created": row["created"] or "None",
    }


def size(row: Row, cloud: Cloud, catalogue: Catalogue) -> Row:
    """A size: `ram` in MB, `disk` in GB, the price in whatever unit the provider uses."""
    kept = {key: row[key] for key in ("cpus", "ram", "disk", "bandwidth", "architecture", "extra")}
    common = _common("sizes", row, cloud, catalogue)
    return {**common, **kept, "created": "None", **restrictions.allowed_images(row, cloud, catalogue)}


def location(row: Row, cloud: Cloud, catalogue: Catalogue) -> Row:
    """A location."""
    kept = {key: row[key] for key in ("country", "location_type", "extra")}
    common = _common("locations", row, cloud, catalogue)
    kept |= {"parent": "", "images_location": {}, "created": "None"}
    return {**common, **kept, **restrictions.available_sizes(row, cloud, catalogue)}


def network(row: Row, cloud: Cloud, catalogue: Catalogue) -> Row:
    """A network; the data know no subnets."""
    kept = {key: row[key] for key in ("cidr", "description", "extra")}
    return {**_common("networks", row, cloud, catalogue), **kept, "location": "", "subnets": {}, "tags": {}}


ITEMS: dict[str, Callable[[Row, Cloud, Catalogue], Row]] = {
    "images": image,
    "sizes": size,
    "locations": location,
    "networks": network,
}


def _common(kind: str, row: Row, cloud: Cloud, catalogue: Catalogue) -> Row:
    return {
        "id": item_id(cloud.id, kind, row["external_id"]),
        "cloud": cloud.id,
        "external_id": row["external_id"],
        "name": row["name"],
        "last_seen": f"{catalogue.as_of} 00:00:00",
        "missing_since": "",
    }
