"""A data folder that is full, read-only, unreadable, lost or half lost, beside a live server and its ledger."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.ground.errors import BadValueError, JournalError, MistError
from mist_notebook.provision.shelf import FolderShelf
from tests.conftest import Notebook
from tests.rigs import live_mist

MAKE = "%mist create Live --name {} --image debian --size small --location east --key demo --no-probe"


@contextmanager
def full_disk() -> Iterator[None]:
    """Within, no file of this process can hold a byte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@contextmanager
def no_folder(folder: Path) -> Iterator[None]:
    """Within, a file stands where the folder was."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


@contextmanager
def denied() -> Iterator[None]:
    """Within, the journal's folder can't be listed; root, as whom a test may run, is denied nothing by a mode."""
    with pytest.MonkeyPatch.context() as patch:

        def names(_: object) -> list[str]:
            raise PermissionError(13, "Permission denied")

        patch.setattr(FolderShelf, "names", names)
        yield


@pytest.fixture
def live(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        yield live


def destroyed(live: live_mist.LiveMist) -> None:
    """What is asked to go is gone at once."""
    live.broken["m-1"] = lambda exchange: (
        live.rows["machines"].clear(),
        live._answer("any")(exchange.request)(exchange),
    )[1]


@pytest.mark.parametrize("how", ["full", "no folder"])
def test_what_could_not_be_written_after_a_destroy_is_said_in_one_line(
    live: live_mist.LiveMist, notebook: Notebook, tmp_path: Path, how: str
) -> None:
    notebook.value(MAKE.format("web"))
    destroyed(live)
    with full_disk() if how == "full" else no_folder(tmp_path / "data" / "journal"):
        error = notebook.run(MAKE.format("db")).error
        assert isinstance(error, JournalError) and "can't be written" in error.message
        assert len(live.created) == 1
        place = "Live/m-1"
        cell = notebook.run(f"%mist destroy {place} --yes web --not-mine")
        assert cell.error is None, cell.printed
        said = [line for line in cell.printed.splitlines() if "The journal can't be written" in line]
        if how == "full":
            assert len(said) == 1 and "'web' still counts" in said[0] and "Nothing was sent" not in said[0]
        assert "was destroyed" in cell.printed
    assert live.rows["machines"] == []


def test_python_says_so_too(live: live_mist.LiveMist, notebook: Notebook) -> None:
    notebook.value(f"machine = {MAKE.format('web')}")
    destroyed(live)
    with full_disk():
        cell = notebook.run("machine.destroy()")
    assert cell.error is None and cell.printed.count("The journal can't be written") == 1


def test_what_can_be_written_is_not_spoken_of(live: live_mist.LiveMist, notebook: Notebook) -> None:
    notebook.value(MAKE.format("web"))
    destroyed(live)
    assert "journal" not in notebook.run("%mist destroy web --yes web").printed


def test_a_journal_that_is_not_readable_keeps_nobody_from_looking(live: live_mist.LiveMist, notebook: Notebook) -> None:
    notebook.value(MAKE.format("web"))
    with denied():
        frame = notebook.value("%mist machines")
        assert list(frame["name"]) == ["web"] and list(frame["mine"]) == [False]
        assert notebook.cells[-1].printed.count("Permission denied") == 1
        assert isinstance(notebook.run(MAKE.format("db")).error, JournalError)
    assert len(live.created) == 1
    assert list(notebook.value("%mist machines")["mine"]) == [True]


def lose(folder: Path, what: str) -> None:
    """Lose so much of the journal's files."""
    files = sorted(folder.rglob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    if what == "cut in half":
        for path in files:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return
    chain = files[0].name.split("-")[0]
    chosen = {"all": files, "the newest": files[-1:], "the oldest": files[:1]}
    for path in chosen.get(what, [path for path in files if path.name.startswith(chain)]):
        path.unlink()


@pytest.mark.parametrize("lost", ["all", "the newest", "the oldest", "one machine's", "cut in half"])
def test_of_a_journal_that_is_half_lost_no_machine_is_made_again(
    live: live_mist.LiveMist, notebook: Notebook, tmp_path: Path, lost: str
) -> None:
    for name in ("web", "db"):
        notebook.value(MAKE.format(name))
    lose(tmp_path / "data" / "journal", lost)
    notebook.run("%unload_ext mist_notebook")
    notebook.run("%load_ext mist_notebook")
    frame = notebook.value("%mist machines")
    assert sorted(frame["name"]) == ["db", "web"]
    for name, mine in zip(frame["name"], frame["mine"], strict=True):
        if not mine:
            assert name in notebook.cells[-1].printed  # it is offered, or its record can't be read
    for name in ("web", "db"):
        cell = notebook.run(MAKE.format(name))
        assert cell.error is None or isinstance(cell.error, MistError)
    assert len(live.created) == 2, lost
    if lost == "all":
        assert isinstance(notebook.cells[-1].error, BadValueError)


def test_a_folder_of_keys_that_is_none_keeps_nobody_from_a_look_through_mist(
    live: live_mist.LiveMist, notebook: Notebook, tmp_path: Path
) -> None:
    notebook.value(MAKE.format("web"))
    (tmp_path / "data" / "keys").write_text("")
    assert notebook.value("%mist probe web --via mist").outcome == "ok"
