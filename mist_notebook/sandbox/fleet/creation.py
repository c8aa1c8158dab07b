"""Making machines: everything that a create leaves behind is written at once, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from mist_notebook.sandbox.ground.chance import Chance
from mist_notebook.sandbox.ground.faults import ILLS, Faults
from mist_notebook.sandbox.ground.refusals import RefusedError
from mist_notebook.sandbox.ground.store import Store
from mist_notebook.sandbox.shell.distributions import architecture, distro_in
from mist_notebook.sandbox.shell.shell import Shell
from mist_notebook.sandbox.world.providers import new_external_id

from . import addresses, hosts, wishes
from .doors import Door
from .fleet import Fleet
from .jobs import Jobs, Log
from .lag import Lag
from .machine import Build, Expiration, Machine, booting
from .orders import Order

_GIVEN_UP_AFTER_S = 600.0
_SHOWN_OUTPUT = 4096


class Yard(Protocol):
    """Where machines are made: what a create reads and leaves behind."""

    store: Store
    clock: Callable[[], float]
    boot_seconds: float
    chance: Chance
    faults: Faults
    lag: Lag
    fleet: Fleet
    jobs: Jobs


@dataclass
class Made:
    """What became of an order, and the machines that were there `before`."""

    before: list[Machine]
    machines: list[Machine] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    expiration: Expiration | None = None
    # When the server has done everything and answers.
    ready: float = 0.0
    trouble: RefusedError | None = None


def create(yard: Yard, order: Order) -> Made:
    """Make the machines of an order; what was made is on disk when this returns."""
    made = Made(yard.fleet.machines.all())
    doors: list[Door] = []
    now = yard.clock()
    _read_expiration(order, now, made)
    try:
        with yard.store.together():
            for name in order.names:
                _make_one(yard, order, name, doors, made)
            _tell(yard, order, made, now)
    except BaseException:
        for door in doors:
            door.close()
        raise
    yard.fleet.adopt({machine.id: door for machine, door in zip(made.machines, doors, strict=True)})
    return made


def _make_one(yard: Yard, order: Order, name: str, doors: list[Door], made: Made) -> None:
    trouble = _quota(yard, made, name)
    if trouble:
        made.failures[name] = trouble
        return
    try:
        door = yard.fleet.reserve()
    except OSError as error:
        made.failures[name] = f"the sandbox has no port left ({error.strerror})"
        return
    doors.append(door)
    machine = _machine(yard, order, made, name, door.port)
    yard.fleet.machines.add(machine)
    if order.key_id:
        yard.fleet.associations.add(
            machine_id=machine.id, key_id=order.key_id, user="root", port=door.port, now=machine.created
        )
    yard.lag.begin(machine, yard.faults.take("lag", name))
    yard.lag.write_late(machine, yard.faults.take("late-tags", name))
    slow = yard.faults.take("slow-create", name)
    made.ready = max(made.ready, machine.created + slow.seconds if slow else 0.0)
    made.machines.append(machine)


def _machine(yard: Yard, order: Order, made: Made, name: str, port: int) -> Machine:
    from mist_notebook.sandbox.accounts.keypairs import host_key

    now = yard.clock()
    position = yard.fleet.machines.next_position()
    build = _build(yard, order, made, name, position)
    is_dropped = yard.faults.take("drop-expiration", name)
    return Machine(
        id=yard.chance.uuid(f"machine/{position}").hex,
        cloud_id=order.cloud.id,
        external_id=new_external_id(order.cloud.provider, position, yard.chance.uuid(f"external/{position}")),
        name=name,
        build=build,
        tags=order.tags,
        created=now,
        **booting(build, now, "pending"),
        expiration=None if is_dropped else made.expiration,
        port=port,
        host_key=host_key(yard.chance.secret(f"host-key/{position}")),
    )


def _build(yard: Yard, order: Order, made: Made, name: str, position: int) -> Build:
    slow, late = yard.faults.take("slow-boot", name), yard.faults.take("late-key", name)
    hourly, monthly = order.prices
    image_name = str(order.image["name"])
    distro = order.image.get("os_distro") or distro_in(image_name)
    os_type = order.image.get("os_type") or "linux"
    taken = {machine.build.public_ip for machine in made.before + made.machines}
    hidden = yard.faults.take("no-public-address", name)
    return Build(
        provider=order.cloud.provider,
        image_id=order.image["id"],
        image_name=image_name,
        os_type=os_type,
        os_distro=distro,
        arch=architecture(order.image.get("architecture") or [], image_name),
        size_name=order.size["name"],
        cpus=order.cpus,
        ram_mb=order.ram_mb,
        disk_gb=order.disk_gb,
        price_hourly=hourly,
        price_monthly=monthly,
        location_id=order.location["id"],
        location_name=order.location["name"],
        public_ip="" if hidden else addresses.public(position, taken),
        private_ip=addresses.private(position),
        boot_s=slow.seconds if slow else yard.boot_seconds,
        silent=_silence(yard, name, os_type),
        extra=order.extra,
        keyless_s=late.seconds if late else 0.0,
        dated=not yard.faults.take("no-creation-date", name),
        ills=" ".join(ill for ill in ILLS if yard.faults.take(ill, name)),
    )


def _silence(yard: Yard, name: str, os_type: str) -> str:
    """How it doesn't answer SSH; Windows never does."""
    fault = yard.faults.take("never-answers", name)
    return fault.how if fault else "refuse" if os_type == "windows" else ""


