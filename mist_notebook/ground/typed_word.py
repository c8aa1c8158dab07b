"""A text as one word of a `%mist` line, so that reading the line gives back just that text."""

from __future__ import annotations

import re

CURLY_DOUBLE = "“”„‟«»"
CURLY_SINGLE = "‘’‚‛"
DASHES = "–—−"
_PLAIN = re.compile(rf"[^\s\"'{{}}$;#|&<>\\{CURLY_DOUBLE}{CURLY_SINGLE}{DASHES}\u200b\ufeff]+")


def as_word(text: str) -> str:
    """`text` as one word: quoted where it has to be, its braces and dollars doubled."""
    doubled = text.replace("{", "{{").replace("}", "}}").replace("$", "$$")
    if _PLAIN.fullmatch(text):
        return doubled
    if not set(text) & {'"', "\\"}:
        return f'"{doubled}"'
    return '"\'"'.join(f"'{part}'" for part in doubled.split("'"))


def option(flag: str, text: str) -> str:
    """An option with its value; joined by `=` where the value itself would be read as an option."""
    return f"{flag}{'=' if text.startswith('-') else ' '}{as_word(text)}"
