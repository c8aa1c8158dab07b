"""The login user is a first guess: where it is refused, a few others are tried with the same key, and never more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from mist_notebook.backends import login_user
from mist_notebook.records.model import Image, ProbeReport
from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing.probe import Patience, probe, probe_when_up
from mist_notebook.ssh.scripts.remote import run
from mist_notebook.ssh.target import Clock
from tests.rigs.ssh_hosts import KEY, at, ok, saying, ssh_host

OTHERS = ("debian", "ubuntu", "ec2-user")


class Door(asyncssh.SSHServer):
    """A host that lets one user in by the key, and notes who came; it takes passwords too, and gets none."""

    came: list[str]
    passwords: list[str]
    only = "ubuntu"

    def begin_auth(self, username: str) -> bool:
        self.user = username
        self.came.append(username)
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == self.only and key == KEY.convert_to_public()

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self.passwords.append(password)
        return False


def door(only: str) -> type[Door]:
    return type("Own", (Door,), {"came": [], "passwords": [], "only": only})


def looked(only: str, **more: Any) -> tuple[ProbeReport, type[Door]]:
    async def go() -> tuple[ProbeReport, type[Door]]:
        own = door(only)
        async with ssh_host(ok, server_factory=own, authorized_client_keys=None) as port:
            return await probe(replace(at(port, user="root"), **more), key=KEY, pins=HostKeys()), own

    return asyncio.run(go())


@pytest.mark.parametrize("user", OTHERS)
def test_the_one_of_the_others_whom_the_key_opens_is_found_and_named(user: str) -> None:
    report, own = looked(user, other_users=OTHERS)
    assert (report.outcome, report.user) == ("ok", user)
    assert own.came == ["root", *OTHERS[: OTHERS.index(user) + 1]]
    assert own.passwords == []


def test_who_is_let_in_first_is_the_only_one_tried() -> None:
    report, own = looked("root", other_users=OTHERS)
    assert (report.user, own.came) == ("root", ["root"])


def test_nobody_let_in_is_told_of_the_first_guess_with_those_that_were_tried() -> None:
    report, own = looked("nobody", other_users=OTHERS)
    assert (report.outcome, report.user) == ("auth", "root")
    assert "for user root" in report.detail and "debian, ubuntu, ec2-user" in report.detail
    assert own.came == ["root", *OTHERS]


def test_a_user_that_a_person_named_is_the_only_one() -> None:
    report, own = looked("ubuntu")
    assert (report.outcome, own.came) == ("auth", ["root"])


def test_a_script_finds_its_user_too() -> None:
    async def go() -> tuple[Any, list[str]]:
        own = door("debian")
        async with ssh_host(saying("hello\n"), server_factory=own, authorized_client_keys=None) as port:
            where = replace(at(port, user="root"), other_users=OTHERS)
            return await run(where, "echo hello", key=KEY, pins=HostKeys()), own.came

    result, came = asyncio.run(go())
    assert came == ["root", "debian"]
    assert result.outcome != "auth"


def test_while_it_boots_others_are_tried_at_a_few_refusals_alone() -> None:
    async def go() -> list[str]:
        own, seconds = door("nobody"), [0.0]

        async def sleep(pause_s: float) -> None:
            seconds[0] += pause_s

        clock = Clock(seconds=lambda: seconds[0], sleep=sleep)
        async with ssh_host(ok, server_factory=own, authorized_client_keys=None) as port:
            where = replace(at(port, user="root"), other_users=OTHERS)
            await probe_when_up(where, key=KEY, pins=HostKeys(), patience=Patience(refusals=6), clock=clock)
        return own.came

    came = asyncio.run(go())
    assert came == ["root", "root", "root", *OTHERS, "root", "root", "root", *OTHERS, "root"]


def test_the_user_that_the_machine_itself_names_is_tried_if_it_is_a_usual_one() -> None:
    async def go(named: str) -> list[str]:
        came: list[str] = []

        class Server(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                came.append(username)
                return True

        said = saying(f'Please login as the user "{named}" rather than the user "root".\n\n', code=142)
        async with ssh_host(said, server_factory=Server) as port:
            await probe(replace(at(port, user="root"), other_users=OTHERS), key=KEY, pins=HostKeys())
        return came

    assert asyncio.run(go("ubuntu")) == ["root", "ubuntu"]
    assert asyncio.run(go("mallory")) == ["root"]


@pytest.mark.parametrize(
    ("provider", "image", "first", "second"),
    [
        ("ec2", "debian-12-amd64", "admin", "debian"),
        ("ec2", "RHEL-9.3", "ec2-user", "cloud-user"),
        ("ec2", "my-golden-image", None, "ubuntu"),
        ("hetzner", "ubuntu-24.04", "root", "ubuntu"),
        ("azure_arm", "Debian 12", "azureuser", "debian"),
        ("openstack", "Debian 12", "debian", "admin"),
        ("digitalocean", "rocky-9", "root", "rocky"),
    ],
)
def test_the_image_says_who_is_tried_next_and_there_are_three_at_most(
    provider: str, image: str, first: str | None, second: str
) -> None:
    record = Image(id="i", name=image)
    others = login_user.others(provider, record)
    assert (login_user.of(provider, record), others[0]) == (first, second)
    assert len(others) <= 3 and (first or "root") not in others
