"""A service with real machines on a real list: lines in files, so that it outlives whoever asks it.

`ServiceAdapter` implements the Adapter contract over it; its faults spoil answers as real services do. A `World` is one
account on it: its journal, its kernels, and the truths that hold after every test.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from mist_notebook.backends.base import Adapter
from mist_notebook.ground.errors import ApiError, MistError, NoRoomError, RefusedError, UnavailableError
from mist_notebook.provision.guard import Limits
from mist_notebook.provision.journal import Journal, Record
from mist_notebook.provision.lookup import settle
from mist_notebook.provision.provision import Course, provision
from mist_notebook.provision.shelf import FolderShelf, MemoryShelf, Shelf
from mist_notebook.records.model import (
    OP_TAG,
    BackendInfo,
    Image,
    Listing,
    Machine,
    MachineSpec,
    Price,
    ProbeReport,
    Size,
    Step,
    Story,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
INFO = BackendInfo(id="c1", name="Cloud", provider="test", server="https://mist.example")
ACCOUNT = "a" * 32


def spec(name: str = "web", hourly: float | None = 0.1, **changes: Any) -> MachineSpec:
    """What to create."""
    size = Size(id="s1", name="Small", price=Price(hourly=hourly, currency="USD" if hourly is not None else None))
    made = MachineSpec(backend=INFO, name=name, image=Image(id="i1", name="Debian"), size=size)
    return msgspec.structs.replace(made, **changes)


class Service:
    """The machines and the ledger of requests, in a folder; with none, in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._memory: dict[str, list[dict[str, Any]]] = {}

    def requested(self, op: str, name: str, place: str = "") -> None:
        self._append("requests", {"op": op, "name": name, "place": place})

    def make(self, name: str, *, op: str = "", created: datetime | None = NOW, machine_id: str = "") -> str:
        """Make a machine, as a request or as somebody in the provider's console."""
        machine_id = machine_id or self._new_id()
        moment = created.isoformat() if created else None
        self._append("machines", {"id": machine_id, "name": name, "op": op, "created": moment, "state": "running"})
        return machine_id

    def _new_id(self) -> str:
        """An id that no other process of the test gets."""
        number = len(self.machines) + 1
        while self._folder is not None:
            with suppress(FileExistsError):
                (self._folder / f"id-{number}").touch(exist_ok=False)
                break
            number += 1
        return f"m{number}"

    def change(self, machine_id: str, **changes: Any) -> None:
        """Change or, with `state="purged"`, forget a machine."""
        self._append("changes", {"id": machine_id, **changes})

    @property
    def requests(self) -> list[dict[str, Any]]:
        return self._lines("requests")

    @property
    def machines(self) -> list[dict[str, Any]]:
        machines = [dict(line) for line in self._lines("machines")]
        for change in self._lines("changes"):
            for machine in machines:
                if machine["id"] == change["id"]:
                    machine.update(change | {"id": change.get("new_id", change["id"])})
        return machines

    def _append(self, file: str, line: dict[str, Any]) -> None:
        if self._folder is None:
            self._memory.setdefault(file, []).append(line)
            return
        descriptor = os.open(self._folder / file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        os.close(descriptor)

    def _lines(self, file: str) -> list[dict[str, Any]]:
        if self._folder is None:
            return self._memory.get(file, [])
        try:
            return [json.loads(line) for line in (self._folder / file).read_text().splitlines()]
        except FileNotFoundError:
            return []


@dataclass
class Faults:
    """What goes wrong. `submit` is the name of a function below; counts go down with each listing.

    For a listing each: `empty` is one without anything, `part` one that lacks the ids in `without` and doesn't say so,
    `untagged` one whose tags haven't come yet.
    """

    submit: str = "answer"
    at: dict[str, str] = field(default_factory=dict)  # the same for single locations
    lags: int = 0
    empty: int = 0
    part: int = 0
    without: tuple[str, ...] = ()
    untagged: int = 0
    stories: dict[str, Story] = field(default_factory=dict)
    unreachable: int = 0
    notes: tuple[str, ...] = ()
    tags: bool = True
    times: bool = True
    state: str = "running"
    boots: int = 1


class ServiceAdapter(Adapter):
    """The contract over the service."""

    info = INFO

    def __init__(
        self, service: Service, faults: Faults | None = None, clock: Callable[[], datetime] = lambda: NOW
    ) -> None:
        self.service = service
        self.now = clock  # type: ignore[method-assign]
        self.faults = faults or Faults()
        self.listed = 0
        self.on_submit: Callable[[], None] = lambda: None
        self._old: set[str] = {machine["id"] for machine in service.machines}

    def submit(self, spec: MachineSpec) -> Machine:
        place = spec.location.id if spec.location else ""
        self.service.requested(spec.op, spec.name, place)
        self.on_submit()
        fault = self.faults.at.get(place, self.faults.submit)
        how: Callable[[MachineSpec], Machine] = getattr(self, f"_{fault.replace('-', '_')}")
        return how(spec)

    def _answer(self, spec: MachineSpec) -> Machine:
        return Machine(id=self._commit(spec), name=spec.name, state="pending")

    def _error_before(self, spec: MachineSpec) -> NoReturn:
        raise ApiError("Cloud answered 500.", status=500)

    def _error_after(self, spec: MachineSpec) -> NoReturn:
        self._commit(spec)
        raise ApiError("Cloud answered 500.", status=500)

    def _refused(self, spec: MachineSpec) -> NoReturn:
        raise RefusedError("Cloud answered 400: no capacity.", status=400)

    def _no_room(self, spec: MachineSpec) -> NoReturn:
        raise NoRoomError("Cloud answered 409: no capacity.", status=409)

    def _no_room_after(self, spec: MachineSpec) -> NoReturn:
        self._commit(spec)
        raise NoRoomError("Cloud answered 409: no capacity.", status=409)

    def _refused_after(self, spec: MachineSpec) -> NoReturn:
        self._commit(spec)
        raise RefusedError("Cloud answered 400: the date is in the past.", status=400)

    def _other_id(self, spec: MachineSpec) -> Machine:
        return Machine(id=f"mist-{self._commit(spec)}", name=spec.name, state="pending")

    def _hang_before(self, spec: MachineSpec) -> NoReturn:
        raise KeyboardInterrupt

    def _hang_after(self, spec: MachineSpec) -> NoReturn:
        self._commit(spec)
        raise KeyboardInterrupt

    def _bug_after(self, spec: MachineSpec) -> NoReturn:
        self._commit(spec)
        raise KeyError("external_id")

    def _twice(self, spec: MachineSpec) -> NoReturn:
        self._commit(spec)
        self._commit(spec)
        raise UnavailableError("No answer from Cloud in 30 s.")

    def _wrong_id(self, spec: MachineSpec) -> Machine:
        self._commit(spec)
        return Machine(id=self.service.machines[0]["id"], name=spec.name, state="running")

    def _no_id(self, spec: MachineSpec) -> Machine:
        self._commit(spec)
        return Machine(id="", name=spec.name, state="running")

    def _commit(self, spec: MachineSpec) -> str:
        return self.service.make(spec.name, op=spec.op)

    def list_machines(self) -> Listing[Machine]:
        self.listed += 1
        if self.faults.unreachable:
            self.faults.unreachable -= 1
            raise UnavailableError("No answer from Cloud in 30 s.")
        machines = [self._machine(line) for line in self.service.machines if line["state"] != "purged"]
        there = {machine.id for machine in machines}
        if there - self._old and self.faults.lags:
            self.faults.lags -= 1
            machines = [machine for machine in machines if machine.id in self._old]
        else:
            self._old |= there
        machines = self._spoiled(machines)
        return Listing(backend=INFO, records=machines, fetched_at=NOW, notes=self.faults.notes)

    def _spoiled(self, machines: list[Machine]) -> list[Machine]:
        faults = self.faults
        if faults.untagged:
            faults.untagged -= 1
            machines = [msgspec.structs.replace(machine, tags=()) for machine in machines]
        if faults.part:
            faults.part -= 1
            machines = [machine for machine in machines if machine.id not in faults.without]
        if faults.empty:
            faults.empty -= 1
            machines = []
        return machines

    def _machine(self, line: dict[str, Any]) -> Machine:
        created = datetime.fromisoformat(line["created"]) if line["created"] and self.faults.times else None
        tags = ((OP_TAG, line["op"]),) if line["op"] and self.faults.tags else ()
        state = line["state"] if line["state"] != "running" else self.faults.state
        return Machine(id=line["id"], name=line["name"], state=state, created=created, tags=tags)

    def get_machine(self, machine_id: str) -> Machine | None:
        return next((machine for machine in self.list_machines().records if machine.id == machine_id), None)

    def act(self, machine: Machine, action: str) -> None:
        self.service.change(machine.id, state="terminated")

    def close(self) -> None:
        """Nothing to give back."""

    def story(self, op: str) -> Story | None:
        return self.faults.stories.get(op)

    def _unused(self, *_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a create asks for nothing of this")

    needs = list_images = list_sizes = list_locations = list_networks = associate_key = extend = probe = _unused


def report(outcome: str = "ok") -> ProbeReport:
    return ProbeReport(outcome=outcome, host="192.0.2.1", port=22, user="root", via="ssh", probed_at=NOW, seconds=0.1)


@dataclass
class World:
    """One account on the service, its journal and time."""

    folder: Path | None
    limits: Limits = field(default_factory=lambda: Limits(usd_per_hour=1.0, count=20))
    faults: Faults = field(default_factory=Faults)
    now: datetime = NOW
    slept_s: float = 0.0
    shelf: Shelf | None = None
    extra_machines: int = 0

    def __post_init__(self) -> None:
        if self.folder is not None:
            (self.folder / "service").mkdir(exist_ok=True)
        self.service = Service(self.folder and self.folder / "service")
        self.memory = MemoryShelf()
        self.adapter = ServiceAdapter(self.service, self.faults, lambda: self.now)

    @property
    def journal_folder(self) -> Path:
        assert self.folder is not None
        return self.folder / "journal"

    @property
    def journal(self) -> Journal:
        """A kernel's own: nothing is kept from one use to the next."""
        shelf = self.shelf or (FolderShelf(self.journal_folder) if self.folder else self.memory)
        return Journal(shelf, ACCOUNT, clock=lambda: self.now)

    def steps(self, name: str = "web", hourly: float | None = 0.1, **changes: Any) -> Iterator[Step]:
        """A provision, not begun."""
        accepted = changes.pop("accept_unknown_price", False)
        course = Course(
            limits=self.limits,
            accept_unknown_price=accepted,
            probe=changes.pop("probe", None),
            clock=lambda: self.slept_s,
            sleep=self.sleep,
        )
        return provision(self.adapter, spec(name, hourly, **changes), self.journal, course)

    def make(self, name: str = "web", hourly: float | None = 0.1, **changes: Any) -> Machine:
        """Provision it to the end."""
        *_, last = self.steps(name, hourly, **changes)
        assert last.machine is not None
        return last.machine

    def sleep(self, seconds: float) -> None:
        self.slept_s += seconds
        self.now += timedelta(seconds=seconds)

    def settle(self) -> None:
        """Look up all that is open, as a new kernel does, with a service that works again."""
        adapter = ServiceAdapter(self.service, Faults(tags=self.faults.tags, times=self.faults.times))
        for record in self.journal.opened():
            settle(adapter, self.journal, record)

    def look(self, adapter: Adapter, record: Record) -> None:
        """One look at one record."""
        settle(adapter, self.journal, record)

    def record(self, name: str = "web") -> Record:
        """The newest record of that name."""
        return [record for record in self.journal.records() if record.name == name][-1]

    def assert_sound(self) -> None:
        """At most one request for each operation and location, no machine twice, and each of ours in the journal."""
        asked = Counter((request["op"], request["place"]) for request in self.service.requests)
        made = Counter(machine["op"] for machine in self.service.machines if machine["op"])
        living = Counter(m["name"] for m in self.service.machines if m["state"] not in ("terminated", "purged"))
        assert all(number == 1 for number in asked.values()), asked
        assert sum(made.values()) - len(made) == self.extra_machines, made
        assert sum(living.values()) - len(living) in (0, self.extra_machines), living
        records = {record.op: record for record in self.journal.records()}
        assert {op for op, _ in asked} <= set(records)
        assert all(records[op].state != "intent" for op, _ in asked)
        assert all(records[op].state != "dropped" for op in made)
        if not self.extra_machines:
            try:
                self.settle()
            except MistError as error:
                assert type(error).__name__ == "AmbiguousError", error
                return
            records = {record.op: record for record in self.journal.records()}
            ids = {machine["op"]: machine["id"] for machine in self.service.machines if machine["op"]}
            known = {op: records[op].machine_id for op in ids if records[op].state != "forgotten"}
            assert known == {op: ids[op] for op in known}
