"""One project at one OpenStack cloud: compute, images and network, as one backend."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from mist_notebook.backends import images
from mist_notebook.backends.needs import Needs
from mist_notebook.backends.parts import start
from mist_notebook.backends.parts.answers import Row, query_of
from mist_notebook.backends.parts.by_door import ByDoor
from mist_notebook.backends.provider_fields import GROUP, NETWORK, Field, check_name
from mist_notebook.backends.token import row
from mist_notebook.ground.errors import ApiError, BadValueError, MistError, RefusedError
from mist_notebook.ground.resolver import reference_text
from mist_notebook.net.http import quote_segment
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

from . import creating, left, outside, records
from .calls import Calls
from .image_names import newest

T = TypeVar("T")
_FIELDS = (
    Field("networks", "the network to be in, by name or id, where there are several", lists=NETWORK),
    Field("security_groups", "a group of yours, instead of ours that lets SSH in from here", lists=GROUP),
    Field("associate_floating_ip", "false: no address outside"),
    Field("ssh_from", "from where SSH is let in, such as 203.0.113.7"),
)
_ACTS: dict[str, Row] = {
    "start": {"os-start": None},
    "stop": {"os-stop": None},
    "reboot": {"reboot": {"type": "SOFT"}},
}
_QUOTAS = (("machines", "Instances"), ("vCPUs", "Cores"), ("RAM, MB", "RAM"))


class OpenStackAdapter(ByDoor):
    """The project that a login is of."""

    def __init__(self, info: BackendInfo, calls: Calls) -> None:
        super().__init__(info)
        self._calls = calls
        self._account: Account | None = None

    def account(self) -> Account:
        if self._account is None:
            login = self._calls.login
            who = f"{login.project()} {login.region or ''}".strip()
            self._account = Account(place=login.place, id=who, label=self.info.name, source=login.source)
        return self._account

    @property
    def clock(self) -> ServerClock:
        return self._calls.clock

    def needs(self) -> Needs:
        return Needs(location=True, cloud_init=True, hours=False, fields=_FIELDS, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        del everything
        wanted = search.casefold()
        found = self._images({})
        return self._listing([one for one in found if wanted in f"{one.name}\n{one.id}\n{one.os or ''}".casefold()])

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        """By id, by name, or by what it is: `ubuntu-24.04` is the newest active image of that system and version."""
        text = reference_text(reference, "image")
        for asked in ({"id": text}, {"name": text}):
            found = self._images(asked)
            if found:
                return images.picked(reference, found, architecture)
        named = newest(text, architecture, lambda asked: self._images(asked))
        return named or images.picked(reference, self._images({}), architecture)

    def list_sizes(self) -> Listing[Size]:
        rows = self._calls.rows("compute", "/flavors/detail", "flavors", _links("flavors_links"))
        return self._listing(_made(records.size, rows))

    def list_locations(self) -> Listing[Location]:
        rows = self._calls.rows("compute", "/os-availability-zone", "availabilityZoneInfo")
        return self._listing(_made(records.location, rows))

    def list_networks(self) -> Listing[Network]:
        return self._listing(_made(records.network, self._calls.rows("network", "/networks", "networks")))

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        del location
        paths = {"networks": ("/networks", "networks"), "security_groups": ("/security-groups", "security_groups")}
        if field not in paths:
            return None
        return self._listing(_made(records.choice, self._calls.rows("network", *paths[field])))

    def list_machines(self) -> Listing[Machine]:
        rows = self._calls.rows("compute", "/servers/detail", "servers", _links("servers_links"))
        return self._listing(_made(records.machine, rows))

    def get_machine(self, machine_id: str) -> Machine | None:
        try:
            answer = self._calls.one("compute", f"/servers/{quote_segment(machine_id)}")
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return _server(answer)

    def keys(self) -> list[Key]:
        return _made(records.key, self._calls.rows("compute", "/os-keypairs", "keypairs"))

    def import_key(self, name: str, public: str) -> Key:
        known = self.keys()
        there = next((key for key in known if (key.public or "").split()[:2] == public.split()[:2]), None)
        if there is not None:
            return there
        if any(key.name == name for key in known):
            raise BadValueError(f"{self.info.name} has another key named '{name}'.", "Rename yours; nothing was sent.")
        body = {"keypair": {"name": name, "public_key": public}}
        made = records.key(self._calls.send("compute", "POST", "/os-keypairs", body))
        if made is None:
            raise ApiError(f"{self.info.name} took the key '{name}', and doesn't show it.", "Try again in a moment.")
        return made

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        del size, location
        said = row.inside(self._calls.one("compute", "/limits"), "limits", "absolute")
        return tuple(_quota(said, what, word) for what, word in _QUOTAS) if isinstance(said, dict) else ()

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        check_name(spec.name, "openstack")
        start.check(self.info.name, spec, most_bytes=48 << 10)
        start.refuse_hours(self.info.name, spec)
        least = spec.image.min_ram_mb
        if least and spec.size.ram_mb and spec.size.ram_mb < least:
            raise BadValueError(
                f"{spec.image.name} needs {least:g} MB of RAM, and {spec.size.name} has {spec.size.ram_mb:g}.",
                "Nothing was sent.",
            )
        outside.chosen_network(self._calls, spec)
        outside.let_in(self._calls, spec)
        return spec

    def submit(self, spec: MachineSpec) -> Machine:
        way = _before_it(lambda: outside.way(self._calls, spec))
        made = [(path, own) for path, own in (("/ports", way.port), ("/floatingips", way.floating)) if own]
        try:
            answer = self._calls.create("compute", "/servers", {"server": creating.body(spec, way)})
        except RefusedError:
            outside.take_away(self._calls, made)
            raise
        own = row.inside(answer, "server", "id")
        if not isinstance(own, str) or not own:
            raise ApiError(f"{self.info.name} answered a create without the machine's id.", "It may have been made.")
        return Machine(id=own, mist_id=own, name=spec.name, state="pending", tags=((OP_TAG, spec.op),))

    def act(self, machine: Machine, action: str) -> None:
        path = f"/servers/{quote_segment(machine.id)}"
        if action != "destroy":
            self._calls.send("compute", "POST", f"{path}/action", _ACTS[action])
            return
        beside: list[tuple[str, str]] = []
        with suppress(MistError):  # what isn't found now is an orphan afterwards
            beside = outside.of_server(self._calls, machine.id)
        self._calls.send("compute", "DELETE", path)
        outside.take_away(self._calls, beside)

    def tidy(self, machine: Machine) -> None:
        """Our group goes with the last machine."""
        del machine
        for one in left.orphans(self._calls, self.list_machines().records):
            if one.kind == "firewall":
                left.remove(self._calls, one)

    def orphans(self) -> Listing[Orphan]:
        return self._listing(left.orphans(self._calls, self.list_machines().records))

    def sweep(self, orphan: Orphan) -> None:
        left.sweep(self._calls, orphan, self.list_machines().records)

    def close(self) -> None:
        self._calls.close()

    def _images(self, asked: dict[str, str]) -> list[Image]:
        params = {"limit": "100", **asked}
        rows = self._calls.rows(
            "image", "/images", "images", lambda answer: query_of(answer.get("next"), "marker"), params
        )
        return _made(records.image, rows)


def _before_it(make: Callable[[], T]) -> T:
    """What comes before a create: when that fails, it is certain that no machine was made."""
    try:
        return make()
    except RefusedError:
        raise
    except MistError as error:
        raise RefusedError(error.message, error.hint) from None


def _made(record: Callable[[Row], T | None], rows: list[Row]) -> list[T]:
    return [one for said in rows if (one := record(said)) is not None]


def _server(answer: Row) -> Machine | None:
    said = answer.get("server")
    return records.machine(said) if isinstance(said, dict) else None


def _links(key: str) -> Callable[[Row], dict[str, str] | None]:
    """The marker in the link to the next page of a list of compute's."""

    def following(answer: Row) -> dict[str, str] | None:
        link = next((one.get("href") for one in row.dicts(answer, key) if one.get("rel") == "next"), None)
        return query_of(link, "marker", "limit")

    return following


def _quota(said: Row, what: str, word: str) -> Quota:
    most, used = said.get(f"maxTotal{word}Size" if word == "RAM" else f"maxTotal{word}"), said.get(f"total{word}Used")
    is_limited = isinstance(most, int) and most >= 0
    return Quota(what=what, most=most if is_limited else None, used=used if isinstance(used, int) else None)
