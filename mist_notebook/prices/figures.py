"""The figures of chosen offers, a column at a time and when first asked for: those of the frame, and those computed.

USD for each vCPU, GiB and GPU an hour; what is to spare over the wish; the part of the machine that is waste; and the
total for so many hours, in which a month costs at most the provider's monthly price. Unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mist_notebook.records.units import HOURS_A_MONTH

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.ground.text_codes import Codes

    from .wish import Wish

    Column = np.ndarray[Any, np.dtype[np.float64]]

HOURLY = "price_hourly"


class Figures(Mapping[str, "Column"]):
    """The figures of the rows `rows` of `offers`, beside a wish and a time of use."""

    def __init__(self, offers: pd.DataFrame, rows: Codes, wish: Wish, hours: float | None = None) -> None:
        self.rows = rows
        self.wish = wish
        self.hours = hours
        self._offers = offers
        self._kept: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self._kept:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                self._kept[name] = self._column(name)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        yield from (str(name) for name, dtype in self._offers.dtypes.items() if dtype.kind == "f")
        yield from self.computed

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def computed(self) -> tuple[str, ...]:
        """The columns that are computed here, in the order in which they are shown."""
        return tuple(name for name in COMPUTED if name != "total" or self.hours is not None)

    def _column(self, name: str) -> Column:
        if name in COMPUTED:
            return COMPUTED[name](self)
        column: Column = self._offers[name].to_numpy()
        return column[self.rows]


def _per(name: str) -> Callable[[Figures], Column]:
    """What an hour costs for each of the figure; unknown where there is none of it."""
    return lambda figures: np.where(figures[name] > 0, figures[HOURLY] / figures[name], np.nan)


def _spare_vcpus(figures: Figures) -> Column:
    asked = figures.wish.cpus
    return figures["vcpus"] - (asked.low if asked else np.nan)


def _spare_ram(figures: Figures) -> Column:
    asked = figures.wish.ram
    if asked is None:
        return np.full(len(figures.rows), np.nan)
    return figures["ram_gb"] - asked.gib.low * (figures["vcpus"] if asked.per_vcpu else 1.0)


def _waste(figures: Figures) -> Column:
    """The part of the vCPUs and of the RAM that was not asked for, 0 to 1; the mean where both were."""
    parts = [
        figures[spare] / figures[whole]
        for spare, whole, asked in (
            ("spare_vcpus", "vcpus", figures.wish.cpus),
            ("spare_ram_gb", "ram_gb", figures.wish.ram),
        )
        if asked is not None
    ]
    return np.mean(parts, axis=0) if parts else np.full(len(figures.rows), np.nan)


def _total(figures: Figures) -> Column:
    """Full months at the monthly price, the rest by the hour, but for no more than a month."""
    assert figures.hours is not None  # noqa: S101 - the column is offered only with hours
    months, rest = divmod(figures.hours, HOURS_A_MONTH)
    hourly, monthly = figures[HOURLY], figures["price_monthly"]
    monthly = np.where(np.isnan(monthly), hourly * HOURS_A_MONTH, monthly)
    return months * monthly + np.fmin(rest * hourly, monthly)


COMPUTED: dict[str, Callable[[Figures], Column]] = {
    "usd_vcpu_h": _per("vcpus"),
    "usd_gib_h": _per("ram_gb"),
    "usd_gpu_h": _per("gpus"),
    "spare_vcpus": _spare_vcpus,
    "spare_ram_gb": _spare_ram,
    "waste": _waste,
    "total": _total,
}
