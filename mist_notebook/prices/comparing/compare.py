"""What a wish costs where: a frame of offers and a wish → the offers that fit, cheapest first. Pure, and fast.

The order is price (or a person's own expression), then the fewest vCPUs to spare, then the least RAM to spare, then a
listed price before one that is worked out, then provider, size and region. An unknown price stands last and is never
the cheapest. `compare_why` puts it into words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.frames import frames
from mist_notebook.ground.text_codes import coded
from mist_notebook.prices.costs import currencies, month
from mist_notebook.prices.known.ages import STALE_DAYS, STALE_GPU_DAYS, Old
from mist_notebook.prices.wishes import expression
from mist_notebook.prices.wishes.wish import Wish, read
from mist_notebook.records.columns import DAY, FIGURE, TEXT

from . import why as compare_why
from . import words
from .figures import HOURLY, MONTH, Figures
from .fitting import fit
from .ranking import GROUPS, USUAL, Ranking
from .selection import Candidates, grouped
from .why import Asked

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes
    from mist_notebook.prices.costs.currencies import Exchange
    from mist_notebook.settings.price_terms import Extras

    Column = np.ndarray[Any, np.dtype[np.float64]]

COMPUTED = "computed"
KIND = "offers"


@dataclass(frozen=True)
class Comparison:
    """The offers that a person wants to see, the lines that say why it is these, and the line to type for the same.

    `fits` counts the offers that fit, `of` what each of them could have had a row for: sizes, or groups.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    line: str
    fits: int
    of: int


def compare(
    offers: pd.DataFrame,
    wish: Wish,
    ranking: Ranking = USUAL,
    *,
    more: Sequence[str] = (),
    stale_days: float = STALE_DAYS,
    stale_gpu_days: float = STALE_GPU_DAYS,
    absent: Sequence[str] = (),
    today: date | None = None,
) -> Comparison:
    """The offers that fit, best first; `more` are words of the line that belong to the question, as `--snapshot 2014`.

    The frame has the columns of `offers` and those computed: `usd_vcpu_h usd_gib_h usd_gpu_h spare_vcpus spare_ram_gb
    waste`, `total` with hours, `monthly_total` with what is needed beside the size, `by` with an expression, `offers
    sizes` in a group. Text is plain text. Prices older than `stale_days`, with GPUs `stale_gpu_days`, are counted;
    `absent` are clouds that the table has nothing of. Raises NotFoundError for a provider, region, GPU or column that
    there is none of.
    """
    asked = asked_of(wish, ranking, more, Old(stale_days, stale_gpu_days), today, absent)
    candidates = candidates_of(offers, wish, ranking, asked.today)
    is_turned = ranking.descending and ranking.by is None and not ranking.sort
    order = candidates.best(None if is_turned or ranking.sort else ranking.limit)
    shown = candidates.turned(order)[: ranking.limit] if is_turned else order
    frame = _counted(_frame(candidates, shown, ranking), candidates, shown, ranking)
    if ranking.sort:
        frame = frames.arranged(frame, sort=ranking.sort, descending=ranking.descending, limit=ranking.limit)
    found = Comparison(
        frame,
        compare_why.lines(candidates, order, asked),
        asked.line(wish),
        len(candidates.key),
        candidates.of,
    )
    return marked(found, KIND, per=ranking.per, by=ranking.by and ranking.by.text, sort=ranking.sort)


def compare_words(
    offers: pd.DataFrame,
    asked: Mapping[str, Any],
    *,
    rates: Exchange = currencies.NO_RATES,
    extras: Extras | None = None,
    **more: Any,
) -> Comparison:
    """As `compare`, in a person's words: those of a wish, and `by hours per limit descending sort` of a ranking.

    `with_` (or `needs`) is what a machine needs beside its size; `currency` the one that the offers are in.
    """
    said = words.in_ours(asked, words.OF_RANKING)
    ranking = words.ranking(said, rates, extras)
    return compare(offers, read(**said), ranking, **more)


def asked_of(
    wish: Wish, ranking: Ranking, more: Sequence[str], old: Old, today: date | None, absent: Sequence[str] = ()
) -> Asked:
    """What was asked, in the words of a line."""
    return Asked(
        wish,
        today or date.today(),
        old,
        (*ranking.words, *more),
        ranking.by,
        ranking.largest_is_best,
        absent=() if wish.providers else tuple(absent),
        currency=ranking.currency,
        by_month=ranking.is_by_month,
    )


