"""The wish language: how many vCPUs, how much memory, in the words of the command line.

`4`, `4+` and `4..` mean at least, `..8` at most, `4..8` between, `=4` exactly; memory and disk carry a unit
(`16GB`, `16GiB`, `16384MB`; binary, as every provider means it; a bare number is GB); `4x` is GiB of RAM per vCPU.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import BadValueError
from .text import brief

if TYPE_CHECKING:
    import pandas as pd

_GIB = {"": 1.0, "mb": 1 / 1024, "mib": 1 / 1024, "m": 1 / 1024, "gb": 1.0, "gib": 1.0, "g": 1.0}
_GIB |= {"tb": 1024.0, "tib": 1024.0, "t": 1024.0}
_NUMBER = re.compile(r"([0-9]{1,15}(?:\.[0-9]+)?|\.[0-9]+)\s*([a-z]*)", re.I)

_TIME = re.compile(r"([0-9]{1,6}(?:\.[0-9]+)?|\.[0-9]+)\s*(h|hours?|m|min|d|days?|)", re.I)
_HOURS = {"": 1.0, "h": 1.0, "m": 1 / 60, "d": 24.0}
_SHORTEST_H, _LONGEST_H = 0.2, 24.0 * 366

COUNT_FORMS = "4, 4+, 4..8, ..8 or =4"
RAM_FORMS = "16GB, 16384MB, 4GB..16GB, ..8GB, =2GB, or 4x for GB per vCPU"
DISK_FORMS = "25GB, 10GB..50GB, ..80GB or =25GB"


@dataclass(frozen=True)
class Range:
    """Everything from `low` to `high`, both included."""

    low: float = 0.0
    high: float = math.inf

    def holds(self, values: pd.Series[float]) -> pd.Series[bool]:
        """Which of `values` lie inside; an unknown one never does."""
        return (values >= self.low) & (values <= self.high)


@dataclass(frozen=True)
class RamWish:
    """A range of GiB, in all or for each vCPU."""

    gib: Range
    per_vcpu: bool = False


def count(text: str) -> Range:
    """`text` as a range of counts."""
    return _range(text, units={"": 1.0}, forms=COUNT_FORMS)


def disk(text: str) -> Range:
    """`text` as a range of GB."""
    return _range(text, units=_GIB, forms=DISK_FORMS)


def ram(text: str) -> RamWish:
    """`text` as a range of GiB, or of GiB per vCPU (`4x`)."""
    if re.fullmatch(r"[^a-wyz]*x[^a-wyz]*", text.strip(), re.I):
        return RamWish(_range(text, units={"": 1.0, "x": 1.0}, forms=RAM_FORMS), per_vcpu=True)
    return RamWish(_range(text, units=_GIB, forms=RAM_FORMS))


def price(text: str) -> float:
    """`text` as an amount of money: a plain number above 0."""
    try:
        amount = float(text.strip().removeprefix("$"))
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount > 0):
        raise BadValueError(f"'{brief(text)}' is not a price.", "Give an amount above 0, such as 0.05 (USD an hour).")
    return amount


def hours(text: str) -> float:
    """`text` as a time in hours: `2h`, `90m`, `3d`; a bare number is hours."""
    found = _TIME.fullmatch(text.strip())
    amount = float(found[1]) * _HOURS[found[2].lower()[:1]] if found else 0.0
    if not _SHORTEST_H <= amount <= _LONGEST_H:
        raise BadValueError(f"'{brief(text)}' is not a time from 12 minutes to 366 days.", "Such as 2h, 90m or 3d.")
    return amount


def limit(text: str) -> int:
    """`text` as a number of rows."""
    if not re.fullmatch(r"0*[1-9][0-9]{0,14}", text):
        raise BadValueError(f"'{brief(text)}' is not a number of rows.", "Give a whole number from 1, such as 20.")
    return int(text)


def _range(text: str, *, units: dict[str, float], forms: str) -> Range:
    """`text` read by one of the forms; numbers without a unit take the one that follows them."""
    wish = text.strip()
    low, dots, high = wish.partition("..")
    try:
        if dots and (low or high):
            upper, unit = _amount(high, units) if high else (math.inf, "")
            found = Range(_amount(low, units, unit)[0] if low else 0.0, upper)
        elif wish.startswith("="):
            found = Range(exact := _amount(wish[1:], units)[0], exact)
        else:
            found = Range(_amount(wish.removesuffix("+"), units)[0])
    except ValueError:
        raise BadValueError(f"'{brief(text)}' can't be read as an amount.", f"Write {forms}.") from None
    if found.low > found.high:
        turned = f"{high}..{low}"
        raise BadValueError(f"'{brief(text)}' is an empty range.", f"The smaller one comes first: {turned}.")
    return found


def _amount(text: str, units: dict[str, float], default_unit: str = "") -> tuple[float, str]:
    """The amount in the base unit, and the unit it was given in."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match[2].lower() not in units:
        raise ValueError(text)
    unit = match[2].lower() or default_unit
    return float(match[1]) * units[unit], unit
