"""The price of an hour against an amount (RAM, vCPUs, …): every size once, and the Pareto front marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import Table
from mist_notebook.ground.text import clean, counted

from . import scale, svg, vega
from .chart import Chart
from .look import NEUTRAL
from .marks import Marks, marks
from .reading import PRICE, days, figures, money, need, sizes, texts

if TYPE_CHECKING:
    from .vega import Spec

_MOST_WORDS, _LONGEST_WORD = 9, 28
_MOST_ROWS = 14
_SIZE, _FRONT_SIZE = 38, 100
_FIGURES = (("vcpus", "vCPUs", "~g"), ("ram_gb", "RAM, GiB", "~g"), ("price_monthly", "per month", ".2f"))


def against(frame: pd.DataFrame, amount: str) -> Chart:
    """Price against the column `amount`: every size at its cheapest region, coloured and shaped by provider.

    Raises NotFoundError for a column that isn't there, BadValueError where nothing has both figures. At most about
    1,000 marks are drawn: those that would lie under others go, which the caption says.
    """
    need(frame, (amount, PRICE, "id"))
    found = marks(frame, amount)
    plot = _plot(found)
    spots = tuple((plot.x(at), plot.y(price)) for at, price in zip(found.amount, found.price, strict=True))
    return Chart(_spec(found), svg.plot(plot), _text(found), found.rows, spots)


def _plot(found: Marks) -> svg.Plot:
    points = list(zip(found.amount.tolist(), found.price.tolist(), strict=True))

    def of(place: int, *, front: bool) -> tuple[tuple[float, float], ...]:
        return tuple(points[row] for row in np.flatnonzero((found.series == place) & (found.is_front == front)))

    series = tuple(
        svg.Series(name, given, of(place, front=False), of(place, front=True))
        for place, (name, given) in enumerate(zip(found.names, found.looks, strict=True))
    )
    beside = tuple((*points[place], word) for place, word in _words(found).items())
    line = tuple(points[place] for place in found.front_line)
    return svg.Plot(found.title, found.captions, found.across, found.up, series, line, beside)


def _words(found: Marks) -> dict[int, str]:
    """The sizes of the front that get a word beside them: as many as fit without touching."""
    ids = [clean(size, _LONGEST_WORD) for size in sizes(found.rows)]
    wide, high = svg.WIDTH - svg.LEFT - svg.RIGHT, svg.PLOT_HEIGHT
    chosen: dict[int, str] = {}
    taken: list[tuple[float, float, float]] = []
    for place in found.front_line:
        left = found.across.scale.place(float(found.amount[place])) * wide
        right, y = left + svg.width_of(ids[place]), found.up.scale.place(float(found.price[place])) * high
        is_free = all(left > end or right < start or abs(y - at) > svg.LINE for start, end, at in taken)
        if is_free and right < wide and y > svg.LINE:
            taken.append((left, right, y))
            chosen[place] = ids[place]
    every = -(-len(chosen) // _MOST_WORDS) or 1
    return dict(list(chosen.items())[::every])


def _spec(found: Marks) -> Spec:
    at = {"x": vega.figure("x", found.across), "y": vega.figure("price", found.up)}
    shared = {**at, **vega.looks(found.names, found.looks), "tooltip": list(_tooltips(found))}
    layers = [_others(shared), _line(found, at), _front(shared), _beside(found, at)]
    body = {"width": vega.WIDTH, "height": vega.HEIGHT, "layer": layers}
    return vega.document(found.title, found.captions, _rows(found), body, is_moved=True)


def _others(shared: Spec) -> Spec:
    mark = {"type": "point", "filled": False, "size": _SIZE, "strokeWidth": 1.4}
    return {"transform": [_on_front(False)], "params": vega.pointing(), "mark": mark, "encoding": shared}


def _front(shared: Spec) -> Spec:
    mark = {"type": "point", "filled": True, "size": _FRONT_SIZE}
    return {"transform": [_on_front(True)], "mark": mark, "encoding": shared}


def _on_front(wanted: bool) -> Spec:
    return {"filter": {"field": "front", "equal": wanted}}


def _line(found: Marks, at: Spec) -> Spec:
    """What so much costs at least: along a step to the next larger size of the front."""
    return {
        "data": {"values": [_point(found, place) for place in found.front_line]},
        "mark": {"type": "line", "interpolate": "step-before", "color": NEUTRAL, "strokeDash": [5, 3]},
        "encoding": {**at, "order": {"field": "x", "type": "quantitative"}},
    }


def _beside(found: Marks, at: Spec) -> Spec:
    mark = {"type": "text", "align": "left", "dx": 8, "dy": 9, "fontSize": 11, "color": vega.GROUNDED_TEXT}
    return {
        "data": {"values": [_point(found, place) | {"word": word} for place, word in _words(found).items()]},
        "mark": mark,
        "encoding": {**at, "text": {"field": "word", "type": "nominal"}},
    }


def _point(found: Marks, place: int) -> dict[str, Any]:
    return {"x": float(found.amount[place]), "price": float(found.price[place])}


def _rows(found: Marks) -> list[dict[str, Any]]:
    """One plain dict per mark; what is unknown isn't in it."""
    columns: dict[str, list[Any]] = {
        "id": sizes(found.rows),
        "whose": [found.names[place] for place in found.series],
        "region": texts(found.rows, "region"),
        "x": found.amount.tolist(),
        "price": found.price.tolist(),
        "front": found.is_front.tolist(),
        "day": [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days(found.rows)],
    }
    for name, _, _ in _FIGURES:
        columns[name] = [None if np.isnan(value) else value for value in figures(found.rows, name).tolist()]
    return [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None}
        for row in zip(*columns.values(), strict=True)
    ]


def _tooltips(found: Marks) -> Iterator[Spec]:
    """Size, whose, where, the figures, and of when: what there is of it."""
    there = [(name, said, form) for name, said, form in _FIGURES if name in found.rows]
    for name, said in (("id", "size"), ("whose", "provider"), ("region", "region")):
        yield vega.tooltip(name, said)
    if found.across.title not in {said for _, said, _ in there}:
        yield vega.tooltip("x", found.across.title, "~g")
    yield vega.tooltip("price", found.up.title, ".4~f")
    for name, said, form in there:
        yield vega.tooltip(name, said, form)
    yield vega.tooltip("day", "price of")


def _text(found: Marks) -> str:
    """The front as a table, under what the caption says."""
    ids, regions, line = sizes(found.rows), texts(found.rows, "region"), found.front_line
    shown = [*line[:: -(-len(line) // _MOST_ROWS)]]
    shown += [line[-1]] if shown[-1] != line[-1] else []
    rows = tuple(
        (
            scale.shown(float(found.amount[place])),
            money(float(found.price[place])),
            ids[place],
            found.names[found.series[place]],
            regions[place],
        )
        for place in shown
    )
    header = (found.across.title, found.up.title, "size", "provider", "region")
    table = Table(header, rows, (False, False, True, True, True)).plain()
    first, _, *rest = found.captions
    said = f"No cheaper size has at least as much: {counted(len(line), 'size')}"
    said += f", {len(shown)} of them here." if len(shown) < len(line) else "."
    return "\n".join([found.title, first, said, *rest, "", table])
