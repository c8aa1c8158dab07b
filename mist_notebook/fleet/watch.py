"""Watching creates on the kernel's thread: each step as a line, and what may exist when the watching stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mist_notebook.display.page import Page
from mist_notebook.ground.errors import MistError, ProvisionError
from mist_notebook.ground.text import clean
from mist_notebook.provision import guard
from mist_notebook.provision.costs import price_of

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.machines.machine import Machine
    from mist_notebook.records.model import MachineSpec, Step

_NOT_SENT = ("", "validated")


class Watch:
    """One create on its way: its spec, its steps, and how far it is."""

    def __init__(self, spec: MachineSpec, steps: Iterator[Step]) -> None:
        self.spec = spec
        self.last: Step | None = None
        self._steps = steps
        self._waiting: list[str] = []

    @property
    def state(self) -> str:
        return self.last.state if self.last else ""

    def go_on(self, receipt: Page | None = None, *, until_made: bool = False) -> None:
        """Print each step as it comes, to the end or until there is a machine; the receipt before the first request."""
        for step in self._steps:
            is_news = self.last is None or (step.state, step.message) != (self.last.state, self.last.message)
            self.last = step
            if step.state == "recorded" and receipt is not None:
                _show(receipt)  # what is asked for stands in the cell before it is sent
            if is_news:
                self._tell(step)
            if until_made and step.machine is not None:
                return

    def _tell(self, step: Step) -> None:
        """The step as a line; the first waits for the next, so that a refusal is alone on the screen."""
        self._waiting.append(clean(f"{step.seconds:6.1f} s  {step.state:<9}  {step.message}"))
        if step.state not in _NOT_SENT:
            print("\n".join(self._waiting))  # noqa: T201
            self._waiting = []
        if step.report is not None and step.report.outcome != "ok":
            print(clean(" ".join(part for part in (step.report.detail, step.report.hint) if part)))  # noqa: T201


def _show(receipt: Page) -> None:
    """The receipt as a cell shows it; as text where there is no shell."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    if InteractiveShell.initialized():
        display(receipt)  # type: ignore[no-untyped-call]
    else:
        print(receipt)  # noqa: T201


def follow(backend: Backend, specs: Sequence[MachineSpec], receipt: Page, **course: Any) -> list[Machine]:
    """Ask for all, one after the other, then watch each until it answers; an interrupt ends the watching alone.

    `course` is what `Backend.provision` takes beside a spec.
    """
    watches = [Watch(spec, backend.provision(spec, **course)) for spec in specs]
    try:
        for place, watch in enumerate(watches):
            try:
                watch.go_on(receipt if place == 0 else None, until_made=True)
            except MistError as error:
                raise _partial(watches, place, error) from None
        for watch in watches:
            watch.go_on()
    except KeyboardInterrupt:
        raise _stopped(watches) from None
    return [backend.machine(watch.last.machine) for watch in watches if watch.last and watch.last.machine]


def _partial(watches: Sequence[Watch], place: int, error: MistError) -> MistError:
    """What was made, what failed, and what was not sent; of one alone, its error itself."""
    if len(watches) == 1:
        return error
    names = [watch.spec.name for watch in watches]
    made = f"{place} of {len(names)} were made{_span(names[:place])}"
    left = names[place + 1 :]
    unsent = f" Not sent: {len(left)}{_span(left)}." if left else ""
    return ProvisionError(
        f"{made}. {names[place]} was not, or isn't known to be: {error.message}{unsent}",
        error.hint or "The same line again asks only for what is missing. See %mist machines.",
    )


def _span(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f" ({names[0]} to {names[-1]})"
    return f" ({', '.join(names)})" if names else ""


def _stopped(watches: Sequence[Watch]) -> MistError:
    """What may exist after an interrupt, and what to type next."""
    asked = [watch for watch in watches if watch.state not in _NOT_SENT]
    if not asked:
        return ProvisionError("Stopped before anything was sent.", "Nothing was made.")
    hourly = guard.usd_per_hour(price_of(asked[0].spec))
    cost = f"{hourly:.4f} USD/h each" if hourly is not None else "an unknown price"
    names = _span([watch.spec.name for watch in asked]).strip(" ()")
    unsent = f" {len(watches) - len(asked)} were not sent." if len(asked) < len(watches) else ""
    return ProvisionError(
        f"Stopped watching. {names} may exist, at {cost}.{unsent}",
        "See %mist machines. The same line again goes on watching; nothing is sent twice.",
    )


_LIMIT_SLACK = timedelta(minutes=10)


def without_limit(specs: Sequence[MachineSpec], machines: Sequence[Machine]) -> tuple[str, ...]:
    """A note for each machine whose time limit the server doesn't confirm in time, or has otherwise than asked."""
    pairs = [(spec, machine) for spec, machine in zip(specs, machines, strict=True) if spec.hours is not None]
    return tuple(note for spec, machine in pairs if (note := _limit_trouble(spec, machine)))


def _limit_trouble(spec: MachineSpec, machine: Machine) -> str:
    is_there = machine.record.expires is not None or _confirmed(machine)
    made, expires, who = machine.record.created, machine.record.expires, machine.backend_name
    if expires is None:
        return (
            ""
            if is_there
            else f"No time limit is active for {machine.name}: {who} did not confirm it. Destroy it yourself."
        )
    lasts = expires - (made or machine.hands.adapter.now())
    if made is None or abs(lasts - timedelta(hours=spec.hours or 0)) <= _LIMIT_SLACK:
        return ""
    return (
        f"The time limit of {machine.name} is {lasts.total_seconds() / 3600:.1f} h after it was made, as "
        f"{who} says, not {spec.hours:g} h: %mist extend moves it, %mist destroy ends it."
    )


def _confirmed(machine: Machine) -> bool:
    adapter = machine.hands.adapter
    if adapter.self_limit != "server":
        return adapter.self_limit == "inside"
    print(clean(f"Waiting for {machine.backend_name} to confirm the time limit of {machine.name} …"))  # noqa: T201
    return machine.await_limit() is not None
