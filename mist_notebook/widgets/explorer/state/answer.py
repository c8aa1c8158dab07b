"""What a state of the explorer answers: the frame of its line, how many fit, the nearest miss, and what a chart draws.

Pure, and quick enough for a slider: some milliseconds for the catalogue, a tenth of a second for a million offers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mist_notebook import charts
from mist_notebook.charts import Chart
from mist_notebook.display.view import sentence_list
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.text import counted
from mist_notebook.ground.text_codes import where
from mist_notebook.prices.comparing.compare import Comparison, candidates_of, compare
from mist_notebook.prices.comparing.figures import HOURLY
from mist_notebook.prices.comparing.nearest_miss import Miss, nearest_miss
from mist_notebook.prices.comparing.ranking import GROUPS, Ranking
from mist_notebook.prices.comparing.selection import Candidates, distinct, grouped
from mist_notebook.prices.known.ages import STALE_DAYS, STALE_GPU_DAYS
from mist_notebook.prices.known.offers import CURRENT
from mist_notebook.prices.wishes.wish import Wish, flag

from .choices import Choices
from .state import State, ranking_of, wish_of

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes

MOST_LINES = 200
AXES = (("RAM", "ram_gb"), ("vCPUs", "vcpus"), ("disk", "disk_gb"), ("GPUs", "gpus"), ("region", "region"))
_MOST_CHARTED = 25


@dataclass(frozen=True)
class World:
    """What is explored: the offers of a snapshot, the words of the line that say which, and the day."""

    offers: pd.DataFrame
    snapshot: str = CURRENT
    more: tuple[str, ...] = ()
    stale_days: float = STALE_DAYS
    sandbox: bool = False
    today: date | None = None
    stale_gpu_days: float = STALE_GPU_DAYS
    absent: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        return self.today or date.today()


@dataclass(frozen=True, eq=False)
class Answer:
    """The frame, the line that gives it, why it is this one, and how many rows of it there could be.

    `listed` are the rows to scroll through: those of the frame, and the next ones. `unpriced` counts the offers that
    fit and have no known price; `miss` is the nearest where none fits.
    """

    state: State
    frame: pd.DataFrame
    line: str
    why: tuple[str, ...]
    fits: int
    of: int
    unpriced: int
    miss: Miss | None
    candidates: Candidates
    listed: pd.DataFrame


def answered(world: World, state: State) -> Answer:
    """What this state answers. Raises what `compare` raises for a column that there is none of."""
    wish, ranking = wish_of(state), ranking_of(state)
    found = _compared(world, wish, ranking)
    more = ranking.limit is not None and len(found.frame) == ranking.limit < MOST_LINES and found.of > ranking.limit
    listed = _compared(world, wish, replace(ranking, limit=MOST_LINES)).frame if more else found.frame
    candidates = candidates_of(world.offers, wish, ranking, world.day)
    unpriced = int(np.count_nonzero(np.isnan(candidates.figures[HOURLY])))
    miss = None if found.fits else nearest_miss(candidates.offers, wish, world.day)
    found.frame.attrs["mist"] |= {"sandbox": world.sandbox, "snapshot": world.snapshot}
    return Answer(state, found.frame, found.line, found.notes, found.fits, found.of, unpriced, miss, candidates, listed)


def _compared(world: World, wish: Wish, ranking: Ranking) -> Comparison:
    return compare(
        world.offers,
        wish,
        ranking,
        more=world.more,
        stale_days=world.stale_days,
        stale_gpu_days=world.stale_gpu_days,
        absent=world.absent,
        today=world.day,
    )


def count_line(answer: Answer, choices: Choices) -> str:
    """How many fit out of how many, how many of them have no price, and how many are shown."""
    per, shown = answer.state.ranking.per, len(answer.frame)
    totals = {"size": choices.sizes, "offer": choices.offers}
    many = f"{answer.of:,} of {counted(totals[per], per)}" if per in totals else counted(answer.of, per)
    have = "has" if answer.of == 1 else "have"
    fit = "fit" if per in totals else f"{have} something that fits, {counted(answer.fits, 'offer')} in all"
    parts = [f"{many} {fit}", f"{counted(answer.unpriced, 'offer')} unpriced" if answer.unpriced else ""]
    parts += [f"the first {shown:,} in the frame" if shown < answer.of else ""]
    listed = min(len(answer.listed), MOST_LINES)
    parts += [f"the first {listed:,} shown here" if listed < answer.of else ""]
    return f"{'; '.join(filter(None, parts))}."


def misses(miss: Miss) -> str:
    """What would be asked less, as one types it."""
    words = [(miss.relaxed.spelled(name), flag(name)) for name in miss.missed]
    return sentence_list([f"with {asked}" if asked else f"without {name}" for asked, name in words])


def drawn_line(answer: Answer, chart: Chart | MistError, by: str) -> str:
    """How the chart's sizes and those that fit come to the same: what of them has no place in it."""
    if by == "region" or not isinstance(chart, Chart) or chart.rows is None:
        return ""
    price = answer.candidates.figures[HOURLY]
    sizes = _sizes(answer.candidates)
    fit, priced = distinct(sizes), distinct(sizes[~np.isnan(price)])
    parts = [f"{counted(len(chart.rows), 'mark')} for {counted(fit, 'size')} that fit"]
    parts += [f"{counted(fit - priced, 'size')} without a known price" if fit > priced else ""]
    hidden = priced - len(chart.rows)
    parts += [f"{counted(hidden, 'size')} under others, or without this figure" if hidden > 0 else ""]
    left = [part for part in parts[1:] if part]
    return f"{parts[0]}{'; without a mark: ' + ', '.join(left) if left else ''}. Click a mark to pick its size."


