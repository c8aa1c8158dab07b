"""Vultr's own price list: plans and bare metal plans of its API v2, which need no key.

A plan says where it is offered, and costs the same everywhere. Its month is the exact price; its hour, where given
at all, is rounded to a tenth of a cent: the month of 672 or 730 hours that it comes from is found again; without one
a month is 730 hours, and 672 on bare metal. Memory is in MB, disk in GB for each disk, a GPU's memory in GB for the
plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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

_PER_PAGE = "500"
_METAL_HOURS = 672.0
_ROUNDED = 0.00051
_GPU_GB = {"A16": 16, "A40": 48, "A100": 80, "GH200": 96, "H100": 80, "L40S": 48, "MI300X": 192, "MI325X": 256}
_SLICE = re.compile(r"vcg-([a-z0-9]+)-.*-([0-9]+)vram")
_WHOLE = re.compile(r"-(?:([0-9]+)-)?([a-z0-9]+)-gpu$")
_ARM = ("gh200",)


class _Plan(msgspec.Struct):
    id: str
    type: str | None = None
    vcpu_count: float | None = None
    cpu_count: float | None = None
    cpu_threads: float | None = None
    ram: float | None = None
    disk: float | None = None
    disk_count: float | None = None
    monthly_cost: float | None = None
    hourly_cost: float | None = None
    monthly_cost_preemptible: float | None = None
    hourly_cost_preemptible: float | None = None
    gpu_vram_gb: float | None = None
    gpu_type: str | None = None
    locations: list[str] = []


class _Links(msgspec.Struct):
    next: str | None = None


class _Meta(msgspec.Struct):
    total: int
    links: _Links


class _Plans(msgspec.Struct):
    items: list[_Plan] = msgspec.field(name="plans")
    meta: _Meta


class _Metal(msgspec.Struct):
    items: list[_Plan] = msgspec.field(name="plans_metal")
    meta: _Meta


@dataclass(frozen=True)
class Vultr:
    """The price list of Vultr, whole."""

    url: str = "https://api.vultr.com/v2"
    total_s: float = 120.0
    name: str = "vultr"
    provider: str = "vultr"
    source: str = "Vultr API v2"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every plan at each of its locations; at the price of a preemptible one too, where there is one."""
        found = {plan.id: (plan, False) for kind in ("all", "vcg") for plan in _all(reader, "/plans", _Plans, kind)}
        found |= {plan.id: (plan, True) for plan in _all(reader, "/plans-metal", _Metal)}
        return [
            _row(plan, region, kind, cost, is_metal=is_metal)
            for plan, is_metal in found.values()
            for kind, cost in _costs(plan, is_metal=is_metal)
            for region in dict.fromkeys(plan.locations)
        ]


def _all(reader: Reader, path: str, kind: type[_Plans] | type[_Metal], plans: str = "") -> list[_Plan]:
    """The plans of all pages, as many as the last one promises."""
    found: list[_Plan] = []
    params = {"per_page": _PER_PAGE} | ({"type": plans} if plans else {})
    cursor = ""
    while True:
        page = reader.page(path, kind, params | ({"cursor": cursor} if cursor else {}))
        found += page.items
        reader.count(len(page.items))
        cursor = page.meta.links.next or ""
        if not cursor:
            break
    if len(found) != page.meta.total:
        raise ApiError(f"Vultr says that {path} has {page.meta.total:,} plans, and sends {len(found):,}.")
    return found


@dataclass(frozen=True)
class _Cost:
    hourly: float
    monthly: float
    cap_hours: float | None
    confidence: str = LISTED


def _costs(plan: _Plan, *, is_metal: bool) -> Iterator[tuple[str, _Cost]]:
    """What the plan costs, by kind, as far as the list says."""
    for kind, monthly, hourly in (
        (ON_DEMAND, plan.monthly_cost, plan.hourly_cost),
        (SPOT, plan.monthly_cost_preemptible, plan.hourly_cost_preemptible),
    ):
        cost = _cost(figure(monthly), figure(hourly), _METAL_HOURS if is_metal else HOURS_A_MONTH)
        if cost:
            yield kind, cost


def _cost(monthly: float | None, hourly: float | None, usual_hours: float) -> _Cost | None:
    if monthly is None:
        return None if hourly is None else _Cost(hourly, hourly * usual_hours, _cap(usual_hours))
    if hourly is None:
        return _Cost(monthly / usual_hours, monthly, _cap(usual_hours), COMPUTED)
    for hours in (_METAL_HOURS, HOURS_A_MONTH):
        if abs(monthly / hours - hourly) <= _ROUNDED:
            return _Cost(monthly / hours, monthly, _cap(hours))
    return _Cost(hourly, monthly, _cap(monthly / hourly))


def _cap(hours: float) -> float | None:
    """After how many hours a month is paid; nothing where that is the whole month."""
    return hours if hours < HOURS_A_MONTH else None


@dataclass(frozen=True)
class _Gpu:
    """What a plan has of GPUs; a slice of one is less than 1."""

    count: float | None = None
    name: str | None = None
    ram_gb: float | None = None


def _gpu(plan: _Plan) -> _Gpu:
    """By the plan's own fields, else by its id, else none."""
    part, whole = _SLICE.fullmatch(plan.id), _WHOLE.search(plan.id)
    if whole and not plan.gpu_type:
        name = whole[2].upper()
        return _Gpu(float(whole[1] or 1), name, _GPU_GB.get(name))
    vram_gb = plan.gpu_vram_gb or (float(part[2]) if part else None)
    name = (plan.gpu_type or "").rpartition("_")[2] or (part[1].upper() if part else "")
    if not name:
        return _Gpu(0.0)
    card_gb = _GPU_GB.get(name)
    if not (card_gb and vram_gb):
        return _Gpu(None, name)
    return _Gpu(vram_gb / card_gb, name, min(float(card_gb), vram_gb))


def _row(plan: _Plan, region: str, kind: str, cost: _Cost, *, is_metal: bool) -> PriceRow:
    gpu = _gpu(plan)
    disks = 1 if plan.disk_count is None else plan.disk_count
    return PriceRow(
        id=plan.id,
        name=plan.id,
        family="vbm" if is_metal else plan.type,
        vcpus=figure(plan.vcpu_count or plan.cpu_threads or plan.cpu_count),
        ram_gb=from_mb(plan.ram),
        disk_gb=None if plan.disk is None else plan.disk * disks,
        gpus=gpu.count,
        gpu_name=gpu.name,
        gpu_ram_gb=gpu.ram_gb,
        arch="arm64" if any(word in plan.id for word in _ARM) else "x86_64",
        burstable=False,
        bare_metal=is_metal,
        region=region,
        kind=kind,
        price_hourly=cost.hourly,
        price_monthly=cost.monthly,
        cap_hours=cost.cap_hours,
        confidence=cost.confidence,
        spec_source="api",
    )
