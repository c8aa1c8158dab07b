"""One row of a frame of probes, runs or jobs: a machine beside what became of asking it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import MistError

if TYPE_CHECKING:
    from datetime import datetime

    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.provision.snapshots import Snapshot
    from mist_notebook.records.model import ProbeReport
    from mist_notebook.ssh.scripts.remote import RunResult

NOT_ASKED = "not-asked"


def probe_row(machine: Machine, report: ProbeReport | MistError) -> SimpleNamespace:
    """A look at a machine; `not-asked` is no outcome of a look, but says that there was none."""
    from msgspec import structs

    from mist_notebook.records.model import ProbeReport

    if isinstance(report, MistError):
        unknown = dict.fromkeys((*ProbeReport.__struct_fields__, "disk_gb", "disk_used_gb"))
        told = {"outcome": NOT_ASKED, "detail": report.message, "hint": report.hint or None}
        return SimpleNamespace(**unknown | told | {"id": machine.id, "name": machine.name})
    return SimpleNamespace(
        **structs.asdict(report)
        | {
            "id": machine.id,
            "name": machine.name,
            "disk_gb": _sum(disk.size_gb for disk in report.disks),
            "disk_used_gb": _sum(disk.used_gb for disk in report.disks),
            "probed_at": _naive(report.probed_at),
            "detail": report.detail or None,
            "hint": report.hint or None,
        }
    )


def run_row(machine: Machine, result: RunResult | MistError) -> SimpleNamespace:
    """A script on a machine."""
    named = {"id": machine.id, "name": machine.name}
    if isinstance(result, MistError):
        told: dict[str, Any] = {"detail": result.message, "hint": result.hint or None, "outcome": NOT_ASKED}
        unknown = dict.fromkeys(("exit_code", "seconds", "lines", "stdout", "stderr", "host"))
        return SimpleNamespace(**named, **unknown, **told)
    return SimpleNamespace(
        **named,
        exit_code=result.exit_code,
        seconds=result.seconds,
        lines=len(result.lines),
        outcome=result.outcome,
        stdout=result.stdout,
        stderr=result.stderr,
        host=result.host or None,
        detail=result.detail or None,
        hint=result.hint or None,
    )


def job_row(job: Snapshot) -> SimpleNamespace:
    """A job as it stands."""
    return SimpleNamespace(
        id=job.id,
        name=job.name,
        state=job.state,
        step=job.step or None,
        fraction=job.fraction,
        seconds=job.seconds,
        started=_naive(job.started),
        ended=_naive(job.ended),
        message=job.message or None,
    )


def _sum(figures: Any) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _naive(time: datetime | None) -> datetime | None:
    from datetime import UTC

    return None if time is None else time.astimezone(UTC).replace(tzinfo=None, microsecond=0)
