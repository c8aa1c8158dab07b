"""Why a comparison answers what it answers: what was left out, why the first one won; and what to do when nothing fits.

Two lines or three, in words. Every figure in them is counted from the offers, and none is remembered. What is said to
be the cheapest has the day of its price beside it, and which clouds could not be looked at; spot is never the cheapest
of the on-demand ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list
from mist_notebook.ground.text import counted
from mist_notebook.ground.text_codes import present, where
from mist_notebook.prices.costs import currencies
from mist_notebook.prices.costs.month import unknown as unknown_month
from mist_notebook.prices.known import ages
from mist_notebook.prices.known.ages import USUAL, Old
from mist_notebook.prices.wishes.expression import Expression
from mist_notebook.prices.wishes.wish import Wish
from mist_notebook.records.provider_names import called

from .figures import HOURLY
from .fitting import CONDITIONS, Step, conditions
from .nearest_miss import Miss, nearest_miss
from .offer_words import money, place_of
from .selection import Candidates
from .winner import winner

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

COMMAND = "%mist compare"


@dataclass(frozen=True)
class Asked:
    """What was asked: the wish and the words beside it, the day, and from how many days on a price is old.

    `absent` are clouds of which the table has nothing.
    """

    wish: Wish
    today: date
    old: Old = USUAL
    words: tuple[str, ...] = ()
    by: Expression | None = None
    descending: bool = False
    absent: tuple[str, ...] = ()
    currency: str = currencies.HOME
    by_month: bool = False

    def line(self, wish: Wish) -> str:
        """The line that asks so, but with this wish."""
        return " ".join((COMMAND, *wish.words, *self.words))


def lines(candidates: Candidates, order: Codes, asked: Asked) -> tuple[str, ...]:
    """The lines under a comparison whose places, best first, are `order`."""
    if not len(candidates.key):
        return _nothing_fits(candidates, asked)
    return tuple(filter(None, (_left_out(candidates, asked), winner(candidates, order, asked))))


def _left_out(candidates: Candidates, asked: Asked) -> str:
    """What each condition took, what has no price, and what is old."""
    found = candidates.found
    taken = "; ".join(_taken(step) for step in found.steps if step.taken)
    first = f"Left out of {counted(found.total, 'offer')}: {taken.removesuffix('.')}." if taken else ""
    priced = candidates.found.rows[~np.isnan(candidates.figures[HOURLY])]
    aged = ages.sentences(candidates.offers, priced, asked.old, asked.today)
    month = unknown_month(candidates.figures.costs)
    return " ".join(filter(None, (first, _unpriced(candidates, asked.currency), month, *aged)))


def _taken(step: Step) -> str:
    unknown = f" ({step.unknown:,} of them unknown)" if step.unknown else ""
    return f"{step.taken:,} by {step.said}{unknown}"


def _unpriced(candidates: Candidates, home: str) -> str:
    unknown = np.isnan(candidates.figures[HOURLY])
    unpriced = int(np.count_nonzero(unknown))
    if not unpriced:
        return ""
    if not np.isnan(candidates.key[unknown]).all():  # ordered by something that has no price in it
        return f"{counted(unpriced, 'offer')} {'has' if unpriced == 1 else 'have'} no known price."
    last = f"{counted(unpriced, 'offer')} without a known price stand{'s' if unpriced == 1 else ''} last"
    return f"{last}{_in_another_currency(candidates, unknown, home)}."


def _in_another_currency(candidates: Candidates, unknown: Flags, home: str) -> str:
    """Whether some of these have a price, in a currency of which no rate is known."""
    code = currencies.foreign(candidates.offers, candidates.found.rows[unknown], home)
    return f", some in {code}, of which no rate is known ({currencies.BRINGS}; or set [currency])" if code else ""


def _nothing_fits(candidates: Candidates, asked: Asked) -> tuple[str, ...]:
    """The rows that each condition left, the nearest miss, and the line to type for it."""
    found = candidates.found
    if not found.total:
        return ("There are no offers at all to compare.",)
    left = next(place for place, step in enumerate(found.steps) if not step.left) + 1
    looked = [step for step in found.steps[:left] if step.taken or step.name != "os"]
    steps = ", then ".join(f"{step.said} leaves {step.left:,}" for step in looked)
    lines = (f"Nothing fits. Of {counted(found.total, 'offer')} {steps}.", *_few_of_the_kind(candidates, asked))
    miss = nearest_miss(candidates.offers, asked.wish, asked.today)
    return lines if miss is None else (*lines, *_nearest(candidates.offers, miss, asked))


def _few_of_the_kind(candidates: Candidates, asked: Asked) -> tuple[str, ...]:
    """Where few are of a kind or a system that was asked for: how many there are, and at which clouds and regions."""
    of_kind = [name for name in conditions(asked.wish) if name in ("kind", "os") and asked.wish.spelled(name)]
    step = next((step for step in reversed(candidates.found.steps) if step.name in of_kind), None)
    if step is None or not 0 < step.left <= _FEW:
        return ()
    chosen = np.ones(len(candidates.offers), dtype=np.bool_)
    for name in of_kind:
        chosen &= CONDITIONS[name](candidates.offers, asked.wish, asked.today)
    rows = candidates.offers.iloc[np.flatnonzero(chosen)]
    each = [_held(provider, rows) for provider in present(rows["provider"])]
    regions = len(present(rows["region"]))
    what = " ".join(str(getattr(asked.wish, name)).replace(",", " or ") for name in of_kind)
    return (f"The table has {counted(step.left, f'{what} price')} in {counted(regions, 'region')}: {'; '.join(each)}.",)


def _held(provider: str, rows: pd.DataFrame) -> str:
    """`EC2 16 in us-east-1`."""
    own = rows[where(rows["provider"], provider.__eq__)]
    names = present(own["region"])
    there = f" in {sentence_list(names)}" if 0 < len(names) <= _FEW_REGIONS else f" in {counted(len(names), 'region')}"
    return f"{called(provider)} {len(own):,}{there if names else ''}"


_FEW, _FEW_REGIONS = 5_000, 3


def _nearest(offers: pd.DataFrame, miss: Miss, asked: Asked) -> tuple[str, str]:
    offer = offers.iloc[miss.row]
    price = offer["price_hourly"]
    facts = [
        f"{offer[name]:,.10g} {unit.removesuffix('s') if offer[name] == 1 else unit}"
        for name, unit in _FACTS
        if offer[name] > 0
    ]
    facts.append("price unknown" if np.isnan(price) else f"{money(price)} {asked.currency}/h")
    missed = sentence_list([asked.wish.spelled(name) or f"--{name}" for name in miss.missed])
    return (
        f"Nearest: {place_of(offer)} ({', '.join(facts)}); it misses {missed}. This line finds it:",
        asked.line(miss.relaxed),
    )


_FACTS = (("vcpus", "vCPUs"), ("ram_gb", "GB"), ("gpus", "GPUs"))
