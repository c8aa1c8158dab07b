"""How a progress card looks: its widgets, set only where something differs. Knows no job, and no thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from mist_notebook.client.machines import cards
from mist_notebook.fleet import account
from mist_notebook.ground import moments
from mist_notebook.ground.text import escape_html
from mist_notebook.provision.snapshots import CANCELLED, DONE, FAILED, RUNNING
from mist_notebook.ssh.probing.facts import facts as probe_facts
from mist_notebook.widgets.parts import shown_state, style
from mist_notebook.widgets.parts.front_end import focus
from mist_notebook.widgets.parts.small import Copy, Said

from . import steps

if TYPE_CHECKING:
    from datetime import datetime

    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.provision.snapshots import Snapshot
    from mist_notebook.records.model import MachineSpec, ProbeReport

_BARS = {RUNNING: "info", DONE: "success", FAILED: "danger", CANCELLED: "warning"}
_STOPPING = "Watching ends after this step. What you asked for goes on, and may cost money."
_CLOSED = "Its session is closed, so nothing on this card works any more."
_BUSY = (
    "It goes on by itself: interrupting the kernel doesn't end it. On some kernels a button can't answer while a cell "
    "runs; %mist cancel {job} stops the watching too."
)
_NOT_SHOWN = {"created", "made from here", "can"}


class ProgressView:
    """The widgets of one card."""

    def __init__(self, spec: MachineSpec, job_id: str, stop: Callable[[], object], actions: Any) -> None:
        self._spec = spec
        self._drawn: tuple[object, ...] = ()
        self._said = Said()
        self._message = style.markup("", "mist-progress-message")
        self._bar = ipywidgets.FloatProgress(max=1.0, layout=ipywidgets.Layout(width="auto", flex="1 1 192px"))
        self._bar.add_class("mist-progress-bar")
        self._figures = style.markup("", "mist-progress-figures")
        self._steps = style.markup("", "mist-progress-steps")
        self._log = style.markup("", "mist-progress-log")
        self._stop = ipywidgets.Button(
            description="Stop watching", tooltip="What you asked for goes on, and may cost money"
        )
        self._stop.add_class("mist-stop-watching")
        self._stop.on_click(lambda _button: stop())
        self._note = style.markup(style.message(_BUSY.format(job=job_id)), "mist-progress-note")
        self._watching = ipywidgets.HBox([self._stop, self._note])
        self._closed = style.markup("", "mist-progress-closed")
        self._machine = style.markup("", "mist-progress-machine")
        self._copies = {"address": Copy(description="Copy address"), "login": Copy(description="Copy ssh line")}
        self._copying = ipywidgets.HBox([*self._copies.values()], _dom_classes=["mist-copies"])
        self._copying.layout.display = "none"
        self._actions = actions
        self.widget = self._put_together()

    def _put_together(self) -> Any:
        title = f"{self._spec.name} at {self._spec.backend.name}"
        sandbox = self._spec.backend.sandbox
        self._head = head = style.markup(style.title(title, sandbox=sandbox), "mist-progress-title")
        work = ipywidgets.HBox([self._bar, self._figures])
        work.add_class("mist-progress-work")
        self._watching.add_class("mist-progress-watching")
        widget = style.root(
            head,
            self._said,
            self._message,
            work,
            self._steps,
            self._log,
            self._watching,
            self._closed,
            self._machine,
            self._copying,
            self._actions,
        )
        widget.add_class("mist-progress")
        return widget

    def focus(self) -> None:
        """Have the keyboard at what can be done while it goes on."""
        focus(self._stop)

    def draw_figures(self, job: Snapshot, seconds: float, cost: str) -> None:
        """What ticks: the time, the cost, the step that is under way."""
        took, paid = ("took", "cost by then") if job.ended else ("elapsed", "cost so far")
        self._figures.value = (
            f'<span class="mist-quiet">{took}</span> <span class="mist-figure">{steps.clock(seconds)}</span> '
            f'<span class="mist-quiet">· {paid}</span> <span class="mist-figure">{escape_html(cost)}</span>'
        )
        self._steps.value = steps.steps(job, seconds)
        self._bar.value = 1.0 if job.state == DONE else job.fraction
        self._bar.bar_style = "" if "mist-gone" in self.widget._dom_classes else _BARS.get(job.state, "")

    def draw_state(self, job: Snapshot, events: Sequence[account.Event], *, is_stopping: bool, is_closed: bool) -> None:
        """What is said of it, and the log."""
        is_running = job.state == RUNNING
        end = next((event.text for event in events if event.gone), "")
        if end:
            self._end()
        self._message.value = style.message(end) if end else _message(job, is_stopping=is_stopping and is_running)
        said = end or job.message
        self._said.text = f"{self._spec.name}: {said}" if said else ""
        self._log.value = steps.log(job, (f"{moments.time_of_day(event.time)}  {event.text}" for event in events))
        self._stop.disabled = is_stopping or not is_running
        self._watching.layout.display = "flex" if is_running and not is_closed else "none"
        self._closed.value = style.message(_CLOSED if is_closed else "")
        self._closed.layout.display = "block" if is_closed else "none"

    def _end(self) -> None:
        """Nothing is left of the machine: its card is grey, and says so."""
        title = f"{self._spec.name} at {self._spec.backend.name} · gone"
        self._head.value = style.title(title, sandbox=self._spec.backend.sandbox)
        self._bar.bar_style = ""
        self.widget.add_class("mist-gone")

    def draw_machine(
        self, machine: Machine | None, report: ProbeReport | None, *, is_gone: bool, now: Callable[[], datetime]
    ) -> None:
        """The machine and the last look at it, once there is one; asked for anew only where something changed."""
        drawn = (machine and machine.record, report, is_gone)
        is_ageing = machine is not None and machine.state in shown_state.OFF and not is_gone
        if drawn == self._drawn and not is_ageing:
            return
        self._drawn = drawn
        self._machine.layout.display = "block" if machine else "none"
        self._actions.layout.display = "flex" if machine else "none"
        if machine is not None:
            self._copying.layout.display = "none" if is_gone else "flex"
            self._machine.value = self._card(machine, report, is_gone=is_gone, now=now)

    def _card(self, machine: Machine, report: ProbeReport | None, *, is_gone: bool, now: Callable[[], datetime]) -> str:
        page = cards.machine_page(machine)
        line = next((section.typed for section in page.sections if section.typed), "")
        self._copies["login"].text = line
        self._copies["address"].text = next(iter((*machine.record.public_ips, *machine.record.private_ips)), "")
        known = dict(page.sections[0].facts) | self._as_asked()
        known |= {"state": "gone"} if is_gone else {"while it is off": shown_state.cost_while_off(machine)}
        shown = [(label, text) for label, text in known.items() if text and label not in _NOT_SHOWN]
        columns = f"<section><h4>Machine</h4>{style.facts(shown)}</section>"
        if report is not None:
            told = (fact for fact in probe_facts(report) if known.get(fact[0]) != fact[1])  # what isn't said twice
            found = (*told, ("looked at", shown_state.looked_at(report, machine.state, now())))
            columns += f"<section><h4>Probe</h4>{style.facts(found)}</section>"
        login = f"<h4>Log in</h4>{style.code(line)}" if line and not is_gone else ""
        return f'<div class="mist-columns">{columns}</div>{login}'

    def _as_asked(self) -> dict[str, str]:
        """Size, image and location in the provider's own words and ids, where the server tells ids of its own."""
        spec = self._spec
        asked = {"size": spec.size, "image": spec.image} | ({"location": spec.location} if spec.location else {})
        return {label: f"{thing.name} ({thing.id})" for label, thing in asked.items()}


def _message(job: Snapshot, *, is_stopping: bool) -> str:
    if is_stopping:
        return style.message(_STOPPING)
    if job.error is not None:
        said = " ".join(part for part in (job.error.message, job.error.hint) if part)
        return style.message(said, error=job.state == FAILED)
    ended = f" It took {job.seconds:.1f} s." if job.seconds is not None else ""
    return style.message(f"{job.message or 'It begins.'}{ended}")
