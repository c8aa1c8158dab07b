"""OpenStack by `%mist` lines against a real nova and placement: made, stopped, started, rebooted, ended, refused."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import AuthError, RefusedError
from mist_notebook.records.model import OP_TAG
from tests.conftest import Notebook
from tests.rigs import own_clouds

PASSWORD = "pass-word-of-nova-1"
KEY, IMAGE = f"key-{os.getpid()}", "155d900f-4e14-4e4c-a73d-069cbf4541e6"
SERVER = Path(__file__).with_name("nova_server.py")


@pytest.fixture(scope="module")
def nova(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, once it serves."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("nova") / "log"
    with log.open("w") as said:
        line = [os.environ["MIST_NOVA_PYTHON"], str(SERVER), str(port), PASSWORD]
        process = subprocess.Popen(line, stdout=said, stderr=subprocess.STDOUT, cwd=log.parent)
    until = time.monotonic() + 90
    while "SERVING" not in log.read_text():
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(log.read_text()[-3000:])
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.fixture
def cloud(nova: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A clouds.yaml that names it."""
    own_clouds.no_credentials(monkeypatch, tmp_path)
    folder = tmp_path / ".config" / "openstack"
    folder.mkdir(parents=True)
    (folder / "clouds.yaml").write_text(
        f"clouds:\n  nova:\n    region_name: RegionOne\n    auth: {{auth_url: '{nova}/identity/v3', username: demo,\n"
        f"      project_name: demo, user_domain_id: default, project_domain_id: default, password: {PASSWORD}}}\n"
    )
    (folder / "clouds.yaml").chmod(0o600)
    return nova


@pytest.fixture
def added(cloud: str, notebook: Notebook) -> Notebook:
    notebook.value("%mist add openstack --cloud nova")
    notebook.value(f"%mist add-key {KEY} --generate")
    return notebook


def create(name: str, more: str = "") -> str:
    line = f"%mist create openstack --name {name} --size m1.tiny --image {IMAGE} --key {KEY} --no-probe"
    return f"{line} --extra security_groups=default --accept-unknown-price {name} {more}"


def rows(notebook: Notebook) -> dict[str, str]:
    """The machines that are there, each with its state."""
    frame = notebook.value("%mist machines")
    return dict(zip(frame["name"], frame["state"], strict=True))


def test_a_machine_lives_its_life_in_a_real_nova(added: Notebook) -> None:
    assert "m1.tiny" in list(added.value("%mist sizes openstack")["name"])
    assert len(added.value("%mist images openstack --all")) > 3
    machine = added.value(create("web"))
    assert machine.state == "running"
    with MistClient() as client:
        held = next(iter(client.backends.values())).machine_from_name("web")
        assert held.mine
        assert dict(held.record.tags)[OP_TAG] == client.journal.records()[-1].op
        quota = {one.what: one for one in next(iter(client.backends.values())).adapter.quota()}
        assert quota["machines"].used == 1
    for word, state in (("stop", "stopped"), ("start", "running"), ("reboot", "running")):
        added.value(f"%mist {word} web")
        assert rows(added)["web"] == state
    assert added.value(create("web")).id == machine.id  # the same line again
    added.value("%mist destroy web --yes web")
    assert rows(added).get("web", "terminated") == "terminated"
    assert PASSWORD not in "".join(cell.printed for cell in added.cells)


def test_the_quota_of_a_real_nova_is_a_certain_refusal(cloud: str, notebook: Notebook) -> None:
    added = notebook
    added.value("%mist add openstack --cloud nova")
    added.value(f"%mist add-key {KEY}-2 --generate")
    added.value(create("many", "--count 2").replace(KEY, f"{KEY}-2"))  # as many as it lets one have
    failed = added.run(create("more").replace(KEY, f"{KEY}-2"))
    assert isinstance(failed.error, RefusedError)
    assert "Quota exceeded" in str(failed.error)
    made = [name for name, state in rows(added).items() if state == "running"]
    assert sorted(made) == ["many-1", "many-2"]
    for name in made:
        added.value(f"%mist destroy {name} --yes {name}")


def test_a_password_that_is_wrong_says_whose(cloud: str, notebook: Notebook, tmp_path: Path) -> None:
    path = tmp_path / ".config" / "openstack" / "clouds.yaml"
    path.write_text(path.read_text().replace(PASSWORD, "wrong"))
    failed = notebook.run("%mist add openstack --cloud nova")
    assert isinstance(failed.error, AuthError)
    assert "clouds.yaml" in str(failed.error)
