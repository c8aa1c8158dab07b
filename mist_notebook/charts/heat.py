"""Where a size is cheap: sizes down, regions across; a cell holds the price, and its colour how far above the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import Table
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import counted

from . import svg, vega
from .chart import Chart
from .look import CELL_TEXT, HEAT, NEUTRAL
from .reading import (
    PRICE,
    UNKNOWN,
    figures,
    label,
    left_out,
    money,
    need,
    owners,
    priced,
    provenance,
    sizes,
    texts,
    title,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SIZES, MOST_REGIONS = 25, 12
_CELL_WIDTH, _CELL_HEIGHT = 58, 22
_TOP = 34
_SLANT = 0.6
_ROUND = (5, 10, 25, 50, 100)


@dataclass(frozen=True)
class _Grid:
    """The cells: the cheapest price of each size in each region, None where it isn't sold."""

    title: str
    captions: tuple[str, ...]  # but for how to read the colours, which each form says its own way
    sizes: tuple[str, ...]
    regions: tuple[str, ...]
    prices: tuple[tuple[float | None, ...], ...]

    def cells(self) -> Iterator[tuple[int, int, float, float]]:
        """Row, column, price, and how many percent that is above the row's cheapest."""
        for row, prices in enumerate(self.prices):
            best = min(price for price in prices if price is not None)
            for column, price in enumerate(prices):
                if price is not None:
                    yield row, column, price, (price / best - 1) * 100

    @property
    def shade(self) -> float:
        """How many percent one shade of colour stands for: a round figure, so that the dearest cell is dark."""
        dearest = max(above for *_, above in self.cells())
        return next((most for most in _ROUND if dearest <= most), _ROUND[-1]) / len(HEAT)

    @property
    def lines(self) -> list[str]:
        """What stands with a coloured grid."""
        last = self.shade * (len(HEAT) - 1)
        shades = f"Lightest: up to {self.shade:g} % above it, darkest: {last:g} % and more."
        return [f"Outlined: the cheapest shown of its row. {shades}", *self.captions]


def by_region(frame: pd.DataFrame) -> Chart:
    """A heat map, size by region; the first 25 sizes of the frame, and the 12 regions that sell most of them.

    Raises NotFoundError for a column that isn't there, BadValueError where no row has a price.
    """
    need(frame, ("id", "region", PRICE))
    grid = _grid(frame)
    return Chart(_spec(grid), _svg(grid), _text(grid))


def _grid(frame: pd.DataFrame) -> _Grid:
    known = priced(frame)
    sold = known & frame["region"].notna().to_numpy()
    if not sold.any():
        raise BadValueError("No row with a price has a region.", "A price by region needs one.")
    rows = frame[sold]
    place = pd.DataFrame({"whose": owners(rows), "id": words(rows, "id")}).groupby(["whose", "id"], sort=False).ngroup()
    wide = _wide(rows[(place < MOST_SIZES).to_numpy()])
    shown = wide.iloc[:, :MOST_REGIONS].dropna(how="all")
    gone = (
        (int(place.max()) + 1 - len(shown), "size"),
        (words(rows, "region").nunique() - shown.shape[1], "region"),
    )
    more = " and ".join(counted(number, what) for number, what in gone if number)
    lost = [(int((~known).sum()), "without a known price"), (int((known & ~sold).sum()), "without a region")]
    captions = [provenance(rows), *([f"Not shown: {more}."] if more else []), *left_out(lost)]
    prices = tuple(tuple(None if np.isnan(price) else float(price) for price in row) for row in shown.to_numpy())
    return _Grid(title(frame, "Price by region"), tuple(captions), tuple(shown.index), tuple(shown.columns), prices)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """The cheapest price by size, as the frame has them, and by region, those that sell most of the sizes first."""
    whose, ids = owners(rows), sizes(rows)
    names = [f"{label(owner)} {size}" for owner, size in zip(whose, ids, strict=True)] if whose.nunique() > 1 else ids
    table = pd.DataFrame({"size": names, "region": texts(rows, "region"), "price": figures(rows, PRICE)})
    wide = table.pivot_table(index="size", columns="region", values="price", aggfunc="min")
    return wide.reindex(index=list(dict.fromkeys(names)), columns=_regions(table))


def _regions(table: pd.DataFrame) -> list[str]:
    """The regions that sell most of the sizes first, the cheaper first among equals."""
    above = table["price"] / table.groupby("size")["price"].transform("min")
    ranked = table.assign(above=above).groupby("region").agg(sold=("size", "nunique"), above=("above", "mean"))
    return [str(name) for name in ranked.sort_values(["sold", "above"], ascending=[False, True], kind="stable").index]


def _colour(above: float, shade: float) -> str:
    """The colour of a cell that is so many percent above its row's cheapest."""
    return HEAT[min(int(above / shade), len(HEAT) - 1)]


