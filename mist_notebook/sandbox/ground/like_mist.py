"""What a real Mist server does that a sandbox doesn't have to: its timing, as faults; `--like-mist` has all of them.

A create sleeps between looks until Mist's poller has seen the machine, which listings have before that; tags and the
time limit are written last. A listing asks the cloud and says nothing meanwhile. A probe pings ten times first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .faults import Fault

LIKE_MIST = (
    Fault("slow-create", seconds=10.5),
    Fault("lag", seconds=8.0),
    Fault("late-tags", seconds=10.5),
    Fault("late-job", seconds=1.0),
    Fault("slow-list", seconds=12.0),
    Fault("slow-destroy", seconds=6.0),
    Fault("slow-probe", seconds=12.0),
)


def scaled(faults: Iterable[Fault], time_scale: float) -> list[Fault]:
    """The same faults, with every time so many times as long."""
    return [replace(fault, seconds=fault.seconds * time_scale) for fault in faults]
