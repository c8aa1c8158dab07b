"""Which machine is a record's: found in a fresh listing of its backend, gone from it, or in doubt. Sends nothing."""

from __future__ import annotations

from datetime import datetime

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import AmbiguousError
from mist_notebook.records.model import OP_TAG, Listing, Machine

from .journal import DOUBTFUL, Journal, Record

_GRACE_S = 600.0
_CLOCK_SKEW_S = 600.0
_LATEST_S = 3600.0


def settle(adapter: Adapter, journal: Journal, record: Record) -> tuple[Record, Machine | None]:
    """The record after one fresh look at its backend, and its machine; only what is certain changes it.

    Raises AmbiguousError, and adopts none, if several machines can be its own or nothing but its name speaks for one.
    """
    record = journal.latest(record)
    if record.state == "intent" or not record.is_open:
        return record, None
    listing = adapter.list_machines()
    found = _own(listing.records, record)
    if len(found) > 1:
        raise _ambiguous(f"{len(found)} machines can be '{record.name}'", found, record)
    if found:
        return _adopted(journal, record, found[0])
    if _has_gone(adapter, journal, record, listing):
        record = journal.advance(record, "gone", note=f"{record.backend_name} lists it no more")
    return record, None


def exists(machine: Machine) -> bool:
    """Whether it is more than a memory of the provider's."""
    return machine.state != "terminated"


def _own(machines: list[Machine], record: Record) -> list[Machine]:
    """The machines that can be this record's: of its id, else of its tag, else of its name and time."""
    if record.machine_id is not None:
        return _existing_first([machine for machine in machines if machine.id == record.machine_id])
    tagged = [machine for machine in machines if (OP_TAG, record.op) in machine.tags]
    if tagged:
        return _existing_first(tagged)
    named = [
        machine for machine in machines if machine.name == record.name and exists(machine) and not _tagged(machine)
    ]
    confirmed = [machine for machine in named if _made_then(machine, record)]
    if named and not confirmed:
        raise _ambiguous(f"Nothing but its name shows that '{record.name}' is what was asked for", named, record)
    return confirmed


def _existing_first(machines: list[Machine]) -> list[Machine]:
    return [machine for machine in machines if exists(machine)] or machines[:1]


def _tagged(machine: Machine) -> bool:
    """Whether it carries an operation's id; one that isn't the record's is another one's."""
    return any(name == OP_TAG for name, _ in machine.tags)


def _made_then(machine: Machine, record: Record) -> bool:
    """Whether the machine was made when the request was on its way; clocks may differ by minutes."""
    sent = record.times.get("sent")
    if machine.created is None or sent is None:
        return False
    return -_CLOCK_SKEW_S < (machine.created - datetime.fromisoformat(sent)).total_seconds() < _LATEST_S


def _adopted(journal: Journal, record: Record, machine: Machine) -> tuple[Record, Machine | None]:
    if not exists(machine):
        return journal.advance(record, "gone", machine_id=machine.id), None
    if record.state in DOUBTFUL:
        record = journal.advance(record, "created", machine_id=machine.id)
    return record, machine


def _has_gone(adapter: Adapter, journal: Journal, record: Record, listing: Listing[Machine]) -> bool:
    """Whether a machine that was there is provably gone: two complete listings lack it, and it isn't just new."""
    if record.machine_id is None or listing.notes:
        return False
    age_s = journal.seconds_since(record, "created") or 0.0
    if record.state != "destroying" and age_s < _GRACE_S:
        return False
    return adapter.get_machine(record.machine_id) is None


def _ambiguous(message: str, machines: list[Machine], record: Record) -> AmbiguousError:
    ids = ", ".join(machine.id for machine in machines)
    hint = f"None was taken as ours. Once you have looked: %mist journal --forget {record.op[:8]}"
    return AmbiguousError(f"{message}: {ids}.", hint)
