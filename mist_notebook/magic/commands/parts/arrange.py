"""The options that every listing shares, and what they do to its frame."""

from __future__ import annotations

import keyword
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.table import Argument

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.records.model import Listing


def _column_names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise BadValueError(f"'{brief(text)}' names no column.", "Give names with commas between: --columns id,name")
    return names


def _variable(text: str) -> str:
    if not text.isidentifier() or keyword.iskeyword(text):
        raise BadValueError(f"'{brief(text)}' can't be the name of a variable.", "Use letters, digits and _: -o df")
    return text


SORT = Argument("--sort", "order by a column; price, cpus, ram, disk too", "COLUMN", values="column", shared=True)
DESC = Argument("--desc", "the largest first", switch=True, shared=True)
LIMIT = Argument("--limit", "at most this many rows", "N", read=quantity.limit, shared=True)
COLUMNS = Argument(
    "--columns",
    "only these columns, with commas; +extra.KEY adds what the server said, all adds everything",
    "A,B",
    values="column",
    read=_column_names,
    shared=True,
)
REFRESH = Argument("--refresh", "ask again instead of using the listing from before", switch=True, shared=True)
OUTPUT = Argument("--output", "keep the result in this variable", "NAME", read=_variable, short="-o", shared=True)
ARRANGE = (SORT, DESC, LIMIT, COLUMNS)


def arranged(frame: pd.DataFrame, options: Namespace, parts: list[Listing[Any]] | None = None) -> pd.DataFrame:
    """The frame in the order, length and columns that the options ask for; `parts` are what it was made of."""
    from mist_notebook.frames import frames

    frame = frames.arranged(frame, sort=options.sort, descending=options.desc, limit=options.limit)
    frame.attrs[frames.ATTRS] |= {"limit": options.limit} if options.limit else {}  # so many rows are drawn
    if options.columns is None:
        return frame
    return frames.with_columns(frame, options.columns, parts or [])


def notes_of(parts: list[Listing[Any]]) -> tuple[str, ...]:
    """What a person should know of the listings."""
    return tuple(note for part in parts for note in part.notes)
