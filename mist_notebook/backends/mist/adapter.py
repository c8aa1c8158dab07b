"""The adapter for a backend of a Mist server: the V1 wire shapes become records here, and nowhere else.

Speaks to Mist CE and to the sandbox alike; nothing here knows which, but for the mark that the sandbox's ping carries.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mist_notebook.backends import needs
from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError, ApiError, AuthError, BadValueError, NotFoundError, ProbeError
from mist_notebook.net.http import decode, quote_segment
from mist_notebook.records.model import (
    Account,
    Image,
    Key,
    Machine,
    MachineSpec,
    ProbeReport,
    Story,
)
from mist_notebook.settings.settings import Settings

from . import machine_wire, stories
from .listings import LIST_ONLY_A_PART, MistListings
from .probe import from_mist, from_mist_failure
from .server import MistServer

__all__ = ["MistAdapter", "MistServer", "connect"]

_FREE_WHEN_STOPPED = {"ec2": False, "gce": False, "azure_arm": False, "aliyun_ecs": False}
_BILLED_WHEN_STOPPED = dict.fromkeys(
    ("digitalocean", "linode", "vultr", "softlayer", "equinixmetal", "nephoscale"), True
)


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


class MistAdapter(MistListings):
    """One backend of a Mist server."""

    self_limit = "server"
    sees_new_after_s = 120.0  # its poller writes the tag and the time limit last
    private_keys_wanted = True

    @property
    def billed_when_stopped(self) -> bool | None:
        return (_FREE_WHEN_STOPPED | _BILLED_WHEN_STOPPED).get(self.info.provider)

    @property
    def logins(self) -> int:
        return self.server.http.logins

    def log_in(self, settings: Settings) -> None:
        self.server.log_in(settings)

    def account(self) -> Account:
        return self.server.account()

    def keys(self) -> list[Key]:
        return self.server.keys()

    def default_user(self, image: Image) -> str | None:
        return "root" if self.info.sandbox else super().default_user(image)

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
        return dataclasses.replace(found, public_key=False, lists_a_part=provider in LIST_ONLY_A_PART)

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
            if isinstance(error, AuthError):
                self.server.identity()  # a 401 may be the machine's; this one is ours
            if getattr(error, "status", None) == 404:
                gone = f"'{machine.name}' ({machine.id}) is gone: {self.info.name} no longer lists it."
                raise NotFoundError(gone, "See %mist machines.") from None
            seconds = time.monotonic() - began
            return from_mist_failure(getattr(error, "status", 401), error.message, host=host, seconds=seconds)
        return from_mist(answer, host=host, port=machine.ssh_port or 22, seconds=time.monotonic() - began)

    def rest(self) -> None:
        self.server.http.rest()

    def close(self) -> None:
        self.server.close()

    def _machine_path(self, machine: Machine) -> str:
        return f"{self._path}/machines/{quote_segment(machine.id)}"
