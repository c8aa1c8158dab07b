"""EC2: prices of nine releases of libcloud, repaired, those that two others read since, and what follows from all.

The instance types, and which region offers them, are moto's; `ec2_older` has those that it doesn't know any more.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pinned import Packages

from . import cloudwright, ec2_older, fill, finops, repair
from .pins import CLOUDWRIGHT, FINOPS, LIBCLOUD, MOTO
from .rows import COMPUTED, LISTED, REPAIRED, Offer, Size, gib

PROVIDER = "ec2"
BLOCK = "ec2_linux"
RELEASES = ("3.3.0", "3.4.0", "3.5.0", "3.5.1", "3.6.0", "3.6.1", "3.7.0", "3.8.0", "3.9.1")
NEWEST = RELEASES[-1]
# From this release on the scraper mistakes host and dedicated rows for shared ones.
FIRST_SPOILT = "3.6.1"
TYPES_FILE = "moto/ec2/resources/instance_types.json.gz"
OFFERED_FILES = "moto/ec2/resources/instance_type_offerings/region/"
# Families whose prices EC2 cut in the middle of 2025, after the newest list.
CUT_SINCE = {"p4d", "p4de", "p5", "p5e", "p5en"}
CUT_PREFIX = "u7i"
# Of these the API gives what error correction leaves free, everyone else what the vendor calls them.
VENDOR_GPU_GB = {"A10G": 24.0, "L4": 24.0, "L40S": 48.0}
# The families whose GPUs are joined by the vendor's own links, which the API doesn't say.
SXM_FAMILIES = ("p3", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300")
# Where a size costs what it does at home: so do all 695 in the one that the lists have, and in the other all but a few
# that compute on Arm.
AS_AT_HOME = {"us-west-2": re.compile(r"."), "us-east-2": re.compile(r"(?!c\d+g|r3\b)")}
# The eighth generation of the general families that were there in the seventh.
_GENERAL = re.compile(r"([mcr])8(i|a|g|i-flex)")


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
    """Every instance type that moto knows, and those older ones that libcloud does."""
    table = packages.json(MOTO, TYPES_FILE)
    known = [Type(_size(name, table[name]), _accelerated(table[name])) for name in sorted(table)]
    older = [Type(size, bool(size.gpus)) for size in ec2_older.sizes(packages) if size.id not in table]
    return [*known, *older]


def offered(packages: Packages) -> Callable[[str, str], bool]:
    """Whether a size is offered in a region, as moto knows it; nothing is in a region that it doesn't know."""
    names = [name for name in packages.files[MOTO].names() if name.startswith(OFFERED_FILES)]
    regions = {name.removeprefix(OFFERED_FILES).removesuffix(".json.gz"): name for name in names}
    known = {
        region: {row["InstanceType"] for row in json.loads(gzip.decompress(packages.files[MOTO].read(name)))}
        for region, name in regions.items()
    }
    return lambda size, region: size in known.get(region, ())


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
    trusted, worked_out = cells(packages, lists, known)
    newest = dict(lists[-1].cells())
    found = []
    for (size, region), seen in sorted((trusted | worked_out).items()):
        is_listed = seen.release in (CLOUDWRIGHT.label, FINOPS.label) or newest.get((size, region)) == seen.price
        confidence = COMPUTED if (size, region) in worked_out else LISTED if is_listed else REPAIRED
        price = {"hourly": seen.price, "as_of": seen.as_of, "source": seen.release, "confidence": confidence}
        found.append(Offer(provider=PROVIDER, id=size, region=region, **price))
    priced = {offer.id for offer in found}
    sizes = [one.size for one in known]
    unknown = [Offer(provider=PROVIDER, id=size.id, as_of=MOTO.date, source=MOTO.label) for size in sizes]
    return sizes, [*found, *(offer for offer in unknown if offer.id not in priced)]


def cells(
    packages: Packages, lists: list[repair.Release], types: list[Type]
) -> tuple[dict[repair.Cell, repair.Seen], dict[repair.Cell, repair.Seen]]:
    """The cells with a trusted price, and those whose price follows from them."""
    by_name = {one.size.id: one for one in types}
    read = _read(packages)
    fresh = {(size, fill.HOME): seen for size, seen in _older(packages, by_name).items()}
    fresh |= {(size, region): seen for size, seen in read.items() for region in finops.REGIONS if size in by_name}
    plain = {name: one.size.vcpus or 0 for name, one in by_name.items() if _is_plain(one)}
    special = {name: seen for name, seen in read.items() if name in by_name and by_name[name].accelerated}
    families = fill.Family(family, plain, offered(packages))
    held, by_multiple = fill.by_multiple(special, _usable(repair.lowest(lists)), families)
    trusted = repaired(lists, types) | held | fresh
    worked_out = _as_at_home(trusted, by_name, families) | fill.per_vcpu(trusted, families) | by_multiple
    home = {size: seen for (size, region), seen in (worked_out | trusted).items() if region == fill.HOME}
    worked_out = fill.by_generation(home, trusted, families, before) | worked_out
    return trusted, {cell: seen for cell, seen in worked_out.items() if cell not in trusted}


def _read(packages: Packages) -> dict[str, repair.Seen]:
    day = finops.as_of(packages)
    return {size: repair.Seen(price, FINOPS.label, day) for size, price in finops.on_demand(packages).items()}


def _older(packages: Packages, types: dict[str, Type]) -> dict[str, repair.Seen]:
    """The list of February, without bare metal that costs per vCPU what no other size of its family does."""
    day, listed = cloudwright.as_of(packages), cloudwright.on_demand(packages)
    rate = {size: price / (types[size].size.vcpus or 1) for size, price in listed.items() if size in types}
    usual = {(family(size), round(one, 3)) for size, one in rate.items() if not types[size].size.bare_metal}
    return {
        size: repair.Seen(listed[size], CLOUDWRIGHT.label, day)
        for size, one in rate.items()
        if not types[size].size.bare_metal or (family(size), round(one, 3)) in usual
    }


def _as_at_home(
    trusted: dict[repair.Cell, repair.Seen], types: dict[str, Type], families: fill.Family
) -> dict[repair.Cell, repair.Seen]:
    """What costs the same in another region as at home, where it is offered there; bare metal and shares aside."""
    usual = {size for size, one in types.items() if not (one.size.bare_metal or one.size.burstable)}
    home = {size: seen for (size, region), seen in trusted.items() if region == fill.HOME and size in usual}
    return {
        (size, region): seen
        for region, which in AS_AT_HOME.items()
        for size, seen in home.items()
        if which.match(size) and (size, region) not in trusted and families.is_offered(size, region)
    }


def before(family: str) -> str | None:
    """The family of the generation before, of those of which that says what it costs elsewhere."""
    found = _GENERAL.fullmatch(family)
    return f"{found[1]}7{found[2]}" if found else None


def _usable(cells: dict[repair.Cell, repair.Seen]) -> dict[repair.Cell, repair.Seen]:
    return {cell: seen for cell, seen in cells.items() if not _cut_since(cell[0])}


def _is_plain(one: Type) -> bool:
    """Whether its family's price goes by the vCPU."""
    return not (one.accelerated or one.size.burstable or one.size.bare_metal)


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
        gpu_form="SXM" if family(name) in SXM_FAMILIES else None,
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
