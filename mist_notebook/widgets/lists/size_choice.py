"""Which sizes are offered, and in which order: filters, sorting and the cheapest, without a widget.

Unknown is never inside a filter that was set, sorts last either way, and is never the cheapest.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.records.model import Size

from .placed_size import own_id, places

_MB_A_GB = 1024.0
_NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_FIGURES = re.compile(r"([0-9]+)")

Figure = Callable[[Size], "float | None"]
Range = tuple[float, float]


def ram_gb(size: Size) -> float | None:
    """Memory in GiB."""
    return None if size.ram_mb is None else size.ram_mb / _MB_A_GB


def hourly(size: Size, currency: str) -> float | None:
    """What an hour costs in this currency; `None` where nobody says so."""
    figure, a_month = size.price.hourly, size.price.monthly
    if figure is None and a_month is not None:
        figure = a_month / HOURS_A_MONTH
    return figure if _is_amount(figure) and size.price.currency in (None, currency) else None


def monthly(size: Size, currency: str) -> float | None:
    """What a month costs in this currency; the provider's own figure, else of 730 hours."""
    figure, own = hourly(size, currency), size.price.monthly
    if figure is None:
        return None
    return own if _is_amount(own) else figure * HOURS_A_MONTH


def _is_amount(figure: float | None) -> bool:
    return figure is not None and math.isfinite(figure) and figure >= 0


@dataclass(frozen=True)
class Axis:
    """What sizes differ in, and can be filtered by."""

    name: str
    unit: str
    of: Figure


AXES = (
    Axis("vCPUs", "", lambda size: size.vcpus),
    Axis("RAM", "GB", ram_gb),
    Axis("Disk", "GB", lambda size: size.disk_gb),
)
SORTS = ("price", "vCPUs", "RAM", "Disk", "name")


@dataclass(frozen=True)
class Wish:
    """What is looked for: words of name or id, a range for each of AXES, the highest price, and an order.

    `None` is no limit. `given` counts how often the limits were set from elsewhere than their sliders.
    """

    words: str = ""
    ranges: tuple[Range | None, ...] = (None,) * len(AXES)
    most_hourly: float | None = None
    sort: str = "price"
    descending: bool = False
    currency: str = "USD"
    given: int = 0

    def without_limits(self) -> Wish:
        """The same order, and everything in it."""
        return Wish(sort=self.sort, descending=self.descending, currency=self.currency, given=self.given + 1)

    def with_range(self, place: int, limits: Range | None) -> Wish:
        """Another range for one axis."""
        ranges = (*self.ranges[:place], limits, *self.ranges[place + 1 :])
        return replace(self, ranges=ranges)

    def among(self, sizes: Sequence[Size], currency: str) -> Wish:
        """The wish as far as these sizes can be looked through by it: a limit that all or none meet is dropped."""
        ranges = tuple(_within(limits, values(axis, sizes)) for axis, limits in zip(AXES, self.ranges, strict=True))
        prices = [price for size in sizes if (price := hourly(size, currency)) is not None]
        most = self.most_hourly if self.most_hourly and prices and min(prices) <= self.most_hourly else None
        return replace(self, ranges=ranges, most_hourly=most, currency=currency, given=self.given + 1)


def _within(limits: Range | None, known: Sequence[float]) -> Range | None:
    inside = [value for value in known if limits and limits[0] <= value <= limits[1]]
    return (inside[0], inside[-1]) if 0 < len(inside) < len(known) else None


def values(axis: Axis, sizes: Iterable[Size]) -> tuple[float, ...]:
    """Every figure that is known on this axis, from the smallest."""
    return tuple(sorted({value for size in sizes if (value := axis.of(size)) is not None}))


def price_steps(prices: Sequence[float]) -> tuple[float, ...]:
    """Round prices from about the lowest of these to about the highest: a limit at each of them leaves something."""
    known = [price for price in prices if price > 0]
    if not known or min(known) == max(known):
        return ()
    decades = range(math.floor(math.log10(min(known))), math.ceil(math.log10(max(known))) + 1)
    every = [float(f"{nice}e{decade}") for decade in decades for nice in _NICE]
    last = next(step for step in every if step >= max(known))
    return tuple(step for step in every if min(known) <= step <= last)


def offered(sizes: Sequence[Size], wish: Wish) -> tuple[list[Size], dict[str, int]]:
    """The sizes inside every limit, in order; and of how many others it isn't known whether they are, by what."""
    words = wish.words.casefold().split()
    found = [size for size in sizes if all(word in _words_of(size) for word in words)]
    unknown: dict[str, int] = {}
    for name, figure, low, high in _limits(wish):
        known = [(size, figure(size)) for size in found]
        unknown[name] = sum(value is None for _, value in known)
        found = [size for size, value in known if value is not None and low <= value <= high]
    return _in_order(found, wish), {name: count for name, count in unknown.items() if count}


def _words_of(size: Size) -> str:
    return f"{size.name}\n{own_id(size)}\n{places(size)}".casefold()


def _limits(wish: Wish) -> Iterator[tuple[str, Figure, float, float]]:
    for axis, limits in zip(AXES, wish.ranges, strict=True):
        if limits is not None:
            yield axis.name, axis.of, *limits
    if wish.most_hourly is not None:
        yield "price", lambda size: hourly(size, wish.currency), 0.0, wish.most_hourly


def _in_order(sizes: Sequence[Size], wish: Wish) -> list[Size]:
    """The sizes as they are to stand; equal ones keep their order."""
    if wish.sort == "name":
        return sorted(sizes, key=lambda size: _natural(size.name), reverse=wish.descending)
    figure = _sorted_by(wish)
    known = [(value, size) for size in sizes if (value := figure(size)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=wish.descending)
    return [*(size for _, size in known), *(size for size in sizes if figure(size) is None)]


def _sorted_by(wish: Wish) -> Figure:
    by_figure: dict[str, Figure] = {axis.name: axis.of for axis in AXES}
    return by_figure[wish.sort] if wish.sort in by_figure else lambda size: hourly(size, wish.currency)


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which 2GB comes before 16GB: of two figures the one with more digits is greater."""
    parts = _FIGURES.split(name.casefold())
    return [_figure(part) if place % 2 else (0, part) for place, part in enumerate(parts)]


def _figure(digits: str) -> tuple[int, str]:
    bare = digits.lstrip("0")
    return len(bare), bare


def cheapest(sizes: Sequence[Size], currency: str) -> frozenset[str]:
    """The ids of those of which none costs less; none where no price is known."""
    prices = {size.id: price for size in sizes if (price := hourly(size, currency)) is not None}
    lowest = min(prices.values(), default=None)
    return frozenset(size_id for size_id, price in prices.items() if price == lowest)


def currency_of(sizes: Sequence[Size]) -> str:
    """The currency that most prices are in."""
    named = Counter(size.price.currency for size in sizes if size.price.currency)
    return named.most_common(1)[0][0] if named else "USD"


def reasons(unfit: Mapping[str, str], sizes: Sequence[Size]) -> tuple[tuple[str, int], ...]:
    """Why sizes are left out, and how many for each reason."""
    return tuple(Counter(unfit[size.id] for size in sizes if size.id in unfit).most_common())
