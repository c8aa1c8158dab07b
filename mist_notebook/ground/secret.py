"""Secrets that don't show, and the redaction of text that may carry one.

Leaves to others where secrets come from (`settings`) and how text is made printable (`text`).
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import json
import re
import weakref
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus

MASK = "•••"
_SHORTEST_REDACTED = 4
_NAMES = re.compile(
    r"pass(?:wor[dt]|wd|word|phrase|code|key)?s?|pasword|pw|pwd|\w*tokens?|tokn|secrets?|\w*secret|"
    r"(?:\w*api|access|private|secret)key|private|cred(?:ential)?s?|bearer|jwt|cookie|authorization|auth"
)
_MISSPELLED = ("password", "passphrase", "secret", "token", "credentials")
_NEAR = 0.85
_BEFORE_KEY = {"api", "access", "private", "secret"}
_AFTER_NAME = {"key", "value", "string", "text"}

_live: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()  # by id: equal ones live apart


class Secret:
    """A value that is shown as •••, and can't be printed, pickled, copied or taken apart by accident."""

    __slots__ = ("__weakref__", "_read")
    _read: Callable[[], str]

    def __init__(self, value: str) -> None:
        self._read = lambda: value
        _live[id(self)] = self

    def reveal(self) -> str:
        """The value itself: for the HTTP door's authorization and for where it is kept, and nothing else."""
        return self._read()

    def digest(self, salt: str) -> str:
        """What tells it from others and can't be turned back, after that word."""
        return hashlib.sha256(f"{salt} {self._read()}".encode()).hexdigest()

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._read())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._read() == other._read()

    def __hash__(self) -> int:
        return hash(self._read())

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError("A Secret can't be copied, pickled or taken apart.")

    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse
    __iter__ = __getitem__ = _refuse


def says_secret(name: str) -> bool:
    """Whether a name says that what stands under it is a secret, by its last word or the one before `key` and the like.

    A misspelled one says so, too: `pasword`, `secrt_key`.
    """
    parts = [part for part in re.split(r"[-_.\s]", name.casefold()) if part]
    *before, last = parts or [""]
    named = before[-1] if last in _AFTER_NAME and before else last
    return _names_secret(named) or (last == "key" and bool(_BEFORE_KEY & set(before)))


def _names_secret(word: str) -> bool:
    return bool(_NAMES.fullmatch(word)) or bool(difflib.get_close_matches(word, _MISSPELLED, 1, _NEAR))


def redact(text: str) -> str:
    """`text` with every live secret, and whatever has the shape of one, replaced by •••."""
    secrets = [reference() for reference in _live.valuerefs()]  # one step: other threads make secrets meanwhile
    values = {secret.reveal() for secret in secrets if secret is not None}
    for form in sorted({form for value in values for form in _forms(value)}, key=len, reverse=True):
        text = text.replace(form, MASK)  # the longest first, as one may be a part of another
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def _forms(value: str) -> set[str]:
    """The spellings a secret can take in foreign text."""
    if len(value) < _SHORTEST_REDACTED:
        return set()
    encoded = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
    return {
        value,
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        encoded,
        encoded.rstrip("="),
    }


_Replacement = str | Callable[[re.Match[str]], str]
_SHAPES: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S), MASK),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/._~=-]{6,}", re.I), rf"\1 {MASK}"),
    (re.compile(r"\bmist_1\s+\S+:\S+"), f"mist_1 {MASK}"),
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b"), MASK),
    (re.compile(r"(://)[^/\s@]{0,256}:[^/\s]{0,4096}@"), rf"\1{MASK}@"),
    (
        re.compile(
            r"(?P<name>(?:token|secret|passw(?:or)?d|apikey|api_key|authorization)[\w-]{0,32}[\"']?\s*[=:]\s*)"
            r"(?P<quote>[\"'])?(?(quote)(?:\\.|(?!(?P=quote)).)*|[^\s\"'&,;}]+)",
            re.I,
        ),
        lambda match: f"{match['name']}{match['quote'] or ''}{MASK}",
    ),
)
