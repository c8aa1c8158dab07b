"""What sizes cost by location: the price where a machine will stand, and a table's rows over all locations. Pure."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from mist_notebook.records.model import Image, Location, Size
from mist_notebook.widgets.lists import placed_size
from mist_notebook.widgets.lists.placed_size import Prices

from . import fits
from .catalogue import PRICES, Catalogue, Shelf
from .model import State, record_of, shelf_of


def prices_of(state: State, catalogue: Catalogue) -> Prices:
    """By size and location; empty where they are the same everywhere, or not known."""
    known: Prices = next(iter(catalogue.records((state.backend or "", PRICES))), {})
    return known


def here(size: Size | None, state: State, catalogue: Catalogue) -> Size | None:
    """The size with its price at the location that is chosen."""
    prices = prices_of(state, catalogue).get(size.id, {}) if size is not None else {}
    price = prices.get(state.chosen("location") or "")
    return replace(size, price=price) if size is not None and price is not None else size


def rows(shelf: Shelf, state: State, catalogue: Catalogue) -> tuple[Size, ...]:
    """The sizes over all locations, each with its price there; none where prices don't differ."""
    prices, places = prices_of(state, catalogue), shelf_of("location", state, catalogue)
    if not prices or places is None:
        return ()
    chosen, image = (record_of(kind, state, catalogue) for kind in ("location", "image"))
    make = partial(_rows, shelf, prices, places, chosen, image)
    return shelf.made((prices, places, chosen, image), make)


def _rows(
    shelf: Shelf, prices: Prices, places: Shelf, chosen: Location | None, image: Image | None
) -> tuple[Size, ...]:
    def suits(size: Size, location: Location) -> bool:
        is_there = image is None or not fits.unfit_image(image, location)
        return is_there and not fits.unfit_size(size, location=location, image=image)

    chosen_id = chosen.id if chosen else None
    return placed_size.placed(shelf.usable, prices, places.usable, chosen_id, suits)
