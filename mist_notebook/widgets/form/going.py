"""What a click on Create starts: one job for each machine, each once, whatever becomes of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .state.events import Ended, Event, Started, Told
from .state.facts import Verdict

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.jobs import Job
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.provision.snapshots import Snapshot
    from mist_notebook.records.model import MachineSpec, Step

Made = Callable[[Sequence[tuple["Job", "MachineSpec"]], "Backend"], object]


class Going:
    """The jobs of one operation. `made` is called with them once, `tell` with what a form has to know."""

    def __init__(self, session: Session, backend: Backend, *, tell: Callable[[Event], object], made: Made) -> None:
        self._session, self._backend, self._tell, self._made = session, backend, tell, made
        self._lock = threading.Lock()
        self._going: set[str] = set()

    def go(self, op: str, verdict: Verdict, how: Mapping[str, Any]) -> None:
        """Start them. Raises what keeps the first from being started; of another one the rest is told."""
        jobs = [(self._started(verdict.specs[0], how), verdict.specs[0])]
        try:
            jobs += [(self._started(spec, how), spec) for spec in verdict.specs[1:]]
        except RuntimeError as error:  # no thread more is to be had
            self._tell(Told("name", f"Not all of {len(verdict.specs)} were asked for: {error}. See %mist machines."))
        self._going = {job.id for job, _ in jobs}
        try:
            self._made(jobs, self._backend)
        finally:
            self._tell(Started(op))
        for job, _ in jobs:
            job.watch(partial(self._followed, op))

    def _started(self, spec: MachineSpec, how: Mapping[str, Any]) -> Job:
        backend = self._backend
        return self._session.jobs.start(
            spec.name,
            partial(backend.provision, spec, **how),
            result=_machine_of(backend),
            backend=backend.record,
            now=backend.adapter.now,
        )

    def _followed(self, op: str, snapshot: Snapshot) -> None:
        """What the session is to know as soon as it is so, and that the last of the jobs has ended."""
        record = next((step.machine for step in reversed(snapshot.steps) if step.machine), None)
        if record is not None:
            self._session.remember(self._backend, record)
        if not snapshot.ended:
            return
        with self._lock:
            self._going.discard(snapshot.id)
            is_over = not self._going
        if is_over:
            self._tell(Ended(op))


def _machine_of(backend: Backend) -> Callable[[Step], Any]:
    """What waiting for the job gives: the machine of its last step."""
    return lambda step: backend.machine(step.machine) if step.machine else None
