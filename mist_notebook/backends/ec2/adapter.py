"""EC2 as a backend: one account in its regions, each asked side by side; zones and regions are its locations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from mist_notebook.backends.base import Adapter
from mist_notebook.backends.needs import Needs
from mist_notebook.backends.provider_fields import GROUP, SUBNET, Field
from mist_notebook.ground.errors import ApiError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean, reference_text
from mist_notebook.net.http import Limits
from mist_notebook.net.origin import is_loopback
from mist_notebook.records.model import (
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

from . import creating, instances, leftovers, quotas, records
from .asking.calls import Calls, Everywhere, everywhere
from .fitting import Fitter
from .images import Images
from .keys import Keys
from .network import Networks
from .regions import Regions

_ACTS = {"start": "Start", "stop": "Stop", "reboot": "Reboot", "destroy": "Terminate"}
_FIELDS = (
    Field("spot", "true: a spot machine, cheaper, which EC2 may end at any time"),
    Field("ssh_from", "from where SSH is let in, an address or a network; this computer's address without it"),
    Field("subnet_id", "the subnet, or its network; the default network without it", lists=SUBNET),
    Field("security_group", "a security group to be in, in the place of ours", lists=GROUP),
)


@dataclass(frozen=True)
class Opening:
    """What one adapter is opened with; `asked` are the regions that were named, none for all of the account's."""

    info: BackendInfo
    calls: Calls
    limits: Limits
    asked: tuple[str, ...]
    home: str
    verify: bool | str = True
    ssh_from: str | None = None


