"""Clouds that are asked directly: added here once their token works, remembered without it, and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.records.model import Provider
from mist_notebook.settings import remembered

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.backends.token.facts import Facts
    from mist_notebook.settings.settings import Settings

_AT_MIST = ("digitalocean", "linode", "vultr", "scaleway")  # what a Mist server may add too


def is_direct(provider: str, settings: Settings, *, asked: bool = False) -> bool:
    """Whether adding that provider is ours to do: it is asked for, or no Mist server would do it."""
    from mist_notebook.backends.token.opening import CLOUDS, facts_of

    facts = facts_of(provider)
    if asked and facts is None:
        hint = did_you_mean(provider, list(CLOUDS), "cloud")
        raise NotFoundError(f"'{provider}' is no cloud that can be asked directly.", hint)
    if facts is None:
        return False
    has_server = settings.url is not None or settings.only_sandbox
    return asked or not (has_server and facts.provider in _AT_MIST)


def add(provider: str, name: str, context: str | None, settings: Settings) -> tuple[str, str]:
    """Try the token that is on this computer, then remember the account; its id, and where the token is.

    One list is asked for before anything is kept, so that what doesn't work isn't there afterwards.
    """
    from mist_notebook.backends.token import credentials, opening

    facts = opening.facts_of(provider)
    if facts is None:
        raise NotFoundError(f"No cloud named '{provider}'.", did_you_mean(provider, list(opening.CLOUDS), "cloud"))
    found = credentials.find(facts, context)
    new = remembered.Remembered(facts.provider, _free_name(facts, name.strip(), found.context), found.context)
    remembered.check_new(new)
    adapter = opening.adapter(facts, new, found, settings)
    try:
        adapter.account()
        adapter.list_machines()
    finally:
        adapter.close()
    remembered.add(new)
    return new.id, found.source


def _free_name(facts: Facts, name: str, context: str | None) -> str:
    """The name that was given, else the cloud's, else that with its context."""
    if name and not any(character.isalnum() for character in name):
        raise BadValueError(f"The backend's name '{name}' has no letter or digit.", "Give it one, such as Work.")
    taken = {one.name.casefold() for one in remembered.every()}
    if name or facts.name.casefold() not in taken or context is None:
        return name or facts.name
    return f"{facts.name} {context}"


def providers() -> list[Provider]:
    """The clouds that can be asked directly, each with what was found on this computer, or what to do. No request."""
    from mist_notebook.backends.token import opening

    return [
        Provider(
            id=facts.provider,
            name=facts.name,
            category="direct",
            credentials=_said(facts),
        )
        for facts in opening.CLOUDS.values()
    ]


def change(adapter: Adapter, *, name: str | None) -> None:
    """Call the backend otherwise, or forget it; nothing at the cloud changes."""
    if name is None:
        remembered.forget(adapter.info.id)
    else:
        remembered.rename(adapter.info.id, name.strip())


def named(word: str) -> remembered.Remembered | None:
    """The cloud that was added under that name, or as that; one that can't be opened, too. No request."""
    wanted = word.casefold()
    return next((one for one in remembered.every() if wanted in (one.name.casefold(), one.id.casefold())), None)


def forget(cloud: remembered.Remembered | None) -> None:
    """Remember it no longer; nothing at the cloud changes."""
    if cloud is not None:
        remembered.forget(cloud.id)


def _said(facts: Facts) -> str:
    from mist_notebook.backends.token import credentials

    added = ", ".join(one.name for one in remembered.of(facts.provider))
    state = f"added as {added}" if added else f"%mist add {facts.provider}"
    try:
        return f"{credentials.find(facts).source} · {state}"
    except MistError as error:
        return f"{error.message} {error.hint}"
