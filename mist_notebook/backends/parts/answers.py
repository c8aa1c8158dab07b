"""JSON of a cloud by one door, its lists page after page: what is due has to be there, or it is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from mist_notebook.ground.errors import ApiError, AuthError
from mist_notebook.net.http import Http, decode

T = TypeVar("T")
Row = dict[str, Any]
Next = Callable[[Row], Mapping[str, str] | None]

_MOST_PAGES = 400


def one(door: Http, path: str, params: Mapping[str, str] | None = None) -> Row:
    """The answer to a read, which has to be an object."""
    return decode(door.get(path, params=params), Row, where=path)


def rows(
    door: Http, path: str, key: str, following: Next, params: Mapping[str, str] | None = None, *, may_lack: bool = False
) -> list[Row]:
    """All rows under `key`; `may_lack` where a service leaves an empty list out, and says by `kind` that it is one."""
    asked, found = dict(params or {}), list[Row]()
    for _ in range(_MOST_PAGES):
        answer = one(door, path, asked)
        items = answer.get(key, [] if may_lack and "kind" in answer else None)
        if not isinstance(items, list):
            hint = "Is that its address, or something between?"
            raise ApiError(f"{door.origin}'s answer to {path} has no list '{key}'.", hint)
        fresh = [item for item in items if isinstance(item, dict)]
        more = following(answer)
        if not more:
            return found + fresh
        if (fresh and fresh == found[-len(fresh) :]) or all(asked.get(name) == value for name, value in more.items()):
            raise ApiError(f"{door.origin} gives the same page of {path} again and again.", "Try later.")
        found, asked = found + fresh, asked | dict(more)
    raise ApiError(f"{door.origin} has more than {_MOST_PAGES} pages of {path}.", "It was not read further.")


def again(forget: Callable[[], None], ask: Callable[[], T]) -> T:
    """A read once more with a new token, where the cloud no longer takes the one that there was."""
    try:
        return ask()
    except AuthError:
        forget()
    return ask()


def query_of(url: Any, *names: str) -> dict[str, str] | None:
    """These parameters of a link to the next page; `None` where there is no such link."""
    from urllib.parse import parse_qs, urlsplit

    if not isinstance(url, str) or not url:
        return None
    asked = parse_qs(urlsplit(url).query)
    return {name: asked[name][0] for name in names if name in asked} or None
