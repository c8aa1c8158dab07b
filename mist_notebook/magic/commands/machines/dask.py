"""`%mist dask`: machines as one Dask cluster, how it is, and its end."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, ClusterError, MistUsageError
from mist_notebook.ground.interrupted import doing
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, arranged
from mist_notebook.magic.commands.parts.choice import KEY, PORT, USER, chosen
from mist_notebook.magic.commands.table import Answer, Argument, command

from .act import looking, shown
from .follow import say

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.cluster.dask_object import MistCluster

_WORDS = ("up", "status", "down")


def _threads(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1024):
        raise BadValueError(f"'{brief(text)}' can't be a number of threads.", "Give 1 to 1024.")
    return int(text)


def _memory(text: str) -> int | None:
    from mist_notebook.cluster import raising

    return raising.bytes_of(text)


def _idle(text: str) -> float:
    from mist_notebook.cluster import raising

    return raising.idle_seconds(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


@command(
    "dask",
    Argument("what", "up with machines, status, or down", choices=_WORDS),
    Argument("machine", "the machines: name, id or BACKEND/ID", values="machine", many=True),
    Argument("--threads", "threads in each worker; without it one for each core", "N", read=_threads),
    Argument("--memory", "memory for each worker; without it what the probe sees", "2GB", read=_memory),
    Argument("--install", "install what is missing there, in an environment of its own", switch=True),
    Argument("--with", "with --install: also these packages of this notebook", "A,B", read=_names),
    Argument("--python", "use just this Python on the machines", "PATH"),
    Argument("--idle", "end after this long without work; 1h unless given", "TIME", read=_idle),
    Argument("--destroy", "with down: destroy the named machines too", switch=True),
    USER,
    KEY,
    PORT,
    *ARRANGE,
    OUTPUT,
    group="run",
    summary="turn machines into one Dask cluster that ends with this notebook; see how it is; end it",
    examples=(
        "client = %mist dask up team-1 team-2 team-3",
        "%mist dask up team-1 team-2 --install --with numpy,pandas",
        "%mist dask status",
        "%mist dask down",
        "%mist dask down --destroy team-1 team-2 team-3",
    ),
    returns="a distributed.Client, or frame",
)
def dask(session: Session, options: Namespace) -> Answer:
    act = {"up": _up, "status": _status, "down": _down}.get(options.what)
    if act is None:
        other = f", not '{brief(options.what)}'" if options.what else ""
        raise MistUsageError(
            f"dask takes up, status or down{other}.", "Such as: %mist dask up NAME NAME, %mist dask down"
        )
    return act(session, options)


def _up(session: Session, options: Namespace) -> Answer:
    from mist_notebook.cluster import looking as look
    from mist_notebook.cluster import raising
    from mist_notebook.cluster.member import Wish

    found = chosen(session, options.machine, what="dask up")
    standing = _standing(session)
    if standing is not None:
        return _again(standing, found.machines)
    wish = Wish(options.threads, options.memory, options.python, options.install, getattr(options, "with") or (),
                options.idle or 3600.0)  # fmt: skip
    login = raising.Login(options.user, options.key, options.port)
    with doing("Interrupted while the cluster was made.", "What had begun on the machines is ended. They go on."):
        cluster = raising.raised(found.machines, wish, login, say)
        client = cluster.client()
    session.page.keep(cluster)
    return Answer(client, (look.summary(cluster), *_dashboard(cluster)))


def _again(cluster: MistCluster, machines: Sequence[Machine]) -> Answer:
    """A second `up` with the same machines is the first one's client."""
    from mist_notebook.cluster import looking as look

    if {machine.name for machine in machines} - {machine.name for machine in cluster.machines}:
        names = ", ".join(machine.name for machine in cluster.machines)
        raise ClusterError(f"A cluster is up already, of {names}. Nothing was changed.", "First: %mist dask down")
    return Answer(cluster.client(), (f"It is up already: {look.summary(cluster)}", *_dashboard(cluster)))


def _status(session: Session, options: Namespace) -> Answer:
    from mist_notebook.cluster import looking as look
    from mist_notebook.frames import frames

    _refuse_machines(options, "status")
    cluster = _kept(session)
    if cluster is None:
        return Answer(None, ("No cluster is up: %mist dask up NAME …",))
    found = look.rows(cluster)
    backends = [machine.hands.adapter.info for machine, _ in found]
    frame = frames.rows("cluster", [row for _, row in found], backends)
    if cluster.is_over:
        notes: tuple[str, ...] = ("The cluster has ended: its scheduler is gone. The machines go on, and cost.",)
    else:
        notes = (look.summary(cluster), *_dashboard(cluster))
    return Answer(arranged(frame, options), notes)


def _down(session: Session, options: Namespace) -> Answer:
    if options.machine and not options.destroy:
        raise MistUsageError("down ends the whole cluster.", "Without names: %mist dask down")
    cluster = _kept(session)
    doomed = _doomed(cluster, options) if options.destroy else []
    if cluster is None:
        return Answer(None, ("No cluster is up: nothing was sent.",))
    session.page.drop(cluster)
    cluster.close()
    names = ", ".join(machine.name for machine in cluster.machines)
    for machine in doomed:
        with doing(
            f"Interrupted while {machine.name} was being destroyed.", "%mist machines shows how things are now."
        ):
            shown(machine.destroying(machine.name), wait=True)
    left = [machine.name for machine in cluster.machines if machine not in doomed]
    going = f" They go on, and cost: {', '.join(left)}." if left else ""
    return Answer(None, (f"The cluster of {names} has ended.{going}",))


def _doomed(cluster: MistCluster | None, options: Namespace) -> list[Machine]:
    """The machines of the cluster that are named, each exactly; nothing is sent before all are in order."""
    from mist_notebook.fleet import consent

    machines = {machine.name: machine for machine in cluster.machines} if cluster else {}
    if cluster is None:
        raise ClusterError("No cluster is up: nothing was destroyed.", "%mist destroy NAME --yes NAME ends a machine.")
    if not options.machine:
        raise MistUsageError("--destroy needs the names.", f"%mist dask down --destroy {' '.join(machines)}")
    for name in options.machine:
        if name not in machines:
            raise BadValueError(
                f"'{brief(name)}' is not in the cluster.", did_you_mean(name, list(machines), "machine")
            )
    doomed = [machines[name] for name in dict.fromkeys(options.machine)]
    for machine in doomed:
        with looking(machine.name):
            machine.refresh()
        consent.check(machine, consent.Said(machine.name, machine.name))
    return doomed


def _refuse_machines(options: Namespace, what: str) -> None:
    if options.machine:
        raise MistUsageError(f"{what} shows the whole cluster.", f"Without names: %mist dask {what}")


def _kept(session: Session) -> MistCluster | None:
    """The session's cluster, be it up or not; importing Dask only where there may be one."""
    import sys

    if "mist_notebook.cluster.dask_object" not in sys.modules:
        return None
    from mist_notebook.cluster.dask_object import MistCluster

    return next(iter(session.page.kept(MistCluster)), None)


def _standing(session: Session) -> MistCluster | None:
    """The one that is up; one that has ended by itself is put away."""
    cluster = _kept(session)
    if cluster is not None and cluster.is_over:
        session.page.drop(cluster)
        cluster.close()
        return None
    return cluster


def _dashboard(cluster: MistCluster) -> tuple[Any, ...]:
    return (f"Dashboard: {cluster.dashboard_link}",) if cluster.dashboard_link else ()
