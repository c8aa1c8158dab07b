"""Sizes by regions: what each of the best sizes costs in each region that has it, the cheapest regions first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.frames import frames
from mist_notebook.ground.text_codes import coded
from mist_notebook.prices.known.ages import STALE_DAYS, STALE_GPU_DAYS, Old
from mist_notebook.prices.wishes.wish import Wish
from mist_notebook.records.columns import FIGURE, TEXT

from . import why as compare_why
from .compare import Comparison, asked_of, candidates_of, marked, plain
from .figures import MONTH
from .ranking import Ranking
from .selection import Candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mist_notebook.ground.text_codes import Codes

    Matrix = np.ndarray[Any, np.dtype[np.float64]]

WORD = "--pivot"
FIRST = ("backend", "provider", "id", "vcpus", "ram_gb")


def pivot(
    offers: pd.DataFrame,
    wish: Wish,
    ranking: Ranking,
    *,
    more: Sequence[str] = (),
    stale_days: float = STALE_DAYS,
    stale_gpu_days: float = STALE_GPU_DAYS,
    absent: Sequence[str] = (),
    today: date | None = None,
) -> Comparison:
    """The best sizes, as `compare` ranks them, one a row; a column of prices, or of the expression, for each region.

    A region is there where it has one of these sizes. Rows of an unknown region have no column of their own.
    """
    asked = asked_of(wish, ranking, (WORD, *more), Old(stale_days, stale_gpu_days), today, absent)
    candidates = candidates_of(offers, wish, ranking, asked.today, apart=False)
    order = candidates.best(ranking.limit)
    frame = _frame(candidates, order, -1.0 if ranking.largest_is_best else 1.0)
    if ranking.sort:
        frame = frames.arranged(frame, sort=ranking.sort, descending=ranking.descending, limit=None)
    found = Comparison(
        frame, compare_why.lines(candidates, order, asked), asked.line(wish), len(candidates.key), candidates.of
    )
    return marked(found, "pivot", by=MONTH if ranking.is_by_month else ranking.by and ranking.by.text)


def _frame(candidates: Candidates, order: Codes, sign: float) -> pd.DataFrame:
    rows = candidates.rows(order)
    frame = plain(rows[[*FIRST]])
    figures, regions = _matrix(candidates, order)
    cheapest = pd.DataFrame(sign * figures, columns=pd.Index(regions, dtype=TEXT), dtype=FIGURE)
    return pd.concat([frame, cheapest[_cheapest_first(figures, regions)]], axis=1)


def _matrix(candidates: Candidates, order: Codes) -> tuple[Matrix, list[str]]:
    """The smallest key of each size in each region that has one of them."""
    assert candidates.groups is not None  # noqa: S101 - a pivot is of sizes
    sizes, place_of_size = np.unique(candidates.groups[order], return_index=True)
    found = np.searchsorted(sizes, candidates.groups)
    found = np.minimum(found, len(sizes) - 1) if len(sizes) else found
    shown = np.flatnonzero(sizes[found] == candidates.groups) if len(sizes) else np.array([], dtype=np.int64)
    codes, regions = coded(candidates.rows(shown)["region"])
    shown, codes, key = shown[codes >= 0], codes[codes >= 0], candidates.key[shown][codes >= 0]
    figures = np.full((len(order), len(regions)), np.inf)
    np.fmin.at(figures, (place_of_size[found[shown]], codes), key)
    used = np.unique(codes)
    figures = figures[:, used]
    return np.where(np.isinf(figures), np.nan, figures), [regions[code] for code in used]


def _cheapest_first(figures: Matrix, regions: list[str]) -> list[str]:
    """The regions by how far above the best region their sizes cost, the typical one of them; unpriced ones last."""
    above = pd.DataFrame(figures, columns=pd.Index(regions, dtype=TEXT))
    typical = above.div(above.min(axis=1), axis=0).median()
    return list(typical.sort_index().sort_values(kind="stable", na_position="last").index)
