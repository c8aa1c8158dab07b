"""The two records that every source is turned into: a size, and an offer of it. Unknown is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass, field

LINUX, WINDOWS = "linux", "windows"
ON_DEMAND, SPOT = "on-demand", "spot"
RESERVED_1Y, RESERVED_3Y = "reserved-1y", "reserved-3y"
LISTED, REPAIRED, COMPUTED, PERIOD, EXAMPLE = "list", "repaired", "computed", "period", "example"
MB_PER_GB = 1024


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a provider offers under one id. ``ram_gb`` is GiB; ``disk_gb`` 0 is none; ``net_gbps`` is sustained.

    ``gpu_form`` is how a GPU is built in, where there are several ways: SXM, PCIe, NVL.
    """

    provider: str
    id: str
    name: str
    family: str | None = None
    vcpus: float | None = None
    ram_gb: float | None = None
    disk_gb: float | None = None
    gpus: float | None = None
    gpu_name: str | None = None
    gpu_ram_gb: float | None = None
    gpu_form: str | None = None
    arch: str | None = None
    burstable: bool | None = None
    bare_metal: bool | None = None
    net_gbps: float | None = None
    spec_source: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.provider, self.id


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A size at a region at a price, from a source of a date. No region: in all, or in none that is known.

    ``monthly`` is the provider's own price of a month, where it has one; ``cap_hours`` the hours after which a month
    is paid. An offer without a price says that the size exists, and no more.
    """

    provider: str
    id: str
    as_of: str
    source: str
    region: str | None = None
    kind: str = ON_DEMAND
    hourly: float | None = None
    monthly: float | None = None
    cap_hours: float | None = None
    confidence: str | None = None
    os: str = LINUX
    currency: str = "USD"

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        return self.provider, self.id, self.region or "", self.kind, self.os


@dataclass
class Snapshot:
    """The sizes and offers of one world. A later offer of the same thing takes the place of an earlier one."""

    sizes: dict[tuple[str, str], Size] = field(default_factory=dict)
    offers: dict[tuple[str, str, str, str, str], Offer] = field(default_factory=dict)

    def add(self, sizes: list[Size], offers: list[Offer]) -> None:
        """Take in what a source has. A size that is known already keeps its figures."""
        for size in sizes:
            self.sizes.setdefault(size.key, size)
        for offer in offers:
            check(offer)
            known = self.offers.get(offer.key)
            if known is None or known.as_of <= offer.as_of:
                self.offers[offer.key] = offer


def check(offer: Offer) -> None:
    """Refuse what no row may be: a price of 0 or below, a day that isn't one."""
    for price in (offer.hourly, offer.monthly):
        if price is not None and not 0 < price < 100_000:
            raise ValueError(f"{offer.provider} {offer.id} {offer.region}: a price of {price}")
    if len(offer.as_of) != 10:
        raise ValueError(f"{offer.provider} {offer.id} {offer.region}: no date")


def gib(megabytes: float | None) -> float | None:
    """MB, as the answers count memory, in GiB."""
    return None if megabytes is None else megabytes / MB_PER_GB


def known_price(value: object) -> float | None:
    """A price as the lists write it (a number, a text, N/A); 0 and what is no number are unknown."""
    try:
        price = float(str(value))
    except ValueError:
        return None
    return price if price > 0 else None
