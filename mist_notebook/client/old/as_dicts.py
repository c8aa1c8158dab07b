"""Records as the documentation's dicts: the keys that a script of 2014 reads."""

from __future__ import annotations

from typing import Any

from mist_notebook.records.model import Image, Location, Network, Provider, Size


def image_dict(image: Image) -> dict[str, Any]:
    return {"id": image.id, "name": image.name, "star": image.starred, "extra": image.extra}


def size_dict(size: Size) -> dict[str, Any]:
    shown = {
        "id": size.id,
        "name": size.name,
        "ram": _whole(size.ram_mb),
        "disk": _whole(size.disk_gb),
        "bandwidth": _whole(size.bandwidth),
        "price": size.wire_price,
        "driver": size.driver,
    }
    return shown | {"cpus": _whole(size.vcpus)} if size.spec_source == "api" else shown


def location_dict(location: Location) -> dict[str, Any]:
    return {"id": location.id, "name": location.name, "country": location.country}


def network_dict(network: Network) -> dict[str, Any]:
    shown = {"id": network.id, "name": network.name, "cidr": network.cidr, "description": network.description}
    return shown | {"extra": network.extra}


def provider_dict(provider: Provider) -> dict[str, Any]:
    return {
        "title": provider.name,
        "provider": provider.id,
        "aliases": list(provider.aliases),
        "regions": list(provider.regions),
        "features": provider.extra,
    }


def _whole(number: float | None) -> float | None:
    """A figure as the wire had it: whole ones as `int`."""
    return int(number) if number is not None and number.is_integer() else number
