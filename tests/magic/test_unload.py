"""Loading and unloading ten times leaves threads, sockets and files as before."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.conftest import need
from tests.rigs import hostile

LINES = ("%mist machines", "%mist images NephoScale;", "%mist panel;", "%mist form;")


def held() -> tuple[Counter[str], set[str]]:
    """What this process has open, by kind, and its threads, once those of ours that were told to end have ended."""
    for thread in threading.enumerate():
        if thread.name.startswith("mist-"):
            thread.join(30)
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


def test_what_was_being_waited_for_ends_with_the_unloading(
    bare_shell: InteractiveShell, own_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    clouds = [{"id": "c1", "name": "Slow", "provider": "zzz", "enabled": True}]
    rows = {"clouds": clouds, "ping": {"hello": "me"}, "providers": {"supported_providers": []}}

    def step(exchange: hostile.Exchange) -> None:
        word = exchange.request.path.rpartition("/")[2]
        if word == "sizes" and "cached" not in exchange.request.target:
            exchange.hold()
        else:
            row = {"id": "s", "external_id": "s", "name": "S"}
            hostile.json(rows.get(word, [row]))(exchange)

    with hostile.serve(step) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "t0ken")
        once(bare_shell, "%mist sizes Slow")
        for thread in [thread for thread in threading.enumerate() if thread.name == "mist-ask"]:
            thread.join(10)
        assert "mist-ask" not in {thread.name for thread in threading.enumerate()}