def _svg(grid: _Grid) -> str:
    left = 16 + max(map(svg.width_of, grid.sizes))
    top = _TOP + max(map(svg.width_of, grid.regions)) * _SLANT + 16
    width = max(left + _CELL_WIDTH * len(grid.regions) + 60, 480)
    parts = [
        svg.words(left - 8, top + (row + 0.7) * _CELL_HEIGHT, size, anchor="end") for row, size in enumerate(grid.sizes)
    ]
    for column, region in enumerate(grid.regions):
        at = f"translate({left + (column + 0.5) * _CELL_WIDTH:.0f} {top - 6:.0f}) rotate(-38)"
        parts.append(f'<g transform="{at}">{svg.words(0, 0, region)}</g>')
    shade = grid.shade
    for row, column, price, above in grid.cells():
        x, y = left + column * _CELL_WIDTH, top + row * _CELL_HEIGHT
        parts.append(_cell(x, y, price, _colour(above, shade), is_best=not above))
    said, height = svg.captions(grid.lines, top + len(grid.sizes) * _CELL_HEIGHT + 22, width)
    return svg.document(grid.title, grid.lines, [*parts, *said], width, height)


def _cell(x: float, y: float, price: float, colour: str, *, is_best: bool) -> str:
    """A cell with its price; the outline lies inside it, so that it is seen on a dark ground too."""
    box = _rectangle(x, y, 1, f'fill="{colour}"')
    outline = _rectangle(x, y, 2.6, f'fill="none" stroke="{CELL_TEXT}" stroke-width="1.4"') if is_best else ""
    said = money(price)
    at = x + _CELL_WIDTH / 2, y + 15
    return box + outline + svg.words(*at, said, anchor="middle", size=11, bold=is_best, inside="mist-in-cell")


def _rectangle(x: float, y: float, margin: float, paint: str) -> str:
    width, height = _CELL_WIDTH - 2 * margin, _CELL_HEIGHT - 2 * margin
    return f'<rect x="{x + margin:.1f}" y="{y + margin:.1f}" width="{width:.1f}" height="{height:.1f}" {paint}/>'


def _spec(grid: _Grid) -> vega.Spec:
    across = {"field": "region", "type": "nominal", "title": None, "sort": list(grid.regions)}
    down = {"field": "size", "type": "nominal", "title": None, "sort": list(grid.sizes)}
    best = {"filter": {"field": "best", "equal": True}}
    inside = {"width": {"band": 0.93}, "height": {"band": 0.84}}
    outline = {"type": "rect", "filled": False, "stroke": CELL_TEXT, "strokeWidth": 1.4, "tooltip": None, **inside}
    figure = {"field": "price", "type": "quantitative", "format": ".4f"}
    body = {
        "width": {"step": _CELL_WIDTH},
        "height": {"step": _CELL_HEIGHT},
        "encoding": {
            "x": {**across, "axis": {"orient": "top", "labelAngle": -38, "labelAlign": "left"}},
            "y": {**down, "axis": {"labelLimit": 260}},
        },
        "layer": [
            _coloured(grid.shade),
            {"transform": [best], "mark": outline},
            {
                "mark": {"type": "text", "fontSize": 11, "color": CELL_TEXT, "tooltip": None},
                "encoding": {"text": figure},
            },
        ],
    }
    return vega.document(grid.title, grid.lines, list(_rows(grid)), body)


def _coloured(shade: float) -> vega.Spec:
    """The cells: their colours, the scale of them, and the tooltips."""
    steps = [shade * place for place in range(1, len(HEAT))]
    legend = {"title": "% above the cheapest of the row", "orient": "bottom", "format": "~g", "titleLimit": 400}
    colour = {
        "field": "above",
        "type": "quantitative",
        "scale": {"type": "threshold", "domain": steps, "range": list(HEAT)},
        "legend": legend,
    }
    tooltips = [vega.tooltip(name, name) for name in ("size", "region")]
    tooltips += [vega.tooltip("price", "per hour", ".4~f"), vega.tooltip("above", "% above the cheapest", ".1f")]
    mark = {"type": "rect", "stroke": NEUTRAL, "strokeOpacity": 0.3}
    return {"mark": mark, "encoding": {"color": colour, "tooltip": tooltips}}


def _rows(grid: _Grid) -> Iterator[dict[str, Any]]:
    for row, column, price, above in grid.cells():
        cell = {"size": grid.sizes[row], "region": grid.regions[column], "price": price, "above": above}
        yield cell if above else {**cell, "best": True}


def _text(grid: _Grid) -> str:
    """The grid as a table: the row's cheapest has a star."""
    cells = [[UNKNOWN] * len(grid.regions) for _ in grid.sizes]
    for row, column, price, above in grid.cells():
        cells[row][column] = money(price) + ("*" if not above else " ")
    rows = tuple((size, *row) for size, row in zip(grid.sizes, cells, strict=True))
    table = Table(("", *grid.regions), rows, (True, *[False] * len(grid.regions)))
    return "\n".join([grid.title, "*: the cheapest shown of its row.", *grid.captions, "", table.plain()])