def marked(found: Comparison, kind: str, **about: Any) -> Comparison:
    """The same, whose frame says what it answers: plain values, so that it can be saved.

    `rows` is how many it has now, so that what is filtered later doesn't claim to be the whole answer.
    """
    about |= {"question": found.line, "fits": found.fits, "of": found.of, "rows": len(found.frame)}
    found.frame.attrs["mist"] = {"kind": kind, "lines": list(found.notes), **about}
    return found


def candidates_of(offers: pd.DataFrame, wish: Wish, ranking: Ranking, today: date, *, apart: bool = True) -> Candidates:
    """The offers that fit, with the key that they are ranked by; a price in another currency than asked is unknown.

    What is best is best of its kind, where several kinds are asked for, unless they needn't be told `apart`.
    """
    offers, _ = currencies.in_one(offers, home=ranking.currency)
    found = fit(offers, wish, today)
    figures = Figures(offers, found.rows, wish, ranking.hours, beside=ranking.beside, currency=ranking.currency)
    columns = GROUPS[ranking.per]
    groups = grouped(offers, found.rows, (*columns, *(wish.apart if columns and apart else ())))
    ties: tuple[Column, ...] = (worked_out(offers, found.rows), figures["spare_ram_gb"], figures["spare_vcpus"])
    ties += (figures[HOURLY],) * ranking.is_by_month  # where the month isn't known
    return Candidates(offers, found, figures, _key(figures, offers, ranking), groups, ties)


def worked_out(offers: pd.DataFrame, rows: Codes) -> Column:
    """1 where the price only follows from others: of two that cost the same, the listed one comes first."""
    codes, texts = coded(offers["confidence"])
    computed = texts.index(COMPUTED) if COMPUTED in texts else len(texts)
    found: Column = np.where(codes[rows] == computed, 1.0, 0.0)
    return found


def _key(figures: Figures, offers: pd.DataFrame, ranking: Ranking) -> Column:
    """What the smallest of is best: the price of an hour, or the person's expression."""
    if ranking.by is None:
        return figures[MONTH if ranking.is_by_month else HOURLY]
    names = list(figures)
    expression.check_names(ranking.by, names, set(offers.columns) - set(names))
    found = expression.value(ranking.by, figures, len(figures.rows))
    return -found if ranking.largest_is_best else found


def _frame(candidates: Candidates, places: Codes, ranking: Ranking) -> pd.DataFrame:
    """The offers at these places, with what was computed; text is plain, and rows are numbered."""
    figures = candidates.figures.of(places)
    computed: dict[str, Any] = {name: figures[name] for name in figures.computed}
    if ranking.by is not None:
        computed["by"] = candidates.key[places] * (-1.0 if ranking.largest_is_best else 1.0)
    if ranking.beside is not None:
        computed |= typed(month.columns(candidates.figures.costs, places))
    return plain(candidates.rows(places), computed)


def typed(columns: dict[str, Any]) -> dict[str, Any]:
    """What a month is made of, as columns with dtypes of ours."""
    dtypes = {"parts_unknown": TEXT, "parts_source": TEXT, "parts_as_of": DAY}
    return {
        name: pd.Series(values, dtype=dtypes[name]).array if name in dtypes else values
        for name, values in columns.items()
    }


def plain(rows: pd.DataFrame, more: Mapping[str, Any] = MappingProxyType({})) -> pd.DataFrame:
    """The rows and some more columns as one frame, with plain text in the place of categories, rows numbered.

    What has no known price has no day of one.
    """
    columns = {str(name): _plain(rows[name]) for name in rows.columns}
    if {HOURLY, "as_of"} <= columns.keys():
        columns["as_of"] = rows["as_of"].where(rows[HOURLY].notna()).array
    return pd.DataFrame({**columns, **more}, index=range(len(rows)))


def _plain(column: pd.Series[Any]) -> Any:
    """The column's array, of plain text where it is one of categories."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    texts = np.asarray(column.array, dtype=object)
    texts[column.array.codes < 0] = None
    return pd.Series(texts, dtype=TEXT).array


def _counted(frame: pd.DataFrame, candidates: Candidates, places: Codes, ranking: Ranking) -> pd.DataFrame:
    """Beside the best of each group, how many offers and sizes are in it."""
    if candidates.groups is None or ranking.per == "size":
        return frame
    sizes = grouped(candidates.offers, candidates.found.rows, GROUPS["size"])
    counted = pd.DataFrame({"group": candidates.groups, "size": sizes}).groupby("group")["size"]
    own = candidates.groups[places]
    return frame.assign(
        offers=counted.size().reindex(own).to_numpy(FIGURE), sizes=counted.nunique().reindex(own).to_numpy(FIGURE)
    )
