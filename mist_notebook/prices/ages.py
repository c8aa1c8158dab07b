"""How old prices are: which of them count as old, of which days each cloud's are, and whether the clock can be right.

A price of a GPU is old sooner: those markets move every week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.text_codes import coded

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Days = np.ndarray[Any, np.dtype[np.float64]]

STALE_DAYS, STALE_GPU_DAYS = 180.0, 60.0
_DAY = np.timedelta64(1, "D")
_TIME_ZONES = 1.0  # so many days a list may be ahead of this computer, and both be right
_MOST_CLOUDS = 8


@dataclass(frozen=True)
class Old:
    """From how many days on a price is called old, and one of a machine with GPUs; never later than others."""

    days: float = STALE_DAYS
    gpu_days: float = STALE_GPU_DAYS

    def in_words(self, *, gpus: bool) -> str:
        """The days; those of GPUs where there are any."""
        with_gpus = f", with GPUs {self.gpu_days:g}" if gpus and self.gpu_days < self.days else ""
        return f"{self.days:g} days{with_gpus}"

    def flags(self, ages: Days, gpus: Days) -> Flags:
        """Which of these are old; an unknown age is none."""
        return np.asarray(ages > np.where(gpus > 0, min(self.gpu_days, self.days), self.days))


USUAL = Old()


def age_days(days: Any, today: date) -> Days:
    """How old the days are; NaN where one is missing."""
    found: Days = (np.datetime64(today).astype(days.dtype) - days) / _DAY
    return found


def sentences(offers: pd.DataFrame, rows: Codes, old: Old, today: date) -> tuple[str, ...]:
    """What is to be said of the age of the prices at these rows: how many are old, how old each cloud's are."""
    days = offers["as_of"].to_numpy()[rows]
    ages = age_days(days, today)
    if not (known := ~np.isnan(ages)).any():
        return ()
    gpus = offers["gpus"].to_numpy()[rows]
    limits = old.in_words(gpus=bool((gpus > 0).any()))
    said = (_old(days, old.flags(ages, gpus), limits), _each(offers, rows[known], ages[known]), _ahead(ages, today))
    return tuple(filter(None, said))


def _old(days: Any, is_old: Flags, limits: str) -> str:
    count, of = int(np.count_nonzero(is_old)), len(days)
    if not count:
        return ""
    many = f"All {of:,}" if count == of else f"{count:,} of {of:,}"
    return f"{many} prices are older than {limits}, the oldest of {pd.Timestamp(days[~np.isnat(days)].min()):%Y-%m-%d}."


def _each(offers: pd.DataFrame, rows: Codes, ages: Days) -> str:
    """The ages of each cloud's prices, in days; nothing where all are of one day."""
    codes, texts = coded(offers["provider"].iloc[rows])
    if (ages == ages[0]).all():
        return ""
    least, most = np.full(len(texts) + 1, np.inf), np.full(len(texts) + 1, -np.inf)
    np.minimum.at(least, codes, ages)
    np.maximum.at(most, codes, ages)
    there = [place for place in np.argsort(least[:-1], kind="stable") if np.isfinite(least[place])]
    named = [f"{texts[place]} {_span(least[place], most[place])}" for place in there[:_MOST_CLOUDS]]
    more = f" and {len(there) - _MOST_CLOUDS} more" if len(there) > _MOST_CLOUDS else ""
    return f"Ages in days: {', '.join(named)}{more}."


def _span(least: float, most: float) -> str:
    low, high = (f"{max(age, 0):,.0f}" for age in (least, most))
    return low if low == high else f"{low} to {high}"


def _ahead(ages: Days, today: date) -> str:
    """Whether prices are of a day that isn't there yet by this computer's clock."""
    ahead = int(np.count_nonzero(ages < -_TIME_ZONES))
    if not ahead:
        return ""
    are = "price is" if ahead == 1 else "prices are"
    return f"{ahead:,} {are} of a day after {today:%Y-%m-%d}, which is today by this computer's clock: is it right?"
