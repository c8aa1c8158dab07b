"""The two manners of a sandbox that tests of making machines run in: at once, and as slow as a real Mist server.

`@pytest.fixture(params=BOTH, ids=IDS)`, then `Sandbox.start(**request.param, …)`; or, in a module whose fixture is
elsewhere, `def pytest_generate_tests(metafunc): both_ways(metafunc, "desk")`.
"""

from __future__ import annotations

from typing import Any

import pytest

TIME_SCALE = 0.01
PLAIN: dict[str, Any] = {}
LIKE_MIST: dict[str, Any] = {"like_mist": True, "time_scale": TIME_SCALE}
BOTH = (PLAIN, LIKE_MIST)
IDS = ("plain", "like_mist")


def both_ways(metafunc: pytest.Metafunc, fixture: str) -> None:
    """Run the tests of a module in both manners: those with that fixture that don't say themselves in which."""
    said = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if fixture in metafunc.fixturenames and fixture not in said:
        metafunc.parametrize(fixture, BOTH, ids=IDS, indirect=True)
