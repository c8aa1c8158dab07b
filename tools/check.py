"""The one loop: format, lint, types, tests, in the environment that runs this file; the first failure ends it.

Tests that fail beside others are tried once more, alone: one that passes then was short of time on a busy machine, is
named, and ends nothing. One that fails twice does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("types", [sys.executable, "-m", "mypy"]),
    ("tests", [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q"]),
)

AGAIN = [sys.executable, "-m", "pytest", "--last-failed", "--last-failed-no-failures", "none", "-q", "-rA"]
SOME_FAILED = 1

# Tests start some hundred kernels and children: what they compile is kept, whatever the environment says.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> int:
    """Run the steps in order; the exit code of the first that fails."""
    for name, command in STEPS:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=False).returncode
        if name == "tests" and code == SOME_FAILED:
            print("== tests: once more those that failed, alone; what passes now was short of time", flush=True)
            code = subprocess.run(AGAIN, cwd=ROOT, env=ENVIRONMENT, check=False).returncode
        print(f"== {name}: {'ok' if code == 0 else 'FAILED'} after {time.monotonic() - began:.0f} s", flush=True)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
