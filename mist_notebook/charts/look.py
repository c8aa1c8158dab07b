"""What marks look like: colours, shapes and dashes that can be told apart on white, on black and on paper.

Every colour has a contrast of at least 3 to white, to #333 (Vega's dark theme) and to #111 (JupyterLab's), and all of
them differ for people who lack one of the three kinds of cones. Nothing is said by colour alone: each series has a
shape, and each line a dash, of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from mist_notebook.records.provider_names import NAMES, key_of

COLOURS = ("#2c9adc", "#e7420b", "#0b8f42", "#b0639a", "#a58f84", "#8463f2")
NEUTRAL = "#808080"
DASHES: tuple[tuple[int, ...], ...] = ((), (7, 3), (2, 3), (9, 3, 2, 3), (4, 2), (12, 4), (1, 2), (6, 2, 2, 2, 2, 2))
SHAPES = ("circle", "triangle-up", "square", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")
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
_ROUND = 24  # after so many places colour and shape would come together again
_SPOT = " spot"


@dataclass(frozen=True)
class Look:
    """How one series is drawn."""

    colour: str
    shape: str
    dash: tuple[int, ...]


def look(place: int) -> Look:
    """The look of the series at this place; no two of the first 48 share both colour and shape."""
    shape = SHAPES[(place + place // _ROUND) % len(SHAPES)]
    return Look(COLOURS[place % len(COLOURS)], shape, DASHES[place % len(DASHES)])


def looks_of(names: Sequence[str], providers: Mapping[str, str] | None = None) -> list[Look]:
    """The look of each of these owners of prices: a provider's is always the same.

    Its spot prices, and a person's backends at it, have its colour and another mark. `providers` says which provider a
    backend is of; what is of none of them has what is left.
    """
    found = _places(names, providers or {})
    return [look(found[name]) for name in names]


def line_looks(owners: Sequence[str], providers: Mapping[str, str] | None = None) -> list[Look]:
    """The look of each line, by whose it is: its provider's colour, and each a mark and a dash of its own.

    Where all are of one owner the first has its look, and colours tell the lines apart too.
    """
    found = _places(list(dict.fromkeys(owners)), providers or {})
    taken: set[int] = set()
    looks = []
    for number, owner in enumerate(owners):
        step = 1 if len(found) == 1 else len(COLOURS)
        place = next(place for place in _from(found[owner], step) if place not in taken)
        taken.add(place)
        looks.append(replace(look(place), dash=DASHES[number % len(DASHES)]))
    return looks


def _places(names: Sequence[str], providers: Mapping[str, str]) -> dict[str, int]:
    """A place for each; providers choose first, then what is of one, then the rest."""
    wishes = {name: _wish(name, providers) for name in names}
    chosen: dict[str, int] = {}
    for name in sorted(wishes, key=lambda name: (wishes[name][0], name)):
        rank, start = wishes[name]
        ways = [*_from(start, 1 if rank == _OF_NONE else len(COLOURS)), *_from(start, 1)]
        chosen[name] = next((place for place in ways if place not in chosen.values()), start)
    return chosen


_A_PROVIDER, _OF_A_PROVIDER, _OF_NONE = range(3)


def _wish(name: str, providers: Mapping[str, str]) -> tuple[int, int]:
    """How early it chooses, and the place it wishes for."""
    owner, is_spot = name.removesuffix(_SPOT), name.endswith(_SPOT)
    key, mixed = key_of(owner), crc32(owner.encode("utf-8", "replace"))
    if key is not None:
        place = list(NAMES).index(key)
        return (_OF_A_PROVIDER, (place + _ROUND) % _LOOKS) if is_spot else (_A_PROVIDER, place)
    key = key_of(providers.get(name, ""))
    if key is None:
        return _OF_NONE, len(NAMES) + mixed % (_LOOKS - len(NAMES))
    further = 1 + (mixed + 3 * is_spot) % (len(SHAPES) - 1)
    return _OF_A_PROVIDER, (list(NAMES).index(key) + further * len(COLOURS)) % _LOOKS


def _from(start: int, step: int) -> Iterator[int]:
    """Every place that so many steps lead to, from this one on."""
    return ((start + step * number) % _LOOKS for number in range(_LOOKS))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb`) as WCAG 2 measures it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_BELOW else float(((channel + 0.055) / 1.055) ** 2.4)
