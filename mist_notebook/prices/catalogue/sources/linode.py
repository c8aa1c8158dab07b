"""Linode's own price list: types and regions of its API v4, which need no token.

A type is offered in every core region that has what its class needs; some regions have prices of their own. The small
distributed sites are left out. Disk and memory are in MB there, the network in Mbit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import (
    COMPUTED,
    LISTED,
    ON_DEMAND,
    SPOT,
    PriceRow,
    figure,
    from_mb,
    only_whole,
)

T = TypeVar("T")

_PAGE_SIZE = "500"
_CAP_HOURS = 2000 / 3
_NEEDS = {"gpu": "GPU Linodes", "premium": "Premium Plans", "accelerated": "NETINT Quadra T1U"}
_PLAIN = "Linodes"
_GPU = re.compile(r"\b(RTX ?[0-9]+(?: Ada| PRO)?)", re.I)


class _Price(msgspec.Struct):
    hourly: float | None = None
    monthly: float | None = None


class _RegionPrice(msgspec.Struct):
    id: str
    hourly: float | None = None
    monthly: float | None = None


class _Type(msgspec.Struct):
    id: str
    label: str | None = None
    family: str | None = msgspec.field(name="class", default=None)
    vcpus: float | None = None
    memory: float | None = None
    disk: float | None = None
    gpus: float | None = None
    network_out: float | None = None
    price: _Price | None = None
    region_prices: list[_RegionPrice] = []


class _Region(msgspec.Struct):
    id: str
    capabilities: list[str] = []
    site_type: str | None = None


class _Page(msgspec.Struct, Generic[T]):
    data: list[T]
    page: int
    pages: int
    results: int


@dataclass(frozen=True)
class Linode:
    """The price list of Linode, whole."""

    url: str = "https://api.linode.com/v4"
    total_s: float = 120.0
    name: str = "linode"
    provider: str = "linode"
    source: str = "Linode API v4"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every type at every region that can have it."""
        types = _all(reader, "/linode/types", _Page[_Type])
        places = [place for place in _all(reader, "/regions", _Page[_Region]) if place.site_type != "distributed"]
        return [
            row
            for one in types
            for place in places
            if _NEEDS.get(one.family or "", _PLAIN) in place.capabilities and (row := _row(one, place.id))
        ]


def _all(reader: Reader, path: str, kind: type[_Page[T]]) -> list[T]:
    """The items of all pages, as many as the first one promises."""
    found: list[T] = []
    number, pages = 0, 1
    while number < pages:
        number += 1
        page = reader.page(path, kind, {"page": str(number), "page_size": _PAGE_SIZE})
        if page.page != number:
            raise ApiError(f"Linode sends page {page.page} of {path}, where page {number} was asked for.")
        found += page.data
        pages, promised = page.pages, page.results
        reader.count(len(page.data))
    if len(found) != promised:
        raise ApiError(f"Linode says that {path} has {promised:,} items, and sends {len(found):,}.")
    return found


def _row(one: _Type, region: str) -> PriceRow | None:
    """The type at the region; `None` where the list has no price for it."""
    base = one.price or _Price()
    price = next((special for special in one.region_prices if special.id == region), base)
    hourly, monthly = figure(price.hourly), figure(price.monthly)
    if hourly is None and monthly is None:
        return None
    gpu = _GPU.search(one.label or "") if one.gpus else None
    return PriceRow(
        id=one.id,
        name=one.label,
        family=one.family,
        vcpus=figure(one.vcpus),
        ram_gb=from_mb(one.memory),
        disk_gb=from_mb(one.disk),
        gpus=one.gpus,
        gpu_name=gpu[1] if gpu else None,
        arch="x86_64",
        burstable=False,
        bare_metal=False,
        net_gbps=one.network_out / 1000 if figure(one.network_out) and one.network_out else None,
        region=region,
        price_hourly=hourly if hourly is not None else (monthly or 0) / _CAP_HOURS,
        price_monthly=monthly if monthly is not None else (hourly or 0) * min(_CAP_HOURS, HOURS_A_MONTH),
        cap_hours=_CAP_HOURS,
        confidence=LISTED if hourly is not None else COMPUTED,
        spec_source="api",
    )
