"""`%mist export`: every offer that fits, or a DataFrame of a person's, into a file."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import brief, counted
from mist_notebook.magic.commands.parts.conditions import CURRENCY, HOURS, OF, WHAT, WHO, WITH, wished, with_parts
from mist_notebook.magic.commands.table import Answer, Argument, command
from mist_notebook.prices.wishes import wish

from .compare import compared, offered, with_note

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.notebook.session import Session


@command(
    "export",
    Argument("file", "the file to write: .csv, .parquet or .html; offers.html with --html", "FILE"),
    Argument("frame", "a DataFrame of yours; without one every offer that fits", values="frame", evaluated=True),
    Argument("--html", "a page with filters, table and chart that needs no server, for a colleague", switch=True),
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
        "%mist export --html --cpus 4+ --ram 16GB",
        "%mist export mine.csv df",
    ),
    returns="text",
)
def export(session: Session, options: Namespace) -> Answer:
    from mist_notebook.frames import export as files

    options.file = _file(options)
    if options.frame is not None:
        frame, notes = _own(options)
    else:
        files.check(options.file, force=options.force)
        frame, notes = _everything(session, options)
    path = files.save(frame, options.file, force=options.force)
    size = path.stat().st_size
    many = f"{counted(len(frame), 'row')}, {counted(len(frame.columns), 'column')}"
    return Answer(None, (*notes, f"{path}: {many}, {size / 1e6:,.1f} MB."))


def _file(options: Namespace) -> str:
    """The file to write; a page has a name of its own where none is given."""
    name = str(options.file or "")
    if not options.html:
        if not name:
            raise MistUsageError("Which file? export writes one.", "For example: %mist export offers.csv")
        return name
    if not name:
        return "offers.html"
    if name.casefold().endswith((".csv", ".parquet")):
        raise MistUsageError(
            f"'{brief(name)}' isn't a page, and --html asks for one.", "Name a file that ends in .html."
        )
    return name if name.casefold().endswith(".html") else f"{name}.html"


def _everything(session: Session, options: Namespace) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Every offer that fits, in every region; of every kind, unless one is asked for."""
    from dataclasses import replace

    from mist_notebook.prices.comparing.ranking import EVERY_OFFER, Ranking

    offers, _ = offered(session, options)
    wanted = wished(options)
    wanted = wanted if options.kind else replace(wanted, kind=wish.ANY)
    wanted = wanted if options.os else replace(wanted, os="")
    ranking = Ranking(None, options.hours, EVERY_OFFER, None, currency=offers.currency)
    ranking = with_parts(ranking, options, session, offers.rates)
    found = compared(session, offers, wanted, ranking, options)
    if not len(found.frame):
        raise BadValueError(" ".join(found.notes[:1]), "Nothing was written.")
    return found.frame, with_note(offers, ranking).notes_on(found.frame)


def _own(options: Namespace) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The DataFrame that the line names."""
    import pandas as pd

    if not isinstance(options.frame, pd.DataFrame):
        what = type(options.frame).__name__
        raise BadValueError(f"What was given is of type {what}, no DataFrame.", "Name one: %mist export mine.csv df")
    if wished(options) != wish.Wish():
        raise MistUsageError("Conditions are for the offers.", "Your own frame is written whole.")
    return options.frame, ()
