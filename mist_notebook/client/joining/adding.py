"""Adding a backend to a Mist server: which provider a word means, its fields, and what the server makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import direct
from mist_notebook.backends.mist import credentials
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError, SettingsError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief

if TYPE_CHECKING:
    from mist_notebook.backends.mist.server import MistServer
    from mist_notebook.client.client import MistClient
    from mist_notebook.records.model import Provider


def server_for(client: MistClient, provider: str) -> MistServer:
    """The Mist server that would add it; NotFoundError with the nearest clouds where none is connected."""
    try:
        return client.server()
    except SettingsError as error:
        known = [kind.provider for kind in direct.kinds()]
        raise NotFoundError(
            f"'{brief(provider)}' isn't a cloud that can be asked directly, and no Mist server is connected.",
            f"{did_you_mean(provider, known, 'cloud')} {error.hint}",
        ) from None


def provider_of(server: MistServer, said: str, region: str | None = None) -> tuple[str, str | None]:
    """The provider's id at the server, and the region: the one given, else the one in the word.

    NotFoundError with the nearest where the server has no such provider, or the provider no such region.
    """
    provider, in_word = credentials.provider_and_region(said)
    if region and in_word and region != in_word:
        raise BadValueError(f"'{brief(said)}' names another region than '{brief(region)}'.", "Give one of them.")
    region = region or in_word
    if not provider:
        raise BadValueError("The provider is empty.", "See %mist providers.")
    try:
        every = server.providers()
    except MistError:  # a server that lists none decides by itself
        return provider, region
    for row in every:
        if provider in (row.id, row.category, row.name.casefold(), *row.aliases):
            _check_region(row, region)
            return row.id, region
    known = [row.id for row in every]
    raise NotFoundError(f"No provider named '{brief(said)}' at {server.http.origin}.", _hint(provider, known))


def check_name(name: str) -> None:
    """Refuse a name that says nothing."""
    if not any(character.isalnum() for character in name):
        raise BadValueError(
            f"The backend's name '{brief(name)}' has no letter or digit.", "Give it one, such as 'Test account'."
        )


def _check_region(provider: Provider, region: str | None) -> None:
    if region and provider.regions and region not in provider.regions:
        hint = did_you_mean(region, list(provider.regions), "region")
        raise NotFoundError(f"{provider.name} has no region '{brief(region)}'.", f"{hint} Nothing was sent.")


def _hint(provider: str, known: list[str]) -> str:
    return f"{did_you_mean(provider, known, 'provider')} See %mist providers."


def fields(server: MistServer, provider: str, title: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the request; refused before it is sent where the server would refuse it."""
    kind, region = provider_of(server, provider, given.get("region"))
    check_name(title)
    words = dict(given)
    if region is not None:
        words["region"] = region
    taken = credentials.read(kind, words)
    credentials.check_complete(kind, taken)
    return {**taken, "provider": kind, "name": title.strip()}
