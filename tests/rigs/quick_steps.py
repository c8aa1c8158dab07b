"""A create and an action to their ends, on a clock that passes only while it is slept."""

from __future__ import annotations

from typing import Any

from mist_notebook.client.client import Backend
from mist_notebook.client.machines.acts import Pace
from mist_notebook.provision import provision


def steps(backend: Backend, spec: Any, *, accepted: bool = True) -> list[Any]:
    """All steps of it; where not `accepted`, an unknown price is refused."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    course = provision.Course(
        limits=backend._client.limits(False), accept_unknown_price=accepted, clock=lambda: now[0], sleep=sleep
    )
    spec = backend._with_key(spec)
    return list(provision.provision(backend.adapter, spec, backend._client.journal_of(backend), course))


def slept_pace() -> Pace:
    """The usual pace on such a clock: what is waited for has come at the next look, or never comes."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return Pace(clock=lambda: now[0], sleep=sleep)
