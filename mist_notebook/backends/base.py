"""The contract that every kind of backend implements: foreign shapes in, records out.

An adapter has no journal, no guard and no cache of its own; what a person holds (`client.Backend`) stands above it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from mist_notebook.model import BackendInfo, Image, Listing, Location, Network, Size


class Adapter(ABC):
    """One open backend.

    Listings are read afresh at each call, may take as long as the service needs within the HTTP limits, and raise one
    of our errors: a listing that failed is never an empty one. What can't be offered is an empty listing with a note.
    """

    info: BackendInfo

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
    def close(self) -> None:
        """Give back connections; more than once is fine."""
