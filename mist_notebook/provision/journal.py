"""What we asked for, on disk before we ask: no machine is ever lost or made twice.

One small JSON file for each state that an operation comes to, in a folder of the account's own; no database and no
lock, as homes are often on NFS. All that becomes of one name in one backend is one chain of files, numbered from 1, and
the last one holds. A file is made whole and exclusively, and never changed: of all kernels that want to write the next
one, one does, and the others read it. So a change never hits another operation's record, a name has one open operation,
and what ended stays readable. The embedded sandbox's journal is in memory, and ends with it.

    intent ──► sent ──► created ──► ready ──► destroying ──► gone
       │         └────► unknown ──► created | absent
       └► dropped                                              (any of them, by a person: forgotten)

What ended opens again, as created, when a listing shows that its machine is there. Each operation's last file is kept;
those before it are thinned (`tidy`).
"""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from mist_notebook.ground.errors import JournalError

from .files import Files
from .record import (
    DOUBTFUL,
    ENDED,
    NEXT,
    OPEN,
    Broken,
    Record,
    account_digest,
    kept,
)
from .shelf import Shelf

__all__ = ["DOUBTFUL", "ENDED", "OPEN", "Broken", "Journal", "Record", "account_digest", "kept"]


class Journal:
    """The records of one account. `clock` says the time that its server goes by."""

    def __init__(
        self, shelf: Shelf, account: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.account = account
        self.now = clock
        self._shelf = shelf
        self.files = Files(shelf, account)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of where it stands, one line each."""
        return tuple(self._shelf.notes)

    def new(self, *, spec: dict[str, Any], **fields: Any) -> Record:
        """A record in state `intent`, not written yet; the spec as it is kept, that is, redacted."""
        fields.setdefault("op", secrets.token_hex(16))
        return Record(
            account=self.account,
            spec=kept(spec),
            host=platform.node(),
            pid=os.getpid(),
            times={"intent": self.moment()},
            **fields,
        )

    def open(self, record: Record) -> Record:
        """Write the new record; if one of that backend and name is open, that one is the answer and nothing is written.

        Raises JournalError when it can't be written: then nothing may be sent.
        """
        self.check()
        while True:
            last = self.files.last(record)
            if last is not None and last.is_open:
                return last
            turn = last.turn + 1 if last else 1
            placed = replace(record, turn=turn, first=turn)
            if self.files.add(placed):
                return placed

    def advance(self, record: Record, state: str, **changes: Any) -> Record:
        """The record in its next state, durable before this returns, as it stands on the disk by now.

        Raises JournalError if it can't be written, or if another kernel has brought it where this doesn't follow.
        """
        return self._changed(record, state, lambda was: state in NEXT.get(was, ()), changes)

    def pass_over(self, record: Record, passed: str) -> Record:
        """The record, `sent` as before, once its request was refused for certain and another location is next."""
        return self._changed(record, "sent", lambda was: was == "sent", {"passed": passed})

    def _changed(self, record: Record, state: str, leads: Callable[[str], bool], changes: dict[str, Any]) -> Record:
        while True:
            last = self.latest(record)
            if not leads(last.state):
                raise JournalError(
                    f"The record of '{record.name}' is {last.state} by now: it can't become {state}.",
                    f"Another kernel, or a person, was faster. See %mist journal ({record.op[:8]}).",
                )
            times = {state: self.moment()} | last.times
            changed = replace(last, **changes, state=state, times=times)
            if changed == last:
                return last
            changed = replace(changed, turn=last.turn + 1)
            if self.files.add(changed):
                return changed

    def latest(self, record: Record) -> Record:
        """The record as it stands by now."""
        last = self.files.last(record)
        if last is not None and last.op == record.op:
            return last
        found = [other for other in self.records() if other.op == record.op]
        if not found:
            raise JournalError(f"The record of '{record.name}' ({record.op[:8]}) is not there.", "See %mist journal.")
        return found[0]

    def drop_orphans(self) -> None:
        """Close what was recorded and never sent, by a kernel of this computer that has died since."""
        for record in self.opened():
            if record.state == "intent" and _has_died(record):
                with suppress(JournalError):
                    self.advance(record, "dropped", note="its kernel ended before it was sent")

    def records(self) -> list[Record]:
        """Every operation with a readable record, as it stands by now, the oldest first. Reads one file for each."""
        readable = [record for record in self.files.every(self.files.names()) if isinstance(record, Record)]
        newest = {record.op: record for record in sorted(readable, key=lambda record: record.turn)}
        return sorted(newest.values(), key=Record.age_order)

    def opened(self) -> list[Record]:
        """The operations that are not ended, the oldest first. Reads one file for each name ever used."""
        found = self.files.tops(self.files.names())
        opened = [record for record in found if isinstance(record, Record) and record.is_open]
        return sorted(opened, key=Record.age_order)

    def broken(self) -> list[Broken]:
        """The files that can't be read as records of this account, where no later one stands for them."""
        return [problem for problem in self.files.every(self.files.names()) if isinstance(problem, Broken)]

    def find(self, backend: str, name: str) -> Record | None:
        """The open record of that backend and name; of several the one that was asked for by it."""
        found = [record for record in self.opened() if (record.backend, record.name) == (backend, name)]
        return min(found, key=lambda record: (bool(record.tag), bool(record.branch)), default=None)

    def of_machine(self, backend: str, machine_id: str) -> Record | None:
        """The open record of that machine."""
        wanted = (backend, machine_id)
        return next((record for record in self.opened() if (record.backend, record.machine_id) == wanted), None)

    def by_op(self, op: str) -> Record | None:
        """The record whose operation id begins so, if just one does."""
        found = [record for record in self.records() if op and record.op.startswith(op)]
        return found[0] if len(found) == 1 else None

    def check(self) -> None:
        """Raise JournalError if a record can't be read: what it stands for may be running."""
        for problem in self.broken():
            raise JournalError(
                f"One journal record can't be read: {problem.file} ({problem.why}). It is kept.",
                "%mist journal --repair compares it with the machines that are there; until then nothing is created.",
            )

    def set_aside(self, problem: Broken) -> None:
        """Keep a broken file where it is no longer in the way, once a person has looked."""
        try:
            self._shelf.set_aside(problem.file)
        except OSError as error:
            raise self.files.unusable("written", error) from None

    def seconds_since(self, record: Record, state: str) -> float | None:
        """How long ago it came to that state, by the journal's clock; `None` if it didn't."""
        moment = record.times.get(state)
        return None if moment is None else (self.now() - datetime.fromisoformat(moment)).total_seconds()

    def moment(self) -> str:
        """Now, as records say it."""
        return self.now().isoformat(timespec="seconds")


def _has_died(record: Record) -> bool:
    """Whether the process that made the record is known to be no more.

    Wrong where two computers of one name share the folder; then the living one can't write `sent`, and sends nothing.
    """
    if record.host != platform.node() or record.pid <= 0 or os.name != "posix":
        return False
    try:
        os.kill(record.pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False
