"""Raise a cluster: log in, see what is there, try the ways between the machines, then a scheduler and the workers.

Nothing starts on any machine before all that could stop it was looked at. Only port 22 is used from here; scheduler
and workers speak TLS among themselves, at private addresses, with an authority that is made for this cluster alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import asyncssh
from distributed import Security
from distributed.core import rpc

from mist_notebook.ground.errors import ClusterError
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.login import login
from mist_notebook.ssh.outcome import OK
from mist_notebook.ssh.probing import probe
from mist_notebook.ssh.turn import Slots, Turn

from . import installing, plan, ways
from .crew import Crew, Say, trouble_of
from .member import LOOPBACK, Hand, LeftOutError, Member, Wish
from .running import SILENCE_S, Running
from .talk import Talk, TalkError

_FACTS_S = 60.0
_SCHEDULER_S = 60.0
_WORKERS_S = 90.0
_DEATH_S = 60
_POLL_S = 0.2
_LEAST_FREE = 64 << 20
_READY = "scheduler.json"
_TLS = ("--tls-ca-file", "ca.pem", "--tls-cert", "cert.pem", "--tls-key", "key.pem")


async def up(members: Sequence[Member], wish: Wish, security: Security, pins: HostKeys, say: Say) -> Running:
    """A cluster of these machines, ended whole where that fails. Raises ClusterError with each machine's reason."""
    running = Running()
    try:
        crew = Crew(len(members), say)
        wanted = plan.here(wish.extra)
        await _logged_in(crew, running, members, pins)
        await crew.each(partial(_seen, wish=wish, wanted=wanted))
        await installing.ready(crew, wish, wanted, pins)
        await ways.join(crew)
        running.hands = crew.hands
        await _scheduler(crew, running, security, wish)
        await _workers(crew, running, security)
        running.hands = crew.hands
        running.watch()
    except BaseException:
        await asyncio.shield(asyncio.ensure_future(running.close()))
        raise
    return running


async def _logged_in(crew: Crew, running: Running, members: Sequence[Member], pins: HostKeys) -> None:
    """Log in to all at once, and look at each as a probe does."""
    pins.load()
    slots = Slots()

    async def one(member: Member) -> Hand | None:
        turn = Turn(probe.LIMITS, slots, probe.CLOCK)
        try:
            made = await running.stack.enter_async_context(login(member.target, member.key, pins, turn))
            running.keep(made.connection)
            hand = Hand(member, made.connection)
            hand.report = await probe.probe(member.target, key=member.key, pins=pins, slots=slots)
            if hand.report.outcome != OK:
                raise LeftOutError(f"{hand.report.outcome}: {hand.report.detail.rstrip('.')}", hand.report.hint)
        except Exception as error:
            crew.leave_out(member.name, trouble_of(error))
            return None
        return hand

    crew.hands = [hand for hand in await asyncio.gather(*(one(member) for member in members)) if hand]
    await probe.saved(pins)
    crew.require()


async def _seen(hand: Hand, *, wish: Wish, wanted: plan.Environment) -> None:
    """What it has: a Python, room, memory for a worker."""
    assert hand.report is not None  # noqa: S101 - whoever is in was looked at
    task = {"candidates": plan.pythons(wanted, wish.python), "packages": list(wanted.packages)}
    told = await _asked(hand, task)
    hand.python = plan.best(plan.found(told), wanted)
    if isinstance(told, dict) and any(_is_full(told.get(place)) for place in ("home_free", "tmp_free")):
        raise LeftOutError("its disk is full", f"Make room there: %%mist run {hand.name}")
    hand.share = plan.share(hand.report, wish.threads, wish.memory)
    why = plan.too_little(hand.report, hand.share)
    if why:
        raise LeftOutError(why, "Take a larger machine, or end what runs there.")


async def _asked(hand: Hand, task: dict[str, Any]) -> Any:
    """What `facts` says there, run by the usual Python 3, else by the first that was thought of."""
    for python in ("python3", task["candidates"][0]):
        talk = await Talk.start(hand.connection, python, "facts", task)
        try:
            return await talk.told(_FACTS_S)
        except TalkError as error:
            trouble = error
        finally:
            talk.close()
    raise LeftOutError(f"no Python 3 runs there: {trouble}", "Install it there, or name it: --python PATH.")


def _is_full(free: Any) -> bool:
    return isinstance(free, int) and free < _LEAST_FREE


