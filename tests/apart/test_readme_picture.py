"""The picture in the README is of the real thing: JupyterLab, a comparison and the form, as they are now.

`MIST_SCREENSHOTS=docs MIST_APART=1 pytest tests/apart/test_readme_picture.py` renews it; else it goes to screenshots/.
"""

from __future__ import annotations

from typing import Any

import nbformat

from tests.rigs import form_page, jupyterlab
from tests.rigs.jupyterlab import Lab

NAME = "notebook-light-1280"
SIZE = {"width": 1280, "height": 980}
CELLS = (
    nbformat.v4.new_code_cell("%load_ext mist_notebook\n%mist add-key demo --generate"),
    nbformat.v4.new_markdown_cell("### What is the cheapest machine in Europe with 4 vCPUs and 16 GB, at each cloud?"),
    nbformat.v4.new_code_cell("%mist compare --cpus 4+ --ram 16GB --region eu --group provider --limit 5"),
    nbformat.v4.new_markdown_cell("### Make one"),
    nbformat.v4.new_code_cell("%mist form"),
)
_TO_THE_QUESTION = "() => document.querySelectorAll('.jp-Notebook .jp-Cell')[1].scrollIntoView()"


def test_the_readme_shows_the_notebook_as_it_is(lab: Lab) -> None:
    sheet = "where-to-run-it.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[*CELLS], metadata={"kernelspec": kernel})
    nbformat.write(notebook, lab.server.folder / sheet)
    with jupyterlab.opened(lab.context, lab.server, sheet) as (page, seen):
        page.set_viewport_size(SIZE)
        jupyterlab.run_all(page)
        form_page.expect(_button(page, "Review")).to_be_enabled()
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        page.evaluate(_TO_THE_QUESTION)
        form_page.expect(_button(page, "Copy line")).to_be_in_viewport(ratio=1)
        page.screenshot(path=form_page.picture(NAME, form_page.KEPT))
        form_page.quiet(seen)


def _button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True).last
