"""`%mist dask`: from names to a client, how it is, and its end; and lines that make no sense."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import nbformat
import pytest

from mist_notebook import dask_cluster
from mist_notebook.ground.errors import BadValueError, ClusterError, MistUsageError, NotFoundError, ProbeError
from mist_notebook.ssh.target import Target
from tests.conftest import Notebook
from tests.rigs.processes import of_home, wait_until_gone
from tests.rigs.ssh_hosts import KEY, need_client, openssh

pytestmark = pytest.mark.long(28)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Target]]]:
    """Three real sshds, whose sessions find this test's own Python."""
    need_client()  # which says how strict the configuration is
    folder = tmp_path_factory.mktemp("team")
    path = f"PATH={Path(sys.executable).parent}:/usr/bin:/bin"
    with ExitStack() as stack:
        found = []
        for number in (1, 2, 3):
            home = folder / str(number)
            home.mkdir()
            found.append(stack.enter_context(openssh(home, environment=(path,))))
        yield folder, found


@pytest.fixture
def book(
    team: tuple[Path, list[Target]], tmp_path: Path, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> Notebook:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    folder = tmp_path / ".ssh"
    folder.mkdir(mode=0o700)
    hosts = [
        f"Host team-{number}\n HostName 127.0.0.1\n Port {target.port}\n User {target.user}\n"
        for number, target in enumerate(team[1], 1)
    ]
    (folder / "config").write_text("StrictHostKeyChecking accept-new\n" + "".join(hosts))
    (folder / "id_ed25519").touch(mode=0o600)
    (folder / "id_ed25519").write_bytes(KEY.export_private_key("openssh"))
    assert "3 hosts" in notebook.run("%mist add ssh-config").printed
    return notebook


def lesson() -> dict[str, str]:
    """The cells of the notebook on clusters, by id."""
    path = Path(__file__).resolve().parent.parent.parent / "notebooks" / "08-a-cluster.ipynb"
    return {cell["id"]: cell["source"] for cell in nbformat.read(path, as_version=4).cells}


def test_the_whole_way_from_names_to_a_client_and_to_its_end(
    book: Notebook, team: tuple[Path, list[Target]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = lesson()
    monkeypatch.setenv("MIST_TEAM", "team-1 team-2 team-3 --threads 1 --memory 400MB")
    book.run(cells["cluster-05"])
    up = book.run(cells["cluster-07"])
    assert up.error is None, up.printed
    for line in ("they reach each other", "the scheduler runs", "3 machines · 3 threads · 1.2 GB", "Dashboard: http"):
        assert line in up.printed
    assert "π is about 3.14" in book.run(cells["cluster-09"]).printed
    status = book.value("%mist dask status")
    assert list(status["name"]) == ["team-1", "team-2", "team-3"]
    assert list(status["state"]) == ["works"] * 3
    assert list(status["threads"]) == [1.0] * 3
    machines = book.value("%mist machines")
    assert list(machines["cluster"]) == ["team-1"] * 3
    again = book.run("same = %mist dask up team-1 team-2 team-3")
    assert "It is up already" in again.printed
    assert book.shell.user_ns["same"] is book.shell.user_ns["client"]
    refused = book.run("%mist dask down --destroy team-1").error
    assert isinstance(refused, BadValueError), refused
    assert list(book.value("%mist dask status")["state"]) == ["works"] * 3
    homes = [team[0] / str(number) / "home" for number in (1, 2, 3)]
    theirs = [one for one in of_home(*homes) if "distributed" in " ".join(one.cmdline())]
    assert theirs
    down = book.run("%mist dask down").printed
    assert "The cluster of team-1, team-2, team-3 has ended. They go on, and cost: team-1, team-2, team-3." in down
    wait_until_gone(theirs)
    assert "No cluster is up: nothing was sent." in book.run("%mist dask down").printed
    assert "No cluster is up" in book.run("%mist dask status").printed
    assert "cluster" not in book.value("%mist machines").columns
    assert b"BEGIN" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_unloading_ends_a_cluster_that_is_up(book: Notebook, team: tuple[Path, list[Target]]) -> None:
    before = set(of_home(team[0] / "1" / "home"))
    up = book.run("%mist dask up team-1 --threads 1 --memory 400MB;")
    assert up.error is None, up.printed
    theirs = [process for process in of_home(team[0] / "1" / "home") if process not in before]
    assert theirs
    unloaded = book.run("%unload_ext mist_notebook")
    assert unloaded.error is None, unloaded.error
    wait_until_gone(theirs)


@pytest.mark.parametrize(
    ("line", "kind", "why"),
    [
        ("", MistUsageError, "dask takes up, status or down."),
        ("up", MistUsageError, "Which machine?"),
        ("up team-9", NotFoundError, "team-9"),
        ("start team-1", MistUsageError, "dask takes up, status or down, not 'start'"),
        ("up team-1 --threads 0", BadValueError, "'0' can't be a number of threads"),
        ("up team-1 --threads many", BadValueError, "'many' can't be a number of threads"),
        ("up team-1 --memory 1KB", BadValueError, "1KB"),
        ("up team-1 --memory 1MB", BadValueError, "1MB"),
        ("up team-1 --idle 0", BadValueError, "'0'"),
        ("up team-1 --with nonexistent-package", BadValueError, "'nonexistent-package' is not installed here"),
        ("up team-1 --python /nonexistent/python", ClusterError, "no Python 3 there"),
        ("down team-1", MistUsageError, "down ends the whole cluster"),
        ("down --destroy team-1", ClusterError, "No cluster is up: nothing was destroyed"),
        ("status team-1", MistUsageError, "status shows the whole cluster"),
    ],
)
def test_a_line_that_makes_no_sense_says_so_in_two_lines(
    book: Notebook, line: str, kind: type[Exception], why: str
) -> None:
    error = book.run(f"%mist dask {line}").error
    assert isinstance(error, kind), error
    assert why in str(error)
    assert str(error).count("\n") <= 1


def test_the_sandboxs_machines_compute_nothing(notebook: Notebook) -> None:
    made = notebook.run("%mist create NephoScale --name team --image 5 --size 48 --location SJC-1 --yes")
    machine = notebook.shell.user_ns.get("_") if made.error is None else None
    del machine
    error = notebook.run("%mist dask up team").error
    assert isinstance(error, (ClusterError, NotFoundError)), error


@pytest.mark.parametrize(
    ("given", "kind", "why"),
    [
        ([], BadValueError, "needs a machine"),
        (["web-1"], BadValueError, "'web-1' is not a machine"),
        ([3], BadValueError, "is not a machine"),
    ],
)
def test_what_is_no_machine_is_refused_in_python_too(given: list[object], kind: type[Exception], why: str) -> None:
    with pytest.raises(kind, match=why):
        dask_cluster(given)  # type: ignore[arg-type]


def test_the_same_machine_twice_and_one_that_is_stopped_are_refused(book: Notebook) -> None:
    book.run("m = __import__('mist_notebook').MistClient()")
    client = book.shell.user_ns["m"]
    machine = next(iter(client.machines()))
    with pytest.raises(BadValueError, match="is there twice"):
        dask_cluster([machine, machine])
    from msgspec.structs import replace

    machine.record = replace(machine.record, state="stopped")
    with pytest.raises(ProbeError, match="is stopped"):
        dask_cluster(machine)
