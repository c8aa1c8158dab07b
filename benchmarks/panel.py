"""What the fleet panel costs with N machines: building it, reading it again, and how many messages go to the page.

The machines are the sandbox's, read over real HTTP. CPU seconds of this process, the sandbox's thread among them; the
ratio is to a panel of one machine. A reading in which nothing differs should send next to nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable

import asyncssh
import ipywidgets
from msgspec.structs import replace

from mist_notebook.client import runtime
from mist_notebook.client.backend import Backend
from mist_notebook.client.notebook.session import Session
from mist_notebook.widgets.panel import sights
from mist_notebook.widgets.panel.panel import FleetPanel


def main() -> None:
    """Print one line for each number of machines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("machines", nargs="*", type=int, default=[1, 10, 50, 200])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    sent = _counted()
    held = runtime.acquire()
    held.sandbox(boot_seconds=0.01)
    session, there, alone = Session(), 0, 0.0
    try:
        backend = _prepared(session)
        for count in sorted(arguments.machines):
            _make(backend, range(there, count))
            there = count
            built, read, again = _measured(session, sent, arguments.rounds)
            alone = alone or read
            print(
                f"{count:4} machines: built in {built[0]:.3f} s ({built[1]} messages), read again in {read:.4f} s "
                f"({read / alone:.1f} times one machine's; {again} messages)"
            )
    finally:
        session.close()
        runtime.release(held)


def _prepared(session: Session) -> Backend:
    session.client.add_key("demo", asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode())
    return session.backend("NephoScale")


def _make(backend: Backend, numbers: range) -> None:
    spec = backend.spec("any", key="demo", image="5", size="48", location="SJC-1")
    for number in numbers:
        backend.adapter.submit(replace(spec, name=f"web-{number:03}"))


def _measured(session: Session, sent: list[int], rounds: int) -> tuple[tuple[float, int], float, int]:
    """Building: CPU and messages; reading again: the least CPU of the rounds, and the messages of the last."""
    first = sights.look(session)
    sent[0] = 0
    built = _cpu(lambda: FleetPanel(session, first))
    opened = sent[0]
    panel = FleetPanel(session, sights.look(session))
    times = []
    for _ in range(rounds):
        sent[0] = 0
        times.append(_cpu(lambda: (panel.refresh(), panel.join())))
    panel.close()
    return (built, opened), min(times), sent[0]


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _counted() -> list[int]:
    """Counts what widgets send, and those that are made."""
    count = [0]
    send, opened = ipywidgets.Widget._send, ipywidgets.Widget.open

    def counted_send(self: ipywidgets.Widget, *given: object, **more: object) -> object:
        count[0] += 1
        return send(self, *given, **more)

    def counted_open(self: ipywidgets.Widget) -> object:
        count[0] += 1
        return opened(self)

    ipywidgets.Widget._send, ipywidgets.Widget.open = counted_send, counted_open
    return count


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("MIST_")]:
            del os.environ[name]
        os.environ |= {"MIST_DATA_DIR": folder, "MIST_CONFIG": f"{folder}/settings.toml"}
        main()
