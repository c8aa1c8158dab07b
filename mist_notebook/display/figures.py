"""Values as the text of a cell: figures with the digits that they need, days and times, yes and no.

A column's figures have the same number of decimals, so that they stand under each other: as many as the value needs
that needs most, up to pandas' `display.precision`, and more where a small one would lose its digits. Nothing that
isn't 0 shows as 0, and nothing is shown less precisely than pandas shows it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.text import clean

from .wanted import Wanted

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "–"
_SIGNIFICANT = 4
_SMALLEST_FIXED, _LARGEST_FIXED = 1e-12, 1e16  # beyond these an exponent is shorter than the zeros
_PANDAS_LARGE = 1e6
_EXACT_WHOLE = 2**53
_LINED_UP = 3  # so many zeros are added that figures line up; more of them only to money


def cells(column: pd.Series[Any], wanted: Wanted, *, least: int = 0, missing: str = UNKNOWN) -> list[str]:
    """The column as text; `least` is the number of decimals that its figures have at least."""
    known = [bool(is_known) for is_known in column.notna()]
    values = [value for value, is_known in zip(column, known, strict=True) if is_known]
    if is_figures(column):
        shown = figures(values, wanted, least=least)
    elif column.dtype.kind == "M":
        shown = times(values)
    else:
        shown = [cell(value, wanted) for value in values]
    told = iter(shown)
    return [next(told) if is_known else missing for is_known in known]


def is_figures(column: pd.Series[Any]) -> bool:
    """Whether it is a column of numbers, and no flags."""
    return column.dtype.kind in "iuf"


def cell(value: Any, wanted: Wanted) -> str:
    """One value among others of other types."""
    if type(value).__name__.startswith("bool"):
        return "yes" if value else "no"
    if isinstance(value, float):
        return figures([value], wanted)[0].rstrip()
    if isinstance(value, date):
        return times([value])[0]
    return clean(str(value), wanted.cell)


def figures(values: Sequence[float], wanted: Wanted, *, least: int = 0) -> list[str]:
    """The figures as text, all with the same number of decimals."""
    own = wanted.float_format
    if own is not None:
        return [clean(str(own(value))) if isinstance(value, float) else str(value) for value in values]
    sizes = [abs(value) for value in values if isinstance(value, float) and math.isfinite(value) and value]
    if sizes and (min(sizes) < _SMALLEST_FIXED or max(sizes) >= _LARGEST_FIXED):
        return [_with_exponent(value, wanted.precision) for value in values]
    # Where one value is so small, or so large, pandas shows all of them by significance.
    is_endless = any(isinstance(value, float) and math.isinf(value) for value in values)
    is_extreme = bool(sizes) and (is_endless or min(sizes) < 10.0**-wanted.precision or max(sizes) > _PANDAS_LARGE)
    significant = wanted.precision + 1 if is_extreme else min(_SIGNIFICANT, max(wanted.precision, 1))
    own_places = [
        _places(abs(value), wanted.precision, significant) if isinstance(value, float) and math.isfinite(value) else 0
        for value in values
    ]
    places = max(own_places, default=0)
    if least or places - min(own_places, default=0) <= _LINED_UP:
        return [_fixed(value, max(places, least)) for value in values]
    return [_padded(_fixed(value, own), places) for value, own in zip(values, own_places, strict=True)]


def times(values: Sequence[Any]) -> list[str]:
    """Days as days; times to the minute, or to the second and on where one of them says more."""
    if all(_is_day(value) for value in values):
        return [f"{value:%Y-%m-%d}" for value in values]
    is_by_minutes = all(_is_by_minutes(value) for value in values)
    return [f"{value:%Y-%m-%d %H:%M}" if is_by_minutes else str(value) for value in values]


def has_times(column: pd.Series[Any]) -> bool:
    """Whether a column of days and times has a time of day in it, and no zone of its own."""
    return not all(_is_day(value) for value in column.dropna()) and getattr(column.dtype, "tz", None) is None


def _padded(text: str, places: int) -> str:
    """The text with spaces in the place of decimals that it hasn't: the points stand under each other."""
    decimals = len(text.partition(".")[2])
    return text + " " * (places - decimals + (not decimals))


def _places(size: float, precision: int, significant: int) -> int:
    """How many decimals it takes to say this figure."""
    if not size:
        return 0
    most = max(precision, significant - 1 - math.floor(math.log10(size)))
    return len(f"{size:.{most}f}".rstrip("0").partition(".")[2])


def _fixed(value: float, places: int) -> str:
    if isinstance(value, int) and (not places or abs(value) > _EXACT_WHOLE):
        return str(value)
    return f"{value or 0.0:.{places}f}"


def _with_exponent(value: float, precision: int) -> str:
    if not math.isfinite(value) or abs(value) >= _LARGEST_FIXED or not value:
        return f"{value or 0.0:g}" if not value else repr(float(value))
    mantissa, _, exponent = f"{value:.{precision}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}" if "." in mantissa else f"{mantissa}e{exponent}"


def _is_day(value: Any) -> bool:
    """Whether a date has no time of day, or midnight's: most of our own columns."""
    if not isinstance(value, datetime):
        return isinstance(value, date)
    return value.tzinfo is None and not (value.hour or value.minute or _is_finer(value))


def _is_by_minutes(value: Any) -> bool:
    return not isinstance(value, datetime) or (value.tzinfo is None and not _is_finer(value))


def _is_finer(value: datetime) -> bool:
    """Whether it says more than minutes."""
    return bool(value.second or value.microsecond or getattr(value, "nanosecond", 0))
