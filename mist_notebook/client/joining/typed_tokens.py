"""A cloud whose token a person types: asked for unseen, tried, kept where that was said, renewed by the same line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mist_notebook.backends import direct
from mist_notebook.backends.direct import KEPT
from mist_notebook.ground import ask
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.settings import kept_tokens, remembered

if TYPE_CHECKING:
    from mist_notebook.settings.settings import Settings


def add(
    kind: direct.Direct, name: str, options: Mapping[str, str], settings: Settings, keep: str | None
) -> tuple[str, str]:
    """The account's id, and where its token is kept. One that was typed before is replaced once the new one works."""
    if kind.asks is None:
        raise BadValueError(f"{kind.name} has no token that could be kept here.", f"%mist add {kind.provider}")
    place = _place(keep)
    for word in kind.asks_with:
        if word not in options:
            raise MistUsageError(
                f"{kind.name} wants a {word} beside a token that is typed.", f"%mist add {kind.provider} --{word} ID"
            )
    kept = f"{place}:{name}" if name else place
    seen = direct.Seen(kept_tokens.words(place), None, {**options, KEPT: kept}, name=kind.name)
    new = remembered.Remembered(kind.provider, name or kind.name, None, dict(seen.options))
    is_there = any(one.id == new.id for one in remembered.every())
    if not is_there:
        new = remembered.Remembered(kind.provider, free_name(kind, name, seen), None, dict(seen.options))
        remembered.check_new(new)
    before = kept_tokens.read(new.id, place) if is_there else None
    kept_tokens.keep(new.id, ask.secret(kind.asks[0], variable=kind.asks[1]), place)
    try:
        try_out(kind, new, settings)
    except BaseException:
        _put_back(new.id, before, place)
        raise
    if not is_there:
        remembered.add(new)
    return new.id, seen.source


def place_of(one: remembered.Remembered) -> str:
    """Where the token of an account was kept that somebody typed."""
    return one.options[KEPT].partition(":")[0]


def try_out(kind: direct.Direct, new: remembered.Remembered, settings: Settings) -> None:
    """One question, and one list: what doesn't work raises."""
    adapter = kind.adapter(new, settings)
    try:
        adapter.account()
        adapter.list_machines()
    finally:
        adapter.close()


def free_name(kind: direct.Direct, name: str, seen: direct.Seen) -> str:
    """The name that was given, else the cloud's, else that with what tells it from others."""
    if name and not any(character.isalnum() for character in name):
        raise BadValueError(f"The backend's name '{name}' has no letter or digit.", "Give it one, such as Work.")
    taken = {one.name.casefold() for one in remembered.every()}
    more = " ".join(filter(None, (seen.context, *seen.options.values())))
    usual = seen.name or kind.name
    if name or usual.casefold() not in taken or not more:
        return name or usual
    return f"{usual} {more}"


def _place(keep: str | None) -> str:
    if keep is None:
        return kept_tokens.usual()
    if keep not in kept_tokens.PLACES:
        raise BadValueError(f"--keep says '{keep}'.", did_you_mean(keep, list(kept_tokens.PLACES), "place"))
    return keep


def _put_back(name: str, before: object, place: str) -> None:
    """What was kept before, if anything was."""
    from mist_notebook.ground.secret import Secret

    if isinstance(before, Secret):
        kept_tokens.keep(name, before, place)
    else:
        kept_tokens.forget(name, place)
