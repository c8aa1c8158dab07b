"""Which offers no other beats, and which marks of a crowded picture can go without changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FINEST = 160


def front(amount: NDArray[np.float64], price: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The offers on the Pareto front: none is cheaper with at least as much, none has more for the same price."""
    order = np.lexsort((price, -amount))
    amounts, prices = amount[order], price[order]
    starts = np.flatnonzero(np.r_[True, amounts[1:] != amounts[:-1]])
    cheapest = prices[starts]
    of_larger = np.r_[np.inf, np.minimum.accumulate(cheapest)[:-1]]
    group = np.cumsum(np.r_[0, amounts[1:] != amounts[:-1]])
    found = np.empty(len(order), dtype=bool)
    found[order] = (prices == cheapest[group]) & (prices < of_larger[group])
    return found


def spread(
    across: NDArray[np.float64], up: NDArray[np.float64], series: NDArray[np.int64], most: int
) -> NDArray[np.bool_]:
    """At most about `most` marks, the first of each series in each cell of a grid, as fine as that allows.

    `across` and `up` are places from 0 to 1.
    """
    if len(across) <= most:
        return np.ones(len(across), dtype=bool)
    fineness = _FINEST
    while True:
        cells = (np.rint(across * fineness) * (fineness + 1) + np.rint(up * fineness)) * (series.max() + 1) + series
        first = np.unique(cells, return_index=True)[1]
        if len(first) <= most or fineness == 1:
            kept = np.zeros(len(across), dtype=bool)
            kept[first] = True
            return kept
        fineness = max(fineness * 3 // 4, 1)
