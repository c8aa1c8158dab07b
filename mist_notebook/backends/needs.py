"""What a backend says it needs for a machine, as data: which fields a form shows, and what limits what.

A Mist server says it for each provider, under `features.provision` of `/providers`; what it doesn't say is as usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import provider_fields
from .provider_fields import Field

_MAKES_NONE = {"other"}


@dataclass(frozen=True)
class Needs:
    """What a create there takes. `said` tells whether the server said so, or this is what is usual.

    `cloud_init` is `None` where nobody says; `hours` is whether anybody ends one at its time limit. `lists_a_part`
    marks a backend whose own list of images is only a part of what a search finds, `together` one where several
    machines can be let reach each other, `public_key` one that is given a key's public half alone. The
    last three flags say which restrictions its records carry.
    """

    machines: bool = True
    location: bool = True
    key: bool = True
    key_required: bool = True
    public_key: bool = True
    cloud_init: bool | None = None
    script: bool = True
    hours: bool = True
    custom_size: bool = False
    custom_image: bool = False
    lists_a_part: bool = False
    together: bool = False
    size_image: bool = False
    location_size: bool = False
    location_image: bool = False
    fields: tuple[Field, ...] = ()
    said: bool = False


def usual(provider: str) -> Needs:
    """What is known of the provider without asking anyone."""
    wants_key = provider_fields.wants_key(provider)
    fields = tuple(one for one in provider_fields.fields(provider) if one.name not in provider_fields.RESERVED)
    return Needs(machines=provider not in _MAKES_NONE, key_required=wants_key, fields=fields)


def said(provider: str, features: Mapping[str, Any]) -> Needs:
    """What the server's features of the provider say; what they leave out is as usual."""
    provision = features.get("provision")
    if provision is False:
        return replace(usual(provider), machines=False, said=True)
    if not isinstance(provision, Mapping):
        return usual(provider)
    takes_key, key_required = _key(provision.get("key", True))
    return replace(
        usual(provider),
        machines=True,
        location=provision.get("location") is not False,
        key=takes_key,
        key_required=key_required,
        cloud_init=provision.get("cloudinit") is True,
        custom_size=provision.get("custom_size") is True,
        custom_image=provision.get("custom_image") is True,
        size_image=_restricts(provision, "size-image-restriction"),
        location_size=_restricts(provision, "location-size-restriction"),
        location_image=_restricts(provision, "location-image-restriction"),
        said=True,
    )


def _key(value: Any) -> tuple[bool, bool]:
    """Whether a key is taken, and whether it has to be there: Mist says `false`, or an object, or nothing for both."""
    if isinstance(value, Mapping):
        return True, value.get("required") is not False
    return (False, False) if value is False else (True, True)


def _restricts(provision: Mapping[str, Any], what: str) -> bool:
    stated = provision.get("restrictions")
    return isinstance(stated, Mapping) and stated.get(what) is True
