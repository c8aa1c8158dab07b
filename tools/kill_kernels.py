"""Kill kernels at random moments of a create, against a faulty sandbox, and account for every operation afterwards.

Each round starts a real kernel, asks it for a machine, and kills it with SIGKILL somewhere between the first byte and a
running machine. The sandbox answers some creates with an error after it made the machine, resets others, and lists
new machines late. Then a fresh client settles the journal, and the sandbox's own ledger is the truth: no name has two
machines, no operation was sent twice, every machine that exists is in the journal, no more machines are there than the
limit allows, and each ends two hours after it was made.

An unlucky day has more: listings that are empty now and then (`--empty`), a clock that is off by hours (`--clock-off`),
and answers as slow as a real Mist server's, scaled (`--slow`, or `--like-mist`).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.manager import KernelManager

from mist_notebook import MistClient
from mist_notebook.client.machines.machine import Machine
from mist_notebook.provision.lookup import returned
from mist_notebook.provision.provision import settle
from mist_notebook.sandbox import Sandbox

FAULTS = [
    {"do": "error-after-commit", "every": 4},
    {"do": "reset-after-commit", "every": 5, "skip": 1},
    {"do": "lag", "every": 3, "requests": 2},
]
LOAD = "from mist_notebook import MistClient; backend = MistClient().backend_from_name('NephoScale'); backend.images"
CREATE = "backend.create_machine('{name}', key='demo', image_id='5', size_id='48', location_id='SJC-1', hours=2)"
HOURS, SLACK_S = 2, 600.0
LONGEST_S = 0.6
READY_S = 60
LIKE_MIST = 0.02


@dataclass(frozen=True)
class Day:
    """How unlucky the day is: each n-th listing is empty, the server's clock so many hours ahead, answers so slow."""

    empty: int = 0
    clock_off_h: float = 0.0
    slow: float = 0.0

    @property
    def faults(self) -> list[dict[str, object]]:
        return [*FAULTS, *([{"do": "empty-list", "every": self.empty}] if self.empty else [])]

    @property
    def longest_s(self) -> float:
        """When a kernel is killed at the latest: creates take longer where answers do."""
        return LONGEST_S + self.slow * 180


@dataclass(frozen=True)
class Account:
    """What became of all operations."""

    kills: int
    asked: int
    machines: int
    unaccounted: tuple[str, ...]
    twice: tuple[str, ...]
    states: Counter[str]
    limit: int
    late: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.unaccounted or self.twice or self.late) and self.machines <= self.limit


def run(kills: int, seed: int = 0, day: Day = Day()) -> Account:
    """Kill so many kernels, and account for what they did."""
    moments = random.Random(seed)
    limit = max(1, kills * 4 // 5)
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox.start(
            faults=day.faults,
            boot_seconds=0.1,
            like_mist=day.slow > 0,
            time_scale=day.slow or 1.0,
            clock=lambda: time.time() + day.clock_off_h * 3600,
        ) as sandbox,
        _environment(
            MIST_URL=sandbox.url,
            MIST_API_TOKEN=sandbox.token,
            MIST_DATA_DIR=folder,
            MIST_SANDBOX_MAX_COUNT=str(limit),
        ),
    ):
        with MistClient() as client:
            client.make_key("demo")
        for number in range(kills):
            kill_one(f"web-{number}", moments.uniform(0, day.longest_s), Path(folder))
        return account(sandbox, kills, limit)


def kill_one(name: str, after_s: float, folder: Path) -> None:
    """Start a kernel, ask it for a machine, and kill it."""
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=str(folder / f"{name}-ipc"))
    manager.start_kernel(env=dict(os.environ))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=READY_S)
        client.execute_interactive(LOAD, output_hook=lambda _: None, timeout=READY_S)
        client.execute(CREATE.format(name=name))
        threading.Event().wait(after_s)
    finally:
        manager.shutdown_kernel(now=True)
        client.stop_channels()


def account(sandbox: Sandbox, kills: int, limit: int) -> Account:
    """Settle every record as a new kernel would, and compare with the sandbox's own ledger."""
    with MistClient() as client:
        backend = client.backend_from_name("NephoScale")
        journal = client.journal_of(backend)
        for _ in range(4):
            for record in journal.opened():
                settle(backend.adapter, journal, record)
            returned(journal, backend.adapter.list_machines())
        records = journal.records()
        there = {key: machine for _ in range(4) for key, machine in backend.machines.items()}  # one may be empty
    made = Counter(name for name, _, accepted in sandbox.ledger if accepted)
    asked = Counter(name for name, _, _ in sandbox.ledger)
    known = {record.machine_id for record in records}
    return Account(
        kills=kills,
        asked=len(records),
        machines=len(there),
        unaccounted=tuple(machine.name for machine in there.values() if machine.id not in known),
        twice=tuple(name for name in asked if asked[name] > 1 or made[name] > 1),
        states=Counter(record.state for record in records),
        limit=limit,
        late=tuple(machine.name for machine in there.values() if not _ends_in_time(machine)),
    )


def _ends_in_time(machine: Machine) -> bool:
    """Whether it has its time limit, by the server's clock, and costs as little as it is old."""
    made, ends = machine.record.created, machine.record.expires
    if made is None or ends is None:
        return False
    is_right = abs((ends - made).total_seconds() - HOURS * 3600) < SLACK_S
    return is_right and (machine.cost_so_far or 0.0) < 0.15


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> int:
    """Print the account; 1 if a machine is lost or was made twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--empty", type=int, default=0, metavar="N", help="each N-th listing of machines is empty")
    parser.add_argument("--clock-off", type=float, default=0.0, metavar="H", help="the server's clock is H hours ahead")
    parser.add_argument("--slow", type=float, default=0.0, metavar="X", help="as slow as a real Mist server, times X")
    parser.add_argument("--like-mist", action="store_true", help=f"a real Mist server's manner: --slow {LIKE_MIST}")
    options = parser.parse_args()
    slow = options.slow or (LIKE_MIST if options.like_mist else 0.0)
    found = run(options.kills, options.seed, Day(options.empty, options.clock_off, slow))
    print(
        f"{found.kills} kernels killed, {found.asked} operations recorded, {found.machines} machines there, "
        f"of {found.limit} that the limit allows."
    )
    print("Records: " + ", ".join(f"{count} {state}" for state, count in sorted(found.states.items())))
    print(f"Machines that no record accounts for: {', '.join(found.unaccounted) or 'none'}.")
    print(f"Names asked for or made twice: {', '.join(found.twice) or 'none'}.")
    print(f"Machines without their time limit, or with a wrong cost: {', '.join(found.late) or 'none'}.")
    return 0 if found.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
