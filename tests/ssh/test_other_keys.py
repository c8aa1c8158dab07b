"""Keys as people have them: with passphrases, in other programs' formats, public halves alone, and in the agent."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ground.secret import Secret
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.keys.agent import AgentKeys, held_by_agent, key_pairs
from mist_notebook.ssh.keys.login_keys import is_public, load_key, needs_passphrase, public_half
from mist_notebook.ssh.probing.probe import probe
from tests.conftest import need
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, openssh

PPK = """PuTTY-User-Key-File-{version}: ssh-ed25519
Encryption: {encryption}
Comment: mine
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAIA==
Private-Lines: 1
AAAAIA==
Private-MAC: 00
"""
SSH_COM = '---- BEGIN SSH2 {kind}PRIVATE KEY ----\nComment: "mine"\nAAAA\n---- END SSH2 PRIVATE KEY ----\n'
CONVERTS = "puttygen {path} -O private-openssh -o {path}.openssh"
V3 = PPK.format(version=3, encryption="none")
OTHERS = {
    "PuTTY 3": (V3, "PuTTY", CONVERTS),
    "PuTTY 2, encrypted": (PPK.format(version=2, encryption="aes256-cbc"), "PuTTY", CONVERTS),
    "PuTTY, Windows' line ends": (V3.replace("\n", "\r\n"), "PuTTY", CONVERTS),
    "ssh.com": (SSH_COM.format(kind=""), "ssh.com", "ssh-keygen -i -f {path} > {path}.openssh"),
    "ssh.com, encrypted": (SSH_COM.format(kind="ENCRYPTED "), "ssh.com", "ssh-keygen -i -f {path}"),
}
NO_KEYS = [b"", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END", b"\xff" * 50, b"x y z"]


def written(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.touch(mode=mode)
    path.chmod(mode)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("content", "named", "line"), OTHERS.values(), ids=OTHERS)
def test_a_key_of_another_program_is_named_with_the_line_that_converts_it(
    tmp_path: Path, content: str, named: str, line: str
) -> None:
    path = written(tmp_path / "id", content.encode())
    with pytest.raises(ProbeError, match=named) as caught:
        load_key(path)
    assert line.format(path=path) in caught.value.hint and str(path) in caught.value.message


def test_a_path_with_a_space_is_quoted_in_that_line(tmp_path: Path) -> None:
    path = written(tmp_path / "my key.ppk", OTHERS["PuTTY 3"][0].encode())
    with pytest.raises(ProbeError) as caught:
        load_key(path)
    assert f"puttygen '{path}' -O private-openssh -o '{path}.openssh'" in caught.value.hint


FORMATS = ["openssh", "pkcs8-pem", "pkcs1-pem"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_key_with_a_passphrase_is_read_in_every_format(tmp_path: Path, form: str) -> None:
    """bcrypt, which OpenSSH's own format needs, comes along."""
    key = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    path = written(tmp_path / "id", key.export_private_key(form, passphrase="s3same", rounds=50))
    assert needs_passphrase(path) and not is_public(path)
    assert load_key(path, Secret("s3same")).public_data == key.public_data
    with pytest.raises(ProbeError, match=r"passphrase .* is wrong"):
        load_key(path, Secret("an0ther"))


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"])
def test_the_public_half_is_told_without_the_passphrase(tmp_path: Path, kind: str) -> None:
    key = asyncssh.generate_private_key(kind)
    locked = written(tmp_path / "locked", key.export_private_key("openssh", passphrase="s3same", rounds=50))
    plain = written(tmp_path / "plain", key.export_private_key("openssh"))
    other = written(tmp_path / "other", key.export_private_key("pkcs8-pem", passphrase="s3same"))
    public = written(tmp_path / "id.pub", key.export_public_key(), 0o644)
    assert public_half(locked) == public_half(plain) == public_half(public) == key.public_data
    assert public_half(other) is None
    written(tmp_path / "other.pub", key.export_public_key(), 0o644)
    assert public_half(other) == key.public_data
    assert [is_public(path) for path in (locked, plain, other, public)] == [False, False, False, True]


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END", b"\xff" * 50, b"x y z"]
)
def test_what_is_no_key_has_no_public_half(tmp_path: Path, content: bytes) -> None:
    assert public_half(written(tmp_path / "id", content)) is None


# -- the agent


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real ssh-agent that holds nothing yet."""
    program = shutil.which("ssh-agent") or ""
    need(program, "ssh-agent is not installed (Debian: apt-get install openssh-client)")
    path = Path("/tmp") / f"mist-agent-{os.getpid()}"
    path.unlink(missing_ok=True)
    with subprocess.Popen([program, "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as child:
        while not path.exists():
            assert child.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        yield path
        child.terminate()
    path.unlink(missing_ok=True)


def add(tmp_path: Path, *keys: asyncssh.SSHKey) -> None:
    for number, key in enumerate(keys):
        path = written(tmp_path / f"added-{number}", key.export_private_key("openssh"))
        subprocess.run(["ssh-add", "-q", str(path)], check=True)
        path.unlink()


def test_the_agents_keys_are_known_by_their_public_halves(agent: Path, tmp_path: Path) -> None:
    assert asyncio.run(held_by_agent()) is None
    add(tmp_path, KEY, OTHER_KEY)
    held = asyncio.run(held_by_agent())
    assert held is not None and held.path == str(agent)
    assert set(held.public) == {KEY.public_data, OTHER_KEY.public_data}
    assert held.only(KEY.public_data) == AgentKeys(str(agent), (KEY.public_data,))
    assert held.only(b"another") is None


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"])
def test_a_login_is_signed_by_the_agent(agent: Path, tmp_path: Path, kind: str) -> None:
    key = asyncssh.generate_private_key(kind)
    add(tmp_path, OTHER_KEY, key)
    (tmp_path / "sshd").mkdir()
    with openssh(tmp_path / "sshd") as target:
        (tmp_path / "sshd" / "keys").write_bytes(key.export_public_key())
        held = asyncio.run(held_by_agent())
        assert held is not None
        assert asyncio.run(probe(target, key=held, pins=HostKeys())).outcome == "ok"
        (tmp_path / "sshd" / "keys").write_bytes(b"")
        refused = asyncio.run(probe(target, key=held, pins=HostKeys()))
    assert refused.outcome == "auth" and "every key that the SSH agent holds" in refused.detail


def test_of_an_agent_with_many_keys_no_more_are_shown_than_a_host_takes(agent: Path, tmp_path: Path) -> None:
    many = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(9)]
    add(tmp_path, *many)

    async def pairs() -> int:
        held = await held_by_agent()
        assert held is not None
        async with key_pairs(held) as found:
            return len(found)

    assert asyncio.run(pairs()) == 5


@pytest.mark.parametrize("path", ["", "/nowhere/agent", "/dev/null"])
def test_without_an_agent_there_are_no_keys(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", path)
    assert asyncio.run(held_by_agent()) is None


def test_an_agent_that_has_gone_is_told(tmp_path: Path) -> None:
    with openssh(tmp_path) as target:
        gone = AgentKeys("/nowhere/agent", (KEY.public_data,))
        report = asyncio.run(probe(target, key=gone, pins=HostKeys()))
    assert report.outcome == "auth" and "agent no longer holds" in report.detail and "ssh-add" in report.hint
