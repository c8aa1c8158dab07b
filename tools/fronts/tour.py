"""The tour: what is run in every front end, and by what a reader would know that it came out."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

DRAWN, AS_TEXT, MISSING = "yes", "as text", "no"
ERROR = "No command named 'imges'."


@dataclass(frozen=True)
class Fact:
    """One thing of ours: what it is where it is drawn (a CSS selector; none is always text), and what it says."""

    name: str
    drawn: str
    said: str


FACTS = (
    Fact("a frame", "table.dataframe, table:has-text('VM.Standard.E5.Flex.2OCPU')", r"CS4\.4 - 4GB, 4Core, 200GB"),
    Fact("a chart", "svg:has-text('Price against RAM'), canvas, svg.marks, img[src$='.svg']", r"Price against RAM"),
    Fact("the form", ".mist-form", r"%mist create"),
    Fact("the explorer", ".mist-explore", r"%mist compare --cpus 4\+"),
    Fact("the panel", ".mist-panel-grid", r"machines? at 6 backends|%mist machines"),
    Fact("a machine and its probe", "table:has-text('public addresses')", r"public addresses\s+192\.0\.2\.1"),
    Fact("an error in two lines", "", re.escape(ERROR)),
)
CELLS = (
    "%load_ext mist_notebook",
    "%mist sizes NephoScale --cpus 2+ --sort price",
    "offers = %mist compare --cpus 4+ --ram 16GB --offline --limit 40\noffers.mist.chart('ram')",
    "%mist add-key demo --generate",
    "form = %mist form\nform",
    "explorer = %mist explore --cpus 4+ --offline\nexplorer",
    "panel = %mist panel\npanel",
    "%mist create NephoScale --name web --image 5 --size 48 --location SJC-1 --key demo",
)
WRONG = "%mist imges NephoScale"
MARIMO = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import mist_notebook as mist
    client = mist.MistClient()
    backend = client.backend_from_name("NephoScale")
    return backend, client, mist

@app.cell
def _(client):
    offers = client.compare(cpus="4+", ram="16GB", limit=40)
    offers
    return (offers,)

@app.cell
def _(offers):
    offers.mist.chart("ram")

@app.cell
def _(mist):
    mist.provision_form(backend="NephoScale")

@app.cell
def _(mist):
    mist.explore(cpus="4+", offline=True)

@app.cell
def _(mist):
    mist.fleet_panel()

@app.cell
def _(backend, client):
    key = client.make_key("demo")
    machine = backend.create_machine(name="web", key=key, image_id="5", size_id="48", location_id="86945")
    machine
    return (machine,)

@app.cell
def _(client):
    client.backend_from_name("NephoScal")
"""


def notebook(folder: Path, *, wrong: bool = True) -> Path:
    """The tour as a notebook in this folder; its last cell is wrong on purpose, unless that is to be left out."""
    sources = [*CELLS, WRONG] if wrong else CELLS
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    if wrong:
        cells[-1].metadata["tags"] = ["raises-exception"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "tour.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def read(text: str) -> dict[str, str]:
    """What a text has of the tour."""
    there = {fact.name: AS_TEXT if fact.drawn else DRAWN for fact in FACTS}
    return {fact.name: there[fact.name] if re.search(fact.said, text) else MISSING for fact in FACTS}


def surroundings(folder: Path, binaries: Path) -> dict[str, str]:
    """The environment of a front end that is installed in `binaries`, and leaves nothing outside `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MIST_", "JUPYTER"))}
    own = {
        "HOME": folder / "home",
        "IPYTHONDIR": folder / "ipython",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "MIST_CONFIG": folder / "settings.toml",
        "MIST_DATA_DIR": folder / "data",
    }
    path = f"{binaries}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {name: str(value) for name, value in own.items()} | {"PATH": path, "COLUMNS": "120"}
