"""Many machines at once: a look at each, or a script on each. What keeps one from being asked is no harm to the others.

The kernel's thread waits and is told lines as they come; an interrupt there ends the connections.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

from mist_notebook.client.machines.machine import Machine
from mist_notebook.client.machines.prober import Prober
from mist_notebook.client.machines.young import how_young
from mist_notebook.ground.errors import MistError, ProbeError
from mist_notebook.ground.stopping import stoppable
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.outcome import AUTH, HUNG, REFUSED, TIMEOUT, UNREACHABLE
from mist_notebook.ssh.probing import probe
from mist_notebook.ssh.scripts import remote
from mist_notebook.ssh.target import Target

_MOST_AT_ONCE = 32
_DOWN = {"stopped": "Start it first: %mist start NAME.", "terminated": "It is gone: see %mist machines."}
_NOT_YET = (REFUSED, TIMEOUT, UNREACHABLE, HUNG, AUTH)

Way = tuple[Target, Any]
Say = Callable[[str, remote.Line], None]


@dataclass(frozen=True)
class Wish:
    """As whom, where and by which way machines are asked; `None` is what is usual."""

    user: str | None = None
    key_name: str | None = None
    port: int | None = None
    via: str | None = None
    host: str | None = None


def look_at(prober: Prober, machines: Sequence[Machine], wish: Wish = Wish()) -> list[ProbeReport | MistError]:
    """A look at each, all at once, in their order; an error stands where a machine can't be asked."""
    found: dict[int, ProbeReport | MistError] = {}
    ways: dict[int, Way] = {}
    through_mist: list[int] = []
    for place, machine in enumerate(machines):
        try:
            refuse_down(machine)
            if prober.goes_by_ssh(machine, wish.key_name, wish.via, wish.host):
                ways[place] = prober.way(machine, wish.key_name, wish.user, wish.port, wish.host)
            else:
                through_mist.append(place)
        except MistError as error:
            found[place] = error
    with _Pool() as pool:
        asked = {place: pool.submit(_through_mist, prober, machines[place]) for place in through_mist}
        reports = _over_ssh(prober, list(ways.values()), alone=len(machines) == 1)
        for place, report in zip(ways, reports, strict=True):
            found[place] = marked = prober.marked(report, machines[place], wish.key_name)
            if prober.is_a_try(machines[place], wish.key_name, wish.via, wish.host):
                asked[place] = pool.submit(prober.or_through_mist, marked, machines[place])
        found |= {place: answer.result() for place, answer in asked.items()}
    return [found[place] for place in range(len(machines))]


def run_on(
    prober: Prober,
    machines: Sequence[Machine],
    script: str,
    wish: Wish = Wish(),
    *,
    timeout_s: float | None = None,
    say: Say = lambda _name, _line: None,
) -> list[remote.RunResult | MistError]:
    """The script on each, all at once; `say` hears each line on the caller's thread. Gives as `look_at` does."""
    found: dict[int, remote.RunResult | MistError] = {}
    ways: dict[int, Way] = {}
    for place, machine in enumerate(machines):
        try:
            refuse_down(machine)
            ways[place] = prober.way(machine, wish.key_name, wish.user, wish.port, wish.host)
        except MistError as error:
            found[place] = error
    if ways:
        limits = remote.RunLimits() if timeout_s is None else remote.RunLimits(script_s=timeout_s)
        results = _streamed(prober, list(ways.values()), script, limits, say)
        found |= {place: _aged(machines[place], result) for place, result in zip(ways, results, strict=True)}
    return [found[place] for place in range(len(machines))]


def _aged(machine: Machine, result: remote.RunResult) -> remote.RunResult:
    """The result, with a word on the age of a machine that wasn't reached."""
    if result.outcome not in _NOT_YET:
        return result
    young = how_young(machine, datetime.now(UTC))
    return replace(result, hint=f"{young} If that lasts: {result.hint}") if young else result


def refuse_down(machine: Machine) -> None:
    """Raise ProbeError for one that is stopped or gone: nothing answers there."""
    hint = _DOWN.get(machine.state)
    if hint:
        raise ProbeError(f"'{machine.name}' is {machine.state}: nothing answers there.", hint)


def _over_ssh(prober: Prober, ways: Sequence[Way], *, alone: bool) -> list[ProbeReport]:
    """One look at each; more round trips are timed where there is only one."""
    if not ways:
        return []
    keys = {target.machine_id: key for target, key in ways}
    targets = [target for target, _ in ways]
    limits = probe.LIMITS if alone else probe.FLEET
    work = probe.probe_many(targets, key_of=lambda one: keys[one.machine_id], pins=prober.pins, limits=limits)
    return prober.loop.run(stoppable(work))


def _streamed(
    prober: Prober, ways: Sequence[Way], script: str, limits: remote.RunLimits, say: Say
) -> list[remote.RunResult]:
    keys = {target.machine_id: key for target, key in ways}
    heard: SimpleQueue[tuple[str, remote.Line] | None] = SimpleQueue()
    work = remote.run_many(
        [target for target, _ in ways],
        script,
        key_of=lambda one: keys[one.machine_id],
        pins=prober.pins,
        limits=limits,
        on_line=lambda target, line: heard.put((target.label, line)),
    )
    results = prober.loop.submit(work)
    results.add_done_callback(lambda _: heard.put(None))
    try:
        while (said := heard.get()) is not None:
            say(*said)
        return results.result()
    finally:
        results.cancel()


def _through_mist(prober: Prober, machine: Machine) -> ProbeReport | MistError:
    try:
        return prober.through_mist(machine)
    except MistError as error:
        return error


class _Pool:
    """Threads for questions to servers; an interrupt ends the waiting, not the threads."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_MOST_AT_ONCE, "mist-probe")

    def __enter__(self) -> _Pool:
        return self

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        return self._pool.submit(work, *given)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(wait=kind is None, cancel_futures=True)
