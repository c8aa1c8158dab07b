"""Adding a backend to a Mist server: which provider a word means, its fields, and what the server makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mist_notebook.backends.mist import credentials
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief

if TYPE_CHECKING:
    from mist_notebook.backends.mist.server import MistServer


def provider_of(server: MistServer, said: str) -> tuple[str, str | None]:
    """The provider's id at the server, and the region in the word; NotFoundError with the nearest where it has none."""
    provider, region = credentials.provider_and_region(said)
    if not provider:
        raise BadValueError("The provider is empty.", "See %mist providers.")
    try:
        every = server.providers()
    except MistError:  # a server that lists none decides by itself
        return provider, region
    for row in every:
        if provider in (row.id, row.category, row.name.casefold(), *row.aliases):
            return row.id, region
    known = [row.id for row in every]
    raise NotFoundError(f"No provider named '{brief(said)}' at {server.http.origin}.", _hint(provider, known))


def _hint(provider: str, known: list[str]) -> str:
    return f"{did_you_mean(provider, known, 'provider')} See %mist providers."


def fields(server: MistServer, provider: str, title: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the request; refused before it is sent where the server would refuse it."""
    kind, region = provider_of(server, provider)
    if not any(character.isalnum() for character in title):
        raise BadValueError(
            f"The backend's name '{brief(title)}' has no letter or digit.", "Give it one, such as 'Test account'."
        )
    words = dict(given)
    if region is not None and words.setdefault("region", region) != region:
        raise BadValueError(f"'{brief(provider)}' names another region than region=.", "Give one of them.")
    taken = credentials.read(kind, words)
    credentials.check_complete(kind, taken)
    return {**taken, "provider": kind, "name": title.strip()}
