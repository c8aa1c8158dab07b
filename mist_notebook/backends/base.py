"""The contract that every kind of backend implements: foreign shapes in, records out.

An adapter has no journal, no guard and no cache of its own; what a person holds (`client.Backend`) stands above it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import TYPE_CHECKING

from mist_notebook.records.model import (
    BackendInfo,
    Image,
    Key,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Network,
    ProbeReport,
    Size,
)

if TYPE_CHECKING:
    from .needs import Needs


class Adapter(ABC):
    """One open backend.

    Listings are read afresh at each call, may take as long as the service needs within the HTTP limits, and raise one
    of our errors: a listing that failed is never an empty one. What can't be offered is an empty listing with a note.
    """

    info: BackendInfo

    @abstractmethod
    def needs(self) -> Needs:
        """What a create there takes, as the service says it; what it doesn't say is as usual with this provider."""

    @abstractmethod
    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        """The images that the service lists by itself, or those whose id or name holds `search`.

        With `everything`, also those that the service only finds by searching.
        """

    @abstractmethod
    def list_sizes(self) -> Listing[Size]:
        """The sizes, in the service's order."""

    @abstractmethod
    def list_locations(self) -> Listing[Location]:
        """The regions or zones."""

    @abstractmethod
    def list_networks(self) -> Listing[Network]:
        """The networks."""

    @abstractmethod
    def list_machines(self) -> Listing[Machine]:
        """The machines as they are now: never from anybody's cache."""

    @abstractmethod
    def get_machine(self, machine_id: str) -> Machine | None:
        """The machine as it is now; `None` if a complete, fresh listing doesn't have it."""

    @abstractmethod
    def submit(self, spec: MachineSpec) -> Machine:
        """Ask for a machine, once; the answer is usually still pending.

        Only an answer with an id is an answer: whatever else comes back is an error, and the machine may exist.
        """

    @abstractmethod
    def act(self, machine: Machine, action: str) -> None:
        """Start, stop, reboot or destroy it; sent once."""

    @abstractmethod
    def extend(self, machine: Machine, until: datetime) -> None:
        """Have the service destroy it then, and not before; sent once. Whether it is so, a fresh look says."""

    @abstractmethod
    def associate_key(
        self, machine: Machine, key: Key, *, user: str | None, port: int | None, host: str | None
    ) -> None:
        """Let the key's holder in; the service does it over SSH with a key that it has."""

    @abstractmethod
    def probe(self, machine: Machine) -> ProbeReport:
        """The service's own look at the machine."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections; more than once is fine."""
