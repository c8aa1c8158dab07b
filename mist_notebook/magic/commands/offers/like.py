"""`%mist like`: the nearest sizes elsewhere, how they differ, and what they would save."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.magic.commands.parts.arrange import COLUMNS, DESC, OUTPUT, SORT
from mist_notebook.magic.commands.parts.conditions import (
    ALL_REGIONS,
    CURRENCY,
    LIMIT,
    OF,
    WHAT,
    WHO,
    WITH,
    row_limit,
    wished,
    with_parts,
)
from mist_notebook.magic.commands.table import Answer, Argument, command

from .compare import answered, offered, with_note

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


def _tolerance(text: str) -> float:
    from mist_notebook.prices.likeness import like

    return like.tolerance(text)


@command(
    "like",
    Argument("size", "the size: PROVIDER:SIZE, or PROVIDER:SIZE@REGION", values="offer"),
    Argument("--row", "a row of a frame instead of a size, such as df.iloc[0]", "EXPR", evaluated=True),
    Argument(
        "--tolerance",
        "how different its shape may be; 0.25 unless given (0 is the same, 0.5 half the RAM)",
        "DISTANCE",
        read=_tolerance,
    ),
    Argument("--anywhere", "also sizes of the same provider", switch=True),
    *WHO,
    *WHAT[4:],
    ALL_REGIONS,
    WITH,
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
        '%mist like EC2:m5.xlarge --with "ipv4, 100GB disk, 1TB out"',
    ),
    returns="frame",
)
def like(session: Session, options: Namespace) -> Answer:
    from mist_notebook.frames import frames
    from mist_notebook.prices.comparing.ranking import Ranking
    from mist_notebook.prices.likeness import like as likeness

    reference = _reference(options)
    offers, sandbox = offered(session, options)
    ranking = with_parts(Ranking(currency=offers.currency), options, session, offers.rates)
    beside = ranking.beside if ranking.is_by_month else None
    near = likeness.Likeness(
        likeness.TOLERANCE if options.tolerance is None else options.tolerance,
        "offer" if options.all_regions else "size",
        None if options.sort or options.desc else row_limit(options),
        options.anywhere,
        offers.currency,
        () if options.providers else offers.absent,
        beside,
    )
    frame = likeness.like(offers.frame, reference, wished(options), near).frame
    if near.limit is None:
        sort = options.sort or ("price_hourly" if beside is None else "monthly_total")
        frame = frames.arranged(frame, sort=sort, descending=options.desc, limit=row_limit(options))
        frame.attrs["mist"]["rows"] = len(frame)
    offers = offers if beside is None else with_note(offers, ranking)
    return answered(frame, offers, options, sandbox=sandbox)


def _reference(options: Namespace) -> Any:
    """What the offers shall be like."""
    if (options.row is None) == (options.size is None):
        said = "Like what?" if options.size is None else "A size and a row are both given."
        raise MistUsageError(said, "Name one size, %mist like EC2:m5.xlarge, or one row, %mist like --row df.iloc[0]")
    if options.row is not None and "id" not in getattr(options.row, "keys", tuple)():
        raise BadValueError("That is no row with an id.", "Such as %mist like --row df.iloc[0]")
    return options.size if options.row is None else options.row
