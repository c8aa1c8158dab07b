"""`%mist create`, `probe` and `%%mist run` where real OpenSSH answers in the machine's place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Notebook, need
from tests.rigs.line_rig import WHAT
from tests.rigs.machines_rig import Workshop, in_workshop, open_workshop
from tests.rigs.ssh_hosts import openssh

BOOTS = "System is booting up. Unprivileged users are not permitted to log in yet."


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), "web-1") as workshop:
        yield workshop


@pytest.fixture
def book(notebook: Notebook, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return in_workshop(notebook, workshop, monkeypatch)


def public(workshop: Workshop) -> str:
    return workshop.client.local_keys.load("demo").export_public_key().decode()


def keys_from(folder: Path, script: str) -> tuple[str, str]:
    """Settings for keys that a script tells, at each login anew."""
    need(os.getuid() == 0, "only root's sshd asks a command for keys")
    (folder / "told").write_text(script)
    return f"AuthorizedKeysCommand /bin/sh {folder}/told", "AuthorizedKeysCommandUser root"


def test_a_create_waits_for_a_key_that_comes_late_and_says_so(
    book: Notebook, workshop: Workshop, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(public(workshop))
    late = f"test -e {tmp_path}/asked && cat {tmp_path}/key; touch {tmp_path}/asked\n"
    with openssh(tmp_path, *keys_from(tmp_path, late)) as sshd:
        cell = book.run(
            f"%mist create NephoScale --name late-1 {WHAT} --key demo --user {sshd.user} --port {sshd.port}"
        )
    assert cell.error is None, cell.printed
    assert "Not yet ok (auth): late-1 refused the key for user" in " ".join(cell.printed.split())
    assert "The probe says ok." in cell.printed


def test_a_create_says_what_a_probe_says_of_a_login_that_runs_nothing(
    book: Notebook, workshop: Workshop, tmp_path: Path
) -> None:
    forced = "ForceCommand echo This account is currently not available.; exit 1"
    with openssh(tmp_path, forced) as sshd:
        (tmp_path / "keys").write_text(public(workshop))
        where = f"--user {sshd.user} --port {sshd.port}"
        cell = book.run(f"%mist create NephoScale --name none-1 {WHAT} --key demo {where}")
        report = book.value(f"%mist probe none-1 {where}")
        run = book.run(f"%%mist run none-1 {where}\necho one")
    said = "The login works, but it ran none of the probe's commands. It said: This account is currently not available."
    assert f"The probe says ok: {said}" in " ".join(cell.printed.split())
    assert report.detail == said
    assert list(run.value["outcome"]) == ["not-run"] and "not available" in run.value["detail"][0]


def test_a_probe_gives_the_servers_own_sentence(book: Notebook, workshop: Workshop, tmp_path: Path) -> None:
    with openssh(tmp_path, f"ForceCommand echo '{BOOTS}'; exit 254") as sshd:
        (tmp_path / "keys").write_text(public(workshop))
        workshop.make("young-1")
        report = book.value(f"%mist probe young-1 --user {sshd.user} --port {sshd.port}")
    assert report.outcome == "auth" and BOOTS in report.detail
    assert "may still be booting" in report.hint and "by its own words" in report.hint


def test_a_script_runs_on_a_real_machine_as_it_would_there(book: Notebook, workshop: Workshop, tmp_path: Path) -> None:
    with openssh(tmp_path) as sshd:
        (tmp_path / "keys").write_text(public(workshop))
        workshop.make("real-1")
        lines = "#!/bin/bash\necho one\ncat\n[[ two == t* ]] && printf '10%%\\r100%%\\n'\necho oops >&2\nexit 5"
        frame = book.value(f"%%mist run real-1 --user {sshd.user} --port {sshd.port}\n{lines}")
    assert frame.stdout[0] == "one\n100%\n" and frame.stderr[0] == "oops\n"
    assert frame[["exit_code", "outcome", "host"]].values.tolist() == [[5, "ok", "127.0.0.1"]]
