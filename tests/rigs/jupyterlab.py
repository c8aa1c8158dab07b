"""JupyterLab on loopback with settings of its own, and Chromium to look at it: what the browser tests drive.

One server shows a notebook in JupyterLab, in Notebook 7 and in Voila.

Nothing of this computer's Jupyter is seen or changed. Commands are driven by JupyterLab's own registry, not by keys.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tests.rigs.seen import Seen

START_S = 120
PAGE_MS = 90_000
LOOK_EVERY_MS = 50  # and not at every frame, which costs more than what is looked for
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/completer-extension/manager.jupyterlab-settings": {"providerTimeout": 30_000},
}
# No page asks whether extensions are to be built, which the server finds out with Node.js, for a third of a second.
PAGE = {"buildAvailable": False, "buildCheck": False}
USUAL = {"width": 1400, "height": 1000}
PATHS = {"lab": "lab/tree/{}?reset", "notebook": "notebooks/{}", "voila": "voila/render/{}"}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
_THEME = "() => document.body.dataset.jpThemeLight === 'false' ? 'dark' : 'light'"
_READY = "() => window.jupyterapp && window.jupyterapp.shell.currentWidget?.sessionContext?.isReady"
_IDLE = """() => {
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  return context.session?.kernel?.status === 'idle';
}"""
# What is open with a kernel: notebooks, but not the launcher that comes where nothing else is.
_SHEETS = "[...window.jupyterapp.shell.widgets('main')].filter(widget => widget.sessionContext)"
# The notebook that is open, closed with its kernel, whatever is unsaved; false where it isn't the only one.
_PUT_AWAY = f"""async () => {{
  const panels = {_SHEETS};
  if (panels.length !== 1) return false;
  await panels[0].sessionContext.shutdown();
  panels[0].dispose();
  return true;
}}"""
_IS_IDLE = f"() => Boolean(window.jupyterapp) && {_SHEETS}.length === 0"
_OPEN = """async path => {
  await window.jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
}"""

_ALL_RAN = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets
    .map(cell => cell.model).filter(model => model.type === 'code' && model.sharedModel.source.trim());
  const failed = cells.some(model => model.outputs.toJSON().some(output => output.output_type === 'error'));
  return failed || cells.every(model => model.executionCount !== null && model.executionState === 'idle');
}"""


def chromium() -> str | None:
    """Where Chromium is, if it is there."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Server:
    """A JupyterLab that runs, and the folder that it shows."""

    url: str
    folder: Path

    def write(self, name: str, *sources: str) -> str:
        """A notebook of these code cells in the folder; its name."""
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), self.folder / name)
        return name


@dataclass
class Lab:
    """A server with the three front ends, and a Chromium."""

    server: Server
    context: Any


class FrontEnds:
    """A server, and a Chromium that is started when it is wanted, and again after it was closed."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server, self._folder = server, folder
        self._opened = ExitStack()
        self._lab: Lab | None = None

    def __enter__(self) -> FrontEnds:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> Lab:
        """All of it, as it is or anew."""
        if self._lab is None:
            self._lab = Lab(self._server, self._opened.enter_context(browser(self._folder)))
        return self._lab

    def close(self) -> None:
        """End the Chromium, if it runs."""
        self._lab = None
        self._opened.close()


