"""The adapter for a backend of a Mist server: the V1 wire shapes become records here, and nowhere else.

Speaks to Mist CE and to the sandbox alike; nothing here knows which, but for the mark that the sandbox's ping carries.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from mist_notebook.backends import images, needs
from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError, ApiError, AuthError, BadValueError, NotFoundError, ProbeError
from mist_notebook.net.http import decode, decode_rows, gc_paused, quote_segment
from mist_notebook.records.model import (
    Account,
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
    Story,
)
from mist_notebook.settings.settings import Settings

from . import machine_wire, stories, wire
from .own_ids import OwnIds
from .probe import from_mist, from_mist_failure
from .server import MistServer

__all__ = ["MistAdapter", "MistServer", "connect"]

SEARCH_CAP = 40
_LIST_ONLY_A_PART = {"ec2", "docker"}
_FREE_WHEN_STOPPED = {"ec2": False, "gce": False, "azure_arm": False, "aliyun_ecs": False}
_BILLED_WHEN_STOPPED = dict.fromkeys(
    ("digitalocean", "linode", "vultr", "softlayer", "equinixmetal", "nephoscale"), True
)
_ONLY_SEARCHED = "{name}: these are the images that it lists by itself; others only a search finds: --search WORDS."

Record = TypeVar("Record")
Row = TypeVar("Row", bound=wire.Row)


def connect(settings: Settings) -> list[Adapter]:
    """One adapter for each backend of the Mist server that is configured; none where none is."""
    if settings.url is None:
        return []
    server = MistServer(settings)
    try:
        return [MistAdapter(server, info) for info in server.backends()]
    except BaseException:
        server.close()
        raise


class MistAdapter(Adapter):
    """One backend of a Mist server."""

    self_limit = "server"
    sees_new_after_s = 120.0  # its poller writes the tag and the time limit last
    private_keys_wanted = True

    def __init__(self, server: MistServer, info: BackendInfo) -> None:
        self.server = server
        self.info = info
        self._own_ids = OwnIds()

    @property
    def billed_when_stopped(self) -> bool | None:
        return (_FREE_WHEN_STOPPED | _BILLED_WHEN_STOPPED).get(self.info.provider)

    def account(self) -> Account:
        return self.server.account()

    def keys(self) -> list[Key]:
        return self.server.keys()

    def import_key(self, name: str, public: str) -> Key:
        del public
        raise BadValueError(
            f"{self.server.http.origin} wants the private half of '{name}', and nothing was sent.",
            f"If you agree to give it: %mist add-key {name} --send-private",
        )

    def now(self) -> datetime:
        return self.server.http.server_clock.now()

    def clock_difference(self) -> str:
        return self.server.http.server_clock.difference()

    def needs(self) -> needs.Needs:
        provider = self.info.provider
        row = self.server.provider(provider)
        found = needs.said(provider, row.extra) if row else needs.usual(provider)
        return dataclasses.replace(found, lists_a_part=provider in _LIST_ONLY_A_PART)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        # Never a search for "*": a real server asks the cloud for it, cuts it at 50, and stores those for good.
        listing = self._list("images", wire.WireImage, wire.image, body={"search_term": search} if search else None)
        notes = listing.notes
        if not search:
            is_part = everything and self.info.provider in _LIST_ONLY_A_PART
            notes += (_ONLY_SEARCHED.format(name=self.info.name),) if is_part else ()
            return msgspec.structs.replace(listing, notes=notes)
        if len(listing.records) == SEARCH_CAP:
            notes += (f"The server stops a search at {SEARCH_CAP} images: there may be more. Search for more words.",)
        wanted = search.casefold()
        found = [image for image in listing.records if wanted in image.name.casefold() or wanted in image.id.casefold()]
        return msgspec.structs.replace(listing, records=found, notes=notes)

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        if self.info.provider in _LIST_ONLY_A_PART:
            return images.find(reference, architecture, self.list_images)
        return images.picked(reference, self.list_images().records, architecture)

    def list_sizes(self) -> Listing[Size]:
        driver = self.server.provider_name(self.info.provider)
        today = datetime.now(UTC).date()
        return self._list("sizes", wire.WireSize, lambda row: wire.size(row, self.info, driver=driver, today=today))

    def list_locations(self) -> Listing[Location]:
        return self._list("locations", wire.WireLocation, wire.location)

    def list_networks(self) -> Listing[Network]:
        return self._list("networks", wire.WireNetwork, wire.network)

    def list_machines(self) -> Listing[Machine]:
        # Per backend and without `cached`: the list of all backends answers from Mist's own cache.
        now = self.now()
        return self._list(
            "machines",
            machine_wire.WireMachine,
            lambda row: self._own_ids.given(machine_wire.machine(row, self.info, now=now)),
        )

    def get_machine(self, machine_id: str) -> Machine | None:
        found = [machine for machine in self.list_machines().records if machine.id == machine_id]
        if len(found) > 1:
            raise AmbiguousError(f"{len(found)} machines have the id '{machine_id}'.", "Nothing was done to any.")
        return found[0] if found else None

    def submit(self, spec: MachineSpec) -> Machine:
        path = f"{self._path}/machines"
        body = self.server.http.create("POST", path, json=machine_wire.create_fields(spec, now=self.now()))
        row = decode(body, machine_wire.WireCreated, where=path)
        machine = machine_wire.created(row, spec, self.info, now=self.now())
        if machine is None:
            raise ApiError(f"{self.info.name} answered a create without the machine's id.", "It may have been made.")
        return machine

    def story(self, op: str) -> Story | None:
        path = f"/api/v1/jobs/{quote_segment(op)}"
        try:
            return stories.read(self.server.http.get(path), where=path)
        except ApiError as error:
            if error.status == 404:  # not written yet, or a server that tells none
                return None
            raise

    def act(self, machine: Machine, action: str) -> None:
        self.server.http.send("POST", self._machine_path(machine), json={"action": action})

    def extend(self, machine: Machine, until: datetime) -> None:
        self.server.http.send("PUT", self._machine_path(machine), json={"expiration": machine_wire.expiration(until)})

    def associate_key(
        self, machine: Machine, key: Key, *, user: str | None, port: int | None, host: str | None
    ) -> None:
        # Both spellings: the documented client's were never read by the server of its day.
        fields = {"user": user, "ssh_user": user, "port": port, "ssh_port": port, "host": host}
        path = f"{self._machine_path(machine)}/keys/{quote_segment(key.mist_id)}"
        self.server.http.send("PUT", path, json={name: value for name, value in fields.items() if value is not None})

    def disassociate_key(self, machine: Machine, key: Key) -> None:
        self.server.http.send("DELETE", f"{self._machine_path(machine)}/keys/{quote_segment(key.mist_id)}")

    def set_tags(self, machine: Machine, tags: Mapping[str, str | None]) -> None:
        path = f"{self._machine_path(machine)}/tags"
        added = {name: value for name, value in tags.items() if value is not None}
        if added:
            self.server.http.send("POST", path, json={"tags": added})
        for name in tags.keys() - added.keys():
            self.server.http.send("DELETE", f"{path}/{quote_segment(name)}")

    def probe(self, machine: Machine) -> ProbeReport:
        path = f"{self._machine_path(machine)}/probe"
        host = machine.ssh_host or next(iter(machine.public_ips), machine.name)
        began = time.monotonic()
        try:
            answer = decode(self.server.http.send("POST", path), dict[str, Any], where=path)
        except (ApiError, AuthError, ProbeError) as error:
            if getattr(error, "status", None) == 404:
                gone = f"'{machine.name}' ({machine.id}) is gone: {self.info.name} no longer lists it."
                raise NotFoundError(gone, "See %mist machines.") from None
            seconds = time.monotonic() - began
            return from_mist_failure(getattr(error, "status", 401), error.message, host=host, seconds=seconds)
        return from_mist(answer, host=host, port=machine.ssh_port or 22, seconds=time.monotonic() - began)

    def close(self) -> None:
        self.server.close()

    @property
    def _path(self) -> str:
        return f"/api/v1/clouds/{quote_segment(self.info.mist_id)}"

    def _machine_path(self, machine: Machine) -> str:
        return f"{self._path}/machines/{quote_segment(machine.id)}"

    def _list(
        self, kind: str, shape: type[Row], read: Callable[[Row], Record | None], *, body: object = None
    ) -> Listing[Record]:
        path = f"{self._path}/{kind}"
        with gc_paused():
            answer = self.server.http.get(path, json=body, catalogue=kind == "images")
            rows, unreadable = decode_rows(answer, shape, where=path)
            del answer
            records = [record for row in rows if (record := read(row)) is not None]
        self._own_ids.learn(kind, records)
        unusable = unreadable + len(rows) - len(records)
        return Listing(
            backend=self.info,
            records=records,
            fetched_at=datetime.now(UTC),
            notes=_notes(kind, self.info.name, unusable, records),
        )


def _notes(kind: str, backend: str, unusable: int, records: Iterable[Any]) -> tuple[str, ...]:
    """What a person should know of a listing that is not what the server sent, one line each."""
    notes = []
    if unusable:
        were = "was left out, because its id" if unusable == 1 else "were left out, because their ids"
        notes.append(f"{backend}: {unusable} of its {kind} {were} can't be read.")
    twice = [record_id for record_id, count in Counter(record.id for record in records).items() if count > 1]
    if twice:
        ids = "1 id stands" if len(twice) == 1 else f"{len(twice)} ids stand"
        notes.append(f"{backend}: {ids} for several {kind}, such as '{twice[0]}'; none of these can be used.")
    return tuple(notes)
