"""What a person has to say before a machine is destroyed: one rule, for the line, for a card and for the panel.

A machine that was made from here takes its exact name again. Any other one takes its place, `BACKEND/ID`, and the word
that it isn't ours. Who clicks on a card has named that one machine; what is typed into its field is the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mist_notebook.ground import moments
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import brief, clean

from . import inventory

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine


@dataclass(frozen=True)
class Said:
    """How the machine was named, its name again (`None`: not given), and whether it was said not to be ours."""

    named: str
    again: str | None
    not_mine: bool = False


def check(machine: Machine, said: Said) -> None:
    """Nothing if the person said exactly this machine; else an error that says what it is, and what is missing."""
    what, place = about(machine), inventory.place_of(machine)
    if machine.hands.adapter.only_there:
        raise BadValueError(*machine.hands.adapter.why_none("destroyed"))
    if not machine.mine and not said.not_mine:
        raise BadValueError(
            f"{what} was not destroyed: it was not made from here.",
            f"If you mean it, give its place {place}, --yes with its exact name, and --not-mine",
        )
    if not machine.mine and "/" not in said.named:
        raise BadValueError(f"{what} was not destroyed: it was not made from here.", f"Name it in full: {place}")
    if said.again is None:
        raise MistUsageError(f"{what} was not destroyed: --yes is missing.", "Give its exact name again: --yes NAME")
    if said.again != machine.name:
        raise BadValueError(
            f"{what} was not destroyed: --yes says '{brief(said.again)}'.", "It has to be its exact name."
        )


def to_type(machine: Machine, *, mine: bool) -> str:
    """What has to be typed into a card's field: the name, or its place where it isn't ours or can't be typed."""
    name = machine.name
    typeable = name.isascii() and name == clean(name) == name.strip() != ""
    return name if mine and typeable else inventory.place_of(machine)


def typed(machine: Machine, text: str) -> Said:
    """What the text in a card's field says; it is worth nothing unless it is, letter for letter, what is asked for."""
    wanted = to_type(machine, mine=machine.mine)
    if text != wanted:
        raise BadValueError(
            f"{about(machine)} was not destroyed: the field says '{brief(text)}'.", f"It has to be exactly {wanted}"
        )
    return Said(inventory.place_of(machine), machine.name, not_mine=not machine.mine)


def about(machine: Machine) -> str:
    """The machine in one breath: what one should know before it is gone."""
    hourly, made = inventory.hourly_of(machine), machine.record.created
    facts = (
        inventory.place_of(machine),
        machine.state,
        *machine.record.public_ips[:1],
        f"since {moments.day_and_time(made, seconds=False)}" if made else "age unknown",
        f"{hourly:.4f} USD/h" if hourly is not None else "price unknown",
    )
    return f"'{machine.name}' ({', '.join(facts)})"
