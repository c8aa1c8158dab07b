"""A backend as a person holds it: what can be had there, its machines, and the way to a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.resolver import pick
from mist_notebook.records.model import (
    BackendInfo,
    Listing,
    Location,
    Price,
    Size,
)
from mist_notebook.records.model import Machine as MachineRecord

from . import list_prices, rates
from .joining import clouds
from .machines.actor import Hands
from .machines.machine import Machine
from .making import Maker
from .old.as_dicts import image_dict, location_dict, network_dict, size_dict
from .old.left_out import LeftOut
from .old.named import Named
from .told import Told

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter

    from .client import MistClient


class Backend(Maker, LeftOut):
    """One account at one provider: what can be had there."""

    def __init__(self, client: MistClient, adapter: Adapter) -> None:
        self._client = client
        self.adapter = adapter

    @property
    def record(self) -> BackendInfo:
        """The record behind `info`."""
        return self.adapter.info

    @property
    def info(self) -> dict[str, Any]:
        """What the server says of this backend."""
        record = self.record
        return {
            "id": record.id,
            "title": record.name,
            "provider": record.provider,
            "enabled": record.enabled,
            "state": record.state,
            "region": record.region,
        }

    id = Told[str]("id", "What tells it from every other backend.")
    name = Told[str]("name", "Its name; its title, in Mist's older word.")
    title = name
    provider = Told[str]("provider", "The kind behind it, such as `ec2`.")
    enabled = Told[bool]("enabled", "Whether its server uses it.")

    def __repr__(self) -> str:
        mark = ", sandbox" if self.record.sandbox else ""
        return f"<Backend {self.name!r} ({self.provider}{mark})>"

    @property
    def images(self) -> list[dict[str, Any]]:
        """The images that the backend lists by itself: `id`, `name`, `star`, `extra`; one request."""
        return [image_dict(image) for image in self.adapter.list_images().records]

    def search_image(self, term: str) -> list[dict[str, Any]]:
        """The images whose id or name holds `term`, community ones included where the provider has them."""
        if not isinstance(term, str):
            raise BadValueError("Images are searched by a text.", 'Such as: search_image("Debian")')
        return [image_dict(image) for image in self.adapter.list_images(term).records]

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """The sizes: `id`, `name`, `ram` (MB), `disk` (GB), `bandwidth`, `price`, `driver`; `cpus` where known."""
        return [size_dict(size) for size in self.adapter.list_sizes().records]

    @property
    def locations(self) -> list[dict[str, Any]]:
        """The locations: `id`, `name`, `country`."""
        return [location_dict(location) for location in self.adapter.list_locations().records]

    @property
    def networks(self) -> list[dict[str, Any]]:
        """The networks: `id`, `name`, `cidr`, `description`, `extra`."""
        return [network_dict(network) for network in self.adapter.list_networks().records]

    def listing(self, kind: str, *, search: str = "", everything: bool = False) -> Listing[Any]:
        """The records behind `images`, `sizes`, `locations` or `networks`, with when they were read; one request."""
        if kind == "images":
            return self.adapter.list_images(search, everything=everything)
        listings: dict[str, Callable[[], Listing[Any]]] = {
            "sizes": self.adapter.list_sizes,
            "locations": self.adapter.list_locations,
            "networks": self.adapter.list_networks,
            "machines": self.adapter.list_machines,
            "machines everywhere": self.adapter.list_machines_everywhere,
            "orphans": self.adapter.orphans,
        }
        listing = listings[kind]()
        return list_prices.of_listing(listing) if kind == "sizes" and self.adapter.kept_here else listing

    def prices_at(self, sizes: Sequence[Size], locations: Sequence[Location]) -> Mapping[str, Mapping[str, Price]]:
        """What each size costs at each location that has it, by their ids, as the service says it, else the catalogue.

        No request. Empty where every size costs the same wherever it is.
        """
        found = self.adapter.prices_at(sizes, locations)
        if not found and self.adapter.kept_here and len(locations) > 1:
            found = list_prices.at_places(self.provider, sizes, locations)
        differs = any(len({price.hourly for price in prices.values()}) > 1 for prices in found.values())
        return {size: rates.each_with_usd(prices) for size, prices in found.items()} if differs else {}

    @property
    def machines(self) -> Named[Machine]:
        """The machines by id, or by name, read now; `backend.machines(search="web")` gives those that match."""
        hands = self._hands()
        found = {record.id: Machine(record, hands) for record in self.adapter.list_machines().records}
        return Named(found, "machine")

    def machine(self, record: MachineRecord) -> Machine:
        """The machine of a record that was read already; no request."""
        return Machine(record, self._hands())

    def update_machines(self) -> Named[Machine]:
        """The same: machines are read anew each time."""
        return self.machines

    def machine_from_id(self, machine_id: str) -> Machine:
        """The machine with that id."""
        return self._machine(machine_id, ids=lambda machine: (machine.id,), names=lambda _: ())

    def machine_from_name(self, name: str) -> Machine:
        """The machine of that name."""
        return self._machine(name, ids=lambda _: (), names=lambda machine: (machine.name,))

    def machine_from_ip(self, ip: str) -> Machine:
        """The machine with that address, public or private."""
        return self._machine(ip, ids=_addresses, names=lambda _: ())

    def search_machine(self, wanted: Any) -> Machine:
        """The machine with that id, else of that name, else with that address."""
        return self._machine(
            wanted, ids=lambda machine: (machine.id,), names=lambda machine: (machine.name, *_addresses(machine))
        )

    def key_is_here(self, name: str) -> bool:
        """Whether a private key of that name is on this computer."""
        return self._client.local_keys.path_of(name) is not None

    def _hands(self) -> Hands:
        client = self._client
        prober, journal = client.prober, partial(client.journal_of, self)
        return Hands(self.adapter, journal, prober, self.usable_key, self, prober.run, client.pace)

    def _machine(
        self, wanted: Any, *, ids: Callable[[Machine], tuple[str, ...]], names: Callable[[Machine], tuple[str, ...]]
    ) -> Machine:
        return pick(
            wanted,
            list(self.machines.values()),
            what="machine",
            ids=ids,
            names=names,
            label=lambda machine: f"{machine.name} ({machine.id})",
        )

    def rename(self, new_name: str) -> None:
        """Give the backend another name, on the server or where this computer remembers it."""
        if not new_name.strip():
            raise BadValueError("The new name is empty.", "Give the backend a name of at least one character.")
        if self.adapter.kept_here:
            clouds.change(self.adapter, name=new_name)
            self._client.update_backends()
            return
        self._change("PUT", {"new_name": new_name})

    def enable(self) -> None:
        """Let the server use this backend."""
        self._change("POST", {"new_state": "1"})

    def disable(self) -> None:
        """Keep the server from using this backend; nothing at the provider changes."""
        self._change("POST", {"new_state": "0"})

    def delete(self) -> None:
        """Remove the backend from the server, or from this computer; nothing at the provider changes."""
        if self.adapter.kept_here:
            clouds.change(self.adapter, name=None)
            self._client.update_backends()
            return
        self._change("DELETE")

    def _change(self, method: str, fields: dict[str, Any] | None = None) -> None:
        """Change the backend on the server, and read it again; after `delete` it keeps what it last knew."""
        if not self.adapter.private_keys_wanted:
            own = f"Whatever configures the kind '{self.provider}' says what it is called, and whether it is there."
            hint = "%mist remove takes it away." if self.adapter.kept_here else own
            raise BadValueError(f"'{self.name}' is on no Mist server that could change it. Nothing was sent.", hint)
        self._client.server().change_backend(self.record.mist_id, method, fields)
        self._client.update_backends()


def _addresses(machine: Machine) -> tuple[str, ...]:
    return (*machine.record.public_ips, *machine.record.private_ips)
