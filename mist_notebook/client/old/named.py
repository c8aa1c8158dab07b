"""Things by id, as the documentation has them, that a name finds too, and a call searches, as the later client did."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self, TypeVar

from mist_notebook.ground.errors import MistError, MistUsageError, NotFoundError, UnavailableError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.text import nearest


class MissingWarning(UserWarning):
    """Some of what was asked for is missing, as a backend failed."""


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

    def __init__(self, things: Mapping[str, T], what: str, missing: Sequence[tuple[str, MistError]] = ()) -> None:
        super().__init__(things)
        self._what = what
        self.missing = tuple(missing)  # the backends that failed, and why: theirs are not here

    def warned(self) -> Self:
        """The same, once a person was warned of what is missing."""
        for name, error in self.missing:
            said = f"The {self._what}s of {name} are missing here: {error.message}"
            warnings.warn(said, MissingWarning, stacklevel=3)
        return self

    def __missing__(self, wanted: Any) -> T:
        try:
            return pick(
                wanted, list(self.values()), what=self._what, ids=lambda one: (one.id,), names=lambda one: (one.name,)
            )
        except NotFoundError as error:
            if not self.missing:
                raise
            names = ", ".join(name for name, _ in self.missing)
            raise UnavailableError(
                f"{error.message} {names} did not answer, and could have it.", self.missing[0][1].message
            ) from None

    def __call__(self, **asked: Any) -> list[T]:
        """Those whose `id`, `name` or `provider` is exactly this, or whose id or name holds the `search`."""
        for word in asked:
            if word not in _WORDS:
                close = nearest(word, _WORDS) or _WORDS
                raise MistUsageError(
                    f"'{word}' can't be used to find a {self._what} by.", f"There is {', '.join(close)}."
                )
        return [one for one in self.values() if _matches(one, asked)]


def _matches(one: HasName, asked: Mapping[str, Any]) -> bool:
    exact = all(getattr(one, word, None) == str(asked[word]) for word in _WORDS[:3] if asked.get(word) is not None)
    wanted = str(asked.get("search") or "").casefold()
    return exact and (wanted in one.name.casefold() or wanted in one.id.casefold())
