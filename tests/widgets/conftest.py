"""What the browser tests of widgets share: one open notebook a file, in which nothing may go wrong unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import need

if TYPE_CHECKING:  # the matrix of versions has no browser, and runs other tests of this room
    from tests.rigs.form_page import Sheet
    from tests.rigs.jupyterlab import Lab


@pytest.fixture(scope="module")
def open_sheet(lab: Lab) -> Iterator[Sheet]:
    from tests.rigs.form_page import sheet_in

    with sheet_in(lab) as sheet:
        yield sheet


@pytest.fixture
def sheet(open_sheet: Sheet) -> Iterator[Sheet]:
    """The open notebook; what the browser did meanwhile has to be nothing."""
    from tests.rigs.form_page import quiet

    yield open_sheet
    quiet(open_sheet.seen)


@pytest.fixture(scope="session")
def faults() -> Callable[[Any], list[str]]:
    """What axe-core finds wrong in a part of a page, as lines; nothing is meant to be."""
    from tests.rigs import form_page

    need(form_page.AXE.exists(), "axe-core is not installed (npm ci --prefix tests/rigs/axe)")
    return form_page.faults
