"""The adapter for a Mist server: the V1 wire shapes become records here, and nowhere else.

Speaks to Mist CE and to the sandbox alike; nothing here knows which, but for the mark that the sandbox's ping carries.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from mist_notebook.backends import needs
from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError, ApiError, AuthError, MistError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.http import Http, Limits, decode, decode_rows, gc_paused, quote_segment
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
    Provider,
    Size,
)
from mist_notebook.settings.settings import Settings

from . import machine_wire, wire
from .probe import from_mist, from_mist_failure

SEARCH_CAP = 40
EVERYTHING = "*"
_LIST_ONLY_A_PART = {"ec2", "docker"}
_MIB = 1 << 20

Record = TypeVar("Record")
Row = TypeVar("Row", bound=wire.Row)


def connect(settings: Settings) -> list[Adapter]:
    """One adapter for each backend of the Mist server that is configured; none where none is."""
    if settings.url is None:
        return []
    return MistServer(settings).adapters()


def check_reachable(url: str) -> None:
    """Nothing if a Mist server answers at `url`, whatever it says of our missing token; else the error why not."""
    door = Http(url)
    try:
        door.get("/api/v1/ping")
    except AuthError:
        return
    finally:
        door.close()


class MistServer:
    """One account on one Mist server: its backends, providers and keys."""

    def __init__(self, settings: Settings) -> None:
        assert settings.url is not None  # noqa: S101 - callers ask first
        limits = Limits(
            total_s=settings["answer_seconds"],
            catalogue_total_s=settings["catalogue_seconds"],
            max_bytes=int(settings["answer_mb"] * _MIB),
            max_catalogue_bytes=int(settings["catalogue_mb"] * _MIB),
        )
        self.http = Http(settings.url, token=settings.api_token, verify=settings["ca_file"] or True, limits=limits)
        self._provider_rows: list[Provider] | None = None

    def close(self) -> None:
        """Give back connections; more than once is fine."""
        self.http.close()

    def identity(self) -> dict[str, Any]:
        """Who the server says we are (`hello`), and whether it is a sandbox."""
        return decode(self.http.get("/api/v1/ping"), dict[str, Any], where="/api/v1/ping")

    def adapters(self) -> list[Adapter]:
        """One adapter for each backend, in the server's order."""
        return [MistAdapter(self, info) for info in self.backends()]

    def backends(self) -> list[BackendInfo]:
        """The backends of this account, in the server's order."""
        sandbox = _is_loopback(self.http.origin) and self.identity().get("sandbox") is True
        rows, _ = decode_rows(self.http.get("/api/v1/clouds"), wire.WireCloud, where="/api/v1/clouds")
        found = (wire.backend(row, server=self.http.origin, sandbox=sandbox) for row in rows)
        return [info for info in found if info is not None]

    def providers(self) -> list[Provider]:
        """The kinds of backend that the server can add."""
        path = "/api/v1/providers"
        table = decode(self.http.get(path), wire.WireProviders, where=path)
        return [wire.provider(row) for row in table.supported_providers]

    def provider_name(self, provider: str) -> str:
        """What the server calls `provider` in words, or its id where the server doesn't say."""
        try:
            row = self.provider(provider)
        except MistError:
            return provider
        return row.name if row else provider

    def provider(self, provider: str) -> Provider | None:
        """What the server says of `provider`; `None` if it doesn't list it. Asked once, unless it didn't answer."""
        if self._provider_rows is None:
            try:
                self._provider_rows = self.providers()
            except ApiError:  # an older server has no such list
                self._provider_rows = []
        return next((row for row in self._provider_rows if provider in (row.id, row.category, *row.aliases)), None)

    def keys(self) -> list[Key]:
        """The SSH keys of this account, without their private halves."""
        rows, _ = decode_rows(self.http.get("/api/v1/keys"), wire.WireKey, where="/api/v1/keys")
        found = (wire.key(row) for row in rows)
        return [key for key in found if key is not None]

    def add_key(self, name: str, private: Secret) -> None:
        """Give the server a key's private half, which it wants: the only call that sends one."""
        self.http.send("PUT", "/api/v1/keys", json={"name": name, "priv": private})

    def change_key(self, key_id: str, method: str, fields: dict[str, Any] | None = None) -> None:
        """Rename (PUT), make default (POST) or delete (DELETE) a key; sent once."""
        self.http.send(method, f"/api/v1/keys/{quote_segment(key_id)}", json=fields)

    def public_key(self, key_id: str) -> str:
        """A key's public half."""
        path = f"/api/v1/keys/{quote_segment(key_id)}/public"
        return decode(self.http.get(path), str, where=path)

    def add_backend(self, fields: dict[str, Any]) -> None:
        """Ask the server to add a backend; sent once."""
        self.http.send("POST", "/api/v1/clouds", json=fields)

    def change_backend(self, backend_id: str, method: str, fields: dict[str, Any] | None = None) -> None:
        """Rename (PUT), switch (POST) or delete (DELETE) a backend; sent once."""
        self.http.send(method, f"/api/v1/clouds/{quote_segment(backend_id)}", json=fields)


class MistAdapter(Adapter):
    """One backend of a Mist server."""

    def __init__(self, server: MistServer, info: BackendInfo) -> None:
        self.server = server
        self.info = info

    def needs(self) -> needs.Needs:
        provider = self.info.provider
        row = self.server.provider(provider)
        found = needs.said(provider, row.extra) if row else needs.usual(provider)
        return dataclasses.replace(found, lists_a_part=provider in _LIST_ONLY_A_PART)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        asks_for_all = everything and self.info.provider in _LIST_ONLY_A_PART
        term = search or (EVERYTHING if asks_for_all else "")
        listing = self._list("images", wire.WireImage, wire.image, body={"search_term": term} if term else None)
        if not search:
            return listing
        notes = listing.notes
        if len(listing.records) == SEARCH_CAP:
            notes += (f"The server stops a search at {SEARCH_CAP} images: there may be more. Search for more words.",)
        wanted = search.casefold()
        found = [image for image in listing.records if wanted in image.name.casefold() or wanted in image.id.casefold()]
        return msgspec.structs.replace(listing, records=found, notes=notes)

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
        now = datetime.now(UTC)
        return self._list(
            "machines", machine_wire.WireMachine, lambda row: machine_wire.machine(row, self.info, now=now)
        )

    def get_machine(self, machine_id: str) -> Machine | None:
        found = [machine for machine in self.list_machines().records if machine.id == machine_id]
        if len(found) > 1:
            raise AmbiguousError(f"{len(found)} machines have the id '{machine_id}'.", "Nothing was done to any.")
        return found[0] if found else None

    def submit(self, spec: MachineSpec) -> Machine:
        body = self.server.http.send("POST", f"{self._path}/machines", json=machine_wire.create_fields(spec))
        row = decode(body, machine_wire.WireMachine, where=f"{self._path}/machines")
        machine = machine_wire.machine(row, self.info, now=datetime.now(UTC))
        if machine is None:
            raise ApiError(f"{self.info.name} answered a create without the machine's id.", "It may have been made.")
        return machine if machine.state != "unknown" else msgspec.structs.replace(machine, state="pending")

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

    def probe(self, machine: Machine) -> ProbeReport:
        path = f"{self._machine_path(machine)}/probe"
        host = machine.ssh_host or next(iter(machine.public_ips), machine.name)
        began = time.monotonic()
        try:
            answer = decode(self.server.http.send("POST", path), dict[str, Any], where=path)
        except (ApiError, AuthError) as error:
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


def _is_loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
