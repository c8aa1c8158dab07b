"""Machines: listed, made, acted upon, probed, tagged; and the stories of their creates."""

from __future__ import annotations

from mist_notebook.sandbox.fleet import actions, creation, documents, orders, wishes
from mist_notebook.sandbox.fleet.machine import Machine
from mist_notebook.sandbox.ground.refusals import RefusedError, missing, not_found, unauthorized, unreachable

from .handler import ApiHandler
from .mishaps import MishapHandler


class MachinesHandler(ApiHandler):
    """The machines of all clouds that are enabled."""

    def get(self) -> None:
        """List them."""
        clouds = [cloud for cloud in self.state.clouds.all() if cloud.enabled]
        self.answer([item for cloud in clouds for item in self.state.listed_machines(cloud)])


class CloudMachinesHandler(MishapHandler):
    """The machines of a cloud."""

    async def get(self, cloud_id: str) -> None:
        """List them; with `cached`, without asking the cloud."""
        self.answer(self.state.listed_machines(await self.asked_cloud(cloud_id)))

    async def post(self, cloud_id: str) -> None:
        """Make one; several with `async` and `quantity`."""
        made, order = self._made(cloud_id)
        if not order.is_async and not await self.wait_until(made.ready):
            return
        if not await self.after_commit("create", order.names[0]):
            return
        if made.trouble and not order.is_async:
            raise made.trouble
        job = {"job_id": order.job_id, "job": "create_machine"}
        if order.is_async:
            self.answer(job)
            return
        for why in made.failures.values():
            raise RefusedError(500, "Machine creation failed", why)
        (machine,) = made.machines
        # Here, and only here, Mist gives the provider's id as the machine's.
        self.answer({**documents.brief(machine), "id": machine.external_id, **job})

    def _made(self, cloud_id: str) -> tuple[creation.Made, orders.Order]:
        """Make what is asked for, and write down in the ledger what was asked and whether it was made."""
        try:
            order = orders.read(self.state, cloud_id, self.params)
            self.before_commit("create", order.names[0])
        except RefusedError:
            self.state.ledger.append((str(self.params.value("name") or ""), "", False))
            raise
        made = creation.create(self.state, order)
        self.state.ledger.extend((machine.name, machine.id, True) for machine in made.machines)
        self.state.ledger.extend((name, "", False) for name in made.failures)
        return made, order


class OneMachineHandler(MishapHandler):
    """What has a machine in its URL."""

    def machine(self, cloud_id: str | None, either_id: str) -> Machine:
        """The machine of that id, Mist's or the provider's; in that cloud, if the URL has one."""
        machine = self.state.find_machine(cloud_id, either_id)
        if machine is None:
            raise not_found("Machine does not exist")
        return machine

    async def wait_for_probe(self, machine: Machine) -> None:
        """Take the time that a probe takes."""
        slow = self.state.faults.take("slow-probe", machine.name)
        await self.wait_until(self.state.clock() + slow.seconds if slow else 0.0)


class MachineHandler(OneMachineHandler):
    """One machine."""

    async def post(self, cloud_id: str | None, either_id: str) -> None:
        """Start, stop, reboot, destroy or rename it."""
        machine = self.machine(cloud_id, either_id)
        action = self.params.required("action")
        self.before_commit(action, machine.name)
        slow = self.state.faults.take("slow-destroy", machine.name) if action == "destroy" else None
        actions.act(self.state.fleet, machine, self.params, self.state.clock(), slow=slow)
        if await self.after_commit(action, machine.name):
            self.answer_done(machine)

    def answer_done(self, _machine: Machine) -> None:
        """Answer that it was done."""
        self.answer_ok()

    def put(self, cloud_id: str | None, either_id: str) -> None:
        """Give it another time limit, or with `null` none."""
        machine = self.machine(cloud_id, either_id)
        if "expiration" not in self.params:
            raise missing("expiration")
        expiration = wishes.expiration(self.params.value("expiration"), self.state.clock())
        if self.state.faults.take("drop-expiration", machine.name):
            expiration = machine.expiration
        self.state.fleet.change(machine, expiration=expiration)
        self.answer_ok()


class ProbeHandler(OneMachineHandler):
    """A machine, asked how it is."""

    async def post(self, cloud_id: str | None, either_id: str) -> None:
        """Probe it as Mist would, with a key of its own; `host` and `key` change nothing."""
        machine = self.machine(cloud_id, either_id)
        await self.wait_for_probe(machine)
        if not machine.is_up(self.state.clock()) or machine.build.silent:
            raise unreachable(f"{machine.name} doesn't answer on port {machine.port}")
        if not self.state.fleet.lets_in(machine):
            raise unauthorized("none of its keys is let in as root")
        self.answer(documents.probe(self.state.fleet.host(machine, "root"), machine))


class TagsHandler(OneMachineHandler):
    """The tags of a machine."""

    def post(self, cloud_id: str | None, either_id: str) -> None:
        """Add some."""
        machine = self.machine(cloud_id, either_id)
        if "tags" not in self.params:
            raise missing("tags")
        tags = {**machine.tags, **wishes.tags(self.params.value("tags"))}
        wishes.check_tags(tags.items())
        self.state.fleet.change(machine, tags=tags)
        self.answer_ok()


class TagHandler(OneMachineHandler):
    """One tag of a machine."""

    def delete(self, cloud_id: str | None, either_id: str, tag: str) -> None:
        """Take it away."""
        machine = self.machine(cloud_id, either_id)
        if tag not in machine.tags:
            raise not_found("Tag does not exist")
        kept = {name: value for name, value in machine.tags.items() if name != tag}
        self.state.fleet.change(machine, tags=kept)
        self.answer_ok()


class JobHandler(ApiHandler):
    """The story of a create."""

    def get(self, job_id: str) -> None:
        """Answer it, as far as it has come."""
        self.answer(self.state.jobs.story(job_id, self.state.clock()))
