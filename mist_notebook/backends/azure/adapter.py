"""One subscription at Azure, its regions as locations, as one backend."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec.structs import replace

from mist_notebook.backends.needs import Needs
from mist_notebook.backends.parts import ssh_from, start
from mist_notebook.backends.parts.answers import Row
from mist_notebook.backends.parts.by_door import ByDoor
from mist_notebook.backends.provider_fields import GROUP, SUBNET, Field, check_name
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, BadValueError, NoRoomError, NotFoundError, RefusedError
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
    Orphan,
    Quota,
    Size,
)

from . import calls as wire
from . import creating, image_names, left, permissions, records
from .calls import Calls

T = TypeVar("T")
_COMPUTE, _NETWORK = "/providers/Microsoft.Compute", "/providers/Microsoft.Network"
_FIELDS = (
    Field("disk_gb", "the disk, where it is to be larger than the image"),
    Field("disk_type", "StandardSSD_LRS without it; Premium_LRS, Standard_LRS"),
    Field("subnet_id", "a subnet of yours, or its network; one of its own without it", lists=SUBNET),
    Field("security_group", "a security group of yours, in the place of ours", lists=GROUP),
    Field("spot", "true: cheaper, and deleted whenever Azure needs it"),
    Field("ssh_from", "from where SSH is let in, such as 203.0.113.7"),
)
_QUOTAS = {"cores": "vCPUs", "virtualMachines": "machines"}
_VERBS = {"start": "start", "stop": "deallocate", "reboot": "restart"}
_LISTED_MOST = 8


class AzureAdapter(ByDoor):
    """The subscription that it was added with."""

    tells_no_room = True

    def __init__(self, info: BackendInfo, calls: Calls, usual_source: str | None = None) -> None:
        super().__init__(info)
        self._calls, self._usual_source = calls, usual_source

    @property
    def billed_when_stopped(self) -> bool:
        return False

    def account(self) -> Account:
        own = self._calls.subscription
        return Account(place="azure", id=own, label=own, source=self._calls.login.source)

    @property
    def clock(self) -> ServerClock:
        return self._calls.door.server_clock

    def needs(self) -> Needs:
        return Needs(location=True, cloud_init=True, hours=False, fields=_FIELDS, lists_a_part=True, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        del everything
        wanted = search.casefold()
        return self._listing([one for one in image_names.listed() if wanted in f"{one.name}\n{one.id}".casefold()])

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        return image_names.find(reference, architecture)

    def default_user(self, image: Image) -> str | None:
        del image
        return creating.USER

    def list_sizes(self) -> Listing[Size]:
        found: list[records.Sku] = []
        path, asked = f"{_COMPUTE}/skus", dict[str, str]()
        while True:
            page = decode(self._calls.body(path, asked), records.Skus, where=path)
            found += page.value
            more = wire.following({"nextLink": page.next_link})
            if more is None or more == asked:
                return self._listing(records.sizes(found))
            asked = more

    def list_locations(self) -> Listing[Location]:
        rows = self._calls.rows("/locations")
        return self._listing([one for said in rows if (one := records.location(said)) is not None])

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        """Networks and groups of the subscription, but for those that were made here for one machine."""
        del location
        kinds = {
            "subnet_id": ("virtualNetworks", records.subnets),
            "security_group": ("networkSecurityGroups", records.groups),
        }
        if field not in kinds:
            return None
        path, read = kinds[field]
        rows = self._calls.rows(f"{_NETWORK}/{path}")
        return self._listing(
            [choice for one in rows for choice in read(one) if creating.PREFIX not in choice.id.casefold()]
        )

    def list_machines(self) -> Listing[Machine]:
        path = f"{_COMPUTE}/virtualMachines"
        rows = self._calls.rows(path)
        if not rows:
            return self._listing([])
        powers = {
            records.own_id(one).casefold(): row.listed(one, "properties", "instanceView", "statuses")
            for one in self._calls.rows(path, statusOnly="true")
        }
        cards = {str(one.get("id")).casefold(): one for one in self._calls.rows(f"{_NETWORK}/networkInterfaces")}
        addresses = _addresses(self._calls.rows(f"{_NETWORK}/publicIPAddresses"))
        made = (records.machine(one, powers.get(records.own_id(one).casefold()), cards, addresses) for one in rows)
        return self._listing([one for one in made if one is not None])

    def get_machine(self, machine_id: str) -> Machine | None:
        if "/" not in machine_id:
            return None
        try:
            one = self._calls.one(_path(machine_id), **{"$expand": "instanceView"})
        except ApiError as error:
            if wire.missing(error):
                return None
            raise
        group = _path(machine_id).partition(_COMPUTE)[0]
        cards = {
            str(card.get("id")).casefold(): card for card in self._calls.rows(f"{group}{_NETWORK}/networkInterfaces")
        }
        addresses = _addresses(self._calls.rows(f"{group}{_NETWORK}/publicIPAddresses"))
        return records.machine(one, row.listed(one, "properties", "instanceView", "statuses"), cards, addresses)

    def import_key(self, name: str, public: str) -> Key:
        """The key as it is: it goes along with each machine."""
        return Key(id=name, mist_id=name, name=name, public=public)

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        if location is None:
            return ()
        family = str(size.extra.get("family") or "") if size else ""
        known = {**_QUOTAS, **({family: f"vCPUs of {family}"} if family else {})}
        rows = self._calls.rows(f"{_COMPUTE}/locations/{quote_segment(location.id)}/usages")
        return tuple(
            Quota(what=what, most=_figure(one.get("limit")), used=_figure(one.get("currentValue")))
            for one in rows
            if (what := known.get(str(row.inside(one, "name", "value")))) is not None
        )

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        check_name(spec.name, "azure")
        start.check(self.info.name, spec, most_bytes=48 << 10)
        start.refuse_hours(self.info.name, spec)
        places = row.listed(spec.size.extra, "locations")
        has = f"{spec.size.name} is in {', '.join(map(str, places[:_LISTED_MOST]))}."
        if spec.location is None:
            raise BadValueError(f"{self.info.name} wants a location for '{spec.name}'.", f"{has} Add --location.")
        if spec.location.id in row.listed(spec.size.extra, "restricted"):
            why = "isn't available to this subscription"
            raise BadValueError(f"{spec.size.name} {why} in {spec.location.id}.", f"{has} Nothing was sent.")
        if spec.location.id not in places:
            raise BadValueError(f"{spec.location.id} has no {spec.size.name}.", f"{has} Nothing was sent.")
        self._let_in(spec)
        return replace(spec, image=self._dated(spec.image, spec.location))

    def submit(self, spec: MachineSpec) -> Machine:
        source = self._let_in(spec)
        card = creating.surroundings(self._calls, spec, source)
        group = creating.path_of(creating.group_of(spec))
        path = f"{group}{_COMPUTE}/virtualMachines/{quote_segment(spec.name)}"
        try:
            self._followed(path, self._calls.create(path, creating.body(spec, card)))
        except RefusedError:
            creating.take_away(self._calls, group)
            raise
        own, place = f"{creating.group_of(spec).casefold()}/{spec.name}", spec.location.id if spec.location else None
        tags = ((OP_TAG, spec.op),)
        return Machine(id=own, mist_id=own, name=spec.name, state="pending", location_id=place, tags=tags)

    def act(self, machine: Machine, action: str) -> None:
        path = _path(machine.id)
        if action != "destroy":
            self._calls.send("POST", f"{path}/{_VERBS[action]}")
            return
        group = machine.id.partition("/")[0]
        own = group.startswith(creating.PREFIX) and bool(dict(machine.tags).get(OP_TAG))
        self._calls.send("DELETE", creating.path_of(group) if own else path)

    def allowed(self) -> dict[str, bool | None]:
        return permissions.allowed(self._calls)

    def orphans(self) -> Listing[Orphan]:
        return self._listing(left.orphans(self._calls, self.list_machines().records))

    def sweep(self, orphan: Orphan) -> None:
        left.sweep(self._calls, orphan, self.list_machines().records)

    def close(self) -> None:
        self._calls.close()

    def _let_in(self, spec: MachineSpec) -> str:
        return ssh_from.network(spec.extra, self._calls.door.origin, usual=self._usual_source)

    def _followed(self, path: str, resource: Row) -> None:
        """Wait while Azure looks for a place: where it finds none, no machine runs, and its group goes."""
        resource = self._calls.made(path, resource, **{"$expand": "instanceView"})
        if row.inside(resource, "properties", "provisioningState") != "Failed":
            return
        said = row.dicts(resource, "properties", "instanceView", "statuses")
        code = next((str(one.get("code")).rpartition("/")[2] for one in said if "failed" in str(one.get("code"))), "")
        message = next((str(one.get("message")) for one in said if one.get("message")), "no more is said")
        kind = NoRoomError if wire.is_of_room(code, message) else RefusedError
        raise kind(f"Azure said {code or 'that it failed'}: {message[:200]}", "Nothing was made.")

    def _dated(self, image: Image, location: Location) -> Image:
        """The image with its newest version, as it is at that location. Raises NotFoundError where it isn't."""
        publisher, offer, sku, version = map(quote_segment, image.id.split(":"))
        if version != "latest":
            return image
        path = f"{_COMPUTE}/locations/{quote_segment(location.id)}/publishers/{publisher}/artifacttypes/vmimage"
        path += f"/offers/{offer}/skus/{sku}/versions"
        try:
            body = self._calls.body(path, {"$top": "1", "$orderby": "name desc"})
        except ApiError as error:
            if not wire.missing(error):
                raise
            body = b"[]"
        found = [one.get("name") for one in decode(body, list[dict[str, Any]], where=path)]
        if not found or not isinstance(found[0], str):
            raise NotFoundError(f"{location.id} has no image {image.id}.", "az vm image list --all --publisher NAME")
        own = ":".join((*image.id.split(":")[:3], found[0]))
        return replace(image, id=own, mist_id=own)


def _addresses(rows: list[Row]) -> dict[str, str]:
    found = {str(one.get("id")).casefold(): row.inside(one, "properties", "ipAddress") for one in rows}
    return {own: address for own, address in found.items() if isinstance(address, str)}


def _path(machine_id: str) -> str:
    group, _, name = machine_id.partition("/")
    if not name:
        raise NotFoundError(f"'{machine_id}' isn't a machine of Azure's.", "It is group/name, as %mist machines shows.")
    return f"{creating.path_of(group)}{_COMPUTE}/virtualMachines/{quote_segment(name)}"


def _figure(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
