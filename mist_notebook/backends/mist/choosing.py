"""What the fields of a create at a Mist server can name: its networks and their subnets, security groups, volumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from mist_notebook.backends.provider_fields import GROUP, NETWORK, SUBNET, VOLUME
from mist_notebook.backends.provider_fields import fields as provider_fields
from mist_notebook.records.model import BackendInfo, Choice, Listing

from . import fields, wire

List = Callable[..., Listing[Any]]
_WITH_GROUPS = {"ec2", "openstack", "vexxhost"}  # of the others a server refuses to list any


class WireNetwork(wire.WireNetwork, gc=False):
    subnets: Any = None
    location: Any = None


class WireThing(wire.Row, gc=False):
    description: Any = None
    size: Any = None
    location: Any = None
    attached_to: Any = None


class _Several(msgspec.Struct, frozen=True):
    """The choices of one row."""

    id: str
    choices: tuple[Choice, ...]


def listed(field: str, info: BackendInfo, read: List) -> Listing[Choice] | None:
    """The choices of that field; `None` where the server lists none for this provider."""
    kind = next((one.lists for one in provider_fields(info.provider) if one.name == field), "")
    if kind in (NETWORK, SUBNET):
        make = _subnets if kind == SUBNET else _network
        found: Listing[Any] = read("networks", WireNetwork, make)
        return replace(found, records=[choice for one in found.records for choice in one.choices])
    if kind == GROUP and info.provider in _WITH_GROUPS:
        return read("security-groups", WireThing, _thing)
    if kind == VOLUME:
        return read("volumes", WireThing, _volume)
    return None


def _network(row: WireNetwork) -> _Several | None:
    own = wire.own_id(row)
    if not own:
        return None
    about = (fields.text_of(row.cidr), fields.text_of(row.description))
    return _Several(own, (_choice(row, own, *about, place=row.location),))


def _subnets(row: WireNetwork) -> _Several | None:
    """The subnets of a network, each also by the network's name and id."""
    own = wire.own_id(row)
    if not own:
        return None
    network = fields.name_of(row.name, own)
    rows = list(row.subnets.values()) if isinstance(row.subnets, dict) else row.subnets
    found = []
    for one in rows if isinstance(rows, list) else ():
        subnet = one if isinstance(one, dict) else {}
        its = fields.id_of(subnet.get("external_id")) or fields.id_of(subnet.get("id"))
        if its:
            where = fields.text_of(subnet.get("location") or subnet.get("availability_zone"))
            about = " · ".join(filter(None, (network, fields.text_of(subnet.get("cidr")), where)))
            found.append(
                Choice(
                    id=its,
                    mist_id=fields.id_of(subnet.get("id")) or its,
                    name=fields.name_of(subnet.get("name"), its),
                    about=about,
                    also=(own, network),
                    location_ids=frozenset({where}) if where else None,
                )
            )
    return _Several(own, tuple(found))


def _thing(row: WireThing) -> Choice | None:
    own = wire.own_id(row)
    return _choice(row, own, fields.text_of(row.description)) if own else None


def _volume(row: WireThing) -> Choice | None:
    """A volume that no machine has."""
    own = wire.own_id(row)
    if not own or row.attached_to:
        return None
    size = fields.figure_of(row.size)
    return _choice(row, own, f"{size:g} GB" if size is not None else None, place=row.location)


def _choice(row: WireNetwork | WireThing, own: str, *about: str | None, place: Any = None) -> Choice:
    where = fields.text_of(place)
    return Choice(
        id=own,
        mist_id=fields.id_of(row.id) or own,
        name=fields.name_of(row.name, own),
        about=" · ".join(filter(None, about)),
        location_ids=frozenset({where}) if where else None,
    )
