"""What works in which front end, tried: `make front-ends`.

Each front end that isn't part of the project's environment gets one of its own under `build/`, runs the same tour of
ours there, pages in Chromium, and what came out is a row of the table in docs/front-ends.md. With names of rows, just
those are tried, and the others' rows stay as they are.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the rig that drives Chromium is that of the tests

from fronts import pages, texts, tour  # noqa: E402

BUILD = ROOT / "build" / "front-ends"
PAGE = ROOT / "docs" / "front-ends.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
OLDER = ("ipython==7.34.0", "ipywidgets==7.7.1", "ipykernel==6.29.0", "pandas==2.2.2", "nbclient", "setuptools<81")
Look = Callable[[Path, Path], dict[str, str]]


@dataclass(frozen=True)
class FrontEnd:
    """One row: its name, the package whose version is said, how it is tried, and what it needs of its own."""

    name: str
    package: str
    look: Look
    asked: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()  # what it doesn't show of any notebook


ROWS = (
    FrontEnd("JupyterLab", "jupyterlab", pages.of_jupyter("lab")),
    FrontEnd("Notebook 7", "notebook", pages.of_jupyter("notebook")),
    FrontEnd("Voila", "voila", pages.of_jupyter("voila"), hides=("an error in two lines",)),
    FrontEnd("Notebook's classic page", "nbclassic", pages.classic, ("nbclassic", "ipykernel")),
    FrontEnd("marimo", "marimo", pages.marimo, ("marimo",)),
    FrontEnd("IPython in a terminal", "ipython", texts.typed_into("ipython", "--simple-prompt", "--no-banner")),
    FrontEnd(
        "Jupyter console",
        "jupyter-console",
        texts.typed_into("jupyter-console", "--simple-prompt"),
        ("jupyter-console", "ipykernel"),
    ),
    FrontEnd("papermill", "papermill", texts.papermill, ("papermill", "ipykernel")),
    FrontEnd("nbconvert --to html", "nbconvert", texts.converted("html")),
    FrontEnd("nbconvert --to markdown", "nbconvert", texts.converted("markdown")),
    FrontEnd("nbconvert --to latex", "nbconvert", texts.converted("latex")),
    FrontEnd("a kernel with IPython 7, ipywidgets 7", "ipython", texts.kernel, OLDER),
)


def attempt(row: FrontEnd) -> tuple[str, dict[str, str]]:
    """The version that was tried, and what came out."""
    python = environment(row) if row.asked else Path(sys.executable)
    with tempfile.TemporaryDirectory(prefix="mist-front-") as name:
        folder = Path(name)
        found = row.look(python.parent, folder)
        for picture in folder.glob("page.png"):
            shutil.copyfile(picture, BUILD / f"{row.package}-{row.name.split()[0].lower()}.png")
    if not row.asked:
        return version(row.package), found
    ask = f"from importlib.metadata import version; print(version({row.package!r}))"
    said = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    return said.stdout.strip(), found


def environment(row: FrontEnd) -> Path:
    """The Python of this front end, with the project in it; made once for what is asked for."""
    folder = BUILD / row.package / ("older" if row.asked == OLDER else "own")
    python = folder / "bin" / "python"
    asked = "\n".join(row.asked)
    note = folder / "asked.txt"
    if not note.exists() or note.read_text(encoding="utf-8") != asked:
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *row.asked, "-e", str(ROOT)], check=True)
        note.write_text(asked, encoding="utf-8")
    return python


def table(tried: dict[str, tuple[str, dict[str, str]]], before: str) -> str:
    """The rows as Markdown; one that wasn't tried now is as it stood."""
    names = [fact.name for fact in tour.FACTS]
    lines = [f"| front end | version | tried | {' | '.join(names)} |", f"| --- | --- | --- |{' --- |' * len(names)}"]
    today = datetime.now(UTC).date().isoformat()
    for row in ROWS:
        if row.name in tried:
            said, found = tried[row.name]
            lines.append(f"| {row.name} | {said} | {today} | {' | '.join(found[fact] for fact in names)} |")
        else:
            lines += [line for line in before.splitlines() if line.startswith(f"| {row.name} |")]
    return "\n".join(lines)


def main() -> int:
    """The exit code: 1 if anything was missing anywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="; ".join(row.name for row in ROWS))
    wanted = parser.parse_args().rows
    if unknown := set(wanted) - {row.name for row in ROWS}:
        parser.error(f"no row named {', '.join(sorted(unknown))}")
    BUILD.mkdir(parents=True, exist_ok=True)
    tried = {}
    for row in ROWS:
        if not wanted or row.name in wanted:
            tried[row.name] = attempt(row)
            print(row.name, *tried[row.name][1].items(), sep="\n    ", flush=True)
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    stood, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(tried, stood)}\n{END}{after}", encoding="utf-8")
    return int(any(lacking(row, tried[row.name][1]) for row in ROWS if row.name in tried))


def lacking(row: FrontEnd, found: dict[str, str]) -> list[str]:
    """What should be there, and is not."""
    return [name for name, how in found.items() if how == tour.MISSING and name not in row.hides]


if __name__ == "__main__":
    sys.exit(main())
