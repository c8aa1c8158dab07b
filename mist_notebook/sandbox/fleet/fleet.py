"""The machines by the clock: which are up and listen, which have ended, and what may be done to each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mist_notebook.sandbox.accounts.associations import Associations
from mist_notebook.sandbox.ground.refusals import SandboxError
from mist_notebook.sandbox.ground.store import Store
from mist_notebook.sandbox.shell.host import Host, Login
from mist_notebook.sandbox.shell.shell import Shell

from . import hosts
from .doors import Door
from .machine import STOPPED, TERMINATED, Machine, ending
from .machines import Machines

if TYPE_CHECKING:
    from .sshd import Sshd

_LONGEST_NAP_S, _SHORTEST_NAP_S = 60.0, 0.02
_STOP_TIMEOUT_S = 5
_MORE_FILES = "Each machine needs an open file: allow more of them (ulimit -n)."


class Fleet:
    """All machines of a sandbox, with their ports; used on the loop's thread only, once the server runs."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.machines = Machines(store)
        self.associations = Associations(store)
        self._store = store
        self._clock = clock
        self._doors: dict[str, Door] = {}
        self._servers: dict[str, Sshd] = {}
        self._logins: dict[str, list[Login]] = defaultdict(list)
        self._ending: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0

    def start(self) -> None:
        """Take up the machines that the database knows, each on its port, and keep time from now on."""
        try:
            for machine in self.machines.all():
                self._doors[machine.id] = Door(machine.port)
                self._keep_port(machine)
            self._tick()
        except OSError as error:
            for door in self._doors.values():
                door.close()
            raise SandboxError(f"The machines' ports can't be opened ({error.strerror}).\n{_MORE_FILES}") from None

    async def stop(self) -> None:
        """Close every connection and every port."""
        if self._timer:
            self._timer.cancel()
        for machine_id in list(self._doors):
            self._close(machine_id)
        if self._ending:
            await asyncio.wait(self._ending, timeout=_STOP_TIMEOUT_S)
        # asyncssh reads its options on threads of the loop; an interpreter that ends has ended them, and starts none.
        with suppress(RuntimeError):
            await asyncio.get_running_loop().shutdown_default_executor()

    def forget(self) -> None:
        """Close everything: the machines have been forgotten."""
        for machine_id in list(self._doors):
            self._close(machine_id)
        self._logins.clear()
        self.touch()

    def settle(self) -> None:
        """Make true what the clock says: machines come up, and those whose time is over stop or go."""
        now = self._clock()
        if now < self._next:
            return
        machines = self.machines.all()
        expired = [machine for machine in machines if self._expire(machine, now)]
        machines = self.machines.all() if expired else machines
        for machine in machines:
            self._open_or_shut(machine, now)
        for machine_id in set(self._doors) - {machine.id for machine in machines}:
            self._close(machine_id)
        moments = [moment for machine in machines for moment in machine.turning_points() if moment > now]
        self._next = min(moments, default=float("inf"))

    def reserve(self) -> Door:
        """A port for a machine that is about to be made."""
        return Door()

    def adopt(self, doors: Mapping[str, Door]) -> None:
        """Machines were made: the ports are theirs, by id, from now on."""
        self._doors |= doors
        self.touch()

    def touch(self) -> None:
        """Something was changed: look at everything again."""
        self._next = 0.0
        self._tick()

    def change(self, machine: Machine, **changes: Any) -> None:
        """Keep a changed machine and do what follows from it."""
        self.machines.save(replace(machine, **changes))
        if "answers" in changes:
            self._shut(machine.id)
        self.touch()

    def lets_in(self, machine: Machine) -> bool:
        """Whether any key opens the machine now."""
        return machine.has_keys(self._clock()) and bool(self.associations.of_machine(machine.id))

    def host(self, machine: Machine, user: str) -> Host:
        """What the machine shows a user now."""
        keys = self.associations.of_machine(machine.id)
        current = self.machines.get(machine.id) or machine
        return hosts.host(current, now=self._clock(), user=user, keys=keys, logins=self._logins[machine.id])

    def _tick(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.settle()
        nap_s = min(max(self._next - self._clock(), _SHORTEST_NAP_S), _LONGEST_NAP_S)
        self._timer = asyncio.get_running_loop().call_later(nap_s, self._tick)

    def _expire(self, machine: Machine, now: float) -> bool:
        if not machine.expiration or now < machine.expiration.at:
            return False
        target = STOPPED if machine.expiration.action == "stop" else TERMINATED
        self.machines.save(replace(machine, expiration=None, **ending(machine.build, now, target)))
        return True

    def _open_or_shut(self, machine: Machine, now: float) -> None:
        door = self._doors[machine.id]
        if machine.is_up(now) and not door.is_open:
            door.open(None if machine.build.silent else self._server(machine).accept)
            self._keep_port(machine)
        elif door.is_open and not machine.is_up(now):
            self._shut(machine.id)

    def _keep_port(self, machine: Machine) -> None:
        """Write down a port that had to change, as somebody else had taken it."""
        port = self._doors[machine.id].port
        if port != machine.port:
            with self._store.together():
                self.machines.save(replace(machine, port=port))
                self.associations.move(machine.id, port)

    def _server(self, machine: Machine) -> Sshd:
        from .sshd import Sshd

        server = Sshd(
            machine.host_key,
            lambda user, public: self._admits(machine, user, public),
            lambda user, origin, terminal: self._session(machine, user, origin, terminal),
        )
        self._servers[machine.id] = server
        return server

    def _admits(self, machine: Machine, user: str, public: str) -> bool:
        is_ready = user in hosts.users(machine) and machine.has_keys(self._clock())
        return is_ready and any(
            association.public == public for association in self.associations.of_machine(machine.id)
        )

    @contextmanager
    def _session(self, machine: Machine, user: str, origin: str, terminal: bool) -> Iterator[Shell]:
        login = Login(user, f"pts/{len(self._logins[machine.id])}", self._clock(), origin)
        if terminal:
            self._logins[machine.id].append(login)
        try:
            yield Shell(lambda: self.host(machine, user))
        finally:
            with suppress(ValueError):
                self._logins[machine.id].remove(login)

    def _shut(self, machine_id: str) -> None:
        self._end_server(machine_id)
        door = self._doors.get(machine_id)
        if door and door.is_open:
            door.shut()

    def _close(self, machine_id: str) -> None:
        self._end_server(machine_id)
        self._doors.pop(machine_id).close()

    def _end_server(self, machine_id: str) -> None:
        server = self._servers.pop(machine_id, None)
        for task in server.stop() if server else []:
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
