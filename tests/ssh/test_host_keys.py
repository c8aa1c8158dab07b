"""Pinned host keys: first use, match, change; the file they stand in, and what happens when it is bad."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import asyncssh
import pytest

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ssh.host_keys import HostKeys, fingerprint
from mist_notebook.ssh.probing.probe import probe
from tests.rigs.ssh_hosts import KEY, at, ssh_host


def public(key: asyncssh.SSHKey) -> str:
    return " ".join(key.export_public_key().decode().split()[:2])


ONE = public(asyncssh.generate_private_key("ssh-ed25519"))
TWO = public(asyncssh.generate_private_key("ecdsa-sha2-nistp256"))


def saved(path: Path, **pins: str) -> HostKeys:
    keys = HostKeys(path)
    keys.load()
    for machine_id, key in pins.items():
        assert keys.pin(machine_id, key)
    keys.save()
    return keys


def loaded(path: Path) -> HostKeys:
    keys = HostKeys(path)
    keys.load()
    return keys


def test_the_first_key_is_pinned_and_no_other_one_is_taken() -> None:
    keys = HostKeys()
    assert [keys.known("a"), keys.pin("a", ONE), keys.pin("a", ONE), keys.pin("a", TWO)] == [None, True, True, False]
    assert keys.known("a") == ONE


def test_a_pin_outlives_its_process_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "host_keys.json"
    saved(path, a=ONE)
    assert loaded(path).known("a") == ONE
    assert [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent)] == [0o600, 0o700]
    assert [file.name for file in path.parent.iterdir()] == ["host_keys.json"]


def test_a_folder_that_others_can_read_is_tightened(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    saved(tmp_path / "host_keys.json", a=ONE)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_two_kernels_that_pin_at_once_keep_both_pins_and_the_first_of_a_conflict(tmp_path: Path) -> None:
    path = tmp_path / "host_keys.json"
    first, second = loaded(path), loaded(path)
    first.pin("a", ONE)
    second.pin("a", TWO)
    second.pin("b", TWO)
    first.save()
    second.save()
    assert [loaded(path).known("a"), loaded(path).known("b"), second.known("a")] == [ONE, TWO, ONE]


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path) -> None:
    path = tmp_path / "host_keys.json"
    saved(path)
    assert not path.exists()
    saved(path, a=ONE)
    before = path.stat().st_ino
    saved(path, a=ONE)
    assert path.stat().st_ino == before


def test_a_forgotten_machine_has_a_first_key_again(tmp_path: Path) -> None:
    path = tmp_path / "host_keys.json"
    keys = saved(path, a=ONE, b=TWO)
    assert [keys.forget("a"), keys.forget("a"), keys.known("a"), loaded(path).known("a")] == [True, False, None, None]
    assert keys.pin("a", TWO)
    keys.save()
    assert [loaded(path).known("a"), loaded(path).known("b")] == [TWO, TWO]


def test_pins_in_memory_can_be_forgotten_too() -> None:
    keys = HostKeys()
    keys.pin("a", ONE)
    keys.load()
    assert [keys.known("a"), keys.forget("a"), keys.known("a"), keys.pin("a", TWO)] == [ONE, True, None, True]
    keys.load()
    assert keys.known("a") == TWO


GARBLED = {
    "empty": b"",
    "half": b'{"v": 1, "keys": {"a": "ssh',
    "NULs": b"\0" * 64,
    "array": b"[]",
    "not UTF-8": '{"v": 1, "keys": {"a": "é"}}'.encode("utf-16"),
    "newer": b'{"v": 2, "keys": {}}',
    "key is no text": b'{"v": 1, "keys": {"a": 5}}',
    "key is nonsense": b'{"v": 1, "keys": {"a": "ssh-ed25519 ???"}}',
    "key is not base64": b'{"v": 1, "keys": {"a": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5A"}}',
}


@pytest.mark.parametrize("content", GARBLED.values(), ids=GARBLED)
def test_a_garbled_file_is_named_kept_and_nothing_is_connected(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "host_keys.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ProbeError) as error:
        asyncio.run(probe(at(1), key=KEY, pins=HostKeys(path)))
    assert str(path) in error.value.message
    assert "kept" in error.value.hint
    assert str(error.value).count("\n") == 1
    for act in (lambda: HostKeys(path).forget("a"), lambda: saved(path, a=ONE)):
        with pytest.raises(ProbeError):
            act()
    assert path.read_bytes() == content


def test_a_file_that_others_may_change_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "host_keys.json"
    saved(path, a=ONE)
    path.chmod(0o666)
    with pytest.raises(ProbeError, match="changed by others"):
        loaded(path)


def test_a_folder_and_a_link_are_no_file_of_host_keys(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    saved(tmp_path / "real", a=ONE)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("folder", "link"):
        with pytest.raises(ProbeError):
            loaded(tmp_path / name)


def test_hostile_machine_ids_are_only_text_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "host_keys.json"
    ids = ["../../x", "a/b", 'a"b\n', "\u202e", "x" * 5000, "CON", ""]
    saved(path, **dict.fromkeys(ids, ONE))
    assert sorted(json.loads(path.read_text())["keys"]) == sorted(ids)
    assert [file.name for file in tmp_path.iterdir()] == ["host_keys.json"]


def test_the_fingerprint_is_the_one_that_openssh_prints() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    assert fingerprint(public(key)) == key.get_fingerprint()


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521", "ssh-rsa"])
def test_a_changed_host_key_stops_and_an_address_handed_on_does_not(kind: str, tmp_path: Path) -> None:
    async def outcomes() -> list[str]:
        pins = HostKeys(tmp_path / "pins.json")
        first, other = asyncssh.generate_private_key(kind), asyncssh.generate_private_key("ssh-ed25519")
        found = []
        for host_key, machine_id in [(first, "a"), (first, "a"), (other, "a"), (other, "b"), (first, "a")]:
            async with ssh_host(host_key=host_key) as port:
                report = await probe(at(port, machine_id, name="web"), key=KEY, pins=pins)
            found.append(report.outcome)
            if report.outcome == "key-changed":
                assert report.detail == (
                    f"The host key of web changed. Pinned {first.get_fingerprint()}, "
                    f"offered {other.get_fingerprint()}. Not connected."
                )
                assert "%mist probe web --new-host-key" in report.hint
        pins.forget("a")
        async with ssh_host(host_key=other) as port:
            found.append((await probe(at(port, "a"), key=KEY, pins=pins)).outcome)
        return found

    assert asyncio.run(outcomes()) == ["ok", "ok", "key-changed", "ok", "ok", "ok"]


def test_a_host_with_several_keys_shows_the_pinned_one(tmp_path: Path) -> None:
    async def run() -> list[str]:
        pins = HostKeys()
        rsa, ed25519 = (asyncssh.generate_private_key(kind) for kind in ("ssh-rsa", "ssh-ed25519"))
        async with ssh_host(host_key=rsa) as port:
            found = [(await probe(at(port), key=KEY, pins=pins)).outcome]
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[ed25519, rsa],
            authorized_client_keys=asyncssh.import_authorized_keys(KEY.export_public_key().decode()),
            process_factory=lambda process: process.exit(0),
        )
        found.append((await probe(at(server.get_port()), key=KEY, pins=pins)).outcome)
        server.close()
        return found

    assert asyncio.run(run()) == ["ok", "ok"]


def test_a_host_that_refused_the_login_is_not_pinned() -> None:
    async def run() -> tuple[str, str | None]:
        pins = HostKeys()
        async with ssh_host(authorized=asyncssh.generate_private_key("ssh-ed25519")) as port:
            report = await probe(at(port), key=KEY, pins=pins)
        return report.outcome, pins.known("m")

    assert asyncio.run(run()) == ("auth", None)


def test_pins_that_cant_be_saved_are_a_note_on_a_report_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async def run() -> tuple[str, str]:
        monkeypatch.setattr("tempfile.mkstemp", full)
        async with ssh_host() as port:
            report = await probe(at(port), key=KEY, pins=HostKeys(tmp_path / "pins.json"))
        return report.outcome, report.detail

    outcome, detail = asyncio.run(run())
    assert outcome == "ok"
    assert "No space left on device" in detail
    assert "can't tell whether the host key changed" in detail
