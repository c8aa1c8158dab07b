"""Long work on worker threads: a `Job` to look at, to wait for and to cancel; `Jobs` are those of a session.

A job runs a generator of steps, the same one that a cell runs by itself. Who watches gets snapshots, the newest one and
at most five a second, on a thread of the job's own: set state there, and display nothing.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import MistError, ProvisionError, UnavailableError
from mist_notebook.ground.resolver import pick
from mist_notebook.ground.stopping import Stop, StoppedError, Worker
from mist_notebook.ground.text import clean
from mist_notebook.provision.snapshots import CANCELLED, DONE, FAILED, RUNNING, Snapshot, Watch

if TYPE_CHECKING:
    from collections.abc import Generator

    from mist_notebook.display.page import Page
    from mist_notebook.records.model import BackendInfo, Step

_NOTHING_SENT = ("", "validated")

Steps = Callable[[], Iterator["Step"]]
Now = Callable[[], datetime]


class Job:
    """A piece of long work on a thread of its own; it goes on whether or not anybody waits."""

    def __init__(
        self,
        job_id: str,
        name: str,
        steps: Steps,
        *,
        result: Callable[[Step], Any] = lambda step: step,
        backend: BackendInfo | None = None,
        now: Now = lambda: datetime.now(UTC),
    ) -> None:
        self._steps = steps
        self._result = result
        self._now = now
        self._lock = threading.Lock()
        self._stop = Stop()
        self._outcome: Future[Any] = Future()
        self._outcome.set_running_or_notify_cancel()
        self._watches: list[Watch] = []
        self._snapshot = Snapshot(job_id, name, RUNNING, now(), backend=backend)
        self._worker = Worker(self._work, self._stop, name=f"mist-job-{job_id}")
        self._worker.start()

    @property
    def snapshot(self) -> Snapshot:
        """How it stands."""
        with self._lock:
            return self._snapshot

    @property
    def id(self) -> str:
        """Its own id, by which lines name it."""
        return self.snapshot.id

    @property
    def name(self) -> str:
        """What it works on, mostly a machine's name."""
        return self.snapshot.name

    @property
    def state(self) -> str:
        """`running`, `done`, `failed` or `cancelled`."""
        return self.snapshot.state

    @property
    def error(self) -> MistError | None:
        """What ended it, where it failed."""
        return self.snapshot.error

    @property
    def started(self) -> datetime:
        """When it began, in UTC."""
        return self.snapshot.started

    @property
    def ended(self) -> datetime | None:
        """When it ended, in UTC; `None` while it runs."""
        return self.snapshot.ended

    @property
    def result(self) -> Any:
        """What it made, such as the machine; `None` while it runs, and where it made nothing."""
        return self._outcome.result() if self._outcome.done() and self._outcome.exception() is None else None

    def wait(self, timeout_s: float | None = None) -> Any:
        """The result, once it is there; an interrupt ends the waiting at once, and the job goes on.

        Raises the job's own error, and UnavailableError when it takes longer than `timeout_s`.
        """
        try:
            return self._outcome.result(timeout_s)
        except FutureTimeoutError:
            raise UnavailableError(
                f"Job {self.id} ({self.name}) still runs after {timeout_s:g} s.", "It goes on: %mist jobs."
            ) from None

    def __await__(self) -> Generator[Any, None, Any]:
        import asyncio

        return asyncio.wrap_future(self._outcome).__await__()

    def cancel(self) -> None:
        """End it before its next step; what was asked for by then is not undone."""
        self._stop.say()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until its threads have ended: `False` if they haven't by then."""
        self._worker.join(timeout_s)
        for watch in self._watches:
            watch.thread.join(timeout_s)
        return not any(thread.is_alive() for thread in (self._worker, *(watch.thread for watch in self._watches)))

    def watch(self, call: Callable[[Snapshot], object]) -> Callable[[], None]:
        """Call it with the newest snapshot, the last one included; the answer ends that."""
        with self._lock:
            watch = Watch(self._snapshot, call, name=f"mist-watch-{self._snapshot.id}")
            self._watches.append(watch)
        return watch.end

    def __repr__(self) -> str:
        return f"<Job {self.id} {self.name!r} ({self.state})>"

    def page(self) -> Page:
        """Its account: what was asked, the steps with their times, and how it ended."""
        from mist_notebook.client.machines.cards import job_page

        return job_page(self.snapshot)

    def _repr_html_(self) -> str:
        return self.page()._repr_html_()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from mist_notebook.display.cards import is_inside

        if is_inside(printer):
            printer.text(clean(repr(self)))
        else:
            self.page()._repr_pretty_(printer, cycle)

    def _work(self) -> None:
        """What the worker does; the one place where every error is caught."""
        try:
            made = self._result(self._followed())
        except (StoppedError, CancelledError):
            self._end(CANCELLED, self._cancelled())
        except MistError as error:
            self._end(FAILED, error)
        except Exception as error:
            self._end(FAILED, MistError(f"{self.name}: {type(error).__name__}: {error}"))
        else:
            self._change(state=DONE, ended=self._now())
            self._outcome.set_result(made)

    def _followed(self) -> Step:
        """The last step; between two it is looked whether to go on."""
        if self._stop.is_said:
            raise StoppedError
        steps = self._steps()
        last: Step | None = None
        try:
            for last in steps:
                self._change(steps=_with(self.snapshot.steps, last))
                if self._stop.is_said and last.fraction < 1:
                    raise StoppedError
        finally:
            with suppress(AttributeError):  # any iterator will do, not only a generator
                steps.close()  # type: ignore[attr-defined]
        if last is None:
            raise ProvisionError(f"{self.name} had no step at all.")
        return last

    def _end(self, state: str, error: MistError) -> None:
        self._change(state=state, ended=self._now(), error=error)
        self._outcome.set_exception(error)

    def _change(self, **fields: Any) -> None:
        with self._lock:
            self._snapshot = replace(self._snapshot, **fields)
            watches, newest = list(self._watches), self._snapshot
        for watch in watches:
            watch.tell(newest)

    def _cancelled(self) -> ProvisionError:
        """What may be there after all."""
        snapshot = self.snapshot
        machine = next((step.machine for step in reversed(snapshot.steps) if step.machine), None)
        message = f"Job {snapshot.id} ({snapshot.name}) was cancelled"
        if machine is not None:
            there = f"{message}; {machine.name} ({machine.id}) is there, and goes on."
            return ProvisionError(there, "See %mist machines; to end it: %mist destroy.")
        if snapshot.step in _NOTHING_SENT:
            return ProvisionError(f"{message} before anything was sent.")
        return ProvisionError(f"{message} after it was {snapshot.step}.", "%mist journal says what became of it.")


