"""What marks look like: colours, shapes and dashes that can be told apart on white, on black and on paper.

Every colour has a contrast of at least 3 to white, to #333 (Vega's dark theme) and to #111 (JupyterLab's); the first
four also differ for people who don't tell red from green. Nothing is said by colour alone: each series has a shape,
and each line a dash, of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from mist_notebook.records.provider_names import NAMES, key_of

COLOURS = ("#2b8ae0", "#dd5510", "#0f9c6e", "#d264b0", "#a5814e", "#8a77ee")
NEUTRAL = "#808080"
DASHES: tuple[tuple[int, ...], ...] = ((), (7, 3), (2, 3), (9, 3, 2, 3), (4, 2), (12, 4), (1, 2), (6, 2, 2, 2, 2, 2))
SHAPES = ("circle", "triangle-up", "square", "diamond", "triangle-down", "cross", "triangle-right")
MOST_KINDS_OF_MARK = 12
MOST_LINES = len(DASHES)

# Of text that has no theme to follow: it has a halo of the other colour, so that it reads on any ground.
TEXT_ON_LIGHT, HALO_ON_LIGHT = "#222222", "#ffffff"
TEXT_ON_DARK, HALO_ON_DARK = "#e8e8e8", "#111111"

# From the cheapest cell of a heat map to the dearest; the text in the cells is black.
HEAT = ("#f2f7fc", "#cfe1f2", "#a5cbe8", "#7db3de", "#5a9bd4")
CELL_TEXT = "#000000"

_LINEAR_BELOW = 0.03928
_LOOKS = len(COLOURS) * len(SHAPES)
_SPOT = " spot"
_TO_ITS_SPOT = 4 * len(COLOURS)  # places further the colour is the same, and the mark another


@dataclass(frozen=True)
class Look:
    """How one series is drawn."""

    colour: str
    shape: str
    dash: tuple[int, ...]


def look(place: int) -> Look:
    """The look of the series at this place; no two of the first 42 share both colour and shape."""
    return Look(COLOURS[place % len(COLOURS)], SHAPES[place % len(SHAPES)], DASHES[place % len(DASHES)])


def looks_of(names: Sequence[str]) -> list[Look]:
    """The look of each of these owners of prices: a provider's is always the same, that of others the next one free.

    Its spot prices have its colour, and another mark.
    """
    taken: set[int] = set()
    chosen: dict[str, int] = {}
    for name in sorted(names, key=lambda name: (_fixed(name) is None, name)):
        place = _fixed(name)
        place = crc32(name.encode("utf-8", "replace")) % _LOOKS if place is None else place
        while place in taken:
            place = (place + 1) % _LOOKS
        taken.add(place)
        chosen[name] = place
    return [look(chosen[name]) for name in names]


def _fixed(name: str) -> int | None:
    """The place that is a provider's own."""
    key = key_of(name.removesuffix(_SPOT))
    if key is None:
        return None
    place = list(NAMES).index(key)
    return (place + _TO_ITS_SPOT) % _LOOKS if name.endswith(_SPOT) else place


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb`) as WCAG 2 measures it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_BELOW else float(((channel + 0.055) / 1.055) ** 2.4)
