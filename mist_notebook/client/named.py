"""Things by id, as the documentation has them, that a name finds too, and a call searches, as the later client did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.text import nearest


class HasName(Protocol):
    """What has an id and a name."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=HasName)
_WORDS = ("id", "name", "provider", "search")


class Named(dict[str, T]):
    """A dict by id. `things["web"]` finds by name too; `things(search="web")` gives the list of those that match."""

    def __init__(self, things: Mapping[str, T], what: str) -> None:
        super().__init__(things)
        self._what = what

    def __missing__(self, wanted: Any) -> T:
        return pick(
            wanted, list(self.values()), what=self._what, ids=lambda one: (one.id,), names=lambda one: (one.name,)
        )

    def __call__(self, **asked: Any) -> list[T]:
        """Those whose `id`, `name` or `provider` is exactly this, or whose id or name holds the `search`."""
        for word in asked:
            if word not in _WORDS:
                close = nearest(word, _WORDS) or _WORDS
                raise MistUsageError(f"'{word}' is nothing to find a {self._what} by.", f"There is {', '.join(close)}.")
        return [one for one in self.values() if _matches(one, asked)]


def _matches(one: HasName, asked: Mapping[str, Any]) -> bool:
    exact = all(getattr(one, word, None) == str(asked[word]) for word in _WORDS[:3] if asked.get(word) is not None)
    wanted = str(asked.get("search") or "").casefold()
    return exact and (wanted in one.name.casefold() or wanted in one.id.casefold())
