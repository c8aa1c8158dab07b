"""The offers most like one size: near it in shape, cheapest first, with what differs and what would be saved.

Pure: offers and a reference → a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.ground.text_codes import where
from mist_notebook.records.columns import TEXT

from . import currencies
from .compare import plain
from .distance import differs, distances, known
from .figures import HOURLY, Figures
from .fitting import fit
from .offer_words import beyond, dated, money, place_of
from .ranking import GROUPS, LIMIT, own_words
from .reference import find
from .selection import Candidates, grouped
from .wish import Wish, read

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Column = np.ndarray[Any, np.dtype[np.float64]]

TOLERANCE = 0.25
_CENT = 0.01
_FARTHEST = 100.0


@dataclass(frozen=True)
class Likeness:
    """How near is near, and what has a row; `anywhere` is also at the reference's own provider.

    `currency` is the one that the offers are in, `absent` are clouds that they have nothing of.
    """

    tolerance: float = TOLERANCE
    per: str = "size"
    limit: int | None = LIMIT
    anywhere: bool = False
    currency: str = currencies.HOME
    absent: tuple[str, ...] = ()


USUAL = Likeness()


@dataclass(frozen=True)
class Alike:
    """The offers that are like another one, the lines that go with them, and how many could have had a row."""

    frame: pd.DataFrame
    notes: tuple[str, ...]
    of: int


def like(
    offers: pd.DataFrame,
    reference: Any,
    wish: Wish | None = None,
    likeness: Likeness = USUAL,
    *,
    today: date | None = None,
) -> Alike:
    """The offers like `reference`: `EC2:m5.xlarge`, with `@us-east-1` in just that region, or a row of offers.

    Of other providers, where the wish names none. The frame has the columns of `offers`, and `distance differs
    diff_vcpus diff_ram_gb diff_disk_gb diff_hourly diff_percent saved_monthly`, all from the reference to the offer.
    Raises NotFoundError and AmbiguousError for the reference.
    """
    wish, today = wish or Wish(), today or date.today()
    offers, _ = currencies.in_one(offers, home=likeness.currency)
    own = offers.iloc[find(offers, reference)]
    found = fit(offers, wish, today)
    found = replace(found, rows=found.rows[_others(offers, own, wish, likeness)[found.rows]])
    distance = distances(offers, found.rows, own)
    near = distance <= likeness.tolerance
    if not near.any():
        lines = (about(own, likeness.currency), _none_near(offers, found.rows, distance, own, likeness))
        return marked(Alike(_frame(offers, found.rows[near], distance[near], own), lines, 0), own)
    found, distance = replace(found, rows=found.rows[near]), distance[near]
    figures = Figures(offers, found.rows, wish)
    columns = GROUPS[likeness.per]
    groups = grouped(offers, found.rows, (*columns, *(wish.apart if columns else ())))
    candidates = Candidates(offers, found, figures, figures[HOURLY], groups, (distance,))
    order = candidates.best(likeness.limit)
    frame = _frame(offers, found.rows[order], distance[order], own)
    return marked(Alike(frame, (about(own, likeness.currency), _best(frame, own, likeness, today)), candidates.of), own)


def marked(found: Alike, own: pd.Series[Any]) -> Alike:
    """The same, whose frame says what it answers."""
    about = {"kind": "like", "of": found.of, "rows": len(found.frame), "like": place_of(own)}
    found.frame.attrs["mist"] = {**about, "lines": list(found.notes)}
    return found


def like_words(offers: pd.DataFrame, reference: Any, asked: Mapping[str, Any]) -> Alike:
    """As `like`, in a person's words: those of a wish, and `tolerance per limit anywhere`."""
    words = dict(asked)
    own = own_words(words, ("tolerance", "per", "limit", "anywhere", "currency"))
    if "tolerance" in own:
        own["tolerance"] = tolerance(own["tolerance"])
    return like(offers, reference, read(**words), Likeness(**own))


