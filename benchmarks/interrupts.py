"""How long Ctrl-C takes, for every kind of wait: from the signal to the end of the cell, in a real shell.

Each wait is for a server that never answers, a machine that boots for an hour, or a host that greets nobody; the signal
comes when it has begun. `python benchmarks/interrupts.py` prints the slowest of `--rounds` for each; half a second is
what a person calls at once.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from IPython.core.interactiveshell import InteractiveShell

from mist_notebook.prices.catalogue import lists
from tests.rigs import hostile, live_mist

SPEC = "--image debian --size small --location east --key demo"
CALL = "'demo', 'debian', 'east', 'small'"
WAITS: list[tuple[str, str, str, str]] = [  # what, the cell, and which request is never answered
    ("a listing", "%mist images Live --refresh", "GET", "/images"),
    ("all machines", "%mist machines", "GET", "/machines"),
    ("the look before a create", f"%mist create Live --name a {SPEC}", "GET", "/sizes"),
    ("a create's answer", f"%mist create Live --name b {SPEC}", "POST", "/machines"),
    ("a destroy's answer", "%mist destroy web --yes web", "POST", "/m-1"),
    ("a stop's answer", "%mist stop web", "POST", "/m-1"),
    ("a probe through Mist", "%mist probe web --via mist", "POST", "/probe"),
    ("backend.sizes", "client.backends['Live'].sizes", "GET", "/sizes"),
    ("backend.create_machine", f"client.backends['Live'].create_machine('c', {CALL})", "POST", "/machines"),
    ("client.machines", "client.machines", "GET", "/machines"),
    ("connect", "%mist connect {url}", "GET", "/clouds"),
]
BEGUN_S = 0.7
AT_SSH = [
    ("a probe over SSH", "%mist probe web --host 127.0.0.1 --port {port} --via ssh"),
    ("a script over SSH", "%%mist run web --host 127.0.0.1 --port {port}\nuptime"),
]
BOOTING = [
    ("following a create", "%mist create NephoScale --name slow --image 5 --size 48 --location SJC-1"),
    ("following again", "%mist create NephoScale --name slow --image 5 --size 48 --location SJC-1"),
    ("waiting for a job", "%mist wait slow"),
]


class Bell:
    """Rings the signal, once, and says when."""

    def __init__(self) -> None:
        self.rang_at: float | None = None

    def ring(self) -> None:
        if self.rang_at is None:
            self.rang_at = time.perf_counter()
            os.kill(os.getpid(), signal.SIGINT)


def took(shell: InteractiveShell, cell: str, bell: Bell) -> float | None:
    """The seconds from the signal to the end of the cell; nothing where it never came."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(cell, store_history=False)
    ended_at = time.perf_counter()
    error = result.error_in_exec
    is_interrupt = isinstance(error, KeyboardInterrupt) or str(error).startswith(("Stopped", "Interrupted"))
    return ended_at - bell.rang_at if bell.rang_at is not None and is_interrupt else None


@contextlib.contextmanager
def loaded(**environment: str) -> Iterator[InteractiveShell]:
    """A shell with the extension, in folders of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("MIST_")]:
            del os.environ[name]
        places = {"MIST_CONFIG": f"{folder}/settings.toml", "MIST_DATA_DIR": folder, "IPYTHONDIR": f"{folder}/ipython"}
        os.environ.update(places | environment)
        shell = InteractiveShell.instance()
        shell.run_line_magic("load_ext", "mist_notebook")
        yield shell
        shell.run_line_magic("unload_ext", "mist_notebook")


def never_answered(cell: str, method: str, ending: str) -> float | None:
    """Ring as the request arrives that this cell waits for."""
    with live_mist.serve() as live, loaded(MIST_URL=live.url, MIST_API_TOKEN=live.token) as shell:
        take(shell, "from mist_notebook import MistClient\nclient = MistClient()")
        take(shell, f"%mist create Live --name web {SPEC} --no-probe")
        live.change("machines", actions={"destroy": True, "stop": True})
        bell = Bell()

        def silent(exchange: hostile.Exchange) -> None:
            if exchange.request.method == method and exchange.request.path.endswith(ending):
                bell.ring()
                exchange.hold()
            else:
                live._answer(ending.strip("/"))(exchange.request)(exchange)

        live.broken[ending.strip("/")] = silent
        seconds = took(shell, cell.format(url=live.url), bell)
        take(shell, "client.close()")
        return seconds


def take(shell: InteractiveShell, cell: str) -> None:
    """Run a cell that has to work."""
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(cell, store_history=False).raise_error()


def after_a_moment(shell: InteractiveShell, cell: str) -> float | None:
    """Ring some time after the cell has begun."""
    bell = Bell()
    timer = threading.Timer(BEGUN_S, bell.ring)
    timer.start()
    seconds = took(shell, cell, bell)
    timer.cancel()
    timer.join()
    return seconds


def over_ssh(cell: str) -> float | None:
    """A host that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent, loaded(MIST_SANDBOX_BOOT_SECONDS="0.01") as shell:
        take(shell, "%mist add-key demo --generate")
        take(shell, "%mist create NephoScale --name web --image 5 --size 48 --location SJC-1")
        return after_a_moment(shell, cell.format(port=silent.getsockname()[1]))


def price_lists() -> float | None:
    """All price lists from a server that never answers."""
    with hostile.serve(hostile.hang) as server, loaded() as shell:
        for name, one in list(lists.PRICE_LISTS.items()):
            lists.PRICE_LISTS[name] = replace(one, url=server.url)
        return after_a_moment(shell, "%mist refresh")


def while_booting() -> Iterator[tuple[str, float | None]]:
    with loaded(MIST_SANDBOX_BOOT_SECONDS="3600") as shell:
        take(shell, "%mist add-key demo --generate")
        for what, cell in BOOTING:
            if "wait" in cell:
                take(shell, f"{BOOTING[0][1]} --no-wait;")
            yield what, after_a_moment(shell, cell)


def measured(rounds: int) -> Iterator[tuple[str, float | None]]:
    """The slowest of so many rounds, for each kind of wait."""
    for what, cell, method, ending in WAITS:
        yield what, slowest(lambda: never_answered(cell, method, ending), rounds)  # noqa: B023 - called at once
    for what, cell in AT_SSH:
        yield what, slowest(lambda: over_ssh(cell), rounds)  # noqa: B023 - called at once
    yield "price lists", slowest(price_lists, rounds)
    yield from while_booting()


def slowest(measure: Callable[[], float | None], rounds: int) -> float | None:
    seconds = [measure() for _ in range(rounds)]
    return None if None in seconds else max(one for one in seconds if one is not None)


def main() -> None:
    """Print a line for each kind of wait."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    for what, seconds in measured(parser.parse_args().rounds):
        print(f"{what:28} {'no interrupt' if seconds is None else f'{seconds * 1000:7.0f} ms'}", flush=True)


if __name__ == "__main__":
    main()
