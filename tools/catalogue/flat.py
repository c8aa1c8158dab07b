"""Linode and Vultr: recorded answers of their own APIs, with one price in all regions but for Linode's surcharges.

Linode raised what it sells by the shared and the dedicated core by a fifth in April 2023, the smallest plan excepted,
and opened regions since; both are known facts, so that prices of today follow from the answer of 2020.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pinned import FIXTURES, Packages

from .pins import LIBCLOUD
from .rows import COMPUTED, LISTED, MB_PER_GB, Offer, Size, gib

LINODE_PIN = LIBCLOUD["3.3.0"]
LINODE_TYPES, LINODE_REGIONS = "linode_v4/list_types", "linode_v4/list_locations"
LINODE_CAP_HOURS = 666.67
# Linode's only GPU of that day.
LINODE_GPUS = {"rtx6000": ("RTX6000", 24.0)}
RISE, RISE_DAY = 1.2, "2023-04-01"
RAISED_CLASSES = ("standard", "dedicated")
RAISED_SOURCE = f"{LINODE_PIN.label} (a fifth more since April 2023)"
NEWER_REGIONS = (
    *("us-ord", "us-iad", "us-sea", "us-mia", "us-lax", "fr-par", "se-sto", "nl-ams", "it-mil", "es-mad", "in-maa"),
    *("jp-osa", "gb-lon", "au-mel", "in-bom-2", "de-fra-2", "sg-sin-2", "jp-tyo-3", "id-cgk", "br-gru"),
)
# What the same costs more there.
SURCHARGES = {"id-cgk": 1.2, "br-gru": 1.4}
VULTR_PIN = LIBCLOUD["3.6.1"]
VULTR_PLANS, VULTR_METAL = "vultr_v2/list_sizes", "vultr_v2/ex_list_bare_metal_sizes"
METAL_CAP_HOURS, HOURS_A_MONTH = 672.0, 730.0
_CENT = 0.01


def linode(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Each type at each region of 2020; those with GPUs where the region says that it has them."""
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


def linode_raised(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """As `linode`, at the prices and in the regions of since."""
    sizes, found = linode(packages)
    families = {size.id: size.family for size in sizes}
    raised = [_raised(offer) if families[offer.id] in RAISED_CLASSES else offer for offer in found]
    anywhere = {offer.id: offer for offer in raised if families[offer.id] != "gpu"}
    newer = [_elsewhere(offer, region) for offer in anywhere.values() for region in NEWER_REGIONS]
    return sizes, [*raised, *newer]


def _raised(offer: Offer) -> Offer:
    assert offer.hourly and offer.monthly
    hourly, monthly = round(offer.hourly * RISE, 4), round(offer.monthly * RISE, 2)
    return replace(offer, hourly=hourly, monthly=monthly, as_of=RISE_DAY, source=RAISED_SOURCE, confidence=COMPUTED)


def _elsewhere(offer: Offer, region: str) -> Offer:
    """The same in another region; the list rounds a surcharged hour to three places, from a cent on."""
    assert offer.hourly and offer.monthly
    factor = SURCHARGES.get(region, 1.0)
    hourly = offer.hourly * factor
    hourly = hourly if factor == 1 else round(hourly, 3 if offer.hourly >= _CENT else 4)
    monthly = round(offer.monthly * factor, 2)
    return replace(offer, region=region, hourly=hourly, monthly=monthly, confidence=COMPUTED)


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
    """Each plan at each region that has it. Prices are per month: 730 hours, or 672 for a server."""
    plans = packages.fixture(VULTR_PLANS, VULTR_PIN)["plans"]
    metal = packages.fixture(VULTR_METAL, VULTR_PIN)["plans_metal"]
    as_of = packages.file_date(VULTR_PIN, f"{FIXTURES}/{VULTR_PLANS}.json")
    found = []
    for row in (*plans, *metal):
        month = float(row["monthly_cost"])
        cap_hours = METAL_CAP_HOURS if "cpu_threads" in row else None
        hourly = round(month / (cap_hours or HOURS_A_MONTH), 6)
        price = {"hourly": hourly, "monthly": month, "cap_hours": cap_hours}
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
