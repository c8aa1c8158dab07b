"""What is done to several machines of a panel at once: those that were chosen, by one list of names, one at a time.

They are destroyed by one typed confirmation, and only those that were made from here: any other one takes its place,
typed on its own card.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets

from mist_notebook.fleet import consent, inventory
from mist_notebook.ground.errors import MistError, ProvisionError
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.destroy_form import DestroyForm
from mist_notebook.widgets.parts.errands import Errands
from mist_notebook.widgets.parts.machine_actions import settled
from mist_notebook.widgets.parts.one_click import Label, Looks, Offer, OneClick

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine

_MOST_AT_ONCE = 16
_LABELS = {
    "start": Label("Start", "Start those that are chosen"),
    "stop": Label("Stop", "Stop them; most clouds go on billing for them"),
    "reboot": Label("Reboot", "Reboot them"),
    "destroy": Label("Destroy…", "Destroy them for good; you confirm once for all of them", lasting=True),
}
_DOING = {"start": "Starting", "stop": "Stopping", "reboot": "Rebooting", "destroy": "Destroying"}

Chosen = Callable[[], Sequence["Machine"]]


class Bulk:
    """The row for what is chosen. `chosen` gives the machines; `changed` has it drawn, `done` that they are read."""

    def __init__(self, chosen: Chosen, changed: Callable[[], object], done: Callable[[], object], looks: Looks) -> None:
        self._chosen, self._done = chosen, done
        self._asked: tuple[Machine, ...] = ()
        self._errands = Errands(changed, name="mist-panel-bulk")
        self._names = looks.markup("mist-bulk-names")
        self._row = OneClick(self._clicked, name="mist-bulk", looks=looks)
        self._destroy = DestroyForm(self._destroy_all, changed)
        self._said = looks.markup("mist-bulk-message")
        parts = (self._names, self._row.widget, self._destroy.widget, self._said)
        self.widget = looks.box(ipywidgets.VBox, parts, "mist-bulk")

    def draw(self, *, is_choosing: bool) -> None:
        """On the painter alone."""
        machines = list(self._chosen()) if is_choosing else []
        names = ", ".join(machine.name for machine in machines)
        busy = bool(self._errands.busy)
        text = f"{len(machines)} chosen: {names}" if machines else "Choose machines below." if is_choosing else ""
        self._names.value = style.message(text)
        labels = {action: label for action, label in _LABELS.items() if any(_can(one, action) for one in machines)}
        after = self._errands.ended
        self._row.draw(Offer(labels, after, busy=busy))
        is_same = _places(self._asked) == _places([machine for machine in machines if _can(machine, "destroy")])
        self._destroy.draw(is_offered="destroy" in labels and is_same, is_busy=busy, after=after)
        outcome = self._errands.outcome
        said = self._errands.busy or f"{outcome.text} {outcome.hint}".strip()
        self._said.value = style.message(said, error=outcome.failed) if said else ""

    def join(self) -> None:
        """Wait until nothing is being done any more."""
        self._errands.join()

    def close(self) -> None:
        """End its threads; what was sent is not undone."""
        self._errands.close()
        self._destroy.close()

    def _clicked(self, action: str) -> None:
        machines = [machine for machine in self._chosen() if _can(machine, action)]
        if action == "destroy":
            self._asked = tuple(machines)
            self._destroy.about_many([machine.name for machine in machines])
            self._destroy.open()
        else:
            self._start(action, machines)

    def _destroy_all(self, _typed: str) -> None:
        self._start("destroy", self._asked)

    def _start(self, action: str, machines: Sequence[Machine]) -> None:
        follow = partial(settled, lambda: machines, _read, self._done)
        self._errands.start(f"{_DOING[action]} {len(machines)} …", lambda: self._act(action, machines), follow)

    def _act(self, action: str, machines: Sequence[Machine]) -> str:
        """Each of them asked once; what failed is said with its name, and keeps no other from being asked."""
        with ThreadPoolExecutor(_MOST_AT_ONCE, "mist-panel-bulk") as pool:
            answers = list(pool.map(lambda machine: _asked(action, machine), machines))
        self._done()
        failed = [answer for answer in answers if answer]
        said = f"{len(machines) - len(failed)} of {len(machines)} were {_done(action)}."
        if failed:
            raise ProvisionError(f"{said} {' '.join(failed)}")
        return said


def _read(machine: Machine) -> None:
    """As it is now; one that can't be read is told by what reads all of them."""
    with suppress(MistError):
        machine.refresh()


def _places(machines: Sequence[Machine]) -> list[str]:
    """Which machines these are, however often they were read."""
    return [inventory.place_of(machine) for machine in machines]


def _asked(action: str, machine: Machine) -> str:
    """Ask for it, once; why it can't be, with its name."""
    try:
        if action == "destroy":
            consent.check(machine, consent.Said(inventory.place_of(machine), machine.name))
            machine.destroy(confirm=machine.name)
        else:
            {"start": machine.start, "stop": machine.stop, "reboot": machine.reboot}[action](wait=False)
    except MistError as error:
        return f"{machine.name}: {error.message}"
    return ""


def _can(machine: Machine, action: str) -> bool:
    """Whether its backend can do it now; destroyed together are only those that were made from here."""
    return action in machine.record.actions and (action != "destroy" or machine.mine)


def _done(action: str) -> str:
    return "destroyed" if action == "destroy" else f"asked to {action}"
