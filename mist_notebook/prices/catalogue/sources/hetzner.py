"""Hetzner's own prices: the server types of its API, with a price for each location. It wants a token; in EUR.

The token of the `hcloud` command serves: HCLOUD_TOKEN. Prices are without tax. What is being withdrawn at a location
is left out there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.errors import ApiError
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import ON_DEMAND, PriceRow, figure, only_whole

from .ec2 import number

_PER_PAGE = "50"


class _Money(msgspec.Struct):
    net: str


class _AtLocation(msgspec.Struct):
    location: str
    price_hourly: _Money
    price_monthly: _Money


class _Type(msgspec.Struct):
    name: str
    cores: float | None = None
    memory: float | None = None
    disk: float | None = None
    architecture: str | None = None
    cpu_type: str | None = None
    deprecated: bool | None = None
    prices: list[_AtLocation] = []


class _Pages(msgspec.Struct):
    next_page: int | None = None
    total_entries: int | None = None


class _Meta(msgspec.Struct):
    pagination: _Pages


class _Page(msgspec.Struct):
    server_types: list[_Type]
    meta: _Meta


@dataclass(frozen=True)
class Hetzner:
    """The prices of Hetzner Cloud, whole; with a token of the user's."""

    url: str = "https://api.hetzner.cloud/v1"
    total_s: float = 30.0
    name: str = "hetzner"
    provider: str = "hetzner"
    source: str = "Hetzner API"
    kinds: tuple[str, ...] = (ON_DEMAND,)
    currency: str = "EUR"
    token_variable: str = "HCLOUD_TOKEN"  # noqa: S105 - the name of a variable

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every type at each location that has a price for it."""
        return [row for one in _all(reader) if not one.deprecated for row in _rows(one)]


def _all(reader: Reader) -> list[_Type]:
    found: list[_Type] = []
    number_, promised = 1, None
    while number_:
        page = reader.page("/server_types", _Page, {"per_page": _PER_PAGE, "page": str(number_)})
        reader.count(len(page.server_types))
        found += page.server_types
        number_, promised = page.meta.pagination.next_page or 0, page.meta.pagination.total_entries
    if promised is not None and promised != len(found):
        raise ApiError(f"Hetzner says that it has {promised:,} types, and sends {len(found):,}.")
    return found


def _rows(one: _Type) -> Iterator[PriceRow]:
    for price in one.prices:
        hourly, monthly = figure(number(price.price_hourly.net)), figure(number(price.price_monthly.net))
        if hourly is None or monthly is None:
            continue
        yield PriceRow(
            id=one.name,
            family=one.name.rstrip("0123456789"),
            vcpus=figure(one.cores),
            ram_gb=figure(one.memory),
            disk_gb=figure(one.disk),
            gpus=0.0,
            arch="arm64" if one.architecture == "arm" else "x86_64",
            burstable=False,
            bare_metal=False,
            region=price.location,
            price_hourly=hourly,
            price_monthly=monthly,
            cap_hours=monthly / hourly,
            spec_source="api",
        )
