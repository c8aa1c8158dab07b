"""SSH in, read a machine's vital signs, get out: a `ProbeReport` for whatever happens.

One script, one key, at most `Limits.total_s` seconds and `Limits.output_bytes` bytes. Every outcome is a report; what
raises is what a person must mend first: a key or a file of host keys that can't be used (ProbeError).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncssh
from msgspec import structs

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ground.text import clean
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh import reach
from mist_notebook.ssh.command import run_command
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.keys.agent import LoginKey
from mist_notebook.ssh.login import Login, login
from mist_notebook.ssh.outcome import AUTH, HUNG, REFUSED, TIMEOUT, UNREACHABLE, OutcomeError
from mist_notebook.ssh.reach import Place
from mist_notebook.ssh.target import Clock, Limits, Target
from mist_notebook.ssh.turn import Slots, Turn

from . import script as probe_script
from .answer import Answer

LIMITS = Limits()
FLEET = replace(LIMITS, round_trips=1)
CLOCK = Clock()
_BOOTING = (REFUSED, TIMEOUT, UNREACHABLE, HUNG, AUTH)


KeyOf = Callable[[Target], LoginKey]


@dataclass(frozen=True)
class Patience:
    """How long to look again while a machine boots: `within_s` in all, pauses from `pause_s` growing to `longest_s`.

    Keys come last in a boot: a login that is refused is looked at again too, with pauses up to `longest_refused_s`, as
    refusals are counted there; no more than `refusals` times, where a number is given. As another user it is tried at
    a few refusals alone.
    """

    within_s: float = 300.0
    pause_s: float = 1.0
    longest_s: float = 10.0
    longest_refused_s: float = 15.0
    refusals: int | None = None
    others_at: tuple[int, ...] = (3, 6, 12)

    def after(self, pause_s: float, *, may_count: bool) -> float:
        """The pause that follows one, longer than it; `may_count` where a look may count as a refused login there."""
        return min(pause_s * 1.5, self.longest_refused_s if may_count else self.longest_s)


async def probe(
    target: Target,
    *,
    key: LoginKey,
    pins: HostKeys,
    limits: Limits = LIMITS,
    slots: Slots | None = None,
    clock: Clock = CLOCK,
) -> ProbeReport:
    """One look. Raises ProbeError if the pinned host keys can't be read; then nothing was connected."""
    pins.load()
    report, _ = await _look(target, key, pins, Turn(limits, slots or Slots(), clock))
    return _with_note(report, await saved(pins))


async def probe_many(
    targets: Sequence[Target],
    *,
    key_of: KeyOf,
    pins: HostKeys,
    limits: Limits = FLEET,
    slots: Slots | None = None,
    clock: Clock = CLOCK,
    on_report: Callable[[Target, ProbeReport], None] = lambda _target, _report: None,
) -> list[ProbeReport]:
    """One look at each, all at once as far as the slots go; the reports in the targets' order.

    `on_report` is called as each one comes, on the loop's thread. Raises as `probe` does.
    """
    pins.load()
    slots = slots or Slots()

    async def one(target: Target) -> ProbeReport:
        report, _ = await _look(target, key_of(target), pins, Turn(limits, slots, clock))
        on_report(target, report)
        return report

    note = ""
    try:
        reports = await together([one(target) for target in targets])
    finally:
        note = await saved(pins)
    return [_with_note(report, note) for report in reports]


async def probe_when_up(
    target: Target,
    *,
    key: LoginKey,
    pins: HostKeys,
    patience: Patience = Patience(),
    on_look: Callable[[int, ProbeReport], None] = lambda _number, _report: None,
    on_wait: Callable[[ProbeReport], None] = lambda _report: None,
    limits: Limits = LIMITS,
    clock: Clock = CLOCK,
) -> ProbeReport:
    """Look until it is up, or until looking again can't help, or the patience ends: the last report.

    `on_look(1, report)` and so on is called after each look, `on_wait(report)` where another will follow, both on the
    loop's thread. Cancelling ends it at once.
    """
    slots = Slots()
    until = clock.seconds() + patience.within_s
    pause_s, refused = patience.pause_s, 0
    number = 0
    while True:
        number += 1
        pins.load()
        tries_others = refused + 1 in patience.others_at
        turn = Turn(limits, slots, clock)
        report, is_certain = await _look(target, key, pins, turn, tries_others=tries_others)
        report = _with_note(report, await saved(pins))
        on_look(number, report)
        is_refused = report.outcome == AUTH
        refused += is_refused
        is_over = is_certain or (patience.refusals is not None and refused > patience.refusals)
        if report.outcome not in _BOOTING or is_over or clock.seconds() + pause_s > until:
            return report
        on_wait(report)
        await clock.sleep(pause_s)
        pause_s = patience.after(pause_s, may_count=is_refused)


