"""A size at a price, and the locations where it has that price: what a row is where prices differ by location.

Where they are the same everywhere, a row is a size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import asdict

from mist_notebook.records.model import Location, Price, Size

_BETWEEN = "\x1f"  # in no id: what can't be shown isn't taken for one
Prices = Mapping[str, Mapping[str, Price]]


class PlacedSize(Size, frozen=True, kw_only=True, gc=False):
    """A size at its price in some locations. `id` tells it and the location to choose, `own_id` the size alone."""

    own_id: str
    place_id: str
    places: tuple[str, ...]


def own_id(size: Size) -> str:
    """What the provider calls it."""
    return size.own_id if isinstance(size, PlacedSize) else size.id


def places(size: Size) -> str:
    """The names of the locations, where it is of some."""
    return ", ".join(size.places) if isinstance(size, PlacedSize) else ""


def row_id(size_id: str | None, place_id: str | None) -> str | None:
    """What a row of this size at this location is called."""
    return f"{size_id}{_BETWEEN}{place_id}" if size_id is not None and place_id is not None else size_id


def taken_apart(found: str) -> tuple[str, str | None]:
    """The size's id, and the location's where the row is of one."""
    size_id, _, place_id = found.partition(_BETWEEN)
    return size_id, place_id or None


def placed(
    sizes: Sequence[Size],
    prices: Prices,
    locations: Sequence[Location],
    chosen: str | None,
    fits: Callable[[Size, Location], bool],
) -> tuple[PlacedSize, ...]:
    """A row for each price of each size; a pick of it chooses the `chosen` location where that is one of the row's."""
    found: list[PlacedSize] = []
    for size in sizes:
        known = prices.get(size.id, {})
        rows: dict[Price, list[Location]] = {}
        for location in locations:
            if location.id in known and fits(size, location):
                rows.setdefault(_figures(known[location.id]), []).append(location)
        found += [_row(size, known, there, chosen) for there in rows.values()]
    return tuple(found)


def _figures(price: Price) -> Price:
    """What makes two prices one: not where they were said."""
    return Price(hourly=price.hourly, monthly=price.monthly, currency=price.currency)


def _row(size: Size, known: Mapping[str, Price], there: Sequence[Location], chosen: str | None) -> PlacedSize:
    place = next((one for one in there if one.id == chosen), there[0])
    about = asdict(size) | {"id": row_id(size.id, place.id), "price": known[place.id]}
    return PlacedSize(**about, own_id=size.id, place_id=place.id, places=tuple(one.name for one in there))
