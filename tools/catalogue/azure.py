"""Azure: libcloud's price list of 2020, and the shapes that Cloud Carbon Footprint knows.

The list has its own spelling (standardd2sv3), and so have the shapes (D2s v3): both become Azure's, Standard_D2s_v3.
Left out are low priority (not sold any more), promotions (over), the two regions of Azure Germany (closed in 2021), and
sizes without a known shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pinned import Packages

from mist_notebook.prices.catalogue.sources import azure_shapes

from .pins import CARBON, LIBCLOUD
from .rows import COMPUTED, LISTED, Offer, Size, known_price

PROVIDER = "azure_arm"
BLOCK = "azure_linux"
PIN = LIBCLOUD["3.3.0"]
SHAPES = "package/dist/lib/VirtualMachineTypes.js"
TABLES = ("VIRTUAL_MACHINE_TYPE_SERIES_MAPPING", "VIRTUAL_MACHINE_TYPE_CONSTRAINED_VCPU_CAPABLE_MAPPING")
GPU_TABLES = ("GPU_VIRTUAL_MACHINE_TYPES", "GPU_VIRTUAL_MACHINE_TYPE_PROCESSOR_MAPPING")
_ROW = re.compile(r"^\s+(?:'([^']+)'|(\w+)): \[?([^\n\]]+?)\]?,$", re.M)
# Azure's letters are capitals before the number and small after it, but for these.
_CAPITAL_FAMILIES = ("Ds", "Gs")
CLOSED_REGIONS = {"germanycentral", "germanynortheast"}
# Regions whose prices Azure cut so much since that those of 2020 mislead.
CUT_REGIONS = {"eastasia", "southafricanorth", "switzerlandnorth", "switzerlandwest"}
# The fourth generation of these, on Intel's processors: the fifth has the same shapes and costs the same.
_SAME_NEXT = re.compile(r"Standard_[DE](?:2|4|8|16|20|32|48|64)d?s?_v4")
# Memory of one GPU in GiB, as the vendor states it.
GPU_GB = {"K80": 12, "P100": 16, "V100": 16, "T4": 16, "M60": 8, "P40": 24}


@dataclass(frozen=True)
class Shape:
    vcpus: float
    ram_gb: float
    gpus: float = 0
    gpu_name: str | None = None


def spelling(name: str) -> str:
    """Azure's id of a size as the table of shapes spells it: ``D2s v3`` is ``Standard_D2s_v3``."""
    plain = re.sub(r" 1$", "", name)
    head, _, tail = plain.partition(" ")
    for family in _CAPITAL_FAMILIES:
        if head.startswith(family):
            head = family.upper() + head[len(family) :]
    head = re.sub(r"(\d+(?:-\d+)?)([A-Z][A-Za-z]*)$", lambda found: found[1] + found[2].lower(), head)
    return "_".join(("Standard", head, *tail.split(" "))) if tail else f"Standard_{head}"


def key(spelled: str) -> str:
    """What is left of a spelling when letter case and punctuation are gone: how the price list names a size."""
    return re.sub(r"[^a-z0-9]", "", spelled.lower())


def family(size_id: str) -> str:
    """The letters around the number: ``Standard_E4-2ds_v4`` is of Edsv4."""
    parts = size_id.removeprefix("Standard_").split("_")
    letters = re.sub(r"\d+(-\d+)?", "", parts[0], count=1)
    return letters + "".join(parts[1:])


def shapes(packages: Packages) -> dict[str, Shape]:
    """The vCPUs, GiB and GPUs of each size, by Azure's id."""
    text = packages.text(CARBON, SHAPES)
    counts = {name: float(count) for name, count in _table(text, GPU_TABLES[0])}
    kinds = {name: kind.rpartition("_")[2] for name, kind in _table(text, GPU_TABLES[1])}
    found: dict[str, Shape] = {}
    for table in TABLES:
        for name, figures in _table(text, table):
            if "Promo" in name:
                continue
            vcpus, ram_gb = (float(figure) for figure in figures.split(", ")[:2])
            found.setdefault(spelling(name), Shape(vcpus, ram_gb, counts.get(name, 0), kinds.get(name)))
    return found


def offers(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Every size that has both a shape and prices."""
    by_key = {key(spelled): (spelled, shape) for spelled, shape in shapes(packages).items()}
    as_of = packages.prices_date(PIN)
    sizes, found = [], []
    for name, regions in packages.price_list(PIN)[BLOCK].items():
        spelled, shape = by_key.get(name, ("", None))
        if shape is None:
            continue
        sizes.append(_size(spelled, shape))
        known = {"provider": PROVIDER, "id": spelled, "as_of": as_of, "source": PIN.label, "confidence": LISTED}
        found += [
            Offer(region=region, hourly=known_price(price), **known)
            for region, price in regions.items()
            if known_price(price) and region not in CLOSED_REGIONS
        ]
    return sizes, found


def standing(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """As `offers`, without the regions whose prices are known to be of their time, and with the fifth generation."""
    sizes, found = offers(packages)
    kept = [one for one in found if one.region not in CUT_REGIONS]
    next_ones = [one for one in kept if _SAME_NEXT.fullmatch(one.id)]
    known = [size for size in sizes if _SAME_NEXT.fullmatch(size.id)]
    return [*sizes, *map(_next_size, known)], [*kept, *map(_next_offer, next_ones)]


def _next_size(size: Size) -> Size:
    name = _next(size.id)
    return replace(size, id=name, name=name, family=family(name))


def _next_offer(offer: Offer) -> Offer:
    return replace(offer, id=_next(offer.id), source=f"{PIN.label} (of the fourth generation)", confidence=COMPUTED)


def _next(size_id: str) -> str:
    return size_id.removesuffix("4") + "5"


def _size(size_id: str, shape: Shape) -> Size:
    """The shape of the table; GPUs by the name, which says more of them."""
    named = azure_shapes.shape(size_id)
    gpus, gpu_name, gpu_gb, form = shape.gpus, shape.gpu_name, GPU_GB.get(shape.gpu_name or ""), None
    if named is not None and named.gpu_name:
        gpus, gpu_name, gpu_gb, form = named.gpus or 0, named.gpu_name, named.gpu_ram_gb, named.gpu_form
    return Size(
        provider=PROVIDER,
        id=size_id,
        name=size_id,
        family=family(size_id),
        vcpus=shape.vcpus,
        ram_gb=shape.ram_gb,
        gpus=gpus,
        gpu_name=gpu_name,
        gpu_ram_gb=gpu_gb,
        gpu_form=form,
        arch="x86_64",
        burstable=family(size_id).startswith("B"),
        bare_metal=False,
        spec_source=CARBON.label,
    )


def _table(text: str, name: str) -> list[tuple[str, str]]:
    """The rows of one of the tables: a name, and what stands behind it."""
    body = text.split(f"exports.{name} = {{")[1].split("\n};")[0]
    return [(quoted or plain, value) for quoted, plain, value in _ROW.findall(body) if "{" not in value]
