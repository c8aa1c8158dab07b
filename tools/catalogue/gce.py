"""Google Compute Engine: machine types computed from libcloud's prices of a core and of a GB, by family.

libcloud's own driver looks prices up by the first two letters of a name (n2d becomes n2) and takes shared cores for
whole ones. Here each family has its own prices, and each shape its cores and memory as Google documents them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pinned import Packages

from .pins import LIBCLOUD
from .rows import COMPUTED, Offer, Size

PROVIDER = "gce"
BLOCK = "gce_instances"
PIN = LIBCLOUD["3.3.0"]
SPEC_SOURCE = "Google's machine families (cores and GB per core)"


@dataclass(frozen=True)
class Shape:
    """A machine type: what it shows, and the cores that it is charged for (a share of them, if it is burstable)."""

    id: str
    family: str
    vcpus: float
    ram_gb: float
    billed_vcpus: float
    burstable: bool = False


# family and kind: (GB per vCPU, the vCPU counts of 2020)
_N1 = (2, 4, 8, 16, 32, 64, 96)
_N2D = (2, 4, 8, 16, 32, 48, 64, 80, 96)
_N2 = _N2D[:-1]
LADDERS: dict[str, tuple[float, tuple[int, ...]]] = {
    "e2-standard": (4, (2, 4, 8, 16, 32)),
    "e2-highmem": (8, (2, 4, 8, 16)),
    "e2-highcpu": (1, (2, 4, 8, 16, 32)),
    "n1-standard": (3.75, (1, *_N1)),
    "n1-highmem": (6.5, _N1),
    "n1-highcpu": (0.9, _N1),
    "n2-standard": (4, _N2),
    "n2-highmem": (8, _N2),
    "n2-highcpu": (1, _N2),
    "n2d-standard": (4, (*_N2D, 128, 224)),
    "n2d-highmem": (8, _N2D),
    "n2d-highcpu": (1, (*_N2D, 128, 224)),
    "c2-standard": (4, (4, 8, 16, 30, 60)),
}
# The memory-optimized ones, whose memory follows no ladder, and those that share a core.
SINGLES = (
    Shape("m1-megamem-96", "m1", 96, 1433.6, 96),
    Shape("m1-ultramem-40", "m1", 40, 961, 40),
    Shape("m1-ultramem-80", "m1", 80, 1922, 80),
    Shape("m1-ultramem-160", "m1", 160, 3844, 160),
    Shape("e2-micro", "e2", 2, 1, 0.25, burstable=True),
    Shape("e2-small", "e2", 2, 2, 0.5, burstable=True),
    Shape("e2-medium", "e2", 2, 4, 1, burstable=True),
    Shape("f1-micro", "f1", 1, 0.6, 1, burstable=True),
    Shape("g1-small", "g1", 1, 1.7, 1, burstable=True),
)


def shapes() -> Iterator[Shape]:
    """Every predefined machine type of the families that the price list has."""
    for name, (gb_per_vcpu, counts) in LADDERS.items():
        for count in counts:
            gb = round(gb_per_vcpu * count, 3)
            yield Shape(f"{name}-{count}", name.partition("-")[0], count, gb, count)
    yield from SINGLES


# Families and regions whose price of 2020 isn't that of today, found by comparison with newer lists.
CUT_REGIONS = {"europe-west6"}
CUT = {
    ("c2", "us-east4"),
    ("c2", "us-west4"),
    ("m1", "asia-northeast1"),
    ("m1", "us-east4"),
    ("n2", "us-west4"),
    ("n2d", "asia-south1"),
}


def price(shape: Shape, core: float, gb: float) -> float:
    """USD per hour, to the millionth. f1 and g1 are priced whole: their core is the machine, and their GB is free."""
    return round(shape.billed_vcpus * core + shape.ram_gb * gb, 6)


def offers(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Every machine type at every region where both its core and its GB have a price."""
    block, as_of = packages.price_list(PIN)[BLOCK], packages.prices_date(PIN)
    sizes, found = [], []
    for shape in shapes():
        sizes.append(_size(shape))
        known = {"provider": PROVIDER, "id": shape.id, "as_of": as_of, "source": PIN.label, "confidence": COMPUTED}
        for region, core, gb in rates(block[shape.family]):
            found.append(Offer(region=region, hourly=price(shape, core, gb), **known))
    return sizes, found


def standing(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """As `offers`, without the prices that are known to be of their time."""
    sizes, found = offers(packages)
    families = {size.id: size.family for size in sizes}
    return sizes, [one for one in found if one.region not in CUT_REGIONS and (families[one.id], one.region) not in CUT]


def rates(family: dict[str, dict[str, dict[str, dict[str, float]]]]) -> Iterator[tuple[str, float, float]]:
    """Region, USD per core and hour, USD per GB and hour; a region where one of them is 0 or missing is left out."""
    cores = family["cpu"]["on_demand"]
    memory = family["ram"]["on_demand"] if "ram" in family else None
    for region in sorted(cores):
        core = cores[region]["price"]
        gb = memory.get(region, {}).get("price", 0) if memory else 0
        if core > 0 and (gb > 0 or memory is None):
            yield region, core, gb


def _size(shape: Shape) -> Size:
    return Size(
        provider=PROVIDER,
        id=shape.id,
        name=shape.id,
        family=shape.family,
        vcpus=shape.vcpus,
        ram_gb=shape.ram_gb,
        disk_gb=0,
        gpus=0,
        arch="x86_64",
        burstable=shape.burstable,
        bare_metal=False,
        spec_source=SPEC_SOURCE,
    )
