"""What the clouds' refusals mean, translated once: whose token, what they say, and whether nothing was made."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec

from mist_notebook.ground.errors import ApiError, AuthError
from mist_notebook.ground.secret import redact
from mist_notebook.ground.text import clean
from mist_notebook.net.failures import is_certain, refused
from mist_notebook.net.http import Failure, Refusal

from .facts import Facts, Row

_LONGEST = 240
_SAYING_WHERE = (400, 412, 422)
_NO_ROOM = re.compile(r"\b(capacity|out of stock|sold out|insufficient|not (currently )?available|unavailable)\b", re.I)


def read(refusal: Refusal, facts: Facts, source: str, again: str = "") -> Failure:
    """The failure that a status means, in the cloud's own words; `source` is where the token came from.

    `again` is how a new one takes its place.
    """
    renew = f"{facts.renew} {again}".strip()
    failure, status = refused(refusal), refusal.status
    if 300 <= status < 400:
        return failure
    code, message = _words(refusal, facts)
    certain = _is_certain(status, code, facts)
    said = message or refusal.words
    if status == 401:
        hint = f"It said: '{said}'. {renew}" if said else renew
        return Failure(AuthError, f"{facts.name} did not accept the token of {source}.", hint, status, certain=True)
    if not message:
        return replace(failure, certain=certain)
    coded = f" ({code})" if code else ""
    text = f"{facts.name} said {status}{coded}: {message}"
    hint = failure.hint
    if status == 403 and code not in facts.words.certain:
        hint = f"The token of {source} may not do that. {renew}"
    no_room = certain and _has_no_room(status, code, message, facts)
    return replace(failure, kind=ApiError, message=text, hint=hint, certain=certain, no_room=no_room)


def _has_no_room(status: int, code: str, message: str, facts: Facts) -> bool:
    """Whether it was refused for where it was to stand: by the cloud's word for that, else by what it says."""
    if facts.words.no_room:
        return code in facts.words.no_room
    return status in _SAYING_WHERE and bool(_NO_ROOM.search(message))


def _is_certain(status: int, code: str, facts: Facts) -> bool:
    """The cloud's own word for it decides; without one, what the status says."""
    if code in facts.words.doubtful:
        return False
    return code in facts.words.certain or is_certain(status)


def _words(refusal: Refusal, facts: Facts) -> tuple[str, str]:
    """Code and message, safe to show; empty where the body is no error of the cloud's."""
    try:
        body: Any = msgspec.json.decode(refusal.said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code, message = facts.words.read(body)
    return clean(code, 60), clean(redact(message), _LONGEST)


def text(row: Row, *names: str) -> str:
    """The first of these that is text in it."""
    return next((value for name in names if isinstance(value := row.get(name), str) and value), "")
