"""What the old clients' constructors took, and what to write instead, in two lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.text import brief, nearest

_NOW = (
    "MistClient() takes MIST_URL and MIST_API_TOKEN from the environment; MistClient(URL, api_token) is of one server."
)
_LOGIN = {"email", "password", "user", "username", "login"}
_SERVER = {"mist_uri", "uri", "mist_url", "base_url"}
_KNOWN = ("url", "api_token", "verify")


def refuse_old_words(url: object, old: Sequence[Any], more: Mapping[str, Any]) -> None:
    """Nothing where only today's words are given; else what to write. Never repeats a value: it may be a password."""
    for word in more:
        if word in _LOGIN:
            raise MistUsageError(f"MistClient takes no {word}; a server gives API tokens instead.", _NOW)
        if word in _SERVER:
            raise MistUsageError(f"MistClient takes the server's address as url, not as {word}.", _NOW)
        if word == "token":
            raise MistUsageError("MistClient takes api_token, not token.", _NOW)
        close = nearest(word, _KNOWN)
        hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(_KNOWN)}."
        raise MistUsageError(f"MistClient takes no '{brief(word)}'.", hint)
    if old or (isinstance(url, str) and "@" in url and "://" not in url):
        raise MistUsageError("MistClient takes neither e-mail nor password; a server gives API tokens instead.", _NOW)
