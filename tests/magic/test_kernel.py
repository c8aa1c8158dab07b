"""The extension in a real kernel: what a front end is told, what completes, what an interrupt does."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import IPython
import pytest

import mist_notebook
from tests.rigs import hostile, scripted_mist
from tests.rigs.kernels import REPLY_S, Kernel, started, stop

PATIENT = {"MIST_CATALOGUE_SECONDS": "100000", "MIST_API_TOKEN": "a-token-of-this-test"}
modern = pytest.mark.skipif(IPython.version_info < (8, 6), reason="this IPython puts its own words beside ours")
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n["


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for the tests of this file, with the extension loaded and NephoScale's images listed."""
    manager, client = started(tmp_path_factory.mktemp("kernel"))
    kernel = Kernel(manager, client)
    try:
        for code in ("%load_ext mist_notebook", "df = %mist images NephoScale"):
            reply = kernel.run(code)
            assert (reply.content["status"], reply.streams) == ("ok", {}), reply
        yield kernel
    finally:
        stop(manager, client)


def test_the_kernel_is_the_one_of_this_environment(kernel: Kernel) -> None:
    reply = kernel.run("import sys, mist_notebook\nprint(sys.prefix, mist_notebook.__file__)")
    assert reply.streams == {"stdout": f"{sys.prefix} {mist_notebook.__file__}\n"}


def test_a_listing_is_shown_as_text_and_as_html(kernel: Kernel) -> None:
    reply = kernel.run("%mist images NephoScale")
    (data,) = reply.data("execute_result")
    assert "Linux CentOS 5.5 32-bit" in data["text/plain"] and "SANDBOX" in data["text/plain"]
    assert "Linux CentOS 5.5 32-bit" in data["text/html"] and "SANDBOX" in data["text/html"]
    assert "<script" not in data["text/html"]
    assert reply.streams == {}


def test_a_cell_of_commands_shows_each(kernel: Kernel) -> None:
    reply = kernel.run("%%mist\nlocations NephoScale\nbackends\nkeys;")
    assert reply.content["status"] == "ok" and reply.streams == {}
    first, second = reply.data("display_data")
    assert "SJC-1" in first["text/plain"] and "DigitalOcean" in second["text/plain"]


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("%mist imges NephoScale", "MistUsageError", "No command named 'imges'."),
        ("%mist images Nepho", "NotFoundError", "No backend named 'Nepho'."),
        ("%mist sizes NephoScale --cpus many", "BadValueError", "--cpus: 'many' can't be read as an amount."),
        (
            "%%mist\nbackends;\nimages $missing",
            "MistUsageError",
            "Line 3: There is no variable 'missing' for $missing.",
        ),
    ],
)
def test_an_error_is_two_lines_and_the_cell_fails(kernel: Kernel, code: str, name: str, message: str) -> None:
    reply = kernel.run(code)
    assert reply.content["status"] == "error"
    assert reply.content["ename"] == name
    assert reply.content["evalue"].startswith(message)
    shown = "\n".join(reply.content["traceback"]).splitlines()
    assert shown[0] == message and len(shown) <= 2
    assert [kind for kind, _ in reply.published if kind == "error"] == ["error"]
    assert "stderr" not in reply.streams


@pytest.mark.parametrize(
    ("code", "completed"),
    [
        ("%mist im", ["%mist images"]),
        ("%mist images --se", ["%mist images --search"]),
        ("%mist images Ne", ["%mist images NephoScale"]),
        ("df = %mist images Ne", ["df = %mist images NephoScale"]),
        ("    %mist images Ne", ["    %mist images NephoScale"]),
        ('%mist images "Ne', ["%mist images NephoScale"]),
        ("%%mist\nbackends\nimages Ne", ["%%mist\nbackends\nimages NephoScale"]),
        ("%mist images --arch=x", ["%mist images --arch=x86_64"]),
        (
            '%mist images NephoScale --search="Linux Ubuntu Server 12',
            ['%mist images NephoScale --search="Linux Ubuntu Server 12.04 LTS 64-bit"'],
        ),
        ("%mist images zzz", ["%mist images zzz"]),
    ],
)
@modern
def test_completion_offers_only_ours(kernel: Kernel, code: str, completed: list[str]) -> None:
    assert kernel.completed(code) == completed


