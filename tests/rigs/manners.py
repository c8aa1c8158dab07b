"""The two manners of a sandbox that tests of making machines run in: at once, and as slow as a real Mist server.

`@pytest.fixture(params=BOTH, ids=IDS)`, then `Sandbox.start(**request.param, …)`.
"""

from __future__ import annotations

from typing import Any

TIME_SCALE = 0.01
PLAIN: dict[str, Any] = {}
LIKE_MIST: dict[str, Any] = {"like_mist": True, "time_scale": TIME_SCALE}
BOTH = (PLAIN, LIKE_MIST)
IDS = ("plain", "like_mist")
