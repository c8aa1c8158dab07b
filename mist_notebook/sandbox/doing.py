"""What a sandbox is doing, for whoever watches it: machines in which state, what was asked, what went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .ground.faults import Fault
from .state import SandboxState


@dataclass(frozen=True)
class Doing:
    """A look at a sandbox: machines by state, requests and creates so far, faults and how often each happened."""

    url: str
    seed: int
    machines: dict[str, int]
    keys: int
    requests: int
    creates: int
    faults: tuple[tuple[Fault, int], ...]


def look(state: SandboxState, url: str) -> Doing:
    """What it is doing now; on the loop's thread."""
    now = state.clock()
    return Doing(
        url=url,
        seed=state.chance.seed,
        machines=dict(Counter(machine.state(now) for machine in state.fleet.machines.all())),
        keys=len(state.keys.listing()),
        requests=len(state.requests),
        creates=len(state.ledger),
        faults=tuple(state.faults.so_far()),
    )
