"""Front ends that give text: a terminal, papermill, what nbconvert makes of an executed notebook, an older kernel."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from . import tour

PATIENCE_S = 300
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def typed_into(*command: str) -> Callable[[Path, Path], dict[str, str]]:
    """What comes back where the tour is typed in, line by line."""

    def look(binaries: Path, folder: Path) -> dict[str, str]:
        lines = "\n".join([*tour.CELLS, tour.WRONG, "exit", ""])
        done = _run([str(binaries / command[0]), *command[1:]], binaries, folder, typed=lines)
        return tour.read(_COLOURS.sub("", done.stdout + done.stderr))

    return look


def papermill(binaries: Path, folder: Path) -> dict[str, str]:
    """The tour run with parameters: they arrive in the lines, and a wrong one fails the run."""
    path = tour.notebook(folder, wrong=False)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.cells.append(nbformat.v4.new_code_cell("%mist sizes $backend --cpus {cpus}+"))
    nbformat.write(notebook, path)
    asked = ["-p", "backend", "EC2", "-p", "cpus", "8", "--kernel", "python3"]
    done = _run([str(binaries / "papermill"), str(path), str(folder / "out.ipynb"), *asked], binaries, folder)
    found = _of_notebook(folder / "out.ipynb")
    if done.returncode or "c3.2xlarge" not in _text(folder / "out.ipynb"):
        return dict.fromkeys(found, tour.MISSING)
    bad = _run([str(binaries / "papermill"), str(tour.notebook(folder)), str(folder / "bad.ipynb")], binaries, folder)
    failed = bad.returncode != 0 or tour.ERROR in _text(folder / "bad.ipynb")
    return found | {"an error in two lines": tour.DRAWN if failed else tour.MISSING}


def kernel(binaries: Path, folder: Path) -> dict[str, str]:
    """The tour run by nbclient beside that kernel; widgets are looked for as views that a page would draw."""
    tour.notebook(folder)
    _run([str(binaries / "python"), "-c", _EXECUTE], binaries, folder)
    return _of_notebook(folder / "tour.ipynb", views=True)


_EXECUTE = """
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read("tour.ipynb", as_version=4)
NotebookClient(notebook, timeout=200, kernel_name="python3", allow_errors=True).execute()
nbformat.write(notebook, "tour.ipynb")
"""


def converted(to: str) -> Callable[[Path, Path], dict[str, str]]:
    """What nbconvert makes of the executed tour, saved without its widgets' state, as JupyterLab saves it."""

    def look(binaries: Path, folder: Path) -> dict[str, str]:
        tour.notebook(folder)
        _run([str(binaries / "python"), "-c", _EXECUTE], binaries, folder)
        notebook = nbformat.read(folder / "tour.ipynb", as_version=4)
        notebook.metadata.pop("widgets", None)
        nbformat.write(notebook, folder / "tour.ipynb")
        command = [str(binaries / "python"), "-m", "nbconvert", "--to", to, "tour.ipynb", "--output", "out"]
        _run(command, binaries, folder)
        (made,) = [path for path in folder.glob("out.*") if path.suffix in {".html", ".md", ".tex"}]
        return _of_document(made)

    return look


def _of_document(path: Path) -> dict[str, str]:
    """HTML is drawn by whoever opens it, as a table or a picture is."""
    text = path.read_text(encoding="utf-8")
    plain = re.sub(r"\\PY\{[a-z+]+\}|[{}\\]", "", re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.S))
    found = tour.read(plain)
    if "<table" in text:
        found["a frame"] = found["a machine and its probe"] = tour.DRAWN
    pictures = re.search(r"<svg|data:image/svg|\.svg\)|includegraphics", text)
    return found | ({"a chart": tour.DRAWN} if pictures else {})


def _of_notebook(path: Path, *, views: bool = False) -> dict[str, str]:
    found = tour.read(_text(path))
    kinds = {kind for output in _outputs(path) for kind in output.get("data", {})}
    if "text/html" in kinds:
        found["a frame"] = found["a machine and its probe"] = tour.DRAWN
    if "image/svg+xml" in kinds:
        found["a chart"] = tour.DRAWN
    shown = sum("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in _outputs(path))
    widgets = ("the form", "the explorer", "the panel")
    return found | (dict.fromkeys(widgets, tour.DRAWN) if views and shown == len(widgets) else {})


def _outputs(path: Path) -> list[Any]:
    cells = nbformat.read(path, as_version=4).cells if path.exists() else []
    return [output for cell in cells for output in cell.get("outputs", [])]


def _text(path: Path) -> str:
    said = [
        [output.get("text", ""), output.get("evalue", ""), output.get("data", {}).get("text/plain", "")]
        for output in _outputs(path)
    ]
    return "\n".join(line for lines in said for line in lines)


def _run(command: list[str], binaries: Path, folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=tour.surroundings(folder, binaries),
        input=typed,
        text=True,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
