"""What the browser tests of widgets share: what is wrong with a part of a page, as axe-core has it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import need


@pytest.fixture(scope="session")
def faults() -> Callable[[Any], list[str]]:
    """What axe-core finds wrong in a part of a page, as lines; nothing is meant to be."""
    from tests.rigs import form_page

    if os.environ.get("MIST_WITHOUT_NPM"):
        pytest.skip("npm's registry can't be reached from here, where axe-core comes from")
    need(form_page.AXE.exists(), "axe-core is not installed (npm ci --prefix tests/rigs/axe)")
    return form_page.faults
