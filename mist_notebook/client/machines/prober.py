"""Which way to look at a machine: over SSH from here where a key for it is on this computer, else through Mist."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

from msgspec import structs

from mist_notebook.ground.errors import BadValueError, MistError, ProbeError
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ground.stopping import pause, stoppable
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.keys.agent import AgentKeys, LoginKey, held_by_agent
from mist_notebook.ssh.keys.local_keys import LocalKeys, read_key
from mist_notebook.ssh.keys.login_keys import is_public, needs_passphrase, public_half
from mist_notebook.ssh.outcome import KEY_CHANGED, OK
from mist_notebook.ssh.probing import probe as ssh_probe
from mist_notebook.ssh.target import Target

from . import way as ways
from .way import pin_name, target
from .young import hint_of

if TYPE_CHECKING:
    from mist_notebook.ssh.config.said import Said
    from mist_notebook.ssh.scripts.remote import RunResult

    from .machine import Machine

__all__ = ["WAYS", "Prober", "pin_name", "target"]

WAYS = ("ssh", "mist")
Looks = Generator[ProbeReport, None, ProbeReport]
_EMULATED = ssh_probe.Patience(refusals=5)  # an emulated machine has its keys from the beginning


@dataclass(frozen=True)
class Prober:
    """The loop, pins and keys of one process, as every probe uses them."""

    loop: LoopThread
    pins: HostKeys
    keys: LocalKeys
    silent_agents: set[str] = field(default_factory=set, repr=False)
    taking: set[str] = field(default_factory=set, repr=False)  # pins of whose next host key is taken as the first
    seconds: Callable[[], float] = monotonic
    pause: Callable[[float], object] = pause

    def __call__(
        self,
        machine: Machine,
        key_name: str | None = None,
        user: str | None = None,
        via: str | None = None,
        port: int | None = None,
        host: str | None = None,
    ) -> ProbeReport:
        """One look; `via` insists on a way."""
        if not self.goes_by_ssh(machine, key_name, via, host):
            return self.through_mist(machine)
        where, key = self.way(machine, key_name, user, port, host)
        report = self.marked(self._run(ssh_probe.probe(where, key=key, pins=self.pins)), machine, key_name)
        return self.or_through_mist(report, machine) if self.is_a_try(machine, key_name, via, host) else report

    def run(self, machine: Machine, script: str) -> RunResult:
        """The script on it, over SSH."""
        from mist_notebook.ssh.scripts import remote

        where, key = self.way(machine)
        return self.loop.run(stoppable(remote.run(where, script, key=key, pins=self.pins)))

    def goes_by_ssh(
        self, machine: Machine, key_name: str | None = None, via: str | None = None, host: str | None = None
    ) -> bool:
        """Whether a look is over SSH from here: where a key and an address are, unless `via` says otherwise."""
        if via not in (None, *WAYS):
            raise BadValueError(f"'{via}' isn't a way to probe.", f"--via takes {' or '.join(WAYS)}.")
        if host and via == "mist":
            raise BadValueError("--host is for a look from here; Mist chooses the address itself.", "Leave one out.")
        if via is not None or host:
            return via != "mist"
        if machine.hands.adapter.only_there:
            return True
        if self._key_for(machine, key_name) is not None:
            return True
        return bool(ways.hosts_of(machine)) and self._agent() is not None

    def is_a_try(
        self, machine: Machine, key_name: str | None = None, via: str | None = None, host: str | None = None
    ) -> bool:
        """Whether a look over SSH may fail for no fault of the machine's: no key is known to fit, or no address to
        lead there from here. Then Mist is asked too.
        """
        if machine.hands.adapter.only_there:
            return False
        return via is None and not host and (self._key_for(machine, key_name) is None or ways.is_private_only(machine))

    def or_through_mist(self, report: ProbeReport, machine: Machine) -> ProbeReport:
        """The report, if it is a good one, or Mist has none that is better."""
        if report.outcome == OK:
            return report
        try:
            asked = self.through_mist(machine)
        except MistError:
            return report
        return asked if asked.outcome == OK else report

    def through_mist(self, machine: Machine) -> ProbeReport:
        """One look by the Mist server, with whatever key it has."""
        return self.marked(machine.hands.adapter.probe(machine.record), machine)

    def way(
        self,
        machine: Machine,
        key_name: str | None = None,
        user: str | None = None,
        port: int | None = None,
        host: str | None = None,
    ) -> tuple[Target, LoginKey]:
        """Where to log in, and with which key; ProbeError where there is no way. May ask for a passphrase."""
        said = ways.configured(machine, user, host=host, port=port)
        if said is not None:
            return self._configured(machine, said, key_name)
        key = self._login_key(machine, key_name)
        if key is None:
            raise ProbeError(
                f"No private key for '{machine.name}' is on this computer.",
                "Name its file with %mist add-key NAME --from FILE, or probe it with --via mist.",
            )
        return target(machine, user, host=host, port=port), key

    def _configured(self, machine: Machine, said: Said, key_name: str | None) -> tuple[Target, LoginKey]:
        """The same, as this computer's SSH configuration has it."""
        from mist_notebook.ssh.config import way as ssh_way

        pin = pin_name(machine)
        key = self._login_key(machine, key_name) if key_name else None
        asked = ssh_way.Asked(pin, machine.name, takes_new=pin in self.taking, key=key)
        return ssh_way.way(said, asked, lambda path: self._agent(path))

    def forget_host_key(self, machine: Machine) -> bool:
        """Take the next host key that it shows for its first one; `False` if none was pinned."""
        self.taking.add(pin_name(machine))
        said = ways.configured(machine)
        return self.pins.forget(pin_name(machine) if said is None else f"ssh/{said.known_at}")

    def key_file(self, machine: Machine, key_name: str | None = None) -> Path | None:
        """Where a private key for it lies, if one is on this computer."""
        name = self._key_for(machine, key_name)
        return self.keys.path_of(name) if name else None

    def marked(self, report: ProbeReport, machine: Machine, key_name: str | None = None) -> ProbeReport:
        """The report with what only we know: whose it is, which key opens it, how young and whether emulated it is."""
        file = None
        with suppress(MistError):  # a look through Mist needs no key of ours, nor the folder that they lie in
            file = self.key_file(machine, key_name)
        _remember(report, machine)
        return structs.replace(
            report,
            machine=machine.name,
            key_file=str(file) if file else "",
            sandbox=machine.is_sandbox,
            hint=hint_of(report, machine),
        )

    @property
    def patience_about(self) -> str:
        """How long `when_up` may take, in words."""
        minutes = ssh_probe.Patience().within_s / 60
        return f"over SSH for {minutes:.0f} minutes at the longest, or to one look by its server where no key is here"

    def when_up(
        self, machine: Machine, key_name: str | None, user: str | None = None, port: int | None = None
    ) -> ProbeReport:
        """Look until it answers, as a booting machine needs; through Mist where no key is here."""
        looks = self.looks(machine, key_name, user, port)
        while True:
            try:
                next(looks)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]

    def looks(self, machine: Machine, key_name: str | None, user: str | None = None, port: int | None = None) -> Looks:
        """What `when_up` does: yields each report that another look will follow, and returns the last one."""
        key = self._login_key(machine, key_name) if ways.hosts_of(machine) else None
        if key is None:
            return (yield from self._looks_through_mist(machine))
        waiting: SimpleQueue[ProbeReport | None] = SimpleQueue()
        where = target(machine, user, port=port)
        is_emulated = machine.is_sandbox and where.port == machine.record.ssh_port
        patience = _EMULATED if is_emulated else ssh_probe.Patience()
        work = ssh_probe.probe_when_up(where, key=key, pins=self.pins, patience=patience, on_wait=waiting.put)
        last = self.loop.submit(stoppable(work))
        last.add_done_callback(lambda _: waiting.put(None))
        try:
            while (report := waiting.get()) is not None:
                yield self.marked(report, machine, key_name)
            return self.marked(last.result(), machine, key_name)
        finally:
            last.cancel()

    def _looks_through_mist(self, machine: Machine) -> Looks:
        """The same through Mist, which is asked again with growing pauses while the machine boots."""
        patience = ssh_probe.Patience()
        until, pause_s = self.seconds() + patience.within_s, patience.pause_s
        while True:
            report = self.through_mist(machine)
            if report.outcome in (OK, KEY_CHANGED) or self.seconds() + pause_s > until:
                return report
            yield report
            self.pause(pause_s)
            pause_s = patience.after(pause_s, may_count=True)

    def _run(self, look: Coroutine[Any, Any, ProbeReport]) -> ProbeReport:
        """The report, waited for here; a worker that is told to stop doesn't wait on."""
        return self.loop.run(stoppable(look))

    def _key_for(self, machine: Machine, key_name: str | None) -> str | None:
        """The name of a key for it whose private half is here: the one asked for, else the one it was made with."""
        kept = machine.journal_record
        names = [key_name] if key_name else [str(kept.spec.get("key"))] if kept and kept.spec.get("key") else []
        return next((name for name in names if self.keys.path_of(name)), None)

    def _login_key(self, machine: Machine, key_name: str | None) -> LoginKey | None:
        """The key itself: from its file, or from the agent, which spares its passphrase; without a file, what the agent
        holds, as `ssh` does it.
        """
        name = self._key_for(machine, key_name)
        path = self.keys.path_of(name) if name else None
        if name is None or path is None:
            return None if key_name else self._agent()
        if is_public(path) or needs_passphrase(path):
            held, public = self._agent(), public_half(path)
            only = held.only(public) if held and public else None
            if only is not None:
                return only
            if is_public(path):
                raise ProbeError(
                    f"{path} is the public half of a key, and the SSH agent doesn't hold the private one.",
                    "Add it with ssh-add, or name the private half: %mist add-key NAME --from FILE.",
                )
        return read_key(path)

    def _agent(self, path: str | None = None) -> AgentKeys | None:
        return self.loop.run(held_by_agent(self.silent_agents, path))


def _remember(report: ProbeReport, machine: Machine) -> None:
    """Keep with its record as whom it let us in, where that was not the first guess."""
    kept = machine.journal_record
    if kept is None or report.outcome != OK or report.user not in machine.other_users:
        return
    with suppress(MistError):
        machine.hands.journal.advance(kept, kept.state, login=report.user)