class Jobs:
    """The jobs of a session, ended ones too, until it closes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._jobs: list[Job] = []

    def start(self, name: str, steps: Steps, **options: Any) -> Job:
        """Start one; `options` are `Job`'s."""
        with self._lock:
            job = Job(str(next(self._numbers)), name, steps, **options)
            self._jobs.append(job)
        return job

    def all(self) -> list[Job]:
        """Every job, in the order of their starts."""
        with self._lock:
            return list(self._jobs)

    def running(self) -> list[Job]:
        return [job for job in self.all() if job.state == RUNNING]

    def find(self, wanted: str) -> Job:
        """The job of that number, else of that name."""
        return pick(wanted, self.all(), what="job", ids=lambda job: (job.id,), names=lambda job: (job.name,))

    def cancel(self) -> None:
        """Tell all to end; returns at once."""
        for job in self.all():
            job.cancel()

    def close(self) -> None:
        """Cancel all, wait until no thread is left, and forget them; more than once is fine."""
        self.cancel()
        for job in self.all():
            job.join()
        with self._lock:
            self._jobs = []


def _with(steps: Sequence[Step], new: Step) -> tuple[Step, ...]:
    """The steps and the new one; looks that saw the same as the one before take its place."""
    same = bool(steps) and (steps[-1].state, steps[-1].message) == (new.state, new.message)
    return (*(steps[:-1] if same else steps), new)
