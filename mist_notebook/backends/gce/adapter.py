"""One project at Google, its zones as locations, as one backend."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeVar

from mist_notebook.backends import images, login_user
from mist_notebook.backends.needs import Needs
from mist_notebook.backends.parts import start
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.parts.by_door import ByDoor
from mist_notebook.backends.provider_fields import NETWORK, SUBNET, Field, check_name
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, BadValueError, MistError, NotFoundError, RefusedError
from mist_notebook.ground.resolver import reference_text
from mist_notebook.net.http import decode, quote_segment
from mist_notebook.net.server_clock import ServerClock
from mist_notebook.records.model import (
    OP_TAG,
    Account,
    BackendInfo,
    Choice,
    Image,
    Key,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Network,
    Orphan,
    Quota,
    Size,
)

from . import creating, image_names, left, permissions, reach, records
from .calls import Calls

T = TypeVar("T")
_FIELDS = (
    Field("networks", "the network, where it isn't default", lists=NETWORK),
    Field("subnetwork", "the subnetwork, where the network wants one named", lists=SUBNET),
    Field("disk_gb", "the boot disk, where it is to be larger than the image"),
    Field("spot", "true: cheaper, and ended whenever Google needs it"),
    Field("ssh_from", "from where SSH is let in, such as 203.0.113.7"),
)
_PAGE = {"maxResults": "500"}
_SIZES = {"fields": "items(name,id,guestCpus,memoryMb,architecture,deprecated),nextPageToken,kind"}
_SHORTEST_H, _LONGEST_H = 30 / 3600, 120 * 24
_QUOTAS = {"CPUS": "vCPUs", "CPUS_ALL_REGIONS": "vCPUs", "INSTANCES": "machines", "IN_USE_ADDRESSES": "addresses"}
_LISTED_MOST_ZONES = 8


class GceAdapter(ByDoor):
    """The project that was named as it was added."""

    self_limit = "server"
    tells_no_room = True

    def __init__(self, info: BackendInfo, calls: Calls, usual_source: str | None = None) -> None:
        super().__init__(info)
        self._calls, self._usual_source = calls, usual_source

    @property
    def billed_when_stopped(self) -> bool:
        return False

    def account(self) -> Account:
        """The project, which Google is asked for once: whether this login may see it."""
        project = self._calls.project
        return Account(place="gce", id=project, label=project, source=self._calls.login.source)

    @property
    def clock(self) -> ServerClock:
        return self._calls.door.server_clock

    def needs(self) -> Needs:
        return Needs(location=True, cloud_init=True, fields=_FIELDS, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        del everything
        projects = (*image_names.PROJECTS, self._calls.project)
        by_project, notes = self._calls.side_by_side(
            projects,
            lambda project: self._calls.rows("/global/images", _PAGE, base=f"/projects/{quote_segment(project)}"),
        )
        made = (records.image(one, project) for project, rows in by_project.items() for one in rows)
        found, wanted = [one for one in made if one is not None], search.casefold()
        return self._listing(
            [one for one in found if wanted in f"{one.name}\n{one.id}\n{one.os or ''}".casefold()], notes
        )

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        """By id (project/name), by one name for all clouds, by family, or by name; as few requests as that takes."""
        text = reference_text(reference, "image").strip()
        project, _, name = text.rpartition("/")
        ways = [(project, f"/global/images/{quote_segment(name)}")] if project and name else []
        ways += [
            (owner, f"/global/images/family/{family}") for owner, family in image_names.families(text, architecture)
        ]
        if project and name:
            ways.append((project, f"/global/images/family/{quote_segment(name)}"))
        for owner, path in ways:
            found = self._image(owner, path)
            if found is not None and images.starts_on(found.arch, architecture):
                return found
        return images.picked(reference, self.list_images().records, architecture)

    def default_user(self, image: Image) -> str | None:
        """The user is made as the key says: the image's usual one, else one of ours."""
        return login_user.of("gce", image) or "mist"

    def list_sizes(self) -> Listing[Size]:
        zones = [zone.id for zone in self.list_locations().records]
        by_zone, notes = self._calls.side_by_side(
            zones, lambda zone: self._calls.rows(f"/zones/{quote_segment(zone)}/machineTypes", {**_PAGE, **_SIZES})
        )
        return self._listing(records.sizes(by_zone), notes)

    def list_locations(self) -> Listing[Location]:
        return self._listing(_made(records.location, self._calls.rows("/zones")))

    def list_networks(self) -> Listing[Network]:
        return self._listing(_made(records.network, self._calls.rows("/global/networks")))

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        if field == "networks":
            return self._listing(_made(records.choice, self._calls.rows("/global/networks")))
        if field != "subnetwork" or location is None:
            return None
        region = quote_segment(location.id.rpartition("-")[0])
        return self._listing(_made(records.choice, self._calls.rows(f"/regions/{region}/subnetworks")))

    def list_machines(self) -> Listing[Machine]:
        by_zone, notes = self._calls.by_zone("instances", {})
        rows = [one for rows in by_zone.values() for one in rows]
        return self._listing(_made(records.machine, rows), notes)

    def get_machine(self, machine_id: str) -> Machine | None:
        if "/" not in machine_id:
            return None
        try:
            return records.machine(self._calls.one(_path(machine_id)))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def import_key(self, name: str, public: str) -> Key:
        """The key as it is: Google keeps none, it goes along with each machine."""
        return Key(id=name, mist_id=name, name=name, public=public)

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        del size
        region = f"/regions/{quote_segment(location.region or location.id)}" if location else ""
        said = row.dicts(self._calls.one(region), "quotas")
        return tuple(
            Quota(what=what, most=_figure(one.get("limit")), used=_figure(one.get("usage")))
            for one in said
            if (what := _QUOTAS.get(str(one.get("metric")))) is not None
        )

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        check_name(spec.name, "gce")
        start.check(self.info.name, spec, most_bytes=creating.MOST_BYTES)
        if spec.cloud_init and spec.image.owner in creating.WITHOUT_CLOUD_INIT:
            raise BadValueError(f"{spec.image.name} has no cloud-init at Google.", "Use --script; nothing was sent.")
        zones = row.listed(spec.size.extra, "zones")
        has = f"{spec.size.name} is in {', '.join(map(str, zones[:_LISTED_MOST_ZONES]))}."
        if spec.location is None:
            raise BadValueError(f"{self.info.name} wants a zone for '{spec.name}'.", f"{has} Add --location.")
        if zones and spec.location.id not in zones:
            raise BadValueError(f"{spec.location.id} has no {spec.size.name}.", f"{has} Nothing was sent.")
        if spec.hours is not None and not _SHORTEST_H <= spec.hours <= _LONGEST_H:
            raise BadValueError(f"Google ends a machine after 120 days at most, not {spec.hours:g} h.", "Nothing sent.")
        reach.chosen_network(self._calls.rows("/global/networks"), spec)
        self._let_in(spec)
        return spec

    def submit(self, spec: MachineSpec) -> Machine:
        network = self._opened(spec)
        zone = spec.location.id if spec.location else ""
        path = f"/zones/{quote_segment(zone)}/instances?requestId={creating.request_id(spec)}"
        self._calls.create(path, creating.body(spec, self._calls.project, zone, network))
        with suppress(MistError):  # who ended the last machine of the network just then took our firewall along
            self._open(spec, network)
        own = f"{zone}/{spec.name}"
        return Machine(
            id=own, mist_id=own, name=spec.name, state="pending", location_id=zone, tags=((OP_TAG, spec.op),)
        )

    def act(self, machine: Machine, action: str) -> None:
        verb = {"start": "/start", "stop": "/stop", "reboot": "/reset", "destroy": ""}[action]
        self._calls.send("POST" if verb else "DELETE", _path(machine.id) + verb)

    def allowed(self) -> dict[str, bool | None]:
        return permissions.allowed(self._calls)

    def tidy(self, machine: Machine) -> None:
        del machine
        left.tidy(self._calls, self.list_machines())

    def orphans(self) -> Listing[Orphan]:
        machines = self.list_machines()
        found = [] if machines.notes else left.orphans(self._calls, machines.records)
        return self._listing(found, machines.notes)

    def sweep(self, orphan: Orphan) -> None:
        machines = self.list_machines()
        if machines.notes:
            raise ApiError(f"{machines.notes[0]} Nobody knows what is needed there.", "Nothing was removed.")
        left.sweep(self._calls, orphan, machines.records)

    def close(self) -> None:
        self._calls.close()

    def _opened(self, spec: MachineSpec) -> str:
        """The network, with our firewall open to here; when that fails, it is certain that no machine was made."""
        try:
            network = reach.chosen_network(self._calls.rows("/global/networks"), spec)
            self._open(spec, network)
        except RefusedError:
            raise
        except MistError as error:
            raise RefusedError(error.message, error.hint) from None
        return network

    def _open(self, spec: MachineSpec, network: str) -> None:
        reach.open_ssh(self._calls.door, self._calls.project, network, self._let_in(spec))

    def _let_in(self, spec: MachineSpec) -> str:
        calls = self._calls
        return reach.let_in(spec, self._usual_source, calls.door, calls.limits, calls.verify)

    def _image(self, project: str, path: str) -> Image | None:
        try:
            said = self._calls.door.get(f"/projects/{quote_segment(project)}{path}")
        except ApiError as error:
            if error.status in (400, 403, 404):
                return None
            raise
        return records.image(decode(said, Row, where=path), project)


def _made(record: Any, rows: list[Row]) -> list[Any]:
    return [one for said in rows if (one := record(said)) is not None]


def _path(machine_id: str) -> str:
    zone, _, name = machine_id.rpartition("/")
    if not zone:
        raise NotFoundError(f"'{machine_id}' isn't a machine of Google's.", "It is zone/name, as %mist machines shows.")
    return f"/zones/{quote_segment(zone)}/instances/{quote_segment(name)}"


def _figure(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
