"""The account of one provision: what was asked, what it cost, its steps, the probe, and the line to repeat it.

Pure: a page of what is given, for the static output that a saved notebook keeps. It holds no figure that ticks, so
that two pages are equal until something has happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mist_notebook.display.cards import moment
from mist_notebook.display.page import Page, Section
from mist_notebook.ground.errors import JournalError
from mist_notebook.ground.text import NAME_LIMIT, clean
from mist_notebook.provision import guard, receipt
from mist_notebook.provision.costs import price_of
from mist_notebook.provision.snapshots import CANCELLED, DONE, FAILED, RUNNING, Snapshot
from mist_notebook.ssh.probing.facts import facts as probe_facts

if TYPE_CHECKING:
    from mist_notebook.records.model import Machine, MachineSpec, ProbeReport, Step

NOT_YET = (
    "No machine had been made here when this was saved."  # a page that was reloaded gets no news of what came after
)
NO_KERNEL = "This form needs a running kernel: run the cell again."
_NOT_SENT = ("validated", "recorded")
_CLOCK_SKEW = timedelta(minutes=10)
_HOUR_S = 3600.0
_TEXT_LIMIT = 2000
_MOST_STEPS = 60
_MOST_EVENTS = 20
_AGAIN = "To do it again, or to find the same machine while that exists"
_ENDS = {DONE: "done", FAILED: "failed", CANCELLED: "no longer watched", RUNNING: "under way"}


@dataclass(frozen=True)
class Event:
    """What was done to the machine afterwards, and when; `gone` if nothing is left of it."""

    time: datetime
    text: str
    gone: bool = False


def waiting(line: str = "", *, sandbox: bool, what: str = NO_KERNEL) -> Page:
    """What stands in a saved notebook while nothing has happened yet."""
    mark = "SANDBOX · " if sandbox else ""
    said = Section(f"{mark}{NOT_YET}", lines=(what,))
    return Page((said, *_typed("The line that does the same", line)))


def account(
    snapshot: Snapshot | None,
    spec: MachineSpec | None,
    line: str = "",
    *,
    report: ProbeReport | None = None,
    events: Sequence[Event] = (),
    login: str = "",
    standing: Sequence[tuple[str, str]] = (),
) -> Page:
    """The whole account; without a snapshot or a spec, that nothing has happened yet.

    `report` is the newest probe, where there was one after the steps; `events` is what came after them; `login` the
    line that logs in; `standing` how the machine stands by now, where that is another state than the steps ended with.
    """
    if snapshot is None or spec is None:
        return waiting(line, sandbox=bool(spec and spec.backend.sandbox))
    probed = report or report_of(snapshot)
    machine = machine_of(snapshot)
    return Page(
        (
            Section(_title(snapshot, spec, events), facts=_bounded(_became(snapshot, spec, events))),
            *(() if _is_gone(events) else _told("As it was last seen", standing)),
            Section("What was asked", facts=_bounded(receipt.asked([spec]))),
            *_told(_heading(snapshot), _steps(snapshot)),
            *_told("The probe", _found(probed, machine) if probed else ()),
            *_told("Since then", tuple((moment(event.time), event.text) for event in events[-_MOST_EVENTS:])),
            *(() if _is_gone(events) else _typed("Log in", login)),
            Section(_AGAIN, lines=(NO_KERNEL,), typed=line),
        )
    )


def machine_of(snapshot: Snapshot) -> Machine | None:
    """The machine as the last step that knew it saw it."""
    return next((step.machine for step in reversed(snapshot.steps) if step.machine), None)


def report_of(snapshot: Snapshot) -> ProbeReport | None:
    """The newest probe of its steps."""
    return next((step.report for step in reversed(snapshot.steps) if step.report), None)


def asked_at(snapshot: Snapshot) -> datetime | None:
    """Since when it may cost: when it was asked for, or made if that was long before; `None` if nothing was sent."""
    sent = next((step for step in snapshot.steps if step.state not in _NOT_SENT), _on_its_way(snapshot))
    if sent is None:
        return None
    asked = snapshot.started + timedelta(seconds=sent.seconds)
    created = sent.machine.created if sent.machine else None
    return created if created is not None and created < asked - _CLOCK_SKEW else asked


def cost(snapshot: Snapshot, spec: MachineSpec, until: datetime) -> str:
    """What it has cost by then: the price times the time since it was asked for."""
    since, hourly = asked_at(snapshot), guard.usd_per_hour(price_of(spec))
    if since is None:
        return "nothing: nothing was sent"
    if hourly is None:
        return "unknown: no price is known for this size"
    example = " (an example price)" if spec.backend.sandbox else ""
    in_doubt = ", if it exists" if snapshot.ended and machine_of(snapshot) is None else ""
    return f"{hourly * max(0.0, (until - since).total_seconds()) / _HOUR_S:.4f} USD{in_doubt}{example}"


def _on_its_way(snapshot: Snapshot) -> Step | None:
    """The step before the request, where that has left by now, and what became of it is not known."""
    last = snapshot.steps[-1] if snapshot.steps else None
    is_sent = snapshot.state in (RUNNING, FAILED) and not isinstance(snapshot.error, JournalError)
    return last if last is not None and last.state == "recorded" and is_sent else None


def _title(snapshot: Snapshot, spec: MachineSpec, events: Sequence[Event]) -> str:
    mark = "SANDBOX · " if spec.backend.sandbox else ""
    end = "gone" if _is_gone(events) else _ENDS.get(snapshot.state, snapshot.state)
    return f"{mark}{clean(spec.name, NAME_LIMIT)} at {clean(spec.backend.name, NAME_LIMIT)}: {end}"


def _found(report: ProbeReport, machine: Machine | None) -> tuple[tuple[str, str], ...]:
    """What the probe found, but for what stands above already."""
    above = _addresses(machine)
    facts = tuple(fact for fact in probe_facts(report) if fact not in above)
    return (*facts, ("looked at", moment(report.probed_at)))


def _addresses(machine: Machine | None) -> tuple[tuple[str, str], ...]:
    return (
        ("public addresses", ", ".join(machine.public_ips) if machine else ""),
        ("private addresses", ", ".join(machine.private_ips) if machine else ""),
    )


def _is_gone(events: Sequence[Event]) -> bool:
    return any(event.gone for event in events)


def _last_moment(snapshot: Snapshot, events: Sequence[Event]) -> datetime:
    """Up to when this account reaches."""
    last_step = snapshot.started + timedelta(seconds=snapshot.steps[-1].seconds if snapshot.steps else 0.0)
    return max([snapshot.ended or last_step, *(event.time for event in events)])


def _became(snapshot: Snapshot, spec: MachineSpec, events: Sequence[Event]) -> tuple[tuple[str, str], ...]:
    """What became of it, what it cost, and what may be running."""
    machine, error, until = machine_of(snapshot), snapshot.error, _last_moment(snapshot, events)
    return (
        ("error" if snapshot.state == FAILED else "note", error.message if error else ""),
        ("next", error.hint if error else ""),
        ("machine", f"{machine.name} ({machine.id})" if machine else ""),
        *_addresses(machine),
        ("started", moment(snapshot.started)),
        ("took", "" if snapshot.seconds is None else f"{snapshot.seconds:.1f} s"),
        *receipt.money([spec]),
        ("cost so far", f"{cost(snapshot, spec, until)}, until {moment(until)}"),
        ("it goes on", "" if snapshot.ended else "What you asked for goes on without this notebook: %mist machines"),
    )


def _heading(snapshot: Snapshot) -> str:
    left_out = max(0, len(snapshot.steps) - _MOST_STEPS)
    return "Steps" + (f" (the first {left_out} are left out)" if left_out else "")


def _steps(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    return tuple((f"{step.seconds:.1f} s {step.state}", step.message) for step in snapshot.steps[-_MOST_STEPS:])


def _bounded(facts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, clean(text, _TEXT_LIMIT)) for label, text in facts if text)


def _told(title: str, facts: Sequence[tuple[str, str]]) -> tuple[Section, ...]:
    return (Section(title, facts=_bounded(facts)),) if facts else ()


def _typed(title: str, line: str) -> tuple[Section, ...]:
    return (Section(title, typed=line),) if line else ()
