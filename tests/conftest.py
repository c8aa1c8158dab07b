"""What tests share: one real IPython shell, our extension loaded for one test, and no settings of this computer."""

from __future__ import annotations

import gc
import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import settings
from IPython.core.interactiveshell import InteractiveShell

from mist_notebook.ssh.keys import local_keys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads, which spin in every child, have nothing to do
os.environ["TZ"] = "UTC"  # what people read stands by the clock here, whichever this is
time.tzset()
os.environ.pop("VIRTUAL_ENV", None)  # the one that somebody works in, perhaps another one: IPython warns of that
# The grammar of international addresses, which nothing here checks, takes jsonschema two seconds to load.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
_NO_SKIP = os.environ.get("MIST_NO_SKIP") == "1"  # read here: `own_settings` hides it from the tests
settings.register_profile("untimed", deadline=None)  # how long one example takes is no fact
settings.load_profile("untimed")
asyncssh.set_default_skip_rsa_key_validation(
    True
)  # tests make their keys, and checking one takes longer than most tests

gc.disable()  # until all tests are found: nothing of that is garbage

_FRONT_ENDS = pytest.StashKey[Any]()


def need(condition: object, reason: str) -> None:
    """Skip this test, and say why, where the machine lacks a part; fail it where MIST_NO_SKIP=1 forbids that."""
    if condition:
        return
    if _NO_SKIP:
        pytest.fail(f"{reason} (MIST_NO_SKIP=1: nothing may be skipped)")
    pytest.skip(reason)


@dataclass
class Cell:
    """What one cell gave: its value, what it printed, and the error that ended it."""

    value: Any
    printed: str
    error: BaseException | None


@dataclass
class Notebook:
    """Cells run one after another in a real shell, as a person would run them."""

    shell: InteractiveShell
    cells: list[Cell] = field(default_factory=list)

    def run(self, source: str) -> Cell:
        """Run the cell, failing or not."""
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            result = self.shell.run_cell(source, store_history=False)
        cell = Cell(result.result, printed.getvalue(), result.error_in_exec or result.error_before_exec)
        self.cells.append(cell)
        return cell

    def value(self, source: str) -> Any:
        """The value of a cell that has to work."""
        cell = self.run(source)
        if cell.error is not None:
            raise AssertionError(f"{source} failed:\n{cell.printed}") from cell.error
        return cell.value

    def __getitem__(self, name: str) -> Any:
        """A variable of the notebook."""
        return self.shell.user_ns[name]


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file of this test, which doesn't exist yet; nothing of this computer's settings is seen."""
    for name in list(os.environ):
        if name.startswith(("MIST_", "BINDER_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("MIST_CONFIG", str(path))
    monkeypatch.setenv("COLUMNS", "120")  # as wide as a terminal that isn't asked: pytest-xdist says 80
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MIST_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(local_keys, "RSA_BITS", 2048)  # made in a quarter of the time of the usual 3072
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")  # never this computer's own
    return path


@pytest.fixture(scope="session")
def bare_shell(tmp_path_factory: pytest.TempPathFactory) -> InteractiveShell:
    """The one shell of this process, without our extension and without anyone's IPython profile."""
    os.environ["IPYTHONDIR"] = str(tmp_path_factory.mktemp("ipython"))
    shell: InteractiveShell = InteractiveShell.instance()
    return shell


@pytest.fixture
def notebook(bare_shell: InteractiveShell, own_settings: Path) -> Iterator[Notebook]:
    """A notebook with the extension loaded, and unloaded afterwards; its variables go with it."""
    before = dict(bare_shell.user_ns)
    bare_shell.run_line_magic("load_ext", "mist_notebook")
    try:
        yield Notebook(bare_shell)
    finally:
        bare_shell.run_line_magic("unload_ext", "mist_notebook")
        bare_shell.user_ns.clear()
        bare_shell.user_ns.update(before)


@pytest.fixture(scope="session")
def front_ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The one server of this process and its Chromium, a `jupyterlab.FrontEnds`."""
    from tests.rigs import jupyterlab  # needs nbformat, which the matrix of versions has not

    need(find_spec("playwright"), "playwright is not installed")
    need(find_spec("jupyterlab"), "JupyterLab is not installed")
    need(jupyterlab.chromium(), "Chromium is not installed (Debian: apt-get install chromium)")
    folder = tmp_path_factory.mktemp("lab")
    with jupyterlab.serve(folder) as server, jupyterlab.FrontEnds(server, folder) as ends:
        yield ends


@pytest.fixture(scope="module")
def lab(front_ends: Any, request: pytest.FixtureRequest) -> Any:
    """The front ends and a Chromium, a `jupyterlab.Lab`, which browser tests in a row have in common.

    Not longer than that: where playwright is open, no other test of the process can run an event loop.
    """
    request.session.stash[_FRONT_ENDS] = front_ends
    return front_ends.open()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """No Chromium is left open for a test that isn't one in a browser."""
    if _FRONT_ENDS in item.session.stash and (nextitem is None or not nextitem.get_closest_marker("browser")):
        item.session.stash[_FRONT_ENDS].close()


@pytest.fixture(scope="module")
def open_sheet(lab: Any) -> Iterator[Any]:
    """One open notebook for the browser tests of one file, a `form_page.Sheet`."""
    from tests.rigs.form_page import sheet_in

    with sheet_in(lab) as sheet:
        yield sheet


@pytest.fixture
def sheet(open_sheet: Any) -> Iterator[Any]:
    """The open notebook, light and wide; what the browser did meanwhile has to be nothing."""
    from tests.rigs.form_page import quiet

    open_sheet.settle()
    yield open_sheet
    quiet(open_sheet.seen)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests first, then other long files: what is long and last keeps all others waiting."""
    items.sort(key=_length, reverse=True)


def pytest_collection_finish() -> None:
    """What was found stays to the end: the collector needn't go through it again and again."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def _length(item: pytest.Item) -> float:
    """How long its file takes about; 0 if that isn't long."""
    if item.get_closest_marker("browser"):
        return float("inf")
    long = item.get_closest_marker("long")
    return float(long.args[0]) if long else 0.0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file is one worker's, as tests share what they start; browser tests share a JupyterLab, the form has its."""
    from xdist.scheduler import LoadFileScheduling

    class Shared(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            if not file.endswith("browser.py"):
                return file
            return "the form in a browser" if "_form_" in file else "all else in a browser"

    return Shared(config, log) if config.getvalue("dist") == "loadfile" else None
