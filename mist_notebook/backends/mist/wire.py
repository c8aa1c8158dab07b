"""The shapes that a Mist server sends (V1, and what older and newer servers say instead), read into records.

Servers leave fields out and put anything in them: every field is read here, once, and what can't be read is unknown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from mist_notebook.backends.size_name import vcpus_in_name
from mist_notebook.records import units
from mist_notebook.records.model import BackendInfo, Image, Key, Location, Network, Provider, Size

from . import fields


class Row(msgspec.Struct, gc=False):
    """What every listed thing on the wire may have; servers leave fields out, and put anything in them."""

    id: Any = None
    external_id: Any = None
    name: Any = None
    extra: msgspec.Raw = msgspec.Raw(b"{}")


class WireCloud(Row, gc=False):
    title: Any = None
    provider: Any = None
    enabled: Any = None
    state: Any = None
    region: Any = None


class WireProvider(Row, gc=False):
    driver: Any = None
    title: Any = None
    provider: Any = None
    category: Any = None
    aliases: Any = None
    features: msgspec.Raw = msgspec.Raw(b"{}")
    regions: Any = None


class WireProviders(msgspec.Struct):
    supported_providers: list[WireProvider]


class WireKey(Row, gc=False):
    isDefault: Any = None  # noqa: N815 - the wire's spelling
    machines: Any = None


class WireImage(Row, gc=False):
    starred: Any = None
    star: Any = None
    os_type: Any = None
    os_distro: Any = None
    architecture: Any = None
    origin: Any = None
    owner: Any = None
    created: Any = None
    min_disk_size: Any = None
    min_memory_size: Any = None


class _ImageExtra(msgspec.Struct, gc=False):
    architecture: Any = None
    owner: Any = None
    owner_id: Any = None


class WireSize(Row, gc=False):
    cpus: Any = None
    ram: Any = None
    disk: Any = None
    bandwidth: Any = None
    architecture: Any = None
    price: Any = None
    allowed_images: Any = None


class WireLocation(Row, gc=False):
    country: Any = None
    location_type: Any = None
    available_sizes: Any = None
    available_images: Any = None


class WireNetwork(Row, gc=False):
    cidr: Any = None
    description: Any = None


_image_extra = msgspec.json.Decoder(_ImageExtra)
_price_extra = msgspec.json.Decoder(units.Said)
_ARCHITECTURES = {
    "x86": "i386",
    "i386": "i386",
    "i686": "i386",
    "32-bit": "i386",
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "64-bit": "x86_64",
    "arm64": "arm64",
    "aarch64": "arm64",
}
_FAMILIES = {"x86": "x86", "arm": "arm64"}


def backend(row: WireCloud, *, server: str, sandbox: bool) -> BackendInfo | None:
    backend_id = fields.id_of(row.id)
    if not backend_id:
        return None
    return BackendInfo(
        id=backend_id,
        mist_id=backend_id,
        name=fields.name_of(row.name if row.name is not None else row.title, backend_id),
        provider=fields.text_of(row.provider) or "",
        enabled=row.enabled is not False,
        state=fields.text_of(row.state),
        region=fields.text_of(row.region),
        sandbox=sandbox,
        server=server,
    )


def provider(row: WireProvider) -> Provider:
    driver = fields.text_of(row.driver) or fields.text_of(row.provider) or fields.text_of(row.name) or ""
    return Provider(
        id=driver,
        name=fields.name_of(row.name if row.name is not None else row.title, driver),
        category=fields.text_of(row.category),
        aliases=fields.texts_of(row.aliases),
        regions=fields.texts_of(row.regions),
        extra_json=row.features,
    )


def key(row: WireKey) -> Key | None:
    key_id = fields.id_of(row.id)
    if not key_id:
        return None
    machines = len(row.machines) if isinstance(row.machines, list) else None
    default = row.isDefault if isinstance(row.isDefault, bool) else None
    return Key(id=key_id, mist_id=key_id, name=fields.name_of(row.name, key_id), default=default, machines=machines)


def own_id(row: Row) -> str | None:
    """What the provider calls it, else the server."""
    return fields.id_of(row.external_id) or fields.id_of(row.id)


def image(row: WireImage) -> Image | None:
    """The record of an image; called for every one of 150,000, so that fields which are mostly absent cost no call."""
    image_id = fields.id_of(row.external_id) or fields.id_of(row.id)
    if not image_id:
        return None
    more = fields.some_of(_image_extra, row.extra, _ImageExtra)
    starred = row.starred if row.starred is not None else row.star
    name = fields.name_of(row.name, image_id)
    owner = row.owner or more.owner or more.owner_id
    return Image(
        id=image_id,
        mist_id=fields.id_of(row.id) or image_id,
        name=name,
        starred=starred if starred is True or starred is False else None,
        arch=_architecture(more.architecture, row.architecture, name),
        os=(fields.text_of(row.os_distro) if row.os_distro else None)
        or (fields.text_of(row.os_type) if row.os_type else None),
        owner=fields.text_of(owner) if owner else None,
        origin=fields.text_of(row.origin) if row.origin else None,
        created=fields.day_of(row.created) if row.created else None,
        min_disk_gb=None if row.min_disk_size is None else fields.figure_of(row.min_disk_size),
        min_ram_mb=None if row.min_memory_size is None else fields.figure_of(row.min_memory_size),
        extra_json=row.extra,
    )


def size(row: WireSize, info: BackendInfo, *, driver: str, today: date) -> Size | None:
    size_id = own_id(row)
    if not size_id:
        return None
    name = fields.name_of(row.name, size_id)
    said, read = fields.figure_of(row.cpus, above_zero=True), vcpus_in_name(name)
    money = fields.some_of(_price_extra, row.extra, units.Said)
    wire_price = row.price if row.price is not None else money.price
    if money.price is None and row.price is not None:
        money = msgspec.structs.replace(money, price=row.price)
    return Size(
        id=size_id,
        mist_id=fields.id_of(row.id) or size_id,
        name=name,
        vcpus=said or read,
        spec_source="api" if said else "name" if read else None,
        ram_mb=fields.figure_of(row.ram, above_zero=True),
        disk_gb=fields.figure_of(row.disk),
        bandwidth=fields.figure_of(row.bandwidth),
        arch=_architecture(None, row.architecture, name),
        driver=driver,
        wire_price=wire_price if isinstance(wire_price, int | float | str) else None,
        price=units.price(money, info.provider, today=today, server=info.server, sandbox=info.sandbox),
        allowed_images=fields.ids_of(row.allowed_images),
        extra_json=row.extra,
    )


def location(row: WireLocation) -> Location | None:
    location_id = fields.id_of(row.external_id if row.external_id is not None else row.id)
    if location_id is None:
        return None
    return Location(
        id=location_id,
        mist_id=fields.id_of(row.id) or location_id,
        name=fields.name_of(row.name, location_id),
        country=fields.text_of(row.country),
        kind=fields.text_of(row.location_type),
        available_sizes=fields.ids_of(row.available_sizes),
        available_images=fields.ids_of(row.available_images),
        extra_json=row.extra,
    )


def network(row: WireNetwork) -> Network | None:
    network_id = own_id(row)
    if not network_id:
        return None
    return Network(
        id=network_id,
        mist_id=fields.id_of(row.id) or network_id,
        name=fields.name_of(row.name, network_id),
        cidr=fields.text_of(row.cidr),
        description=fields.text_of(row.description),
        extra_json=row.extra,
    )


def _architecture(exact: Any, family: Any, name: str) -> str | None:
    """`i386`, `x86_64` or `arm64`; `x86` where the server doesn't say how many bits, nor the name."""
    if isinstance(exact, str) and exact:
        return _ARCHITECTURES.get(exact.casefold()) or fields.text_of(exact)
    if isinstance(family, list):
        family = family[0] if len(family) == 1 else None  # one that fits several is of none of them
    if not isinstance(family, str) or not family:
        return None
    if family != "x86":
        return _FAMILIES.get(family) or _ARCHITECTURES.get(family.casefold()) or fields.text_of(family)
    lowered = name.casefold()
    return next((bits for word, bits in _ARCHITECTURES.items() if word != "x86" and word in lowered), "x86")
