"""The records that adapters give and frames show: frozen, passive, units in their names, unknown is `None`.

They are msgspec structs and not dataclasses, because a catalogue can hold 150,000 of them: making one costs a fifth.
A record's `id` is the provider's own; `mist_id` is what the wire wants. `extra` is what the server said beyond that.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from .accounts import Account as Account
from .accounts import BackendInfo as BackendInfo
from .accounts import Provider as Provider
from .accounts import Quota as Quota
from .report import Disk as Disk
from .report import ProbeReport as ProbeReport
from .said import Said

T = TypeVar("T")

OP_TAG = "mist-notebook-op"  # the tag that carries an operation's id


class Image(Said, frozen=True, kw_only=True, gc=False):
    """An operating system to start a machine from.

    `called` is the one name for all clouds that it was asked for by: tomorrow another image may be its newest.
    """

    starred: bool | None = None
    arch: str | None = None
    os: str | None = None
    owner: str | None = None
    origin: str | None = None
    created: date | None = None
    min_disk_gb: float | None = None
    min_ram_mb: float | None = None
    called: str | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a size costs, dated and sourced; a figure that nobody gave is `None`, never 0.

    `usd` is what one of the currency is worth in USD, where a dated rate says so.
    """

    hourly: float | None = None
    monthly: float | None = None
    currency: str | None = None
    as_of: date | None = None
    source: str | None = None
    confidence: str | None = None
    usd: float | None = None
    usd_as_of: date | None = None


class Size(Said, frozen=True, kw_only=True, gc=False):
    """A shape of machine: vCPUs, memory, disk and price.

    `spec_source` tells where `vcpus` comes from: `api` (the server's figure), `name` (read in the size's name), or
    `None` where it is unknown. `allowed_images` are the ids on the wire of those that start on it; `None`: any.
    """

    vcpus: float | None = None
    spec_source: str | None = None
    ram_mb: float | None = None
    disk_gb: float | None = None
    bandwidth: float | None = None
    arch: str | None = None
    driver: str | None = None
    wire_price: float | str | None = None
    price: Price = Price()
    allowed_images: frozenset[str] | None = None


class Location(Said, frozen=True, kw_only=True, gc=False):
    """A region or zone that a machine can stand in; `kind` says which.

    `available_sizes` and `available_images` are ids on the wire, of those that it has; `None`: nothing restricts it.
    `region` is the one that a zone is in, where its name doesn't say.
    """

    country: str | None = None
    kind: str | None = None
    region: str | None = None
    available_sizes: frozenset[str] | None = None
    available_images: frozenset[str] | None = None


class Network(Said, frozen=True, kw_only=True, gc=False):
    """A network that a machine can be attached to."""

    cidr: str | None = None
    description: str | None = None


class Choice(Said, frozen=True, kw_only=True, gc=False):
    """What a field of a create can name: a network, a subnet, a group, a volume.

    `also` are other words that mean it, as a subnet's network; `location_ids` where it is, `None` where that is no
    matter; `about` what a person chooses it by.
    """

    about: str | None = None
    also: tuple[str, ...] = ()
    location_ids: frozenset[str] | None = None


class Key(Said, frozen=True, kw_only=True, gc=False):
    """An SSH key that a backend knows; never its private half. `public` is as OpenSSH writes it, where it is known."""

    default: bool | None = None
    machines: int | None = None
    public: str | None = None
    fingerprint: str | None = None


class Orphan(Said, frozen=True, kw_only=True, gc=False):
    """Something of ours that no machine needs any more: a disk, an address, a firewall, or a machine without a record.

    `op` is the operation that it was made for, `hourly` what it goes on costing.
    """

    kind: str
    op: str | None = None
    location_id: str | None = None
    hourly: float | None = None
    currency: str | None = None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What a service says by now of a create that it does by and by.

    `machine_id` is there once it made one; `refused` is why nothing was made, where that is certain; `failed` is what
    else went wrong, so that there may be a machine. `lines` are its words so far, the oldest first.
    """

    lines: tuple[str, ...] = ()
    machine_id: str | None = None
    refused: str = ""
    failed: str = ""
    ended: bool = False


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What one backend answered to one question: its records in order, when, and what could not be used.

    `stored_at` is there where it isn't the backend itself that answered, but what its server had stored by then.
    """

    backend: BackendInfo
    records: list[T]
    fetched_at: datetime
    notes: tuple[str, ...] = ()
    stored_at: datetime | None = None


class Machine(Said, frozen=True, kw_only=True, gc=False):
    """A server that exists, as its backend describes it.

    `ssh_host` and `ssh_port` are where it answers SSH, where that isn't port 22 of a public address; `ssh_user` is as
    whom, where the backend itself says so.
    """

    state: str = "unknown"
    public_ips: tuple[str, ...] = ()
    private_ips: tuple[str, ...] = ()
    size_id: str | None = None
    image_id: str | None = None
    location_id: str | None = None
    created: datetime | None = None
    expires: datetime | None = None
    price: Price = Price()
    cost_so_far: float | None = None
    actions: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    ssh_host: str | None = None
    ssh_port: int | None = None
    ssh_user: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where else a machine may stand, with the image as it is there, and the size with its price there."""

    location: Location
    size: Size
    image: Image


class MachineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What to create: everything resolved, nothing sent yet.

    `op` is the operation's id, which goes along; `login` the user that such an image has in that cloud, where known.
    `elsewhere` is tried in turn where the location before has no room; `turn` counts what was sent before for this
    operation and refused for certain, so that a service's own idempotency tells them apart. Machines of one `together`
    reach each other. `beside` is what else will be made or used, in words for the receipt.
    """

    backend: BackendInfo
    name: str
    image: Image
    size: Size
    location: Location | None = None
    key: Key | None = None
    script: str | None = None
    cloud_init: str | None = None
    hours: float | None = None
    extra: dict[str, Any] = {}
    login: str | None = None
    op: str = ""
    elsewhere: tuple[Place, ...] = ()
    turn: int = 0
    together: str | None = None
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def token(self) -> str:
        """What tells this one request from every other: the operation, and which of its locations it asks."""
        return f"{self.op}-{self.turn + 1}" if self.turn else self.op

    def turns(self) -> tuple[MachineSpec, ...]:
        """One spec for each location that it names, in turn; none of them knows of the others."""
        own = msgspec.structs.replace(self, elsewhere=())
        return (
            own,
            *(
                msgspec.structs.replace(
                    own, location=place.location, size=place.size, image=place.image, turn=self.turn + number
                )
                for number, place in enumerate(self.elsewhere, start=1)
            ),
        )

    def plain(self) -> dict[str, Any]:
        """What a re-run is compared by: ids, and what would run on the machine."""
        return {
            "name": self.name,
            "image": self.image.called or self.image.id,
            "size": self.size.id,
            "location": ",".join(one.location.id for one in self.turns() if one.location) or None,
            "key": self.key.name if self.key else None,
            "script": self.script,
            "cloud_init": self.cloud_init,
            "hours": self.hours,
            "extra": self.extra,
            **({"together": self.together} if self.together else {}),
        }


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a provision: how far it is, in words and as a fraction; what is known of the machine by then."""

    state: str
    message: str
    fraction: float
    seconds: float
    machine: Machine | None = None
    report: ProbeReport | None = None
