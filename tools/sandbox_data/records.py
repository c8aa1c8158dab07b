"""Images, sizes and locations in the shape of the files, and what becomes of a source that leaves something out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pinned import Pin

Record = dict[str, Any]

# A word in an image's name, and the distribution that it stands for; the first that is found.
DISTROS = (
    (r"windows", "windows"),
    (r"centos", "centos"),
    (r"debian", "debian"),
    (r"ubuntu", "ubuntu"),
    (r"fedora", "fedora"),
    (r"red ?hat|\brhel", "redhat"),
    (r"opensuse", "opensuse"),
    (r"suse|\bsles", "suse"),
    (r"gentoo", "gentoo"),
    (r"slackware", "slackware"),
    (r"cloudlinux", "cloudlinux"),
    (r"vyatta", "vyatta"),
    (r"\barch\b", "arch"),
    (r"amazon ?linux|\bamzn2?-|\bal20\d\d-", "amazon"),
)
# Countries that the sources leave out, by the place that they name.
COUNTRIES = {"New York 1": "US", "Amsterdam 1": "NL", "DFW": "US", "ORD": "US", "IAD": "US", "HKG": "HK"}


def distro_of(name: str) -> str:
    return next((distro for pattern, distro in DISTROS if re.search(pattern, name, re.IGNORECASE)), "")


def image(external_id: object, name: str, **more: Any) -> Record:
    """An image in the shape of the files; what the source leaves out is None."""
    distro = distro_of(name)
    record: Record = {
        "external_id": str(external_id),
        "name": name,
        "os_type": ("windows" if distro == "windows" else "linux") if distro else "",
        "os_distro": distro,
        "architecture": ["x86"],
        "starred": True,
        "default": True,
        "min_disk_size": None,
        "min_memory_size": None,
        "origin": "system",
        "created": None,
        "owner": None,
        "extra": {},
    }
    return record | more


def size(external_id: object, name: str, **more: Any) -> Record:
    """A size in the shape of the files; what the source leaves out is None."""
    record: Record = {
        "external_id": str(external_id),
        "name": name,
        "cpus": None,
        "ram": None,
        "disk": None,
        "bandwidth": None,
        "architecture": None,
        "allowed_images": None,
        "extra": {},
    }
    return record | more


def location(external_id: object, name: str, country: str, location_type: str) -> Record:
    """A location in the shape of the files; ``available_sizes`` is None where the source restricts nothing."""
    record: Record = {"external_id": str(external_id), "name": name, "country": country}
    return record | {"location_type": location_type, "available_sizes": None, "extra": {}}


def restricted(locations: list[Record], sizes: list[Record], places: dict[str, set[str]]) -> list[Record]:
    """The locations with the sizes that each has; ``places`` says where a size is, one that isn't in it is everywhere.

    What no source says anything about is not restricted: unknown is not forbidden.
    """

    def there(place: Record) -> list[str]:
        ids = [one["external_id"] for one in sizes]
        return [one for one in ids if place["external_id"] in places.get(one, {place["external_id"]})]

    return [place | {"available_sizes": there(place)} for place in locations]


def priced(price: float | None, as_of: str, release: str, /, **more: Any) -> Record:
    """The ``extra`` of a size: the price with its date and source, or neither when it is unknown."""
    money = {"price": price, "price_as_of": as_of, "price_source": release} if price else {}
    return money | more


@dataclass(frozen=True)
class Header:
    title: str
    provider: str
    driver: str
    as_of: str
    sources: tuple[str, ...]
    region: str = ""


def catalogue(header: Header, images: list[Record], sizes: list[Record], locations: list[Record]) -> Record:
    """One provider's file. No source holds a real network, so none is in it."""
    return {
        "title": header.title,
        "provider": header.provider,
        "driver": header.driver,
        "region": header.region,
        "as_of": header.as_of,
        "currency": "USD",
        "sources": list(header.sources),
        "images": images,
        "sizes": sizes,
        "locations": locations,
        "networks": [],
    }


def source(pin: Pin, what: str) -> str:
    return f"{pin.label} ({pin.licence}): {what}"
