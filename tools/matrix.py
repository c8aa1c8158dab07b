"""The kernel tests under the oldest versions that pyproject.toml allows, and under the newest: `make matrix`.

One temporary environment for each row, the project installed into it as a wheel; one line a row, and the exit code is
the number of rows that failed. `matrix.py floors newest` runs just these.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

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
SHOWN = ("ipykernel", "ipython", "ipywidgets", "pandas", "numpy", "msgspec", "tornado", "requests", "urllib3")
_FLOOR = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?>=([0-9][0-9.]*)")


@dataclass(frozen=True)
class Row:
    """One environment: its name, and what is asked of pip beside the project."""

    name: str
    pins: tuple[str, ...]


def rows() -> tuple[Row, ...]:
    """The floors as pyproject.toml has them, kernels whose threads differ (JUPYTER.md, fact 6), and the newest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    kernel = next(line for line in project["optional-dependencies"]["demo"] if line.startswith("ipykernel"))
    floors = tuple(f"{found[1]}=={found[2]}" for line in (*project["dependencies"], kernel) if (found := _floor(line)))
    return (
        Row("floors", floors),
        Row("ipykernel-6.31", ("ipykernel==6.31.0",)),
        Row("ipykernel-7.0", ("ipykernel==7.0.1",)),  # a plain thread can't set a trait there
        Row("ipykernel-7.3", ("ipykernel==7.3.0",)),
        Row("newest", ("ipykernel",)),
    )


def run(row: Row, wheel: Path, folder: Path) -> bool:
    """Whether the tests pass in a new environment of this row; prints its one line, and what failed."""
    began = time.monotonic()
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    asked = [str(wheel), *row.pins, *TEST_TOOLS]
    install = _call([*pip, "install", "-q", "--prefer-binary", *asked], folder)
    done = install if install.returncode else _call(_pytest(python), folder)
    versions = _versions(_call([*pip, "freeze"], folder).stdout)
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{row.name}: {word} after {time.monotonic() - began:.0f} s ({versions}; {_last_line(done)})", flush=True)
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-3000:], flush=True)
    return done.returncode == 0


def main() -> int:
    """The exit code: how many rows failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(row.name for row in rows()))
    wanted = parser.parse_args().rows
    if unknown := set(wanted) - {row.name for row in rows()}:
        parser.error(f"no row named {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="mist-matrix-") as name:
        folder = Path(name)
        built = _call([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", name, str(ROOT)], folder)
        if built.returncode:
            print(built.stderr)
            return 1
        (wheel,) = folder.glob("*.whl")
        chosen = [row for row in rows() if not wanted or row.name in wanted]
        return sum(not run(row, wheel, folder / row.name) for row in chosen)


def _floor(requirement: str) -> re.Match[str] | None:
    return _FLOOR.match(requirement)


def _pytest(python: Path) -> list[str]:
    """pytest on the files that are there, away from the checkout, so that only the wheel can be imported."""
    files = [str(ROOT / "tests" / name) for name in TESTS if (ROOT / "tests" / name).exists()]
    options = ["-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    return [str(python), "-P", "-m", "pytest", *options, *files]


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
