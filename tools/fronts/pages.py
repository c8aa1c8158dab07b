"""Front ends that are pages, in Chromium: JupyterLab, Notebook 7, Voila, Notebook's classic page, marimo."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import TimeoutError as NotInTime

from tests.rigs import jupyterlab

from . import tour

PATIENCE_MS = 120_000
COMES_MS = 6_000  # a widget that is drawn at all
_CLASSIC_READY = """() => window.Jupyter?.notebook?.kernel?.is_connected()
  && require.defined('nbextensions/jupyter-js-widgets/extension')"""
_CLASSIC_DONE = """() => Jupyter.notebook.get_cells().every(cell => cell.cell_type !== 'code'
  || (cell.input_prompt_number && cell.input_prompt_number !== '*'))"""


def of_jupyter(front_end: str) -> Callable[[Path, Path], dict[str, str]]:
    """Drawn by the one server of the browser tests."""

    def look(_binaries: Path, folder: Path) -> dict[str, str]:
        with jupyterlab.serve(folder) as server, jupyterlab.browser(folder) as context:
            tour.notebook(server.folder)
            with jupyterlab.opened(context, server, "tour.ipynb", front_end=front_end) as (page, _):
                if front_end != "voila":
                    jupyterlab.run_all(page)
                with suppress(NotInTime):  # Voila draws widgets once all cells have run
                    page.locator(".mist-panel-grid").wait_for(state="attached")
                return seen(page, folder)

    return look


def classic(binaries: Path, folder: Path) -> dict[str, str]:
    """Notebook's page of before 7, which nbclassic keeps."""
    tour.notebook(folder)
    port = _free_port()
    command = [str(binaries / "python"), "-m", "nbclassic", "--no-browser", "--allow-root", "--IdentityProvider.token="]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    address = f"http://127.0.0.1:{port}"
    with _served(command, f"{address}/api/status", binaries, folder), jupyterlab.browser(folder) as context:
        page = context.new_page()
        page.goto(f"{address}/notebooks/tour.ipynb")
        page.wait_for_function(_CLASSIC_READY)
        page.wait_for_timeout(2000)  # the extension loads what it needs, and says nowhere when it has
        page.evaluate("() => Jupyter.notebook.execute_all_cells()")
        page.wait_for_function(_CLASSIC_DONE)
        return seen(page, folder)


def marimo(binaries: Path, folder: Path) -> dict[str, str]:
    """An app of marimo, which has Python and neither magics nor ipywidgets."""
    (folder / "tour.py").write_text(tour.MARIMO, encoding="utf-8")
    port = _free_port()
    command = [str(binaries / "marimo"), "-q", "run", "tour.py", "--headless", "--no-token", "--host", "127.0.0.1"]
    address = f"http://127.0.0.1:{port}"
    with _served([*command, "--port", port], f"{address}/health", binaries, folder) as log:
        with jupyterlab.browser(folder) as context:
            page = context.new_page()
            page.goto(address)
            page.get_by_text("public addresses").first.wait_for(timeout=PATIENCE_MS)
            found = seen(page, folder)
        said = "No backend named 'NephoScal'." in log.read_text(encoding="utf-8")
    return found | {"an error in two lines": tour.DRAWN if said else tour.MISSING}


def seen(page: Any, folder: Path) -> dict[str, str]:
    """What stands on the page: drawn, or in words; and a picture of it in the folder."""
    page.set_viewport_size({"width": 1300, "height": 6000})
    for fact in tour.FACTS:
        if fact.drawn:
            with suppress(NotInTime):
                page.locator(fact.drawn).first.wait_for(state="attached", timeout=COMES_MS)
    page.wait_for_timeout(1000)  # what has come into sight is drawn then
    page.screenshot(path=str(folder / "page.png"))
    found = tour.read(page.inner_text("body"))
    for fact in tour.FACTS:
        if fact.drawn and any(one.is_visible() for one in page.locator(fact.drawn).all()[:20]):
            found[fact.name] = tour.DRAWN
    return found


@contextmanager
def _served(command: list[str], health: str, binaries: Path, folder: Path) -> Iterator[Path]:
    """A server of its own for the length of the block; what it says is in the file."""
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=tour.surroundings(folder, binaries), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(health, process)
            yield log
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> str:
    """A port that was free just now: these servers can't say which one they took."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return str(door.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} doesn't answer")
