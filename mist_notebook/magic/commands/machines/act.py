"""Commands that act on a machine that exists: on exactly one, whose name or `BACKEND/ID` leaves no doubt."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mist_notebook.ground import moments
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.interrupted import doing
from mist_notebook.ground.text import brief, clean
from mist_notebook.magic.commands.parts.choice import port_number, user_name
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.records.model import Step


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}", text, re.ASCII):
        raise BadValueError(f"'{brief(text)}' is not a host.", "Give a name or an address.")
    return text


MACHINE = Argument("machine", "its name, its id or BACKEND/ID", values="machine", required=True)
_NOW = "%mist machines shows how things are now. Nothing is sent again by looking."
NO_WAIT = Argument("--no-wait", "send the request, and don't wait for it to be done", switch=True)


@command(
    "start",
    MACHINE,
    NO_WAIT,
    group="act",
    summary="start a machine that is stopped",
    examples=("%mist start web-1",),
    returns="Machine",
)
def start(session: Session, options: Namespace) -> Answer:
    machine = _machine(session, options.machine)
    return _followed(machine, machine.acting("start"), options)


@command(
    "stop",
    MACHINE,
    NO_WAIT,
    group="act",
    summary="stop a machine; most clouds go on billing for it",
    examples=("%mist stop web-1",),
    returns="Machine",
)
def stop(session: Session, options: Namespace) -> Answer:
    machine = _machine(session, options.machine)
    answer = _followed(machine, machine.acting("stop"), options)
    if not machine.hands.adapter.kept_here or not machine.hands.adapter.billed_when_stopped:
        return answer
    note = f"{machine.name} costs the same while it is off; to end that: %mist destroy {machine.name}"
    return Answer(answer.value, (note,))


@command(
    "reboot",
    MACHINE,
    NO_WAIT,
    group="act",
    summary="reboot a machine",
    examples=("%mist reboot web-1",),
    returns="Machine",
)
def reboot(session: Session, options: Namespace) -> Answer:
    machine = _machine(session, options.machine)
    return _followed(machine, machine.acting("reboot"), options)


@command(
    "destroy",
    MACHINE,
    Argument("--yes", "the machine's exact name again: nothing is destroyed without it", "NAME"),
    Argument("--not-mine", "also one that was not made from here, named as BACKEND/ID", switch=True),
    NO_WAIT,
    group="act",
    summary="destroy a machine, for good",
    examples=("%mist destroy web-1 --yes web-1", "%mist destroy EC2/i-0a1b --yes web-1 --not-mine"),
    returns="text",
)
def destroy(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import consent, inventory

    try:
        with looking(options.machine):
            machine = inventory.find(session, options.machine, exact=True)
    except NotFoundError:
        gone = inventory.gone(session, options.machine)
        if gone is None:
            raise
        return Answer(None, (f"'{gone.name}' ({gone.machine_id}) is gone already: nothing was sent.",))
    consent.check(machine, consent.Said(options.machine, options.yes, options.not_mine))
    place = f"'{machine.name}' ({inventory.place_of(machine)})"
    may_be = "it may be going, or still be there and cost money"
    with doing(f"Interrupted while {machine.backend_name} was asked to destroy {place}: {may_be}.", _NOW):
        shown(machine.destroying(machine.name), wait=not options.no_wait)
    if not machine.is_gone:
        return Answer(None, (f"{place} is being destroyed: %mist machines says when it is gone.",))
    return Answer(None, (f"{place} was destroyed: {machine.backend_name} says so.",))


@command(
    "associate-key",
    Argument("key", "name of the key", values="key", required=True),
    MACHINE,
    Argument("--user", "the user that it lets in", "USER", read=user_name),
    Argument("--port", "the port that SSH listens on", "PORT", read=port_number),
    Argument("--host", "another address to reach it at", "HOST", read=_host),
    group="act",
    summary="let another key log in to a machine",
    examples=("%mist associate-key second web-1 --user root",),
    returns="text",
)
def associate_key(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import inventory

    key = session.client.key(options.key)
    machine = _machine(session, options.machine)
    machine.associate_key(key.id, host=options.host, ssh_user=options.user, ssh_port=options.port)
    return Answer(None, (f"{key.name} can now log in to {machine.name} ({inventory.place_of(machine)}).",))


@command(
    "extend",
    MACHINE,
    Argument("time", "how much longer: 2h, 90m, 3 days", required=True, many=True),
    group="act",
    summary="give a machine with a time limit more time",
    examples=("%mist extend web-1 2h",),
    returns="text",
)
def extend(session: Session, options: Namespace) -> Answer:
    hours = quantity.hours(" ".join(options.time))
    machine = _machine(session, options.machine)
    before = machine.record.expires
    if before is None:
        raise BadValueError(
            f"'{machine.name}' has no time limit: there is nothing to extend.", "It runs until it is destroyed."
        )
    until = (max(before, machine.hands.adapter.now()) + timedelta(hours=hours)).replace(microsecond=0)
    machine.hands.adapter.extend(machine.record, until)
    return Answer(None, (_limit_of(machine.refresh(), until),))


def _limit_of(machine: Machine, wanted: datetime) -> str:
    """What the server says of the time limit by now, and what that can cost."""
    from mist_notebook.fleet import inventory

    expires = machine.record.expires
    if expires is None:
        return f"No time limit is active for '{machine.name}': {machine.backend_name} dropped it."
    until = moments.day_and_time(expires, seconds=False)
    if abs((expires - wanted).total_seconds()) > 1:
        return f"'{machine.name}' was not extended: {machine.backend_name} still says {until}."
    hourly = inventory.hourly_of(machine)
    left_h = (expires - machine.hands.adapter.now()).total_seconds() / 3600
    cost = f"{hourly * left_h:,.2f} USD at most until then" if hourly is not None else "its price is unknown"
    return f"'{machine.name}' will be destroyed at {until}; {cost}."


def _machine(session: Session, word: str) -> Machine:
    from mist_notebook.fleet import inventory

    with looking(word):
        return inventory.find(session, word)


def looking(word: str) -> AbstractContextManager[None]:
    """An interrupt of the look before something is asked for."""
    return doing(f"Interrupted while looking for '{brief(word)}'.", "Nothing was sent, and nothing was changed.")


def _followed(machine: Machine, steps: Iterator[Step], options: Namespace) -> Answer:
    shown(steps, wait=not options.no_wait)
    if options.no_wait:
        with suppress(MistError):
            machine.refresh()  # what it is on its way to, and not what it was before it was asked
    return Answer(machine)


def shown(steps: Iterator[Step], *, wait: bool) -> None:
    """Print each step that says something new; only the first, the request, where nobody waits."""
    last: tuple[str, str] | None = None
    for step in steps:
        if (step.state, step.message) != last:
            print(clean(f"{step.seconds:6.1f} s  {step.state:<10}  {step.message}"))  # noqa: T201 - a cell's own words
        last = (step.state, step.message)
        if not wait:
            return
