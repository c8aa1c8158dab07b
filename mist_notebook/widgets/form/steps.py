"""The steps of a job, its log and its clock as HTML: marks and words, never a colour alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mist_notebook.ground.text import clean, escape_html
from mist_notebook.provision.snapshots import CANCELLED, FAILED, RUNNING, Snapshot
from mist_notebook.ssh.outcome import OK

if TYPE_CHECKING:
    from mist_notebook.records.model import Step

PLAN = {
    "validated": "check",
    "recorded": "record",
    "submitted": "request",
    "pending": "boot",
    "running": "up",
    "probed": "probe",
}
_LASTING = {"pending"}  # the others are over as soon as they are told of: the next one is under way
LOG_LINES = 8
_TEXT_LIMIT = 300
_STANDS = {RUNNING: "now", FAILED: "failed", CANCELLED: "given up"}
_MARKS = {"done": "✓", "now": "▸", "failed": "✗", "doubtful": "!", "given up": "–", "skipped": "–", "to come": "○"}


@dataclass(frozen=True)
class Row:
    """One step as it is shown: how it stands, in a word; its label; the second of the work it was over at."""

    how: str
    label: str
    seconds: float | None


def rows(job: Snapshot, now_s: float) -> list[Row]:
    """The steps of the plan, and whatever else there was, in order; `now_s` is how long the work has gone on."""
    last = {step.state: step for step in job.steps}
    order = [*PLAN, *(state for state in last if state not in PLAN)]
    reached = max((place for place, state in enumerate(order) if state in last), default=-1)
    under_way = reached if reached >= 0 and order[reached] in _LASTING else reached + 1
    ended = {state: _ended_s(state, order, job.steps) for state in _LASTING & {*last}}
    return [
        _row(job, state, last.get(state), place - under_way, now_s, ended.get(state))
        for place, state in enumerate(order)
    ]


def _ended_s(state: str, order: Sequence[str], steps: Sequence[Step]) -> float | None:
    """When a step that lasts was over: when one that stands behind it came."""
    later = order[order.index(state) + 1 :]
    return next((step.seconds for step in steps if step.state in later), None)


def _row(job: Snapshot, state: str, step: Step | None, after: int, now_s: float, ended_s: float | None) -> Row:
    """`after` is how many places behind the one that is, or was, under way it stands."""
    label, seconds = PLAN.get(state, state), step.seconds if step else None
    seconds = ended_s or seconds
    if after == 0 and job.state in _STANDS:
        return Row(_STANDS[job.state], label, now_s)
    if step is None:
        return Row("to come" if job.state == RUNNING and after > 0 else "skipped", label, None)
    is_doubtful = step.report is not None and step.report.outcome != OK
    return Row("doubtful" if is_doubtful else "done", label, seconds)


def steps(job: Snapshot, now_s: float) -> str:
    """The steps as a list."""
    items = "".join(_item(row) for row in rows(job, now_s))
    return f'<ol class="mist-steps" aria-label="Steps">{items}</ol>'


def _item(row: Row) -> str:
    when = "" if row.seconds is None else f"{row.seconds:.1f} s"
    kind = row.how.replace(" ", "-")
    current = ' aria-current="step"' if row.how == "now" else ""
    return (
        f'<li class="mist-step mist-step-{kind}"{current}><span class="mist-mark" aria-hidden="true">'
        f'{_MARKS[row.how]}</span><span class="mist-unseen">{row.how}: </span>{escape_html(row.label)}'
        f'<span class="mist-figure mist-quiet">{when}</span></li>'
    )


def log(job: Snapshot, more: Iterable[str] = ()) -> str:
    """The last lines of what was said, and `more` after them; it keeps its height while it runs."""
    said = [f"{step.seconds:7.1f} s  {step.state:<9}  {clean(step.message, _TEXT_LIMIT)}" for step in job.steps]
    lines = [*said, *(clean(line, _TEXT_LIMIT) for line in more)][-LOG_LINES:]
    live = " mist-log-live" if job.state == RUNNING else ""
    return f'<pre class="mist-log{live}" tabindex="0" aria-label="Log">{escape_lines(lines)}</pre>'


def escape_lines(lines: Iterable[str]) -> str:
    """Lines of foreign text for a `pre`."""
    return "\n".join(escape_html(line) for line in lines)


def clock(seconds: float) -> str:
    """ "0:42", "12:07", "1:02:03"."""
    whole = int(max(0.0, seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
