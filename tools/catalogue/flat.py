"""Linode and Vultr: recorded answers of their own APIs, with one price in all regions and a month that is capped."""

from __future__ import annotations

from typing import Any

from pinned import FIXTURES, Packages

from .pins import LIBCLOUD
from .rows import COMPUTED, LISTED, MB_PER_GB, Offer, Size, gib

LINODE_PIN = LIBCLOUD["3.3.0"]
LINODE_TYPES, LINODE_REGIONS = "linode_v4/list_types", "linode_v4/list_locations"
LINODE_CAP_HOURS = 666.67
# Linode's only GPU of that day.
LINODE_GPUS = {"rtx6000": ("RTX6000", 24.0)}
VULTR_PIN = LIBCLOUD["3.6.1"]
VULTR_PLANS, VULTR_METAL = "vultr_v2/list_sizes", "vultr_v2/ex_list_bare_metal_sizes"
VULTR_CAP_HOURS = 672.0


def linode(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Each type at each region; those with GPUs where the region says that it has them."""
    types = packages.fixture(LINODE_TYPES, LINODE_PIN)["data"]
    regions = packages.fixture(LINODE_REGIONS, LINODE_PIN)["data"]
    as_of = packages.file_date(LINODE_PIN, f"{FIXTURES}/{LINODE_TYPES}.json")
    found = []
    for row in types:
        price = {"hourly": row["price"]["hourly"], "monthly": row["price"]["monthly"], "cap_hours": LINODE_CAP_HOURS}
        known = {"provider": "linode", "id": row["id"], "as_of": as_of, "source": LINODE_PIN.label}
        needed = "GPU Linodes" if row["gpus"] else "Linodes"
        places = [region["id"] for region in regions if needed in region["capabilities"]]
        found += [Offer(region=place, confidence=LISTED, **price, **known) for place in places]
    return [_linode_size(row) for row in types], found


def _linode_size(row: dict[str, Any]) -> Size:
    """The answer counts memory and disk in MB, the network in Mbit/s."""
    gpu_name, gpu_gb = LINODE_GPUS[row["id"].split("-")[2]] if row["gpus"] else (None, None)
    return Size(
        provider="linode",
        id=row["id"],
        name=row["label"],
        family=row["class"],
        vcpus=row["vcpus"],
        ram_gb=gib(row["memory"]),
        disk_gb=row["disk"] / MB_PER_GB,
        gpus=row["gpus"],
        gpu_name=gpu_name,
        gpu_ram_gb=gpu_gb,
        arch="x86_64",
        burstable=False,
        bare_metal=False,
        net_gbps=row["network_out"] / 1000,
        spec_source=LINODE_PIN.label,
    )


def vultr(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Each plan at each region that has it. Prices are per month, of which an hour is the 672nd part."""
    plans = packages.fixture(VULTR_PLANS, VULTR_PIN)["plans"]
    metal = packages.fixture(VULTR_METAL, VULTR_PIN)["plans_metal"]
    as_of = packages.file_date(VULTR_PIN, f"{FIXTURES}/{VULTR_PLANS}.json")
    found = []
    for row in (*plans, *metal):
        month = float(row["monthly_cost"])
        price = {"hourly": round(month / VULTR_CAP_HOURS, 6), "monthly": month, "cap_hours": VULTR_CAP_HOURS}
        known = {"provider": "vultr", "id": row["id"], "as_of": as_of, "source": VULTR_PIN.label}
        # A plan that is sold out everywhere keeps its price, without a region.
        for place in row["locations"] or [None]:
            found.append(Offer(region=place, confidence=COMPUTED, **price, **known))
    return [_vultr_size(row) for row in (*plans, *metal)], found


def _vultr_size(row: dict[str, Any]) -> Size:
    """Memory is MB; a bare metal plan counts cores and threads, of which the threads are its vCPUs."""
    metal = "cpu_threads" in row
    return Size(
        provider="vultr",
        id=row["id"],
        name=row["id"],
        family=row["id"].partition("-")[0],
        vcpus=row["cpu_threads"] if metal else row["vcpu_count"],
        ram_gb=gib(row["ram"]),
        disk_gb=row["disk"] * row["disk_count"],
        gpus=0,
        arch="x86_64",
        burstable=False,
        bare_metal=metal,
        spec_source=VULTR_PIN.label,
    )
