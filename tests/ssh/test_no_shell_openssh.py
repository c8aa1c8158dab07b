"""Logins that run nothing: nologin shells, SFTP only, forced commands, as real OpenSSH has them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing.probe import probe
from mist_notebook.ssh.scripts.remote import run
from tests.rigs.ssh_accounts import account, pam_sshd
from tests.rigs.ssh_hosts import KEY, openssh

PERMIT = "account required pam_permit.so\nsession optional pam_permit.so\n"
FORCED = {
    "SFTP only": ("ForceCommand internal-sftp", ""),
    "a forced command": ("ForceCommand echo For backups only.", "For backups only."),
    "a forced command that fails": ("ForceCommand echo Closed. >&2; exit 1", "Closed."),
    "nothing at all": ("ForceCommand /bin/false", ""),
}


@pytest.mark.parametrize("shell", ["/usr/sbin/nologin", "/bin/false"])
def test_a_shell_that_runs_nothing_is_told_by_probe_and_run(tmp_path: Path, shell: str) -> None:
    with account(shell=shell) as user, pam_sshd(tmp_path, PERMIT, login=user) as target:
        report = asyncio.run(probe(target, key=KEY, pins=HostKeys()))
        result = asyncio.run(run(target, "echo one", key=KEY, pins=HostKeys()))
    said = "It said: This account is currently not available." if "nologin" in shell else "ran none"
    assert report.outcome == "ok" and "ran none of the probe's commands" in report.detail and said in report.detail
    assert (result.outcome, result.exit_code, result.lines) == ("not-run", None, ())
    assert "did not run" in result.detail and "another user" in result.hint


@pytest.mark.parametrize(("setting", "said"), FORCED.values(), ids=FORCED)
def test_a_login_with_another_purpose_runs_no_script(tmp_path: Path, setting: str, said: str) -> None:
    with openssh(tmp_path, setting) as target:
        report = asyncio.run(probe(target, key=KEY, pins=HostKeys()))
        result = asyncio.run(run(target, "echo one", key=KEY, pins=HostKeys()))
    assert report.outcome == "ok" and "ran none" in report.detail and said in report.detail
    assert (result.outcome, result.exit_code, result.stdout) == ("not-run", None, "")
    assert said in result.detail