async def together(work: Sequence[Any]) -> list[Any]:
    """All results, in order; the first error ends the others and is raised as it is."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _look(
    target: Target, key: LoginKey, pins: HostKeys, turn: Turn, *, tries_others: bool = True
) -> tuple[ProbeReport, bool]:
    """The report, and whether looking again is sure to give the same.

    A machine that takes the key only to name another user is looked at as that one, if it is one of those to try.
    """
    first = target if tries_others else replace(target, other_users=())
    report, is_certain, named = await _look_once(first, key, pins, turn)
    if named in target.other_users:
        report, is_certain, _ = await _look_once(replace(target, user=named, other_users=()), key, pins, turn)
    return report, is_certain


async def _look_once(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> tuple[ProbeReport, bool, str]:
    """One look, and the user that the machine itself named."""
    began = turn.clock.now()
    found: dict[str, Any]
    is_certain = False
    place: Place | None = None
    try:
        async with login(target, key, pins, turn) as made:
            place = made.place
            found = {"host": place.host, "user": made.user, "tried": made.tried, "connect_ms": made.connect_ms}
            found |= await _asked(made, turn)
    except OutcomeError as trouble:
        found = {"outcome": trouble.outcome, "detail": trouble.detail, "hint": trouble.hint, "tried": trouble.tried}
        found["host"] = trouble.host or target.host
        is_certain = trouble.is_certain
    connect_ms = found.pop("connect_ms", None)
    is_certain = found.pop("is_certain", is_certain)
    named = found.pop("named", "")
    if place is not None and place.is_direct and connect_ms is not None:
        found |= await _round_trips(place, connect_ms, turn)
    found = {"user": target.user} | found
    report = ProbeReport(port=target.port, via="ssh", probed_at=began, seconds=turn.spent_s, **found)
    return report, is_certain, named


async def _asked(made: Login, turn: Turn) -> dict[str, Any]:
    """Run the script, and hear it until its end, or ours."""
    answer = Answer(turn.limits.output_bytes)
    command_s = turn.limits.command_s
    why = ""
    try:
        async with asyncio.timeout(command_s):
            await run_command(made.connection, probe_script.SCRIPT, hear=answer.hear)
    except TimeoutError:
        why = f"The probe's commands did not end in {command_s:.3g} s."
    except asyncssh.ChannelOpenError as error:
        answer.refusal = clean(str(error), 160)
    except (asyncssh.Error, OSError) as error:
        why = f"The connection was lost amid the probe's commands ({clean(str(error), 160)})."
    return answer.read(why)


async def _round_trips(place: Place, connect_ms: float, turn: Turn) -> dict[str, float]:
    """The first connect's time, and a few more's, through the same door as the login: sshd counts them as logins."""
    times_ms: list[float] = [connect_ms]
    lost = 0
    for _ in range(turn.limits.round_trips - 1):
        try:
            async with turn.slot(turn.slots.door(place.door)):
                sock, took_ms = await reach.tcp(place, turn.limits, turn.clock)
                sock.close()
            times_ms.append(took_ms)
        except OutcomeError:
            lost += 1
    return {
        "rtt_min_ms": min(times_ms),
        "rtt_avg_ms": sum(times_ms) / len(times_ms),
        "rtt_max_ms": max(times_ms),
        "loss_percent": 100.0 * lost / (lost + len(times_ms)),
    }


async def saved(pins: HostKeys) -> str:
    """Save new pins; why that failed, as a note: the reports are worth more than the pins."""
    try:
        await asyncio.to_thread(pins.save)
    except ProbeError as error:
        return f"{error.message} The next probe can't tell whether the host key changed."
    return ""


def _with_note(report: ProbeReport, note: str) -> ProbeReport:
    return structs.replace(report, detail=f"{report.detail} {note}".strip()) if note else report
