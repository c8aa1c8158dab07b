"""What a machine costs, by its size's example price; unknown stays unknown."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .machine import RUNNING, Build, Machine

_HIGHEST_BY_TAG = 100.0
_FREE_WHILE_STOPPED = ("ec2",)


def price(extra: Mapping[str, Any], name: str) -> float | None:
    """A price in a size's `extra`, in USD."""
    value = extra.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def cost(machine: Machine, now: float) -> dict[str, float | None]:
    """Per hour and per month; the one that is missing comes from the other and the days of this month.

    The tags `cost_per_hour` and `cost_per_month` win, as in Mist.
    """
    hours = 24 * monthrange(*datetime.fromtimestamp(now, UTC).timetuple()[:2])[1]
    hourly = _tag(machine, "cost_per_hour")
    monthly = _tag(machine, "cost_per_month", hours)
    if hourly is None and monthly is None:
        hourly, monthly = _listed(machine.build, is_running=machine.state(now) == RUNNING)
    if hourly is None and monthly is not None:
        hourly = monthly / hours
    if monthly is None and hourly is not None:
        monthly = hourly * hours
    return {"hourly": hourly, "monthly": monthly}


def _listed(build: Build, *, is_running: bool) -> tuple[float | None, float | None]:
    if build.provider in _FREE_WHILE_STOPPED and not is_running and build.price_hourly is not None:
        return 0.0, 0.0
    return build.price_hourly, build.price_monthly


def _tag(machine: Machine, name: str, hours: int = 1) -> float | None:
    try:
        value = float(machine.tags.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value / hours <= _HIGHEST_BY_TAG else None