class Ec2Adapter(Adapter):
    """One account at Amazon."""

    kept_here = True
    self_limit = "inside"
    tells_no_room = True
    sees_new_after_s = 60.0

    def __init__(self, opening: Opening) -> None:
        self.info = opening.info
        self.on_this_computer = is_loopback(urlsplit(opening.info.server).hostname or "")
        self._opening, self._calls = opening, opening.calls
        self.regions = Regions(opening.calls, opening.asked, opening.home)
        self._account: Account | None = None
        self._networks = Networks(self._calls)
        self._keys = Keys(self._calls)
        self._where: dict[str, str] = {}  # in which region a machine is that was seen or made

    @property
    def billed_when_stopped(self) -> bool:
        return False

    def account(self) -> Account:
        """The account's number, as AWS says it; asked once."""
        if self._account is None:
            said = self._calls.ask("GetCallerIdentity", self._opening.home, "Account", "sts")
            partition = str(said.get("Arn", "")).split(":")[1:2] or ["aws"]
            place = "ec2" if partition == ["aws"] else f"ec2 {partition[0]}"
            who = str(said.get("Arn", "")).rpartition(":")[2]
            label = who or str(said["Account"])
            source = self._calls.login.source
            self._account = Account(place=place, id=str(said["Account"]), label=label, source=source)
        return self._account

    def now(self) -> datetime:
        clocks = [door.server_clock for door in self._calls.doors]
        return clocks[-1].now() if clocks else super().now()

    def clock_difference(self) -> str:
        return next((said for door in self._calls.doors if (said := door.server_clock.difference())), "")

    def needs(self) -> Needs:
        return Needs(cloud_init=True, lists_a_part=True, location_size=True, fields=_FIELDS, together=True, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        images, region = self._images(), self.regions.home
        if search.strip():
            return self._listing(images.search(search, region, anybody=everything))
        note = "What most people start from; by its system an image is the newest for the size: --image ubuntu-24.04. "
        return self._listing(images.usual(region), (f"{note}Others: %mist images {self.info.name} --search …",))

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        return self._images().find(reference, architecture, self.regions.home_first())

    def list_sizes(self) -> Listing[Size]:
        found = everywhere(self.regions.every(), lambda region: instances.types(self._calls, region))
        rows: dict[str, tuple[records.Row, list[str]]] = {}
        for region, types in found.answers.items():
            for row in types:
                rows.setdefault(str(row.get("InstanceType")), (row, []))[1].append(region)
        sizes = [size for row, where in rows.values() if (size := records.size(row, tuple(where))) is not None]
        return self._listing(sizes, found.notes(self.info.name))

    def find_size(self, reference: Any) -> Size:
        """One size by its id, in whichever region has it; of another the nearest ones."""
        wanted = reference_text(reference, "size").strip().casefold()
        asked = [{"Name": "instance-type", "Values": [wanted]}]
        found = everywhere(self.regions.every(), lambda region: instances.types(self._calls, region, Filters=asked))
        where = [region for region, rows in found.answers.items() if rows]
        if where:
            size = records.size(found.answers[where[0]][0], tuple(where))
            if size is not None:
                return size
        known = [size.name for size in self.list_sizes().records]
        raise NotFoundError(f"No size named '{wanted}'.", did_you_mean(wanted, known, "size"))

    def list_locations(self) -> Listing[Location]:
        found = everywhere(self.regions.every(), self.regions.offered)
        places = [place for places in found.answers.values() for place in places]
        return self._listing(places, found.notes(self.info.name))

    def find_location(self, reference: Any) -> Location:
        return self.regions.find(reference)

    def list_networks(self) -> Listing[Network]:
        found = everywhere(self.regions.every(), lambda region: list(self._networks.networks(region)))
        pairs = [(row, region) for region, rows in found.answers.items() for row in rows]
        networks = [one for row, region in pairs if (one := records.network(row, region)) is not None]
        return self._listing(networks, found.notes(self.info.name))

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        """The subnets and groups of the location's region."""
        region = (location.region or location.id) if location else self.regions.home
        if field == "subnet_id":
            return self._listing(list(self._networks.subnets(region)), ())
        return self._listing(list(self._networks.groups(region)), ()) if field == "security_group" else None

    def list_machines(self) -> Listing[Machine]:
        return self._machines_of(self.regions.every())

    def list_machines_everywhere(self) -> Listing[Machine]:
        return self._machines_of(self.regions.account())

    def _machines_of(self, regions: tuple[str, ...]) -> Listing[Machine]:
        found = everywhere(regions, self._machines_in)
        machines = [machine for machines in found.answers.values() for machine in machines]
        self._where |= {one.id: str(one.extra.get("region")) for one in machines}
        return self._listing(machines, found.notes(self.info.name))

    def get_machine(self, machine_id: str) -> Machine | None:
        known = self._where.get(machine_id)
        found = everywhere(
            [known] if known else self.regions.every(), lambda region: instances.one(self._calls, machine_id, region)
        )
        machine = next((one for one in found.answers.values() if one is not None), None)
        if machine is None and found.failed:
            raise next(iter(found.failed.values()))
        if machine is not None:
            self._where[machine_id] = str(machine.extra.get("region"))
        return machine

    def keys(self) -> list[Key]:
        return self._keys.every(self.regions.home)

    def import_key(self, name: str, public: str) -> Key:
        return self._keys.imported(name, public, self.regions.home)

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        region = (location and (location.region or location.id)) or self.regions.home
        return quotas.of(self._calls, region, size, self._machines_in)

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        return self._fitter().fitted(spec)

    def submit(self, spec: MachineSpec) -> Machine:
        fitter = self._fitter()
        region = fitter.region(spec)
        groups = self._networks.ensured(self._networks.standing(spec, region), fitter.ssh_source(spec, region))
        if region != self.regions.home:
            spec = self._keys.with_key(spec, region)
        answer = self._calls.ask("RunInstances", region, "Instances", **creating.request(spec, groups, self.now()))
        machine = next((one for row in answer["Instances"] if (one := records.machine(row, region))), None)
        if machine is None:
            raise ApiError(f"{self.info.name} answered a create without the machine's id.", "It may have been made.")
        self._where[machine.id] = region
        return machine

    def act(self, machine: Machine, action: str) -> None:
        region = str(machine.extra.get("region") or self._where.get(machine.id) or self.regions.home)
        self._calls.ask(f"{_ACTS[action]}Instances", region, None, InstanceIds=[machine.id])

    def tidy(self, machine: Machine) -> None:
        self._networks.tidy(str(machine.extra.get("region") or self._where.get(machine.id) or self.regions.home))

    def set_tags(self, machine: Machine, tags: Mapping[str, str | None]) -> None:
        region = self._where.get(machine.id) or str(machine.extra.get("region"))
        new = [{"Key": name, "Value": value} for name, value in tags.items() if value is not None]
        old = [{"Key": name} for name, value in tags.items() if value is None]
        if new:
            self._calls.ask("CreateTags", region, None, Resources=[machine.id], Tags=new)
        if old:
            self._calls.ask("DeleteTags", region, None, Resources=[machine.id], Tags=old)

    def orphans(self) -> Listing[Orphan]:
        found: Everywhere = everywhere(self.regions.account(), lambda region: list(self._left_in(region)))
        left = [one for many in found.answers.values() for one in many]
        return self._listing(left, found.notes(self.info.name))

    def sweep(self, orphan: Orphan) -> None:
        leftovers.swept(self._calls, self._networks, orphan)

    def allowed(self) -> dict[str, bool | None]:
        return quotas.allowed(self._calls, self.regions.home)

    def close(self) -> None:
        self._calls.close()

    def _images(self) -> Images:
        return Images(self._calls, self.account().id)

    def _fitter(self) -> Fitter:
        return Fitter(self.info.name, self._calls, self.regions, self._images(), self._networks, self._opening)

    def _machines_in(self, region: str) -> list[Machine]:
        return instances.every(self._calls, region)

    def _left_in(self, region: str) -> Iterable[Orphan]:
        machines = self._machines_in(region)
        yield from leftovers.of(self._calls, self._networks, region, machines)
        if region not in self.regions.every():
            yield from leftovers.out_of_sight(machines, region)

    def _listing(self, found: list[Any], notes: tuple[str, ...] = ()) -> Listing[Any]:
        return Listing(backend=self.info, records=found, fetched_at=datetime.now(UTC), notes=notes)