def tolerance(given: Any) -> float:
    """How far two shapes may be apart. Raises BadValueError."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        found = -1.0
    if not 0 <= found <= _FARTHEST:
        raise BadValueError(f"'{brief(str(given))}' is no tolerance.", "Give a distance from 0 to 100, such as 0.25.")
    return found


def _others(offers: pd.DataFrame, own: pd.Series[Any], wish: Wish, likeness: Likeness) -> Flags:
    """The rows that are not the reference's own size, nor of its provider unless that is wanted."""
    same_provider = where(offers["provider"], lambda text: text == own["provider"])
    if wish.providers or likeness.anywhere:
        return ~(same_provider & where(offers["id"], lambda text: text == own["id"]))
    return ~same_provider


def _frame(offers: pd.DataFrame, rows: Codes, distance: Column, own: pd.Series[Any]) -> pd.DataFrame:
    """The offers at these rows, with how they differ from the reference; text is plain, and rows are numbered."""
    found = offers.iloc[rows]
    frame = plain(found)
    hourly, monthly = own[HOURLY], own["price_monthly"]
    return frame.assign(
        distance=distance,
        differs=pd.Series(differs(found, own), dtype=TEXT),
        diff_vcpus=frame["vcpus"] - own["vcpus"],
        diff_ram_gb=frame["ram_gb"] - own["ram_gb"],
        diff_disk_gb=frame["disk_gb"] - own["disk_gb"],
        diff_hourly=frame[HOURLY] - hourly,
        diff_percent=100 * (frame[HOURLY] / hourly - 1),
        saved_monthly=monthly - frame["price_monthly"],
    )


def about(own: pd.Series[Any], currency: str = currencies.HOME) -> str:
    """The reference in one line: where, its shape, and its price."""
    facts = [f"{own[name]:,.10g} {unit}" for name, unit in (("vcpus", "vCPUs"), ("ram_gb", "GB")) if own[name] > 0]
    facts += [f"{own['gpus']:g} {own['gpu_name'] if isinstance(own['gpu_name'], str) else 'GPUs'}"] * int(
        own["gpus"] > 0
    )
    facts += [own["arch"]] if isinstance(own["arch"], str) else []
    priced = "price unknown"
    if own[HOURLY] > 0:
        priced = f"{money(own[HOURLY])} {currency}/h, {own['price_monthly']:,.2f} a month"
    unknown = [name for name in ("vcpus", "ram_gb") if name not in known(own)]
    left = f" Its {sentence_list(unknown)} is unknown, and not compared." if unknown else ""
    return f"{place_of(own)}: {', '.join((*facts, priced))}.{left}"


def _best(frame: pd.DataFrame, own: pd.Series[Any], likeness: Likeness, today: date) -> str:
    """What the first one saves; and what the distance is."""
    meaning = f"Distance: 0 is the same shape, 0.5 half the vCPUs or the RAM; up to {likeness.tolerance:g} is shown."
    first = frame.iloc[0]
    if not (first[HOURLY] > 0 and own[HOURLY] > 0):
        return f"No price to compare with is known. {meaning}"
    saved, percent = first["saved_monthly"], -first["diff_percent"]
    differs = f" ({first['differs']})" if first["differs"] else ""
    said = f"{place_of(first)}{differs} {_saving(saved, percent, likeness.currency)}."
    days = f"{dated(first).capitalize()}, the other one's {dated(own)}"
    return f"Cheapest: {said} {days}{beyond(likeness.absent, first['as_of'], today)}. {meaning}"


def _saving(saved: float, percent: float, currency: str) -> str:
    if abs(saved) < _CENT / 2:
        return "costs the same"
    if saved > 0:
        return f"saves {saved:,.2f} {currency} a month, {percent:,.0f} %"
    return f"costs {-saved:,.2f} {currency} a month more"


def _none_near(offers: pd.DataFrame, rows: Codes, distance: Column, own: pd.Series[Any], likeness: Likeness) -> str:
    """When nothing is near enough: the nearest, and the tolerance that it needs."""
    if not {"vcpus", "ram_gb"} & {*known(own)}:
        return f"Nothing can be said to be like {place_of(own)}: no list knows its vCPUs or its memory."
    if not len(rows) or np.isnan(distance).all():
        return "Nothing else of a known shape is there to compare with."
    nearest = int(np.nanargmin(distance))
    needed = np.ceil(distance[nearest] * 100) / 100
    place = place_of(offers.iloc[int(rows[nearest])])
    return f"Nothing is within {likeness.tolerance:g} of it. The nearest is {place}: add --tolerance {needed:g}"
