"""Machines that were just made, and may still be booting: what to say of a look that found nothing yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.outcome import KEY_CHANGED, KEY_UNKNOWN, OK
from mist_notebook.ssh.probing.facts import duration

if TYPE_CHECKING:
    from .machine import Machine

_YOUNG_S = 600.0
_CLOCKS_APART_S = 300.0


def hint_of(report: ProbeReport, machine: Machine) -> str:
    """What to try next; a machine that was just made needs time before anything else."""
    if report.outcome in (OK, KEY_CHANGED, KEY_UNKNOWN):
        return report.hint
    young = how_young(machine, report.probed_at)
    if not young or report.via == "mist":
        return young or report.hint
    return f"{young} If that lasts: {report.hint}"


def how_young(machine: Machine, at: datetime) -> str:
    """A sentence for a machine that may still be booting by then; "" for an older one."""
    born = machine.record.created or _asked_for(machine)
    age_s = None if born is None else (at - born).total_seconds()
    if age_s is None or not -_CLOCKS_APART_S < age_s < _YOUNG_S:
        return ""
    return f"It was made {duration(max(0.0, age_s))} ago, and may still be booting: try again in a minute."


def _asked_for(machine: Machine) -> datetime | None:
    kept = machine.journal_record
    said = kept.times.get("sent") or kept.times.get("intent") if kept else None
    return datetime.fromisoformat(said) if said else None
