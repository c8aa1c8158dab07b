"""What is said of likeness: the reference in one line, what the cheapest one saves, what is nearest when none is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list
from mist_notebook.prices.comparing.figures import HOURLY
from mist_notebook.prices.comparing.offer_words import beyond, dated, money, place_of

from .distance import known

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes

    from .like import Likeness

    Column = np.ndarray[Any, np.dtype[np.float64]]

_CENT = 0.01


def about(own: pd.Series[Any], likeness: Likeness, month: float) -> str:
    """The reference in one line: where, its shape, its price, and what a month of it costs."""
    facts = [f"{own[name]:,.10g} {unit}" for name, unit in (("vcpus", "vCPUs"), ("ram_gb", "GB")) if own[name] > 0]
    facts += [f"{own['gpus']:g} {own['gpu_name'] if isinstance(own['gpu_name'], str) else 'GPUs'}"] * int(
        own["gpus"] > 0
    )
    facts += [own["arch"]] if isinstance(own["arch"], str) else []
    priced = "price unknown"
    if own[HOURLY] > 0:
        priced = f"{money(own[HOURLY])} {likeness.currency}/h, {_a_month(month, likeness)}"
    unknown = [name for name in ("vcpus", "ram_gb") if name not in known(own)]
    left = f" Its {sentence_list(unknown)} is unknown, and not compared." if unknown else ""
    return f"{place_of(own)}: {', '.join((*facts, priced))}.{left}"


def best(frame: pd.DataFrame, own: pd.Series[Any], likeness: Likeness, month: float, today: date) -> str:
    """What the first one saves; and what the distance is."""
    meaning = f"Distance: 0 is the same shape, 0.5 half the vCPUs or the RAM; up to {likeness.tolerance:g} is shown."
    first = frame.iloc[0]
    saved = first["saved_monthly"]
    if np.isnan(saved):
        what = "price" if likeness.beside is None else f"month with {likeness.beside.needs}"
        return f"No {what} to compare with is known. {meaning}"
    differs = f" ({first['differs']})" if first["differs"] else ""
    percent = -first["diff_percent"] if likeness.beside is None else 100 * saved / month
    said = f"{place_of(first)}{differs} {_saving(saved, percent, likeness.currency)}."
    days = f"{dated(first).capitalize()}, the other one's {dated(own)}"
    cheapest = "Cheapest" if likeness.beside is None else f"Cheapest with {likeness.beside.needs}"
    return f"{cheapest}: {said} {days}{beyond(likeness.absent, first['as_of'], today)}. {meaning}"


def _a_month(month: float, likeness: Likeness) -> str:
    beside = "" if likeness.beside is None else f" with {likeness.beside.needs}"
    return f"{'unknown' if np.isnan(month) else format(month, ',.2f')} a month{beside}"


def _saving(saved: float, percent: float, currency: str) -> str:
    if abs(saved) < _CENT / 2:
        return "costs the same"
    if saved > 0:
        return f"saves {saved:,.2f} {currency} a month, {percent:,.0f} %"
    return f"costs {-saved:,.2f} {currency} a month more"


def none_near(offers: pd.DataFrame, rows: Codes, distance: Column, own: pd.Series[Any], tolerance: float) -> str:
    """When nothing is near enough: the nearest, and the tolerance that it needs."""
    if not {"vcpus", "ram_gb"} & {*known(own)}:
        return f"Nothing can be said to be like {place_of(own)}: no list knows its vCPUs or its memory."
    if not len(rows) or np.isnan(distance).all():
        return "There is nothing else of a known shape to compare with."
    nearest = int(np.nanargmin(distance))
    needed = np.ceil(distance[nearest] * 100) / 100
    place = place_of(offers.iloc[int(rows[nearest])])
    return f"Nothing is within {tolerance:g} of it. The nearest is {place}: add --tolerance {needed:g}"
