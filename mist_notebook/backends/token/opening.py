"""From a cloud that a person added to its open adapter, with the token that is on this computer now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from mist_notebook.backends.direct import KEPT, Direct, Seen
from mist_notebook.backends.parts.addresses import address
from mist_notebook.backends.parts.limits import limits_of
from mist_notebook.net.http import Http
from mist_notebook.records.model import BackendInfo
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import Settings

from . import credentials, refusals
from .adapter import Opening, TokenAdapter
from .clouds import digitalocean, hetzner, linode, scaleway, vultr
from .facts import Facts

CLOUDS: dict[str, Facts] = {
    module.FACTS.provider: module.FACTS for module in (hetzner, digitalocean, linode, vultr, scaleway)
}


def found_for(facts: Facts, one: Remembered) -> credentials.Found:
    """The token of an account that was added: by its context, or by the variables alone."""
    if KEPT in one.options:
        return credentials.of_kept(facts, one)
    if one.context is not None:
        return credentials.of_tool(facts, one.context)
    found = credentials.of_variables(facts)
    if found is None:
        raise credentials.missing(facts)
    return found


def adapter(facts: Facts, one: Remembered, settings: Settings) -> TokenAdapter:
    """The adapter with the token that is on this computer now; nothing is sent."""
    found = found_for(facts, one)
    door = Http(
        address(facts.provider, facts.url),
        token=found.token,
        scheme=facts.scheme,
        verify=settings["ca_file"] or True,
        limits=limits_of(settings),
        reading=lambda refusal: refusals.read(refusal, facts, found.source, found.again),
    )
    info = BackendInfo(
        id=one.id, mist_id=one.id, name=one.name, provider=facts.provider, provider_name=facts.name, server=door.origin
    )
    return TokenAdapter(Opening(facts, found, info, door))


def _look(facts: Facts, context: str | None, options: Mapping[str, str]) -> Seen:
    if options:  # they go with a token that is asked for
        raise credentials.missing(facts)
    found = credentials.find(facts, context)
    return Seen(found.source, found.context)


KINDS = tuple(
    Direct(
        provider=facts.provider,
        name=facts.name,
        look=partial(_look, facts),
        adapter=partial(adapter, facts),
        options=("project",) if facts.project_variable else (),
        asks=(f"API token of {facts.name}", facts.variables[0]),
        asks_with=("project",) if facts.project_variable else (),
        at_mist=facts.provider != "hetzner",
    )
    for facts in CLOUDS.values()
)
