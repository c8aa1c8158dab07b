"""Jobs: one thread each, states and snapshots, waiting and cancelling; and `%mist jobs`, `wait`, `cancel`."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.client.notebook.jobs import Job, Jobs
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground import stopping
from mist_notebook.ground.errors import MistError, ProvisionError, UnavailableError
from mist_notebook.ground.loop import LoopThread
from mist_notebook.magic.commands.machines.follow import start_job
from mist_notebook.magic.magics import _SLOT
from mist_notebook.provision import snapshots
from mist_notebook.provision.snapshots import CANCELLED, DONE, FAILED, RUNNING, Snapshot, Watch
from mist_notebook.records.model import Machine, Step
from tests.conftest import Notebook
from tests.rigs.machines_rig import Workshop, in_workshop, open_workshop, shown
from tests.rigs.ssh_hosts import silent


def step(state: str, fraction: float, message: str = "", **more: Any) -> Step:
    return Step(state=state, message=message or f"it is {state}", fraction=fraction, seconds=fraction, **more)


class Gate:
    """Steps that stop at a gate until the test opens it."""

    def __init__(self, *steps: Step, ends: Callable[[], None] = lambda: None) -> None:
        self.reached, self.opened, self.closed = threading.Event(), threading.Event(), threading.Event()
        self._steps, self._ends = steps, ends

    def __call__(self) -> Iterator[Step]:
        try:
            yield self._steps[0]
            self.reached.set()
            self.opened.wait(60)  # a test that failed doesn't hang the others
            yield from self._steps[1:]
            self._ends()
        finally:
            self.closed.set()


def interrupt_in(function: str) -> None:
    """Interrupt the main thread, once it sleeps inside that function of ours: Python hears an earlier one later."""
    main = threading.main_thread()
    assert main.ident is not None
    status = Path(f"/proc/self/task/{main.native_id}/stat")

    def frames() -> Iterator[str]:
        frame = top = sys._current_frames().get(main.ident)
        if top is not None and top.f_code is threading.Condition.wait.__code__ and "gotit" not in top.f_locals:
            return  # not yet at the lock that it will wait for
        while frame is not None:
            yield f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
            frame = frame.f_back

    def interrupt() -> None:
        while True:
            called = list(frames())
            sleeps = not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "S"
            if sleeps and function in called and called[0] in ("threading.wait", function):
                return signal.pthread_kill(main.ident, signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    before = set(threading.enumerate())
    held = Jobs()
    yield held
    held.close()
    assert set(threading.enumerate()) <= before


def test_a_job_runs_by_itself_and_its_result_is_waited_for(jobs: Jobs) -> None:
    gate = Gate(step("validated", 0.1), step("probed", 1.0))
    job = jobs.start("web-1", gate, result=lambda last: last.state.upper())
    gate.reached.wait()
    assert (job.state, job.result, job.error, job.ended) == (RUNNING, None, None, None)
    assert [one.state for one in job.snapshot.steps] == ["validated"]
    gate.opened.set()
    assert job.wait() == "PROBED" == job.result
    assert job.state == DONE and job.ended is not None and job.ended >= job.started
    assert [one.state for one in job.snapshot.steps] == ["validated", "probed"]


def test_waiting_with_a_limit_leaves_the_job_alone(jobs: Jobs) -> None:
    gate = Gate(step("pending", 0.5), step("probed", 1.0))
    job = jobs.start("web-1", gate)
    with pytest.raises(UnavailableError, match="still runs"):
        job.wait(0)
    gate.opened.set()
    assert job.wait(60).state == "probed"


def test_an_interrupt_ends_the_waiting_and_not_the_job(jobs: Jobs) -> None:
    gate = Gate(step("pending", 0.5), step("probed", 1.0))
    job = jobs.start("web-1", gate)
    interrupt_in("jobs.wait")
    with pytest.raises(KeyboardInterrupt):
        job.wait()
    assert job.state == RUNNING
    gate.opened.set()
    assert job.wait().state == "probed"


def test_an_awaited_job_gives_its_result_and_giving_up_leaves_it_alone(jobs: Jobs) -> None:
    gate = Gate(step("pending", 0.5), step("probed", 1.0))
    job = jobs.start("web-1", gate)

    async def wait() -> Any:
        first = asyncio.ensure_future(_awaited(job))
        await asyncio.sleep(0)
        first.cancel()
        gate.opened.set()
        return await job

    assert asyncio.run(wait()).state == "probed"


async def _awaited(job: Job) -> Any:
    return await job


def test_cancelling_ends_it_between_two_steps_and_says_what_is_there(jobs: Jobs) -> None:
    machine = Machine(id="i-1", name="web-1")
    gate = Gate(step("submitted", 0.3, machine=machine), step("pending", 0.5), step("probed", 1.0))
    job = jobs.start("web-1", gate)
    gate.reached.wait()
    job.cancel()
    gate.opened.set()
    with pytest.raises(ProvisionError, match=r"web-1 \(i-1\) is there, and goes on") as caught:
        job.wait()
    assert "%mist destroy" in caught.value.hint
    assert job.state == CANCELLED and gate.closed.is_set()
    assert [one.state for one in job.snapshot.steps] == ["submitted", "pending"]


@pytest.mark.parametrize(("state", "said"), [("validated", "before anything was sent"), ("recorded", "after it was")])
def test_cancelling_before_there_is_a_machine_says_so(jobs: Jobs, state: str, said: str) -> None:
    gate = Gate(step(state, 0.1), step(state, 0.2), step("probed", 1.0))
    job = jobs.start("web-1", gate)
    gate.reached.wait()
    job.cancel()
    gate.opened.set()
    with pytest.raises(ProvisionError, match=said):
        job.wait()


def test_what_blocks_on_a_worker_wakes_when_it_is_cancelled(jobs: Jobs) -> None:
    loop = LoopThread("test-loop")
    waiting = [threading.Event(), threading.Event()]

    def pausing() -> Iterator[Step]:
        yield step("pending", 0.5)
        waiting[0].set()
        stopping.pause(1e6)

    async def never() -> None:
        waiting[1].set()
        await silent(None, None)

    def probing() -> Iterator[Step]:
        yield step("running", 0.7)
        loop.run(stopping.stoppable(never()))

    both = [jobs.start("a", pausing), jobs.start("b", probing)]
    for event, job in zip(waiting, both, strict=True):
        event.wait()
        job.cancel()
        with pytest.raises(ProvisionError, match="cancelled"):
            job.wait()
    assert [job.state for job in both] == [CANCELLED, CANCELLED]
    loop.close()


def test_on_other_threads_nothing_is_different() -> None:
    stopping.pause(0)
    assert stopping.of_this_thread() is None
    loop = LoopThread("test-loop")
    assert loop.run(stopping.stoppable(asyncio.sleep(0, "there"))) == "there"
    loop.close()


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (ProvisionError("It is in error.", "See %mist machines."), ProvisionError, "It is in error."),
        (ValueError("odd \x1b[31m thing"), MistError, "web-1: ValueError: odd \\x1b[31m thing"),
    ],
)
def test_an_error_is_kept_and_raised_to_who_waits(
    jobs: Jobs, error: Exception, kind: type[MistError], said: str
) -> None:
    def fail() -> None:
        raise error

    gate = Gate(step("pending", 0.5), ends=fail)
    gate.opened.set()
    job = jobs.start("web-1", gate)
    for _ in range(2):
        with pytest.raises(kind) as caught:
            job.wait()
        assert type(caught.value) is kind and caught.value.message == said
    assert (job.state, job.error) == (FAILED, caught.value)
    assert job.result is None


def test_a_job_without_a_step_is_a_failure(jobs: Jobs) -> None:
    with pytest.raises(ProvisionError, match="no step"):
        jobs.start("web-1", lambda: iter(())).wait()


def test_who_watches_is_told_the_newest_and_the_last_and_never_all(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_SNAPSHOT_EVERY_S", 1e6)  # a rest that only the end cuts short
    gate = Gate(step("first", 0.1), *(step("many", 0.5, f"look {n}") for n in range(1000)), step("probed", 1.0))
    told: list[Snapshot] = []
    first, last = threading.Event(), threading.Event()

    def hear(snapshot: Snapshot) -> None:
        told.append(snapshot)
        (last if snapshot.ended else first).set()

    job = jobs.start("web-1", gate)
    gate.reached.wait()
    job.watch(hear)
    first.wait()
    gate.opened.set()
    last.wait()
    assert [snapshot.state for snapshot in told] == [RUNNING, DONE]
    assert len(told[-1].steps) == 1002


def test_who_watches_may_fail_stop_or_come_late(jobs: Jobs) -> None:
    gate = Gate(step("first", 0.1), step("probed", 1.0))
    job = jobs.start("web-1", gate)
    gate.reached.wait()
    failing, late, heard = threading.Event(), threading.Event(), []

    def fail(_: Snapshot) -> None:
        failing.set()
        raise RuntimeError

    job.watch(fail)
    failing.wait()
    job.watch(heard.append)()
    gate.opened.set()
    job.wait()
    job.watch(lambda snapshot: late.set() if snapshot.ended else None)
    late.wait()
    assert job.join(60)
    assert all(snapshot.state == RUNNING for snapshot in heard)


def test_closing_cancels_and_joins_and_the_registry_can_go_on(jobs: Jobs) -> None:
    gates = [Gate(step("pending", 0.5), step("pending", 0.5), step("probed", 1.0)) for _ in range(5)]
    started = [jobs.start(f"web-{number}", gate) for number, gate in enumerate(gates)]
    for gate in gates:
        gate.reached.wait()
        gate.opened.set()
    jobs.close()
    jobs.close()
    assert {job.state for job in started} <= {CANCELLED, DONE} and all(job.join(0) for job in started)
    assert jobs.all() == []
    assert jobs.start("web-9", lambda: iter([step("probed", 1.0)])).wait().state == "probed"


def test_the_account_is_inert_and_says_everything(jobs: Jobs) -> None:
    def fail() -> None:
        raise ProvisionError("<b>no</b>", "Try again.")

    gate = Gate(step("pending", 0.5, "<img src=x>\x1b[31m\u202e"), ends=fail)
    gate.opened.set()
    job = jobs.start("<script>web", gate)
    with pytest.raises(ProvisionError):
        job.wait()
    page = job.page()
    html, plain = page._repr_html_(), str(page)
    assert "<img" not in html and "<script" not in html and "<b>no" not in html
    assert not set("\x1b\u202e") & set(html + plain)
    assert all(word in plain for word in ("job 1", "failed", "pending", "0.5 s", "Try again."))
    assert repr(job) == "<Job 1 '<script>web' (failed)>"


# ------------------------------------------------------------------------------------------------------- in a notebook


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop")) as workshop:
        yield workshop


@pytest.fixture
def book(notebook: Notebook, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    return in_workshop(notebook, workshop, monkeypatch)


def session_of(book: Notebook) -> Session:
    session: Session = getattr(book.shell, _SLOT)[0].session
    return session


def provisioned(book: Notebook, workshop: Workshop, name: str) -> Job:
    """A real provision of a sandbox machine, probed over SSH, as a job."""
    prober = workshop.client.prober
    hands = workshop.backend._hands()

    def look(record: Any) -> Any:
        from mist_notebook.client.machines.machine import Machine

        return prober.when_up(Machine(record, hands), "demo")

    return start_job(
        session_of(book),
        name,
        lambda: workshop.steps(name, probe=look),
        result=lambda last: workshop.backend.machine_from_id(last.machine.id if last.machine else ""),
        backend=workshop.backend.record,
    )


def test_a_provision_as_a_job(book: Notebook, workshop: Workshop) -> None:
    assert len(book.value("%mist jobs")) == 0
    job = provisioned(book, workshop, "web-1")
    cell = book.run("machine = %mist wait web-1")
    assert cell.error is None, cell.printed
    told = [line.split(" s  ")[1].partition(":")[0] for line in cell.printed.splitlines()]
    assert told[:3] == ["validated", "recorded", "submitted"] and told[-1] == "probed"
    assert book["machine"].name == "web-1" and book["machine"].state == "running"
    frame = book.value("%mist jobs")
    assert list(frame.columns[:5]) == ["backend", "provider", "id", "name", "state"]
    assert frame[["backend", "name", "state", "step", "fraction"]].values.tolist() == [
        ["NephoScale", "web-1", "done", "probed", 1.0]
    ]
    plain, html = shown(book, job)
    assert plain.startswith(f"SANDBOX · job {job.id} · web-1") and "The probe says ok." in html
    assert book.run(f"%mist cancel {job.id}").printed == f"Job {job.id} (web-1) had ended: done.\n"
    assert book.run("%mist wait").printed == "No job is running.\n"


def test_cancel_and_wait_on_the_line(book: Notebook) -> None:
    def pausing() -> Iterator[Step]:
        yield step("recorded", 0.2)
        stopping.pause(1e6)

    job = start_job(session_of(book), "web-7", pausing)
    cell = book.run(f"%mist cancel {job.id}")
    assert cell.error is None
    assert cell.printed.startswith(f"Job {job.id} (web-7) was cancelled")
    assert isinstance(book.run("%mist wait web-7").error, ProvisionError)
    two = [start_job(session_of(book), name, lambda: iter([step("probed", 1.0)])) for name in "ab"]
    assert list(book.value("%mist wait a b")["state"]) == ["done", "done"] == [job.state for job in two]
    assert "'nope'" in str(book.run("%mist wait nope").error)


def test_an_interrupted_wait_says_that_the_job_goes_on(book: Notebook) -> None:
    gate = Gate(step("pending", 0.5), step("probed", 1.0))
    job = start_job(session_of(book), "web-8", gate)
    interrupt_in("follow._tell_until_ended")
    cell = book.run("%mist wait")
    assert isinstance(cell.error, KeyboardInterrupt) and job.state == RUNNING
    gate.opened.set()
    job.wait()


def test_an_interrupt_while_a_watch_starts_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        started.append(thread)
        raise KeyboardInterrupt

    snapshot = Snapshot("1", "web-1", RUNNING, datetime.now(UTC))
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Watch(snapshot, lambda _: None, name="mist-watch-1")
    started[0].join(10)
    assert not started[0].is_alive()


def test_unloading_ends_every_job_and_leaves_no_thread(book: Notebook) -> None:
    before = set(threading.enumerate())
    waiting = threading.Event()

    def pausing() -> Iterator[Step]:
        yield step("pending", 0.5)
        waiting.set()
        stopping.pause(1e6)

    job = start_job(session_of(book), "web-9", pausing)
    job.watch(lambda _: None)
    waiting.wait()
    book.shell.run_line_magic("unload_ext", "mist_notebook")
    assert job.state == CANCELLED
    assert {thread for thread in threading.enumerate() if thread.name.startswith("mist-")} <= before
    book.shell.run_line_magic("load_ext", "mist_notebook")
    assert session_of(book).jobs.all() == []
