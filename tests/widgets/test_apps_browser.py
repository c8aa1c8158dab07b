"""The apps as pages of their own, in Voila: they work, and nobody is told of cells or of lines to type."""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import need
from tests.rigs import jupyterlab
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

NOTEBOOKS = Path(__file__).resolve().parent.parent.parent / "notebooks"
OF_NOTEBOOKS = re.compile(r"%mist|\bcells?\b|\bkernel\b|\bmagic", re.I)


@pytest.mark.parametrize(("app", "there"), [("explore", ".mist-explore-chart svg"), ("provision", ".mist-form")])
def test_an_app_is_a_page_without_a_word_of_cells(lab: Lab, app: str, there: str) -> None:
    need(find_spec("voila") is not None, "Voila is not installed")
    name = f"app-{app}.ipynb"
    shutil.copyfile(NOTEBOOKS / name, lab.server.folder / name)
    with jupyterlab.opened(lab.context, lab.server, name, front_end="voila") as (page, seen):
        page.locator(there).first.wait_for()
        if app == "explore":
            page.locator(".mist-explore-list [role=option]").nth(1).click()
            page.locator(".mist-explore-chosen", has_text="✓").wait_for()
        assert [line for line in page.inner_text("body").splitlines() if OF_NOTEBOOKS.search(line)] == []
        assert seen.elsewhere() == []
