"""The rules that make EC2's prices usable: pure functions over cells, where a cell is a size at a region.

Why they are needed: from its release 3.6.1 on, libcloud's scraper takes host and dedicated rows for shared ones, at
random per release, size and region. Host rows leave a price of 0 (17.7 % of 3.9.1), dedicated ones a price that is 6 or
10 % too high. So a price of 0 is no price, and the lowest of several releases is the best there is. It is right where

* a release before 3.6.1 has it: within those no price ever rises, and of 6,080 later lowest ones two differ;
* it is, per vCPU, the lowest of its family in that region: EC2 charges the same per vCPU throughout a family, and per
  GiB throughout a burstable one;
* in a family with accelerators, which is not charged so, it is what the size's price and the region's factor make.

Any other is a dedicated one that no release got right: unknown.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass

from .rows import known_price

Cell = tuple[str, str]
TOLERANCE = 1.012
# What a family must show before its factors are believed: sizes, regions, and how many cells agree how closely.
FEWEST_SIZES, FEWEST_REGIONS, FEWEST_AGREE = 3, 5, 0.75
AGREEMENT = 0.003
_ROUNDS = 30


@dataclass(frozen=True)
class Seen:
    """The lowest price of a cell: since which day it is listed, in which release and on which day it was last."""

    price: float
    release: str
    as_of: str


@dataclass(frozen=True)
class Release:
    """One dated price list: size -> region -> price."""

    label: str
    as_of: str
    prices: Mapping[str, Mapping[str, object]]

    def cells(self) -> Iterable[tuple[Cell, float]]:
        """Every cell with a price; those of 0 have none."""
        for size, regions in self.prices.items():
            for region, price in regions.items():
                value = known_price(price)
                if value:
                    yield (size, region), value


def lowest(releases: Iterable[Release]) -> dict[Cell, Seen]:
    """The lowest price of each cell above 0, with the last release, oldest first, that lists it."""
    found: dict[Cell, Seen] = {}
    for release in releases:
        for cell, price in release.cells():
            if cell not in found or price <= found[cell].price:
                found[cell] = Seen(price, release.label, release.as_of)
    return found


def linear(cells: Mapping[Cell, Seen], *, family: Callable[[str], str], units: Mapping[str, float]) -> dict[Cell, Seen]:
    """The cells whose price per unit is, within 1.2 %, the lowest of their family in that region.

    ``units`` is what a size's price is proportional to; sizes that have none are left out.
    """
    known = {cell: seen for cell, seen in cells.items() if cell[0] in units}
    floor: dict[tuple[str, str], float] = defaultdict(lambda: float("inf"))
    for (size, region), seen in known.items():
        place = family(size), region
        floor[place] = min(floor[place], seen.price / units[size])

    def holds(cell: Cell, seen: Seen) -> bool:
        size, region = cell
        return seen.price / units[size] <= floor[family(size), region] * TOLERANCE

    return {cell: seen for cell, seen in known.items() if holds(cell, seen)}


def sound(cells: Mapping[Cell, Seen], releases: Iterable[Release], *, among: Container[str]) -> dict[Cell, Seen]:
    """The cells whose lowest price stands in one of these releases."""
    best = lowest(releases)
    return {
        cell: seen
        for cell, seen in cells.items()
        if cell[0] in among and cell in best and best[cell].price == seen.price
    }


def by_factors(cells: Mapping[Cell, Seen], *, family: Callable[[str], str], among: Container[str]) -> dict[Cell, Seen]:
    """The cells that are the product of a factor of their size and one of their region, family by family.

    The factors are those that most cells agree on (medians, in turns), so that dedicated prices, which are few and
    scattered, stand out. A family with too little to go by, or with too few that agree, is left out.
    """
    families: dict[str, dict[Cell, Seen]] = defaultdict(dict)
    for cell, seen in cells.items():
        if cell[0] in among:
            families[family(cell[0])][cell] = seen
    kept: dict[Cell, Seen] = {}
    for own in families.values():
        if len({size for size, _ in own}) < FEWEST_SIZES or len({region for _, region in own}) < FEWEST_REGIONS:
            continue
        off = _residuals({cell: math.log(seen.price) for cell, seen in own.items()})
        agreeing = {cell: seen for cell, seen in own.items() if abs(off[cell]) < AGREEMENT}
        if len(agreeing) >= FEWEST_AGREE * len(own):
            kept |= agreeing
    return kept


def _residuals(logs: Mapping[Cell, float]) -> dict[Cell, float]:
    """What is left of each logarithm when the median of its size and of its region are taken off, in turns."""
    of_size = {size: 0.0 for size, _ in logs}
    of_region = {region: 0.0 for _, region in logs}
    for _ in range(_ROUNDS):
        for region in of_region:
            of_region[region] = statistics.median(value - of_size[s] for (s, r), value in logs.items() if r == region)
        for size in of_size:
            of_size[size] = statistics.median(value - of_region[r] for (s, r), value in logs.items() if s == size)
    return {cell: value - of_size[cell[0]] - of_region[cell[1]] for cell, value in logs.items()}


def without_lone_sizes(cells: Mapping[Cell, Seen], *, family: Callable[[str], str]) -> dict[Cell, Seen]:
    """The cells of families with at least two sizes in that region: one alone has nothing to be checked against."""
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for size, region in cells:
        sizes[family(size), region] += 1
    return {cell: seen for cell, seen in cells.items() if sizes[family(cell[0]), cell[1]] > 1}
