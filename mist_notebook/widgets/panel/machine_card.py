"""One machine in the fleet panel: its facts, the last look at it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets

from mist_notebook.display.cards import moment
from mist_notebook.fleet import groups
from mist_notebook.fleet.account import Event
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.text import NAME_LIMIT, clean, escape_html
from mist_notebook.records.model import ProbeReport
from mist_notebook.ssh.outcome import OK
from mist_notebook.ssh.probing.facts import facts as probe_facts
from mist_notebook.widgets.parts import shown_state, style
from mist_notebook.widgets.parts.machine_actions import MachineActions

from . import sights

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.widgets.parts.one_click import Looks

_MARKS = {"running": "●", "stopped": "○", "suspended": "○", "paused": "○", "error": "✗", "gone": "✗"}
_ON_ITS_WAY = "◌"


class MachineCard:
    """A card. `changed` has it drawn; `told` hears what was done, and when its machine is gone."""

    def __init__(self, changed: Callable[[], object], told: Callable[[Event], object], looks: Looks) -> None:
        self._sight: sights.Sight | None = None
        self._refusal: MistError | None = None
        self._changed, self._told = changed, told
        self._actions = MachineActions(changed, self._hear, looks=looks)
        self._choose = ipywidgets.Checkbox(description="Choose", indent=False, layout=looks.layout)
        self._choose.add_class("mist-machine-choose")
        self._choose.observe(lambda _change: changed(), "value")
        self._is_choosing: bool | None = None
        self._head = looks.markup("mist-machine-head")
        self._facts = looks.markup("mist-machine-facts")
        self._probe = looks.markup("mist-machine-probe")
        self._parts = (self._head, self._facts, self._probe, self._actions.widget)
        self.widget = looks.box(ipywidgets.VBox, self._parts, "mist-card", "mist-panel-card")

    @property
    def busy(self) -> bool:
        """Whether something is being done to its machine."""
        return bool(self._actions.busy)

    @property
    def chosen(self) -> Machine | None:
        """Its machine, if a person chose it to do something to several at once."""
        return self._actions.machine if self._choose.value and not self._actions.is_gone else None

    def offer_choice(self, *, is_choosing: bool) -> None:
        """Have a box to tick, or none; on the painter alone."""
        if is_choosing == self._is_choosing:
            return
        self._is_choosing = is_choosing
        if not is_choosing:
            self._choose.value = False
        self.widget.children = (self._choose, *self._parts) if is_choosing else self._parts

    @property
    def probed(self) -> sights.Probed | None:
        """What the last look at it over SSH found, or why there was none."""
        return self._refusal or self._actions.report

    def show(self, sight: sights.Sight) -> None:
        """What is known of it by now."""
        self._sight = sight
        self._actions.show(sight.machine, mine=sight.row.mine)

    def show_probe(self, probed: sights.Probed) -> None:
        """What a look at it over SSH found, or why there was none."""
        sight = self._sight
        self._refusal = probed if isinstance(probed, MistError) else None
        if sight is not None and isinstance(probed, ProbeReport):
            self._actions.show(sight.machine, mine=sight.row.mine, report=probed)
        self._changed()

    def close(self) -> None:
        """End its threads."""
        self._actions.close()
        self._choose.close()

    def join(self) -> None:
        """Wait until nothing is being done any more."""
        self._actions.join()

    def draw(self) -> None:
        """On the painter alone."""
        sight, machine = self._sight, self._actions.machine
        if sight is None or machine is None:
            return
        self._head.value = _head(sight, "gone" if self._actions.is_gone else machine.state)
        off = "" if self._actions.is_gone else shown_state.cost_while_off(machine)
        self._facts.value = style.facts((*_facts(sight), ("while it is off", off)))
        self._probe.value = _probe(self.probed, machine)
        change = self.widget.add_class if self._actions.is_gone else self.widget.remove_class
        change("mist-gone")
        self._actions.draw()

    def _hear(self, event: Event) -> None:
        self._refusal = None
        self._told(event)


def _head(sight: sights.Sight, state: str) -> str:
    """Its name, the mark of the sandbox, and its state as a mark and a word."""
    mark = _MARKS.get(state, _ON_ITS_WAY)
    kind = "running" if state == "running" else "down" if state in _MARKS else "moving"
    return (
        f'<div class="mist-machine-title"><span class="mist-machine-name" role="heading" aria-level="4">'
        f"{escape_html(clean(sight.row.name, NAME_LIMIT))}</span>{style.badge(sight.backend.sandbox)}"
        f'<span class="mist-state mist-state-{kind}"><span aria-hidden="true">{mark}</span> {escape_html(state)}'
        "</span></div>"
    )


def _facts(sight: sights.Sight) -> tuple[tuple[str, str], ...]:
    record, hourly = sight.machine.record, sight.row.price_hourly
    hour = "unknown" if hourly is None else f"{hourly:.4f} {sight.row.currency or 'USD'}"
    return (
        ("address", sights.address(sight)),
        ("place", f"{sight.backend.name}/{sight.row.id}"),
        ("size", sights.size(sight)),
        ("cost so far", f"{sights.cost(sight)}, {hour} an hour" if hourly is not None else "unknown"),
        ("made from here", "yes" if sight.row.mine else "no"),
        ("cluster", groups.name_at(f"{sight.backend.id}/{sight.row.id}") or ""),
        ("since", moment(record.created)),
        ("until", moment(record.expires)),
    )


def _probe(probed: sights.Probed | None, machine: Machine) -> str:
    """What the last look found in a line, and the whole of it behind that."""
    if probed is None:
        return '<div class="mist-probe mist-quiet">not looked at over SSH yet</div>'
    summary = escape_html(f"probe: {sights.outcome(probed)}")
    if isinstance(probed, MistError):
        return f'<div class="mist-probe"><span class="mist-mark">!</span>{summary} {escape_html(probed.hint)}</div>'
    mark, is_off = "✓" if probed.outcome == OK else "!", machine.state in shown_state.OFF
    looked_at = shown_state.looked_at(probed, machine.state, machine.hands.adapter.now())
    summary += f", {escape_html(looked_at)}" if is_off else ""
    whole = style.facts((*probe_facts(probed), ("looked at", looked_at)))
    return (
        f'<details class="mist-probe"><summary><span class="mist-mark" aria-hidden="true">{mark}</span>{summary}'
        f"</summary>{whole}</details>"
    )
