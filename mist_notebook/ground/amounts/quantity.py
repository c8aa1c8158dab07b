"""The wish language: how many vCPUs, how much memory, in the words of the command line.

`4`, `4+` and `4..` mean at least, `..8` at most, `4..8` between, `=4` exactly; memory and disk carry a unit
(`16GB`, `16GiB`, `16384MB`; binary, as every provider means it; a bare number is GB); `4x` is GiB of RAM per vCPU.
A GPU is a model, how many, and how much memory each has: `A100`, `A100:2`, `A100:80GB:2`; `2` is any two. A model may
say its own memory and form, as vendors and clouds write them: `A100-80GB:8`, `8x H100 SXM`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief

from . import gpu_models
from . import text as amount_text
from .hours import HOURS_A_MONTH

if TYPE_CHECKING:
    import pandas as pd

_COUNTS = {"": 1.0}
_GIB = {"": 1.0, "mb": 1 / 1024, "mib": 1 / 1024, "m": 1 / 1024, "gb": 1.0, "gib": 1.0, "g": 1.0}
_GIB |= {"tb": 1024.0, "tib": 1024.0, "t": 1024.0}
_BEYOND = re.compile(r"([<>])\s*([0-9]{1,15})")
_NUMBER = re.compile(r"([0-9]{1,15}(?:\.[0-9]+)?|\.[0-9]+)\s*([a-z]*)", re.I)

_GPU_MODEL = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9 ._+()-]{0,39}", re.I)
_NOMINAL = 0.93  # what lists call a GPU of 24 GB says 22.4 GiB of itself: the rest is taken before anyone sees it

_USD = re.compile(r"\s*(?:usd|\$)$", re.I)
_AN_HOUR = re.compile(r"\s*(?:/|an|per|a)\s*(?:h|hr|hours?)$", re.I)
_A_MONTH = re.compile(r"\s*(?:/|a|per)\s*(?:m|mo|months?)$", re.I)

_TIME = re.compile(r"([0-9]{1,6}(?:\.[0-9]+)?|\.[0-9]+)\s*(h|hours?|m|min|d|days?|)", re.I)
_HOURS = {"": 1.0, "h": 1.0, "m": 1 / 60, "d": 24.0}
_SHORTEST_H, _LONGEST_H = 0.2, 24.0 * 366
_LONGEST_USE_H = 24.0 * 3653

MOST_MACHINES = 1000

COUNT_FORMS = "4, 4+, 4..8, ..8 or =4"
RAM_FORMS = "16GB, 16384MB, 4GB..16GB, ..8GB, =2GB, or 4x for GB per vCPU"
DISK_FORMS = "25GB, 10GB..50GB, ..80GB or =25GB"
GPU_FORMS = "A100, A100:2, A100-80GB:2, A100:80GB:2, A100,H100:2, or 2 for any two"


@dataclass(frozen=True)
class Range:
    """Everything from `low` to `high`, both included."""

    low: float = 0.0
    high: float = math.inf

    def holds(self, values: pd.Series[float]) -> pd.Series[bool]:
        """Which of `values` lie inside; an unknown one never does."""
        return (values >= self.low) & (values <= self.high)

    def __str__(self) -> str:
        return self.spelled()

    def spelled(self, unit: str = "") -> str:
        """The range as one types it: `4+`, `4GB..8GB`, `..8x`, `=2TB`."""
        low, high = _typed(self.low, unit), _typed(self.high, unit)
        if self.low == self.high:
            return f"={low}"
        if math.isinf(self.high):
            return low if unit else f"{low}+"
        return f"{low}..{high}" if self.low else f"..{high}"


@dataclass(frozen=True)
class RamWish:
    """A range of GiB, in all or for each vCPU."""

    gib: Range
    per_vcpu: bool = False

    def __str__(self) -> str:
        return self.gib.spelled("x" if self.per_vcpu else "GB")


@dataclass(frozen=True)
class GpuWish:
    """GPUs of any of these models, or of any at all: how many, and the GiB that each has."""

    count: Range
    models: tuple[str, ...] = ()
    gib: Range | None = None

    def is_model(self, name: str) -> bool:
        """Whether a provider's name for a GPU means a model of the wish: `A100` is an `NVIDIA A100-SXM4`, no `A10`.

        What a name doesn't say of memory and form doesn't matter.
        """
        return not self.models or any(gpu_models.is_one(name, model) for model in self.models)

    @property
    def nominal_gib(self) -> Range | None:
        """The memory as machines report it: up to 7 % less than what the GPU is sold with."""
        return Range(self.gib.low * _NOMINAL, self.gib.high) if self.gib else None

    def __str__(self) -> str:
        memory = self.gib.spelled("GB") if self.gib else ""
        count = str(self.count).removesuffix("+")
        has_count = not self.models or self.count != Range(1)
        return ":".join(filter(None, (",".join(self.models), memory, count if has_count else "")))


def count(text: str) -> Range:
    """`text` as a range of counts; `>4` is `5+`."""
    if beyond := _BEYOND.fullmatch(text.strip()):
        whole = int(beyond[2])
        return Range(whole + 1.0) if beyond[1] == ">" else Range(0.0, max(0.0, whole - 1.0))
    return _range(text, units=_COUNTS, forms=COUNT_FORMS)


def disk(text: str) -> Range:
    """`text` as a range of GB."""
    return _range(text, units=_GIB, forms=DISK_FORMS)


def ram(text: str) -> RamWish:
    """`text` as a range of GiB, or of GiB per vCPU (`4x`)."""
    if re.fullmatch(r"[^a-wyz]*x[^a-wyz]*", text.strip(), re.I):
        return RamWish(_range(text, units=_COUNTS | {"x": 1.0}, forms=RAM_FORMS), per_vcpu=True)
    return RamWish(_range(text, units=_GIB, forms=RAM_FORMS))


def gpu(text: str) -> GpuWish:
    """`text` as a wish for GPUs: models, how many, the memory of each; in any order, each at most once."""
    found: dict[str, str] = {}
    for part in map(str.strip, gpu_models.counted(text).split(":")):
        kind = _gpu_part(part)
        if kind in found or not kind:
            raise BadValueError(f"'{brief(text)}' can't be read as GPUs.", f"Write {GPU_FORMS}.")
        found[kind] = part
    models = tuple(name.strip() for name in found["models"].split(",")) if "models" in found else ()
    return GpuWish(
        _range(found.get("count", "1"), units=_COUNTS, forms=GPU_FORMS),
        models,
        _range(found["memory"], units=_GIB, forms=GPU_FORMS) if "memory" in found else None,
    )


def price(text: str) -> float:
    """`text` as an amount of money an hour, above 0: `0.05`, `$0.05/h`; a month's is refused, with about what it is.

    It isn't divided in silence: what clouds cap a month at is less than 730 times their hour.
    """
    said = amount_text.plain(text).removeprefix("..").removeprefix("$")
    number, by_month = said, _A_MONTH.search(said)
    for end in (_A_MONTH, _AN_HOUR, _USD):
        number = end.sub("", number)
    try:
        amount = float(number)
    except ValueError:
        amount = math.nan
    is_amount = math.isfinite(amount) and amount > 0
    if is_amount and not by_month:
        return amount
    hint = "Give an amount above 0, such as 0.05 (USD an hour)."
    if is_amount:
        hint = f"Give what an hour may cost: {amount:g} a month is about {amount / HOURS_A_MONTH:.2g}."
    elif re.fullmatch(r"[0-9]+,[0-9]+", number):
        hint = f"Write it with a point: {number.replace(',', '.')} (USD an hour)."
    raise BadValueError(f"'{brief(text)}' is not a price.", hint)


def hours(text: str) -> float:
    """`text` as a time in hours: `2h`, `90m`, `3d`; a bare number is hours."""
    amount = _time(text)
    if not _SHORTEST_H <= amount <= _LONGEST_H:
        raise BadValueError(f"'{brief(text)}' is not a time from 12 minutes to 366 days.", "Such as 2h, 90m or 3d.")
    return amount


def hours_of_use(text: str) -> float:
    """`text` as how long something will be used and paid for, in hours: at most ten years."""
    amount = _time(text)
    if not 0 < amount <= _LONGEST_USE_H:
        raise BadValueError(
            f"'{brief(text)}' is not a time above 0 and up to 10 years.", "Such as 200 or 200h, 90m or 30d."
        )
    return amount


def days(text: str) -> float:
    """`text` as a number of days: `400`, `400d`."""
    amount = _time(f"{text.strip().removesuffix('d')}d")
    if not 0 < amount < math.inf:
        raise BadValueError(f"'{brief(text)}' is not a number of days above 0.", "Such as 400.")
    return amount / _HOURS["d"]


def limit(text: str) -> int:
    """`text` as a number of rows."""
    if not re.fullmatch(r"0*[1-9][0-9]{0,14}", text):
        raise BadValueError(f"'{brief(text)}' is not a number of rows.", "Give a whole number from 1, such as 20.")
    return int(text)


def machines(text: str) -> int:
    """`text` as a number of machines that are made at once."""
    if not re.fullmatch(r"0*[1-9][0-9]{0,3}", text) or int(text) > MOST_MACHINES:
        raise BadValueError(f"'{brief(text)}' is not a number of machines.", f"From 1 to {MOST_MACHINES:,}, such as 3.")
    return int(text)


def _typed(amount: float, unit: str) -> str:
    """An amount with its unit; whole TB as such."""
    if unit == "GB" and 1024 <= amount < math.inf and not amount % 1024:
        return f"{amount / 1024:.12g}TB"
    return f"{amount:.12g}{unit}"


def _time(text: str) -> float:
    """`text` in hours; 0 for what is no time."""
    found = _TIME.fullmatch(text.strip())
    return float(found[1]) * _HOURS[found[2].lower()[:1]] if found else 0.0


def _gpu_part(text: str) -> str:
    """Which part of a wish for GPUs it is; nothing where it is none."""
    if _is_amount(text, _COUNTS):
        return "count"
    if text[-1:].isalpha() and _is_amount(text, _GIB):
        return "memory"
    return "models" if all(_GPU_MODEL.fullmatch(name.strip()) for name in text.split(",")) else ""


def _is_amount(text: str, units: dict[str, float]) -> bool:
    try:
        _ends(text, units)
    except ValueError:
        return False
    return True


def _range(text: str, *, units: dict[str, float], forms: str) -> Range:
    """`text` read by one of the forms."""
    try:
        low, high = _ends(amount_text.plain(text), units)
    except ValueError:
        raise BadValueError(f"'{brief(text)}' can't be read as an amount.", f"Write {forms}.") from None
    if low > high:
        first, _, last = amount_text.plain(text).partition("..")
        raise BadValueError(f"'{brief(text)}' is an empty range.", f"The smaller one comes first: {last}..{first}.")
    return Range(low, high)


def _ends(text: str, units: dict[str, float]) -> tuple[float, float]:
    """Both ends of a range; numbers without a unit take the one that follows them."""
    wish = text.strip()
    low, dots, high = wish.partition("..")
    if dots and (low or high):
        upper, unit = _amount(high, units) if high else (math.inf, "")
        return (_amount(low, units, unit)[0] if low else 0.0), upper
    if wish.startswith("="):
        exact = _amount(wish[1:], units)[0]
        return exact, exact
    return _amount(wish.removesuffix("+"), units)[0], math.inf


def _amount(text: str, units: dict[str, float], default_unit: str = "") -> tuple[float, str]:
    """The amount in the base unit, and the unit it was given in."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match[2].lower() not in units:
        raise ValueError(text)
    unit = match[2].lower() or default_unit
    return float(match[1]) * units[unit], unit
