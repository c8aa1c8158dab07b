"""`mist-notebook demo`, `lab` and `app`: the quickstart in a terminal and in JupyterLab; form and explorer as pages."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

QUICKSTART = "01-quickstart.ipynb"
APPS = ("provision", "explore")
_CELL_SECONDS = 120
_LONGEST_SOCKET_PATH = 95  # of 104 to 108, by system; a number follows


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script; the answer is its exit code."""
    parser = argparse.ArgumentParser(
        prog="mist-notebook", description="A notebook workbench for machines in the cloud."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{demo,lab,app}")
    commands.add_parser("demo", help="run the quickstart notebook here, on the sandbox, and print it cell by cell")
    commands.add_parser(
        "lab",
        help="open the notebooks in JupyterLab, the quickstart first; takes JupyterLab's own options: --no-browser, …",
    )
    app = commands.add_parser(
        "app", help="a page of its own, without cells: takes Voila's own options, such as --no-browser and --port"
    )
    app.add_argument("which", choices=APPS, help="a machine by choosing, or sizes and prices to compare")
    chosen, rest = parser.parse_known_args(arguments)
    if rest and chosen.command == "demo":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if chosen.command == "app":
        return open_app(chosen.which, rest)
    return demo() if chosen.command == "demo" else open_in_lab(rest)


def demo() -> int:
    """Run the quickstart in a fresh kernel and print what was typed and what came back."""
    if _missing("nbclient", "ipykernel"):
        return 2
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(quickstart(), as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="mist-") as folder:
        client = NotebookClient(
            notebook,
            timeout=_CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            config=_private_transport(folder),
        )
        with client.setup_kernel(env=_kernel_environment(folder)):
            for place, cell in enumerate(notebook.cells):
                if "exercise" in cell.metadata.get("tags", ()):
                    continue  # nobody is here to do it
                _print_source(cell)
                if cell.cell_type == "code":
                    try:
                        client.execute_cell(cell, place)
                    except CellExecutionError:
                        _print_outputs(cell)
                        return 1
                    _print_outputs(cell)
    print(f"\nThe same in JupyterLab, to change and run: {_called()} lab")
    return 0


def open_in_lab(rest: Sequence[str]) -> int:
    """Open copies of the notebooks in JupyterLab, the quickstart first; this process becomes JupyterLab."""
    if _missing("jupyterlab"):
        return 2
    folder = Path.cwd() / "mist-notebooks"
    folder.mkdir(exist_ok=True)
    for notebook in sorted(quickstart().parent.glob("*.ipynb")):
        if not (folder / notebook.name).exists():
            shutil.copyfile(notebook, folder / notebook.name)
    copy = folder / QUICKSTART
    print(f"The quickstart is {copy}; the others lie beside it.")
    command = [sys.executable, "-m", "jupyterlab", str(copy), *rest]
    os.execv(sys.executable, command)  # noqa: S606 - no shell, and only what the person asked for


def open_app(which: str, rest: Sequence[str]) -> int:
    """Serve the form or the explorer as a page; this process becomes Voila."""
    if _missing("voila"):
        return 2
    notebook = quickstart().parent / f"app-{which}.ipynb"
    command = [sys.executable, "-m", "voila", str(notebook), "--Voila.ip=127.0.0.1", *rest]
    os.execv(sys.executable, command)  # noqa: S606 - no shell, and only what the person asked for


def quickstart() -> Path:
    """Where the quickstart notebook lies: inside the package, or beside it in a checkout."""
    package = Path(str(resources.files("mist_notebook")))
    installed = package / "notebooks" / QUICKSTART
    return installed if installed.exists() else package.parent / "notebooks" / QUICKSTART


def _called() -> str:
    """What a person typed to run this, or would type."""
    typed = sys.argv[0]
    return typed if Path(typed).name == "mist-notebook" else "mist-notebook"


def _missing(*modules: str) -> bool:
    absent = [module for module in modules if find_spec(module) is None]
    if absent:
        print(f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not installed here.", file=sys.stderr)
        print('Install it with: pip install "mist-notebook[demo]"', file=sys.stderr)
    return bool(absent)


def _kernel_environment(folder: str) -> dict[str, str]:
    """The demo runs on the sandbox, whatever is configured: it must never touch a real account, nor leave a key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIST_")}
    nothing_set = str(Path(folder) / "no-settings.toml")
    columns = str(shutil.get_terminal_size((110, 24)).columns)
    return kept | {"MIST_URL": "sandbox", "MIST_CONFIG": nothing_set, "MIST_DATA_DIR": folder, "COLUMNS": columns}


def _private_transport(folder: str) -> Any:
    """Sockets of this user alone, where the system has them: newer kernels warn of anything else.

    In `folder`, by its full path: this process and the kernel work in different folders.
    """
    from traitlets.config import Config

    address = str(Path(folder) / "kernel")
    fits = os.name != "nt" and len(address) < _LONGEST_SOCKET_PATH
    return Config({"KernelManager": {"transport": "ipc", "ip": address}} if fits else {})


def _print_source(cell: Any) -> None:
    if cell.cell_type == "markdown":
        from mist_notebook.display.markdown import rendered

        width = shutil.get_terminal_size((110, 24)).columns
        print(f"\n{rendered(cell.source, width=width, styled=sys.stdout.isatty() and 'NO_COLOR' not in os.environ)}")
        return
    print()
    for line in cell.source.splitlines():
        print(f"  >>> {line}")


def _print_outputs(cell: Any) -> None:
    for output in cell.outputs:
        if output.output_type == "stream":
            print(output.text.rstrip("\n"))
        elif output.output_type == "error":
            print("\n".join(output.traceback), file=sys.stderr)
        else:
            print(output.data.get("text/plain", ""))


if __name__ == "__main__":
    sys.exit(main())
