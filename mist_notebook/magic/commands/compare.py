"""Commands that compare what machines cost: everywhere, near one size, and into a file."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.prices import wish

from .arrange import COLUMNS, DESC, OUTPUT, SORT
from .conditions import (
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
    row_limit,
    wished,
    with_parts,
)
from .follow import say
from .refresh import if_daily
from .table import Answer, Argument, command

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.session import Session
    from mist_notebook.prices.compare import Comparison
    from mist_notebook.prices.offers import Offers
    from mist_notebook.prices.ranking import Ranking
    from mist_notebook.prices.wish import Wish


def _tolerance(text: str) -> float:
    from mist_notebook.prices import like

    return like.tolerance(text)


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
    offers, sandbox = _offers(session, options)
    ranking = with_parts(ranking, options, session, offers.rates)
    found = _compared(session, offers, wanted, ranking, options)
    offers = _with_note(offers, ranking)
    return _answer(found.frame, offers, options, sandbox=sandbox)


@command(
    "like",
    Argument("size", "the size: PROVIDER:SIZE, or PROVIDER:SIZE@REGION", values="offer"),
    Argument("--row", "instead of it, a row of a frame, such as df.iloc[0]", "EXPR", evaluated=True),
    Argument(
        "--tolerance",
        "how far in shape at most; 0.25 without it (0 the same, 0.5 half the RAM)",
        "DISTANCE",
        read=_tolerance,
    ),
    Argument("--anywhere", "also sizes of the same provider", switch=True),
    *WHO,
    *WHAT[4:],
    ALL_REGIONS,
    LIMIT,
    SORT,
    DESC,
    COLUMNS,
    CURRENCY,
    *OF,
    OUTPUT,
    group="compare",
    summary="the nearest sizes elsewhere, cheapest first: how they differ, and what they would save",
    examples=(
        "%mist like EC2:m5.xlarge",
        "%mist like EC2:m5.xlarge@eu-west-1 --region eu",
        "%mist like Azure:Standard_D4s_v3 --anywhere --arch arm64",
    ),
    returns="frame",
)
def like(session: Session, options: Namespace) -> Answer:
    from mist_notebook.frames import frames
    from mist_notebook.prices import like as likeness

    reference = _reference(options)
    offers, sandbox = _offers(session, options)
    near = likeness.Likeness(
        likeness.TOLERANCE if options.tolerance is None else options.tolerance,
        "offer" if options.all_regions else "size",
        None if options.sort or options.desc else row_limit(options),
        options.anywhere,
        offers.currency,
        () if options.providers else offers.absent,
    )
    frame = likeness.like(offers.frame, reference, wished(options), near).frame
    if near.limit is None:
        sort = options.sort or "price_hourly"
        frame = frames.arranged(frame, sort=sort, descending=options.desc, limit=row_limit(options))
        frame.attrs["mist"]["rows"] = len(frame)
    return _answer(frame, offers, options, sandbox=sandbox)


def _reference(options: Namespace) -> Any:
    """What the offers shall be like."""
    if (options.row is None) == (options.size is None):
        said = "Like what?" if options.size is None else "A size and a row are both given."
        raise MistUsageError(said, "Name one size, %mist like EC2:m5.xlarge, or one row, %mist like --row df.iloc[0]")
    if options.row is not None and "id" not in getattr(options.row, "keys", tuple)():
        raise BadValueError("That is no row with an id.", "Such as %mist like --row df.iloc[0]")
    return options.size if options.row is None else options.row


@command(
    "export",
    Argument("file", "the file to write, .csv or .parquet", "FILE", required=True),
    Argument("frame", "a DataFrame of yours; without one every offer that fits", values="frame", evaluated=True),
    Argument("--force", "replace the file if it is there", switch=True),
    *WHAT[:4],
    *WHO,
    *WHAT[4:],
    HOURS,
    WITH,
    CURRENCY,
    *OF,
    group="compare",
    summary="every offer that fits, of all regions and kinds, or a DataFrame of yours, into a file",
    examples=(
        "%mist export offers.parquet",
        "%mist export offers.csv --providers EC2,GCE --region eu",
        "%mist export mine.csv df",
    ),
    returns="text",
)
def export(session: Session, options: Namespace) -> Answer:
    from mist_notebook.frames import export as files

    if options.frame is not None:
        frame, notes = _own(options)
    else:
        files.check(options.file, force=options.force)
        frame, notes = _everything(session, options)
    path = files.save(frame, options.file, force=options.force)
    size = path.stat().st_size
    many = f"{len(frame):,} row{'' if len(frame) == 1 else 's'}"
    return Answer(None, (*notes, f"{path}: {many}, {len(frame.columns)} columns, {size / 1e6:,.1f} MB."))


def _everything(session: Session, options: Namespace) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Every offer that fits, in every region; of every kind, unless one is asked for."""
    from dataclasses import replace

    from mist_notebook.prices.ranking import EVERY_OFFER, Ranking

    offers, _ = _offers(session, options)
    wanted = wished(options)
    wanted = wanted if options.kind else replace(wanted, kind=wish.ANY)
    wanted = wanted if options.os else replace(wanted, os="")
    ranking = Ranking(None, options.hours, EVERY_OFFER, None, currency=offers.currency)
    ranking = with_parts(ranking, options, session, offers.rates)
    found = _compared(session, offers, wanted, ranking, options)
    if not len(found.frame):
        raise BadValueError(" ".join(found.notes[:1]), "Nothing was written.")
    return found.frame, _with_note(offers, ranking).notes_on(found.frame)


