"""Foreign text made safe to show: invisible characters as escapes, lengths bounded, HTML escaped."""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Iterable

from .typed_login import without_password

_VALUE_LIMIT = 60
NAME_LIMIT = 128  # EC2's own limit for an image's name: a real name is never cut
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLANK_LETTERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
_PASTEABLE = re.compile(r"(?!-)[\w .,:/()+@=-]+")


def clean(text: str, limit: int | None = None) -> str:
    """`text` with control, bidi and invisible characters as escapes, cut at `limit` characters."""
    shown = text if limit is None else text[: limit + 1]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(_visible(character) for character in shown)
    return shown if limit is None or len(shown) <= limit else shown[:limit] + "…"


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANK_LETTERS:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def brief(value: str) -> str:
    """What a person typed, as an error repeats it: enough of it to know which word it was, and never a password."""
    return clean(without_password(value), _VALUE_LIMIT)


def counted(number: int, noun: str) -> str:
    """`1 row`, `1,234 rows`, `2 families`."""
    many = f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


def escape_html(text: object) -> str:
    """`text`, cleaned, as HTML text or an attribute's value."""
    return html.escape(clean(str(text)), quote=True)


def is_pasteable(text: str) -> bool:
    """Whether foreign text may stand in a hint, which a person copies into a line: nothing in it is ever filled in."""
    return _PASTEABLE.fullmatch(text) is not None


def nearest(wanted: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Up to three of `names` that a person who typed `wanted` may have meant, best first."""
    by_folded = {name.casefold(): name for name in names}
    folded = wanted.casefold()
    found = [name for key, name in by_folded.items() if folded and (key.startswith(folded) or folded in key.split())]
    close = difflib.get_close_matches(folded, list(by_folded), n=most, cutoff=0.6)
    found += [by_folded[key] for key in close]
    return list(dict.fromkeys(found))[:most]


def beginning_alike(wanted: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Up to three that begin with as many of its letters as any does: with half of them, and two, at least."""
    folded, by_folded = wanted.casefold(), {name.casefold(): name for name in names}
    for count in range(len(folded), max(1, (len(folded) - 1) // 2), -1):
        if found := [name for key, name in by_folded.items() if key.startswith(folded[:count])]:
            return found[:most]
    return []
