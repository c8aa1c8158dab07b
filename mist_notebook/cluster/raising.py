"""From machines to a running cluster: what a person calls, and what `%mist dask up` calls."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

from mist_notebook.client.machines.machine import Machine
from mist_notebook.client.machines.prober import Prober
from mist_notebook.fleet import groups
from mist_notebook.fleet.fleet import refuse_down
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError, ClusterError, ProbeError
from mist_notebook.ground.text import brief

from .member import Member, Wish

if TYPE_CHECKING:
    from .crew import Say
    from .dask_object import MistCluster
    from .running import Running

_NO_DASK = "Install it with: %pip install 'mist-notebook[dask]'"
_LONGEST_IDLE_H = 24.0 * 7


@dataclass(frozen=True)
class Login:
    """As whom, and with which key, machines are logged in to; `None` is what is usual for each."""

    user: str | None = None
    key_name: str | None = None
    port: int | None = None


def dask_cluster(
    machines: Sequence[Machine] | Machine,
    *,
    threads: int | None = None,
    memory: str | int | None = None,
    python: str | None = None,
    install: bool = False,
    extra: Sequence[str] = (),
    idle: str = "1h",
    user: str | None = None,
    key: str | None = None,
    say: Callable[[str], object] = print,
) -> MistCluster:
    """Make machines into one Dask cluster, which `distributed.Client(cluster)` takes.

    The first machine also has the scheduler. `threads` and `memory` (`"2GB"`, or bytes) are a worker's, else what the
    probe sees of each machine; `python` is a path there; `install` makes an environment of ours where one is missing,
    with the notebook's own packages in `extra`; the cluster ends after so long without work (`idle`), and with this
    process. `say` hears the steps, a line each. Raises ClusterError with each machine's reason, ProbeError where a
    machine can't be asked at all. The machines cost as before: making or destroying them is not done here.
    """
    several = [machines] if isinstance(machines, Machine) else list(machines)
    wish = Wish(_threads(threads), bytes_of(memory), python, bool(install), tuple(extra), idle_seconds(idle))
    return raised(several, wish, Login(user, key), say)


def raised(machines: Sequence[Machine], wish: Wish, login: Login, say: Callable[[str], object]) -> MistCluster:
    """The cluster, once it is up; an interrupt ends what was begun."""
    _require(machines)
    try:
        from distributed import Security

        from . import up
        from .dask_object import MistCluster
    except ImportError as error:
        raise ClusterError(f"Dask is not installed here ({error.name} is missing).", _NO_DASK) from None
    prober = _prober(machines[0])
    members = [_member(prober, machine, login) for machine in machines]
    security = Security.temporary()
    running = _told(prober, say, lambda tell: up.up(members, wish, security, prober.pins, tell), _room(members))
    try:
        inside = {hand.member.place for hand in running.hands}
        kept = [machine for machine in machines if groups.place(machine) in inside]
        cluster = MistCluster(running, prober.loop, security, kept, ended=lambda one: groups.forget(one.name))
    except BaseException:
        prober.loop.run(running.close())
        raise
    running.on_lost = partial(_tell_loss, say)
    groups.keep(cluster.name, kept)
    return cluster


def _tell_loss(say: Callable[[str], object], name: str, why: str) -> None:
    say(f"{name} is lost to the cluster: {why}")


def _told(
    prober: Prober, say: Callable[[str], object], work: Callable[[Say], Coroutine[Any, Any, Running]], room: int
) -> Running:
    """What comes of the work, whose lines are said on this thread as they come."""
    heard: SimpleQueue[str | None] = SimpleQueue()
    began = monotonic()

    def tell(name: str, text: str) -> None:
        heard.put(f"{monotonic() - began:6.1f} s  {name:<{room}}  {text}")

    result = prober.loop.submit(work(tell))
    result.add_done_callback(lambda _: heard.put(None))
    try:
        while (line := heard.get()) is not None:
            say(line)
        return result.result()
    finally:
        result.cancel()


def _member(prober: Prober, machine: Machine, login: Login) -> Member:
    refuse_down(machine)
    target, key = prober.way(machine, login.key_name, login.user, login.port)
    return Member(groups.place(machine), target, key, tuple(machine.record.private_ips))


def _require(machines: Sequence[Machine]) -> None:
    """Raise for what can't be a cluster, before anything is asked."""
    if not machines:
        raise BadValueError("A cluster needs a machine.", "Name one, or several: %mist dask up NAME …")
    for machine in machines:
        if not isinstance(machine, Machine):
            raise BadValueError(f"{brief(repr(machine))} is not a machine.", "See backend.machine_from_name(…).")
    doubled = {machine.name for machine in machines if sum(one.name == machine.name for one in machines) > 1}
    if doubled:
        raise BadValueError(f"'{brief(min(doubled))}' is there twice.", "Workers go by the names of their machines.")
    taken = [machine for machine in machines if groups.name_of(machine)]
    if taken:
        raise ClusterError(
            f"'{taken[0].name}' is in the cluster {groups.name_of(taken[0])} already.", "%mist dask down ends that."
        )
    emulated = next((machine for machine in machines if machine.is_sandbox), None)
    if emulated is not None:
        raise ClusterError(
            f"'{emulated.name}' is one of the sandbox's, which computes nothing.",
            "A cluster needs real machines: see %mist providers.",
        )


def _prober(machine: Machine) -> Prober:
    prober = machine.hands.probe
    if not isinstance(prober, Prober):
        raise ProbeError(f"'{machine.name}' can't be asked over SSH from here.", "See %mist probe.")
    return prober


def _room(members: Sequence[Member]) -> int:
    return max(len(member.name) for member in members)


def _threads(threads: int | None) -> int | None:
    if threads is None:
        return None
    if type(threads) is not int or not 0 < threads <= 1024:
        raise BadValueError(f"'{brief(str(threads))}' can't be a number of threads.", "Give 1 to 1024.")
    return threads


def bytes_of(memory: str | int | None) -> int | None:
    """A worker's memory: `2GB` or bytes."""
    if memory is None:
        return None
    if type(memory) is int:
        amount = float(memory)
    else:
        wish = quantity.ram(f"={str(memory).strip().lstrip('=')}")
        amount = 0.0 if wish.per_vcpu else wish.gib.low * 1024**3
    if not 64 * 1024**2 <= amount < 2**53:
        raise BadValueError(f"'{brief(str(memory))}' can't be a worker's memory.", "Give 64MB or more, such as 2GB.")
    return int(amount)


def idle_seconds(text: str) -> float:
    """How long it may be without work: `1h`, `30m`."""
    hours = quantity.hours(text)
    if hours > _LONGEST_IDLE_H:
        raise BadValueError(f"'{brief(text)}' is over 7 days.", "Such as 1h or 90m.")
    return hours * 3600
