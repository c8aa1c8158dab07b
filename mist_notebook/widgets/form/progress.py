"""The live card of a job that makes a machine: its steps, what it has cost so far, and then the machine itself.

Everything stands in one widget tree, as Voila wants it. State is changed under a lock, on whatever thread learns of it;
one painter sets the traits, at most five times a second, and ends with the job.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mist_notebook.client.machines import cards
from mist_notebook.fleet import account
from mist_notebook.ground.errors import MistError
from mist_notebook.provision.snapshots import RUNNING
from mist_notebook.widgets.parts import shown_state
from mist_notebook.widgets.parts.machine_actions import MachineActions
from mist_notebook.widgets.parts.painter import Painter

from .progress_view import ProgressView

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.jobs import Job
    from mist_notebook.display.page import Page
    from mist_notebook.provision.snapshots import Snapshot
    from mist_notebook.records.model import MachineSpec, ProbeReport
    from mist_notebook.widgets.parts.record import Record

Now = Callable[[], datetime]


class ProgressCard:
    """The card of one job. `widget` is what a form puts into itself; `record` is kept up to date, if there is one.

    `line` is the `%mist create` line that does the same; `changed` is called once its machine is gone. `close` ends its
    threads, not the job.
    """

    def __init__(
        self,
        job: Job,
        backend: Backend,
        spec: MachineSpec,
        *,
        line: str = "",
        record: Record | None = None,
        now: Now | None = None,
        changed: Callable[[], object] = bool,
    ) -> None:
        self.job, self._changed = job, changed
        self._backend, self._spec, self._line, self._record = backend, spec, line, record
        self._now = now or (lambda: backend.adapter.now())
        self._lock = threading.Lock()
        self._snapshot = job.snapshot
        self._events: tuple[account.Event, ...] = ()
        self._machine: Machine | None = None
        self._is_stopping = False
        self._is_closed = False
        self._painter = Painter(self._draw, name=f"mist-card-{job.id}", is_live=self._is_live)
        self._actions = MachineActions(self._painter.poke, self._hear, reads=True)
        self._view = ProgressView(spec, job.id, self.stop_watching, self._actions.widget)
        self.widget = self._view.widget
        self._painter.paint_now()
        self._unwatch = job.watch(self._see)

    @property
    def snapshot(self) -> Snapshot:
        """The job as this card has it."""
        with self._lock:
            return self._snapshot

    @property
    def spec(self) -> MachineSpec:
        """What was asked for."""
        return self._spec

    @property
    def machine(self) -> Machine | None:
        """The machine, once the job has ended and there is one; also one that doesn't answer."""
        return self._actions.machine

    @property
    def report(self) -> ProbeReport | None:
        """The newest look at it."""
        return self._actions.report or account.report_of(self.snapshot)

    @property
    def login(self) -> str:
        """The line that logs in to it, where there is one."""
        return "" if self.machine is None else cards.login_line(self.machine)

    def page(self) -> Page:
        """The account as it stands: what the record shows."""
        with self._lock:
            snapshot, events = self._snapshot, self._events
        machine, seen = self.machine, self._actions.seen
        standing = shown_state.standing(machine, self.report, seen) if machine and seen else ()
        return account.account(
            snapshot,
            self._spec,
            self._line,
            report=self.report,
            events=events,
            login=self.login,
            standing=standing,
        )

    def stop_watching(self) -> None:
        """End the watching, and the job with it; what was asked for goes on."""
        with self._lock:
            self._is_stopping = True
        self.job.cancel()
        self._painter.poke()

    def focus(self) -> None:
        """Have the keyboard here, as the button that was pressed is gone."""
        self._view.focus()

    def look_again(self) -> None:
        """Something was done to a machine elsewhere: read this one, unless something is being done to it."""
        self._actions.look_again()

    def join(self) -> None:
        """Wait until the job has ended, nothing is being done any more, and all of it is drawn."""
        self.job.join()
        self._actions.join()
        self._painter.join()

    def close(self) -> None:
        """End what this card has running, and draw it a last time; the job goes on."""
        self._unwatch()
        self._actions.close()
        self._painter.close()
        with self._lock:
            self._is_closed = True
        self._painter.paint_now()

    def _see(self, snapshot: Snapshot) -> None:
        """A new state of the job, on the job's thread for it."""
        record = account.machine_of(snapshot) if snapshot.ended else None
        if record is not None:
            machine = self._backend.machine(record)
            self._actions.show(machine, mine=_is_mine(machine), report=account.report_of(snapshot))
        with self._lock:
            self._snapshot = snapshot
        self._painter.poke()

    def _hear(self, event: account.Event) -> None:
        with self._lock:
            self._events = (*self._events, event)
        self._painter.poke()
        if event.gone:
            self._changed()

    def _is_live(self) -> bool:
        return self.snapshot.state == RUNNING

    def _draw(self) -> None:
        """On the painter alone."""
        snapshot = self.snapshot
        until = snapshot.ended or self._now()
        with self._lock:
            is_stopping, is_closed, events = self._is_stopping, self._is_closed, self._events
        self._view.draw_figures(
            snapshot, (until - snapshot.started).total_seconds(), account.cost(snapshot, self._spec, until)
        )
        self._view.draw_state(snapshot, events, is_stopping=is_stopping, is_closed=is_closed)
        self._view.draw_machine(self.machine, self.report, is_gone=self._actions.is_gone, now=self._now)
        self._actions.draw()
        if self._record is not None:
            self._record.update(self.page())


def _is_mine(machine: Machine) -> bool:
    try:
        return machine.mine
    except MistError:
        return False  # then it takes its place in full, which is never wrong