async def _scheduler(crew: Crew, running: Running, security: Security, wish: Wish) -> None:
    """Start the scheduler on the first machine, and lead the way to it and its dashboard through the connection."""
    first = crew.hands[0]
    argv = [
        *("-m", "distributed.cli.dask_scheduler", "--protocol", "tls", "--host", first.host, "--port", "0"),
        *("--scheduler-file", _READY, "--dashboard-address", f"{LOOPBACK}:0", "--idle-timeout", f"{wish.idle_s:.0f}s"),
        *_TLS,
    ]
    running.scheduler = await _guarded(first, argv, security, ready=_READY)
    told = await _until_ready(first, running.scheduler)
    running.private_address = str(told["address"])
    host, _, port = running.private_address.removeprefix("tls://").rpartition(":")
    running.address = f"tls://{LOOPBACK}:{await _tunnel(running, first, host.strip('[]'), int(port))}"
    dashboard = told.get("services", {}).get("dashboard")
    if dashboard:
        running.dashboard_port = await _tunnel(running, first, LOOPBACK, int(dashboard))
    crew.say(first.name, f"the scheduler runs, at {running.private_address}")


async def _until_ready(first: Hand, scheduler: Talk) -> dict[str, Any]:
    """What the scheduler says of itself once it listens."""
    try:
        while True:
            event = await scheduler.told(_SCHEDULER_S)
            if isinstance(event, dict) and "ready" in event:
                return dict(event["ready"])
            if isinstance(event, dict) and "ended" in event:
                raise TalkError(scheduler.last_words)
    except TalkError as error:
        raise ClusterError(
            f"No cluster: the scheduler did not start on {first.name}: {error}.", "Name another machine first."
        ) from None


async def _tunnel(running: Running, first: Hand, host: str, port: int) -> int:
    """A port here that leads there. Raises ClusterError where the machine lets nothing through."""
    try:
        _, writer = await first.connection.open_connection(host, port)
        writer.close()
        listener = await first.connection.forward_local_port(LOOPBACK, 0, host, port)
    except (asyncssh.Error, OSError) as error:
        raise ClusterError(
            f"No cluster: {first.name} leads nothing through its SSH connection: {error}.",
            "Its sshd has to allow it (AllowTcpForwarding yes); or name another machine first.",
        ) from None
    running.stack.callback(listener.close)
    return int(listener.get_port())


async def _workers(crew: Crew, running: Running, security: Security) -> None:
    """Start a worker on each; one that ends by itself, or doesn't come in time, is left out."""

    async def start(hand: Hand) -> None:
        argv = [
            *("-m", "distributed.cli.dask_worker", running.private_address, "--protocol", "tls"),
            *("--host", hand.host, "--name", hand.name, "--nthreads", str(hand.share.threads)),
            *("--memory-limit", str(hand.share.memory), "--no-dashboard", "--death-timeout", f"{_DEATH_S}s"),
            *("--local-directory", ".", *_TLS),
        ]
        running.workers[hand.name] = await _guarded(hand, argv, security)

    await crew.each(start)
    args = security.get_connection_args("client")
    async with rpc(running.address, connection_args=args) as scheduler, asyncio.timeout(_WORKERS_S) as until:
        await crew.each(partial(_registered, running=running, scheduler=scheduler, until=until))


async def _registered(hand: Hand, *, running: Running, scheduler: Any, until: asyncio.Timeout) -> None:
    """Wait until the scheduler knows its worker."""
    talk = running.workers[hand.name]
    ends = until.when() or 0.0
    while not talk.over.done() and asyncio.get_running_loop().time() + _POLL_S < ends:
        told = await scheduler.identity()
        if any(worker["name"] == hand.name for worker in told["workers"].values()):
            return
        await asyncio.sleep(_POLL_S)
    del running.workers[hand.name]
    talk.close()
    raise LeftOutError(f"its worker did not come: {talk.last_words}", "See it with %mist probe.")


async def _guarded(hand: Hand, argv: list[str], security: Security, ready: str | None = None) -> Talk:
    """A process there that ends with this connection; its files of TLS are its owner's alone."""
    files = {"ca.pem": security.tls_ca_file, "cert.pem": security.tls_worker_cert, "key.pem": security.tls_worker_key}
    task = {"argv": argv, "files": files, "ready": ready, "silence_s": SILENCE_S}
    return await Talk.start(hand.connection, hand.python.path if hand.python else "python3", "guard", task)
