"""What a price in a Mist answer means: a table of units per provider, and prices read by it.

A Mist server passes on what each cloud says, so the same field is an hour's price at one provider and a month's at
another (MIST-API.md 2.5). A provider that isn't in the table, and anything that isn't a positive amount, is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH

from .model import Price

MB_PER_GB = 1024.0
_MONTHS_H = (720, 730, 744)
_LARGEST = 1e12


@dataclass(frozen=True)
class Unit:
    """How one provider's `price` is meant, and after how many hours its month is paid."""

    per: str = "hour"
    cap_hours: float = HOURS_A_MONTH


UNITS: dict[str, Unit] = {
    "digitalocean": Unit(cap_hours=672),
    "ec2": Unit(),
    "equinixmetal": Unit(),
    "linode": Unit(cap_hours=2000 / 3),
    "nephoscale": Unit(),
    "rackspace": Unit(),
    "softlayer": Unit(),
    "vultr": Unit(per="month"),
}


class Said(msgspec.Struct, frozen=True):
    """The fields of a size's `extra` that speak of money."""

    price: Any = None
    price_hourly: Any = None
    price_monthly: Any = None
    monthly_price: Any = None
    price_as_of: Any = None
    price_source: Any = None


def price(said: Said, provider: str, *, today: date, server: str, sandbox: bool) -> Price:
    """The price of a size as `provider` means it, in USD; both figures `None` where nobody gave one."""
    unit = UNITS.get(provider)
    plain = _amount(said.price) if unit else None
    hourly, monthly = _amount(said.price_hourly), _first(said.price_monthly, said.monthly_price)
    if unit and unit.per == "hour":
        hourly = hourly or plain
    elif unit:
        monthly = monthly or plain
    if hourly is None and monthly is None:
        return Price()
    cap = unit.cap_hours if unit else HOURS_A_MONTH
    return Price(
        hourly=hourly or (monthly or 0) / cap,
        monthly=monthly or (hourly or 0) * min(cap, HOURS_A_MONTH),
        currency="USD",
        as_of=_day(said.price_as_of) or today,
        source=said.price_source if isinstance(said.price_source, str) else server,
        confidence="example" if sandbox else "list" if hourly else "computed",
    )


def monthly_of(hourly: float | None, said: float | None) -> float | None:
    """A month's price, by the one rule for all views: what was said, else 730 hours."""
    return said if said is not None or hourly is None else hourly * HOURS_A_MONTH


def own_month(hourly: float | None, said: float | None) -> float | None:
    """A month's price that a server says of a machine; none where it only multiplied the hour's by 30 or 31 days."""
    if hourly is None or said is None:
        return said
    return None if any(abs(said - hourly * hours) <= said * 1e-3 for hours in _MONTHS_H) else said


def _first(*values: Any) -> float | None:
    return next((amount for value in values if (amount := _amount(value)) is not None), None)


def _amount(value: Any) -> float | None:
    """A positive amount of USD; `None` for 0, which stands for unknown, and for whatever is no such amount."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(?:USD|\$)?\s*(\d+(?:\.\d+)?)\s*(?:USD|\$)?\s*", value)
        value = float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LARGEST:
        return None
    return float(value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
