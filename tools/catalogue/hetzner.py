"""Hetzner: the answer of its price service, as ec2instance brings it along. Prices are EUR without VAT, by location.

An hour is what the answer says, a month is capped at its own price, after some 624 hours. Types that the answer still
has and that are deprecated everywhere are not offered.
"""

from __future__ import annotations

import re
from typing import Any

from pinned import Packages

from .pins import EC2INSTANCE
from .rows import LISTED, Offer, Size

PROVIDER = "hetzner"
MEMBER = "hetznerinstance/pricing.json"
_SHAPE = re.compile(r"(\d+) vCPU(?: \((ARM|ded\.)\))?, (\d+)GB RAM, (\d+)GB SSD")
_DIGITS = 2


def answer(packages: Packages) -> dict[str, Any]:
    """The answer of the price service itself."""
    found: dict[str, Any] = packages.json(EC2INSTANCE, MEMBER)["raw"]["pricing"]
    if found["currency"] != "EUR" or float(found["vat_rate"]):
        raise ValueError(f"{EC2INSTANCE.label}: not net prices in EUR")
    return found


def offers(packages: Packages) -> tuple[list[Size], list[Offer]]:
    """Each type at each location that has it."""
    listed = packages.json(EC2INSTANCE, MEMBER)["server_types"]
    answer(packages)
    known = {"provider": PROVIDER, "as_of": EC2INSTANCE.date, "source": EC2INSTANCE.label, "confidence": LISTED}
    found = []
    for size, row in listed.items():
        for location, price in row["locations"].items():
            cap = {"monthly": price["monthly"], "cap_hours": round(price["monthly"] / price["hourly"], _DIGITS)}
            found.append(Offer(id=size, region=location, hourly=price["hourly"], currency="EUR", **cap, **known))
    return [_size(size, row["desc"]) for size, row in listed.items()], found


def _size(size: str, said: str) -> Size:
    shape = _SHAPE.fullmatch(said)
    assert shape, f"{EC2INSTANCE.label}: {size} is '{said}'"
    return Size(
        provider=PROVIDER,
        id=size,
        name=size,
        family=size.rstrip("0123456789"),
        vcpus=float(shape[1]),
        ram_gb=float(shape[3]),
        disk_gb=float(shape[4]),
        gpus=0,
        arch="arm64" if shape[2] == "ARM" else "x86_64",
        burstable=False,
        bare_metal=False,
        spec_source=EC2INSTANCE.label,
    )
