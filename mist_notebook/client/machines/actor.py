"""The part of a machine that acts: asked for once, and waited for until it is so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mist_notebook.client.waiting import say
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError, ProvisionError
from mist_notebook.records.model import Key, ProbeReport, Step
from mist_notebook.records.model import Machine as MachineRecord

from . import acts

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.client.backend import Backend
    from mist_notebook.provision.journal import Journal, Record
    from mist_notebook.ssh.scripts.remote import RunResult

    from .machine import Machine


@dataclass(frozen=True)
class Hands:
    """What every machine of one backend works with."""

    adapter: Adapter
    journal_of: Callable[[], Journal]
    probe: Callable[[Machine, str | None, str | None, str | None, int | None, str | None], ProbeReport]
    key: Callable[[Any], Key]
    backend: Backend
    run: Callable[[Machine, str], RunResult]
    pace: acts.Pace = field(default_factory=acts.Pace)

    @property
    def journal(self) -> Journal:
        """Its account's; raises what keeps the backend from saying whose it is."""
        return self.journal_of()


class Actor:
    """What is started, stopped, rebooted and destroyed."""

    record: MachineRecord
    hands: Hands

    if TYPE_CHECKING:  # what a machine says of itself

        @property
        def id(self) -> str: ...
        @property
        def name(self) -> str: ...
        @property
        def state(self) -> str: ...
        @property
        def mine(self) -> bool: ...
        @property
        def is_gone(self) -> bool: ...
        @property
        def backend_name(self) -> str: ...
        @property
        def journal_record(self) -> Record | None: ...
        def refresh(self) -> Machine: ...
        def _gone(self) -> NotFoundError: ...
        def _whole(self) -> Machine: ...

    def start(self, *, wait: bool = True) -> None:
        """Start it: sent once, then waited for until it runs, as long as patience lasts."""
        self._follow(self.acting("start"), wait=wait)

    def stop(self, *, wait: bool = True) -> None:
        """Stop it, and wait until it is; `hands.adapter.billed_when_stopped` says whether it goes on costing."""
        self._follow(self.acting("stop"), wait=wait)

    def reboot(self, *, wait: bool = True) -> None:
        """Reboot it, and wait until it runs again."""
        self._follow(self.acting("reboot"), wait=wait)

    def destroy(self, confirm: str | None = None, *, wait: bool = True) -> None:
        """Destroy it, for good, and wait until it is gone. One that was not made from here needs `confirm=` its name.

        It is read again first: if it isn't the machine that this object stands for, nothing is sent.
        """
        self._follow(self.destroying(confirm), wait=wait)

    def await_limit(self) -> datetime | None:
        """When its service will destroy it; looked for as long as the service may take to write it."""
        self.record = acts.limited(self.hands.adapter, self.record, self.hands.pace)
        return self.record.expires

    def acting(self, action: str) -> Iterator[Step]:
        """The steps of `start`, `stop` or `reboot`; refused before anything is sent where it can't be done now."""
        if self.is_gone:
            raise self._gone()
        self.refresh()
        if action not in self.record.actions:
            can = ", ".join(self.record.actions) or "nothing"
            raise BadValueError(
                f"'{self.name}' is {self.state}: {self.backend_name} can't {action} it now.", f"It can: {can}."
            )
        if self.hands.adapter.only_there:
            from .rebooting import rebooted

            return self._kept(rebooted(self._whole(), self.hands))
        return self._kept(acts.act(self.hands.adapter, self.record, action, self.hands.pace))

    def destroying(self, confirm: str | None = None) -> Iterator[Step]:
        """The steps of `destroy`; what refuses it does so before anything is sent."""
        if self.is_gone:
            raise self._gone()
        if self.hands.adapter.only_there:
            raise BadValueError(*self.hands.adapter.why_none("destroyed"))
        if confirm not in (None, self.name) or (confirm is None and not self.mine):
            raise BadValueError(
                f"'{self.name}' ({self.id}) was not destroyed: confirm= has to be its exact name.",
                "It was not made from here." if not self.mine else "Nothing was sent.",
            )
        before = self.record
        self.refresh()
        if (before.id, before.name, before.created) != (self.record.id, self.record.name, self.record.created):
            raise ProvisionError(f"'{before.name}' ({before.id}) is another machine by now.", "Nothing was destroyed.")
        hands = self.hands
        return self._kept(acts.destroy(hands.adapter, self.record, hands.journal, self.journal_record, hands.pace))

    def _kept(self, steps: Iterator[Step]) -> Iterator[Step]:
        """The same steps; what they see of the machine is kept."""
        for step in steps:
            self.record = step.machine or self.record
            if step.state == acts.DESTROYING and not self.is_gone:
                self.record = replace(self.record, state=acts.DESTROYING)
            yield step

    def _follow(self, steps: Iterator[Step], *, wait: bool) -> None:
        for step in steps:
            if step.state == acts.UNWRITTEN:
                say(step.message)
            if not wait:
                with suppress(MistError):
                    self.refresh()
                return

    @property
    def _ended_here(self) -> bool:
        """Whether the journal knows that it is gone, or that its service took its destroy."""
        own = (self.hands.adapter.info.id, self.id)
        with suppress(MistError):
            every = [one for one in self.hands.journal.records() if (one.backend, one.machine_id) == own]
            return any(one.state == "gone" or one.going for one in every)
        return False

    def _missing(self) -> NotFoundError:
        return NotFoundError(
            f"{self.backend_name} doesn't list '{self.name}' ({self.id}) just now. Nothing was sent.",
            "One look proves nothing: if it is there, it goes on costing. Try again in a moment; see %mist machines.",
        )
