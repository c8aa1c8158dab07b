"""What sizes cost at a cloud that doesn't say it itself: as the catalogue has it for that region, dated and sourced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from mist_notebook.records.model import Image, Listing, Location, MachineSpec, Price, Size

_LICENSED = re.compile(r"red hat|rhel|suse|sles|sql|ubuntu pro", re.IGNORECASE)


def of_listing(listing: Listing[Size]) -> Listing[Size]:
    """The sizes with their prices in the backend's region; unknown stays unknown, as where it has several regions."""
    region = listing.backend.region
    if region is None or all(size.price.hourly is not None for size in listing.records):
        return listing
    known = _prices(listing.backend.provider, region, "linux")
    return replace(listing, records=[_priced(size, known) for size in listing.records])


def at_places(provider: str, sizes: Sequence[Size], places: Sequence[Location]) -> dict[str, dict[str, Price]]:
    """By size and location, what each costs there with Linux; unknown is a price of nothing."""
    regions = {place.id: place.region or place.id for place in places}
    known = {region: _prices(provider, region, "linux") for region in set(regions.values())}
    return {
        size.id: {place: known[region].get(size.id, Price()) for place, region in regions.items()} for size in sizes
    }


def of_spec(spec: MachineSpec) -> MachineSpec:
    """The spec with its size's price where it will be, of the system that it has."""
    system = _system(spec.image)
    if spec.size.price.hourly is not None and spec.location is None and system == "linux":
        return spec
    region = (spec.location.region or spec.location.id) if spec.location else spec.backend.region
    plain = replace(spec.size, price=Price()) if _is_of_catalogue(spec.size) else spec.size
    known = _prices(spec.backend.provider, region, system) if region else {}
    return replace(spec, size=_priced(plain, known))


def _is_of_catalogue(size: Size) -> bool:
    """Whether its price was put there from here, for its region and for Linux."""
    return (size.price.source or "").startswith(_FROM)


_FROM = "list price, "


def _system(image: Image) -> str | None:
    """What the price of a machine with that image is of; `None` where its licence costs extra, and nobody says what."""
    said = f"{image.os or ''} {image.name}"
    if _LICENSED.search(said):
        return None
    return "windows" if "windows" in said.casefold() else "linux"


def _priced(size: Size, known: dict[str, Price]) -> Size:
    return size if size.price.hourly is not None else replace(size, price=known.get(size.id, Price()))


def _prices(provider: str, region: str, system: str | None) -> dict[str, Price]:
    """What the catalogue says of that region's sizes on demand, the newest price of each."""
    if system is None:
        return {}
    from mist_notebook.prices import catalogue

    offers = catalogue.offers()
    own = offers[(offers["provider"] == provider) & (offers["region"] == region)]
    own = own[(own["kind"] == "on-demand") & (own["os"] == system) & own["price_hourly"].notna()]
    own = own.sort_values("as_of", kind="stable")
    columns = ("id", "price_hourly", "price_monthly", "currency", "as_of", "source")
    rows = zip(*(own[name].astype("object") for name in columns), strict=True)
    return {str(row[0]): _price(row, region) for row in rows}


def _price(row: tuple[Any, ...], region: str) -> Price:
    _, hourly, monthly, currency, day, source = row
    return Price(
        hourly=float(hourly),
        monthly=float(monthly) if monthly == monthly and monthly is not None else None,
        currency=str(currency),
        as_of=day.date() if day == day and day is not None else None,
        source=f"{_FROM}{source}, at {region}",
        confidence="list",
    )