@pytest.mark.parametrize(
    ("code", "completed"),
    [
        ("%mist im", "%mist images"),
        ("%mist images --se", "%mist images --search"),
        ("df = %mist images Ne", "df = %mist images NephoScale"),
        ("%mist images --arch=x", "%mist images --arch=x86_64"),
        (
            '%mist images NephoScale --search "Linux Ubuntu Server 12',
            '%mist images NephoScale --search "Linux Ubuntu Server 12.04 LTS 64-bit"',
        ),
    ],
)
def test_completion_offers_ours_to_whatever_ipython_there_is(kernel: Kernel, code: str, completed: str) -> None:
    """One before 8.6 puts its own words beside them."""
    assert completed in kernel.completed(code)


@modern
def test_completion_says_what_each_match_is(kernel: Kernel) -> None:
    found = kernel.complete("%mist images NephoScale --search=Li")
    types = found["metadata"]["_jupyter_types_experimental"]
    assert len(types) == len(found["matches"]) == 14
    assert {entry["type"] for entry in types} == {"image"}


def test_inspection_shows_the_commands(kernel: Kernel) -> None:
    reply = kernel.run("%mist?")
    (page,) = reply.content["payload"]
    assert "%mist images" in page["data"]["text/plain"]


def test_an_interrupt_ends_a_listing_that_never_answers(tmp_path: Path) -> None:
    asked = threading.Event()

    def never(exchange: hostile.Exchange) -> None:
        asked.set()
        hostile.then_drip(ENDLESS)(exchange)

    with hostile.serve(scripted_mist.answers({"images": never})) as server:
        manager, client = started(tmp_path, MIST_URL=server.url, **PATIENT)
        kernel = Kernel(manager, client)
        try:
            kernel.run("%load_ext mist_notebook\n%mist backends;")
            request = client.execute("df = %mist images Slow", stop_on_error=False)
            assert asked.wait(REPLY_S)
            manager.interrupt_kernel()
            reply = kernel.finish(request)
            assert (reply.content["status"], reply.content["ename"]) == ("error", "Interrupted")
            assert kernel.run("%mist locations Slow;").content["status"] == "ok"
            assert "a-token-of-this-test" not in str(reply)
        finally:
            stop(manager, client)


def test_an_interrupt_ends_several_listings_at_once(tmp_path: Path) -> None:
    asked = threading.Semaphore(0)

    def never(exchange: hostile.Exchange) -> None:
        asked.release()
        hostile.then_drip(ENDLESS)(exchange)

    more = [*scripted_mist.CLOUDS, {"id": "c2", "title": "Slower", "provider": "ec2"}]
    with hostile.serve(scripted_mist.answers({"images": never, "clouds": hostile.json(more)})) as server:
        manager, client = started(tmp_path, MIST_URL=server.url, **PATIENT)
        kernel = Kernel(manager, client)
        try:
            kernel.run("%load_ext mist_notebook\n%mist backends;")
            request = client.execute("df = %mist images Slow Slower", stop_on_error=False)
            assert asked.acquire(timeout=REPLY_S) and asked.acquire(timeout=REPLY_S)
            manager.interrupt_kernel()
            assert kernel.finish(request).content["ename"] == "Interrupted"
            reply = kernel.run(
                "%unload_ext mist_notebook\nimport threading\n"
                "for thread in threading.enumerate():\n"
                "    if thread.name.startswith('ThreadPoolExecutor'): thread.join()"
            )
            assert (reply.content["status"], reply.streams) == ("ok", {})
        finally:
            stop(manager, client)


ENDS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in (
    "%load_ext mist_notebook",
    "from mist_notebook.client import runtime; runtime.acquire().sandbox(boot_seconds=0.05)",
    "%mist add-key demo --generate",
    "%mist create NephoScale --name web --image 5 --size 48 --location SJC-1 --key demo",
):
    shell.run_cell(cell).raise_error()
"""


def test_an_interpreter_that_ends_with_a_machine_running_says_nothing_of_it(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ENDS], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The probe says ok." in done.stdout


def test_unloading_takes_the_magic_and_the_completion_away(kernel: Kernel) -> None:
    """The last of this file: the kernel has no extension afterwards."""
    assert kernel.run("%unload_ext mist_notebook").streams == {}
    assert "NephoScale" not in str(kernel.complete("%mist images Ne"))
    reply = kernel.run("import threading; print([t.name for t in threading.enumerate() if 'mist' in t.name])")
    assert reply.streams == {"stdout": "[]\n"}
    reply = kernel.run("%mist backends")
    assert "%mist" in str(reply.streams) or reply.content["status"] == "error"
