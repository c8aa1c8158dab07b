"""Scaleway's own prices: the kinds of server of each zone of its API, which lists them without a key. In EUR.

A kind whose service ends is left out. Memory is in bytes there, as are disks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import COMPUTED, LISTED, ON_DEMAND, PriceRow, figure

ZONES = ("fr-par-1", "fr-par-2", "fr-par-3", "nl-ams-1", "nl-ams-2", "nl-ams-3", "pl-waw-1", "pl-waw-2", "pl-waw-3")
_PER_PAGE = 100
_MOST_PAGES = 50
_BYTES_A_GB = 1 << 30
_ARM = ("arm", "arm64")


class _Gpu(msgspec.Struct):
    name: str | None = msgspec.field(name="gpu_name", default=None)
    memory: float | None = msgspec.field(name="gpu_memory", default=None)


class _Limits(msgspec.Struct):
    most: float | None = msgspec.field(name="max_size", default=None)


class _Network(msgspec.Struct):
    bits: float | None = msgspec.field(name="sum_internet_bandwidth", default=None)


class _Server(msgspec.Struct):
    hourly_price: float | None = None
    monthly_price: float | None = None
    ncpus: float | None = None
    ram: float | None = None
    arch: str | None = None
    gpu: float | None = None
    gpu_info: _Gpu | None = None
    baremetal: bool | None = None
    end_of_service: bool | None = None
    volumes_constraint: _Limits | None = None
    network: _Network | None = None


class _Page(msgspec.Struct):
    servers: dict[str, _Server]


@dataclass(frozen=True)
class Scaleway:
    """The prices of Scaleway's instances, of all zones or of some."""

    url: str = "https://api.scaleway.com"
    total_s: float = 60.0
    name: str = "scaleway"
    provider: str = "scaleway"
    source: str = "Scaleway API"
    kinds: tuple[str, ...] = (ON_DEMAND,)
    currency: str = "EUR"

    def region(self, text: str) -> str:
        """A zone as Scaleway spells it. Raises BadValueError, with the nearest, for one that there isn't."""
        spelled = text.strip().casefold()
        if spelled not in ZONES:
            raise BadValueError(f"'{brief(text)}' isn't a zone of Scaleway.", did_you_mean(spelled, ZONES, "zone"))
        return spelled

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:
        """Every kind of server of these zones, or of all."""
        found = reader.together(list(regions or ZONES), lambda zone: list(self._servers(reader, zone)))
        return [
            _row(name, server, zone)
            for zone, servers in found
            for name, server in servers
            if not server.end_of_service and figure(server.hourly_price)
        ]

    def _servers(self, reader: Reader, zone: str) -> Iterator[tuple[str, _Server]]:
        for number in range(1, _MOST_PAGES + 1):
            asked = {"per_page": str(_PER_PAGE), "page": str(number)}
            servers = reader.page(f"/instance/v1/zones/{zone}/products/servers", _Page, asked).servers
            reader.count(len(servers))
            yield from servers.items()
            if len(servers) < _PER_PAGE:
                return


def _row(name: str, server: _Server, zone: str) -> PriceRow:
    gpu = server.gpu_info or _Gpu()
    hourly = server.hourly_price or 0.0
    monthly = figure(server.monthly_price)
    return PriceRow(
        id=name,
        family=name.partition("-")[0],
        vcpus=figure(server.ncpus),
        ram_gb=_gb(server.ram),
        disk_gb=_gb(server.volumes_constraint.most) if server.volumes_constraint else None,
        gpus=server.gpu or 0.0,
        gpu_name=gpu.name if server.gpu else None,
        gpu_ram_gb=_gb(gpu.memory) if server.gpu else None,
        arch="arm64" if (server.arch or "") in _ARM else server.arch,
        bare_metal=server.baremetal,
        net_gbps=figure(server.network.bits / 1e9 if server.network and server.network.bits else None),
        region=zone,
        price_hourly=hourly,
        price_monthly=monthly or hourly * HOURS_A_MONTH,
        confidence=LISTED if monthly else COMPUTED,
        spec_source="api",
    )


def _gb(count: float | None) -> float | None:
    return figure(count / _BYTES_A_GB) if count else None
