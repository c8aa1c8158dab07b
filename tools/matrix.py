"""The kernel tests elsewhere: under the floors of pyproject.toml, other kernels, the newest, and other Pythons.

`make matrix` makes one temporary environment for each row and installs the project into it as a wheel; one line a row,
and the exit code is the number of rows that failed. A row of a Python installs the lock, if there is an interpreter of
that Python here; where there is none, the line says so. `matrix.py floors newest` runs just these.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "magic/test_kernel.py",
    "magic/test_magic.py",
    "magic/test_completion.py",
    "frames/test_frames.py",
    "widgets/test_form_line.py",
    "widgets/test_progress.py",
    "widgets/test_widget_kernel.py",
)
TEST_TOOLS = ("pytest", "hypothesis")
LOCK = ("-r", str(ROOT / "requirements" / "dev.txt"))
PIP_WHEEL = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
WITH_FLOORS = ("aws", "gcp", "azure", "openstack", "dask", "keyring")  # extras that are libraries
SHOWN = ("ipykernel", "ipython", "ipywidgets", "pandas", "numpy", "msgspec", "tornado", "requests", "urllib3")
_FLOOR = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?>=([0-9][0-9.]*)")


@dataclass(frozen=True)
class Row:
    """One environment: its name, what is asked of pip beside the project, and its Python if it is another one."""

    name: str
    asked: tuple[str, ...]
    python: str = ""


def rows() -> tuple[Row, ...]:
    """The floors, kernels whose threads differ (JUPYTER.md, fact 6), the newest, and each Python but this one."""
    project = _project()
    extras = project["optional-dependencies"]
    kernel = [line for line in extras["demo"] if line.startswith("ipykernel")]
    with_floors = [*project["dependencies"], *kernel, *(line for extra in WITH_FLOORS for line in extras[extra])]
    floors = tuple(f"{found[1]}=={found[2]}" for line in with_floors if (found := _FLOOR.match(line)))
    return (
        Row("floors", (*floors, *TEST_TOOLS)),
        Row("ipykernel-6.31", ("ipykernel==6.31.0", *TEST_TOOLS)),
        Row("ipykernel-7.0", ("ipykernel==7.0.1", *TEST_TOOLS)),  # a plain thread can't set a trait there
        Row("ipykernel-7.3", ("ipykernel==7.3.0", *TEST_TOOLS)),
        Row("newest", ("ipykernel", *TEST_TOOLS)),
        *(Row(f"python-{python}", LOCK, python) for python in pythons() if python != _version(sys.executable)),
    )


def pythons() -> list[str]:
    """The versions of Python that are supported."""
    return re.findall(r"Python :: (3\.\d+)", "\n".join(_project()["classifiers"]))


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def run(row: Row, wheel: Path, folder: Path) -> bool:
    """Whether the tests pass in a new environment of this row; prints its one line, and what failed."""
    began = time.monotonic()
    interpreter = interpreter_of(row.python) if row.python else sys.executable
    if interpreter is None:
        print(f"{row.name}: not run, there is no Python {row.python} here", flush=True)
        return True
    _call([interpreter, "-m", "venv", str(folder)], ROOT)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "-q", "--prefer-binary"]
    commands = [[*install, *row.asked, str(wheel)]]
    if row.asked == LOCK:  # checks hashes, and the wheel has none
        commands = [[*install, *LOCK], [*install, "--no-deps", str(wheel)]]
    for command in (*commands, _pytest(python)):
        done = _call(command, folder)
        if done.returncode:
            break
    versions = _versions(_call([*pip, "freeze"], folder).stdout)
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{row.name}: {word} after {time.monotonic() - began:.0f} s ({versions}; {_last_line(done)})", flush=True)
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-3000:], flush=True)
    return done.returncode == 0


def interpreter_of(version: str) -> str | None:
    """A Python of this version (`3.12`), on the PATH or of pyenv, that runs."""
    return next((path for path in _candidates(version) if _version(path) == version), None)


def main() -> int:
    """The exit code: how many rows failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(row.name for row in rows()))
    wanted = parser.parse_args().rows
    if unknown := set(wanted) - {row.name for row in rows()}:
        parser.error(f"no row named {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="mist-matrix-") as name:
        folder = Path(name)
        built = _call([*PIP_WHEEL, "-w", name, str(ROOT)], folder)
        if built.returncode:
            print(built.stderr)
            return 1
        (wheel,) = folder.glob("*.whl")
        chosen = [row for row in rows() if not wanted or row.name in wanted]
        return sum(not run(row, wheel, folder / row.name) for row in chosen)


def _candidates(version: str) -> Iterator[str]:
    if found := shutil.which(f"python{version}"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python")))


def _version(interpreter: str) -> str:
    """Its version, `3.12`; nothing if it doesn't run."""
    command = [interpreter, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _pytest(python: Path) -> list[str]:
    """pytest away from the checkout, which comes last on the path, so that the wheel is what is imported."""
    files = [str(ROOT / "tests" / name) for name in TESTS]
    options = ["-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    return [str(python), "-P", "-m", "pytest", "--import-mode=append", *options, *files]


def _call(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _versions(frozen: str) -> str:
    installed = dict(line.lower().split("==", 1) for line in frozen.splitlines() if "==" in line)
    return ", ".join(f"{name} {installed[name]}" for name in SHOWN if name in installed)


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[-1] if lines else "no output"


if __name__ == "__main__":
    sys.exit(main())
