"""What belongs to a shell or to Python, typed behind a `%mist` line: refused, with the way to the same thing here."""

from __future__ import annotations

from typing import NoReturn

from mist_notebook.ground.errors import MistUsageError

_KEEP = "Keep the frame, and go on in Python: df = %mist …, and on the next line df.head()"
_INSTEAD = {
    "head": "So many rows: --limit …. Or df = %mist …, and on the next line df.head()",
    "tail": "Keep the frame, and go on in Python: df = %mist …, and on the next line df.tail()",
    "less": "So many rows: --limit …. Or df = %mist …, and look at df as long as you like",
    "more": "So many rows: --limit …. Or df = %mist …, and look at df as long as you like",
    "grep": "What holds a text: --search …. Or df = %mist …, and on the next line df[df.name.str.contains('…')]",
    "sort": "In another order: --sort …, with --desc for the largest first",
    "wc": "How many: df = %mist …, and on the next line len(df)",
    "cut": "Only some columns: --columns id,name",
    "awk": "Only some columns: --columns id,name",
    "jq": _KEEP,
}
_INTO_A_FILE = "Into a file: df = %mist …, and on the next line %mist export NAME.csv df"


def refuse(sign: str, rest: str) -> NoReturn:
    """MistUsageError that says what to do instead; what follows the sign is not repeated."""
    if sign == ";":
        raise MistUsageError(
            "A line of %mist is one command; there is more behind the ;.",
            "Put the rest on the next line: df = %mist …, and there df.head(). Or one command a line in %%mist.",
        )
    if sign.startswith("."):
        raise MistUsageError("A line of %mist ends before Python begins.", _KEEP)
    if ">" in sign:
        raise MistUsageError(f"There is no shell in a %mist line: {sign} writes no file.", _INTO_A_FILE)
    if sign in ("&&", "||", "&"):
        raise MistUsageError(
            f"There is no shell in a %mist line: {sign} joins nothing.", "One command a line, in %%mist."
        )
    if sign == "<":
        raise MistUsageError("There is no shell in a %mist line: < reads no file.", _KEEP)
    first = rest.split(maxsplit=1)[:1]
    raise MistUsageError(
        "There is no shell in a %mist line: | leads nowhere.", _INSTEAD.get(first[0] if first else "", _KEEP)
    )
