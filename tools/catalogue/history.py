"""What prices were over the years: each dated list of libcloud, and the dated files of the check rows.

A price is kept as a span, from the first list that has it to the last one. What a list doesn't say anew says nothing:
libcloud's blocks stay as they are for years, under new dates, so a block counts only when something in it has changed.
EC2's spoilt lists count only where they have the price that the repair found to be right. And as EC2 has never raised
a price, one that a later list raises was wrong (mostly an American price in an Asian block): it is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pinned import PRICES, Packages, Pin

from . import azure, check_rows, cloudwright, ec2, finops, flat, gce, repair, skrooge
from .period import EC2_BLOCKS
from .pins import CLOUDWRIGHT, FINOPS, LIBCLOUD
from .rows import ON_DEMAND, Offer, known_price

Series = tuple[str, str, str]
# The first price list with EC2's table by region: from here on the blocks by region are leftovers.
FIRST_TABLE = "3.3.0"
FLAT_BLOCKS = {
    "nephoscale": ("nephoscale", ""),
    "rackspacenovaus": ("rackspace", "dfw"),
    "rackspacenovalon": ("rackspace", "lon"),
    "rackspacenovasyd": ("rackspace", "syd"),
    "softlayer": ("softlayer", ""),
    "google_us": ("gce", "us-central1"),
    "google_europe": ("gce", "europe-west1"),
    "google_asia": ("gce", "asia-east1"),
}
# A list may round to three places what another has in full.
ROUNDING = 1.001
# Five places are little for the price of a core.
ROUNDED = 1.0025
# The check rows of Oracle's that are older than this were computed with other rates; their package says so.
OCI_VERIFIED = "2026-05-04"
# Lists whose own date is too old for what they have, so that the file's date is taken. That of 0.14.1 says October 2012
# and has Sydney, g2 and i2, which came later; that of 0.19.0 was left as it was when SoftLayer came in.
STALE_STAMPS = ("0.14.1", "0.19.0")
# Google's lists of 2015 name what it sells short-lived by a suffix.
_PREEMPTIBLE = "-preemptible"


@dataclass(frozen=True)
class Observation:
    """A price that a list states, on its day."""

    series: Series
    price: float
    as_of: str
    source: str


@dataclass(frozen=True)
class Span:
    """A price, the first list that has it and the last one."""

    series: Series
    price: float
    since: str
    until: str
    source: str


def spans(observations: Iterable[Observation]) -> list[Span]:
    """Each series' prices one after the other; of two that a day has, the last counts."""
    by_series: dict[Series, dict[str, Observation]] = defaultdict(dict)
    for seen in observations:
        by_series[seen.series][seen.as_of] = seen
    found: list[Span] = []
    for series in sorted(by_series):
        days = [by_series[series][day] for day in sorted(by_series[series])]
        found += _spans(series, days)
    return found


def never_raised(observations: Iterable[Observation]) -> list[Observation]:
    """The observations without those of EC2 that a later list raises."""
    dearest_later: dict[Series, float] = {}
    kept = []
    for seen in sorted(observations, key=lambda one: one.as_of, reverse=True):
        dearest = dearest_later.get(seen.series, 0.0)
        if seen.series[0] != ec2.PROVIDER or seen.price * ROUNDING >= dearest:
            kept.append(seen)
            dearest_later[seen.series] = max(dearest, seen.price)
    return kept[::-1]


def _spans(series: Series, days: list[Observation]) -> Iterator[Span]:
    first = last = days[0]
    for seen in days[1:]:
        if seen.price != first.price:
            yield Span(series, first.price, first.as_of, last.as_of, first.source)
            first = seen
        last = seen
    yield Span(series, first.price, first.as_of, last.as_of, first.source)


def observations(packages: Packages, trusted: Mapping[repair.Cell, repair.Seen]) -> Iterator[Observation]:
    """Every price that a list states anew; ``trusted`` are EC2's repaired cells."""
    yield from _blocks(packages)
    yield from _ec2(ec2.releases(packages), trusted)
    yield from _stated(azure.offers(packages)[1])
    of_2020 = list(_stated(gce.offers(packages)[1]))
    yield from of_2020
    yield from _as_before(_stated(skrooge.offers(packages)[1]), of_2020)
    for offers in (flat.linode, flat.vultr):
        yield from _stated(replace(offer, region=None) for offer in offers(packages)[1])
    for day in check_rows.days(packages):
        yield from _stated(check_rows.of_day(day)[1])
    for size, price in cloudwright.on_demand(packages).items():
        series = ec2.PROVIDER, size, cloudwright.REGION
        if (size, cloudwright.REGION) in trusted:
            yield Observation(series, price, cloudwright.as_of(packages), CLOUDWRIGHT.label)
    for size, price in finops.on_demand(packages).items():
        for region in finops.REGIONS:
            yield Observation((ec2.PROVIDER, size, region), price, finops.as_of(packages), FINOPS.label)


def _as_before(seen: Iterable[Observation], before: Iterable[Observation]) -> Iterator[Observation]:
    """A list that rounds, with the figure of an earlier one where they are the same."""
    known = {one.series: one.price for one in before}
    for one in seen:
        price = known.get(one.series, one.price)
        yield replace(one, price=price) if max(price, one.price) <= min(price, one.price) * ROUNDED else one


def _blocks(packages: Packages) -> Iterator[Observation]:
    """The blocks with one price for each size, of the releases before EC2's table by region."""
    before: dict[str, Any] = {}
    for version, pin in LIBCLOUD.items():
        if version == FIRST_TABLE:
            return
        blocks, as_of = packages.price_list(pin), list_day(packages, pin)
        for block, (provider, region) in _of_interest().items():
            if block in blocks and blocks[block] != before.get(block):
                for size, listed in blocks[block].items():
                    price = known_price(listed)
                    if price and not size.endswith(_PREEMPTIBLE):
                        yield Observation((provider, size, region), price, as_of, pin.label)
        before = blocks


def list_day(packages: Packages, pin: Pin) -> str:
    """The date in the list, or that of the file where the list's is known to be too old."""
    return packages.file_date(pin, PRICES) if pin.version in STALE_STAMPS else packages.prices_date(pin)


def _of_interest() -> dict[str, tuple[str, str]]:
    return FLAT_BLOCKS | {block: (ec2.PROVIDER, region) for block, region in EC2_BLOCKS.items()}


def _ec2(releases: Iterable[repair.Release], trusted: Mapping[repair.Cell, repair.Seen]) -> Iterator[Observation]:
    """The lists by region: all that the sound ones say, and of the spoilt ones what the repair confirms."""
    spoilt = False
    for release in releases:
        spoilt = spoilt or release.label == LIBCLOUD[ec2.FIRST_SPOILT].label
        for (size, region), price in release.cells():
            known = trusted.get((size, region))
            if "." in size and (not spoilt or (known and known.price == price)):
                yield Observation((ec2.PROVIDER, size, region), price, release.as_of, release.label)


def _stated(offers: Iterable[Offer]) -> Iterator[Observation]:
    """What a source of one day states of prices on demand."""
    for offer in offers:
        unverified = offer.provider == "oci" and offer.as_of < OCI_VERIFIED
        if offer.hourly and offer.kind == ON_DEMAND and not unverified:
            series = offer.provider, offer.id, offer.region or ""
            yield Observation(series, offer.hourly, offer.as_of, offer.source)
