"""What a form begins with where nobody has chosen: the last backend, the nearest location, an image, a size, a name.

A suggestion is made anew with everything it depends on, until a person chooses; then it is theirs. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from mist_notebook.ground.amounts.quantity import Range
from mist_notebook.ground.numbered import numbered
from mist_notebook.prices.wishes import places
from mist_notebook.provision import guard
from mist_notebook.records.model import BackendInfo, Image, Location, Price, Size
from mist_notebook.records.units import MB_PER_GB
from mist_notebook.widgets.lists import image_systems

from . import fits
from . import places as by_place
from .catalogue import BACKENDS, Catalogue, Shelf
from .facts import Hints, Wishes
from .model import State, question_of, record_of
from .more import several


def backend(state: State, catalogue: Catalogue) -> BackendInfo | None:
    """The one that was used last, else the first that makes machines."""
    shelf, hints = catalogue.shelves.get(BACKENDS), state.hints
    if shelf is None or hints is None:
        return None
    usable = [one for one in shelf.usable if one.enabled and _makes_machines(one, catalogue)]
    return next((one for one in usable if one.id == hints.backend), usable[0] if usable else None)


def record(kind: str, shelf: Shelf, state: State, catalogue: Catalogue) -> Any:
    """The location, image, size or key to begin with; `None` where there is none that goes with what is chosen."""
    hints = state.hints
    if hints is None:
        return None
    match kind:
        case "location":
            return _location(shelf.usable, hints, state, catalogue)
        case "image":
            return _image(shelf, state, catalogue)
        case "size":
            return _size(shelf, state, catalogue)
    return next(iter(shelf.usable), None)


def name(state: State, catalogue: Catalogue) -> str:
    """A name that is free, after the system: ubuntu-1, ubuntu-2; empty until it is known which names are taken."""
    taken = catalogue.shelves.get(question_of("name", state))
    if state.hints is None or taken is None:
        return ""
    image: Image | None = record_of("image", state, catalogue)
    word = image_systems.of(image).word if image is not None else "machine"
    used = set(taken.by_id) | set(state.hints.names)
    how_many = several.count(state)
    if how_many > 1:
        return word if not used & {*several.of(word, how_many)} else several.free(word, how_many, used)
    return next(one for one in numbered(word) if one not in used)


def meets(size: Size, wishes: Wishes) -> bool:
    """Whether a size has what was wished for; what is unknown has not."""
    return all(_inside(figure, limits) for figure, limits in _wanted(size, wishes))


def miss(size: Size, wishes: Wishes) -> float | None:
    """By how many times a size misses the wishes at most, 0 where it doesn't; `None` where a figure is unknown."""
    found = [_times(figure, limits) for figure, limits in _wanted(size, wishes) if limits is not None]
    return None if None in found else max((one for one in found if one is not None), default=0.0)


def cheapest(sizes: Iterable[Size]) -> Size | None:
    """The cheapest with a known price; of equals the one with the most memory."""
    every = list(sizes)
    figure = _hourly if len({size.price.currency for size in every if _hourly(size.price)}) == 1 else guard.usd_per_hour
    priced = [(hourly, -(size.ram_mb or 0.0), place) for place, size in enumerate(every)
              if (hourly := figure(size.price)) is not None]  # fmt: skip
    return every[min(priced)[2]] if priced else None


def _hourly(price: Price) -> float | None:
    """As it is said, which is enough where all are in one currency."""
    hourly = price.hourly
    return hourly if hourly is not None and math.isfinite(hourly) and hourly >= 0 else None


def _wanted(size: Size, wishes: Wishes) -> tuple[tuple[float | None, Range | None], ...]:
    """What a size has of each thing that can be wished for, and within which limits that is wished."""
    ram = None if size.ram_mb is None else size.ram_mb / MB_PER_GB
    if wishes.ram is not None and wishes.ram.per_vcpu:
        ram = ram / size.vcpus if ram is not None and size.vcpus else None
    return (size.vcpus, wishes.cpus), (ram, wishes.ram.gib if wishes.ram else None)


def _times(figure: float | None, limits: Range) -> float | None:
    if not figure:
        return None
    return max(limits.low / figure - 1, figure / limits.high - 1 if limits.high else 0.0, 0.0)


def _inside(figure: float | None, limits: Range | None) -> bool:
    return limits is None or (figure is not None and limits.low <= figure <= limits.high)


def _makes_machines(info: BackendInfo, catalogue: Catalogue) -> bool:
    needs = catalogue.needs(info.id)
    return needs is None or needs.machines


def _location(usable: Sequence[Location], hints: Hints, state: State, catalogue: Catalogue) -> Location | None:
    """The nearest of those that have what a person chose; of equals the first that is listed."""
    image, size = (_persons(kind, state, catalogue) for kind in ("image", "size"))
    fit = [one for one in usable if (image is None or not fits.unfit_image(image, one))
           and (size is None or not fits.unfit_size(size, location=one, image=None))]  # fmt: skip
    info = catalogue.backend(state.backend)
    provider = info.provider if info else ""
    return min(fit, key=lambda one: hints.km.get(_country(one, provider), float("inf")), default=None)


def _country(location: Location, provider: str) -> str:
    said = (location.country or "").casefold()
    return said if len(said) == 2 else places.country(location.id, provider) or said


def _image(shelf: Shelf, state: State, catalogue: Catalogue) -> Image | None:
    there, size = shelf.images_at(record_of("location", state, catalogue)), _persons("size", state, catalogue)
    fit = [one for one in there.usable if not fits.unfit_size(size, location=None, image=one)] if size else there.usable
    return image_systems.newest(fit)


def _size(shelf: Shelf, state: State, catalogue: Catalogue) -> Size | None:
    location, image = (record_of(kind, state, catalogue) for kind in ("location", "image"))
    fit = shelf.sizes_for(location, image).usable
    here = (by_place.here(size, state, catalogue) for size in fit if meets(size, state.wishes))
    return cheapest(size for size in here if size is not None)


def _persons(kind: str, state: State, catalogue: Catalogue) -> Any:
    """What a person chose of that kind; suggestions give way."""
    return None if kind in state.guessed else record_of(kind, state, catalogue)
