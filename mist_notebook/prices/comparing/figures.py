"""The figures of chosen offers, a column at a time and when first asked for: those of the frame, and those computed.

The price of an hour for each vCPU, GiB and GPU; what is to spare over the wish; the part of the machine that is waste;
the total for so many hours, in which a month costs at most the provider's monthly price; and the month with what is
needed beside the size. Unknown stays unknown. In another currency than USD `usd_vcpu_h` is `eur_vcpu_h`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.prices.costs.currencies import HOME

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.ground.text_codes import Codes
    from mist_notebook.prices.costs.month import Beside, Cost
    from mist_notebook.prices.wishes.wish import Wish

    Column = np.ndarray[Any, np.dtype[np.float64]]

HOURLY, MONTH = "price_hourly", "monthly_total"


class Figures(Mapping[str, "Column"]):
    """The figures of the rows `rows` of `offers`, beside a wish, a time of use, and what is needed beside the size."""

    def __init__(
        self,
        offers: pd.DataFrame,
        rows: Codes,
        wish: Wish,
        hours: float | None = None,
        *,
        beside: Beside | None = None,
        currency: str = HOME,
    ) -> None:
        self.rows = rows
        self.wish = wish
        self.hours = hours
        self.beside = beside
        self._offers = offers
        self._own = {in_currency(name, currency): name for name in COMPUTED}
        self._kept: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self._kept:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                self._kept[name] = self._column(name)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        yield from (str(name) for name, dtype in self._offers.dtypes.items() if dtype.kind == "f")
        yield from (name for name in self.computed if name not in self._offers)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def of(self, places: Codes) -> Figures:
        """The figures of some of the rows alone: what a few of them need isn't worked out for all."""
        found = copy(self)
        found.__dict__.pop("costs", None)
        found.rows = self.rows[places]
        found._kept = {name: column[places] for name, column in self._kept.items()}
        return found

    @property
    def computed(self) -> tuple[str, ...]:
        """The columns that are computed here, in the order in which they are shown."""
        return tuple(name for name, of in self._own.items() if of != "total" or self.hours is not None) + (
            () if self.beside is None else (MONTH,)
        )

    @cached_property
    def costs(self) -> dict[str, Cost]:
        """What each part beside the size costs a month."""
        return {} if self.beside is None else self.beside.costs(self._offers, self.rows)

    def _column(self, name: str) -> Column:
        if name == MONTH and self.beside is not None:
            return np.asarray(sum((cost.monthly for cost in self.costs.values()), _monthly(self)))
        if name in self._own or name in COMPUTED:
            return COMPUTED[self._own.get(name, name)](self)
        column: Column = self._offers[name].to_numpy()
        return column[self.rows]


def in_currency(name: str, currency: str) -> str:
    """The name of a computed column in that currency: `usd_vcpu_h`, `eur_vcpu_h`."""
    return name.replace("usd_", f"{currency.lower()}_", 1) if name.startswith("usd_") else name


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
    monthly = _monthly(figures)
    return months * monthly + np.fmin(rest * figures[HOURLY], monthly)


def _monthly(figures: Figures) -> Column:
    """The provider's price of a month, else 730 hours."""
    monthly = figures["price_monthly"]
    return np.where(np.isnan(monthly), figures[HOURLY] * HOURS_A_MONTH, monthly)


COMPUTED: dict[str, Callable[[Figures], Column]] = {
    "usd_vcpu_h": _per("vcpus"),
    "usd_gib_h": _per("ram_gb"),
    "usd_gpu_h": _per("gpus"),
    "spare_vcpus": _spare_vcpus,
    "spare_ram_gb": _spare_ram,
    "waste": _waste,
    "total": _total,
}
