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
_DAY_S = 86_400.0
_NO_DAY = np.datetime64("NaT").astype("int64")
_TIME_ZONES = 1.0  # so many days a list may be ahead of this computer, and both be right
_MOST_CLOUDS = 8
_MOST_DAYS = 99_999


@dataclass(frozen=True)
class Old:
    """From how many days on a price is called old, and one of a machine with GPUs; never later than others."""

    days: float = STALE_DAYS
    gpu_days: float = STALE_GPU_DAYS

    def in_words(self, *, gpus: bool, alone: bool = False) -> str:
        """The days; those of GPUs where there are any, or nothing else."""
        if alone and self.gpu_days < self.days:
            return f"{self.gpu_days:g} days"
        with_gpus = f", with GPUs {self.gpu_days:g}" if gpus and self.gpu_days < self.days else ""
        return f"{self.days:g} days{with_gpus}"

    def flags(self, ages: Days, gpus: Days) -> Flags:
        """Which of these are old; an unknown age is none."""
        return np.asarray(ages > np.where(gpus > 0, min(self.gpu_days, self.days), self.days))


USUAL = Old()


def age_days(days: Any, today: date) -> Days:
    """How old the days are; NaN where one is missing."""
    seconds = np.asarray(days).astype("datetime64[s]").view("int64")
    found: Days = (np.datetime64(today).astype("datetime64[s]").astype("int64") - seconds) / _DAY_S
    found[seconds == _NO_DAY] = np.nan
    return found


def sentences(offers: pd.DataFrame, rows: Codes, old: Old, today: date) -> tuple[str, ...]:
    """What is to be said of the age of the prices at these rows: how many are old, how old each cloud's are."""
    days = offers["as_of"].to_numpy()[rows]
    ages = age_days(days, today)
    if not (known := ~np.isnan(ages)).any():
        return ()
    gpus = offers["gpus"].to_numpy()[rows]
    limits = old.in_words(gpus=bool((gpus > 0).any()), alone=bool((gpus > 0).all()))
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
    days = np.clip(ages, 0, _MOST_DAYS).astype(np.int64)
    width = int(days.max()) + 1
    seen = np.zeros((len(texts) + 1, width), dtype=np.bool_)  # which cloud has a price of which age
    seen.reshape(-1)[codes.astype(np.int64) % len(seen) * width + days] = True
    there = [place for place in np.argsort(seen.argmax(axis=1)[:-1], kind="stable") if seen[place].any()]
    spans = {place: np.flatnonzero(seen[place]) for place in there[:_MOST_CLOUDS]}
    named = [f"{texts[place]} {_span(held[0], held[-1])}" for place, held in spans.items()]
    more = f" and {len(there) - _MOST_CLOUDS} more" if len(there) > _MOST_CLOUDS else ""
    return f"Ages in days: {', '.join(named)}{more}."


def _span(least: int, most: int) -> str:
    low, high = f"{least:,}", f"{most:,}"
    return low if low == high else f"{low} to {high}"


def _ahead(ages: Days, today: date) -> str:
    """Whether prices are of a day that isn't there yet by this computer's clock."""
    ahead = int(np.count_nonzero(ages < -_TIME_ZONES))
    if not ahead:
        return ""
    are = "price is" if ahead == 1 else "prices are"
    return f"{ahead:,} {are} of a day after {today:%Y-%m-%d}, which is today by this computer's clock: is it right?"
