"""Machines that are there beside records that don't say so: what ended opens again, what has no record gets one."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from .journal import Journal
from .record import Record, twin_op


def reopen(journal: Journal, record: Record, machine_id: str) -> Record:
    """The record of an ended operation, open again as its machine is there; beside its name's later one."""
    while True:
        last = journal.latest(record)
        if last.is_open:
            return last
        turn, top = last.turn + 1, journal.files.last(last)
        note = f"it was {last.state}, and its machine was listed after that"
        back = replace(
            last, state="created", machine_id=machine_id, seen=True, missed=None, going=False, note=note, turn=turn
        )
        if top is None or top.op != last.op:
            back = replace(back, branch=last.op, first=turn)
        if journal.files.add(back):
            return back


def adopt(journal: Journal, record: Record, machine_id: str, made: datetime | None = None) -> Record:
    """The open record of a machine that is there; where its name has another open one, beside that.

    `record` is a new one, or one with the operation that the machine carries; `made` is when it was made.
    """
    moment = made.isoformat(timespec="seconds") if made else journal.moment()
    times = {"intent": moment, "created": moment}
    record = replace(record, state="created", machine_id=machine_id, seen=True, times=times)
    while True:
        known = next((one for one in journal.records() if one.op == record.op), None)
        if known is not None:
            return reopen(journal, known, machine_id)
        last = journal.files.last(record)
        if last is not None and last.is_open:
            record, last = replace(record, branch=record.op), None
        turn = last.turn + 1 if last else 1
        placed = replace(record, turn=turn, first=turn)
        if journal.files.add(placed):
            return placed


def twin(journal: Journal, record: Record, machine_id: str, made: datetime | None = None) -> Record:
    """The open record of one more machine that this operation's single request made."""
    own = twin_op(record.op, machine_id)
    note = f"one request made several machines: {record.op[:8]}"
    return adopt(journal, replace(record, op=own, tag=record.op, branch="", missed=None, note=note), machine_id, made)
