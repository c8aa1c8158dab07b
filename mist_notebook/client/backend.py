"""A backend as a person holds it: what can be had there, its machines, and the way to a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from mist_notebook.backends import provider_fields
from mist_notebook.backends.images import check_starts
from mist_notebook.ground.errors import BadValueError, ProvisionError
from mist_notebook.ground.resolver import pick
from mist_notebook.records.model import (
    BackendInfo,
    Image,
    Listing,
    Location,
    MachineSpec,
    Network,
    Size,
    Step,
)
from mist_notebook.records.model import Machine as MachineRecord

from .machine import Hands, Machine
from .told import Told

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.provision.course import Looks

    from .client import MistClient

T = TypeVar("T", Image, Size, Location)


class Backend:
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
        return [_image_dict(image) for image in self.adapter.list_images().records]

    def search_image(self, term: str) -> list[dict[str, Any]]:
        """The images whose id or name holds `term`, community ones included where the provider has them."""
        return [_image_dict(image) for image in self.adapter.list_images(term).records]

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """The sizes: `id`, `name`, `ram` (MB), `disk` (GB), `bandwidth`, `price`, `driver`; `cpus` where known."""
        return [_size_dict(size) for size in self.adapter.list_sizes().records]

    @property
    def locations(self) -> list[dict[str, Any]]:
        """The locations: `id`, `name`, `country`."""
        return [_location_dict(location) for location in self.adapter.list_locations().records]

    @property
    def networks(self) -> list[dict[str, Any]]:
        """The networks: `id`, `name`, `cidr`, `description`, `extra`."""
        return [_network_dict(network) for network in self.adapter.list_networks().records]

    def listing(self, kind: str, *, search: str = "", everything: bool = False) -> Listing[Any]:
        """The records behind `images`, `sizes`, `locations` or `networks`, with when they were read; one request."""
        if kind == "images":
            return self.adapter.list_images(search, everything=everything)
        listings: dict[str, Callable[[], Listing[Any]]] = {
            "sizes": self.adapter.list_sizes,
            "locations": self.adapter.list_locations,
            "networks": self.adapter.list_networks,
            "machines": self.adapter.list_machines,
        }
        return listings[kind]()

    @property
    def machines(self) -> dict[str, Machine]:
        """The machines by id, read now."""
        hands = self._hands()
        return {record.id: Machine(record, hands) for record in self.adapter.list_machines().records}

    def machine(self, record: MachineRecord) -> Machine:
        """The machine of a record that was read already; no request."""
        return Machine(record, self._hands())

    def update_machines(self) -> dict[str, Machine]:
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

    def create_machine(
        self,
        name: str,
        key: Any = None,
        image_id: Any = None,
        location_id: Any = None,
        size_id: Any = None,
        *,
        quantity: int = 1,
        accept_unknown_price: bool = False,
        **more: Any,
    ) -> Any:
        """Make a machine, wait until it runs, and return it; asked again with the same words, it is the same machine.

        Recorded before it is sent, sent once. `more` takes `script`, `cloud_init`, `hours`, `tags` (a dict), and what
        this provider needs beyond that (`image_extra`, `disk`, `networks`, …). A `quantity` above 1 makes `name-1` and
        so on, one operation each, and returns the list. Raises LimitError and BadValueError before anything is sent,
        ProvisionError after that.
        """
        if quantity != 1:
            more |= {"accept_unknown_price": accept_unknown_price}
            names = [f"{name}-{number}" for number in range(1, quantity + 1)]
            return [self.create_machine(one, key, image_id, location_id, size_id, **more) for one in names]
        spec = self.spec(name, key=key, image=image_id, location=location_id, size=size_id, **more)
        *_, last = self.provision(spec, accept_unknown_price=accept_unknown_price, probe=False)
        if last.machine is None:
            raise ProvisionError(f"'{name}' was not made.", "See %mist journal.")
        return Machine(last.machine, self._hands())

    def spec(
        self,
        name: str,
        *,
        key: Any = None,
        image: Any = None,
        location: Any = None,
        size: Any = None,
        script: str | None = None,
        cloud_init: str | None = None,
        hours: float | None = None,
        **extra: Any,
    ) -> MachineSpec:
        """What to create, with every reference resolved against fresh listings; nothing is sent."""
        provider_fields.check_name(name, self.provider)
        if reserved := (provider_fields.RESERVED - {"tags"}) & set(extra):
            raise BadValueError(f"'{sorted(reserved)[0]}' can't be given as an extra field.", "Nothing was sent.")
        chosen = _picked(size, self.adapter.list_sizes().records, "size")
        found = self.adapter.find_image(image, chosen.arch)
        check_starts(found, chosen)
        return MachineSpec(
            backend=self.record,
            name=name,
            image=found,
            size=chosen,
            location=_picked(location, self.adapter.list_locations().records, "location") if location else None,
            key=self._client.key(key).record if key is not None else None,
            script=script,
            cloud_init=cloud_init,
            hours=hours,
            extra={field: value for field, value in extra.items() if value is not None},
        )

    def provision(
        self,
        spec: MachineSpec,
        *,
        accept_unknown_price: bool = False,
        probe: bool = True,
        user: str | None = None,
        port: int | None = None,
    ) -> Iterator[Step]:
        """The steps from a spec to a machine that answers a probe, as that user at that port; see `provision`."""
        from mist_notebook.provision import provision

        hands = self._hands()
        key_name = spec.key.name if spec.key else None

        def looks(record: MachineRecord) -> Looks:
            return self._client.prober.looks(Machine(record, hands), key_name, user, port)

        course = provision.Course(
            limits=self._client.limits(self.record.sandbox),
            beside=lambda: self._client.opened_like(self.record.sandbox),
            accept_unknown_price=accept_unknown_price,
            looks=looks if probe else None,
            probe_about=self._client.prober.patience_about,
        )
        return provision.provision(self.adapter, spec, hands.journal, course)

    def _hands(self) -> Hands:
        client = self._client
        return Hands(self.adapter, client.journal_of(self), client.prober, client.list_keys, self, client.pace)

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
        """Give the backend another name on the server."""
        if not new_name.strip():
            raise BadValueError("The new name is empty.", "Give the backend a name of at least one character.")
        self._change("PUT", {"new_name": new_name})

    def enable(self) -> None:
        """Let the server use this backend."""
        self._change("POST", {"new_state": "1"})

    def disable(self) -> None:
        """Keep the server from using this backend; nothing at the provider changes."""
        self._change("POST", {"new_state": "0"})

    def delete(self) -> None:
        """Remove the backend from the server; nothing at the provider changes."""
        self._change("DELETE")

    def _change(self, method: str, fields: dict[str, Any] | None = None) -> None:
        """Change the backend on the server, and read it again; after `delete` it keeps what it last knew."""
        self._client.server().change_backend(self.record.mist_id, method, fields)
        self._client.update_backends()


def _addresses(machine: Machine) -> tuple[str, ...]:
    return (*machine.record.public_ips, *machine.record.private_ips)


def _picked(wanted: Any, records: list[T], what: str) -> T:
    """The record that a reference means, by its id, Mist's id, or name."""
    return pick(
        wanted,
        records,
        what=what,
        ids=lambda record: (record.id, record.mist_id),
        names=lambda record: (record.name,),
    )


def _image_dict(image: Image) -> dict[str, Any]:
    return {"id": image.id, "name": image.name, "star": image.starred, "extra": image.extra}


def _size_dict(size: Size) -> dict[str, Any]:
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


def _location_dict(location: Location) -> dict[str, Any]:
    return {"id": location.id, "name": location.name, "country": location.country}


def _network_dict(network: Network) -> dict[str, Any]:
    shown = {"id": network.id, "name": network.name, "cidr": network.cidr, "description": network.description}
    return shown | {"extra": network.extra}


def _whole(number: float | None) -> float | None:
    """A figure as the wire had it: whole ones as `int`."""
    return int(number) if number is not None and number.is_integer() else number
