"""What the SSH configuration says of a host: by `ssh -G` and by asyncssh's reader alike, and which hosts it names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from mist_notebook.ground.errors import BadValueError, SettingsError
from mist_notebook.ssh.config import hosts, reading
from mist_notebook.ssh.config.known import CHANGED, NEW, REVOKED, TRUSTED, trust_of
from mist_notebook.ssh.config.said import Said, Wish, jumps
from tests.rigs.ssh_hosts import need_client

CONFIG = """\
# of the whole
Include {home}/.ssh/conf.d/*.conf
AddKeysToAgent no

Host web-1 web-2 !web-3 web-3
    HostName %h.example.org
    User admin
    Port 2222
    IdentityFile ~/.ssh/web_%r_%p
    IdentityFile "{home}/.ssh/with space"
    IdentitiesOnly yes

Host db
    HostName=192.0.2.7
    ProxyJump hop@bastion:2200,web-1
    HostKeyAlias database
    UserKnownHostsFile {home}/.ssh/known_db /dev/null

Host *.lab !secret.lab
    User lab
    ProxyCommand nc -X 5 %h %p

Host direct
    ProxyJump none
    IdentityAgent none

Match originalhost only-matched user me
    Port 2022

Match host 192.0.2.7
    User of-its-address

Match exec "test -d /" originalhost by-exec
    Port 99

Match final host db
    Port 98

Host "quoted"
    User "a user"

Host *
    User everybody
    IdentityFile ~/.ssh/usual
    Port 23
"""
INCLUDED = {
    "10-a.conf": "Host inc-a\n  User first\nHost web-1\n  Port 4444\n",
    "20-b.conf": "Host web-* inc-b\n  Include {home}/.ssh/deeper\n",
    "not-read": "Host never\n",
}
DEEPER = "Host web-9 elsewhere\n  User deep\n"
NAMES = ["inc-a", "web-1", "inc-b", "web-9", "web-2", "db", "direct", "only-matched", "192.0.2.7", "by-exec", "quoted"]
ASKED = ["inc-a", "web-1", "web-2", "web-3", "web-9", "elsewhere", "db", "x.lab", "secret.lab", "direct",
         "only-matched", "by-exec", "quoted", "unknown.example.org", "192.0.2.7", "Direct", "::1"]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    folder = tmp_path / ".ssh"
    (folder / "conf.d").mkdir(parents=True)
    (folder / "config").write_text(CONFIG.format(home=tmp_path))
    (folder / "deeper").write_text(DEEPER)
    for name, text in INCLUDED.items():
        (folder / "conf.d" / name).write_text(text.format(home=tmp_path))
    return tmp_path


def comparable(said: Said) -> Said:
    """What both readers tell: one of them knows nothing of the system's own file for known hosts, nor of strictness."""
    return replace(said, known_hosts=said.known_hosts[:2], strict="")


@pytest.mark.parametrize("host", ASKED)
def test_both_readers_say_the_same(home: Path, host: str) -> None:
    need_client()
    wish = Wish(host)
    assert comparable(reading.by_ssh(wish)) == comparable(reading.by_reader(wish))


@pytest.mark.parametrize("reader", ["ssh", "our own"])
def test_what_the_line_says_goes_before_the_file(home: Path, reader: str) -> None:
    wish = Wish("web-1", user="root", port=22, key_file=str(home / "mine"))
    if reader == "ssh":
        need_client()
    said = reading.by_ssh(wish) if reader == "ssh" else reading.by_reader(wish)
    assert (said.user, said.port, said.hostname) == ("root", 22, "web-1.example.org")
    assert said.identity_files[0] == home / "mine"
    assert said.identity_files[1] == home / ".ssh" / "web_root_22"


def test_the_values_are_those_that_openssh_means(home: Path) -> None:
    web, db = reading.said_of(Wish("web-1")), reading.said_of(Wish("db"))
    assert (web.user, web.port, web.identities_only) == ("admin", 4444, True)
    assert web.identity_files[1] == home / ".ssh" / "with space"
    assert reading.said_of(Wish("web-3")).user == "everybody"
    assert (db.user, db.host_key_alias, db.known_as) == ("of-its-address", "database", "database")
    assert db.known_hosts[0] == home / ".ssh" / "known_db"
    assert [(one.user, one.host, one.port) for one in jumps(db.proxy_jump)] == [
        ("hop", "bastion", 2200), (None, "web-1", None)]  # fmt: skip
    assert reading.said_of(Wish("x.lab")).proxy_command == "nc -X 5 x.lab 23"
    assert reading.said_of(Wish("secret.lab")).proxy_command == ""
    assert reading.said_of(Wish("by-exec")).port == 99


def test_every_concrete_host_is_named_once_and_no_pattern_is(home: Path) -> None:
    assert hosts.named_in(home / ".ssh" / "config") == NAMES


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Host *\nUser x\n", []),
        ("HOST A b\n\thost=c\nhost\t\"d e\" 'f'\n", ["A", "b", "c", "d e", "f"]),
        ("Host a # b\n# Host c\n", ["a"]),
        ("Host !a b? c[1] d\n", ["c[1]", "d"]),
        ("Host x\n  Include gone/*\nHost y\n", ["x", "y"]),
        ("Match all\nUser a\nMatch user b host c,!d,*e\n", ["c"]),
    ],
)
def test_hosts_are_read_as_openssh_splits_lines(tmp_path: Path, text: str, names: list[str]) -> None:
    (tmp_path / "config").write_text(text)
    assert hosts.named_in(tmp_path / "config") == names


def test_a_relative_include_lies_in_the_ssh_folder_and_one_that_includes_itself_is_said(home: Path) -> None:
    path = home / ".ssh" / "config"
    path.write_text("Include conf.d/10*\nHost last\n")
    assert hosts.named_in(path) == ["inc-a", "web-1", "last"]
    assert reading.said_of(Wish("inc-a")).user == "first"
    path.write_text("Include config\n")
    with pytest.raises(SettingsError, match="deep"):
        hosts.named_in(path)


@pytest.mark.parametrize("text", ["Port x\n", 'Host "a\n', "Match\n", "ProxyJump a@:b\n"])
def test_a_file_that_cant_be_understood_is_two_lines(home: Path, text: str) -> None:
    (home / ".ssh" / "config").write_text(text)
    for read in (reading.by_ssh, reading.by_reader):
        try:
            said = read(Wish("web"))
            assert text.startswith("ProxyJump")
            with pytest.raises(SettingsError):
                jumps(said.proxy_jump)
        except SettingsError as error:
            assert error.hint and len(str(error).splitlines()) == 2


@pytest.mark.parametrize("host", ["-oProxyCommand=x", "", "a b", "a\nb"])
def test_what_ssh_could_take_for_an_option_is_no_host(home: Path, host: str) -> None:
    for read in (reading.by_ssh, reading.by_reader):
        with pytest.raises(BadValueError):
            read(Wish(host))


KEYS = {name: asyncssh.generate_private_key("ssh-ed25519").convert_to_public() for name in "abcd"}


def line(names: str, key: str, marker: str = "") -> str:
    """A line with the key's name for the key: the keys are others in each process, the tests' names are not."""
    return f"{marker}{names} <{key}>\n"


def with_keys(text: str) -> str:
    keys = KEYS | {"rsa": asyncssh.generate_private_key("ssh-rsa", key_size=2048)} if "<rsa>" in text else KEYS
    return re.sub(r"<(\w+)>", lambda name: keys[name[1]].export_public_key().decode().strip(), text)


def hashed(name: str) -> str:
    """As ssh-keygen -H writes it."""
    import base64
    import hashlib
    import hmac

    salt = b"s" * 20
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("text", "host", "port", "key", "verdict"),
    [
        (line("web", "a"), "web", 22, "a", TRUSTED),
        (line("web", "a"), "web", 22, "b", CHANGED),
        (line("web", "a"), "other", 22, "a", NEW),
        (line("web", "rsa"), "web", 22, "a", NEW),
        (line("x,web,y", "a") + line("web", "b"), "web", 22, "b", TRUSTED),
        (line("*.org,!web.org", "a"), "web.org", 22, "a", NEW),
        (line("*.org,!web.org", "a"), "db.org", 22, "a", TRUSTED),
        (line(hashed("web"), "a"), "web", 22, "a", TRUSTED),
        (line(hashed("web"), "a"), "web", 22, "b", CHANGED),
        (line("[web]:2222", "a"), "web", 2222, "a", TRUSTED),
        (line("[web]:2222", "a"), "web", 22, "a", NEW),
        (line("[web]:2222", "a"), "web", 2222, "b", CHANGED),
        (line("web", "a"), "web", 2222, "a", TRUSTED),
        (line("web", "a"), "web", 2222, "b", NEW),
        (line(hashed("[web]:2222"), "a"), "web", 2222, "a", TRUSTED),
        (line("*", "a", "@revoked ") + line("web", "a"), "web", 22, "a", REVOKED),
        (line("web", "a", "@revoked ") + line("[web]:2222", "a"), "web", 2222, "a", REVOKED),
        (line("*", "a", "@cert-authority "), "web", 22, "a", NEW),
        ("garbage\n@x y\n|1|broken ssh-rsa A\n# c\n" + line("web", "a"), "WEB", 22, "a", TRUSTED),
    ],
)
def test_known_hosts_say_what_openssh_would(
    tmp_path: Path, text: str, host: str, port: int, key: str, verdict: str
) -> None:
    (tmp_path / "known").write_text(with_keys(text))
    said = Said(host, host, port, known_hosts=(tmp_path / "gone", tmp_path / "known"))
    assert trust_of(said).verdict(KEYS[key]) == verdict
