"""Google Compute Engine as skrooge's table of January 2024 has it: on demand, and committed for one and three years.

It was checked cell by cell against libcloud's prices per core of 2020, and by samples against Google's list of 2026.
What is left out was wrong in one of them: five regions whose prices Google cut since, N1 in two, the generations C3,
C3D and M2, A2 with 80 GB (their disks are missing), the preemptible prices, shared cores that don't follow their
family, and commitments that don't follow their price. Its table has every family in every region; those that few
regions have are kept only where Google says that they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pinned import Packages

from .pins import SKROOGE
from .rows import LISTED, ON_DEMAND, RESERVED_1Y, RESERVED_3Y, Offer, Size

MEMBER = "skrooge/instances.json"
HOME = "us-central1"
KINDS = {"ondemand": ON_DEMAND, "cud-1y": RESERVED_1Y, "cud-3y": RESERVED_3Y}
CUT_REGIONS = {"africa-south1", "europe-central2", "europe-west6", "europe-west10", "me-central2"}
WRONG = {("n1", "us-east4"), ("n1", "us-west4"), ("c2d", "europe-north1")}
EVERYWHERE = ("c2d", "e2", "m3", "n1", "n2", "n2d", "t2d")
# The regions that have these, by Google's documentation.
SOME = {
    "c2": "us-central1 us-east1 us-east4 us-west1 us-west2 us-west3 us-west4 northamerica-northeast1 "
    "southamerica-east1 europe-north1 europe-west1 europe-west2 europe-west3 europe-west4 asia-east1 asia-east2 "
    "asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-southeast1 asia-southeast2 australia-southeast1",
    "g2": "us-central1 us-east1 us-east4 us-west1 us-west4 northamerica-northeast1 northamerica-northeast2 "
    "europe-west1 europe-west2 europe-west3 europe-west4 asia-east1 asia-northeast1 asia-northeast3 asia-south1 "
    "asia-southeast1",
    "t2a": "us-central1 europe-west4 asia-southeast1",
}
A2 = {
    "a2-highgpu": "us-central1 us-east1 us-west1 us-west3 us-west4 europe-west4 asia-northeast1 asia-northeast3 "
    "asia-southeast1 me-west1",
    "a2-megagpu": "us-central1 europe-west4",
}
# How many GPUs a size has, and which.
L4 = {4: 1, 8: 1, 12: 1, 16: 1, 24: 2, 32: 1, 48: 4, 96: 8}
A100_GB = 40.0
_SHARED = ("e2-micro", "e2-small", "e2-medium")
_ALIKE = 0.003


@dataclass(frozen=True)
class Cell:
    """A price of the table: a machine type in a region, and the kind of price."""

    id: str
    region: str
    kind: str
    hourly: float


def cells(packages: Packages) -> Iterator[Cell]:
    """The prices that were found right."""
    for family, types in _families(packages).items():
        for size, row in types.items():
            for region, prices in row["regions"].items():
                if prices.get("ondemand") and _holds(types, size, family, region):
                    yield from _of(size, region, prices, row["regions"][HOME])


def _of(size: str, region: str, prices: dict[str, float], home: dict[str, float]) -> Iterator[Cell]:
    """The price on demand, and the committed ones where they are the same part of it as they are at home."""
    for name, kind in KINDS.items():
        if not (prices.get(name) and home.get(name)):
            continue
        parts = [listed[name] / listed["ondemand"] for listed in (prices, home)]
        if abs(parts[0] / parts[1] - 1) < _ALIKE:
            yield Cell(size, region, kind, prices[name])


def _holds(types: dict[str, Any], size: str, family: str, region: str) -> bool:
    # `europe`, `asia-east` and the like are no regions.
    if region in CUT_REGIONS or not region[-1].isdigit() or (family, region) in WRONG:
        return False
    if size in _SHARED:
        return _follows(types, size, region)
    places = SOME.get(family) or A2.get(size.rpartition("-")[0])
    return family in EVERYWHERE if places is None else region in places.split()


def _follows(types: dict[str, Any], size: str, region: str) -> bool:
    """Whether a shared core is dearer in this region by as much as a whole one is."""
    own, whole = (types[name]["regions"] for name in (size, "e2-standard-2"))
    if not all(prices.get(place, {}).get("ondemand") for prices in (own, whole) for place in (region, HOME)):
        return False
    factors = [prices[region]["ondemand"] / prices[HOME]["ondemand"] for prices in (own, whole)]
    return abs(factors[0] / factors[1] - 1) < _ALIKE


def _families(packages: Packages) -> dict[str, dict[str, Any]]:
    table = packages.json(SKROOGE, MEMBER)
    return {family: types for family, types in table.items() if family in (*EVERYWHERE, *SOME, "a2")}


def offers(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """The machine types with their prices of three kinds."""
    found = list(cells(packages))
    known = {cell.id for cell in found}
    same = {"provider": "gce", "as_of": SKROOGE.date, "source": SKROOGE.label, "confidence": LISTED}
    sizes = [
        _size(size, row["specs"], family)
        for family, types in _families(packages).items()
        for size, row in types.items()
        if size in known
    ]
    return sizes, [Offer(id=cell.id, region=cell.region, kind=cell.kind, hourly=cell.hourly, **same) for cell in found]


def _size(size: str, specs: dict[str, Any], family: str) -> Size:
    gpus, gpu_name, gpu_gb = _gpus(size, family)
    return Size(
        provider="gce",
        id=size,
        name=size,
        family=family,
        vcpus=float(specs["cores"]),
        ram_gb=float(specs["memory"]),
        disk_gb=0,
        gpus=gpus,
        gpu_name=gpu_name,
        gpu_ram_gb=gpu_gb,
        gpu_form="SXM" if family == "a2" else None,
        arch="arm64" if family == "t2a" else "x86_64",
        burstable=False,
        bare_metal=False,
        spec_source=SKROOGE.label,
    )


def _gpus(size: str, family: str) -> tuple[float, str | None, float | None]:
    last = size.rpartition("-")[2]
    if family == "g2":
        return L4[int(last)], "L4", 24.0
    if family == "a2":
        return float(last.removesuffix("g")), "A100", A100_GB
    return 0, None, None
