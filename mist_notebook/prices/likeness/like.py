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

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.ground.text_codes import where
from mist_notebook.prices.comparing import words
from mist_notebook.prices.comparing.compare import plain, typed, worked_out
from mist_notebook.prices.comparing.figures import HOURLY, MONTH, Figures
from mist_notebook.prices.comparing.fitting import fit
from mist_notebook.prices.comparing.offer_words import place_of
from mist_notebook.prices.comparing.ranking import GROUPS, LIMIT, own_words
from mist_notebook.prices.comparing.selection import Candidates, grouped
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.costs.month import columns
from mist_notebook.prices.wishes.wish import Wish, read
from mist_notebook.records.columns import TEXT

from . import alike_words
from .distance import differs, distances
from .reference import find

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags
    from mist_notebook.prices.costs.currencies import Exchange
    from mist_notebook.prices.costs.month import Beside

    Column = np.ndarray[Any, np.dtype[np.float64]]

TOLERANCE = 0.25
_FARTHEST = 100.0


@dataclass(frozen=True)
class Likeness:
    """How near is near, and what has a row; `anywhere` is also at the reference's own provider.

    `currency` is the one that the offers are in, `absent` are clouds that they have nothing of. With what a machine
    needs `beside` its size the month in all is what is compared.
    """

    tolerance: float = TOLERANCE
    per: str = "size"
    limit: int | None = LIMIT
    anywhere: bool = False
    currency: str = currencies.HOME
    absent: tuple[str, ...] = ()
    beside: Beside | None = None


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
    diff_vcpus diff_ram_gb diff_disk_gb diff_hourly diff_percent saved_monthly`, all from the reference to the offer;
    what is needed beside the size is in `monthly_total`, and in what is saved.
    Raises NotFoundError and AmbiguousError for the reference.
    """
    wish, today = wish or Wish(), today or date.today()
    offers, _ = currencies.in_one(offers, home=likeness.currency)
    row = find(offers, reference)
    own = offers.iloc[row]
    found = fit(offers, wish, today)
    found = replace(found, rows=found.rows[_others(offers, own, wish, likeness)[found.rows]])
    distance = distances(offers, found.rows, own)
    near = distance <= likeness.tolerance
    reference_month = _month(offers, row, likeness)
    said = alike_words.about(own, likeness, reference_month)
    if not near.any():
        lines = (said, alike_words.none_near(offers, found.rows, distance, own, likeness.tolerance))
        figures = _figures(offers, found.rows[near], likeness, wish)
        return marked(Alike(_frame(figures, offers, distance[near], own, reference_month), lines, 0), own)
    found, distance = replace(found, rows=found.rows[near]), distance[near]
    figures = _figures(offers, found.rows, likeness, wish)
    columns = GROUPS[likeness.per]
    groups = grouped(offers, found.rows, (*columns, *(wish.apart if columns else ())))
    key = figures[HOURLY if likeness.beside is None else MONTH]
    ties = (worked_out(offers, found.rows), distance, figures[HOURLY])
    candidates = Candidates(offers, found, figures, key, groups, ties)
    order = candidates.best(likeness.limit)
    frame = _frame(figures.of(order), offers, distance[order], own, reference_month)
    best = alike_words.best(frame, own, likeness, reference_month, today)
    return marked(Alike(frame, (said, best), candidates.of), own)


def _figures(offers: pd.DataFrame, rows: Codes, likeness: Likeness, wish: Wish) -> Figures:
    return Figures(offers, rows, wish, beside=likeness.beside, currency=likeness.currency)


def _month(offers: pd.DataFrame, row: int, likeness: Likeness) -> float:
    """What a month of the reference costs, with what is needed beside it."""
    own = _figures(offers, np.array([row]), likeness, Wish())
    return float(own["price_monthly" if likeness.beside is None else MONTH][0])


def marked(found: Alike, own: pd.Series[Any]) -> Alike:
    """The same, whose frame says what it answers."""
    about = {"kind": "like", "of": found.of, "rows": len(found.frame), "like": place_of(own)}
    found.frame.attrs["mist"] = {**about, "lines": list(found.notes)}
    return found


def like_words(
    offers: pd.DataFrame, reference: Any, asked: Mapping[str, Any], *, rates: Exchange = currencies.NO_RATES
) -> Alike:
    """As `like`, in a person's words: those of a wish, and `tolerance per limit anywhere with_ currency`."""
    names = ("tolerance", "per", "limit", "anywhere", "currency")
    said = words.in_ours(asked, (*names, words.NEEDS))
    own = own_words(said, names)
    if "tolerance" in own:
        own["tolerance"] = tolerance(own["tolerance"])
    beside = words.beside(said.pop(words.NEEDS, None), rates, home=own.get("currency", currencies.HOME))
    return like(offers, reference, read(**said), Likeness(beside=beside, **own))


def tolerance(given: Any) -> float:
    """How far two shapes may be apart. Raises BadValueError."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        found = -1.0
    if not 0 <= found <= _FARTHEST:
        raise BadValueError(f"'{brief(str(given))}' isn't a tolerance.", "Give a distance from 0 to 100, such as 0.25.")
    return found


def _others(offers: pd.DataFrame, own: pd.Series[Any], wish: Wish, likeness: Likeness) -> Flags:
    """The rows that are not the reference's own size, nor of its provider unless that is wanted."""
    same_provider = where(offers["provider"], lambda text: text == own["provider"])
    if wish.providers or likeness.anywhere:
        return ~(same_provider & where(offers["id"], lambda text: text == own["id"]))
    return ~same_provider


def _frame(
    figures: Figures, offers: pd.DataFrame, distance: Column, own: pd.Series[Any], reference_month: float
) -> pd.DataFrame:
    """The offers of these figures, with how they differ from the reference; text is plain, and rows are numbered."""
    found = offers.iloc[figures.rows]
    frame = plain(found)
    hourly = own[HOURLY]
    frame = frame.assign(
        distance=distance,
        differs=pd.Series(differs(found, own), dtype=TEXT),
        diff_vcpus=frame["vcpus"] - own["vcpus"],
        diff_ram_gb=frame["ram_gb"] - own["ram_gb"],
        diff_disk_gb=frame["disk_gb"] - own["disk_gb"],
        diff_hourly=frame[HOURLY] - hourly,
        diff_percent=100 * (frame[HOURLY] / hourly - 1),
        saved_monthly=reference_month - frame["price_monthly"],
    )
    if figures.beside is None:
        return frame
    parts = typed(columns(figures.costs, np.arange(len(frame))))
    total = figures[MONTH]
    return frame.assign(saved_monthly=reference_month - total, monthly_total=total, **parts)
