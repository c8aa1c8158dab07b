"""Servers with SSH, through the lines: real OpenSSH on loopback, a host before another, known and unknown host keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from mist_notebook.ground.errors import BadValueError, MistError, SettingsError
from mist_notebook.ground.stopping import pause
from mist_notebook.ssh.target import Target
from tests.conftest import Notebook, need
from tests.rigs import hostile
from tests.rigs.ssh_hosts import KEY, OTHER_KEY, closed_port, need_client, openssh


@dataclass(frozen=True)
class Lab:
    """Two real sshds, a home folder, and what its files say of them."""

    home: Path
    bastion: Target
    inner: Target

    def write(self, name: str, text: str) -> None:
        path = self.home / ".ssh" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)

    def know(self, *names: str) -> None:
        """Put both host keys into known_hosts, under these names, or as OpenSSH would."""
        lines = [self.known_line("bastion", self.bastion), self.known_line("inner", self.inner)]
        self.write("known_hosts", "".join(lines))

    def known_line(self, folder: str, target: Target) -> str:
        from asyncssh import read_private_key

        key = read_private_key(str(self.home / folder / "host")).export_public_key().decode().split()
        return f"[127.0.0.1]:{target.port} {key[0]} {key[1]}\n"


@pytest.fixture(scope="module")
def sshds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Target, Target]]:
    home = tmp_path_factory.mktemp("home")
    (home / "bastion").mkdir()
    (home / "inner").mkdir()
    with openssh(home / "bastion") as bastion, openssh(home / "inner") as inner:
        yield home, bastion, inner


@pytest.fixture
def lab(sshds: tuple[Path, Target, Target], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    home, bastion, inner = sshds
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    for folder in ("bastion", "inner"):
        (tmp_path / folder).symlink_to(home / folder)
    lab = Lab(tmp_path, bastion, inner)
    lab.write("id_ed25519", KEY.export_private_key("openssh").decode())
    lab.write(
        "config",
        f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}\n  User {bastion.user}\n"
        f"Host inner\n  HostName 127.0.0.1\n  Port {inner.port}\n  User {inner.user}\n  ProxyJump bastion\n"
        "Host *.example\n  User nobody\n",
    )
    return lab


@contextmanager
def agent(*keys: Path) -> Iterator[str]:
    """The socket of a real ssh-agent that holds these."""
    need(shutil.which("ssh-agent"), "ssh-agent is not installed (Debian: apt-get install openssh-client)")
    socket = Path(tempfile.mkdtemp(prefix="mist-agent-")) / "s"  # a socket's path is short
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as running:
        while not socket.exists():
            pause(0.01)
        environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
        subprocess.run(["ssh-add", "-q", *map(str, keys)], env=environment, check=True)
        yield str(socket)
        running.terminate()


def test_every_host_of_the_configuration_is_a_machine_that_is_probed_and_run_on(lab: Lab, notebook: Notebook) -> None:
    lab.know()
    assert "2 hosts" in notebook.run("%mist add ssh-config").printed
    frame = notebook.value("%mist machines")
    assert list(frame["name"]) == ["bastion", "inner"]
    assert list(frame["mine"]) == [False, False]
    report = notebook.value("%mist probe inner")
    assert (report.outcome, report.user, report.port) == ("ok", lab.inner.user, lab.inner.port), report.detail
    assert report.rtt_avg_ms is None
    assert notebook.value("%mist probe bastion").rtt_avg_ms is not None
    runs = notebook.value("%%mist run bastion inner\nset -- $SSH_CONNECTION; echo at-$4")
    assert list(runs["outcome"]) == ["ok", "ok"]
    assert [text.strip() for text in runs["stdout"]] == [f"at-{lab.bastion.port}", f"at-{lab.inner.port}"]
    assert list(notebook.value("%mist probe --all")["outcome"]) == ["ok", "ok"]


def test_a_key_that_no_known_hosts_has_is_said_with_its_fingerprint_and_taken_on_request(
    lab: Lab, notebook: Notebook
) -> None:
    added = notebook.run(f"%mist add server 127.0.0.1 --user {lab.bastion.user} --port {lab.bastion.port}").printed
    assert "SHA256:" in added and "--new-host-key" in added and "key-unknown" in added
    machine = notebook.value("%mist machines").iloc[0]["name"]
    assert notebook.value(f"%mist probe {machine}").outcome == "key-unknown"
    assert notebook.value(f"%mist probe {machine} --new-host-key").outcome == "ok"
    assert notebook.value(f"%mist probe {machine}").outcome == "ok"
    assert not (lab.home / ".ssh" / "known_hosts").exists()


@pytest.mark.parametrize(
    ("strict", "outcome"), [("yes", "key-unknown"), ("ask", "key-unknown"), ("accept-new", "ok"), ("no", "ok")]
)
def test_how_strict_the_configuration_is_decides_over_a_key_that_nobody_knows(
    lab: Lab, notebook: Notebook, strict: str, outcome: str
) -> None:
    need_client()
    lab.write(
        "config",
        f"Host one\n HostName 127.0.0.1\n Port {lab.bastion.port}\n User {lab.bastion.user}\n"
        f" StrictHostKeyChecking {strict}\n",
    )
    notebook.run("%mist add ssh-config")
    assert notebook.value("%mist probe one").outcome == outcome


@pytest.mark.parametrize(("marker", "word"), [("", "changed"), ("@revoked ", "revoked")])
def test_a_changed_and_a_revoked_host_key_are_refused_whatever_is_asked(
    lab: Lab, notebook: Notebook, marker: str, word: str
) -> None:
    other = OTHER_KEY.export_public_key().decode().split()
    right = lab.known_line("bastion", lab.bastion)
    wrong = f"[127.0.0.1]:{lab.bastion.port} {other[0]} {other[1]}\n"
    lab.write("known_hosts", f"{marker}{right}" if marker else wrong)
    notebook.run("%mist add ssh-config")
    for line in ("%mist probe bastion", "%mist probe bastion --new-host-key"):
        report = notebook.value(line)
        assert report.outcome == "key-changed"
        assert word in report.detail
    through = notebook.value("%mist probe inner")
    assert through.outcome == "key-changed"
    assert "On the way to inner, at bastion" in through.detail


def test_a_host_certificate_of_a_known_authority_is_enough(lab: Lab, notebook: Notebook, tmp_path: Path) -> None:
    authority = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "certified").mkdir()
    host = asyncssh.generate_private_key("ssh-ed25519")
    certificate = authority.generate_host_certificate(host, "certified", principals=["build"])
    (tmp_path / "key").write_bytes(host.export_private_key("openssh"))
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "key-cert.pub").write_bytes(certificate.export_certificate())
    more = (f"HostKey {tmp_path}/key", f"HostCertificate {tmp_path}/key-cert.pub")
    with openssh(tmp_path / "certified", *more) as sshd:
        lab.write("known_hosts", f"@cert-authority build {authority.export_public_key().decode()}")
        text = f" HostName 127.0.0.1\n Port {sshd.port}\n User {sshd.user}\n"
        lab.write("config", f"Host build\n HostKeyAlias build\n{text}Host other\n HostKeyAlias other\n{text}")
        notebook.run("%mist add ssh-config")
        assert notebook.value("%mist probe build").outcome == "ok"
        assert notebook.value("%mist probe other").outcome == "key-unknown"


def test_nothing_is_created_or_destroyed_there_and_two_lines_say_so(lab: Lab, notebook: Notebook) -> None:
    lab.know()
    notebook.run("%mist add ssh-config --name Lab")
    for line in (
        "%mist create Lab --name web --size x --image y --key k",
        "%mist create Lab --name web",
        "%mist destroy bastion --yes bastion",
        "%mist destroy Lab/bastion --yes bastion --not-mine",
        "%mist stop bastion",
    ):
        cell = notebook.run(line)
        assert isinstance(cell.error, MistError), line
        assert len(str(cell.error).splitlines()) == 2, line
    assert "nothing is created or destroyed there" in notebook.run("%mist sizes Lab").printed
    assert "Nothing is destroyed at Lab" in notebook.run("%mist destroy bastion --yes bastion").printed


def test_the_line_may_name_user_port_and_key_and_says_what_is_wrong(lab: Lab, notebook: Notebook) -> None:
    lab.know()
    lab.write("id_ed25519", OTHER_KEY.export_private_key("openssh").decode())
    lab.write("mine", KEY.export_private_key("openssh").decode())
    at = f"{lab.bastion.user}@127.0.0.1:{lab.bastion.port}"
    added = notebook.run(f"%mist add server {at} --key {lab.home}/.ssh/mine --name build").printed
    assert "answers" in added
    assert list(notebook.value("%mist backends")["provider"]) == ["server"]
    again = notebook.run(f"%mist add server {at} --key {lab.home}/.ssh/mine --name other")
    assert isinstance(again.error, BadValueError)
    assert "build" in notebook.run("%mist remove build --yes build").printed
    for line, kind in (
        ("%mist add server", SettingsError),
        ("%mist add server -oProxyCommand=x", MistError),
        ("%mist add server x@y --user z", BadValueError),
        ("%mist add server y --port 0", BadValueError),
        ("%mist add server y --key nowhere", MistError),
        ("%mist add server y --region eu", BadValueError),
    ):
        cell = notebook.run(line)
        assert isinstance(cell.error, kind), (line, cell.printed)
        assert len(str(cell.error).splitlines()) == 2, line


def test_what_is_no_ssh_server_or_not_there_is_said_and_the_others_go_on(lab: Lab, notebook: Notebook) -> None:
    lab.know()
    text = (lab.home / ".ssh" / "config").read_text()
    more = "Host gone\n HostName gone.invalid\nHost nokey\n HostName 127.0.0.1\n IdentityFile ~/.ssh/no\n"
    lab.write("config", f"{text}{more}Host loop\n ProxyJump loop\nHost a\n ProxyJump b\nHost b\n ProxyJump a\n")
    notebook.run("%mist add ssh-config")
    frame = notebook.value("%mist probe bastion gone nokey a inner")
    outcomes = list(frame["outcome"])
    assert (outcomes[0], outcomes[1], outcomes[-1]) == ("ok", "unreachable", "ok")
    with_key = notebook.run("%mist probe nokey")
    assert "There is no private key for 'nokey'" in str(with_key.error)
    assert "circle" in str(notebook.run("%mist probe a").error)
    assert "loop" in notebook.run("%mist machines").printed


def test_a_proxy_command_is_the_way_where_that_is_configured(lab: Lab, notebook: Notebook) -> None:
    import sys

    lab.know()
    relay = lab.home / "relay.py"
    relay.write_text(
        "import socket, sys, threading, os\ns = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "def out():\n    while data := s.recv(65536):\n        os.write(1, data)\n    os._exit(0)\n"
        "threading.Thread(target=out, daemon=True).start()\n"
        "while data := os.read(0, 65536):\n    s.sendall(data)\n"
    )
    lab.write(
        "config",
        f"Host way\n HostName 127.0.0.1\n Port {lab.inner.port}\n User {lab.inner.user}\n"
        f" ProxyCommand {sys.executable} {relay} %h %p\n",
    )
    notebook.run("%mist add ssh-config")
    report = notebook.value("%mist probe way")
    assert report.outcome == "ok", report.detail


def test_completion_knows_what_can_be_added_and_the_hosts_of_the_configuration(lab: Lab, notebook: Notebook) -> None:
    from tests.magic.test_completion import completed

    assert completed(notebook, "%mist add ser") == ["%mist add server"]
    assert "%mist add ssh-config" in completed(notebook, "%mist add ss")
    assert completed(notebook, "%mist add server ba") == ["%mist add server bastion"]
    assert "%mist add hetzner bastion" not in completed(notebook, "%mist add hetzner ba")


def test_a_person_is_asked_whether_a_new_host_key_is_the_servers_own(
    lab: Lab, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def typed(prompt: str = "") -> str:
        said.append(prompt)
        return answers.pop(0)

    answers = ["no", "yes"]
    monkeypatch.setattr("getpass.getpass", typed)  # as a kernel has it: somebody is there
    monkeypatch.setattr("builtins.input", typed)
    at = f"{lab.bastion.user}@127.0.0.1:{lab.bastion.port}"
    assert "key-unknown" in notebook.run(f"%mist add server {at} --name one").printed
    assert "SHA256:" in said[0] and "Type yes" in said[0]
    notebook.value("%mist remove one --yes one")
    assert "answers" in notebook.run(f"%mist add server {at} --name one").printed
    assert notebook.value("%mist probe 127.0.0.1").outcome == "ok"


def test_keys_that_only_the_agent_holds_are_offered_and_only_the_named_ones_where_that_is_said(
    lab: Lab, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.know()
    right, others = lab.home / ".ssh" / "id_ed25519", []
    for number in range(6):
        path = lab.home / f"other-{number}"
        path.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh"))
        path.chmod(0o600)
        others.append(path)
    public = KEY.export_public_key().decode()
    (lab.home / ".ssh" / "named.pub").write_text(public)
    text = f" HostName 127.0.0.1\n Port {lab.bastion.port}\n User {lab.bastion.user}\n"
    with agent(*others, right) as socket:
        right.unlink()
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        lab.write(
            "config",
            f"Host named\n IdentityFile ~/.ssh/named.pub\n{text}Host too-many\n{text}"
            f"Host only\n IdentitiesOnly yes\n IdentityFile {others[0]}\n{text}Host none\n IdentityAgent none\n{text}",
        )
        notebook.run("%mist add ssh-config")
        assert notebook.value("%mist probe named").outcome == "ok"
        assert notebook.value("%mist probe too-many").outcome == "auth"
        assert notebook.value("%mist probe only").outcome == "auth"
        assert "There is no private key for 'none'" in str(notebook.run("%mist probe none").error)


def test_where_nothing_is_to_be_kept_each_key_is_taken(lab: Lab, notebook: Notebook) -> None:
    need_client()
    lines = [
        f"Host 127.0.0.1\n HostKeyAlias same\n User {lab.bastion.user}\n",
        " StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n",
    ]
    lab.write("config", "".join(lines))
    notebook.run(f"%mist add server 127.0.0.1 --port {lab.bastion.port}")
    assert notebook.value("%mist probe 127.0.0.1").outcome == "ok"
    assert notebook.value(f"%mist probe 127.0.0.1 --port {lab.inner.port}").outcome == "ok"
    assert not (lab.home / "data" / "host-keys.json").exists()


def test_where_only_servers_are_the_first_lines_are_of_machines(lab: Lab, notebook: Notebook) -> None:
    notebook.run("%mist add ssh-config")
    notebook.run("%mist add server 127.0.0.1 --name here")
    shown = str(notebook.value("%mist"))
    assert "%mist machines" in shown and "%mist images" not in shown
    frame = notebook.value("%mist providers")
    said = dict(zip(frame["provider"], frame["credentials"], strict=True))
    assert said["server"].startswith("added as here")
    assert said["ssh-config"].endswith("added as SSH hosts")


def test_a_host_key_that_was_taken_counts_for_the_host_on_the_way_too(lab: Lab, notebook: Notebook) -> None:
    lab.write("known_hosts", lab.known_line("inner", lab.inner))
    notebook.run("%mist add ssh-config")
    assert notebook.value("%mist probe inner").outcome == "key-unknown"
    assert notebook.value("%mist probe bastion --new-host-key").outcome == "ok"
    assert notebook.value("%mist probe inner").outcome == "ok"


def test_two_names_of_one_server_have_a_user_and_a_key_each(lab: Lab, notebook: Notebook) -> None:
    lab.know()
    lab.write("other", OTHER_KEY.export_private_key("openssh").decode())
    text = f" HostName 127.0.0.1\n Port {lab.bastion.port}\n User {lab.bastion.user}\n IdentitiesOnly yes\n"
    lab.write(
        "config", f"Host one\n IdentityFile ~/.ssh/id_ed25519\n{text}Host two\n IdentityFile ~/.ssh/other\n{text}"
    )
    notebook.run("%mist add ssh-config")
    assert list(notebook.value("%mist probe one two")["outcome"]) == ["ok", "auth"]


def test_what_is_no_ssh_behind_another_host_is_told_apart(lab: Lab, notebook: Notebook) -> None:
    lab.know()
    config = (lab.home / ".ssh" / "config").read_text()
    with hostile.serve(hostile.json({})) as web, closed_port() as closed:
        lab.write(
            "config",
            f"{config}Host web\n HostName 127.0.0.1\n Port {web.port}\n ProxyJump bastion\n"
            f"Host closed\n HostName 127.0.0.1\n Port {closed}\n ProxyJump bastion\n"
            "Host command\n ProxyCommand echo secret-word\n",
        )
        notebook.run("%mist add ssh-config")
        frame = notebook.value("%mist probe web closed command")
    assert list(frame["outcome"]) == ["not-ssh", "unreachable", "unreachable"]
    assert "behind the host before it" in frame["detail"][0] and "refused" in frame["detail"][1]
    assert "(echo …)" in frame["detail"][2] and "secret-word" not in frame["detail"][2]
