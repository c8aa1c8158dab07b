"""A chart as SVG, by hand: no script, no link, nothing fetched, and every foreign word escaped.

The ground is transparent, and marks are readable on white and on black. Text is the theme's where the picture stands
in the page; shown as an image it has no theme to follow, and takes what the browser prefers, with a halo that makes it
readable where the page differs from that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mist_notebook.ground.text import escape_html

from .look import NEUTRAL, Look
from .scale import Scale
from .theme import STYLE

WIDTH = 760
PLOT_HEIGHT = 340
LEFT, RIGHT = 70, 34
LINE = 17
_TITLE = 34
_AXIS_ROOM = 60
_LETTER = 6.9
_AREA = 38.0
_FRONT_AREA = 70.0
_SAMPLE = 30

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Axis:
    """What an axis shows, and its scale."""

    title: str
    scale: Scale


@dataclass(frozen=True)
class Series:
    """Marks of one look; `filled` are the larger ones that matter; with `steps` a line holds each until the next."""

    label: str
    look: Look
    points: tuple[tuple[float, float], ...]
    filled: tuple[tuple[float, float], ...] = ()
    steps: bool = False


@dataclass(frozen=True)
class Plot:
    """A picture with two axes: series of marks, one line through some of them, and words beside some."""

    title: str
    captions: tuple[str, ...]
    across: Axis
    up: Axis
    series: tuple[Series, ...]
    front: tuple[tuple[float, float], ...] = ()
    words: tuple[tuple[float, float, str], ...] = ()

    def x(self, value: float) -> float:
        return LEFT + self.across.scale.place(value) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return _TITLE + (1 - self.up.scale.place(value)) * PLOT_HEIGHT


def plot(picture: Plot) -> str:
    """The SVG of a picture with two axes."""
    keys, after_keys = _keys(picture, _TITLE + PLOT_HEIGHT + _AXIS_ROOM)
    said, height = captions(picture.captions, after_keys)
    marks = [mark for series in picture.series for mark in _series(picture, series)]
    parts = [*_axes(picture), *_front(picture), *marks, *_words(picture), *keys, *said]
    return document(picture.title, picture.captions, parts, WIDTH, height)


def document(title: str, lines: Sequence[str], parts: Iterable[str], width: float, height: float) -> str:
    """The whole SVG around its parts; title and captions are also what a screen reader says."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mist-chart" role="img" '
        f'aria-label="{escape_html(title)}" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" font-family="{_FONT}" font-size="12">'
        f"<title>{escape_html(title)}</title><desc>{escape_html(' '.join(lines))}</desc>{STYLE}"
        f"{words(8, 18, title, size=15, bold=True)}{''.join(parts)}</svg>"
    )


def captions(lines: Sequence[str], top: float, width: float = WIDTH) -> tuple[list[str], float]:
    """The lines under a picture, and where they end."""
    wrapped = [part for line in lines for part in _wrapped(line, int((width - 16) / _LETTER))]
    return [words(8, top + LINE * place, line) for place, line in enumerate(wrapped)], top + LINE * len(wrapped)


def words(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 0, bold: bool = False, inside: str = ""
) -> str:
    """A text in the picture; `anchor` is what of it stands at x, `inside` the class of text on a cell's colour."""
    kind = f' class="{inside}"' if inside else ""
    size_of = f' font-size="{size}"' if size else ""
    weight = ' font-weight="bold"' if bold else ""
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{at}{size_of}{weight}{kind} fill="#6b6b6b">{escape_html(text)}</text>'


def width_of(text: str) -> float:
    """About how wide the text is."""
    return len(text) * _LETTER


def shape(kind: str, x: float, y: float, area: float) -> str:
    """The path of one mark."""
    if kind == "circle":
        r = math.sqrt(area / math.pi)
        return f"M{x - r:.1f} {y:.1f}a{r:.2f} {r:.2f} 0 1 0 {2 * r:.2f} 0a{r:.2f} {r:.2f} 0 1 0 {-2 * r:.2f} 0z"
    half = math.sqrt(area) / 2
    return "M" + "L".join(f"{x + a * half:.1f} {y + b * half:.1f}" for a, b in _CORNERS[kind]) + "z"


_CORNERS = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
    "triangle-up": ((0, -1.4), (1.4, 1.05), (-1.4, 1.05)),
    "triangle-down": ((0, 1.4), (-1.4, -1.05), (1.4, -1.05)),
    "triangle-right": ((1.4, 0), (-1.05, 1.4), (-1.05, -1.4)),
    "triangle-left": ((-1.4, 0), (1.05, -1.4), (1.05, 1.4)),
    "cross": tuple(
        (a * sign, b * sign)
        for sign in (1, -1)
        for a, b in ((0.5, -1.5), (0.5, -0.5), (1.5, -0.5), (1.5, 0.5), (0.5, 0.5), (0.5, 1.5))
    ),
}