def _quota(yard: Yard, made: Made, name: str) -> str:
    quota = yard.faults.reached(name, [machine.name for machine in made.before + made.machines])
    return f"quota exceeded: {quota.machines} machines are the most" if quota else ""


def _read_expiration(order: Order, now: float, made: Made) -> None:
    """The time limit; one that won't do is noticed too late, as in Mist: the machine is there all the same."""
    try:
        made.expiration = wishes.expiration(order.expiration, now)
    except RefusedError as trouble:
        made.trouble = trouble


def _tell(yard: Yard, order: Order, made: Made, now: float) -> None:
    begun = "async_machine_creation_started"
    more = (("machine_names", order.names), ("quantity", len(order.names)))
    logs = [Log(now, "create_machine", more=more)]
    logs += [Log(now, begun, more=more)] if order.is_async else []
    logs += [
        Log(now, "machine_creation_finished", machine_name=name, error=f"Machine creation failed: {why}")
        for name, why in made.failures.items()
    ]
    stories = [_story(order, machine, made.ready) for machine in made.machines]
    logs += [log for story in stories for log in story]
    finished = None if made.failures else max((story[-1].at for story in stories), default=None)
    yard.jobs.tell(order.job_id, cloud_id=order.cloud.id, logs=logs, finished=finished, error="")
    yard.jobs.hide(order.job_id, now, yard.faults.take("late-job", order.names[0]))


def _story(order: Order, machine: Machine, ready: float) -> list[Log]:
    """What will happen to a machine, with its time; nothing is said before the server is `ready`."""

    def log(at: float, action: str, error: str = "", **more: object) -> Log:
        return Log(max(at, ready), action, machine.name, machine.external_id, machine.id, error, tuple(more.items()))

    done = log(machine.settles, "machine_creation_finished")
    if machine.answers is None or machine.build.silent:
        return [done, log(machine.created + _GIVEN_UP_AFTER_S, "post_deploy_finished", "Couldn't connect over SSH")]
    host = hosts.host(machine, now=machine.answers, user="root", keys=())
    facts = {"uptime": host.uptime_s, "loadavg": list(host.load), "cores": host.cpus, "users": 0}
    logs = [done, log(machine.answers, "probe", result=facts)]
    if order.script:
        logs.append(_script_log(order.script, Shell(lambda: host), log, machine.answers))
    return [*logs, log(machine.answers, "post_deploy_finished")]


def _script_log(script: str, shell: Shell, log: Callable[..., Log], at: float) -> Log:
    """The script was run by the emulated shell: what that doesn't know failed."""
    said = "".join(chunk.text for chunk in shell.run(script))[:_SHOWN_OUTPUT]
    error = "" if shell.status == 0 else f"Script exited with {shell.status}"
    return log(at, "script_finished", error, stdout=said, return_value=shell.status)
