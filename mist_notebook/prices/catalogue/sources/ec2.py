"""Amazon's own prices of EC2 on demand: the files behind its price page, one a region, which need no key.

They are a site's files and no documented API: another shape is an error, a region whose file is gone is named, and
the figures stay on the computer that fetched them. Linux without a licence and without software is kept, Windows too
where that is asked for; the price of 0 that some rows have is unknown. GPUs and the architecture are not in them, and
come from the embedded catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import LINUX, ON_DEMAND, PriceRow, figure

from .ec2_locations import LOCATIONS, region_of

_PATH = "/pricing/2.0/meteredUnitMaps/ec2/USD/current/ec2-ondemand-without-sec-sel"
_FREE_LICENCE = ("", "no license required")
_NO_SOFTWARE = ("", "na", "n/a", "none")
_GIB = re.compile(r"([0-9][0-9.,]*)\s*GiB", re.I)
_DISKS = re.compile(r"([0-9]+)\s*x\s*([0-9][0-9.,]*)\s*(GB|TB)?", re.I)
_GBIT = re.compile(r"^([0-9][0-9.]*)\s*Gigabit", re.I)


class _Item(msgspec.Struct):
    """One size at one place. All of it is text there."""

    price: str
    size: str = msgspec.field(name="Instance Type")
    vcpus: str | None = msgspec.field(name="vCPU", default=None)
    memory: str | None = msgspec.field(name="Memory", default=None)
    storage: str | None = msgspec.field(name="Storage", default=None)
    network: str | None = msgspec.field(name="Network Performance", default=None)
    licence: str | None = msgspec.field(name="License Model", default=None)
    software: str | None = msgspec.field(name="Pre Installed S/W", default=None)
    system: str | None = msgspec.field(name="Operating System", default=None)


class _Manifest(msgspec.Struct):
    day: str | None = msgspec.field(name="hawkFilePublicationDate", default=None)
    currency: str | None = msgspec.field(name="currencyCode", default=None)


class _File(msgspec.Struct):
    regions: dict[str, dict[str, _Item]]
    manifest: _Manifest = msgspec.field(default_factory=_Manifest)


@dataclass(frozen=True)
class Ec2:
    """The prices of EC2 on demand, of all regions or of some."""

    url: str = "https://b0.p.awsstatic.com"
    total_s: float = 120.0
    name: str = "ec2"
    provider: str = "ec2"
    source: str = "Amazon EC2 price files"
    kinds: tuple[str, ...] = (ON_DEMAND,)
    currency: str = "USD"
    systems: tuple[str, ...] = (LINUX,)

    def region(self, text: str) -> str:
        """A region as offers spell it. Raises BadValueError, with the nearest, for one that Amazon hasn't got."""
        spelled = region_of(text) or text.strip().casefold()
        if spelled not in LOCATIONS.values():
            raise BadValueError(
                f"'{brief(text)}' isn't a region of EC2 with a price file.",
                did_you_mean(spelled, sorted(LOCATIONS.values()), "region"),
            )
        return spelled

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:
        """Every size of these regions, or of all; the day is the files' own."""
        wanted = [place for place, region in LOCATIONS.items() if not regions or region in regions]
        found: list[PriceRow] = []
        days: list[date] = []
        for system in self.systems:
            for place, file in reader.together(wanted, lambda place, of=system: _file(reader, place, of)):  # type: ignore[misc]
                found += _rows(file, place, system, reader)
                days += [day] if (day := _day(file.manifest.day)) else []
        reader.published = min(days, default=None)
        return found


def _file(reader: Reader, place: str, system: str) -> _File:
    return reader.page(f"{_PATH}/{quote(place)}/{system.capitalize()}/index.json", _File, {})


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _rows(file: _File, place: str, system: str, reader: Reader) -> Iterator[PriceRow]:
    if file.manifest.currency not in (None, "USD"):
        raise ApiError(f"Amazon's prices are in {brief(file.manifest.currency)}, where USD was asked for.")
    if place not in file.regions:
        others = ", ".join(brief(name) for name in list(file.regions)[:3]) or "nothing"
        raise ApiError(f"Amazon's file of {place} holds {others}.")
    for name, items in file.regions.items():
        region = region_of(name)
        if region is None:
            reader.note(f"{brief(name)} is a place that has no region here: {len(items):,} rows were left out.")
            continue
        reader.count(len(items))
        yield from _cheapest(items, region, system)


def _cheapest(items: dict[str, _Item], region: str, system: str) -> Iterator[PriceRow]:
    """Of several rows for one size, the one with a price; the lowest, if there are more."""
    best: dict[str, PriceRow] = {}
    for item in items.values():
        row = _row(item, region, system) if _is_plain(item, system) else None
        if row and (row.id not in best or (row.price_hourly or 0) < (best[row.id].price_hourly or 0)):
            best[row.id] = row
    yield from best.values()


def _is_plain(item: _Item, system: str) -> bool:
    """Whether it is that system, without a licence of one's own or software that costs more."""
    return (
        (item.licence or "").strip().casefold() in _FREE_LICENCE
        and (item.software or "").strip().casefold() in _NO_SOFTWARE
        and (item.system or system).strip().casefold() == system
    )


def _row(item: _Item, region: str, system: str) -> PriceRow | None:
    price = figure(number(item.price))
    if price is None or not item.size.strip():
        return None
    return PriceRow(
        id=item.size.strip(),
        family=item.size.strip().partition(".")[0],
        vcpus=figure(number(item.vcpus)),
        ram_gb=_first(_GIB, item.memory),
        disk_gb=disk_gb(item.storage),
        net_gbps=_first(_GBIT, item.network),
        region=region,
        os=system,
        price_hourly=price,
        price_monthly=price * HOURS_A_MONTH,
        spec_source="api",
    )


def number(text: str | None) -> float | None:
    """A figure as these files write it, or none."""
    try:
        return float((text or "").replace(",", ""))
    except ValueError:
        return None


def _first(pattern: re.Pattern[str], text: str | None) -> float | None:
    found = pattern.search(text or "")
    return figure(number(found[1])) if found else None


def disk_gb(storage: str | None) -> float | None:
    """`EBS only` is 0, `2 x 1900 NVMe SSD` 3,800; what says neither is unknown."""
    if storage and storage.strip().casefold() == "ebs only":
        return 0.0
    found = _DISKS.search(storage or "")
    size = number(found[2]) if found else None
    if not found or size is None:
        return None
    return float(found[1]) * size * (1000 if (found[3] or "").casefold() == "tb" else 1)
