"""A typed line as words: quotes of every keyboard hold words together, odd spaces part them, backslashes stay.

Leaves to `line` what the words mean. A backslash means itself, but before a `"` inside double quotes; one that could
only be meant to escape something is refused: a path is never read as another one.
"""

from __future__ import annotations

import re

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.typed_word import CURLY_DOUBLE, CURLY_SINGLE, DASHES

_COMMENT = r"(?P<comment>(?<!\S)#.*)"
_QUOTED = rf"""'[^']*'|"(?:\\"|[^"])*"|[{CURLY_DOUBLE}][^{CURLY_DOUBLE}"]*[{CURLY_DOUBLE}"]"""
_PIECE = re.compile(rf"{_QUOTED}|{_COMMENT}|.", re.S)
_SHELL = re.compile(
    rf"{_QUOTED}|(?P<end>;)(?=\s+\S)|(?<=\s)(?P<pipe>\|\|?|&&?|2?>>?|<)(?=\s+(?!\d)\S|\s*$)|(?P<call>(?<=\s)\.\w+\([^()]*\))$|.",
    re.S,
)
_STRAIGHT = re.compile(r"""'([^']*)'|"((?:\\"|[^"])*)\"""")
_CURLY = re.compile(
    rf"""[{CURLY_DOUBLE}]([^{CURLY_DOUBLE}"]*)[{CURLY_DOUBLE}"]|[{CURLY_SINGLE}]([^{CURLY_SINGLE}']*)[{CURLY_SINGLE}']"""
)
_SPACES = "\u200b\ufeff"  # of no width, and no spaces to Python
_DASH = re.compile(rf"(?:-?[{DASHES}]|[{DASHES}]-)[{DASHES}]?(?=[A-Za-z])")


def statement(line: str) -> tuple[str, bool]:
    """The line without its comment and its last `;`, and whether there was one: then nothing is shown."""
    comment = next((piece.start() for piece in _PIECE.finditer(line) if piece["comment"]), len(line))
    text = line[:comment].strip()
    return text.removesuffix(";").rstrip(), text.endswith(";")


def words(line: str) -> list[str]:
    """The words of the line, without their quotes. Raises MistUsageError for an open quote or a stray backslash."""
    found: list[str] = []
    at = 0
    while at < len(line):
        if _is_space(line[at]):
            at += 1
        else:
            word, at = _word(line, at)
            found.append(word)
    return found


def shell_habit(line: str) -> tuple[str, str]:
    """A sign that belongs to a shell or to Python, outside quotes, and what follows it; nothing where there is none."""
    for piece in _SHELL.finditer(line):
        if sign := piece["end"] or piece["pipe"] or piece["call"]:
            return sign, line[piece.end() :].strip()
    return "", ""


def _is_space(sign: str) -> bool:
    return sign.isspace() or sign in _SPACES


def _word(line: str, start: int) -> tuple[str, int]:
    """The word that begins there, and where it ends."""
    parts: list[str] = []
    at = start
    if dash := _DASH.match(line, at):
        parts.append("--")
        at = dash.end()
    while at < len(line) and not _is_space(line[at]):
        text, at = _part(line, at, is_first=at == start or line[at - 1] == "=")
        parts.append(text)
    return "".join(parts), at


def _part(line: str, at: int, *, is_first: bool) -> tuple[str, int]:
    """What stands in quotes there, else one sign."""
    sign = line[at]
    if sign in "\"'":
        quoted = _STRAIGHT.match(line, at)
        if quoted is None:
            raise MistUsageError("A quote is opened but never closed.", 'Close it: "a name with spaces".')
        return quoted[1] if quoted[2] is None else quoted[2].replace('\\"', '"'), quoted.end()
    if is_first and sign in CURLY_DOUBLE + CURLY_SINGLE:
        quoted = _CURLY.match(line, at)
        if quoted is None and sign in CURLY_DOUBLE:
            raise MistUsageError("A quote is opened but never closed.", 'Close it: "a name with spaces".')
        if quoted is not None:
            return quoted[1] if quoted[2] is None else quoted[2], quoted.end()
    if sign == "\\":
        _check_backslash(line[at + 1 : at + 2])
    return sign, at + 1


def _check_backslash(following: str) -> None:
    if not following:
        raise MistUsageError(
            "The line ends with a backslash.",
            "Remove it; a path that ends in one goes in quotes, no need to double it.",
        )
    if following in "\"'" or _is_space(following):
        raise MistUsageError(
            "A backslash stands before a space or a quote.",
            'A backslash escapes nothing here. Use quotes: "my data.csv".',
        )
