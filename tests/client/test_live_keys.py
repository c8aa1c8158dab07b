"""Keys belong to this computer: a live backend gets the public half of the one that is asked for, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncssh
import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.records.model import ProbeReport
from tests.conftest import Notebook
from tests.rigs import orbit

NOW = datetime(2026, 11, 29, tzinfo=UTC)
WHAT = {"image_id": "deb", "size_id": "small", "location_id": "north"}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[orbit.Cloud]:
    with orbit.installed(tmp_path, monkeypatch) as cloud:
        yield cloud


def test_a_key_of_this_computer_is_given_to_the_cloud_by_its_public_half_alone(cloud: orbit.Cloud) -> None:
    with MistClient() as client:
        client.make_key("mine")
        backend = client.backends["Orbit"]
        backend.create_machine("web", key="mine", **WHAT)  # type: ignore[arg-type]
        backend.create_machine("web-2", key="mine", **WHAT)  # type: ignore[arg-type]
        public = client.local_keys.public_of("mine")
    assert [key["public"] for key in cloud.rows["keys"]] == [public]
    assert [wish["key"] for wish in cloud.created] == ["k1", "k1"]
    assert all(b"PRIVATE" not in request.body for request in cloud.ledger)


def test_keys_show_those_here_and_those_a_backend_knows(cloud: orbit.Cloud, notebook: Notebook) -> None:
    cloud.rows["keys"].append({"id": "k9", "name": "theirs", "public": "ssh-ed25519 AAAA"})
    notebook.value("%mist add-key mine --generate")
    assert list(notebook.value("%mist keys")["name"]) == ["theirs", "mine"]
    assert cloud.writes == []


def test_a_key_that_is_nowhere_is_an_error_before_anything_is_sent(cloud: orbit.Cloud) -> None:
    with MistClient() as client:
        client.make_key("mine")
        with pytest.raises(NotFoundError, match="mien"):
            client.backends["Orbit"].create_machine("web", key="mien", **WHAT)  # type: ignore[arg-type]
    assert cloud.writes == []


def test_a_key_is_taken_off_this_computers_list_and_one_of_the_clouds_own_stays(cloud: orbit.Cloud) -> None:
    cloud.rows["keys"].append({"id": "k9", "name": "theirs", "public": "ssh-ed25519 AAAA"})
    with MistClient() as client:
        key = client.make_key("mine")
        for refused in (key.delete, key.set_default, lambda: key.rename("other")):
            with pytest.raises(BadValueError, match="this computer's list alone") as caught:
                refused()
            assert "%mist remove-key mine" in caught.value.hint
        with pytest.raises(NotFoundError, match="asked directly has one"):
            client.remove_key("theirs")
        removed = client.remove_key("mine")
        assert (removed.name, removed.of_server) == ("mine", False) and removed.private is not None
        assert [one.name for one in client.keys.values()] == ["theirs"]
    assert cloud.writes == []


@pytest.mark.parametrize(
    ("outcome", "user", "kept"), [("ok", "ubuntu", "ubuntu"), ("auth", "ubuntu", "root"), ("ok", "mallory", "root")]
)
def test_as_whom_a_machine_let_us_in_is_kept_with_its_record(
    cloud: orbit.Cloud, outcome: str, user: str, kept: str
) -> None:
    with MistClient() as client:
        client.make_key("mine")
        machine = client.backends["Orbit"].create_machine("web", key="mine", **WHAT)  # type: ignore[arg-type]
        assert (machine.login_user, machine.other_users) == ("root", ("ubuntu", "ec2-user", "admin"))
        report = ProbeReport(outcome=outcome, host="192.0.2.1", port=22, user=user, via="ssh", probed_at=NOW, seconds=1)
        client.prober.marked(report, machine)
        assert machine.login_user == kept
        assert client.journal.opened()[0].login == (kept if kept != "root" else None)


@pytest.mark.parametrize("kind", ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_key_from_a_file_goes_nowhere_before_a_create_and_nobody_is_asked(
    cloud: orbit.Cloud, notebook: Notebook, tmp_path: Path, kind: str
) -> None:
    private = asyncssh.generate_private_key(kind)
    path = tmp_path / "id"
    path.touch(mode=0o600)
    path.write_bytes(private.export_private_key("openssh"))
    notebook.value(f"%mist add-key own --from {path}")
    assert "public half" in notebook.cells[-1].printed
    assert cloud.writes == []
    notebook.value("%mist create Orbit --name web --image deb --size small --location north --key own --no-probe")
    assert [key["public"].split()[:2] for key in cloud.rows["keys"]] == [
        private.export_public_key().decode().split()[:2]
    ]
    assert all(b"PRIVATE" not in request.body for request in cloud.ledger)


def test_a_key_from_a_file_whose_name_is_anothers_at_the_cloud_is_refused(
    cloud: orbit.Cloud, notebook: Notebook, tmp_path: Path
) -> None:
    cloud.rows["keys"].append({"id": "k9", "name": "own", "public": "ssh-ed25519 AAAA"})
    path = tmp_path / "id"
    path.touch(mode=0o600)
    path.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh"))
    error = notebook.run(f"%mist add-key own --from {path}").error
    assert isinstance(error, BadValueError) and "'own'" in error.message
    assert cloud.writes == []
