"""A notebook that creates and probes but doesn't destroy, run again and again: one machine, whichever kernel it is."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from mist_notebook import MistClient
from mist_notebook.sandbox import Sandbox

CELLS = (
    "%load_ext mist_notebook",
    "%mist add-key demo --generate",
    "%mist create NephoScale --name web --image 5 --size 48 --location SJC-1 --key demo",
    "%mist probe web",
)
ROUNDS_IN_ONE_KERNEL = 5


def run(rounds: int, environment: dict[str, str]) -> None:
    """Run all cells so many times in one fresh kernel; an error in any of them is one here."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    client = NotebookClient(notebook, timeout=60, kernel_name="python3")
    with client.setup_kernel(env=environment):
        for _ in range(rounds):
            for place, cell in enumerate(notebook.cells):
                client.execute_cell(cell, place)


def test_a_notebook_run_again_and_in_a_fresh_kernel_makes_one_machine(tmp_path: Path) -> None:
    with Sandbox.start(boot_seconds=0.1) as sandbox:
        connected = {"MIST_URL": sandbox.url, "MIST_API_TOKEN": sandbox.token, "MIST_DATA_DIR": str(tmp_path)}
        environment = {**os.environ, **connected}
        run(ROUNDS_IN_ONE_KERNEL, environment)
        run(1, environment)
        assert [name for name, _, _ in sandbox.ledger] == ["web"]
        with MistClient(sandbox.url, api_token=sandbox.token) as client:
            assert [machine.name for machine in client.backend_from_name("NephoScale").machines.values()] == ["web"]
