"""Names of users as OpenSSH's own client takes them, and refuses them."""

from __future__ import annotations

import asyncio
import subprocess

import asyncssh
import pytest

from mist_notebook.display.cards import ssh_line
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing.probe import probe
from mist_notebook.ssh.target import user_name
from tests.rigs.ssh_hosts import KEY, at, ok, ssh_host

TAKEN = [
    *("john.doe", "user@domain", "DOMAIN\\user", "ada@corp.example.org", "Administrator", "svc-backup$", "user+tag"),
    *("1000", "_apt", "Ada Lovelace", "jörg", "a" * 64, "user%group", "tenant#ada@gateway", "CORP.LOCAL\\ada.l", "x:y"),
]
REFUSED = [
    *("", "-oProxyCommand=x", "a;b", "a|b", "a&b", "a<b", "a>b", "a(b)", "a{b}", "o'brien", 'a"b', "a`b`", "a\nb"),
    *("root -oProxyCommand=x", "DOMAIN\\", "ro\u200bot", "a\x1b[0m", "a" * 257, "root\t-v"),
]


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_openssh_takes_is_taken_and_arrives_as_it_is(name: str) -> None:
    async def go() -> tuple[str, list[str]]:
        came: list[str] = []

        class Server(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                came.append(username)
                return True

        async with ssh_host(ok, server_factory=Server) as port:
            return (await probe(at(port, user=name), key=KEY, pins=HostKeys())).outcome, came

    assert user_name(name) == name
    assert asyncio.run(go()) == ("ok", [name])


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_openssh_refuses_is_an_error_that_shows_it(name: str) -> None:
    with pytest.raises(BadValueError, match="can't be a user") as caught:
        user_name(name)
    assert "john.doe" in caught.value.hint


@pytest.mark.parametrize("name", TAKEN)
def test_the_line_to_copy_says_that_user_to_a_shell(name: str) -> None:
    line = ssh_line(name, "192.0.2.1", 22, "/k")
    done = subprocess.run(["sh", "-c", f"printf '%s' {line.rpartition('-i /k ')[2]}"], capture_output=True, check=True)
    assert done.stdout.decode() == f"{name}@192.0.2.1"
