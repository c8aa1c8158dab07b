"""The one loop: format, lint, types, tests, in the environment that runs this file; the first failure ends it.

Tests that fail beside others are tried once more, alone: one that passes then was short of time on a busy machine, is
named, and ends nothing. One that fails twice does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest"]

# Those of one row run side by side. Collecting compiles every test once, where each worker would do it for itself.
# Tests wait for servers, kernels and browsers most of the time: three workers a core keep the cores busy.
STEPS: tuple[dict[str, list[str]], ...] = (
    {"format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."]},
    {"lint": [str(BIN / "ruff"), "check", "--quiet", "."]},
    {"types": [sys.executable, "-m", "mypy"], "collected": [*PYTEST, "--collect-only", "-qq"]},
    {"tests": [*PYTEST, "-n", "6", "--dist", "loadfile", "--no-loadscope-reorder", "-q"]},
)

AGAIN = [*PYTEST, "--last-failed", "--last-failed-no-failures", "none", "-q", "-rA"]
SOME_FAILED = 1

# Tests start some hundred kernels and children: what they compile is kept, whatever the environment says.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 2**30


def main() -> int:
    """Run the steps in order."""
    with in_memory():
        return checked()


def checked() -> int:
    """The exit code of the first step that fails; 0 where none does."""
    for row in STEPS:
        print(f"== {', '.join(row)}", flush=True)
        began = time.monotonic()
        codes = beside(row) if len(row) > 1 else {name: run(command) for name, command in row.items()}
        if codes.get("tests") == SOME_FAILED:
            print("== tests: once more those that failed, alone; what passes now was short of time", flush=True)
            codes["tests"] = run(AGAIN)
        for name, code in codes.items():
            print(f"== {name}: {'ok' if code == 0 else 'FAILED'} after {time.monotonic() - began:.0f} s", flush=True)
        if any(codes.values()):
            return next(code for code in codes.values() if code)
    return 0


@contextmanager
def in_memory() -> Iterator[None]:
    """Have tests write their thousands of small files into memory meanwhile, where there is plenty of it."""
    if not has_room(MEMORY):
        yield
        return
    with TemporaryDirectory(prefix="m", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        # Shorter than the usual path: that of a socket ends after 107 bytes.
        ENVIRONMENT["PYTEST_ADDOPTS"] = f"{ENVIRONMENT.get('PYTEST_ADDOPTS', '')} --basetemp={folder}/t"
        yield


def has_room(folder: Path) -> bool:
    """Whether files can be written there, and be run: containers may forbid the latter, and have 64 MB."""
    try:
        about = os.statvfs(folder)
    except OSError:
        return False
    return not about.f_flag & os.ST_NOEXEC and about.f_bavail * about.f_frsize > ROOM_BYTES


def run(command: list[str]) -> int:
    """The exit code of one step, whose output is seen as it comes."""
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=False).returncode


def beside(row: dict[str, list[str]]) -> dict[str, int]:
    """The exit codes of several at once; the output of one that fails is shown whole."""
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = {name: subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, **quiet) for name, command in row.items()}
    codes = {}
    for name, process in started.items():
        said, _ = process.communicate()
        codes[name] = process.returncode
        if codes[name]:
            print(said, flush=True)
    return codes


if __name__ == "__main__":
    sys.exit(main())
