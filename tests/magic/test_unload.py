"""Loading and unloading ten times leaves threads, sockets and files as before."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from mist_notebook import MistClient
from mist_notebook.backends import discovery
from mist_notebook.client import runtime
from mist_notebook.client.notebook import session
from mist_notebook.ground.errors import UnavailableError
from tests.conftest import need
from tests.rigs import hostile, live_mist

LINES = ("%mist machines", "%mist images NephoScale;", "%mist panel;", "%mist form;")


def held() -> tuple[Counter[str], set[str]]:
    """What this process has open, by kind, and its threads."""
    gc.collect()
    kinds = Counter[str]()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            kinds[str(entry.readlink()).partition(":[")[0]] += 1
        except OSError:  # the listing's own
            continue
    return kinds, {thread.name for thread in threading.enumerate()}


def once(shell: InteractiveShell, *lines: str) -> None:
    shell.run_line_magic("load_ext", "mist_notebook")
    for line in lines:
        shell.run_cell(line, store_history=False)
    shell.run_line_magic("unload_ext", "mist_notebook")


def test_ten_times_leave_nothing(bare_shell: InteractiveShell, own_settings: Path, capsys: Any) -> None:
    need(Path("/proc/self/fd").exists(), "there is no /proc here")
    once(bare_shell, *LINES)
    before = held()
    for _ in range(10):
        once(bare_shell, *LINES)
    assert held() == before


def ours() -> list[str]:
    """Our threads that go on. One that an interrupt kept from beginning has nothing to do, and ends by itself."""
    alive = [thread for thread in threading.enumerate() if thread.name.startswith("mist") and thread.is_alive()]
    for thread in alive:
        thread.join(0.5)
    return [thread.name for thread in alive if thread.is_alive()]


Step = Callable[[live_mist.LiveMist, hostile.Exchange], None]


def serve(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, word: str, step: Step, *lines: str) -> None:
    """Load, run the lines beside a server that answers that word so, and unload."""
    with live_mist.serve() as live:
        live.broken[word] = partial(step, live)
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        monkeypatch.setattr(session, "_GRACE_S", 0.05)
        once(shell, *lines)
        assert ours() == []


@pytest.mark.parametrize("line", ["%mist form Live;", "%mist panel --every 1;", "%mist sizes Live"])
def test_what_waits_for_a_silent_server_ends_with_the_unloading(
    bare_shell: InteractiveShell, own_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, line: str
) -> None:
    def slow(_live: live_mist.LiveMist, exchange: hostile.Exchange) -> None:
        if "cached" in exchange.request.target:
            hostile.json([{"id": "s", "external_id": "s", "name": "S"}])(exchange)
        else:
            exchange.hold()

    serve(bare_shell, monkeypatch, "sizes", slow, line)


def test_a_job_that_waits_for_a_silent_server_ends_with_the_unloading(
    bare_shell: InteractiveShell, own_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    seen = threading.Event()

    def machines(live: live_mist.LiveMist, exchange: hostile.Exchange) -> None:
        if live.created:
            seen.set()
            exchange.hold()
            return
        live._machines(exchange.request)
        answer = live.rows["machines"]
        made = {**answer[0], "state": "pending"} if answer else []
        hostile.json(made)(exchange)

    line = "%mist create Live --name web --image debian --size small --location east --key demo --no-wait;"
    bare_shell.user_ns["seen"] = seen
    serve(bare_shell, monkeypatch, "machines", machines, line, "seen.wait(20);")
    assert seen.is_set()


def test_a_pause_that_a_server_asked_for_ends_with_the_unloading(
    bare_shell: InteractiveShell, own_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def busy(_live: live_mist.LiveMist, exchange: hostile.Exchange) -> None:
        hostile.answer("busy", status=503, headers={"Retry-After": "29"})(exchange)

    serve(bare_shell, monkeypatch, "locations", busy, "%mist form Live;")


@pytest.mark.parametrize("word", ["ping", "clouds"])
def test_what_an_interrupt_left_behind_ends_with_the_unloading(
    bare_shell: InteractiveShell, own_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, word: str
) -> None:
    def interrupting(_live: live_mist.LiveMist, exchange: hostile.Exchange) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        exchange.hold()

    serve(bare_shell, monkeypatch, word, interrupting, "%mist machines")
    assert "Interrupted" in capsys.readouterr().out


def test_the_first_look_says_what_it_waits_for(
    bare_shell: InteractiveShell, own_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    said = threading.Event()
    monkeypatch.setattr(discovery, "_SAID_S", 0.0)
    monkeypatch.setattr(runtime, "say", lambda line: (print(line), said.set()))

    def late(live: live_mist.LiveMist, exchange: hostile.Exchange) -> None:
        assert said.wait(20)
        hostile.json(live.rows["clouds"])(exchange)

    serve(bare_shell, monkeypatch, "clouds", late, "%mist backends")
    assert "Waiting for the backends of http://127.0.0.1:" in capsys.readouterr().out


def test_a_client_that_is_closed_starts_nothing_anew() -> None:
    client = MistClient()
    client.close()
    with pytest.raises(UnavailableError, match="closed"):
        client.update_backends()
    assert ours() == []
