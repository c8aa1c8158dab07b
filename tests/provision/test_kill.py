"""A kernel that is killed while it creates loses no machine and makes none twice; all fifty: tools/kill_kernels.py."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))

import kill_kernels


def test_killed_kernels_lose_no_machine_and_make_none_twice() -> None:
    found = kill_kernels.run(4, seed=1)
    assert (found.unaccounted, found.twice) == ((), ())
    assert found.asked <= 4
