"""Prices over time: a line of steps per size and region, those that went the same way as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import Table
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import counted

from . import scale, svg, vega
from .chart import Chart
from .look import MOST_LINES, Look, line_looks, look
from .reading import (
    PRICE,
    UNKNOWN,
    days,
    figures,
    label,
    left_out,
    money,
    need,
    owners,
    per_hour,
    priced,
    provenance,
    providers_of,
    sizes,
    texts,
    title,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPARKS = "▁▂▃▄▅▆▇█"
_SAMPLES = 24
_NAMED_REGIONS = 3


@dataclass(frozen=True)
class _Path:
    """One line: what it stands for, how it looks, and its price on each day that it is known of."""

    label: str
    look: Look
    whose: str
    size: str
    regions: tuple[str, ...]
    days: tuple[int, ...]
    prices: tuple[float, ...]

    def at(self, day: int) -> float | None:
        """The price in force on the day; None before the first."""
        held = [price for known, price in zip(self.days, self.prices, strict=True) if known <= day]
        return held[-1] if held else None

    @property
    def points(self) -> list[tuple[int, float]]:
        return list(zip(self.days, self.prices, strict=True))

    @property
    def change(self) -> float:
        """From the first price to the last, in percent."""
        return (self.prices[-1] / self.prices[0] - 1) * 100


def over_time(frame: pd.DataFrame) -> Chart:
    """The price of each size in each region over `as_of`; identical lines are one.

    At most eight lines are drawn, those that end cheapest; the caption says so. Raises NotFoundError for a column
    that isn't there, BadValueError where no row has both a price and a day.
    """
    need(frame, ("as_of", PRICE, "id"))
    known = priced(frame)
    dated = days(frame).notna().to_numpy()
    if not (known & dated).any():
        raise BadValueError("No row with a price has a date.", "A price over time needs as_of.")
    rows = frame[known & dated]
    paths = _paths(rows)
    drawn = _looking(paths[:MOST_LINES], rows)
    few = f"{len(drawn)} of {len(paths)} lines are drawn, those that end cheapest." if len(paths) > len(drawn) else ""
    up = scale.prices([price for path in drawn for price in path.prices])
    cut_off = f"The price axis starts at {scale.shown(up.low)}, not at 0." if up.low and not up.log else ""
    lost = [(int((~known).sum()), "without a known price"), (int((known & ~dated).sum()), "without a date")]
    captions = tuple(line for line in (provenance(rows), few, cut_off, *left_out(lost)) if line)
    said = title(frame, f"Price of {_subject(paths)} over time")
    axis = svg.Axis(per_hour(rows), up)
    picture = svg.plot(_plot(said, captions, drawn, axis))
    return Chart(_spec(said, captions, drawn, axis), picture, _text(said, captions, drawn))


def _paths(rows: pd.DataFrame) -> list[_Path]:
    """The lines, cheapest at the end first; size and provider are named where they differ."""
    table = pd.DataFrame(
        {
            "whose": [label(name) for name in owners(rows)],
            "size": sizes(rows),
            "region": texts(rows, "region"),
            "day": _ordinals(days(rows)),
            "until": _ordinals(days(rows, "last_seen").fillna(days(rows))),
            "price": figures(rows, PRICE),
        }
    ).sort_values("day", kind="stable")
    regions: dict[tuple[Any, ...], list[str]] = {}
    for key, part in table.groupby(["whose", "size", "region"], sort=False):
        whose, size, region = map(str, key)
        regions.setdefault((whose, size, *_way(part)), []).append(region)
    several = len({whose for whose, *_ in regions}) > 1, len({size for _, size, *_ in regions}) > 1
    found = [
        _Path(_label(whose, size, where, several), look(0), whose, size, tuple(where), on, prices)
        for (whose, size, on, prices), where in regions.items()
    ]
    return sorted(found, key=lambda path: (path.prices[-1], path.label))


def _looking(paths: Sequence[_Path], rows: pd.DataFrame) -> list[_Path]:
    looks = line_looks([path.whose for path in paths], providers_of(rows))
    return [replace(path, look=its) for path, its in zip(paths, looks, strict=True)]


def _ordinals(column: pd.Series[Any]) -> list[int]:
    return [day.toordinal() for day in column]


def _way(part: pd.DataFrame) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The days and prices of one line; its last price is held until the day on which it was last seen."""
    rows = part.drop_duplicates("day", keep="last")
    on, prices, end = rows["day"].tolist(), rows["price"].tolist(), int(rows["until"].max())
    if end > on[-1]:
        on, prices = [*on, end], [*prices, prices[-1]]
    return tuple(on), tuple(prices)


