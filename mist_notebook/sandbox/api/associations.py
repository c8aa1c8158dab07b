"""Keys on machines."""

from __future__ import annotations

from mist_notebook.sandbox.fleet.hosts import users
from mist_notebook.sandbox.fleet.machine import Machine
from mist_notebook.sandbox.ground.refusals import RefusedError, not_found, unauthorized, unreachable

from .machines import OneMachineHandler


class AssociationHandler(OneMachineHandler):
    """A key on a machine."""

    def put(self, cloud_id: str | None, either_id: str, key_id: str) -> None:
        """Let a key in, by means of one that is in already; `host` and the port are only looked at."""
        machine = self.machine(cloud_id, either_id)
        key = self.state.keys.find(key_id)
        user = self.params.text("user", "ssh_user") or "root"
        for name in ("port", "ssh_port"):
            self._check_port(name)
        self._check_reachable(machine, user)
        self.state.fleet.associations.add(
            machine_id=machine.id, key_id=key, user=user, port=machine.port, now=self.state.clock()
        )
        self.answer(None)

    def delete(self, cloud_id: str | None, either_id: str, key_id: str) -> None:
        """Let it in no longer."""
        machine = self.machine(cloud_id, either_id)
        key = self.state.keys.find(key_id)
        if not self.state.fleet.associations.remove(machine_id=machine.id, key_id=key):
            raise not_found("Key is not associated with this machine")
        self.answer(None)

    def _check_reachable(self, machine: Machine, user: str) -> None:
        if not machine.is_up(self.state.clock()) or machine.build.silent:
            raise unreachable(f"{machine.name} doesn't answer on port {machine.port}")
        if not self.state.fleet.lets_in(machine) or user not in users(machine):
            raise unauthorized(f"none of its keys is let in as {user[:32]}")

    def _check_port(self, name: str) -> None:
        port = self.params.whole(name, 22)
        if port is None or not 0 < port < 65_536:
            raise RefusedError(400, "Bad Request", f"{name} must be a port number")
