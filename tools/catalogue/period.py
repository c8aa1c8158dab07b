"""The world of 2014: the sandbox's own catalogues, EC2's other regions, Azure's first sizes, OpenStack's samples."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from pinned import DRIVERS, FIXTURES, Packages
from sandbox_data import pins as sandbox
from sandbox_data.providers import CATALOGUES

from . import azure
from .pins import LIBCLOUD
from .rows import EXAMPLE, PERIOD, Offer, Size, gib, known_price

# How many hours a month is at most, where the provider capped it.
CAP_HOURS = {"digitalocean": 672.0, "linode": 666.67}
PIN = LIBCLOUD["0.15.1"]
AZURE_PIN = LIBCLOUD["0.19.0"]
AZURE_SOURCE = f"{AZURE_PIN.label} (Azure classic)"
# The regions whose prices stand in a block of their own, by the block's name.
EC2_BLOCKS = {
    "ec2_us_east": "us-east-1",
    "ec2_us_west": "us-west-1",
    "ec2_us_west_oregon": "us-west-2",
    "ec2_us_govwest": "us-gov-west-1",
    "ec2_us_east_ohio": "us-east-2",
    "ec2_ca_central": "ca-central-1",
    "ec2_ca_central_1": "ca-central-1",
    "ec2_eu_west": "eu-west-1",
    "ec2_eu_west_2": "eu-west-2",
    "ec2_eu_west_london": "eu-west-2",
    "ec2_eu_west_3": "eu-west-3",
    "ec2_eu_central": "eu-central-1",
    "ec2_ap_southeast": "ap-southeast-1",
    "ec2_ap_southeast_2": "ap-southeast-2",
    "ec2_ap_northeast": "ap-northeast-1",
    "ec2_ap_south_1": "ap-south-1",
    "ec2_sa_east": "sa-east-1",
}
RACKSPACE_BLOCKS = {"rackspacenovalon": "lon", "rackspacenovasyd": "syd"}
_FAMILIES = {"nephoscale": r"[A-Z]+", "rackspace": r"performance\d", "linode": r"Linode", "ec2": r"[a-z]+\d+"}


def offers(folder: Path, packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Every size of those days, priced where a source has a price."""
    sizes, found = _sandboxes(Packages(folder, sandbox.PINS, sandbox.LIBCLOUD))
    known = {size.key for size in sizes}
    found += _elsewhere(packages, known, EC2_BLOCKS, "ec2")
    found += _elsewhere(packages, known, RACKSPACE_BLOCKS, "rackspace")
    for more_sizes, more in (_azure(packages), _openstack(packages)):
        sizes += more_sizes
        found += more
    return sizes, found


def _sandboxes(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """What the sandbox's catalogues are made of, made again."""
    sizes: list[Size] = []
    found: list[Offer] = []
    for provider in (name for name in CATALOGUES):
        catalogue = CATALOGUES[provider](packages)
        sizes += [_size(provider, row) for row in catalogue["sizes"]]
        found += [offer for row in catalogue["sizes"] for offer in _offers(provider, row, catalogue)]
    return sizes, found


def _size(provider: str, row: dict[str, Any]) -> Size:
    identity, name = row["external_id"], row["name"]
    family = re.match(_FAMILIES.get(provider, "$"), identity if provider in {"ec2", "rackspace"} else name)
    architecture = {"x86": "x86_64", "arm": "arm64"}.get(row["architecture"])
    return Size(
        provider=provider,
        id=identity,
        name=name,
        family=family[0] if family else None,
        vcpus=row["cpus"],
        ram_gb=gib(row["ram"]),
        disk_gb=row["disk"],
        gpus=None if provider == "ec2" else 0,
        arch=architecture,
        spec_source=row["extra"]["source"],
    )


def _offers(provider: str, row: dict[str, Any], catalogue: dict[str, Any]) -> list[Offer]:
    """A size at each of its provider's places, which all had one price; without a price, once and nowhere."""
    extra = row["extra"]
    known = {"provider": provider, "id": row["external_id"]}
    if "price" not in extra:
        return [Offer(as_of=catalogue["as_of"], source=extra["source"], **known)]
    note = f" ({extra['price_note'].partition(':')[0]})" if "price_note" in extra else ""
    price = {
        "hourly": extra["price"],
        "monthly": extra.get("price_monthly"),
        "cap_hours": CAP_HOURS.get(provider),
        "as_of": extra["price_as_of"],
        "source": extra["price_source"] + note,
        "confidence": PERIOD,
    }
    return [Offer(region=place, **price, **known) for place in _places(row["external_id"], catalogue)]


def _places(size_id: str, catalogue: dict[str, Any]) -> list[str]:
    """Where a size was offered: its cloud's region, else the locations that have it, by the name people know."""
    if catalogue["region"]:
        return [catalogue["region"]]
    by_id = catalogue["provider"] in {"rackspace", "softlayer"}
    return [
        place["external_id"] if by_id else place["name"]
        for place in catalogue["locations"]
        if place.get("available_sizes") is None or size_id in place["available_sizes"]
    ]


def _elsewhere(packages: Packages, known: set[tuple[str, str]], blocks: dict[str, str], provider: str) -> list[Offer]:
    """The prices of the same sizes in the regions that have a block of their own in the list of 2014-04-10."""
    lists, found = packages.price_list(PIN), []
    price = {"as_of": packages.prices_date(PIN), "source": PIN.label, "confidence": PERIOD}
    for block, region in blocks.items():
        for size, listed in lists.get(block, {}).items():
            hourly = known_price(listed)
            if (provider, size) in known and hourly:
                found.append(Offer(provider=provider, id=size, region=region, hourly=hourly, **price))
    return found


def _azure(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Azure's first, since retired, service. Its driver can't be parsed by today's Python, its table of sizes can."""
    member = f"{DRIVERS}/azure.py"
    text = packages.text(AZURE_PIN, member)
    table = re.search(r"^AZURE_COMPUTE_INSTANCE_TYPES = (\{.*?^\})", text, re.M | re.S)
    assert table is not None
    sizes, found = [], []
    for name, row in ast.literal_eval(table[1]).items():
        cores = row["cores"] if isinstance(row["cores"], int) else None
        figures = {"vcpus": cores, "ram_gb": gib(row["ram"]), "burstable": cores is None}
        sizes.append(
            Size(
                provider=azure.PROVIDER,
                id=row["id"],
                name=row["name"],
                family=re.sub(r"\d", "", name),
                gpus=0,
                arch="x86_64",
                spec_source=AZURE_PIN.label,
                **figures,
            )
        )
        price = {"hourly": float(row["price"]), "as_of": packages.file_date(AZURE_PIN, member), "confidence": PERIOD}
        found.append(Offer(provider=azure.PROVIDER, id=row["id"], source=AZURE_SOURCE, **price))
    return sizes, found


def _openstack(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Sample flavours without a price: what an OpenStack costs, its owner says."""
    name = "openstack_v1.1/_flavors_detail"
    rows = sorted(packages.fixture(name, PIN)["flavors"], key=lambda row: int(row["id"]))
    as_of = packages.file_date(PIN, f"{FIXTURES}/{name}.json")
    known = {"provider": "openstack", "as_of": as_of, "source": PIN.label, "confidence": EXAMPLE}
    sizes = [
        Size(
            provider="openstack",
            id=str(row["id"]),
            name=row["name"],
            vcpus=row["vcpus"],
            ram_gb=gib(row["ram"]),
            disk_gb=row["disk"],
            spec_source=PIN.label,
        )
        for row in rows
    ]
    return sizes, [Offer(id=size.id, **known) for size in sizes]
