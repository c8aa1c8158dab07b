"""EC2's older instance types: still in the price lists, and not in the answers of accounts of today; from libcloud."""

from __future__ import annotations

import ast
import re
from typing import Any

from pinned import Packages

from .pins import LIBCLOUD
from .rows import MB_PER_GB, Size

PIN = LIBCLOUD["3.9.1"]
TABLE = "libcloud/compute/constants/ec2_instance_types.py"
# The GPU of a family, and the memory of each in GiB, as the vendor states them.
GPUS = {
    "g3": ("M60", 8.0),
    "g3s": ("M60", 8.0),
    "g4ad": ("Radeon Pro V520", 8.0),
    "p2": ("K80", 12.0),
    "p3": ("V100", 16.0),
}
# Listed to this day, and sold no more.
GONE = {"cc2", "cr1", "g2", "hs1"}
_DISKS = re.compile(r"(\d+) x (\d+)")


def sizes(packages: Packages) -> list[Size]:
    """Those of which the table knows vCPUs and memory, by name."""
    table = _table(packages)
    return [_size(name, table[name]) for name in sorted(table) if _is_known(name, table[name]["extra"])]


def _table(packages: Packages) -> dict[str, Any]:
    for node in ast.parse(packages.text(PIN, TABLE)).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "INSTANCE_TYPES":
            return dict(ast.literal_eval(node.value))
    raise KeyError(f"{PIN.label}: {TABLE} has no table")


def _is_known(name: str, said: dict[str, str]) -> bool:
    """Whether its shape is: a family with GPUs of which we don't know which they are is left out."""
    family = name.partition(".")[0]
    return family not in GONE and said.get("vcpu", "").isdigit() and (not said.get("gpu") or family in GPUS)


def _size(name: str, row: dict[str, Any]) -> Size:
    said, family = row["extra"], name.partition(".")[0]
    count = float(said.get("gpu") or 0)
    gpu_name, gpu_gb = GPUS.get(family, (None, None)) if count else (None, None)
    return Size(
        provider="ec2",
        id=name,
        name=name,
        family=family,
        vcpus=float(said["vcpu"]),
        ram_gb=row["ram"] / MB_PER_GB,
        disk_gb=_disk_gb(said.get("storage", "")),
        gpus=count,
        gpu_name=gpu_name,
        gpu_ram_gb=gpu_gb,
        gpu_form="SXM" if family == "p3" else None,
        arch="arm64" if "Graviton" in said.get("physicalProcessor", "") else "x86_64",
        burstable=family.startswith("t"),
        bare_metal=".metal" in name,
        spec_source=PIN.label,
    )


def _disk_gb(said: str) -> float | None:
    """`EBS only` is none, `2 x 320 SSD` is 640; what reads otherwise is unknown."""
    if said == "EBS only":
        return 0.0
    found = _DISKS.match(said)
    return float(found[1]) * float(found[2]) if found else None
