"""What the chart of price against an amount shows: every size once, its series, the front, and what had to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import counted

from . import scale
from .front import front, spread
from .look import MOST_KINDS_OF_MARK, Look, looks_of
from .reading import (
    PRICE,
    figures,
    label,
    left_out,
    owners,
    per_hour,
    priced,
    provenance,
    providers_of,
    title,
    words,
)
from .svg import Axis

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_MARKS = 1_000
OTHERS = "others"
_TITLES = {
    "ram_gb": ("RAM", "RAM, GiB"),
    "vcpus": ("vCPUs", "vCPUs"),
    "disk_gb": ("disk", "disk, GB"),
    "gpus": ("GPUs", "GPUs"),
    "gpu_ram_gb": ("RAM of a GPU", "RAM of a GPU, GiB"),
    "net_gbps": ("network", "network, Gbit/s"),
}
_COUNTED = {"vcpus", "gpus"}


@dataclass(frozen=True)
class Marks:
    """Sizes by rising price: their rows, amounts and prices, which are on the front, and whose each is by place."""

    rows: pd.DataFrame
    amount: NDArray[np.float64]
    price: NDArray[np.float64]
    is_front: NDArray[np.bool_]
    series: NDArray[np.int64]
    names: tuple[str, ...]
    looks: tuple[Look, ...]
    across: Axis
    up: Axis
    title: str
    captions: tuple[str, ...]

    @property
    def front_line(self) -> list[int]:
        """The places of the front by rising amount, one where several are equal."""
        order = np.lexsort((self.price, self.amount))
        on_front = order[self.is_front[order]]
        amounts = self.amount[on_front]
        return [int(place) for place in on_front[np.r_[True, amounts[1:] != amounts[:-1]]]]


def marks(frame: pd.DataFrame, amount: str) -> Marks:
    """The sizes of a frame that has the columns; raises BadValueError where none has both a price and an amount."""
    known = priced(frame)
    usable = known & (np.nan_to_num(figures(frame, amount)) > 0)
    short, long = _TITLES.get(amount, (label(amount), f"column {label(amount)}"))
    if not usable.any():
        raise BadValueError(f"No row with a price has {short} above 0.", "Draw against another column.")
    rows = _cheapest_regions(frame[usable])
    amounts, prices = figures(rows, amount), figures(rows, PRICE)
    series, names = _series(owners(rows))
    lost = [(int((~known).sum()), "without a known price"), (int((known & ~usable).sum()), f"without {short}")]
    every = Marks(
        rows,
        amounts,
        prices,
        front(amounts, prices),
        series,
        names,
        tuple(looks_of(names, providers_of(rows))),
        Axis(long, scale.amounts(amounts.tolist())),
        Axis(per_hour(rows), scale.prices(prices.tolist())),
        title(frame, f"Price against {short}"),
        (*_said(rows, f"{'many' if amount in _COUNTED else 'much'} {short}"), *left_out(lost)),
    )
    return _thinned(every)


def _said(rows: pd.DataFrame, as_much: str) -> tuple[str, str]:
    """What is drawn, and what is marked."""
    return (
        f"{counted(len(rows), 'size')}, each at its cheapest region · {provenance(rows)}",
        f"Filled, on the dashed line: no cheaper size has at least as {as_much}.",
    )


def _cheapest_regions(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per size of each owner, that of its lowest price; the cheapest size first."""
    order = np.argsort(figures(rows, PRICE), kind="stable")
    keys = pd.DataFrame({"whose": owners(rows).to_numpy(), "id": words(rows, "id").to_numpy()}).iloc[order]
    kept: pd.DataFrame = rows.iloc[order[~keys.duplicated().to_numpy()]]
    return kept


def _series(whose: pd.Series[Any]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Each row's series, and their names: the largest first, the smallest together where there are too many."""
    found = list(whose.value_counts(sort=True).index)
    kept = found if len(found) <= MOST_KINDS_OF_MARK else found[: MOST_KINDS_OF_MARK - 1]
    places = pd.Index(kept).get_indexer(pd.Index(whose))
    names = [label(name) for name in kept] + ([OTHERS] if len(found) > len(kept) else [])
    return np.where(places < 0, len(kept), places).astype("int64"), tuple(names)


def _thinned(every: Marks) -> Marks:
    """The marks without those that would lie under others, where there are very many; the front always stays."""
    across, up = _placed(every.across, every.amount), _placed(every.up, every.price)
    drawn = spread(across, up, every.series, MOST_MARKS) | every.is_front
    if drawn.all():
        return every
    gone = f"Not drawn: {counted(int((~drawn).sum()), 'mark')} that would lie under others."
    return replace(
        every,
        rows=every.rows[drawn],
        amount=every.amount[drawn],
        price=every.price[drawn],
        is_front=every.is_front[drawn],
        series=every.series[drawn],
        captions=(*every.captions, gone),
    )


def _placed(axis: Axis, values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([axis.scale.place(float(value)) for value in values])
