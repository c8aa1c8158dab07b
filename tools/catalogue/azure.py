"""Azure: libcloud's price list of 2020, and the shapes that Cloud Carbon Footprint knows.

The list has its own spelling (standardd2sv3), and so have the shapes (D2s v3): both become Azure's, Standard_D2s_v3.
Left out are low priority (not sold any more), promotions (over), the two regions of Azure Germany (closed in 2021), and
sizes without a known shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinned import Packages

from .pins import CARBON, LIBCLOUD
from .rows import LISTED, Offer, Size, known_price

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


def _size(size_id: str, shape: Shape) -> Size:
    return Size(
        provider=PROVIDER,
        id=size_id,
        name=size_id,
        family=family(size_id),
        vcpus=shape.vcpus,
        ram_gb=shape.ram_gb,
        gpus=shape.gpus,
        gpu_name=shape.gpu_name,
        gpu_ram_gb=GPU_GB.get(shape.gpu_name or ""),
        arch="x86_64",
        burstable=family(size_id).startswith("B"),
        bare_metal=False,
        spec_source=CARBON.label,
    )


def _table(text: str, name: str) -> list[tuple[str, str]]:
    """The rows of one of the tables: a name, and what stands behind it."""
    body = text.split(f"exports.{name} = {{")[1].split("\n};")[0]
    return [(quoted or plain, value) for quoted, plain, value in _ROW.findall(body) if "{" not in value]
