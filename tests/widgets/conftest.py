"""What the browser tests of widgets share: one open notebook a file, in which nothing may go wrong unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rigs.form_page import Sheet, quiet, sheet_in
from tests.rigs.jupyterlab import Lab


@pytest.fixture(scope="module")
def open_sheet(lab: Lab) -> Iterator[Sheet]:
    with sheet_in(lab) as sheet:
        yield sheet


@pytest.fixture
def sheet(open_sheet: Sheet) -> Iterator[Sheet]:
    """The open notebook; what the browser did meanwhile has to be nothing."""
    yield open_sheet
    quiet(open_sheet.seen)
