"""The keys of this computer beside those that backends know, and what a reference to a key means among both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.text import brief
from mist_notebook.ground.typed_word import as_word, option
from mist_notebook.records.model import Key

from .old.named import HasName

if TYPE_CHECKING:
    from mist_notebook.ssh.keys.local_keys import LocalKeys

LOCAL = "here:"  # how the id of a key begins that no backend has (yet)
K = TypeVar("K", bound=HasName)


def local_keys(here: LocalKeys, known: Sequence[Key]) -> list[Key]:
    """The keys of this computer of whose name none is known."""
    names = {key.name for key in known}
    return [Key(id=f"{LOCAL}{name}", name=name) for name in here.names() if name not in names]


def picked(wanted: Any, keys: Sequence[K], here: LocalKeys) -> K:
    """The one of these keys that a reference means.

    Raises NotFoundError: of one that is on this computer, and not among them, it says how the server is given it.
    """
    try:
        return pick(wanted, keys, what="key", ids=lambda key: (key.id,), names=lambda key: (key.name,))
    except NotFoundError:
        name = str(wanted).removeprefix(LOCAL)
        path = here.path_of(name) if name in here.names() else None
        if path is None:
            raise
        raise NotFoundError(
            f"The key '{brief(name)}' is on this computer, and the server doesn't have it.",
            f"To give it: %mist add-key {as_word(name)} {option('--from', str(path))}",
        ) from None
