"""The journals of all accounts that one client speaks to, asked as one: an account's own writes its records.

Each live account's is on disk, in a folder of its own; the embedded sandbox's is in memory. A record knows its account,
so that whatever changes it goes where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mist_notebook.ground.errors import JournalError
from mist_notebook.provision.journal import Broken, Journal, Record


class Journals:
    """Several journals, by backend; those of one account are one journal. `beside` are those of no known account."""

    def __init__(
        self, by_backend: Mapping[str, Journal], problems: tuple[str, ...] = (), beside: Sequence[Journal] = ()
    ) -> None:
        self._by_backend = by_backend
        self._each = list({journal.account: journal for journal in (*by_backend.values(), *beside)}.values())
        self._problems = problems

    @property
    def each(self) -> list[Journal]:
        """One for each account."""
        return list(self._each)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of where they stand, one line each."""
        return (*self._problems, *(note for journal in self._each for note in journal.notes))

    def readable(self) -> Journals:
        """Those of them that can be read, and a note for each other one: to look at what is there needs none."""
        unread: dict[str, str] = {}
        for journal in self._each:
            try:
                journal.files.names()
            except JournalError as error:
                unread[journal.account] = f"{error.message} What was made from here isn't known, so nothing is made."
        kept = {place: one for place, one in self._by_backend.items() if one.account not in unread}
        beside = [one for one in self._each if one.account not in unread]
        return Journals(kept, (*self._problems, *unread.values()), beside)

    def of(self, record: Record) -> Journal:
        """The journal that a record stands in."""
        for journal in self._each:
            if journal.account == record.account:
                return journal
        raise JournalError(
            f"The account of '{record.name}' ({record.backend_name}) is not connected now.", "Connect it."
        )

    def of_backend(self, backend: str) -> Journal | None:
        """The journal of a backend's account; `None` where it doesn't say whose it is."""
        return self._by_backend.get(backend)

    def records(self) -> list[Record]:
        """Every operation with a readable record, as it stands by now, the oldest first."""
        return sorted((record for journal in self._each for record in journal.records()), key=Record.age_order)

    def opened(self) -> list[Record]:
        """The operations that are not ended, the oldest first."""
        return sorted((record for journal in self._each for record in journal.opened()), key=Record.age_order)

    def broken(self) -> list[Broken]:
        """The files that can't be read as records of their account."""
        return [problem for journal in self._each for problem in journal.broken()]

    def find(self, backend: str, name: str) -> Record | None:
        """The open record of that backend and name."""
        journal = self._by_backend.get(backend)
        return journal.find(backend, name) if journal else None

    def of_machine(self, backend: str, machine_id: str) -> Record | None:
        """The open record of that machine."""
        journal = self._by_backend.get(backend)
        return journal.of_machine(backend, machine_id) if journal else None

    def by_op(self, op: str) -> Record | None:
        """The record whose operation id begins so, if just one does."""
        found = [record for journal in self._each if (record := journal.by_op(op)) is not None]
        return found[0] if len(found) == 1 else None

    def check(self) -> None:
        """Raise JournalError if a record can't be read."""
        for journal in self._each:
            journal.check()

    def drop_orphans(self) -> None:
        """Close what was recorded and never sent, by a kernel of this computer that has died since."""
        for journal in self._each:
            journal.drop_orphans()

    def advance(self, record: Record, state: str, **changes: Any) -> Record:
        """The record in its next state, durable before this returns."""
        return self.of(record).advance(record, state, **changes)

    def latest(self, record: Record) -> Record:
        """The record as it stands by now."""
        return self.of(record).latest(record)

    def seconds_since(self, record: Record, state: str) -> float | None:
        """How long ago it came to that state; `None` if it didn't."""
        return self.of(record).seconds_since(record, state)

    def set_aside(self, problem: Broken) -> None:
        """Keep a broken file where it is no longer in the way, once a person has looked."""
        for journal in self._each:
            if problem in journal.broken():
                with suppress(FileNotFoundError):
                    journal.set_aside(problem)