def _axes(picture: Plot) -> list[str]:
    bottom, right = _TITLE + PLOT_HEIGHT, WIDTH - RIGHT
    down = [(picture.x(value), text) for value, text in picture.across.scale.ticks]
    along = [(picture.y(value), text) for value, text in picture.up.scale.ticks]
    grid = "".join(f"M{x:.1f} {_TITLE}V{bottom}" for x, _ in down) + "".join(
        f"M{LEFT} {y:.1f}H{right}" for y, _ in along
    )
    lines = f'<path d="{grid}" stroke="{NEUTRAL}" stroke-opacity=".28" fill="none"/>'
    frame = f'<path d="M{LEFT} {_TITLE}V{bottom}H{right}" stroke="{NEUTRAL}" fill="none"/>'
    under = [words(x, bottom + LINE, text, anchor="middle") for x, text in down]
    beside = [words(LEFT - 6, y + 4, text, anchor="end") for y, text in along]
    title = words((LEFT + right) / 2, bottom + 2 * LINE, picture.across.title, anchor="middle", bold=True)
    upright = words(0, 0, picture.up.title, anchor="middle", bold=True)
    turned = f'<g transform="translate(16 {_TITLE + PLOT_HEIGHT / 2:.0f}) rotate(-90)">{upright}</g>'
    return [lines, frame, *under, *beside, title, turned]


def _series(picture: Plot, series: Series) -> list[str]:
    """Hollow marks, filled ones over them, and under both the line."""
    colour = series.look.colour
    hollow, filled = (
        "".join(shape(series.look.shape, picture.x(x), picture.y(y), area) for x, y in points)
        for points, area in ((series.points, _AREA), (series.filled, _FRONT_AREA))
    )
    parts = []
    if series.steps:
        parts.append(_line(_steps(picture, series.points), colour, series.look.dash))
    if hollow:
        fill = colour if series.steps else "none"
        parts.append(f'<path d="{hollow}" fill="{fill}" stroke="{colour}" stroke-width="1.4"/>')
    if filled:
        parts.append(f'<path d="{filled}" fill="{colour}" stroke="{colour}" stroke-width="1.4"/>')
    return parts


def _steps(picture: Plot, points: Sequence[tuple[float, float]]) -> str:
    first, *rest = points
    return f"M{picture.x(first[0]):.1f} {picture.y(first[1]):.1f}" + "".join(
        f"H{picture.x(x):.1f}V{picture.y(y):.1f}" for x, y in rest
    )


def _front(picture: Plot) -> list[str]:
    """The line under which nothing is offered: what so much costs at least."""
    if not picture.front:
        return []
    first, *rest = picture.front
    path = f"M{picture.x(first[0]):.1f} {picture.y(first[1]):.1f}" + "".join(
        f"V{picture.y(y):.1f}H{picture.x(x):.1f}" for x, y in rest
    )
    return [_line(path, NEUTRAL, (5, 3))]


def _line(path: str, colour: str, dash: Sequence[int]) -> str:
    dashes = f' stroke-dasharray="{" ".join(map(str, dash))}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def _words(picture: Plot) -> list[str]:
    return [words(picture.x(x) + 8, picture.y(y) + 14, text, size=11) for x, y, text in picture.words]


def _keys(picture: Plot, top: float) -> tuple[list[str], float]:
    """What each look stands for, in columns under the axis, and where that ends."""
    widest = max(width_of(series.label) for series in picture.series) + _SAMPLE + 22
    columns = max(1, int((WIDTH - 16) / widest))
    parts = []
    for place, series in enumerate(picture.series):
        x, y = 8 + (place % columns) * widest, top + LINE * (place // columns)
        colour = series.look.colour
        mark = shape(series.look.shape, x + _SAMPLE / 2, y - 4, _FRONT_AREA)
        if series.steps:
            parts.append(_line(f"M{x:.1f} {y - 4:.1f}H{x + _SAMPLE:.1f}", colour, series.look.dash))
        parts.append(f'<path d="{mark}" fill="{colour}"/>')
        parts.append(words(x + _SAMPLE + 6, y, series.label))
    return parts, top + LINE * (math.ceil(len(picture.series) / columns) + 0.5)


def _wrapped(line: str, most: int) -> list[str]:
    import textwrap

    return textwrap.wrap(line, most) or [""]
