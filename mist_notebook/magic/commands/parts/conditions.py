"""The options that say what an offer has to be, which are shown, and of what time; `compare`, `like`, `export` and
`explore` take these.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.table import Argument
from mist_notebook.prices.wishes import wish

from .arrange import REFRESH

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.prices.comparing.ranking import Ranking
    from mist_notebook.prices.costs.currencies import Exchange
    from mist_notebook.prices.wishes.wish import Wish

_SHAPES = {"--all-regions": "all_regions", "--group": "group", "--pivot": "pivot"}
_ALL = "all"
HOME = "USD"
SNAPSHOTS = ("current", "2014")
GROUPS = ("provider", "region", "family")


def _limit(text: str) -> int:
    """A number of rows; 0 for all."""
    if text.strip().casefold() == _ALL:
        return 0
    try:
        return quantity.limit(text)
    except BadValueError as error:
        raise BadValueError(error.message, "Give a whole number from 1, or all.") from None


def one_of(words: tuple[str, ...], what: str) -> Any:
    def read(text: str) -> str:
        folded = text.strip().casefold()
        if folded not in words:
            raise NotFoundError(f"There is no {what} '{brief(text)}'.", did_you_mean(folded, words, what))
        return folded

    return read


def _expression(text: str) -> Any:
    from mist_notebook.prices.wishes import expression

    return expression.read(text)


def _where(name: str, about: str, metavar: str, *, values: str = "", choices: tuple[str, ...] = ()) -> Argument:
    return Argument(wish.flag(name), about, metavar, values=values, choices=choices, read=wish.READERS[name])


def _currency(text: str) -> str:
    from mist_notebook.prices.costs import currencies

    return currencies.code(text)


def _needs(text: str) -> Any:
    from mist_notebook.prices.costs.needs import read

    return read(text)


CURRENCY = Argument(
    "--currency",
    "the currency of the whole answer, at the bank's rate of the day or your own; USD unless given",
    "CODE",
    choices=("EUR", "GBP", "CHF", "JPY", "INR", "CAD", "AUD"),
    read=_currency,
)
WITH = Argument(
    "--with",
    'what a month needs beside the size; the answer is ordered by it: "ipv4, 100GB disk, 1TB out"',
    "PARTS",
    read=_needs,
)
WHO = (
    _where("providers", "only these, with commas: EC2,GCE,Azure; a backend's name too", "A,B", values="provider"),
    _where("regions", "only there: eu, us, asia, a country, a city, a region or its beginning", "A,B", values="region"),
)
WHAT = (
    _where("cpus", f"vCPUs: {quantity.COUNT_FORMS}", "AMOUNT"),
    _where("ram", f"memory: {quantity.RAM_FORMS}", "AMOUNT"),
    _where("disk", f"local disk: {quantity.DISK_FORMS}", "AMOUNT"),
    _where("gpu", f"GPUs: {quantity.GPU_FORMS}", "GPU"),
    _where("net", "network speed in Gbit/s: 10, 10..25 or =25", "AMOUNT"),
    _where("arch", "only these architectures", "A,B", choices=tuple(wish.ARCHITECTURES)),
    _where("search", "only sizes whose id or name holds this text", "TEXT"),
    _where("burstable", "whether its vCPUs are slowed down when used for long", "YES/NO", choices=("yes", "no")),
    _where("bare_metal", "whether it is a whole server (bare metal) (bare metal)", "YES/NO", choices=("yes", "no")),
    _where("os", "the system that the price is for: windows, any; linux unless given", "OS"),
    Argument("--windows", "the price with Windows: the same as --os windows", switch=True),
    _where("kind", "kinds of price, with commas: spot,on-demand; on-demand unless given", "A,B", choices=wish.KINDS),
    _where("max_price", "the most that an hour may cost, in USD or the currency of the answer", "AMOUNT"),
    _where("max_age", "only prices at most this many days old", "DAYS"),
)
OF = (
    Argument(
        "--snapshot",
        "the offers of that time; current unless given",
        "NAME",
        choices=SNAPSHOTS,
        read=one_of(SNAPSHOTS, "snapshot"),
    ),
    Argument("--offline", "only the catalogue; no backend is asked", switch=True),
    REFRESH,
)
LIMIT = Argument("--limit", "this many rows; 20 unless given, or all", "N", read=_limit)
ALL_REGIONS = Argument("--all-regions", "a row for each region, not only the best one", switch=True)
HOURS = Argument(
    "--hours",
    "adds the total of so much use: 200, 90m, 30d; --by total orders by it",
    "TIME",
    read=quantity.hours_of_use,
)
BY = Argument(
    "--by",
    "the smallest of this is best: an expression of columns, such as price_hourly / gpus",
    "EXPR",
    read=_expression,
)
GROUP = Argument(
    "--group",
    "one row for each of these, with its best offer",
    "WHAT",
    choices=GROUPS,
    read=one_of(GROUPS, "group"),
)


def wished(options: Namespace) -> Wish:
    """The conditions on the line."""
    given = {name: getattr(options, wish.flag(name)[2:].replace("-", "_"), None) for name in wish.DEFAULTS}
    if getattr(options, "windows", False):
        if given["os"] not in (None, wish.WINDOWS):
            raise MistUsageError("--os and --windows don't go together.", "Say one of them.")
        given["os"] = wish.WINDOWS
    return wish.Wish(**{name: value for name, value in given.items() if value is not None})


def ranked(options: Namespace) -> Ranking:
    """Which of the offers that fit are shown, and how; MistUsageError where two of these don't go together."""
    from mist_notebook.prices.comparing.ranking import EVERY_OFFER, Ranking

    chosen = [flag for flag, given in _SHAPES.items() if getattr(options, given)]
    if len(chosen) > 1:
        raise MistUsageError(f"{' and '.join(chosen)} don't go together.", "Say one of them.")
    per = EVERY_OFFER if options.all_regions else options.group or "size"
    ranking = Ranking(options.by, options.hours, per, row_limit(options), options.desc, options.sort or "")
    return replace(ranking, currency=in_currency(options))


def in_currency(options: Namespace) -> str:
    """The currency that the answer is in."""
    return options.currency or HOME


def with_parts(ranking: Ranking, options: Namespace, session: Session, rates: Exchange) -> Ranking:
    """The same, with what the line or the settings say that a machine needs beside its size."""
    needs, extras = getattr(options, "with"), session.client.settings["extras"]
    if needs is None and extras is None:
        return ranking
    from mist_notebook.prices import catalogue
    from mist_notebook.prices.costs import month

    return replace(ranking, beside=month.asked(needs, extras, catalogue.parts(), rates, ranking.currency))


def row_limit(options: Namespace) -> int | None:
    """How many rows at most; `None` for all."""
    from mist_notebook.prices.comparing.ranking import LIMIT as USUAL

    return USUAL if options.limit is None else options.limit or None
