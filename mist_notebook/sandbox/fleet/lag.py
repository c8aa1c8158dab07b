"""What listings don't have of a new machine for a while: the machine itself, its tags, its time limit; a fault.

The cloud's poller hasn't seen the machine yet, or the server hasn't written everything down.
"""

from __future__ import annotations

from dataclasses import replace

from mist_notebook.sandbox.ground.faults import Fault

from .machine import Machine


class Lag:
    """Which machines are left out, until when or for how many listings."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._listings: dict[str, int] = {}
        self._bare: dict[str, float] = {}

    def begin(self, machine: Machine, fault: Fault | None) -> None:
        """Leave a new machine out, if there is a fault."""
        if fault:
            self._until[machine.id] = machine.created + fault.seconds
            self._listings[machine.id] = fault.requests

    def write_late(self, machine: Machine, fault: Fault | None) -> None:
        """Show a new machine without tags and time limit at first, if there is a fault."""
        if fault:
            self._bare[machine.id] = machine.created + fault.seconds

    def written(self, machine: Machine, now: float) -> Machine:
        """The machine as far as the server has written it down."""
        is_whole = now >= self._bare.get(machine.id, 0.0)
        return machine if is_whole else replace(machine, tags={}, expiration=None)

    def visible(self, machines: list[Machine], now: float) -> list[Machine]:
        """What a listing has of these machines; asking counts."""
        return [machine for machine in machines if not self._hides(machine.id, now)]

    def _hides(self, machine_id: str, now: float) -> bool:
        left = self._listings.get(machine_id, 0)
        if left:
            self._listings[machine_id] = left - 1
        return bool(left) or now < self._until.get(machine_id, 0.0)
