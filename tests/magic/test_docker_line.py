"""Containers through the lines, with a real Docker daemon: made, probed, limited, stopped, started and destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.ground.errors import MistError, NotFoundError, RefusedError, SettingsError
from tests.conftest import Notebook, need
from tests.rigs import docker_engine

CREATE = "%mist create docker --name web --size 0.5cpu-0.5gb --image ssh-image --key mine"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need(not docker_engine.why_not(), docker_engine.why_not())
    with docker_engine.running(tmp_path_factory.mktemp("docker")) as socket:
        yield socket


@pytest.fixture
def book(engine: str, notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{engine}")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    added = notebook.run("%mist add docker").printed
    assert "DOCKER_HOST" in added
    notebook.value("%mist add-key mine --generate")
    return notebook


def test_a_container_from_the_first_word_to_the_last(book: Notebook, engine: str) -> None:
    assert sorted(book.value("%mist images docker")["name"]) == ["plain-image:latest", "ssh-image:latest"]
    sizes = book.value("%mist sizes docker")
    assert set(sizes["price_hourly"]) == {0.0}
    assert "0.5cpu-0.5gb" in str(book.value(f"{CREATE} --dry-run"))
    assert docker_engine.ask(engine, "GET", "/containers/json?all=true")[1].strip() == b"[]"
    machine = book.value(CREATE)
    assert machine.state == "running"
    assert list(book.value("%mist machines")["size_id"]) == ["0.5cpu-0.5gb"]
    report = book.value("%mist probe web")
    assert report.outcome == "ok", report.detail
    assert (report.cores, report.ram_mb) == (0.5, 512.0)
    assert report.distro == "Made of busybox"
    runs = book.value("%%mist run web\necho hello")
    assert list(runs["stdout"]) == ["hello\n"]
    limits = docker_engine.inspected(engine, "web")["HostConfig"]
    assert isinstance(limits, dict)
    assert (limits["NanoCpus"], limits["Memory"], limits["MemorySwap"]) == (500_000_000, 512 << 20, 512 << 20)
    assert limits["PortBindings"]["22/tcp"][0]["HostIp"] == "127.0.0.1"
    again = book.value(CREATE)
    assert again.id == machine.id
    assert book.value("%mist stop web").state == "stopped"
    assert book.value("%mist start web").state == "running"
    assert book.value("%mist probe web").outcome == "ok"
    assert book.value("%mist reboot web").state == "running"
    assert "was destroyed" in book.run("%mist destroy web --yes web").printed
    assert len(book.value("%mist machines")) == 0


def test_an_image_without_ssh_is_refused_and_nothing_is_left(book: Notebook, engine: str) -> None:
    failed = book.run(CREATE.replace("ssh-image", "plain-image"))
    assert isinstance(failed.error, RefusedError)
    assert "has no SSH server" in str(failed.error)
    assert docker_engine.ask(engine, "GET", "/containers/json?all=true")[1].strip() == b"[]"
    assert book.value(CREATE.replace("web", "plain")).name == "plain"
    book.value("%mist destroy plain --yes plain")


def test_what_a_container_cant_have_is_two_lines_and_sends_nothing(book: Notebook, engine: str) -> None:
    for line in (
        f"{CREATE} --hours 2",
        f"{CREATE} --script setup.sh",
        CREATE.replace("--name web", "--name /w"),
        CREATE.replace(" --key mine", ""),
        CREATE.replace("ssh-image", "debain"),
        CREATE.replace("0.5cpu-0.5gb", "900cpu-1gb"),
    ):
        cell = book.run(line)
        assert isinstance(cell.error, MistError), line
        assert len(str(cell.error).splitlines()) == 2, (line, str(cell.error))
    assert docker_engine.ask(engine, "GET", "/containers/json?all=true")[1].strip() == b"[]"


def test_a_name_that_somebody_else_has_is_refused(book: Notebook, engine: str) -> None:
    body = b'{"Image": "ssh-image", "Cmd": ["sleep", "60"]}'
    connection_made = docker_engine.made(engine, "theirs", body)
    assert connection_made == 201
    failed = book.run(CREATE.replace("--name web", "--name theirs"))
    assert isinstance(failed.error, MistError)
    frame = book.value("%mist machines")
    assert list(frame["mine"]) == [False]
    docker_engine.ask(engine, "DELETE", "/containers/theirs?force=1")


def test_a_socket_that_isnt_there_is_two_lines(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for host, word in (
        (f"unix://{tmp_path}/no.sock", "is no socket"),
        ("tcp://192.0.2.1:2375", "no socket of this computer"),
        ("ssh://me@host", "no socket of this computer"),
    ):
        monkeypatch.setenv("DOCKER_HOST", host)
        failed = notebook.run("%mist add docker")
        assert isinstance(failed.error, SettingsError) and word in str(failed.error)
        assert len(str(failed.error).splitlines()) == 2
    monkeypatch.delenv("DOCKER_HOST")
    assert isinstance(notebook.run("%mist add docker --context nowhere").error, NotFoundError)
