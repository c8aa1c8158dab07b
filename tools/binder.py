"""Binder's build, without Docker: `make binder`.

What repo2docker does for this repository, in its order and in a fresh environment: the Python of `binder/runtime.txt`,
`binder/requirements.txt`, a copy of what is committed or changed, `binder/postBuild` in it, and `binder/start` in front
of everything that is run. Then every notebook is executed there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from matrix import interpreter_of

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # what belongs to the repository is what the tests say

from tests.rigs.repository import copy_to  # noqa: E402

CELL_S = 300
ON_BINDER = {"BINDER_SERVICE_HOST": "0.0.0.0", "BINDER_REPO_URL": "https://example.invalid/repository"}


def python_of(runtime: str) -> str:
    """The version that `runtime.txt` names: `python-3.12` is 3.12."""
    name, _, version = runtime.strip().partition("-")
    if name != "python" or not version:
        raise SystemExit(f"binder/runtime.txt says '{runtime.strip()}', and not python-3.N.")
    return version


def environment(folder: Path) -> dict[str, str]:
    """What a Binder's shell has: its Python first, a home of its own, and nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MIST_", "JUPYTER", "VIRTUAL"))}
    path = f"{folder / 'env' / 'bin'}{os.pathsep}{kept.get('PATH', '')}"
    return kept | ON_BINDER | {"PATH": path, "HOME": str(folder / "home"), "NB_PYTHON_PREFIX": str(folder / "env")}


def build(folder: Path) -> Path:
    """The repository, built; raises CalledProcessError where repo2docker would end the build."""
    version = python_of((ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8"))
    interpreter = interpreter_of(version)
    if interpreter is None:
        interpreter = sys.executable
        print(f"There is no Python {version} here: {sys.version.split()[0]} stands in for it.", flush=True)
    repository = copy_to(folder / "repository")
    (folder / "home").mkdir()
    _run("an environment", [interpreter, "-m", "venv", str(folder / "env")], folder, folder)
    _run("requirements.txt", ["pip", "install", "-q", "-r", "binder/requirements.txt"], repository, folder)
    (repository / "binder" / "postBuild").chmod(0o755)
    _run("postBuild", ["./binder/postBuild"], repository, folder)
    (repository / "binder" / "start").chmod(0o755)
    return repository


def run(repository: Path, folder: Path) -> None:
    """Every notebook, as a person would run it there, and the one command that Binder itself runs."""
    start = str(repository / "binder" / "start")
    for notebook in sorted((repository / "notebooks").glob("*.ipynb")):
        command = [start, "jupyter", "execute", f"--timeout={CELL_S}", notebook.name]
        _run(notebook.name, command, notebook.parent, folder)
    _run("JupyterLab", [start, "jupyter", "lab", "--version"], repository, folder)


def main() -> int:
    """The exit code: 1 where a step failed."""
    with tempfile.TemporaryDirectory(prefix="mist-binder-") as name:
        folder = Path(name)
        try:
            run(build(folder), folder)
        except subprocess.CalledProcessError as error:
            print(f"FAILED with exit code {error.returncode}: {error.cmd}")
            return 1
    return 0


def _run(name: str, command: list[str], where: Path, folder: Path) -> None:
    began = time.monotonic()
    subprocess.run(command, cwd=where, env=environment(folder), check=True, stdin=subprocess.DEVNULL)
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
