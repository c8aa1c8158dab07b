"""`%mist history`: what sizes have cost over the years, as a frame with a chart above it."""

from __future__ import annotations

import re
from argparse import Namespace
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, arranged
from mist_notebook.magic.commands.parts.conditions import CURRENCY
from mist_notebook.magic.commands.table import Answer, Argument, command
from mist_notebook.prices.wishes import wish

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.notebook.session import Session

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def day(text: str) -> date:
    """A day; of a year or a month the first."""
    read = _DAY.fullmatch(text.strip())
    year, month, of_month = (int(part or 1) for part in read.groups()) if read else (0, 0, 0)
    if not (1970 <= year <= 2199 and 1 <= month <= 12 and 1 <= of_month <= monthrange(year, month)[1]):
        raise BadValueError(
            f"'{brief(text)}' can't be a date.", "Give a year, a month or a day: 2018, 2018-06, 2018-06-15"
        )
    return date(year, month, of_month)


@command(
    "history",
    Argument("size", "a size, or several: PROVIDER:ID, or just the id", values="offer", many=True, required=True),
    Argument(
        "--region",
        "only there: eu, us, asia, a country, a city, a region or its beginning",
        "A,B",
        values="region",
        read=wish.READERS["regions"],
    ),
    Argument("--since", "only the prices that held on this day or later: 2018, 2018-06, 2018-06-15", "DATE", read=day),
    Argument("--summary", "one row per region: first and last price, and the change", switch=True),
    Argument("--no-chart", "only the frame", switch=True),
    CURRENCY,
    *ARRANGE,
    OUTPUT,
    group="compare",
    summary="what a size has cost over the years, as a chart and a frame",
    examples=(
        "%mist history EC2:m4.large",
        "%mist history EC2:m1.small EC2:m4.large --region us-east-1,eu-west-1 --since 2014",
        "df = %mist history EC2:m4.large --region eu --summary",
        "%mist history EC2:m5.large --region us-east-1 --currency EUR",
    ),
    returns="frame",
)
def history(session: Session, options: Namespace) -> Answer:
    from mist_notebook import charts
    from mist_notebook.prices import catalogue
    from mist_notebook.prices.known import history as price_history

    known = catalogue.history()
    sizes = list(dict.fromkeys(price_history.find(known, word) for word in options.size))
    found = price_history.series(known, sizes, regions=options.region or (), since=options.since)
    found, at_rate = _turned(session, found, options.currency) if options.currency else (found, ())
    picture = None if options.no_chart else charts.over_time(found)
    frame = price_history.summary(found) if options.summary else found
    frame.attrs["mist"]["question"] = _question(sizes, options)
    there = set(zip(found["provider"], found["id"], strict=True))
    missing = tuple(f"No price of {':'.join(size)} there." for size in sizes if size not in there)
    return Answer(arranged(frame, options), (*at_rate, *missing), picture)


def _turned(session: Session, found: pd.DataFrame, currency: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The prices in another currency, all at the one rate that is known."""
    from mist_notebook.prices.costs import currencies

    rates = currencies.kept(session.client.settings["currency"])
    rate = currencies.check(rates, currency)
    frame, notes = currencies.in_one(found, rates, currency)
    frame.attrs = found.attrs
    return frame, (f"All prices in {currency}, the old ones too, at one rate: {rate}.",) if rate else notes


def _question(sizes: Sequence[tuple[str, str]], options: Namespace) -> str:
    """The line that gives this frame."""
    from mist_notebook.ground.typed_word import as_word

    words = ["history", *(as_word(f"{provider}:{size}") for provider, size in sizes)]
    words += ["--region", as_word(",".join(options.region))] if options.region else []
    words += ["--since", options.since.isoformat()] if options.since else []
    words += ["--summary"] if options.summary else []
    return " ".join([*words, *(["--currency", options.currency] if options.currency else [])])
