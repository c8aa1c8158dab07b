"""From a figure to a place on an axis, and the round figures that are written along it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

_LOG_FROM = 8.0  # where the largest is so many times the smallest
_LOG_ROOM, _ROOM = 1.15, 1.04  # between the outermost figure and the end of the axis, so that no mark is cut
_CLOSE = 2.0
_MOST_TICKS = 9
_DAYS_PER_MONTH = 30.4
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_DAY_STEPS = (1, 2, 7, 14)


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`; `log` is the base of a logarithmic one, 0 for a linear one."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: int = 0

    def place(self, value: float) -> float:
        """Where the figure stands: 0 at `low`, 1 at `high`."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def amounts(values: Sequence[float]) -> Scale:
    """A scale for figures above 0: doublings where they range far, else linear from 0."""
    low, high = min(values), max(values)
    if high < low * _LOG_FROM:
        return _from_zero(high)
    first, last = math.floor(math.log2(low)), math.ceil(math.log2(high))
    step = math.ceil((last - first + 1) / _MOST_TICKS)
    ticks = tuple((2.0**n, shown(2.0**n)) for n in range(first, last + 1, step))
    return Scale(2.0**first / _LOG_ROOM, 2.0**last * _LOG_ROOM, ticks, 2)


def prices(values: Sequence[float]) -> Scale:
    """A scale for prices above 0: decades where they range far, else linear; from 0, but where they are all close."""
    low, high = min(values), max(values)
    if high < low * _LOG_FROM:
        return _linear(low, high) if high < low * _CLOSE else _from_zero(high)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for within in ((1, 2, 5), (1, 3), (1,)):
        every = [leading * 10.0**n for n in range(first, last + 1) for leading in within]
        start = max(value for value in every if value <= low * (1 + 1e-9))
        end = min(value for value in every if value >= high * (1 - 1e-9))
        ticks = [value for value in every if start <= value <= end]
        if len(ticks) <= _MOST_TICKS:
            break
    step = math.ceil(len(ticks) / _MOST_TICKS)
    return Scale(start / _LOG_ROOM, end * _LOG_ROOM, tuple((value, shown(value)) for value in ticks[::step]), 10)


def days(values: Sequence[int]) -> Scale:
    """A scale for days, as `date.toordinal` counts them; a single one gets a month on either side."""
    low, high = min(values), max(values)
    room = max((high - low) // 50, 1) if high > low else 30
    return Scale(low - room, high + room, _date_ticks(low - room, high + room))


def shown(value: float) -> str:
    """The figure as it stands at an axis: four digits at most, no exponent where that can be."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def _from_zero(high: float) -> Scale:
    return _steps(0.0, high * _ROOM, _round_step(high / 6))


def _linear(low: float, high: float) -> Scale:
    """From round figure to round figure, with room on both sides."""
    room = (high - low) / 8 or low / 4
    return _steps(low - room, high + room, _round_step((high - low + 2 * room) / 6))


def _steps(low: float, high: float, step: float) -> Scale:
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Scale(first * step, last * step, tuple((n * step, shown(n * step)) for n in range(first, last + 1)))


def _round_step(about: float) -> float:
    power = 10.0 ** math.floor(math.log10(about))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= about * (1 - 1e-9))


def _date_ticks(low: int, high: int) -> tuple[tuple[float, str], ...]:
    span = high - low
    for step in _DAY_STEPS:
        if span <= step * _MOST_TICKS and span < 4 * _DAYS_PER_MONTH:
            return tuple((day, date.fromordinal(day).isoformat()) for day in range(low, high + 1, step))
    months = next((step for step in _MONTH_STEPS if span / _DAYS_PER_MONTH <= step * _MOST_TICKS), _MONTH_STEPS[-1])
    form: Callable[[date], str] = (lambda day: f"{day:%Y}") if months % 12 == 0 else (lambda day: f"{day:%Y-%m}")
    return tuple((day.toordinal(), form(day)) for day in _month_starts(low, high, months))


def _month_starts(low: int, high: int, step: int) -> Iterator[date]:
    """The first days of every `step`th month between the two days."""
    first = date.fromordinal(low)
    month = (first.year * 12 + first.month - 1) // step * step
    while (day := date(month // 12, month % 12 + 1, 1)).toordinal() <= high:
        if day.toordinal() >= low:
            yield day
        month += step