def chart(answer: Answer, by: str) -> Chart | MistError:
    """The prices of all that fit against `by`, one of AXES, or why there is nothing to draw."""
    try:
        rows = _by_region(answer) if by == "region" else _by_size(answer)
        rows.attrs = answer.frame.attrs  # which say whether it is the sandbox's
        return charts.of(rows, by)
    except MistError as error:
        return error


def _by_size(answer: Answer) -> pd.DataFrame:
    """The offers that are the cheapest of their size."""
    candidates = answer.candidates
    price, sizes = candidates.figures[HOURLY], _sizes(candidates)
    known = np.flatnonzero(~np.isnan(price))
    if not len(known):
        return candidates.rows(np.arange(len(price))[:1])  # of which the chart says that no price is known
    least = np.full(int(sizes.max()) + 1 if len(sizes) else 0, np.inf)
    np.minimum.at(least, sizes[known], price[known])
    return candidates.rows(known[price[known] == least[sizes[known]]])


def _by_region(answer: Answer) -> pd.DataFrame:
    """The offers that fit of the sizes that are shown, in the order of these."""
    shown = answer.frame[["provider", "id"]].drop_duplicates().head(_MOST_CHARTED)
    rank = {size: place for place, size in enumerate(zip(shown["provider"], shown["id"], strict=True))}
    candidates, ids = answer.candidates, set(shown["id"])
    column = candidates.offers["id"].iloc[candidates.found.rows]
    found = candidates.rows(np.flatnonzero(where(column, ids.__contains__)))
    ranks = np.array([rank.get(size, -1) for size in zip(found["provider"], found["id"], strict=True)], dtype=np.int64)
    order = np.argsort(ranks, kind="stable")
    return found.iloc[order[np.count_nonzero(ranks < 0) :]]


def _sizes(candidates: Candidates) -> Codes:
    numbers: Codes | None = grouped(candidates.offers, candidates.found.rows, GROUPS["size"])
    assert numbers is not None  # noqa: S101 - a size has columns
    return numbers
