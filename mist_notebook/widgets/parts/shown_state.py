"""What a card has to say of a machine that is off: that it may still cost, and that its probe is of before."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mist_notebook.display.cards import moment

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.records.model import ProbeReport

OFF = {"stopping", "stopped", "suspended", "paused"}
_COSTS = {
    True: "it goes on costing the same, until it is destroyed",
    False: "its processor and memory cost nothing; its disk and address may",
    None: "it may go on costing: most clouds bill it until it is destroyed",
}


def cost_while_off(machine: Machine) -> str:
    """What it costs while it is off; empty where it isn't."""
    return _COSTS[machine.hands.adapter.billed_when_stopped] if machine.state in OFF else ""


def standing(machine: Machine, report: ProbeReport | None, seen: datetime) -> tuple[tuple[str, str], ...]:
    """How a machine stands, in words that stay true where nothing changes them any more: moments, and no age."""
    probed = report.probed_at if report is not None else None
    off = machine.state in OFF
    before = f"looked at {moment(probed)}, {'before it was off' if off else 'when it was in another state'}"
    is_old = probed is not None and probed < seen
    return (
        ("state", f"{machine.state}, as of {moment(seen)}"),
        ("while it is off", cost_while_off(machine)),
        ("the probe", before if is_old else ""),
        ("expires", moment(machine.record.expires)),
    )


def looked_at(report: ProbeReport, state: str, now: datetime) -> str:
    """When it was looked at, how long ago that is, and whether it has been off since."""
    probed = report.probed_at
    if probed is None:
        return ""
    since = ", before it was off" if state in OFF else ""
    return f"{moment(probed)}, {_ago((now - probed).total_seconds())} ago{since}" if since else moment(probed)


def _ago(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(0, int(seconds))} s"
