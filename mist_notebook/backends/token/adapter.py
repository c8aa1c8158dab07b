"""The one adapter for clouds with a token and JSON: what they have in common, done with the facts of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from mist_notebook.backends import images
from mist_notebook.backends.base import Adapter
from mist_notebook.backends.needs import Needs
from mist_notebook.backends.parts import start
from mist_notebook.ground.errors import ApiError, MistError, RefusedError
from mist_notebook.net.http import Http, decode, quote_segment
from mist_notebook.records.model import (
    Account,
    BackendInfo,
    Choice,
    Image,
    Key,
    Listing,
    Location,
    Machine,
    MachineSpec,
    Orphan,
    Price,
    Quota,
    Size,
)

from . import fitting, left, pricing
from .credentials import Found
from .facts import Facts, Row, Rows, Terms
from .reading import Read, Reader

Record = TypeVar("Record", bound=Any)


@dataclass(frozen=True)
class Opening:
    """What one adapter is opened with."""

    facts: Facts
    found: Found
    info: BackendInfo
    door: Http


class TokenAdapter(Adapter):
    """One account at one of these clouds."""

    kept_here = True
    tells_no_room = True
    sees_new_after_s = 30.0

    def __init__(self, opening: Opening) -> None:
        self.info = opening.info
        self._facts, self._found, self._door = opening.facts, opening.found, opening.door
        self._reader = Reader(self._door, self._facts, self._found.project)
        self._terms: Terms | None = None
        self._account: Account | None = None

    @property
    def billed_when_stopped(self) -> bool:
        return self._facts.billed_when_stopped

    def account(self) -> Account:
        """Whose it is: as the cloud says; where it says nothing, by the project, or by what tells tokens apart."""
        if self._account is None:
            who, label = self._found.project or self._found.mark, self.info.name
            if self._facts.who is not None:
                who, label = self._facts.who(self._reader.answer(self._facts.who_path))
            if not who:
                raise ApiError(f"{self._facts.name} doesn't say whose account it is.", "Its answer has changed.")
            self._account = Account(place=self._facts.provider, id=who, label=label, source=self._found.source)
        return self._account

    def now(self) -> datetime:
        return self._door.server_clock.now()

    def clock_difference(self) -> str:
        return self._door.server_clock.difference()

    def needs(self) -> Needs:
        takes_data = self._facts.most_user_data > 0
        fields = tuple(one.field for one in self._facts.choices)
        return Needs(cloud_init=takes_data, script=takes_data, hours=False, fields=fields, said=True)

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        del everything
        listing = self._listing("images", self._facts.images, self._facts.image)
        wanted = search.casefold()
        found = [one for one in listing.records if wanted in f"{one.name}\n{one.id}\n{one.os or ''}".casefold()]
        return replace(listing, records=found)

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        return images.picked(reference, self.list_images().records, architecture)

    def list_sizes(self) -> Listing[Size]:
        terms = self._terms_now()
        today = datetime.now(UTC).date()
        read = self._reader.list(self._facts.sizes)
        if self._facts.zones:
            read = Read(pricing.by_zone(read.rows), read.unusable, read.notes)

        def size(row: Row) -> Size | None:
            plain = self._facts.size(row)
            return plain and replace(plain, price=pricing.least(self._facts, row, terms, today), spec_source="api")

        return self._as_listing("sizes", read, size)

    def list_locations(self) -> Listing[Location]:
        if self._facts.locations is None:
            zones = [Location(id=zone, mist_id=zone, name=zone, kind="zone") for zone in self._facts.zones]
            return Listing(backend=self.info, records=zones, fetched_at=datetime.now(UTC))
        return self._listing("locations", self._facts.locations, self._facts.location)

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        found = next((one for one in self._facts.choices if one.field.name == field), None)
        if found is None:
            return None
        if "{zone}" not in found.rows.path:
            return self._listing("choices", found.rows, found.choice)
        if location is None:
            return None
        path = found.rows.path.format(zone=quote_segment(location.id))
        return self._listing("choices", dataclasses.replace(found.rows, path=path), found.choice)

    def list_machines(self) -> Listing[Machine]:
        return self._listing("machines", self._facts.machines, self._facts.machine)

    def get_machine(self, machine_id: str) -> Machine | None:
        if self._facts.zones and "/" not in machine_id:
            return None
        try:
            answer = self._reader.answer(self._path_of(machine_id))
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return self._one(answer)

    def keys(self) -> list[Key]:
        return self._listing("keys", self._facts.keys, self._facts.key).records

    def import_key(self, name: str, public: str) -> Key:
        there = self._key_of(public)
        if there is None:
            self._door.send("POST", self._facts.keys.path, json=self._facts.new_key(name, public, self._found.project))
            there = self._key_of(public)
        if there is None:
            raise ApiError(f"{self.info.name} took the key '{name}', and doesn't list it.", "Try again in a moment.")
        return there

    def prices_at(self, sizes: Sequence[Size], locations: Sequence[Location]) -> Mapping[str, Mapping[str, Price]]:
        terms, today = self._terms_now(), datetime.now(UTC).date()
        places = [location.id for location in locations]
        return {size.id: pricing.by_place(self._facts, size.extra, terms, today, places) for size in sizes}

    def fitted(self, spec: MachineSpec) -> MachineSpec:
        fitting.check(self._facts, self.info.name, spec)
        price = pricing.at(self._facts, spec, self._terms_now(), datetime.now(UTC).date())
        return replace(spec, size=replace(spec.size, price=price))

    def submit(self, spec: MachineSpec) -> Machine:
        path = self._facts.machines.path.format(zone=spec.location.id if spec.location else "")
        body = start.without_nothing(self._facts.create(spec, start.user_data(spec), self._found.project))
        answer = decode(self._door.create("POST", path, json=body), dict[str, Any], where=path)
        machine = self._one(answer)
        if machine is None:
            raise ApiError(f"{self.info.name} answered a create without the machine's id.", "It may have been made.")
        if self._facts.after is not None:
            self._set_going(machine)
        return machine

    def act(self, machine: Machine, action: str) -> None:
        method, path, body = self._facts.acts[action]
        self._door.send(method, self._path_of(machine.id) + path, json=body)

    def rest(self) -> None:
        self._door.rest()

    def quota(self, size: Size | None = None, location: Location | None = None) -> tuple[Quota, ...]:
        del size, location
        if self._facts.quota is None:
            return ()
        said = self._facts.quota(self._reader.answer(self._facts.quota_path))
        return (replace(said, used=float(len(self.list_machines().records))),)

    def tidy(self, machine: Machine) -> None:
        left.tidy(self._facts, self._reader, self._door, self.list_machines(), machine)

    def orphans(self) -> Listing[Orphan]:
        found = left.orphans(self._facts, self._reader, self.list_machines())
        return Listing(backend=self.info, records=found, fetched_at=datetime.now(UTC))

    def sweep(self, orphan: Orphan) -> None:
        left.check(orphan, left.orphans(self._facts, self._reader, self.list_machines()))
        left.remove(self._facts, self._door, orphan)

    def close(self) -> None:
        self._door.close()

    def _set_going(self, machine: Machine) -> None:
        """Ask a new machine to start, once; it is there by then, so that no failure of this is one of the create."""
        try:
            self._door.send("POST", f"{self._path_of(machine.id)}/action", json=self._facts.after)
        except RefusedError:
            raise
        except MistError as error:
            raise ApiError(
                f"'{machine.name}' was made ({machine.id}), not started: {error.message}", error.hint
            ) from None

    def _one(self, answer: Row) -> Machine | None:
        row = self._facts.one(answer)
        return self._facts.machine(row) if isinstance(row, dict) else None

    def _path_of(self, machine_id: str) -> str:
        zone, _, own = machine_id.rpartition("/") if self._facts.zones else ("", "", machine_id)
        place = quote_segment(zone) if self._facts.zones else ""
        return self._facts.machine_path.format(zone=place, id=quote_segment(own))

    def _key_of(self, public: str) -> Key | None:
        wanted = public.split()[:2]
        return next((key for key in self.keys() if (key.public or "").split()[:2] == wanted), None)

    def _terms_now(self) -> Terms:
        """The currency, and what goes for all prices; asked once."""
        if self._terms is None:
            asked = self._facts.terms and self._facts.terms(self._reader.answer(self._facts.terms_path))
            self._terms = asked or self._facts.usual_terms
        return self._terms

    def _listing(self, kind: str, rows: Rows, record: Callable[[Row], Record | None]) -> Listing[Record]:
        return self._as_listing(kind, self._reader.list(rows), record)

    def _as_listing(self, kind: str, read: Read, record: Callable[[Row], Record | None]) -> Listing[Record]:
        made = [one for row in read.rows if (one := record(row)) is not None]
        unusable = read.unusable + sum(record(row) is None and not _is_left_out(row) for row in read.rows)
        notes = read.notes
        if unusable and kind == "machines":
            notes += (f"{self.info.name}: {unusable} of its machines can't be read.",)
        return Listing(backend=self.info, records=_each_once(made), fetched_at=datetime.now(UTC), notes=notes)


def _is_left_out(row: Row) -> bool:
    """Whether a row has an id, and is left out on purpose: withdrawn, or not for machines."""
    return any(row.get(key) for key in ("id", "slug", "name"))


def _each_once(records: Sequence[Record]) -> list[Record]:
    """Without what stands on two pages, because something was made or destroyed between them."""
    return list({record.id: record for record in records}.values())