@contextmanager
def serve(folder: Path, **variables: str) -> Iterator[Server]:
    """JupyterLab on a free port of 127.0.0.1, without a token, for the length of the block."""
    shown = folder / "notebooks"
    shown.mkdir(parents=True)
    for name, values in SETTINGS.items():
        path = folder / "user-settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    page = folder / "config" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(json.dumps(PAGE))
    runtime = folder / "runtime"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--IdentityProvider.token=", "--ServerApp.password="]
    command += [f"--ServerApp.root_dir={shown}", "--LabApp.news_url=None", "--ServerApp.open_browser=False"]
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    log = (folder / "jupyterlab.log").open("w+")
    process = subprocess.Popen(
        command, cwd=shown, env=_environment(folder) | variables, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        yield Server(address(process, runtime, log), shown)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


@contextmanager
def browser(folder: Path) -> Iterator[Any]:
    """A Chromium with a profile of its own; `new_page` is what one wants of it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path=chromium(),
            args=list(FLAGS),
            viewport=USUAL,
            timeout=PAGE_MS,
        )
        context.set_default_timeout(PAGE_MS)
        try:
            yield context
        finally:
            context.close()


@contextmanager
def opened(
    context: Any, server: Server, name: str, theme: str = "light", *, front_end: str = "lab"
) -> Iterator[tuple[Any, Seen]]:
    """The notebook in a front end with a kernel that is ready, and what the browser does meanwhile.

    One JupyterLab stays for the next notebook, as starting it takes longer than most tests; a second page would be
    drawn in the background, several times slower. Voila has run every cell by then, and has neither commands nor themes
    to choose from.
    """
    idle = _idle_lab(context, server) if front_end == "lab" else None
    page, seen = idle or context.new_page(), Seen(front_end)
    seen.watch(page)
    try:
        if idle is not None:
            page.evaluate(_OPEN, name)
        else:
            page.goto(server.url + PATHS[front_end].format(name), wait_until="domcontentloaded")
        if front_end == "voila":
            page.locator("#rendered_cells, .jp-Notebook, .jp-Cell").first.wait_for(state="attached")
        else:
            make_ready(page, theme)
        yield page, seen
    finally:
        seen.leave(page)
        if front_end == "lab" and _labs(context, server) == [page] and page.evaluate(_PUT_AWAY):
            page.set_viewport_size(USUAL)
        else:
            if front_end != "voila":
                run(page, "kernelmenu:shutdown")
            page.close()


def _idle_lab(context: Any, server: Server) -> Any:
    """The page with a JupyterLab that nobody uses now, if there is one."""
    return next((page for page in _labs(context, server) if page.evaluate(_IS_IDLE)), None)


def _labs(context: Any, server: Server) -> list[Any]:
    return [page for page in context.pages if page.url.startswith(f"{server.url}lab")]


def make_ready(page: Any, theme: str) -> None:
    page.wait_for_function(_READY, polling=LOOK_EVERY_MS)
    use(page, theme)
    page.wait_for_function(_IDLE, polling=LOOK_EVERY_MS)


def use(page: Any, theme: str) -> None:
    """Light or dark, which lasts until another is chosen."""
    if page.evaluate(_THEME) == theme:
        return
    run(page, "apputils:change-theme", {"theme": THEMES[theme]})
    page.wait_for_function(f"theme => ({_THEME})() === theme", arg=theme)


def run(page: Any, command: str, arguments: dict[str, Any] | None = None) -> None:
    """One of JupyterLab's commands; doesn't wait for its end."""
    page.evaluate("([id, args]) => { void window.jupyterapp.commands.execute(id, args); }", [command, arguments or {}])


def run_all(page: Any) -> None:
    """Every cell, and the wait until the last one has run, or one failed."""
    run(page, "notebook:run-all-cells")
    page.wait_for_function(_ALL_RAN, polling=LOOK_EVERY_MS)
    until_idle(page)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def until_idle(page: Any) -> None:
    """The wait until the kernel has nothing to do."""
    page.wait_for_function(_IDLE, polling=LOOK_EVERY_MS)


def complete(page: Any, text: str) -> None:
    """Put the text into the last cell, the cursor behind it, and ask for completion."""
    page.evaluate(
        """text => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = content.widgets.length - 1;
          content.activeCell.model.sharedModel.setSource(text);
          content.mode = 'edit';
          const lines = text.split('\\n');
          const place = { line: lines.length - 1, column: lines.at(-1).length };
          content.activeCell.editor.focus();
          content.activeCell.editor.setCursorPosition(place);
        }""",
        text,
    )
    run(page, "completer:invoke-notebook")


def source(page: Any) -> str:
    """What stands in the active cell."""
    text: str = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source")
    return text


def outputs(page: Any) -> list[dict[str, Any]]:
    """Every output of the notebook, in order."""
    found: list[dict[str, Any]] = page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
          .filter(cell => cell.model.type === 'code').flatMap(cell => cell.model.outputs.toJSON())"""
    )
    return found


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MIST_", "JUPYTER"))}
    own = {
        "HOME": folder / "home",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "user-settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "IPYTHONDIR": folder / "ipython",
        "MIST_CONFIG": folder / "settings.toml",
    }
    return kept | {name: str(path) for name, path in own.items()}


def address(process: subprocess.Popen[bytes], runtime: Path, log: Any) -> str:
    """The address that the server wrote down, once it answers there."""
    import time

    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                url: str = json.loads(path.read_text())["url"]
                with urllib.request.urlopen(f"{url}api/status", timeout=5):
                    return url
            except (OSError, ValueError):
                pass
        time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read()[-3000:]}")
