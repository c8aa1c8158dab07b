"""Why a comparison answers what it answers: what was left out, why the first one won; and what to do when nothing fits.

Two lines or three, in words. Every figure in them is counted from the offers, and none is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list

from . import currencies
from .expression import Expression
from .figures import HOURLY
from .fitting import Step, age_days
from .nearest_miss import Miss, nearest_miss
from .selection import Candidates
from .wish import Wish

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

COMMAND = "%mist compare"


@dataclass(frozen=True)
class Asked:
    """What was asked: the wish and the words beside it, the day, and from how many days on a price is old."""

    wish: Wish
    today: date
    stale_days: float
    words: tuple[str, ...] = ()
    by: Expression | None = None
    descending: bool = False

    def line(self, wish: Wish) -> str:
        """The line that asks so, but with this wish."""
        return " ".join((COMMAND, *wish.words, *self.words))


def lines(candidates: Candidates, order: Codes, asked: Asked) -> tuple[str, ...]:
    """The lines under a comparison whose places, best first, are `order`."""
    if not len(candidates.key):
        return _nothing_fits(candidates, asked)
    return tuple(filter(None, (_left_out(candidates, asked), _winner(candidates, order, asked))))


def _left_out(candidates: Candidates, asked: Asked) -> str:
    """What each condition took, what has no price, and what is old."""
    found = candidates.found
    taken = "; ".join(_taken(step) for step in found.steps if step.taken)
    first = f"Left out of {_count(found.total, 'offer')}: {taken.removesuffix('.')}." if taken else ""
    return " ".join(filter(None, (first, _unpriced(candidates), _stale(candidates, asked))))


def _taken(step: Step) -> str:
    unknown = f" ({step.unknown:,} of them unknown)" if step.unknown else ""
    return f"{step.taken:,} by {step.said}{unknown}"


def _unpriced(candidates: Candidates) -> str:
    unknown = np.isnan(candidates.figures[HOURLY])
    unpriced = int(np.count_nonzero(unknown))
    if not unpriced:
        return ""
    if not np.isnan(candidates.key[unknown]).all():  # ordered by something that has no price in it
        return f"{_count(unpriced, 'offer')} {'has' if unpriced == 1 else 'have'} no known price."
    last = f"{_count(unpriced, 'offer')} without a known price stand{'s' if unpriced == 1 else ''} last"
    return f"{last}{_in_another_currency(candidates, unknown)}."


def _in_another_currency(candidates: Candidates, unknown: Flags) -> str:
    """Whether some of these have a price, in a currency of which no rate is known."""
    code = currencies.foreign(candidates.offers, candidates.found.rows[unknown])
    return f", some in {code}, of which no rate is known (see [currency] in the settings)" if code else ""


def _stale(candidates: Candidates, asked: Asked) -> str:
    """How many of the prices are old, and how old the oldest is."""
    rows = candidates.found.rows[~np.isnan(candidates.figures[HOURLY])]
    days = candidates.offers["as_of"].to_numpy()[rows]
    old = int(np.count_nonzero(age_days(days, asked.today) > asked.stale_days))
    if not old:
        return ""
    oldest = pd.Timestamp(days[~np.isnat(days)].min())
    many = f"All {len(days):,}" if old == len(days) else f"{old:,} of {len(days):,}"
    return f"{many} prices are older than {asked.stale_days:g} days, the oldest of {oldest:%Y-%m-%d}."


def _winner(candidates: Candidates, order: Codes, asked: Asked) -> str:
    """Which one is the first, what it has to spare, and which one is next."""
    first, *more = (_Row(candidates, int(place)) for place in order[:2])
    if np.isnan(first.key):
        return "Of none of these a price is known." if asked.by is None else f"None of these has a known {asked.by}."
    best = "Cheapest" if asked.by is None else f"{'Largest' if asked.descending else 'Smallest'} {asked.by}"
    said = f"{best}: {first.place}, {_figure(first.key, asked)}{first.spare(asked.wish)}."
    return f"{said} {_runner_up(first, more[0], asked)}" if more and not np.isnan(more[0].key) else said


def _figure(key: float, asked: Asked) -> str:
    if asked.by is None:
        return f"{money(key)} USD/h"
    return f"{-key if asked.descending else key:,.6g}"


def _runner_up(first: _Row, second: _Row, asked: Asked) -> str:
    """The next one, and how much more it is; where it is the same, what decided."""
    if second.key == first.key:
        return f"Next: {second.place}, the same{second.spare(asked.wish)}."
    more = f", {percent(second.key / first.key - 1)} more" if second.key > first.key > 0 else ""
    return f"Next: {second.place}, {_figure(second.key, asked)}{more}."


class _Row:
    """One candidate, in words."""

    def __init__(self, candidates: Candidates, place: int) -> None:
        self._figures = candidates.figures
        self._place = place
        self.key = float(candidates.key[place])
        self.place = place_of(candidates.offers.iloc[int(candidates.found.rows[place])])

    def spare(self, wish: Wish) -> str:
        """What it has beyond the wish; nothing where nothing was asked for that one could have more of."""
        asked = [(name, unit) for name, unit, of in _SPARE if getattr(wish, of) is not None]
        spare = [
            f"{amount:,.10g} {unit if amount != 1 else unit.removesuffix('s')}"
            for name, unit in asked
            if (amount := float(self._figures[name][self._place])) > 0
        ]
        if not asked:
            return ""
        return f", with {sentence_list(spare)} to spare" if spare else ", nothing to spare"


_SPARE = (("spare_vcpus", "vCPUs", "cpus"), ("spare_ram_gb", "GB", "ram"))


def place_of(offer: pd.Series[Any]) -> str:
    """An offer in a few words: `ec2 m5.xlarge in us-east-1`."""
    owner = next(text for text in (offer["backend"], offer["provider"], "") if isinstance(text, str))
    region = f" in {offer['region']}" if isinstance(offer["region"], str) and offer["region"] else ""
    named = f" ({offer['name']})" if str(offer["id"]).isdigit() and isinstance(offer["name"], str) else ""
    return f"{owner} {offer['id']}{named}{region}".strip()


def _nothing_fits(candidates: Candidates, asked: Asked) -> tuple[str, ...]:
    """The rows that each condition left, the nearest miss, and the line to type for it."""
    found = candidates.found
    if not found.total:
        return ("There are no offers at all to compare.",)
    left = next(place for place, step in enumerate(found.steps) if not step.left) + 1
    steps = ", then ".join(f"{step.said} leaves {step.left:,}" for step in found.steps[:left])
    lines = (f"Nothing fits. Of {_count(found.total, 'offer')} {steps}.",)
    miss = nearest_miss(candidates.offers, asked.wish, asked.today)
    return lines if miss is None else (*lines, *_nearest(candidates.offers, miss, asked))


def _nearest(offers: pd.DataFrame, miss: Miss, asked: Asked) -> tuple[str, str]:
    offer = offers.iloc[miss.row]
    price = offer["price_hourly"]
    facts = [f"{offer[name]:,.10g} {unit}" for name, unit in _FACTS if offer[name] > 0]
    facts.append("price unknown" if np.isnan(price) else f"{money(price)} USD/h")
    missed = sentence_list([asked.wish.spelled(name) or f"--{name}" for name in miss.missed])
    return (
        f"Nearest: {place_of(offer)} ({', '.join(facts)}); it misses {missed}. This line finds it:",
        asked.line(miss.relaxed),
    )


_FACTS = (("vcpus", "vCPUs"), ("ram_gb", "GB"), ("gpus", "GPUs"))


def money(amount: float) -> str:
    """An hour's price with as many digits as it needs."""
    return f"{amount:,.4f}" if amount >= 0.001 else f"{amount:,.6f}"


def percent(part: float) -> str:
    """A part in percent, without decimals where it has none to speak of."""
    return f"{100 * part:,.0f} %" if part >= 0.01 else f"{100 * part:.1g} %"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
