"""`%mist compare`: what fits, cheapest first, and the answer that comparing commands have in common."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.magic.commands.machines.follow import say
from mist_notebook.magic.commands.parts.arrange import COLUMNS, DESC, OUTPUT, SORT
from mist_notebook.magic.commands.parts.conditions import (
    ALL_REGIONS,
    BY,
    CURRENCY,
    GROUP,
    HOURS,
    LIMIT,
    OF,
    SNAPSHOTS,
    WHAT,
    WHO,
    WITH,
    in_currency,
    ranked,
    wished,
    with_parts,
)
from mist_notebook.magic.commands.table import Answer, Argument, command

from .refresh import if_daily

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.notebook.session import Session
    from mist_notebook.prices.comparing.compare import Comparison
    from mist_notebook.prices.comparing.ranking import Ranking
    from mist_notebook.prices.known.offers import Offers
    from mist_notebook.prices.wishes.wish import Wish


@command(
    "compare",
    *WHAT[:4],
    *WHO,
    *WHAT[4:],
    HOURS,
    WITH,
    BY,
    GROUP,
    Argument("--pivot", "a row for each size, a column of prices for each region", switch=True),
    ALL_REGIONS,
    LIMIT,
    SORT,
    DESC,
    COLUMNS,
    CURRENCY,
    *OF,
    OUTPUT,
    group="compare",
    summary="what fits, cheapest first, of all providers, with the reason; one row per size, at its best region",
    examples=(
        "%mist compare --cpus 4+ --ram 16GB",
        "%mist compare --cpus 4..16 --ram 4x --arch arm64 --providers EC2,GCE,Azure --region eu --all-regions",
        '%mist compare --gpu A100 --by "price_hourly / gpus" --hours 200',
        "%mist compare --cpus 8 --ram 32GB --group provider",
        "%mist compare --cpus 4 --providers EC2 --pivot --limit 5",
        "%mist compare --gpu H100 --kind spot,on-demand",
        '%mist compare --cpus 4 --ram 16GB --with "ipv4, 100GB disk, 1TB out" --currency EUR',
        "%mist compare --snapshot 2014 --ram 1GB",
    ),
    returns="frame",
)
def compare(session: Session, options: Namespace) -> Answer:
    wanted = wished(options)
    ranking = ranked(options)
    offers, sandbox = offered(session, options)
    ranking = with_parts(ranking, options, session, offers.rates)
    found = compared(session, offers, wanted, ranking, options)
    offers = with_note(offers, ranking)
    return answered(found.frame, offers, options, sandbox=sandbox)


def offered(session: Session, options: Namespace) -> tuple[Offers, bool]:
    """The offers that the line is about, and whether the sandbox's are among them."""
    from mist_notebook.client.notebook import known_offers
    from mist_notebook.prices.known import offers

    snapshot = options.snapshot or offers.CURRENT
    if snapshot == offers.CURRENT and not options.offline:
        for note in if_daily(session):
            say(note)
    currency = in_currency(options)
    return known_offers.known_to(session, snapshot, offline=options.offline, refresh=options.refresh, currency=currency)


def with_note(offers: Offers, ranking: Ranking) -> Offers:
    """The offers, and the line that says what a month has in it."""
    from dataclasses import replace

    from mist_notebook.prices.costs import month

    return offers if ranking.beside is None else replace(offers, notes=(*offers.notes, month.note(ranking.beside)))


def compared(session: Session, offers: Offers, wanted: Wish, ranking: Ranking, options: Namespace) -> Comparison:
    """What the line asks of them."""
    from mist_notebook.prices.comparing.compare import compare as by_size
    from mist_notebook.prices.comparing.pivot import pivot

    more = [f"--snapshot {options.snapshot}"] if options.snapshot not in (None, SNAPSHOTS[0]) else []
    more += ["--offline"] if options.offline else []
    work = pivot if getattr(options, "pivot", False) else by_size
    settings = session.client.settings
    return work(
        offers.frame,
        wanted,
        ranking,
        more=more,
        stale_days=settings["stale_days"],
        stale_gpu_days=settings["stale_gpu_days"],
        absent=offers.absent,
    )


def answered(frame: pd.DataFrame, offers: Offers, options: Namespace, *, sandbox: bool) -> Answer:
    """The frame with its lines under it; they are printed, that once, where it goes into a variable unseen."""
    from mist_notebook.frames import frames
    from mist_notebook.prices.wishes import regions

    about = frame.attrs["mist"]
    about |= {"sandbox": sandbox, "snapshot": options.snapshot or SNAPSHOTS[0]}
    lines = tuple(about["lines"]) if options.output else ()
    about |= {"told": True} if lines else {}
    notes = offers.notes_on(frame)
    if options.columns is not None:
        frame = frames.with_columns(frame, options.columns, [])
    alone = regions.notes(offers.frame, wished(options).regions)
    return Answer(frame, (*notes, *alone, *lines))
