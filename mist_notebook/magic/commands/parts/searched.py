"""`--search` of a listing: the rows that hold the text as it stands, else those that hold every word of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.text import brief, is_pasteable
from mist_notebook.ground.typed_word import as_word
from mist_notebook.magic.commands.table import Argument

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.session import Session

_NO_WIDTH = re.compile("[\u200b\ufeff]")


def search(kind: str) -> Argument:
    """The option, for rows of that kind."""
    return Argument(
        "--search", f"only {kind}s whose id or name holds this text, or all of its words", "TEXT", values=kind
    )


def backends(session: Session, words: Sequence[str], kind: str, *, may_be_all: bool) -> list[Backend]:
    """The backends that the words name, each once. Raises NotFoundError, with how a text is searched for."""
    try:
        return list({backend.id: backend for backend in map(session.backend, words)}.values())
    except NotFoundError as error:
        names = [one.name for one in session.client.backends.values() if is_pasteable(one.name)]
        if error.hint.startswith("Did you mean") or not names:
            raise
        place = "" if may_be_all else f" {as_word(names[0])}"
        raise NotFoundError(
            error.message, f"{error.hint} A text is searched for so: %mist {kind}{place} --search TEXT"
        ) from None


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
