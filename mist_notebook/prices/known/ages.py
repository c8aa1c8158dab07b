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
from mist_notebook.records.provider_names import called

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Days = np.ndarray[Any, np.dtype[np.float64]]

STALE_DAYS, STALE_GPU_DAYS = 180.0, 60.0
_DAY_S = 86_400.0
_NO_DAY = np.datetime64("NaT", "s").astype("int64")
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

    def limits(self) -> Days:
        """From how many days on: of others, and of what has GPUs."""
        return np.array([self.days, min(self.gpu_days, self.days)])


USUAL = Old()


def age_days(days: Any, today: date) -> Days:
    """How old the days are; NaN where one is missing."""
    seconds = np.asarray(days).astype("datetime64[s]").view("int64")
    found: Days = (np.datetime64(today).astype("datetime64[s]").astype("int64") - seconds) / _DAY_S
    found[seconds == _NO_DAY] = np.nan
    return found


def price_ages(offers: pd.DataFrame, today: date) -> Days:
    """How old each price is, in days; of what has no price it isn't known."""
    found = age_days(offers["as_of"].to_numpy(), today)
    found[np.isnan(offers["price_hourly"].to_numpy())] = np.nan
    return found


@dataclass(frozen=True)
class _Seen:
    """How many prices there are of each cloud, of each day, without GPUs and with them.

    The last of the clouds is none; of a day that isn't known the age is none.
    """

    clouds: list[str]
    days: Any
    ages: Days
    counts: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def known(self) -> Flags:
        return ~np.isnan(self.ages)


def _seen(offers: pd.DataFrame, rows: Codes, today: date) -> _Seen:
    """The days are few and the prices many: whatever is to be said is said of the days."""
    codes, texts = coded(offers["provider"])
    of_row, moments = pd.factorize(offers["as_of"].to_numpy().astype("datetime64[s]", copy=False).view("int64")[rows])
    days, day_of = np.unique(moments.view("datetime64[s]").astype("datetime64[D]"), return_inverse=True)
    has_gpus = offers["gpus"].to_numpy()[rows] > 0
    shape = len(texts) + 1, len(days), 2
    places = (codes[rows].astype(np.int64) % shape[0] * shape[1] + day_of[of_row]) * 2 + has_gpus
    counts = np.bincount(places, minlength=shape[0] * shape[1] * 2).reshape(shape)
    return _Seen(list(texts), days, age_days(days, today), counts)


def sentences(offers: pd.DataFrame, rows: Codes, old: Old, today: date) -> tuple[str, ...]:
    """What is to be said of the age of the prices at these rows: how many are old, how old each cloud's are."""
    seen = _seen(offers, rows, today)
    if not seen.known.any():
        return ()
    return tuple(filter(None, (_old(seen, old), _each(seen), _ahead(seen, today))))


def _old(seen: _Seen, old: Old) -> str:
    of_day = seen.counts.sum(axis=0)
    of, with_gpus = int(of_day.sum()), int(of_day[:, 1].sum())
    with np.errstate(invalid="ignore"):
        count = int(of_day[seen.ages[:, np.newaxis] > old.limits()].sum())
    if not count:
        return ""
    limits = old.in_words(gpus=with_gpus > 0, alone=with_gpus == of)
    many = f"All {of:,}" if count == of else f"{count:,} of {of:,}"
    first = pd.Timestamp(seen.days[seen.known].min())
    return f"{many} prices are older than {limits}, the oldest of {first:%Y-%m-%d}."


def _each(seen: _Seen) -> str:
    """The ages of each cloud's prices, in days; nothing where all are of one day."""
    there = seen.counts.sum(axis=2)[:, seen.known] > 0
    ages = np.clip(seen.ages[seen.known], 0, _MOST_DAYS).astype(np.int64)
    if len(ages) == 1:
        return ""
    spans = {cloud: ages[own] for cloud, own in zip(seen.clouds, there, strict=False) if own.any()}
    order = sorted(spans, key=lambda cloud: int(spans[cloud].min()))
    named = [f"{called(cloud)} {_span(spans[cloud].min(), spans[cloud].max())}" for cloud in order[:_MOST_CLOUDS]]
    more = f" and {len(order) - _MOST_CLOUDS} more" if len(order) > _MOST_CLOUDS else ""
    return f"Ages in days: {', '.join(named)}{more}."


def _span(least: int, most: int) -> str:
    low, high = f"{least:,}", f"{most:,}"
    return low if low == high else f"{low} to {high}"


def _ahead(seen: _Seen, today: date) -> str:
    """Whether prices are of a day that isn't there yet by this computer's clock."""
    with np.errstate(invalid="ignore"):
        ahead = int(seen.counts[:, seen.ages < -_TIME_ZONES].sum())
    if not ahead:
        return ""
    are = "price is" if ahead == 1 else "prices are"
    return f"{ahead:,} {are} of a day after {today:%Y-%m-%d}, which is today by this computer's clock: is it right?"
