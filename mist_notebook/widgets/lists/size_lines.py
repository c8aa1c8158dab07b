"""How sizes stand in a list: columns, the cheapest marked in words; and the chosen one whole.

The names are foreign text: cleaned, cut, and never HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mist_notebook.display.headers import SIGNS
from mist_notebook.ground.text import NAME_LIMIT, clean, escape_html
from mist_notebook.records.model import Size
from mist_notebook.widgets.parts import style

from .placed_size import own_id, places
from .row_list import Column
from .size_choice import hourly, monthly, ram_gb

_FIRST_LIMIT = 40
_PLACES_LIMIT = 48
_NO_FIGURE = "–"
_UNKNOWN = "unknown"
_FOUR_DECIMALS_DO = 0.001
CHOSEN, CHEAPEST = "✓", "◀ cheapest"
OUTSIDE = "(chosen, outside the filters)"


@dataclass(frozen=True)
class Shown:
    """What a list is to show: sizes in order, which of them is chosen, and which are the cheapest.

    Where the chosen one is none of the sizes that were looked for, it is the first, and `is_apart`.
    """

    sizes: tuple[Size, ...]
    chosen: str | None
    cheapest: frozenset[str]
    currency: str
    is_apart: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(size.id for size in self.sizes)

    def note(self, size: Size) -> str:
        """What is to be said of this one."""
        apart = OUTSIDE if self.is_apart and size.id == self.chosen else ""
        return " ".join(filter(None, (CHEAPEST if size.id in self.cheapest else "", apart)))


def symbol(currency: str) -> str:
    """How prices in this currency are written."""
    return SIGNS.get(currency, clean(currency, 8))


def amount(figure: float) -> str:
    """A figure as one says it."""
    return f"{figure:.3g}" if figure < 100 else f"{figure:,.0f}"


def table(shown: Shown) -> tuple[list[Column], list[tuple[str, ...]]]:
    """The columns that say something of these sizes, and a row of cells for each."""
    columns = [column for column in _columns(shown) if column.is_needed]
    rows = list(zip(*(column.cells for column in columns), strict=True))
    return [column.head for column in columns], rows


def about_prices(sizes: Sequence[Size], currency: str) -> str:
    """Of when the prices are, and whether they are examples, as a sentence."""
    priced = [size.price for size in sizes if hourly(size, currency) is not None]
    if not priced:
        return "No price is known."
    days = sorted({f"{found.as_of}" for found in priced if found.as_of})
    kind = "Example prices" if any(found.confidence == "example" for found in priced) else "Prices"
    dated = f", of {days[0]}" if len(days) == 1 else f", of {days[0]} to {days[-1]}" if days else ""
    return f"{kind} in {clean(currency, 8)}{dated}."


def chosen(size: Size | None, currency: str) -> str:
    """All that one should know of the chosen size, as HTML."""
    if size is None:
        return style.message("No size is chosen yet.")
    facts = (
        f"id {clean(own_id(size), NAME_LIMIT)}" if own_id(size) != size.name else "",
        f"{size.vcpus:g} vCPU{'s' if size.vcpus != 1 else ''}" if size.vcpus is not None else "vCPUs unknown",
        f"{amount(size.ram_mb / 1024)} GB of RAM" if size.ram_mb is not None else "RAM unknown",
        f"{amount(size.disk_gb)} GB of disk" if size.disk_gb is not None else "disk unknown",
        price(size, currency),
        f"at {clean(places(size), NAME_LIMIT)}" if places(size) else "",
    )
    name = f"<b>{escape_html(clean(size.name, NAME_LIMIT))}</b>"
    more = " · ".join(escape_html(fact) for fact in facts if fact)
    return f'<div class="mist-picked">{CHOSEN} {name} <span class="mist-quiet">{more}</span></div>'


def price(size: Size, currency: str) -> str:
    """What it costs, in words."""
    an_hour, a_month = hourly(size, currency), monthly(size, currency)
    if an_hour is None or a_month is None:
        return "price unknown"
    return f"{an_hour:,.{_decimals([an_hour])}f} {symbol(currency)}/h, {a_month:,.2f} {symbol(currency)}/month"


@dataclass(frozen=True)
class _Column:
    title: str
    cells: Sequence[str]
    kind: str = "figure"
    unit: str = ""

    @property
    def is_needed(self) -> bool:
        return self.kind in ("words", "price") or any(cell not in ("", _NO_FIGURE) for cell in self.cells)

    @property
    def head(self) -> Column:
        return self.title, self.kind, self.unit


def _columns(shown: Shown) -> list[_Column]:
    """What a size is called, its figures and its price, and what it is called besides."""
    sizes, money = shown.sizes, symbol(shown.currency)
    an_hour = [hourly(size, shown.currency) for size in sizes]
    a_month = [monthly(size, shown.currency) for size in sizes]
    marks = [CHOSEN if shown.is_apart and size.id == shown.chosen else "" for size in sizes]
    first, last = _called(sizes)
    return [
        _Column("", marks, "mark"),
        first,
        _Column("vCPU", figures([size.vcpus for size in sizes]), unit="vCPU"),
        _Column("RAM GB", figures([ram_gb(size) for size in sizes]), unit="GB RAM"),
        _Column("disk GB", figures([size.disk_gb for size in sizes]), unit="GB disk"),
        _Column("where", [clean(places(size), _PLACES_LIMIT) for size in sizes], "place"),
        _Column(f"{money}/h", figures(an_hour, _decimals(an_hour), _UNKNOWN), "price"),
        _Column(f"{money}/month", figures(a_month, 2), unit=f"{money}/month"),
        _Column("", [shown.note(size) for size in sizes], "note"),
        last,
    ]


def _called(sizes: Sequence[Size]) -> tuple[_Column, _Column]:
    """The name and the id; the id first where it is a short word, as people say m1.small and not Small Instance."""
    own = [own_id(size) for size in sizes]
    words = [len(one) < len(size.name) and not one.isdigit() for one, size in zip(own, sizes, strict=True)]
    is_word = sum(words) * 2 > len(sizes)
    names = [clean(size.name, NAME_LIMIT if is_word else _FIRST_LIMIT) for size in sizes]
    ids = [clean(one, _FIRST_LIMIT) for one in own]
    if is_word:
        return _Column("id", ids, "words"), _Column("name", names, "less")
    others = [found if one != size.name else "" for one, size, found in zip(own, sizes, ids, strict=True)]
    return _Column("name", names, "words"), _Column("id", others, "less")


def figures(values: Sequence[float | None], decimals: int | None = None, unknown: str = _NO_FIGURE) -> list[str]:
    """Figures as texts with as many decimals each, so that they stand under each other."""
    known = [value for value in values if value is not None]
    if decimals is None:
        decimals = next((places for places in (0, 1) if all(value == round(value, places) for value in known)), 2)
    return [unknown if value is None else f"{value:,.{decimals}f}" for value in values]


def _decimals(prices: Sequence[float | None]) -> int:
    return 4 if all(price >= _FOUR_DECIMALS_DO for price in prices if price) else 6
