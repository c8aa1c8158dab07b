"""The steps of a slider, out of the figures that occur: all of them where they are few, else spread by magnitude.

A step stands for itself. The lowest and the highest one are open ends, so that a slider left alone asks for nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mist_notebook.ground.amounts.quantity import Range

if TYPE_CHECKING:
    Figures = np.ndarray[Any, np.dtype[np.float64]]

MOST_STEPS = 40
_DIGITS = 6  # of a step in a line: short, and read back as the same figure
_SAME = 2e-5  # what that can change of a figure
_ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


@dataclass(frozen=True)
class Ladder:
    """Figures by size. A ladder of less than two steps offers no choice."""

    steps: tuple[float, ...] = ()

    @property
    def last(self) -> int:
        """The place of the highest step."""
        return max(len(self.steps) - 1, 0)

    @property
    def is_useful(self) -> bool:
        """Whether there is anything to choose between."""
        return len(self.steps) > 1

    def wanted(self, low: int, high: int) -> Range | None:
        """What these two places of a slider ask for; nothing at both ends."""
        if (low, high) == (0, self.last):
            return None
        return Range(
            0.0 if low == 0 else _rounded(self.steps[low], up=False),
            math.inf if high == self.last else _rounded(self.steps[high], up=True),
        )

    def places(self, wanted: Range | None) -> tuple[int, int]:
        """Where a slider stands for a range: at its ends, where these are steps, else just outside of them."""
        if wanted is None:
            return 0, self.last
        below = (place for place, step in enumerate(self.steps) if step <= wanted.low * (1 + _SAME))
        above = (place for place, step in enumerate(self.steps) if step >= wanted.high * (1 - _SAME))
        low = max(below, default=0)
        return low, max(low, next(above, self.last))

    def reaching(self, wanted: Range | None) -> Ladder:
        """The ladder with the ends of a range among its steps, so that a slider can stand at them."""
        if wanted is None:
            return self
        ends = (end for end in (wanted.low, wanted.high) if 0 < end < math.inf)
        new = [end for end in ends if not any(math.isclose(end, step, rel_tol=_SAME) for step in self.steps)]
        if not new:
            return self
        steps = {*self.steps, *new}
        return Ladder(tuple(sorted(steps if len(steps) > 1 else {0.0, *steps})))


def of_figures(values: Figures, most: int = MOST_STEPS) -> Ladder:
    """The ladder of the known figures; of many, the most frequent one of each magnitude, and both ends."""
    found, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    apart = np.append(True, np.diff(found) > found[1:] * 2 * _SAME)[: len(found)]
    steps, counts = found[apart], counts[apart]
    if len(steps) <= most:
        return Ladder(tuple(steps.tolist()))
    zero = tuple(steps[steps <= 0].tolist())
    return Ladder((*zero, *_spread(steps[steps > 0], counts[steps > 0], most - len(zero))))


def of_prices(values: Figures) -> Ladder:
    """Round amounts of money, the first above the smallest of the known prices, the last no less than the largest."""
    known = values[values > 0]
    if not len(known):
        return Ladder()
    least, most = float(known.min()), float(known.max())
    decades = range(math.floor(math.log10(least)) - 1, math.ceil(math.log10(most)) + 2)
    amounts = [float(f"{leading}e{decade}") for decade in decades for leading in _ROUND]
    above = [amount for amount in amounts if amount > least]
    return Ladder(tuple(amount for place, amount in enumerate(above) if place == 0 or above[place - 1] < most))


def label(figure: float) -> str:
    """A figure as it stands at a slider."""
    return f"{figure:,.0f}" if figure >= 1000 else f"{figure:.4g}"


def _spread(steps: Figures, counts: Any, most: int) -> tuple[float, ...]:
    """Of each of about `most` magnitudes the figure that occurs most often; the first and the last figure too."""
    magnitudes = np.log(steps / steps[0]) / math.log(steps[-1] / steps[0])
    bins = np.minimum((magnitudes * (most - 2)).astype(int), most - 3)
    order = np.lexsort((steps, -counts, bins))
    chosen = order[np.unique(bins[order], return_index=True)[1]]
    return tuple(sorted({float(steps[0]), *steps[chosen].tolist(), float(steps[-1])}))


def _rounded(figure: float, *, up: bool) -> float:
    """The figure with few digits, rounded so that it still lies in the range that it ends."""
    if not figure:
        return 0.0
    digits = _DIGITS - 1 - math.floor(math.log10(figure))
    nearest = round(figure * 10.0**digits)
    near = (float(f"{nearest + step}e{-digits}") for step in (0, 1 if up else -1))
    return next(value for value in near if (value >= figure if up else value <= figure))
