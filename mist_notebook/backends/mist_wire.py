"""The shapes that a Mist server sends (V1, and what older and newer servers say instead), read into records.

Servers leave fields out and put anything in them: every field is read here, once, and what can't be read is unknown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from mist_notebook.backends import units
from mist_notebook.errors import ApiError
from mist_notebook.model import BackendInfo, Image, Key, Location, Network, Provider, Size
from mist_notebook.size_name import vcpus_in_name
from mist_notebook.strict_json import decode
from mist_notebook.text import NAME_LIMIT, clean

_ID_LIMIT = 256
_LARGEST = 1e18


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


class WireLocation(Row, gc=False):
    country: Any = None
    location_type: Any = None


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
    backend_id = _id(row.id)
    if not backend_id:
        return None
    return BackendInfo(
        id=backend_id,
        mist_id=backend_id,
        name=_name(row.name if row.name is not None else row.title, backend_id),
        provider=_text(row.provider) or "",
        enabled=row.enabled is not False,
        state=_text(row.state),
        region=_text(row.region),
        sandbox=sandbox,
        server=server,
    )


def provider(row: WireProvider) -> Provider:
    driver = _text(row.driver) or _text(row.provider) or _text(row.name) or ""
    return Provider(
        id=driver,
        name=_name(row.name if row.name is not None else row.title, driver),
        category=_text(row.category),
        aliases=_texts(row.aliases),
        regions=_texts(row.regions),
        extra_json=row.features,
    )


def key(row: WireKey) -> Key | None:
    key_id = _id(row.id)
    if not key_id:
        return None
    machines = len(row.machines) if isinstance(row.machines, list) else None
    default = row.isDefault if isinstance(row.isDefault, bool) else None
    return Key(id=key_id, mist_id=key_id, name=_name(row.name, key_id), default=default, machines=machines)


def image(row: WireImage) -> Image | None:
    """The record of an image; called for every one of 150,000, so that fields which are mostly absent cost no call."""
    image_id = _id(row.external_id) or _id(row.id)
    if not image_id:
        return None
    more = _more(_image_extra, row.extra, _ImageExtra)
    starred = row.starred if row.starred is not None else row.star
    name = _name(row.name, image_id)
    owner = row.owner or more.owner or more.owner_id
    return Image(
        id=image_id,
        mist_id=_id(row.id) or image_id,
        name=name,
        starred=starred if starred is True or starred is False else None,
        arch=_architecture(more.architecture, row.architecture, name),
        os=(_text(row.os_distro) if row.os_distro else None) or (_text(row.os_type) if row.os_type else None),
        owner=_text(owner) if owner else None,
        origin=_text(row.origin) if row.origin else None,
        created=_day(row.created) if row.created else None,
        min_disk_gb=None if row.min_disk_size is None else _figure(row.min_disk_size),
        min_ram_mb=None if row.min_memory_size is None else _figure(row.min_memory_size),
        extra_json=row.extra,
    )


def size(row: WireSize, info: BackendInfo, *, driver: str, today: date) -> Size | None:
    size_id = _id(row.external_id) or _id(row.id)
    if not size_id:
        return None
    name = _name(row.name, size_id)
    said, read = _figure(row.cpus, above_zero=True), vcpus_in_name(name)
    money = _more(_price_extra, row.extra, units.Said)
    wire_price = row.price if row.price is not None else money.price
    if money.price is None and row.price is not None:
        money = msgspec.structs.replace(money, price=row.price)
    return Size(
        id=size_id,
        mist_id=_id(row.id) or size_id,
        name=name,
        vcpus=said or read,
        spec_source="api" if said else "name" if read else None,
        ram_mb=_figure(row.ram, above_zero=True),
        disk_gb=_figure(row.disk),
        bandwidth=_figure(row.bandwidth),
        arch=_architecture(None, row.architecture, name),
        driver=driver,
        wire_price=wire_price if isinstance(wire_price, int | float | str) else None,
        price=units.price(money, info.provider, today=today, server=info.server, sandbox=info.sandbox),
        extra_json=row.extra,
    )


def location(row: WireLocation) -> Location | None:
    location_id = _id(row.external_id if row.external_id is not None else row.id)
    if location_id is None:
        return None
    return Location(
        id=location_id,
        mist_id=_id(row.id) or location_id,
        name=_name(row.name, location_id),
        country=_text(row.country),
        kind=_text(row.location_type),
        extra_json=row.extra,
    )


def network(row: WireNetwork) -> Network | None:
    network_id = _id(row.external_id) or _id(row.id)
    if not network_id:
        return None
    return Network(
        id=network_id,
        mist_id=_id(row.id) or network_id,
        name=_name(row.name, network_id),
        cidr=_text(row.cidr),
        description=_text(row.description),
        extra_json=row.extra,
    )


def _id(value: Any) -> str | None:
    """An id as text; `None` for what can't be one. A number is taken, as some clouds send numbers."""
    if isinstance(value, str):
        return value if value.isprintable() and len(value) <= _ID_LIMIT else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _name(value: Any, otherwise: str) -> str:
    if isinstance(value, str) and value:
        return clean(value, NAME_LIMIT)
    return str(value) if isinstance(value, int | float) else otherwise


def _text(value: Any) -> str | None:
    return clean(value, NAME_LIMIT) if isinstance(value, str) and value and value != "None" else None


def _texts(value: Any) -> tuple[str, ...]:
    """The texts in a list; of objects their ids or names, as regions come."""
    if not isinstance(value, list):
        return ()
    names = (item.get("id") or item.get("name") if isinstance(item, dict) else item for item in value)
    return tuple(text for name in names if (text := _text(name)) is not None)


def _figure(value: Any, *, above_zero: bool = False) -> float | None:
    """A finite number from 0 (or above it); a number in text is taken, everything else is unknown."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST:
        return None
    return float(value) if value > 0 or not above_zero else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _architecture(exact: Any, family: Any, name: str) -> str | None:
    """`i386`, `x86_64` or `arm64`; `x86` where the server doesn't say how many bits, nor the name."""
    if isinstance(exact, str) and exact:
        return _ARCHITECTURES.get(exact.casefold()) or _text(exact)
    if isinstance(family, list):
        family = family[0] if family else None
    if not isinstance(family, str) or not family:
        return None
    if family != "x86":
        return _FAMILIES.get(family) or _ARCHITECTURES.get(family.casefold()) or _text(family)
    lowered = name.casefold()
    return next((bits for word, bits in _ARCHITECTURES.items() if word != "x86" and word in lowered), "x86")


def _more(decoder: msgspec.json.Decoder[Any], extra: msgspec.Raw, kind: type[Any]) -> Any:
    """The few fields of `extra` that a record wants; none of them where it isn't an object."""
    try:
        return decoder.decode(extra)
    except msgspec.DecodeError as error:
        if "out of range" not in str(error):
            return kind()
    try:
        return decode(bytes(extra), kind, where="extra")  # slower, and knows what to do with a number out of range
    except ApiError:
        return kind()
