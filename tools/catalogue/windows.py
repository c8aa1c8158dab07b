"""Windows: libcloud's lists of it, where they have the price of Linux and the licence, which is the same per vCPU.

EC2's list mixes in the prices of those who bring a licence along, and Azure's of 2020 has sizes that were charged
otherwise. A price stands where it is that of Linux and 0.046 USD an hour for each vCPU. Where families of EC2's show
that, the same is worked out for their other cells; any other is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from pinned import Packages

from . import azure, ec2, repair
from .pins import LIBCLOUD
from .rows import COMPUTED, LISTED, ON_DEMAND, WINDOWS, Offer, Size

LICENCE_USD = 0.046
EC2_BLOCK, AZURE_BLOCK = "ec2_windows", "azure_windows"
_HALF_A_DIGIT = 0.0006
FEWEST_WITNESSES = 5


def offers(packages: Packages, sizes: Iterable[Size], linux: Iterable[Offer]) -> list[Offer]:
    """Windows beside those of the Linux offers that have it."""
    shapes = {size.key: size for size in sizes}
    known = [
        one for one in linux if one.hourly and one.kind == ON_DEMAND and _is_charged_so(shapes[one.provider, one.id])
    ]
    return [*_ec2(packages, shapes, known), *_azure(packages, shapes, known)]


def _is_charged_so(size: Size) -> bool:
    return size.arch == "x86_64" and not size.burstable and bool(size.vcpus)


def _ec2(packages: Packages, shapes: Mapping[tuple[str, str], Size], known: list[Offer]) -> Iterator[Offer]:
    """Where the list has that price, and, as it is so throughout a family, for the others of families that show it."""
    own = [one for one in known if one.provider == ec2.PROVIDER and one.region]
    listed = {one.key: found for one in own if (found := _listed(one, packages, shapes))}
    shown = Counter(shapes[key[:2]].family for key in listed)
    for offer in own:
        shape = shapes[offer.provider, offer.id]
        if offer.key in listed:
            yield listed[offer.key]
        elif shown[shape.family] >= FEWEST_WITNESSES and not shape.bare_metal:
            price = round((offer.hourly or 0) + LICENCE_USD * (shape.vcpus or 0), 6)
            source = f"{offer.source.partition(' (')[0]} (Linux and the licence)"
            yield replace(offer, os=WINDOWS, hourly=price, source=source, confidence=COMPUTED)


def _listed(offer: Offer, packages: Packages, shapes: Mapping[tuple[str, str], Size]) -> Offer | None:
    """The last list that has the price; a dedicated machine's is 6 or 10 % higher and never fits."""
    for release, cells in _lists(packages):
        price = cells.get((offer.id, offer.region or ""))
        if price and _is_with_licence(price, offer, shapes):
            return _windows(offer, price, release.as_of, release.label)
    return None


@cache
def _lists(packages: Packages) -> list[tuple[repair.Release, dict[repair.Cell, float]]]:
    """EC2's lists of Windows, newest first."""
    pins = [LIBCLOUD[version] for version in reversed(ec2.RELEASES)]
    lists = [repair.Release(pin.label, packages.prices_date(pin), packages.price_list(pin)[EC2_BLOCK]) for pin in pins]
    return [(one, dict(one.cells())) for one in lists]


def _azure(packages: Packages, shapes: Mapping[tuple[str, str], Size], known: list[Offer]) -> Iterator[Offer]:
    block, as_of = packages.price_list(azure.PIN)[AZURE_BLOCK], packages.prices_date(azure.PIN)
    for offer in known:
        listed = block.get(azure.key(offer.id), {}) if offer.provider == azure.PROVIDER else {}
        price = float(listed.get(offer.region, 0))
        if price > 0 and _is_with_licence(price, offer, shapes):
            yield _windows(offer, price, as_of, azure.PIN.label)


def _is_with_licence(price: float, linux: Offer, shapes: Mapping[tuple[str, str], Size]) -> bool:
    assert linux.hourly
    vcpus = shapes[linux.provider, linux.id].vcpus or 0
    return abs(price - linux.hourly - LICENCE_USD * vcpus) < _HALF_A_DIGIT


def _windows(linux: Offer, price: float, as_of: str, source: str) -> Offer:
    return replace(linux, os=WINDOWS, hourly=price, as_of=as_of, source=source, confidence=LISTED)
