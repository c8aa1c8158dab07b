"""Accounts and services of this computer for tests of logins: made by root for a test, and taken away after it."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mist_notebook.ssh.target import Target
from tests.conftest import need

from .ssh_hosts import SSHD, openssh

_numbers = itertools.count()


def needs_root() -> None:
    """Skip where accounts and PAM services can't be made."""
    can = os.getuid() == 0 and all(map(shutil.which, ("useradd", "userdel"))) and Path("/etc/pam.d").is_dir()
    need(can, "only root can make accounts, and needs useradd and PAM")


@contextmanager
def account(name: str = "mist-test", *, shell: str = "/bin/sh") -> Iterator[str]:
    """A user without a password, who logs in by key."""
    needs_root()
    name = f"{name}-{os.getpid()}-{next(_numbers)}"
    command = ["useradd", "--badname", "-M", "-N", "-p", "*", "-s", shell, "-d", "/", name]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield name
    finally:
        subprocess.run(["userdel", "-f", name], check=False, capture_output=True)


@contextmanager
def pam_sshd(folder: Path, service: str, *, login: str, more: tuple[str, ...] = ()) -> Iterator[Target]:
    """A real sshd whose PAM service consists of these lines."""
    needs_root()
    need(SSHD, "sshd is not installed (Debian: apt-get install openssh-server)")
    program = folder / f"mist-sshd-{os.getpid()}"
    program.symlink_to(SSHD)
    rules = Path("/etc/pam.d") / program.name
    rules.write_text(service)
    try:
        with openssh(folder, *more, login=login, sshd=str(program), uses_pam=True) as target:
            yield target
    finally:
        rules.unlink()
