"""Scripts as files on a real machine: children that read, interpreters, empty input, and nothing left behind."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mist_notebook.ssh.host_keys import HostKeys
from mist_notebook.ssh.probing.probe import probe
from mist_notebook.ssh.scripts.remote import RunLimits, RunResult, run
from mist_notebook.ssh.scripts.script_file import RUN, interpreter_of
from mist_notebook.ssh.target import Target
from tests.conftest import need
from tests.rigs.ssh_accounts import account, pam_sshd
from tests.rigs.ssh_hosts import KEY, openssh

PERMIT = "account required pam_permit.so\nsession optional pam_permit.so\n"


DEFAULT = RunLimits()
CHILDREN = [
    *("cat", "read word", "head -c 100", "sh", "while read -r line; do echo $line; done", "python3 -", "bash -s"),
]


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with openssh(tmp_path_factory.mktemp("sshd")) as target:
        yield target


def ran(target: Target, script: str, limits: RunLimits = DEFAULT) -> RunResult:
    return asyncio.run(run(target, script, key=KEY, pins=HostKeys(), limits=limits))


@pytest.mark.parametrize(
    "child",
    ["cat", "read word", "head -c 100", "sh", "while read -r line; do echo $line; done", "python3 -", "bash -s"],
)
def test_a_child_that_reads_eats_none_of_the_script(sshd: Target, child: str) -> None:
    result = ran(sshd, f"echo one\n{child}\necho two")
    assert (result.outcome, result.exit_code, result.stdout, result.stderr) == ("ok", 0, "one\ntwo\n", "")


INTERPRETERS = {
    "bash": ("#!/bin/bash\n[[ abc == a* ]] && echo yes || echo no", "yes\n"),
    "env bash": ("#!/usr/bin/env bash\nwords=(a b c)\necho ${#words[@]}", "3\n"),
    "bash with an option": ("#!/bin/bash -e\nfalse\necho never", ""),
    "python": ("#!/usr/bin/env python3\nimport sys\nprint(repr(sys.stdin.read()), len(sys.argv))", "'' 1\n"),
    "a space before": ("#! /bin/bash\necho $BASH_VERSION | wc -l", "1\n"),
    "Windows' line ends": ("#!/bin/bash\r\n[[ a ]] && echo yes\r\n", "yes\n"),
    "none": ("echo ${BASH_VERSION:-plain}", None),
    "a comment first": ("# not #!/bin/bash\necho x", "x\n"),
}


@pytest.mark.parametrize(("script", "said"), INTERPRETERS.values(), ids=INTERPRETERS)
def test_a_script_is_run_by_its_own_interpreter(sshd: Target, script: str, said: str | None) -> None:
    result = ran(sshd, script)
    assert result.outcome == "ok", result.detail
    assert said is None or result.stdout == said


@pytest.mark.parametrize(
    ("first", "interpreter"),
    [
        ("#!/bin/sh", ("/bin/sh", "")),
        ("#!/usr/bin/env -S python3 -u", ("/usr/bin/env", "-S python3 -u")),
        ("#!\t/bin/bash\t-eu ", ("/bin/bash", "-eu")),
        ("#!", ("sh", "")),
        (" #!/bin/bash", ("sh", "")),
    ],
)
def test_the_first_line_is_read_as_a_kernel_does(first: str, interpreter: tuple[str, str]) -> None:
    assert interpreter_of(f"{first}\necho".encode()) == interpreter


@pytest.mark.parametrize("first", ["#!/no/such/shell", "#!/usr/bin/env no-such-python", "#!no_such"])
def test_an_interpreter_that_is_not_there_is_told_and_nothing_ran(sshd: Target, first: str) -> None:
    result = ran(sshd, f"{first}\necho one")
    assert (result.outcome, result.exit_code, result.stdout) == ("not-run", None, "")
    assert "there is no " in result.detail


@pytest.mark.parametrize(
    ("script", "outcome", "exit_code", "signal"),
    [
        ("exit 3\necho never", "ok", 3, None),
        ("exit 137", "ok", 137, None),
        ("kill -9 $$", "killed", None, "KILL"),
        ("kill -TERM $$; sleep 5", "killed", None, "TERM"),
        ("sh -c 'kill -9 $$'; exit $?", "ok", 137, None),
        ("false", "ok", 1, None),
    ],
)
def test_ok_means_that_it_ran_to_its_end(
    sshd: Target, script: str, outcome: str, exit_code: int | None, signal: str | None
) -> None:
    result = ran(sshd, script)
    assert (result.outcome, result.exit_code, result.signal) == (outcome, exit_code, signal)


def test_a_script_that_was_cut_off_is_not_ok(sshd: Target) -> None:
    result = ran(sshd, "echo $0; exec sleep 20", RunLimits(script_s=1.0))
    assert (result.outcome, result.exit_code, len(result.lines)) == ("cut-off", None, 1)
    assert not Path(result.stdout.strip()).exists()


def test_the_file_is_its_owners_alone_and_gone_afterwards(sshd: Target) -> None:
    result = ran(sshd, "stat -c %a $0; umask; echo $0; ls -l /proc/$$/fd/0")
    mode, umask, path, stdin, *_ = result.stdout.splitlines()
    assert (mode, umask) == ("700", "0022") and stdin.endswith("-> /dev/null")
    assert path.startswith("/tmp/mist-run-")
    assert not Path(path).exists()


def test_what_a_login_says_by_itself_is_no_output(tmp_path: Path) -> None:
    with openssh(tmp_path) as target:
        (tmp_path / "home" / ".bashrc").write_text("echo welcome; echo hello >&2\n")
        result = ran(target, "echo one")
    assert (result.stdout, result.stderr, len(result.lines)) == ("one\n", "", 1)


@contextmanager
def own_place(shell: str, path: str) -> Iterator[str]:
    """The shell's path; one that goes by the name it is called by has a place of its own, which others can read."""
    if shell != "busybox":
        yield path
        return
    with TemporaryDirectory(prefix="mist-test-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "sh").symlink_to(path)
        yield f"{folder}/sh"


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox", "fish", "tcsh", "zsh", "ksh"])
def test_any_login_shell_hands_it_over(tmp_path: Path, shell: str) -> None:
    path = shutil.which(shell) or ""
    need(path, f"{shell} is not installed (Debian: apt-get install {shell})")
    with (
        own_place(shell, path) as there,
        account(shell=there) as user,
        pam_sshd(tmp_path, PERMIT, login=user) as target,
    ):
        report = asyncio.run(probe(target, key=KEY, pins=HostKeys()))
        result = ran(target, "#!/bin/sh\necho \"it's\" $1 '!'\ncat\nexit 4")
    assert (result.outcome, result.exit_code, result.stdout) == ("ok", 4, "it's !\n"), result
    assert (report.outcome, report.detail) == ("ok", "")
    assert report.disks and report.cores and report.ram_mb and report.kernel


def test_nothing_in_the_commands_is_read_by_a_login_shell() -> None:
    assert RUN.startswith("exec sh -c '") and RUN.endswith("'")
    assert not set("'\\!\n") & set(RUN[len("exec sh -c '") : -1])
