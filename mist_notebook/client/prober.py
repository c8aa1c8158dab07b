"""Which way to look at a machine: over SSH from here where its private key is on this computer, else through Mist."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh
from msgspec import structs

from mist_notebook.ground.errors import BadValueError, ProbeError
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ground.stopping import stoppable
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh import probe as ssh_probe
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.local_keys import LocalKeys
from mist_notebook.ssh.target import Target

if TYPE_CHECKING:
    from .machine import Machine

WAYS = ("ssh", "mist")


@dataclass(frozen=True)
class Prober:
    """The loop, pins and keys of one process, as every probe uses them."""

    loop: LoopThread
    pins: HostKeys
    keys: LocalKeys

    def __call__(
        self,
        machine: Machine,
        key_name: str | None = None,
        user: str | None = None,
        via: str | None = None,
        port: int | None = None,
    ) -> ProbeReport:
        """One look; `via` insists on a way."""
        if not self.goes_by_ssh(machine, key_name, via):
            return self.through_mist(machine)
        where, key = self.way(machine, key_name, user, port)
        return self.marked(self._run(ssh_probe.probe(where, key=key, pins=self.pins)), machine, key_name)

    def goes_by_ssh(self, machine: Machine, key_name: str | None = None, via: str | None = None) -> bool:
        """Whether a look is over SSH from here: where a key is here, unless `via` says otherwise."""
        if via not in (None, *WAYS):
            raise BadValueError(f"'{via}' is no way to probe.", f"--via takes {' or '.join(WAYS)}.")
        return via == "ssh" or (via is None and self._key_for(machine, key_name) is not None)

    def through_mist(self, machine: Machine) -> ProbeReport:
        """One look by the Mist server, with whatever key it has."""
        return self.marked(machine.hands.adapter.probe(machine.record), machine)

    def way(
        self, machine: Machine, key_name: str | None = None, user: str | None = None, port: int | None = None
    ) -> tuple[Target, asyncssh.SSHKey]:
        """Where to log in, and with which key; ProbeError where there is no way. May ask for a passphrase."""
        name = self._key_for(machine, key_name)
        if name is None:
            raise ProbeError(
                f"No private key for '{machine.name}' is on this computer.",
                "Name its file with %mist add-key NAME --from FILE, or probe it with --via mist.",
            )
        where = target(machine, user)
        return replace(where, port=port or where.port), self.keys.load(name)

    def forget_host_key(self, machine: Machine) -> bool:
        """Take the next host key that it shows for its first one; `False` if none was pinned."""
        return self.pins.forget(pin_name(machine))

    def key_file(self, machine: Machine, key_name: str | None = None) -> Path | None:
        """Where a private key for it lies, if one is on this computer."""
        name = self._key_for(machine, key_name)
        return self.keys.path_of(name) if name else None

    def marked(self, report: ProbeReport, machine: Machine, key_name: str | None = None) -> ProbeReport:
        """The report with what only we know: whose it is, which key opens it, whether it is emulated."""
        file = self.key_file(machine, key_name)
        return structs.replace(
            report, machine=machine.name, key_file=str(file) if file else "", sandbox=machine.is_sandbox
        )

    def when_up(
        self, machine: Machine, key_name: str | None, user: str | None = None, port: int | None = None
    ) -> ProbeReport:
        """Look until it answers, as a booting machine needs; one look through Mist where no key is here."""
        name = self._key_for(machine, key_name)
        if name is None:
            return self.through_mist(machine)
        where = target(machine, user)
        where = replace(where, port=port or where.port)
        look = ssh_probe.probe_when_up(where, key=self.keys.load(name), pins=self.pins)
        return self.marked(self._run(look), machine, name)

    def _run(self, look: Coroutine[Any, Any, ProbeReport]) -> ProbeReport:
        """The report, waited for here; a worker that is told to stop doesn't wait on."""
        return self.loop.run(stoppable(look))

    def _key_for(self, machine: Machine, key_name: str | None) -> str | None:
        """The name of a key for it whose private half is here: the one asked for, else the one it was made with."""
        kept = machine.journal_record
        names = [key_name] if key_name else [str(kept.spec.get("key"))] if kept and kept.spec.get("key") else []
        return next((name for name in names if self.keys.path_of(name)), None)


def pin_name(machine: Machine) -> str:
    """What its host key is pinned to: its id alone may be another machine's at another provider."""
    return f"{machine.hands.adapter.info.id}/{machine.id}"


def target(machine: Machine, user: str | None = None) -> Target:
    """Where and as whom a machine is looked at."""
    record = machine.record
    host = record.ssh_host or next(iter(record.public_ips), None)
    is_hidden = machine.is_sandbox and not record.public_ips  # its port on loopback stands for a public address
    if host is None or is_hidden:
        private = ", ".join(record.private_ips)
        raise ProbeError(
            f"'{machine.name}' has no public address" + (f" (only {private})." if private else "."),
            "Probe it through Mist: --via mist.",
        )
    return Target(
        pin_name(machine),
        host,
        record.ssh_port or 22,
        user or "root",
        machine.name,
        loopback_allowed=machine.is_sandbox,
    )
