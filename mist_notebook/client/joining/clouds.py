"""Clouds that are asked directly: added here once their token works, remembered without it, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mist_notebook.backends import direct
from mist_notebook.backends.direct import KEPT
from mist_notebook.ground import ask
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.records.model import Provider
from mist_notebook.settings import kept_tokens, remembered

from . import typed_tokens
from .typed_tokens import free_name, try_out

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.settings.settings import Settings

WORDS = (
    "context",
    "profile",
    "project",
    "cloud",
    "subscription",
    "region",
    "host",
    "user",
    "port",
    "key",
    "socket",
)  # what names an account when it is added
OURS = frozenset(("context", "profile", "cloud", "host"))  # of these what no Mist server takes


def is_direct(provider: str, settings: Settings, *, asked: bool = False) -> bool:
    """Whether adding that provider is ours to do: it is asked for, or no Mist server would do it."""
    kind = direct.kind_of(provider)
    if asked and kind is None:
        raise NotFoundError(f"'{provider}' isn't a cloud that can be asked directly.", _nearest(provider))
    if kind is None:
        return False
    has_server = settings.url is not None or settings.only_sandbox
    return asked or not (has_server and kind.at_mist)


def add(
    provider: str, name: str, given: Mapping[str, str], settings: Settings, *, keep: str | None = None
) -> tuple[str, str]:
    """Try the credentials that are on this computer, then remember the account; its id, and where they are.

    Where there are none, a token is asked for unseen, of the kinds that take one; `keep` asks for one in any case, and
    says where it is kept. One list is asked for before anything is remembered, so that what doesn't work isn't there
    afterwards.
    """
    kind = direct.kind_of(provider)
    if kind is None:
        raise NotFoundError(f"No cloud named '{provider}'.", _nearest(provider))
    context, options = _read(kind, given)
    try:
        if keep is not None:
            return typed_tokens.add(kind, name.strip(), options, settings, keep)
        seen = kind.look(context, options)
    except direct.NothingFoundError:
        if kind.asks is None or context is not None or not ask.is_someone_there():
            raise
        return typed_tokens.add(kind, name.strip(), options, settings, None)
    called = free_name(kind, name.strip(), seen)
    new = remembered.Remembered(kind.provider, called, seen.context, dict(seen.options))
    remembered.check_new(new)
    try_out(kind, new, settings)
    remembered.add(new)
    return new.id, seen.source


def _read(kind: direct.Direct, given: Mapping[str, str]) -> tuple[str | None, dict[str, str]]:
    """Whose account was named, and the other words; one that this cloud doesn't take is refused."""
    words = {kind.context_word: "context", "context": "context"} | {name: name for name in kind.options}
    for word in given:
        if word not in words:
            taken = ", ".join(f"--{name}" for name in (kind.context_word, *kind.options))
            raise BadValueError(f"{kind.name} is asked directly, and takes no --{word}.", f"It takes {taken}.")
    options = {words[word]: value for word, value in given.items() if value}
    return options.pop("context", None), options


def _nearest(provider: str) -> str:
    return did_you_mean(provider, [kind.provider for kind in direct.kinds()], "cloud")


def providers() -> list[Provider]:
    """The clouds that can be asked directly, each with what was found on this computer, or what to do. No request."""
    return [
        Provider(id=kind.provider, name=kind.name, category="direct", credentials=_said(kind))
        for kind in direct.kinds()
    ]


def change(adapter: Adapter, *, name: str | None) -> None:
    """Call the backend otherwise, or forget it; nothing at the cloud changes."""
    if name is None:
        forget(named(adapter.info.id))
    else:
        remembered.rename(adapter.info.id, name.strip())


def named(word: str) -> remembered.Remembered | None:
    """The cloud that was added under that name, or as that; one that can't be opened, too. No request."""
    wanted = word.casefold()
    return next((one for one in remembered.every() if wanted in (one.name.casefold(), one.id.casefold())), None)


def forget(cloud: remembered.Remembered | None) -> None:
    """Remember it no longer, and keep no token of it; nothing at the cloud changes."""
    if cloud is None:
        return
    remembered.forget(cloud.id)
    if KEPT in cloud.options:
        kept_tokens.forget(cloud.id, typed_tokens.place_of(cloud))


def credentials() -> list[tuple[str, str]]:
    """The name of each account that was added, and where its credentials are, or why they are not. No request."""
    return [(one.name, source_of(one)) for one in remembered.every()]


def source_of(one: remembered.Remembered) -> str:
    """Where the credentials of an account are, in words."""
    kind = direct.kind_of(one.provider)
    try:
        if KEPT in one.options:
            return kept_tokens.words(typed_tokens.place_of(one))
        return kind.look(one.context, one.options).source if kind else "unknown"
    except MistError as error:
        return f"{error.message} {error.hint}".strip()


def _lacks(kind: direct.Direct) -> str:
    """What has to be installed before it can be added; nothing is imported."""
    if kind.library is None or find_spec(kind.library[0].partition(".")[0]) is not None:
        return ""
    return f" · needs %pip install 'mist-notebook[{kind.library[1]}]'"


def _said(kind: direct.Direct) -> str:
    added = remembered.of(kind.provider)
    names = [f"{one.name} by {source_of(one)}" if KEPT in one.options else one.name for one in added]
    state = f"added as {', '.join(names)}" if names else kind.usage or f"%mist add {kind.provider}"
    try:
        return f"{kind.look(None, {}).source} · {state}{_lacks(kind)}"
    except direct.NothingFoundError as error:
        asks = f"%mist add {kind.provider} asks for one unseen." if kind.asks else ""
        is_kept = any(KEPT in one.options for one in added)
        return state if is_kept else f"none yet: {error.hint.removeprefix('Such as: ')} {asks}".strip()
    except MistError as error:
        return f"{state} · {error.message} {error.hint}" if added else f"{error.message} {error.hint}"
