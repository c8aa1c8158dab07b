"""Clouds that are asked directly: which there are, how one is found on this computer, added and opened.

A kind puts its `Direct` into `KINDS` of a module that is named in `_MODULES`; none is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError, SettingsError
from mist_notebook.ground.resolver import PROVIDER_ALIASES
from mist_notebook.settings import remembered

if TYPE_CHECKING:
    from mist_notebook.settings.remembered import Remembered
    from mist_notebook.settings.settings import Settings

    from .base import Adapter

KEPT = "kept"  # the option of an account whose token a person typed: where it is kept, and a name where one was given
_MODULES = (
    "ec2.opening",
    "token.opening",
    "server.opening",
    "openstack.opening",
    "gce.opening",
    "azure.opening",
    "docker.opening",
)


class NothingFoundError(SettingsError):
    """There are no credentials of a cloud on this computer: whoever can be asked may type them."""


@dataclass(frozen=True)
class Seen:
    """What of a cloud is on this computer: where its credentials are in words, and by what they are found again.

    `name` is what it is called where nobody says otherwise; the kind's own name without it.
    """

    source: str
    context: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Direct:
    """One kind of cloud. Neither `look` nor `adapter` sends anything.

    `look` takes what a person named and raises what to do where there are no credentials. `context_word` is the option
    of `%mist add` that names whose they are, `options` are those that it takes beside it. `added` is what is said once
    it was added, `usage` how one adds it; `asks` is what is asked for unseen where nothing is found, and the variable
    that holds it; `asks_with` are the options that have to be named beside it. `library` is the module of a vendor's
    that it needs, and the extra of ours that brings it.
    """

    provider: str
    name: str
    look: Callable[[str | None, Mapping[str, str]], Seen]
    adapter: Callable[[Remembered, Settings], Adapter]
    context_word: str = "context"
    options: tuple[str, ...] = ()
    added: str = "with the credentials of {source}: %mist sizes {name}"
    usage: str = ""
    asks: tuple[str, str] | None = None
    asks_with: tuple[str, ...] = ()
    library: tuple[str, str] | None = None
    at_mist: bool = False  # a Mist server may add such a backend too


def kinds() -> list[Direct]:
    """All of them, in the order in which they are shown."""
    return [kind for name in _MODULES for kind in import_module(f"mist_notebook.backends.{name}").KINDS]


def kind_of(word: str) -> Direct | None:
    """The kind that a word means: its id, its name, or what else it is called; `None` where it is none of these."""
    said = word.strip().casefold()
    known = kinds()
    for wanted in (said, PROVIDER_ALIASES.get(said)):
        for kind in known:
            if wanted in (kind.provider, kind.name.casefold()):
                return kind
    return None


def opened(provider: str, settings: Settings) -> list[Adapter | MistError]:
    """The accounts of that kind that were added, open, each in its turn; or why one can't be. Nothing is sent."""
    added = remembered.of(provider)
    kind = kind_of(provider) if added else None
    return [_opened(kind, one, settings) for one in added] if kind else []


def _opened(kind: Direct, one: Remembered, settings: Settings) -> Adapter | MistError:
    try:
        return kind.adapter(one, settings)
    except MistError as error:
        return type(error)(f"{one.name} is not open: {error.message}", error.hint)
