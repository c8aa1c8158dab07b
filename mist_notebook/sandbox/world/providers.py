"""What providers do differently with machines: names, ids, what they can't do, and which fields they want."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from mist_notebook.sandbox.ground.refusals import RefusedError

_LONGEST_NAME = 255
_FIRST_NUMBER = 340_000
# Fields that any provider takes; the machine's `extra` shows them.
_COMMON_FIELDS = ("image_extra", "disk", "image_name", "size_name", "location_name", "networks", "hostname", "volumes")


@dataclass(frozen=True)
class Provider:
    """One provider's rules."""

    name_rule: str = r".+"
    name_says: str = ""
    longest_name: int = _LONGEST_NAME
    shortest_name: int = 1
    ids: str = "number"
    fields: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()


_USUAL = Provider()
_DOTTED = r"[A-Za-z0-9.-]+"
_DOTTED_SAYS = "letters, digits, dashes and dots only"
_PROVIDERS = {
    "digitalocean": Provider(name_rule=_DOTTED, name_says=_DOTTED_SAYS),
    "ec2": Provider(ids="ec2", fields=("security_group", "subnet_id")),
    "linode": Provider(shortest_name=3, name_says="at least 3 characters"),
    "nephoscale": Provider(fields=("ips",)),
    "rackspace": Provider(ids="uuid"),
    "softlayer": Provider(fields=("bare_metal", "hourly", "softlayer_backend_vlan_id"), cannot=("rename",)),
}


def rules(provider: str) -> Provider:
    """A provider's rules."""
    return _PROVIDERS.get(provider, _USUAL)


def fields(provider: str) -> tuple[str, ...]:
    """The extra fields of a create that the machine shows again."""
    return _COMMON_FIELDS + rules(provider).fields


def checked_name(provider: str, name: str) -> str:
    """The name that a machine gets; NephoScale cuts and mends what the others refuse."""
    if provider == "nephoscale":
        return re.sub(r"\s+", "-", name)[:64]
    rule = rules(provider)
    fits = re.fullmatch(rule.name_rule, name) and rule.shortest_name <= len(name) <= rule.longest_name
    if not fits:
        says = rule.name_says or f"at most {rule.longest_name} characters"
        raise RefusedError(500, "Error validating name", f"{name[:40]!r} won't do: {says}")
    return name


def host_name_of(provider: str, name: str) -> str:
    """The host name that the record shows; NephoScale's has at most 15 characters."""
    return name[:15] if provider == "nephoscale" else name


def new_external_id(provider: str, position: int, made: uuid.UUID) -> str:
    """An id in the provider's own manner; no two machines get the same."""
    if rules(provider).ids == "number":
        return str(_FIRST_NUMBER + position)
    return f"i-{position:04x}{made.hex[:4]}" if rules(provider).ids == "ec2" else str(made)
