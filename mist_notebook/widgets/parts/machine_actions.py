"""The row of actions under a machine: what its backend says it can do, one at a time, and its end by a typed name.

Nothing here acts by itself. What was sent is never undone, and nothing is sent twice for one click.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import ipywidgets

from mist_notebook.client.machines import acts
from mist_notebook.client.machines.machine import Machine
from mist_notebook.fleet import consent
from mist_notebook.fleet.account import Event
from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.stopping import pause
from mist_notebook.provision.lookup import exists
from mist_notebook.records.model import ProbeReport

from . import style
from .destroy_form import DestroyForm
from .errands import Errands, Outcome
from .one_click import Label, Looks, Offer, OneClick

_LABELS = {
    "read": Label("Read again", "Read its state again"),
    "probe": Label("Probe", "Look at it over SSH: is it up, does the key work, its vital signs"),
    "start": Label("Start", "Start it"),
    "stop": Label("Stop", "Stop it; most clouds go on billing for it"),
    "reboot": Label("Reboot", "Reboot it"),
    "destroy": Label("Destroy…", "Destroy it for good; you confirm by typing its name", lasting=True),
}
_AGAIN = Label("Probe again", _LABELS["probe"].tip)
_DOING = {
    "read": "Reading its state",
    "probe": "Looking at it over SSH",
    "start": "Starting",
    "stop": "Stopping",
    "reboot": "Rebooting",
}
_ON_ITS_WAY = {"pending", "starting", "stopping", "rebooting"}
_SILENT = {"pending", "stopping", "stopped", "suspended", "paused", "terminated"}
_LOOK_EVERY_S = 2.0
_LOOKS = 90

Told = Callable[[Event], object]


def settled(
    machines: Callable[[], Iterable[Machine]], read: Callable[[Machine], object], changed: Callable[[], object]
) -> None:
    """Read those that are on their way until none is, some minutes at most; `changed` is called after each look."""
    for _ in range(_LOOKS):
        moving = [machine for machine in machines() if machine.state in _ON_ITS_WAY]
        if not moving:
            return
        pause(_LOOK_EVERY_S)
        for machine in moving:
            read(machine)
        changed()


class MachineActions:
    """The row. `changed` has it drawn, and is called on any thread; `told` hears what was done.

    With `reads` it offers to read a machine that is on its way, where nobody else does.
    """

    def __init__(
        self,
        changed: Callable[[], object],
        told: Told = lambda _event: None,
        *,
        looks: Looks | None = None,
        reads: bool = False,
    ) -> None:
        self._changed = changed
        self._told = told
        self._reads = reads
        self._lock = threading.Lock()
        self._errands = Errands(changed, name="mist-action")
        self._machine: Machine | None = None
        self._report: ProbeReport | None = None
        self._is_gone = False
        self._seen: tuple[str, datetime | None] = ("", None)
        self._destroy = DestroyForm(self._start_destroy, changed)
        looks = looks or Looks()
        self._row = OneClick(self._clicked, name="mist-action", looks=looks)
        self._said = looks.markup("mist-action-message")
        parts = (self._row.widget, self._destroy.widget, self._said)
        self.widget = looks.box(ipywidgets.VBox, parts, "mist-machine-actions")

    @property
    def machine(self) -> Machine | None:
        """The machine, as it was last read."""
        with self._lock:
            return self._machine

    @property
    def report(self) -> ProbeReport | None:
        """What the last look over SSH found, if there was one from here."""
        with self._lock:
            return self._report

    @property
    def is_gone(self) -> bool:
        """Whether it was destroyed from here, or is no longer listed."""
        with self._lock:
            return self._is_gone

    @property
    def seen(self) -> datetime | None:
        """When the state that it has was first seen, where it had another one before."""
        with self._lock:
            return self._seen[1]

    @property
    def busy(self) -> str:
        return self._errands.busy

    def show(self, machine: Machine, *, mine: bool, report: ProbeReport | None = None) -> None:
        """Offer what this machine can do; `report` is what is known of a look at it."""
        with self._lock:
            if self._is_gone:
                return
            self._machine, self._report = machine, report or self._report
            self._seen = self._seen if self._seen[0] else (machine.state, None)
        self._destroy.about(machine, mine=mine)
        self._changed()

    def look(self) -> bool:
        """Look at it over SSH, if nothing else is being done."""
        return self._start("probe")

    def look_again(self) -> bool:
        """Read it again, if there is one and nothing else is being done; only what differs is said."""
        return self._start("read")

    def close(self) -> None:
        """End its threads; what was sent is not undone."""
        self._errands.close()
        self._destroy.close()

    def join(self) -> None:
        """Wait until nothing is being done any more."""
        self._errands.join()

    # ---------------------------------------------------------------------------------- what clicks do: on any thread

    def _clicked(self, action: str) -> None:
        if action == "destroy":
            self._destroy.open()
        else:
            self._start(action)

    def _start(self, action: str) -> bool:
        machine = self.machine
        if machine is None or self.is_gone:
            return False
        act = {"probe": self._probed, "read": self._refreshed}.get(action, self._acted)
        return self._errands.start(f"{_DOING[action]} …", lambda: act(machine, action), self._settled)

    def _start_destroy(self, typed: str) -> None:
        machine = self.machine
        if machine is not None and not self.is_gone:
            self._errands.start("Destroying …", lambda: self._destroyed(machine, typed))

    # ------------------------------------------------------------------------------------ what is done: on a worker

    def _acted(self, machine: Machine, action: str) -> str:
        {"start": machine.start, "stop": machine.stop, "reboot": machine.reboot}[action](wait=False)
        with self._lock:
            self._machine = machine  # the panel may have read it before this
        self._look_at_state(machine)
        said = f"Asked {machine.backend_name} to {action} {machine.name}; it is {machine.state}."
        self._tell(said)
        return said

    def _probed(self, machine: Machine, _action: str) -> str:
        before = self.report
        user = before.user if before is not None and before.via == "ssh" else None  # as whoever looked before
        found = machine.probe(ssh_user=user)
        with self._lock:
            self._report = found
        said = f"The probe says {found.outcome}."
        self._tell(said)
        return said

    def _refreshed(self, machine: Machine, _action: str) -> str:
        missing = self._read(machine)
        return "" if self.is_gone else missing or f"It is {machine.state}."

    def _destroyed(self, machine: Machine, typed: str) -> str:
        try:
            machine.refresh()
        except NotFoundError:
            if not machine.is_gone:
                raise
        if not exists(machine.record):
            return self._end(f"{machine.name} ({machine.id}) was gone already: nothing was sent.")
        consent.check(machine, consent.typed(machine, typed))
        steps = list(machine.destroying(machine.name))
        unwritten = "".join(f" {step.message}" for step in steps if step.state == acts.UNWRITTEN)
        return self._end(f"{machine.name} was destroyed: {machine.backend_name} says so.{unwritten}")

    def _settled(self) -> None:
        """Look until the machine is where the action brings it."""
        settled(lambda: [machine] if (machine := self.machine) is not None else [], self._read, self._changed)

    def _read(self, machine: Machine) -> str:
        """Read it again; what to say where it isn't listed, which alone doesn't make it gone."""
        try:
            machine.refresh()
        except NotFoundError as error:
            if not machine.is_gone:
                return error.message
            self._end(error.message)
            return ""
        self._look_at_state(machine)
        if not exists(machine.record):
            self._end(f"{machine.name} is gone: {machine.backend_name} says {machine.state}.")
        return ""

    def _look_at_state(self, machine: Machine) -> None:
        """Note since when it is as it is, if that is new."""
        with self._lock:
            if self._seen[0] != machine.state:
                self._seen = machine.state, machine.hands.adapter.now()

    def _now(self) -> datetime:
        """The time that the machine's service goes by."""
        machine = self.machine
        return machine.hands.adapter.now() if machine is not None else datetime.now(UTC)

    def _tell(self, said: str) -> None:
        self._told(Event(self._now(), said))

    def _end(self, said: str) -> str:
        with self._lock:
            self._is_gone = True
        self._told(Event(self._now(), said, gone=True))
        return said

    # ---------------------------------------------------------------------------- what is drawn: on the painter alone

    def draw(self) -> None:
        """Set the traits that have changed; on one thread at a time."""
        offer = Offer(self._labels(), self._errands.ended, busy=bool(self._errands.busy))
        self._row.draw(offer)
        self._destroy.draw(is_offered="destroy" in offer.labels, is_busy=offer.busy, after=offer.after)
        self._said.value = _sentence(self._errands.busy, self._errands.outcome)

    def _labels(self) -> dict[str, Label]:
        machine = self.machine
        if machine is None or self.is_gone or self._errands.is_closed:
            return {}
        labels = {action: label for action, label in _LABELS.items() if action in machine.record.actions}
        if machine.state not in _SILENT:
            return {"probe": _AGAIN if self.report is not None else _LABELS["probe"], **labels}
        is_moving = self._reads and machine.state in _ON_ITS_WAY
        return ({"read": _LABELS["read"]} if is_moving else {}) | labels


def _sentence(busy: str, outcome: Outcome) -> str:
    if busy:
        return style.message(busy)
    return style.message(" ".join(part for part in (outcome.text, outcome.hint) if part), error=outcome.failed)
