"""What a backend has to make machines of: listed, and found by what a person means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mist_notebook.ground.resolver import pick
from mist_notebook.records.model import BackendInfo, Choice, Image, Listing, Location, Network, Price, Size

from . import images, login_user


class Offering(ABC):
    """The part of an adapter that lists and finds images, sizes, locations, networks, and what fields can name."""

    info: BackendInfo

    @abstractmethod
    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        """The images that the service lists by itself, or those whose id or name holds `search`.

        With `everything`, also those that the service only finds by searching.
        """

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        """The one image that a reference means: its id, its name, a record or row of it, or one name for all clouds.

        Asks for no more than it needs, and changes nothing at the service. Of several of one name only the one of that
        `architecture` counts. Raises NotFoundError with the nearest ones, AmbiguousError with all.
        """
        return images.find(reference, architecture, self.list_images)

    def default_user(self, image: Image) -> str | None:
        """As whom one logs in to a machine of that image here; `None` where nobody knows."""
        return login_user.of(self.info.provider, image)

    def other_users(self, image: Image) -> tuple[str, ...]:
        """As whom else to try where that user is refused, a few at most; never with anything but the key."""
        return login_user.others(self.info.provider, image)

    @abstractmethod
    def list_sizes(self) -> Listing[Size]:
        """The sizes, in the service's order."""

    def find_size(self, reference: Any) -> Size:
        """The one size that a reference means; of its beginning, where that will do. Asks for no more than it needs."""
        return pick(
            reference,
            self.list_sizes().records,
            what="size",
            ids=lambda size: (size.id, size.mist_id),
            names=lambda size: (size.name,),
            by_beginning=True,
        )

    @abstractmethod
    def list_locations(self) -> Listing[Location]:
        """The regions or zones."""

    def find_location(self, reference: Any) -> Location:
        """The one location that a reference means. Asks for no more than it needs."""
        return pick(
            reference,
            self.list_locations().records,
            what="location",
            ids=lambda place: (place.id, place.mist_id),
            names=lambda place: (place.name,),
        )

    def list_networks(self) -> Listing[Network]:
        """The networks; none where a machine needs none to be chosen."""
        return Listing(backend=self.info, records=[], fetched_at=datetime.now(UTC))

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        """What that field of a create can name, at that location; `None` where the service doesn't list it.

        A field that can be listed says so among the backend's `needs`.
        """
        del field, location
        return None

    def prices_at(self, sizes: Sequence[Size], locations: Sequence[Location]) -> Mapping[str, Mapping[str, Price]]:
        """By the id of a size, and of each location that has it, what it costs there; unknown is a price of nothing.

        No request. Empty where the service says no price by location.
        """
        del sizes, locations
        return {}
