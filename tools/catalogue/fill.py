"""EC2's missing cells, worked out from their families: what the lists leave no doubt about, though none has the cell.

A family without accelerators costs the same per vCPU in a region, whatever the size; one with accelerators costs in
each region a fixed multiple of what it costs at home, where every size has a price. The newest general families have
the multiple of those before them: so it was in all 113 places where the lists have both. A cell is worked out only
where enough others agree on that figure, and where the size is offered. Where the family isn't so regular, where vCPUs
are shares, and for bare metal, nothing is.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .repair import TOLERANCE, Cell, Seen

HOME = "us-east-1"
FEWEST_SIBLINGS = 2
AGREEMENT = 1.003
_DIGITS = 6


@dataclass(frozen=True)
class Family:
    """How a cell is filled: the family of a size, its vCPUs, and whether the size is offered in a region."""

    of: Callable[[str], str]
    vcpus: Mapping[str, float]
    is_offered: Callable[[str, str], bool]


def per_vcpu(cells: Mapping[Cell, Seen], family: Family) -> dict[Cell, Seen]:
    """The cells that follow from their family's price per vCPU in that region."""
    rates = _rates(cells, family)
    found = {}
    for size, vcpus in family.vcpus.items():
        for region, rate in rates.get(family.of(size), {}).items():
            if (size, region) not in cells and family.is_offered(size, region):
                price = round(rate.price * vcpus, _DIGITS)
                found[size, region] = Seen(price, rate.release, rate.as_of)
    return found


def _rates(cells: Mapping[Cell, Seen], family: Family) -> dict[str, dict[str, Seen]]:
    """The price per vCPU of each regular family in each region: that of the largest size, which has most digits."""
    places: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for size, region in cells:
        if size in family.vcpus:
            places[family.of(size)][region].append(size)

    def rate(size: str, region: str) -> Seen:
        seen = cells[size, region]
        return Seen(seen.price / family.vcpus[size], seen.release, seen.as_of)

    found: dict[str, dict[str, Seen]] = {}
    for name, regions in places.items():
        rates = {
            region: [rate(size, region) for size in _largest_first(sizes, family)] for region, sizes in regions.items()
        }
        if all(_agree((one.price for one in many), TOLERANCE) for many in rates.values()):
            found[name] = {region: many[0] for region, many in rates.items() if len(many) >= FEWEST_SIBLINGS}
    return found


def _largest_first(sizes: Iterable[str], family: Family) -> list[str]:
    return sorted(sizes, key=lambda size: (-family.vcpus[size], size))


def by_multiple(
    home: Mapping[str, Seen],
    cells: Mapping[Cell, Seen],
    family: Family,
) -> tuple[dict[Cell, Seen], dict[Cell, Seen]]:
    """The cells that are, with their siblings, one multiple of the price at home; and those that follow from it.

    The lists err upwards only: the multiple is the lowest that siblings agree on.
    """
    places: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for (size, region), seen in cells.items():
        if size in home:
            places[family.of(size), region][size] = seen.price / home[size].price
    held: dict[Cell, Seen] = {}
    filled: dict[Cell, Seen] = {}
    for (name, region), multiples in places.items():
        agreeing = [size for size, multiple in multiples.items() if multiple <= min(multiples.values()) * AGREEMENT]
        if len(agreeing) < FEWEST_SIBLINGS:
            continue
        multiple = statistics.median(multiples[size] for size in agreeing)
        held |= {(size, region): cells[size, region] for size in agreeing}
        witness = cells[agreeing[0], region]
        for size in home:
            if family.of(size) == name and size not in agreeing and family.is_offered(size, region):
                filled[size, region] = Seen(round(home[size].price * multiple, _DIGITS), witness.release, witness.as_of)
    return held, filled


def by_generation(
    home: Mapping[str, Seen],
    cells: Mapping[Cell, Seen],
    family: Family,
    before: Callable[[str], str | None],
) -> dict[Cell, Seen]:
    """The cells of a family that cost in a region what the family `before` it costs there, over its price at home."""
    multiples: dict[tuple[str, str], list[tuple[float, Seen]]] = defaultdict(list)
    for (size, region), seen in cells.items():
        if size in home and size in family.vcpus:
            multiples[family.of(size), region].append((seen.price / home[size].price, seen))
    sure = {
        place: many[0]
        for place, many in multiples.items()
        if len(many) >= FEWEST_SIBLINGS and _agree((one for one, _ in many), AGREEMENT)
    }
    found = {}
    for size in family.vcpus.keys() & home.keys():
        older = before(family.of(size))
        for (name, region), (multiple, witness) in sure.items():
            if name == older and (size, region) not in cells and family.is_offered(size, region):
                price = round(home[size].price * multiple, _DIGITS)
                source = f"{home[size].release} (at the multiple of the family before it)"
                found[size, region] = Seen(price, source, witness.as_of)
    return found


def _agree(values: Iterable[float], within: float) -> bool:
    known = list(values)
    return max(known) <= min(known) * within
