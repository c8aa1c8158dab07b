"""`--search` of a listing: the rows that hold the text as it stands, else those that hold every word of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.table import Argument

if TYPE_CHECKING:
    import pandas as pd

_NO_WIDTH = re.compile("[\u200b\ufeff]")


def search(kind: str) -> Argument:
    """The option, for rows of that kind."""
    return Argument(
        "--search", f"only {kind}s whose id or name holds this text, or all of its words", "TEXT", values=kind
    )


def words_of(text: str | None) -> list[str]:
    """The words that are searched for; spaces of any kind part them."""
    return _NO_WIDTH.sub("", text or "").split()


def containing(frame: pd.DataFrame, text: str | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows whose id or name holds the text, literally, and what is to be said of it."""
    words = words_of(text)
    if not text or not words:
        return frame, ()
    whole = frame[_holds(frame, text)]
    if len(whole):
        return whole, ()
    rows = frame
    for word in words:
        rows = rows[_holds(rows, word)]
    if not len(rows):
        return rows, (f"Nothing there holds '{brief(text)}'.",)
    said = f"Nothing holds '{brief(text)}' as it stands; these hold each of its words."
    return rows, (said,) if len(words) > 1 else ()


def _holds(frame: pd.DataFrame, text: str) -> pd.Series[bool]:
    in_name = frame["name"].str.contains(text, case=False, regex=False, na=False)
    return in_name | frame["id"].str.contains(text, case=False, regex=False, na=False)
