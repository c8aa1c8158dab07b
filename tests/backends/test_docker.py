"""Containers over a scripted daemon: a create is sent once, what fails on the way leaves nothing or says so."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.backends.base import Adapter
from mist_notebook.backends.docker import rows, sockets
from mist_notebook.ground.errors import ApiError, BadValueError, MistError, RefusedError, UnavailableError
from mist_notebook.records.model import Key, MachineSpec
from tests.conftest import Notebook
from tests.rigs import docker_daemon, hostile
from tests.rigs.docker_daemon import INFO, Daemon


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    monkeypatch.setenv("HOME", str(tmp_path))
    with docker_daemon.serve(monkeypatch) as found:
        yield found


@pytest.fixture
def adapter(daemon: Daemon) -> Iterator[Adapter]:
    with MistClient() as client:
        client.add_backend(provider="docker")
        yield client.backend_from_name("Docker").adapter


def spec(adapter: Adapter, image: str = "box", **more: Any) -> MachineSpec:
    found = adapter.find_image(image)
    size = adapter.list_sizes().records[0]
    key = Key(id="k", name="k", public="ssh-ed25519 AAAA me")
    return MachineSpec(backend=adapter.info, name="web", image=found, size=size, key=key, op="op-1", **more)


def test_images_are_those_that_are_there_the_ones_with_ssh_first(adapter: Adapter) -> None:
    found = adapter.list_images().records
    assert [(one.name, one.starred, one.arch) for one in found] == [
        ("box:latest", True, "x86_64"),
        ("reg.example/box:1", True, "x86_64"),
        ("debian:12", True, None),
        ("plain:1", None, "arm64"),
        ("cccc11112222", None, None),
        ("dddd11112222", None, None),
    ]
    assert adapter.find_image("box").id == "box:latest"
    assert adapter.find_image("sha256:bbbb11112222").id == "plain:1"


@pytest.mark.parametrize(
    ("text", "name", "fits"),
    [
        ("box", "box:latest", True),
        ("box", "docker.io/library/box:latest", True),
        ("box:1", "docker.io/library/box:1", True),
        ("me/box", "docker.io/me/box:latest", True),
        ("box", "localhost/box:latest", True),
        ("box", "box:1", False),
        ("box", "me/box:latest", False),
        ("box", "reg.example/box:latest", False),
    ],
)
def test_an_image_is_called_as_at_docker(text: str, name: str, fits: bool) -> None:
    assert rows.is_short_for(text, name) is fits


def test_podman_says_another_id_each_time_so_its_socket_is_the_account(adapter: Adapter, daemon: Daemon) -> None:
    assert adapter.account().id == "D-1"
    daemon.broken["GET", "/info"] = hostile.json({**INFO, "ID": "random", "BuildahVersion": "1.28"})
    assert adapter.account().id == adapter.info.server


def test_sizes_fit_this_computer_and_cost_nothing(adapter: Adapter, daemon: Daemon) -> None:
    assert [one.id for one in adapter.list_sizes().records][-1] == "4cpu-8gb"
    assert {one.price.hourly for one in adapter.list_sizes().records} == {0.0}
    daemon.broken["GET", "/info"] = hostile.json({**INFO, "MemoryLimit": False})
    listing = adapter.list_sizes()
    assert listing.records == [] and "can't limit memory" in listing.notes[0]


def test_what_is_sent_is_named_labelled_limited_and_let_in(adapter: Adapter, daemon: Daemon) -> None:
    made = adapter.submit(spec(adapter))
    assert (made.id, made.state) == ("f" * 12, "pending")
    (create,) = daemon.sent("POST", "/create")
    assert create.target.endswith("name=web")
    body = json.loads(create.body)
    assert body["Labels"]["mist-notebook-op"] == "op-1"
    assert body["HostConfig"]["Memory"] == body["HostConfig"]["MemorySwap"] == 512 << 20
    assert body["HostConfig"]["PortBindings"]["22/tcp"] == [{"HostIp": "127.0.0.1", "HostPort": ""}]
    assert "Cmd" not in body
    (put,) = daemon.sent("PUT", "/archive")
    with tarfile.open(fileobj=io.BytesIO(put.body)) as archive:
        inside = archive.extractfile(".ssh/authorized_keys")
        assert inside is not None and inside.read() == b"ssh-ed25519 AAAA me\n"
        assert [one.mode for one in archive.getmembers()] == [0o700, 0o600]


@pytest.mark.parametrize(
    ("image", "word"), [("box", "says that it has it"), ("plain:1", "doesn't say that it has any")]
)
def test_the_receipt_says_what_is_known_of_ssh_before_anything_is_sent(
    adapter: Adapter, daemon: Daemon, image: str, word: str
) -> None:
    assert word in dict(adapter.fitted(spec(adapter, image)).beside)["SSH"]
    assert daemon.sent("POST", "/create") == []


def test_an_image_that_starts_something_else_starts_ssh_instead(adapter: Adapter, daemon: Daemon) -> None:
    adapter.submit(spec(adapter, "plain:1"))
    assert "sshd" in json.loads(daemon.sent("POST", "/create")[0].body)["Cmd"][0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (hostile.json({"message": "No such image: box"}, status=404), RefusedError),
        (hostile.json({"message": 'The container name "/web" is already in use'}, status=409), RefusedError),
        (hostile.json({"message": "invalid memory"}, status=400), RefusedError),
        (hostile.json({"message": "server error"}, status=500), ApiError),
        (hostile.answer("busy", status=502), MistError),
        (hostile.answer("", status=503), MistError),
        (hostile.json({"message": "later"}, status=429), RefusedError),
        (hostile.answer("<html>hi</html>", content_type="text/html"), ApiError),
        (hostile.json({}), ApiError),
        (lambda exchange: exchange.reset(), UnavailableError),
        (lambda exchange: exchange.close(), UnavailableError),
    ],
)
def test_a_create_is_sent_once_whatever_is_answered(
    adapter: Adapter, daemon: Daemon, answer: hostile.Step, error: type[MistError]
) -> None:
    wanted = spec(adapter)
    daemon.broken["POST", "create"] = answer
    with pytest.raises(error) as caught:
        adapter.submit(wanted)
    assert isinstance(caught.value, RefusedError) == (error is RefusedError)
    assert len(daemon.sent("POST", "/create")) == 1


@pytest.mark.parametrize("what", ["no ssh", "no start", "no room"])
def test_what_cant_be_started_is_taken_away_and_is_certain(adapter: Adapter, daemon: Daemon, what: str) -> None:
    wanted = spec(adapter)
    daemon.has_ssh = what != "no ssh"
    if what == "no start":
        daemon.broken["POST", "start"] = hostile.json({"message": "driver failed programming"}, status=500)
    if what == "no room":
        daemon.broken["PUT", "archive"] = hostile.json({"message": "no space left on device"}, status=500)
    with pytest.raises(RefusedError) as caught:
        adapter.submit(wanted)
    assert caught.value.hint
    assert daemon.containers == []


def test_what_cant_be_taken_away_is_said_with_the_line_that_does(adapter: Adapter, daemon: Daemon) -> None:
    wanted = spec(adapter)
    daemon.broken["POST", "start"] = hostile.json({"message": "no"}, status=500)
    daemon.broken["DELETE", "delete"] = hostile.json({"message": "busy"}, status=500)
    with pytest.raises(ApiError, match="not started: Docker said 500: no") as caught:
        adapter.submit(wanted)
    assert not isinstance(caught.value, RefusedError)
    assert "docker rm -f ffffffffffff" in caught.value.hint


def test_another_dialect_is_said(adapter: Adapter, daemon: Daemon) -> None:
    daemon.broken["GET", "/info"] = hostile.json({"hello": "world"})
    with pytest.raises(ApiError, match="doesn't answer as Docker does"):
        adapter.list_sizes()
    daemon.broken["GET", "/images/json"] = hostile.json({"images": []})
    with pytest.raises(ApiError):
        adapter.list_images()


@pytest.mark.parametrize("name", ["a", "-web", "we b", "wéb", "x" * 70, "a/b"])
def test_a_name_that_no_container_can_have_is_refused_before(adapter: Adapter, daemon: Daemon, name: str) -> None:
    from msgspec.structs import replace

    with pytest.raises(BadValueError):
        adapter.fitted(replace(spec(adapter), name=name))
    assert daemon.sent("POST", "/create") == []


def test_a_row_that_cant_be_read_is_a_note_and_the_others_count(adapter: Adapter, daemon: Daemon) -> None:
    daemon.containers += [
        {"Id": "a" * 64, "Names": ["/one"], "State": "paused", "Ports": [{"PrivatePort": 22, "PublicPort": 4022,
         "Type": "tcp", "IP": "127.0.0.1"}], "Labels": {"mist-notebook-op": "op-9"}},
        {"Id": None}, {"Id": "b" * 64, "Names": None, "State": "new word", "Ports": "x", "Labels": None},
    ]  # fmt: skip
    listing = adapter.list_machines()
    first, second = listing.records
    assert (first.name, first.state, first.ssh_port, first.tags) == (
        "one", "paused", 4022, (("mist-notebook-op", "op-9"),))  # fmt: skip
    assert (second.name, second.state) == ("b" * 12, "unknown (new word)")
    assert "1 of its containers" in listing.notes[0]


def test_the_socket_is_found_as_dockers_own_tool_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib
    import socket

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("one.sock", "two.sock"):
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name)
    meta = tmp_path / ".docker" / "contexts" / "meta" / hashlib.sha256(b"lab").hexdigest()
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(
        json.dumps({"Name": "lab", "Endpoints": {"docker": {"Host": f"unix://{tmp_path}/one.sock"}}})
    )
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"currentContext": "lab"}))
    one, two = f"unix://{tmp_path}/one.sock", f"unix://{tmp_path}/two.sock"
    assert sockets.find(sockets.DOCKER, None, {}).address == one
    assert sockets.find(sockets.DOCKER, "lab", {}).source == "context 'lab'"
    assert sockets.find(sockets.DOCKER, None, {"DOCKER_HOST": two}) == sockets.Found(two, "DOCKER_HOST")
    (tmp_path / "podman").mkdir()
    (tmp_path / "two.sock").rename(tmp_path / "podman" / "podman.sock")
    assert sockets.find(sockets.PODMAN, None, {"XDG_RUNTIME_DIR": str(tmp_path)}).address.endswith("podman.sock")
    assert rows.size_id(0.5, 2) == "0.5cpu-2gb"


def test_one_that_is_gone_is_a_line_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook: Notebook
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config = tmp_path / ".ssh" / "config"
    config.parent.mkdir()
    config.write_text("Host build\n HostName 192.0.2.9\n")
    with docker_daemon.serve(monkeypatch) as daemon:
        notebook.value("%mist add docker")
        notebook.value("%mist add ssh-config")
        daemon.containers.append({"Id": "a" * 64, "Names": ["/box"], "State": "running"})
        assert sorted(notebook.value("%mist machines")["name"]) == ["box", "build"]
        assert not {"docker", "ssh-config"} & set(notebook.value("%mist compare --limit 3")["provider"])
        config.write_text('Host "build\n')
        cell = notebook.run("%mist machines")
        assert list(cell.value["name"]) == ["box"]
        assert "SSH hosts is missing here" in cell.printed and "quote" in cell.printed
        config.write_text("Host build\n HostName 192.0.2.9\n")
    cell = notebook.run("%mist machines")
    assert list(cell.value["name"]) == ["build"]
    assert "Docker is missing here" in cell.printed and "refused the connection" in cell.printed
