"""OVHcloud's own prices: the public catalogue of its public cloud, some megabytes, which needs no key. In EUR.

A plan `b3-8.consumption` is the size b3-8 by the hour, `b3-8.monthly.postpaid` by the month; money is counted in
hundred-millionths. The catalogue says what a size is, and not everywhere where it is sold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.text import brief
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import COMPUTED, LISTED, ON_DEMAND, PriceRow, figure, only_whole

_UNIT = 1e-8
_HOURLY, _MONTHLY = ".consumption", ".monthly.postpaid"
_LOCAL_ZONE = ".LZ"


class _Pricing(msgspec.Struct):
    price: float
    type: str | None = None
    capacities: list[str] = []


class _Cpu(msgspec.Struct):
    cores: float | None = None


class _Memory(msgspec.Struct):
    size: float | None = None


class _Disk(msgspec.Struct):
    capacity: float | None = None
    number: float | None = None


class _Storage(msgspec.Struct):
    disks: list[_Disk] = []


class _GpuMemory(msgspec.Struct):
    size: float | None = None


class _Gpu(msgspec.Struct):
    model: str | None = None
    number: float | None = None
    memory: _GpuMemory | None = None


class _Bandwidth(msgspec.Struct):
    level: float | None = None


class _Technical(msgspec.Struct):
    cpu: _Cpu | None = None
    memory: _Memory | None = None
    storage: _Storage | None = None
    gpu: _Gpu | None = None
    bandwidth: _Bandwidth | None = None


class _Commercial(msgspec.Struct):
    brick: str | None = None
    brick_sub: str | None = msgspec.field(name="brickSubtype", default=None)


class _Blobs(msgspec.Struct):
    technical: _Technical | None = None
    commercial: _Commercial | None = None


class _Region(msgspec.Struct):
    name: str
    values: list[str] = []


class _Addon(msgspec.Struct, rename="camel"):
    plan_code: str
    invoice_name: str | None = None
    pricings: list[_Pricing] = []
    blobs: _Blobs | None = None
    configurations: list[_Region] = []


class _Locale(msgspec.Struct, rename="camel"):
    currency_code: str


class _Catalogue(msgspec.Struct):
    addons: list[_Addon]
    locale: _Locale


@dataclass(frozen=True)
class Ovh:
    """The prices of OVHcloud's instances, whole."""

    url: str = "https://api.ovh.com"
    total_s: float = 60.0
    name: str = "ovh"
    provider: str = "ovh"
    source: str = "OVHcloud catalogue"
    kinds: tuple[str, ...] = (ON_DEMAND,)
    currency: str = "EUR"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every size by the hour, at the regions that its plan names; at none, where it names none."""
        found = reader.page("/1.0/order/catalog/public/cloud", _Catalogue, {"ovhSubsidiary": "FR"})
        if found.locale.currency_code != "EUR":
            raise ApiError(f"OVHcloud's prices are in {brief(found.locale.currency_code)}, where EUR was asked for.")
        reader.count(len(found.addons))
        months = {
            addon.plan_code.removesuffix(_MONTHLY): _price(addon)
            for addon in found.addons
            if addon.plan_code.endswith(_MONTHLY)
        }
        return [row for addon in found.addons for row in _rows(addon, months)]


def _price(addon: _Addon) -> float | None:
    prices = [figure(pricing.price * _UNIT) for pricing in addon.pricings if "renew" not in pricing.capacities]
    return next((price for price in prices if price), None)


def _rows(addon: _Addon, months: dict[str, float | None]) -> Iterator[PriceRow]:
    name = addon.plan_code.removesuffix(_HOURLY)
    technical = addon.blobs.technical if addon.blobs else None
    price = _price(addon)
    is_size = addon.plan_code.endswith(_HOURLY) and technical and technical.cpu and technical.memory
    if not is_size or technical is None or price is None or name.startswith("win-") or _LOCAL_ZONE in name:
        return
    places = [value for one in addon.configurations if one.name == "region" for value in one.values]
    for region in places or ["all"]:
        yield _row(name, technical, region, price, months.get(name))


def _row(name: str, technical: _Technical, region: str, price: float, month: float | None) -> PriceRow:
    gpu, disks = technical.gpu, technical.storage.disks if technical.storage else []
    level = technical.bandwidth.level if technical.bandwidth else None
    return PriceRow(
        id=name,
        family=name.partition("-")[0],
        vcpus=figure(technical.cpu.cores if technical.cpu else None),
        ram_gb=figure(technical.memory.size if technical.memory else None),
        disk_gb=sum((disk.capacity or 0) * (disk.number or 1) for disk in disks) if disks else None,
        gpus=(gpu.number or 0.0) if gpu else 0.0,
        gpu_name=gpu.model if gpu else None,
        gpu_ram_gb=figure(gpu.memory.size) if gpu and gpu.memory else None,
        arch="x86_64",
        bare_metal=name.startswith("bm-"),
        net_gbps=figure(level / 1000 if level else None),
        region=region,
        price_hourly=price,
        price_monthly=month or price * HOURS_A_MONTH,
        confidence=LISTED if month else COMPUTED,
        spec_source="api",
    )
