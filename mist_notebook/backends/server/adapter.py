"""Servers that are there already as a backend: listed from what the SSH configuration says, and never made or ended."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NoReturn

import msgspec

from mist_notebook.backends.base import Adapter
from mist_notebook.backends.needs import Needs
from mist_notebook.ground.errors import BadValueError, MistError
from mist_notebook.records.model import (
    Account,
    BackendInfo,
    Image,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Size,
)
from mist_notebook.ssh.addresses import is_private
from mist_notebook.ssh.config import reading
from mist_notebook.ssh.config.said import Said, Wish

_AT_ONCE = 8


class ServerAdapter(Adapter):
    """One server, or the hosts of a configuration: `wishes` gives what is asked of it for each, at every look."""

    kept_here = True
    only_there = True

    def __init__(self, info: BackendInfo, wishes: Callable[[], list[Wish]], source: str) -> None:
        self.info = info
        self._wishes, self._source = wishes, source

    def account(self) -> Account:
        return Account(place="ssh", id=self.info.id, label=self.info.name, source=self._source)

    def needs(self) -> Needs:
        return Needs(machines=False, location=False, key=False, key_required=False, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        del search, everything
        return self._nothing()

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        del reference, architecture
        self._refuse("created")

    def list_sizes(self) -> Listing[Size]:
        return self._nothing()

    def list_locations(self) -> Listing[Location]:
        return self._nothing()

    def list_machines(self) -> Listing[Machine]:
        """Each host as it is configured now; one that can't be is a note, and the others count. Nobody is asked."""
        wishes = self._wishes()
        with ThreadPoolExecutor(_AT_ONCE, "mist-ssh-config") as pool:
            found = list(pool.map(_read, wishes))
        machines = [_machine(said) for said in found if isinstance(said, Said)]
        notes = [
            f"{wish.host} is missing here: {error.message}"
            for wish, error in zip(wishes, found, strict=True)
            if isinstance(error, MistError)
        ]
        if notes and not machines:
            raise next(error for error in found if isinstance(error, MistError))
        return Listing(backend=self.info, records=machines, fetched_at=datetime.now(UTC), notes=tuple(notes))

    def get_machine(self, machine_id: str) -> Machine | None:
        wish = self._wish_of(machine_id)
        return None if wish is None else _machine(reading.said_of(wish))

    def ssh_said(self, machine: Machine, user: str | None = None, port: int | None = None) -> Said | None:
        wish = self._wish_of(machine.id)
        if wish is None:
            raise BadValueError(f"'{machine.id}' is no longer in {self._source}.", "%mist machines shows who is.")
        return reading.said_of(Wish(wish.host, user or wish.user, port or wish.port, wish.key_file))

    def submit(self, spec: MachineSpec) -> Machine:
        del spec
        self._refuse("created")

    def act(self, machine: Machine, action: str) -> None:
        raise BadValueError(f"'{machine.name}' can't be asked to {action} from here.", "What it can: reboot, over SSH.")

    def close(self) -> None:
        """Nothing is open."""

    def _wish_of(self, host: str) -> Wish | None:
        return next((wish for wish in self._wishes() if wish.host == host), None)

    def _nothing(self) -> Listing[Any]:
        note = f"{self.info.name}: servers that are there already; nothing is created or destroyed there."
        return Listing(backend=self.info, records=[], fetched_at=datetime.now(UTC), notes=(note,))

    def _refuse(self, what: str) -> NoReturn:
        raise BadValueError(*self.why_none(what))


def _read(wish: Wish) -> Said | MistError:
    try:
        return reading.said_of(wish)
    except MistError as error:
        return error


def _machine(said: Said) -> Machine:
    public, private = _addresses(said.hostname)
    more = {"hostname": said.hostname, "user": said.user, "port": said.port, "proxy_jump": said.proxy_jump or None}
    return Machine(
        id=said.host,
        mist_id=said.host,
        name=said.host,
        extra_json=msgspec.Raw(msgspec.json.encode(more)),
        public_ips=public,
        private_ips=private,
        actions=("reboot",),
        ssh_host=said.hostname,
        ssh_port=said.port,
        ssh_user=said.user,
    )


def _addresses(hostname: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The address, public or private, where the configuration names one; a name is not looked up for a list."""
    try:
        address = ipaddress.ip_address(hostname)
    except ValueError:
        return (), ()
    return ((), (hostname,)) if is_private(address) or address.is_loopback else ((hostname,), ())
