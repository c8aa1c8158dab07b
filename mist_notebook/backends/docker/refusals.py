"""What Docker's refusals mean: its own words, and whether nothing was made."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.text import clean
from mist_notebook.net.failures import refused
from mist_notebook.net.http import Failure, Refusal

_LONGEST = 300
_CERTAIN = (400, 404, 409)  # of a create: a wrong field, no such image, a name that is in use


def read(refusal: Refusal, name: str) -> Failure:
    """The failure that a status means."""
    failure = refused(refusal)
    try:
        said = msgspec.json.decode(refusal.said, type=dict[str, object]).get("message")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return failure
    if not isinstance(said, str):
        return failure
    text = f"{name} said {refusal.status}: {clean(said, _LONGEST)}"
    certain = failure.certain or refusal.status in _CERTAIN
    return replace(failure, kind=ApiError, message=text, hint=_hint(said), status=refusal.status, certain=certain)


def _hint(said: str) -> str:
    lower = said.lower()
    if "already in use" in lower:
        return "Another container has that name: %mist machines; nothing was made."
    return "Nothing was made." if "no such image" in lower else ""
