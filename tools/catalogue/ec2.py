"""EC2: prices of nine releases of libcloud, repaired, and the instance types that moto knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pinned import Packages

from . import repair
from .pins import LIBCLOUD, MOTO
from .rows import LISTED, REPAIRED, Offer, Size, gib

PROVIDER = "ec2"
BLOCK = "ec2_linux"
RELEASES = ("3.3.0", "3.4.0", "3.5.0", "3.5.1", "3.6.0", "3.6.1", "3.7.0", "3.8.0", "3.9.1")
NEWEST = RELEASES[-1]
# From this release on the scraper mistakes host and dedicated rows for shared ones.
FIRST_SPOILT = "3.6.1"
TYPES_FILE = "moto/ec2/resources/instance_types.json.gz"
# Families whose prices EC2 cut in the middle of 2025, after the newest list.
CUT_SINCE = {"p4d", "p4de", "p5", "p5e", "p5en"}
CUT_PREFIX = "u7i"
# Of these the API gives what error correction leaves free, everyone else what the vendor calls them.
VENDOR_GPU_GB = {"A10G": 24.0, "L4": 24.0, "L40S": 48.0}


def family(size: str) -> str:
    return size.partition(".")[0]


def releases(packages: Packages) -> list[repair.Release]:
    """The nine dated lists, oldest first."""
    pins = [LIBCLOUD[version] for version in RELEASES]
    return [repair.Release(pin.label, packages.prices_date(pin), packages.price_list(pin)[BLOCK]) for pin in pins]


@dataclass(frozen=True)
class Type:
    """An instance type; with accelerators (GPUs, or AWS's own) its price doesn't follow its vCPUs."""

    size: Size
    accelerated: bool


def types(packages: Packages) -> list[Type]:
    """Every instance type that moto knows."""
    table = packages.json(MOTO, TYPES_FILE)
    return [Type(_size(name, table[name]), _accelerated(table[name])) for name in sorted(table)]


def repaired(lists: list[repair.Release], types: list[Type]) -> dict[repair.Cell, repair.Seen]:
    """The cells whose price can be trusted, by the rules of `repair`.

    The families that were cut since are left out. Bare metal costs what the largest size of its family does, so it must
    hold the vCPU rule, whichever list has it.
    """
    usable = {one.size.id: one for one in types if not _cut_since(one.size.id)}
    machines = {name for name, one in usable.items() if not one.size.bare_metal}
    accelerated = {name for name in machines if usable[name].accelerated}
    units = {name: _charged_for(one) for name, one in usable.items() if not one.accelerated}
    cells = repair.lowest(lists)
    linear = repair.linear(cells, family=family, units=units)
    early = lists[: [one.label for one in lists].index(LIBCLOUD[FIRST_SPOILT].label)]
    return (
        repair.without_lone_sizes(linear, family=family)
        | repair.by_factors(cells, family=family, among=accelerated)
        | repair.sound(cells, early, among=machines)
    )


def offers(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Every type with its trusted prices; a type without any is offered once, without region and price."""
    known, lists = types(packages), releases(packages)
    newest = dict(lists[-1].cells())
    found = []
    for (size, region), seen in sorted(repaired(lists, known).items()):
        confidence = LISTED if newest.get((size, region)) == seen.price else REPAIRED
        price = {"hourly": seen.price, "as_of": seen.as_of, "source": seen.release, "confidence": confidence}
        found.append(Offer(provider=PROVIDER, id=size, region=region, **price))
    priced = {offer.id for offer in found}
    sizes = [one.size for one in known]
    unknown = [Offer(provider=PROVIDER, id=size.id, as_of=MOTO.date, source=MOTO.label) for size in sizes]
    return sizes, [*found, *(offer for offer in unknown if offer.id not in priced)]


def _charged_for(one: Type) -> float:
    """What the price is proportional to: the vCPUs, or the memory where vCPUs are shares."""
    charged = one.size.ram_gb if one.size.burstable else one.size.vcpus
    assert charged
    return charged


def _accelerated(spec: dict[str, Any]) -> bool:
    return any(part in spec for part in ("GpuInfo", "InferenceAcceleratorInfo", "NeuronInfo", "FpgaInfo"))


def _cut_since(size: str) -> bool:
    return family(size) in CUT_SINCE or size.startswith(CUT_PREFIX)


def _size(name: str, spec: dict[str, Any]) -> Size:
    count, gpu_name, gpu_gb = _gpus(spec)
    return Size(
        provider=PROVIDER,
        id=name,
        name=name,
        family=family(name),
        vcpus=spec["VCpuInfo"]["DefaultVCpus"],
        ram_gb=gib(spec["MemoryInfo"]["SizeInMiB"]),
        disk_gb=spec.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        gpus=count,
        gpu_name=gpu_name,
        gpu_ram_gb=gpu_gb,
        arch=_arch(spec["ProcessorInfo"]["SupportedArchitectures"]),
        burstable=spec["BurstablePerformanceSupported"],
        bare_metal=spec["BareMetal"],
        net_gbps=_network(spec),
        spec_source=MOTO.label,
    )


def _arch(supported: list[str]) -> str:
    names = [name.removesuffix("_mac") for name in supported]
    return next(name for name in ("arm64", "x86_64", "i386") if name in names)


def _gpus(spec: dict[str, Any]) -> tuple[float, str | None, float | None]:
    """How many (a part of one is a fraction), what they are, and the memory of each, or of the part, in GiB."""
    found = spec.get("GpuInfo", {}).get("Gpus", [])
    if not found:
        return 0, None, None
    first = found[0]
    part, name = first.get("GpuPartitionSize", 1), first["Name"]
    memory = VENDOR_GPU_GB[name] * part if name in VENDOR_GPU_GB else gib(first["MemoryInfo"]["SizeInMiB"])
    return sum(gpu["LogicalGpuCount"] for gpu in found) * part, name, memory


def _network(spec: dict[str, Any]) -> float | None:
    """The sustained bandwidth of all network cards, as "up to 10 Gigabit" is a burst."""
    known = [card.get("BaselineBandwidthInGbps") for card in spec["NetworkInfo"].get("NetworkCards", [])]
    return round(sum(known), 3) if known and all(known) else None
