"""`%%mist run`: the cell as a script on machines of the sandbox, over real SSH."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from mist_notebook.ground.errors import BadValueError, MistError, MistUsageError, ProbeError
from tests.conftest import Cell, Notebook
from tests.rigs.machines_rig import Workshop, in_workshop, open_workshop, shown
from tests.rigs.ssh_hosts import KEY, begun, closed_port, ssh_host

COLUMNS = [
    *("backend", "provider", "id", "name", "exit_code", "seconds", "lines", "outcome", "detail", "hint"),
    *("host", "stdout", "stderr"),
]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), "web-1", "web-20") as workshop:
        workshop.key_file("other", KEY)
        yield workshop


@pytest.fixture
def book(notebook: Notebook, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    return in_workshop(notebook, workshop, monkeypatch)


def said(cell: Cell) -> list[str]:
    """The lines that were printed before the frame."""
    return cell.printed.partition("Out[")[0].splitlines()


def test_the_cell_runs_on_each_machine(book: Notebook) -> None:
    cell = book.run("%%mist run web-1 web-20\nhostname\nnproc\nexit 3")
    assert cell.error is None, cell.printed
    assert sorted(said(cell)) == ["web-1  | 2", "web-1  | web-1", "web-20 | 2", "web-20 | web-20"]
    frame = cell.value
    assert list(frame.columns) == COLUMNS
    assert frame[["name", "exit_code", "lines", "outcome"]].values.tolist() == [
        ["web-1", 3, 2, "ok"],
        ["web-20", 3, 2, "ok"],
    ]
    assert shown(book, frame)[0].startswith("SANDBOX · NephoScale · 2 runs")


@pytest.mark.parametrize("child", ["cat", "head -n 1", "read word", "cat -", "tail"])
def test_a_child_that_reads_eats_no_line(book: Notebook, child: str) -> None:
    cell = book.run(f"%%mist run web-1\necho one\n{child}\necho two")
    assert said(cell) == ["web-1 | one", "web-1 | two"]
    assert cell.value[["stdout", "stderr", "exit_code", "outcome"]].values.tolist() == [["one\ntwo\n", "", 0, "ok"]]
    assert cell.value.stdout[0] == "one\ntwo\n"


@pytest.mark.parametrize(("first", "outcome"), [("#!/bin/bash", "ok"), ("#!/usr/bin/env python3", "not-run")])
def test_an_emulated_machine_has_shells_and_no_other_interpreter(book: Notebook, first: str, outcome: str) -> None:
    cell = book.run(f"%%mist run web-1\n{first}\necho one")
    assert list(cell.value["outcome"]) == [outcome]
    assert list(cell.value["stdout"]) == ["one\n" if outcome == "ok" else ""]


def test_a_progress_bar_is_what_stands_there_in_the_end(book: Notebook, workshop: Workshop) -> None:
    async def bar(process: asyncssh.SSHServerProcess[str]) -> None:
        await begun(process)
        process.stdout.write("10%\r55%\r100%\n\x1b[32mdone\x1b[0m\tnow\n" + "x" * 2300 + "\n")
        process.exit(0)

    workshop.make("barred")
    with workshop.served(ssh_host(bar)) as port:
        cell = book.run(f"%%mist run barred --key other --host 127.0.0.1 --port {port}\nuptime")
    long = f"{'x' * 2000}… and 300 more characters"
    assert said(cell) == ["barred | 100%", "barred | done    now", f"barred | {long}"]
    assert cell.value.stdout[0] == f"100%\ndone    now\n{'x' * 2300}\n"
    assert list(cell.value["host"]) == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("script", "begins"),
    [
        ('echo "it\'s" ;', "it's"),
        ("echo 'a {b} $$ %mist'", "a {b} $$ %mist"),
        ("echo one; echo two;", "one"),
        ("# a comment\n\necho done # not said", "done"),
        ("images NephoScale", "images: "),
    ],
)
def test_a_script_is_nobodys_line_but_the_machines(book: Notebook, script: str, begins: str) -> None:
    cell = book.run(f"%%mist run web-1\n{script}")
    assert cell.error is None, cell.printed
    assert cell.printed.startswith(f"web-1 | {begins}")
    assert len(cell.value) == 1


def test_a_semicolon_in_the_first_line_silences_and_output_keeps(book: Notebook) -> None:
    assert book.value("%%mist run web-1;\ntrue") is None
    assert book.value("%%mist run web-1 -o done\nfalse") is None
    assert list(book["done"]["exit_code"]) == [1]


def test_a_file_is_a_script_too(book: Notebook, tmp_path: Path) -> None:
    file = tmp_path / "setup.sh"
    file.write_text("hostname\r\nuname\n")
    cell = book.run(f"%mist run web-1 --script '{file}'")
    assert said(cell) == ["web-1 | web-1", "web-1 | Linux"]
    assert list(cell.value["exit_code"]) == [0]


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        ("%mist run web-1", MistUsageError, "run needs a script"),
        ("%%mist\nrun web-1", MistUsageError, "run needs a script"),
        ("%%mist run web-1\n  \n", MistUsageError, "empty"),
        ("%%mist run\nuptime", MistUsageError, "Which machine? There are "),
        ("%%mist run web-1 --script x\nuptime", MistUsageError, "both given"),
        ("%mist run web-1 --script /no/such/file", BadValueError, "can't be read"),
        ("%mist run web-1 --script /", BadValueError, "can't be read"),
        ("%%mist run web-1 --timeout soon\nuptime", BadValueError, "--timeout: 'soon'"),
        ("%%mist run web-1 --timeout 0\nuptime", BadValueError, "--timeout: '0'"),
        ("%%mist run web-1 --timeout nan\nuptime", BadValueError, "--timeout: 'nan'"),
        ("%%mist run web-1 --user 'a;b'\nuptime", BadValueError, "--user: 'a;b'"),
        ("%%mist run web-1 --key nope\nuptime", ProbeError, "No private key"),
        ("%%mist run web-1\na\0b", BadValueError, "NUL"),
    ],
)
def test_what_cant_be_run_is_an_error_before_anything_is_sent(
    book: Notebook, source: str, kind: type[MistError], said: str
) -> None:
    cell = book.run(source)
    assert type(cell.error) is kind and said in str(cell.error), cell.printed


def test_a_machine_that_isnt_reached_has_no_exit_code_and_its_hint(book: Notebook) -> None:
    with closed_port() as port:
        cell = book.run(f"%%mist run web-1 --port {port}\nuptime")
    assert cell.value["exit_code"].isna().all() and list(cell.value["outcome"]) == ["refused"]
    assert cell.printed.startswith("web-1: refused: ") and "Nothing listens there" in cell.printed


def test_one_that_cant_be_asked_is_no_harm_to_the_others(book: Notebook, workshop: Workshop) -> None:
    machine = workshop.make("sleepy")
    machine.stop()
    while machine.refresh().state != "stopped":
        pass
    cell = book.run("%%mist run sleepy web-1\nhostname")
    assert cell.value[["name", "outcome"]].values.tolist() == [["sleepy", "not-asked"], ["web-1", "ok"]]
    why = "'sleepy' is stopped: nothing answers there. Start it first: %mist start NAME."
    assert said(cell) == ["web-1  | web-1", f"sleepy: {why}"]


def test_foreign_lines_are_cleaned(book: Notebook, workshop: Workshop) -> None:
    async def lie(process: asyncssh.SSHServerProcess[str]) -> None:
        await begun(process)
        process.stdout.write("\x1b[2J\rweb-20 | ok\u202e\n")
        process.exit(0)

    workshop.make("liar")
    with workshop.served(ssh_host(lie)) as port:
        cell = book.run(f"%%mist run liar --key other --port {port}\nuptime")
    assert said(cell) == ["liar | web-20 | ok\\u202e"]


def test_an_interrupt_ends_it_and_says_what_may_be(book: Notebook, workshop: Workshop) -> None:
    interrupts = [signal.SIGINT]  # the script is interrupted, and not the tidying after it

    async def endless(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("begun\n")
        if interrupts:
            os.kill(os.getpid(), interrupts.pop())
        await process.wait_closed()

    workshop.make("slow")
    with workshop.served(ssh_host(endless)) as port:
        cell = book.run(f"%%mist run slow --key other --port {port}\nsleep 1000")
    assert isinstance(cell.error, KeyboardInterrupt)
    assert "Interrupted. What the script had begun may be done, half done, or still running: slow.\n" in cell.printed
    assert book.value("%%mist run web-1 --output done\ntrue") is None
