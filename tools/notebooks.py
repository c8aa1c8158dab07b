"""Run the notebooks, put what they show into them, or say what they show otherwise by now.

python tools/notebooks.py               # run all, and write their outputs
python tools/notebooks.py --check       # run all, and write nothing: what differs ends it with 1
python tools/notebooks.py --twice 05    # run these twice in one kernel, and once more in a fresh one; write nothing

The test suite does the same as `--check` in its one run of them (tests/test_notebooks.py).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import notebook_outputs

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
CELL_S = 180
SOLUTION = re.compile(r"<details>.*?```python\n(.*?)```", re.S)
# What a person would press: the record of a form is what it made. By notebook, after which cell, what runs there.
PRESSED = {
    "04-provision-form.ipynb": (
        "form",
        """
from tests.rigs.form_rig import Page as _Page

_Page(form).click("mist-form-make-key").review().create().wait()
form.page()
""",
    )
}


@dataclass
class Run:
    """A notebook that was executed: as it would be committed, and what each exercise's check said of its solution."""

    notebook: Any
    solved: dict[str, str] = field(default_factory=dict)


def run(path: Path, folder: Path, *, times: int = 1) -> Run:
    """Execute it in a fresh kernel that works in `folder` and knows nothing of this computer's clouds."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_S,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    done = Run(notebook)
    with client.setup_kernel(env=environment(folder)):
        for _ in range(times):
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
                _press(client, path.name, cell)
                _solve(client, notebook.cells[: number + 1], done)
    places = {str(folder / "data"): "~/.local/share/mist_notebook", str(folder): "~"}
    done.notebook = notebook_outputs.kept(notebook, places)
    return done


def environment(folder: Path) -> dict[str, str]:
    """A person's who has nothing configured; columns, since names are cut in a narrow terminal."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    own = {"MIST_CONFIG": str(folder / "settings.toml"), "MIST_DATA_DIR": str(folder / "data")}
    return kept | own | {"HOME": str(folder), "COLUMNS": "120", "PYTHONPATH": str(FOLDER.parent)}


def _press(client: NotebookClient, name: str, cell: Any) -> None:
    after, source = PRESSED.get(name, ("", ""))
    if cell.id == after:
        _aside(client, source)


def _solve(client: NotebookClient, cells: list[Any], done: Run) -> None:
    """After the check of an exercise, try its solution, and check again."""
    exercise = cells[-1].id.removesuffix("-check")
    if exercise == cells[-1].id:
        return
    task = next(cell for cell in cells if cell.id == exercise)
    _aside(client, SOLUTION.search(task.source)[1])  # type: ignore[index]
    done.solved[exercise] = _aside(client, cells[-1].source)


def _aside(client: NotebookClient, source: str) -> str:
    """Run something that is no cell of the notebook; what it prints."""
    cell = nbformat.v4.new_code_cell(source)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1)
    finally:
        client.nb.cells.pop()
    return "".join(output.get("text", "") for output in cell.outputs)


def _chosen(numbers: list[str]) -> Iterator[Path]:
    for path in sorted(FOLDER.glob("*.ipynb")):
        if not numbers or any(path.name.startswith(number) for number in numbers):
            yield path


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the notebooks and keep what they show.")
    parser.add_argument("notebooks", nargs="*", help="how their names begin; all without")
    parser.add_argument("--check", action="store_true", help="write nothing, and say what differs")
    parser.add_argument("--twice", action="store_true", help="two runs in one kernel, then a fresh one; write nothing")
    options = parser.parse_args()
    failed = False
    for path in _chosen(options.notebooks):
        with tempfile.TemporaryDirectory() as folder:
            done = run(path, Path(folder), times=2 if options.twice else 1)
            done = run(path, Path(folder)) if options.twice else done
        wrong = [name for name, said in done.solved.items() if not said.rstrip().endswith("Right.")]
        differs = notebook_outputs.differences(nbformat.read(path, as_version=4), done.notebook)
        is_written = not (options.check or options.twice or wrong) and bool(differs)
        if is_written:
            nbformat.write(done.notebook, path)
        failed = failed or bool(wrong) or (bool(differs) and not is_written)
        print(f"{path.name}: {'written' if is_written else 'differs' if differs else 'as saved'}", *wrong, flush=True)
        print(*(differs if not (is_written or wrong) else ()), sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
