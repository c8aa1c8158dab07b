"""What is new in the world, met on purpose: `make newest`.

Resolves everything afresh, installs that into `.venv-newest`, and runs all of `check.py` there. The lock stays as it
is; `newest.py --take` makes what was green the lock, exactly as it was tested, and prints the note for the CHANGELOG.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import venv
from datetime import UTC, datetime
from pathlib import Path

import lock

FOLDER = lock.ROOT / ".venv-newest"
FRESH = FOLDER / "lock"
GREEN = FOLDER / "green"  # what pyproject.toml was when all of this was green


def attempt() -> int:
    """The exit code of check.py with everything at its newest."""
    venv.create(FOLDER, clear=True, with_pip=True)
    python = FOLDER / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    lock.resolve(FRESH, datetime.now(UTC).date().isoformat())
    print("\n".join(_changes()) or "Nothing is newer than the lock.", flush=True)
    pip = [python, "-m", "pip", "install", "-q"]
    _run(*pip, "-r", lock.lock_file("dev", FRESH))
    _run(*pip, "--no-deps", "--no-build-isolation", "-e", lock.ROOT)
    code = subprocess.run([python, lock.ROOT / "tools" / "check.py"], cwd=lock.ROOT, check=False).returncode
    if code:
        print(f"{_title()}: FAILED. The lock stays as it is.")
        return code
    GREEN.write_bytes((lock.ROOT / "pyproject.toml").read_bytes())
    print(f"{_title()}: all green. To make it the lock: python3 tools/newest.py --take")
    return 0


def take() -> int:
    """Make what was green the lock; 1 if nothing was, or if pyproject.toml has changed since."""
    if not GREEN.exists() or GREEN.read_bytes() != (lock.ROOT / "pyproject.toml").read_bytes():
        print("There is nothing green for this pyproject.toml. Run: make newest")
        return 1
    found = _changes()
    for path in (*map(lock.lock_file, lock.LOCKS), lock.ROOT / "binder" / "requirements.txt"):
        shutil.copyfile(FRESH / path.relative_to(lock.ROOT), path)
    print(f"For the CHANGELOG:\n- The lock is {_title()}; all green on Python {platform.python_version()}:", end=" ")
    print(", ".join(found) or "nothing was newer", end=".\n")
    return 0


def main() -> int:
    """The exit code: 0 if all was green."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--take", action="store_true", help="make what was green the lock")
    return take() if parser.parse_args().take else attempt()


def _changes() -> list[str]:
    return lock.changes(_text(lock.ROOT), _text(FRESH))


def _title() -> str:
    return f"as new as {lock.day(_text(FRESH))}"


def _text(root: Path) -> str:
    return lock.lock_file("dev", root).read_text(encoding="utf-8")


def _run(*command: Path | str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
