"""Commands that look after machines and long work: `probe`, and `jobs`, `wait` and `cancel`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import MistError, MistUsageError, NotFoundError
from mist_notebook.ground.interrupted import Interrupted
from mist_notebook.ground.text import clean
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, arranged
from mist_notebook.magic.commands.parts.choice import HOST, KEY, MACHINES, PORT, USER, check_host, chosen
from mist_notebook.magic.commands.parts.rows import job_row, probe_row
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.jobs import Job, Steps
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.provision.snapshots import Snapshot
    from mist_notebook.records.model import BackendInfo, ProbeReport, Step


def start_job(
    session: Session,
    name: str,
    steps: Steps,
    *,
    result: Callable[[Step], Any] = lambda step: step,
    backend: BackendInfo | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Job:
    """Run `steps()`, a generator of steps, as a job of this session: what `create --no-wait` does.

    `result` makes of the last step what `job.wait()` gives, on the job's thread; `now` is the time it goes by.
    Everything that can be refused should be, before this: what a job raises shows only to who waits for it.
    """
    return session.jobs.start(name, steps, result=result, backend=backend, now=now)


@command(
    "probe",
    MACHINES,
    Argument("--all", "every machine of every backend", switch=True),
    Argument("--via", "over SSH from here, or by the Mist server; unless given, over SSH where its key is here", "WAY",
             choices=("ssh", "mist")),
    USER,
    HOST,
    PORT,
    KEY,
    Argument("--new-host-key", "you rebuilt it: accept the host key that it shows now", switch=True),
    *ARRANGE,
    OUTPUT,
    group="act",
    summary="look at a machine over SSH: is it up, does the key work, its vital signs; several give a frame",
    examples=("%mist probe web-1", "%mist probe web-1 --user ubuntu --via ssh", "df = %mist probe --all"),
    returns="report, or frame",
)  # fmt: skip
def probe(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import fleet

    found = chosen(session, options.machine, everything=options.all, what="probe")
    prober = session.client.prober
    _check_key(session, options)
    check_host(options.host, found.machines)
    if options.new_host_key:
        _forget_host_keys(session, found.machines, everything=options.all)
    wish = fleet.Wish(options.user, options.key, options.port, options.via, options.host)
    reports = fleet.look_at(prober, found.machines, wish)
    notes = (*found.notes, *_why_through_mist(found.machines, reports, options))
    if len(found.machines) == 1 and not options.all:
        if isinstance(reports[0], MistError):
            raise reports[0]
        return Answer(reports[0], notes)
    return Answer(arranged(_probes(found.machines, reports), options), notes)


@command(
    "jobs",
    *ARRANGE,
    OUTPUT,
    group="look",
    summary="the jobs of this notebook: what is running, and how the rest ended",
    examples=("%mist jobs",),
    returns="frame",
)
def jobs(session: Session, options: Namespace) -> Answer:
    return Answer(arranged(_jobs(session.jobs.all()), options))


@command(
    "wait",
    Argument("job", "the job's number or name, or several; all that run without one", values="job", many=True),
    OUTPUT,
    group="act",
    summary="wait for jobs, and show their steps; an interrupt ends the waiting, not the job",
    examples=("%mist wait", "%mist wait 1", "machine = %mist wait web-1"),
    returns="what the job made, or frame",
)
def wait(session: Session, options: Namespace) -> Answer:
    waited = [session.jobs.find(word) for word in options.job] or session.jobs.running()
    waited = list(dict.fromkeys(waited))
    if not waited:
        return Answer(None, ("No job is running.",))
    _tell_until_ended(waited)
    if len(waited) == 1:
        return Answer(waited[0].wait())
    return Answer(_jobs(waited))


@command(
    "cancel",
    Argument("job", "the job's number or name", values="job", required=True),
    group="act",
    summary="end a job before its next step; what it asked for by then is not undone",
    examples=("%mist cancel 1",),
    returns="text",
)
def cancel(session: Session, options: Namespace) -> Answer:
    job = session.jobs.find(options.job)
    if job.ended:
        return Answer(None, (f"Job {job.id} ({job.name}) had ended: {job.state}.",))
    job.cancel()
    try:
        job.wait()
    except MistError as error:
        return Answer(None, tuple(line for line in (error.message, error.hint) if line))
    return Answer(None, (f"Job {job.id} ({job.name}) had finished already: it is done.",))


def _check_key(session: Session, options: Namespace) -> None:
    """A key that is asked for and isn't here is an error, not a look through Mist with another one."""
    if options.key and options.via != "mist" and session.client.local_keys.path_of(options.key) is None:
        raise NotFoundError(
            f"The private half of the key '{options.key}' is not on this computer.",
            "Name its file with %mist add-key NAME --from FILE, or probe with --via mist.",
        )


def _forget_host_keys(session: Session, machines: Sequence[Machine], *, everything: bool) -> None:
    if everything:
        raise MistUsageError("--new-host-key is for machines that you name.", "Name those that you rebuilt.")
    for machine in machines:
        session.client.prober.forget_host_key(machine)


def _why_through_mist(
    machines: Sequence[Machine], reports: Sequence[ProbeReport | MistError], options: Namespace
) -> tuple[str, ...]:
    """A note for each machine that was to be asked from here, as its key is no longer on this computer."""
    if options.via:
        return ()
    notes = []
    for machine, report in zip(machines, reports, strict=True):
        kept = None if isinstance(report, MistError) or report.via != "mist" else machine.journal_record
        if kept is not None and kept.spec.get("key"):
            key = kept.spec["key"]
            notes.append(f"{machine.name}: the private half of '{key}' is not on this computer; Mist was asked.")
    return tuple(notes)


def _probes(machines: Sequence[Machine], reports: Sequence[ProbeReport | MistError]) -> Any:
    from mist_notebook.frames import frames

    rows = [probe_row(machine, report) for machine, report in zip(machines, reports, strict=True)]
    return frames.rows("probes", rows, [machine.hands.adapter.info for machine in machines])


def _jobs(every: Sequence[Job]) -> Any:
    from mist_notebook.frames import frames

    snapshots = [job.snapshot for job in every]
    return frames.rows("jobs", [job_row(one) for one in snapshots], [one.backend for one in snapshots])


def _tell_until_ended(jobs: Sequence[Job]) -> None:
    """Print what the jobs come to, each change once, until all have ended."""
    heard: SimpleQueue[Snapshot] = SimpleQueue()
    ends = [job.watch(heard.put) for job in jobs]
    left = {job.id for job in jobs}
    told: dict[str, int] = {}
    try:
        while left:
            snapshot = heard.get()
            told[snapshot.id] = _tell(snapshot, told.get(snapshot.id, 0))
            if snapshot.ended:
                left.discard(snapshot.id)
    except KeyboardInterrupt:
        raise Interrupted(
            f"No longer waiting: job {', '.join(sorted(left))} goes on.", "See %mist jobs; %mist cancel ends one."
        ) from None
    finally:
        for end in ends:
            end()


def _tell(job: Snapshot, already: int) -> int:
    """Print the steps that are new; how many there are by now."""
    for step in job.steps[already:]:
        say(f"{job.name}  {step.seconds:6.1f} s  {step.state}: {step.message}")
    return len(job.steps)


def say(line: str) -> None:
    """A line of the cell, as its command runs."""
    print(clean(line), flush=True)  # noqa: T201 - a cell's own words
