"""Machines that listings leave out for a while, as a cloud's poller hasn't seen them yet: a fault."""

from __future__ import annotations

from mist_notebook.sandbox.ground.faults import Fault

from .machine import Machine


class Lag:
    """Which machines are left out, until when or for how many listings."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._listings: dict[str, int] = {}

    def begin(self, machine: Machine, fault: Fault | None) -> None:
        """Leave a new machine out, if there is a fault."""
        if fault:
            self._until[machine.id] = machine.created + fault.seconds
            self._listings[machine.id] = fault.requests

    def visible(self, machines: list[Machine], now: float) -> list[Machine]:
        """What a listing has of these machines; asking counts."""
        return [machine for machine in machines if not self._hides(machine.id, now)]

    def _hides(self, machine_id: str, now: float) -> bool:
        left = self._listings.get(machine_id, 0)
        if left:
            self._listings[machine_id] = left - 1
        return bool(left) or now < self._until.get(machine_id, 0.0)