def _label(whose: str, size: str, regions: Sequence[str], several: tuple[bool, bool]) -> str:
    named = [word for word, differs in zip((whose, size), several, strict=True) if differs]
    where = [region for region in regions if region != UNKNOWN]
    more = f" +{len(where) - _NAMED_REGIONS}" if len(where) > _NAMED_REGIONS else ""
    return " ".join([*named, ", ".join(where[:_NAMED_REGIONS]) + more]).strip() or size


def _subject(paths: Sequence[_Path]) -> str:
    sizes = {(path.whose, path.size) for path in paths}
    whose, size = next(iter(sizes))
    return counted(len(sizes), "size") if len(sizes) > 1 else size if whose == UNKNOWN else f"{whose} {size}"


def _plot(said: str, captions: tuple[str, ...], paths: Sequence[_Path], up: svg.Axis) -> svg.Plot:
    series = tuple(svg.Series(path.label, path.look, tuple(path.points), steps=True) for path in paths)
    across = svg.Axis("", scale.days([day for path in paths for day in path.days]))
    return svg.Plot(said, captions, across, up, series)


def _spec(said: str, captions: Sequence[str], paths: Sequence[_Path], up: svg.Axis) -> vega.Spec:
    names, looks = [path.label for path in paths], [path.look for path in paths]
    shared = vega.looks(names, looks)
    line = {"mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2}}
    points = {"params": vega.pointing(), "mark": {"type": "point", "filled": True, "size": 60}}
    body = {
        "width": vega.WIDTH,
        "height": vega.HEIGHT,
        "encoding": {
            # Days are UTC's: in the reader's own zone an American one would see the day before.
            "x": {"field": "day", "type": "temporal", "title": None, "scale": {"type": "utc", "padding": 14}},
            "y": vega.figure("price", up),
            "color": shared["color"],
            "opacity": shared["opacity"],
        },
        "layer": [
            {**line, "encoding": {"strokeDash": vega.dashes(names, looks)}},
            {**points, "encoding": {"shape": shared["shape"], "tooltip": _tooltips(up.title)}},
        ],
    }
    return vega.document(said, captions, [row for path in paths for row in _rows(path)], body, is_moved=True)


def _rows(path: _Path) -> list[dict[str, Any]]:
    """The line's points with what the tooltip says of each."""
    rows: list[dict[str, Any]] = []
    for day, price in path.points:
        iso = date.fromordinal(day).isoformat()
        row = {"whose": path.label, "day": iso, "date": iso, "price": price, "id": path.size, "change": UNKNOWN}
        row["region"] = ", ".join(path.regions[:_NAMED_REGIONS])
        if rows:
            row["change"] = f"{(price / rows[-1]['price'] - 1) * 100:+.1f} %"
        rows.append(row)
    return rows


def _tooltips(axis: str) -> list[vega.Spec]:
    shown = [vega.tooltip(name, said) for name, said in (("id", "size"), ("region", "region"), ("date", "date"))]
    return [*shown, vega.tooltip("price", axis, ".4~f"), vega.tooltip("change", "change")]


def _text(said: str, captions: Sequence[str], paths: Sequence[_Path]) -> str:
    """Each line as a row: from when to when, from what to what, and its way in small bars."""
    first, end = min(path.days[0] for path in paths), max(path.days[-1] for path in paths)
    rows = tuple(
        (
            path.label,
            date.fromordinal(path.days[0]).isoformat(),
            date.fromordinal(path.days[-1]).isoformat(),
            money(path.prices[0]),
            money(path.prices[-1]),
            f"{path.change:+.1f} %",
            _sparks(path, np.linspace(first, end, _SAMPLES).round()),
        )
        for path in paths
    )
    span = f"{date.fromordinal(first)} … {date.fromordinal(end)}"
    header = ("", "first", "last", "from", "to", "change", span)
    table = Table(header, rows, (True, True, True, False, False, False, True))
    return "\n".join([said, *captions, "", table.plain()])


def _sparks(path: _Path, samples: NDArray[np.float64]) -> str:
    """The price as bars, from the line's lowest to its highest."""
    low, high = min(path.prices), max(path.prices)
    step = (high - low) / (len(_SPARKS) - 1) or 1.0
    held = [path.at(int(day)) for day in samples]
    return "".join(" " if price is None else _SPARKS[round((price - low) / step)] for price in held)
