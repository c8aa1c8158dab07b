"""A newcomer's way, walked: from a fresh clone to a first result of one's own, with the time that each step took.

`make first-steps`. The README's first command as it stands there, then `mist-notebook lab`, and in Chromium what a
person does: the quickstart is open, Run All Cells, one line changed, run, and the frame that comes back is another.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import readme

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the rig that drives Chromium is that of the tests

from tests.rigs import jupyterlab  # noqa: E402

OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--expose-app-in-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",
    "--IdentityProvider.token=",
)
TYPED = "%mist sizes NephoScale --cpus 2+ --ram 4GB..16GB --sort price"
CHANGED = "%mist sizes NephoScale --cpus 8+ --sort price"
OWN = "CS32.16 - 32GB, 16Core, 1200GB"
_CHANGE = """([typed, changed]) => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.findIndex(cell => cell.model.sharedModel.source === typed);
  content.activeCell.model.sharedModel.setSource(changed);
  return content.activeCellIndex;
}"""
_SAID = """() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.activeCell.model.outputs.toJSON())"""


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Says how long the block took."""
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:6.0f} s  {step}", flush=True)


def in_the_notebook(page: Any, server_url: str) -> None:
    """What a person does in JupyterLab."""
    with timed("JupyterLab shows the quickstart"):
        page.goto(server_url)
        jupyterlab.make_ready(page, "light")
    with timed("Run All Cells"):
        jupyterlab.run_all(page)
    failed = [output for output in jupyterlab.outputs(page) if output["output_type"] == "error"]
    if failed:
        raise SystemExit(f"A cell failed: {failed}")
    with timed("one line changed, and its result"):
        if page.evaluate(_CHANGE, [TYPED, CHANGED]) < 0:
            raise SystemExit(f"The quickstart has no cell {TYPED}")
        jupyterlab.run(page, "notebook:run-cell")
        page.wait_for_function(f"() => ({_SAID})().includes({OWN!r})", polling=jupyterlab.LOOK_EVERY_MS)


def walk(folder: Path) -> None:
    """Every step, each in the clone as the README says it."""
    clone = folder / "clone"
    with timed("git clone"):
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    environment = _environment(folder)
    with timed("the README's first command: everything installed, and the quickstart printed"):
        command = ["bash", "-euo", "pipefail", "-c", readme.command("demo")]
        subprocess.run(command, cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL)
    with (folder / "lab.log").open("w+") as log:
        program = clone / ".venv" / "bin" / "mist-notebook"
        lab = subprocess.Popen([program, "lab", *OPTIONS], cwd=clone, env=environment, stdout=log, stderr=log)
        try:
            with timed("mist-notebook lab answers"):
                url = jupyterlab.address(lab, folder / "runtime", log)
            with jupyterlab.browser(folder) as context:
                in_the_notebook(context.new_page(), f"{url}lab/tree/01-quickstart.ipynb")
        finally:
            lab.terminate()
            lab.wait(20)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mist-first-steps-") as name, timed("in all"):
        walk(Path(name))
    return 0


def _environment(folder: Path) -> dict[str, str]:
    """Somebody who was never here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MIST_", "JUPYTER", "VIRTUAL"))}
    own = {"HOME": folder / "home", "JUPYTER_RUNTIME_DIR": folder / "runtime", "IPYTHONDIR": folder / "ipython"}
    return kept | {name: str(path) for name, path in own.items()}


if __name__ == "__main__":
    sys.exit(main())