def _own(options: Namespace) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The DataFrame that the line names."""
    import pandas as pd

    if not isinstance(options.frame, pd.DataFrame):
        what = type(options.frame).__name__
        raise BadValueError(f"What was given is of type {what}, no DataFrame.", "Name one: %mist export mine.csv df")
    if wished(options) != wish.Wish():
        raise MistUsageError("Conditions are for the offers.", "Your own frame is written whole.")
    return options.frame, ()


def _offers(session: Session, options: Namespace) -> tuple[Offers, bool]:
    from mist_notebook.client import known_offers
    from mist_notebook.prices import offers

    snapshot = options.snapshot or offers.CURRENT
    if snapshot == offers.CURRENT and not options.offline:
        for note in if_daily(session):
            say(note)
    currency = in_currency(options)
    return known_offers.known_to(session, snapshot, offline=options.offline, refresh=options.refresh, currency=currency)


def _with_note(offers: Offers, ranking: Ranking) -> Offers:
    """The offers, and the line that says what a month has in it."""
    from dataclasses import replace

    from mist_notebook.prices import month

    return offers if ranking.beside is None else replace(offers, notes=(*offers.notes, month.note(ranking.beside)))


def _compared(session: Session, offers: Offers, wanted: Wish, ranking: Ranking, options: Namespace) -> Comparison:
    from mist_notebook.prices.compare import compare as by_size
    from mist_notebook.prices.pivot import pivot

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


def _answer(frame: pd.DataFrame, offers: Offers, options: Namespace, *, sandbox: bool) -> Answer:
    """The frame with its lines under it; they are printed, that once, where it goes into a variable unseen."""
    from mist_notebook.frames import frames
    from mist_notebook.prices import regions

    about = frame.attrs["mist"]
    about |= {"sandbox": sandbox, "snapshot": options.snapshot or SNAPSHOTS[0]}
    lines = tuple(about["lines"]) if options.output else ()
    about |= {"told": True} if lines else {}
    notes = offers.notes_on(frame)
    if options.columns is not None:
        frame = frames.with_columns(frame, options.columns, [])
    alone = regions.notes(offers.frame, wished(options).regions)
    return Answer(frame, (*notes, *alone, *lines))
