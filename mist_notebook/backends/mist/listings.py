"""The listings of a backend of a Mist server: live, by asking its cloud, and as the server has them stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from mist_notebook.backends import images
from mist_notebook.backends.base import Adapter
from mist_notebook.ground import moments
from mist_notebook.net.http import decode_rows, gc_paused, quote_segment
from mist_notebook.records.model import BackendInfo, Choice, Image, Listing, Location, Machine, Network, Size

from . import choosing, fields, machine_wire, wire
from .own_ids import OwnIds
from .server import MistServer

SEARCH_CAP = 40
LIST_ONLY_A_PART = {"ec2", "docker"}
_ONLY_SEARCHED = "{name}: these are the images that it lists by itself; others only a search finds: --search WORDS."

Record = TypeVar("Record")
Row = TypeVar("Row", bound=wire.Row)


class MistListings(Adapter):
    """What a backend of a Mist server has."""

    def __init__(self, server: MistServer, info: BackendInfo) -> None:
        self.server = server
        self.info = info
        self._own_ids = OwnIds()

    def list_images(self, search: str = "", *, everything: bool = False) -> Listing[Image]:
        # Never a search for "*": a real server asks the cloud for it, cuts it at 50, and stores those for good.
        listing = self._list("images", wire.WireImage, wire.image, body={"search_term": search} if search else None)
        notes = listing.notes
        if not search:
            is_part = everything and self.info.provider in LIST_ONLY_A_PART
            notes += (_ONLY_SEARCHED.format(name=self.info.name),) if is_part else ()
            return msgspec.structs.replace(listing, notes=notes)
        if len(listing.records) == SEARCH_CAP:
            notes += (f"The server stops a search at {SEARCH_CAP} images: there may be more. Search for more words.",)
        wanted = search.casefold()
        found = [image for image in listing.records if wanted in image.name.casefold() or wanted in image.id.casefold()]
        return msgspec.structs.replace(listing, records=found, notes=notes)

    def find_image(self, reference: Any, architecture: str | None = None) -> Image:
        if self.info.provider in LIST_ONLY_A_PART:
            return images.find(reference, architecture, self.list_images)
        return images.picked(reference, self.list_images().records, architecture)

    def list_sizes(self) -> Listing[Size]:
        return self._sizes({})

    def list_locations(self) -> Listing[Location]:
        return self._list("locations", wire.WireLocation, wire.location)

    def list_networks(self) -> Listing[Network]:
        return self._list("networks", wire.WireNetwork, wire.network)

    def list_choices(self, field: str, location: Location | None = None) -> Listing[Choice] | None:
        del location
        return choosing.listed(field, self.info, self._list)

    def list_machines(self) -> Listing[Machine]:
        return self._machines({})  # per backend: the list of all backends answers from Mist's own cache

    def stored(self, kind: str) -> Listing[Any] | None:
        how = {"cached": "1"}
        listers: dict[str, Callable[[], Listing[Any]]] = {
            "images": lambda: self._list("images", wire.WireImage, wire.image, params=how),
            "sizes": lambda: self._sizes(how),
            "locations": lambda: self._list("locations", wire.WireLocation, wire.location, params=how),
            "networks": lambda: self._list("networks", wire.WireNetwork, wire.network, params=how),
            "machines": lambda: self._machines(how),
        }
        listing = listers[kind]()
        return listing if listing.records else None

    def _sizes(self, params: Mapping[str, str]) -> Listing[Size]:
        driver = self.server.provider_name(self.info.provider)
        today = datetime.now(UTC).date()
        read = partial(wire.size, info=self.info, driver=driver, today=today)
        return self._list("sizes", wire.WireSize, read, params=params)

    def _machines(self, params: Mapping[str, str]) -> Listing[Machine]:
        now = self.now()
        return self._list(
            "machines",
            machine_wire.WireMachine,
            lambda row: self._own_ids.given(machine_wire.machine(row, self.info, now=now)),
            params=params,
        )

    @property
    def _path(self) -> str:
        return f"/api/v1/clouds/{quote_segment(self.info.mist_id)}"

    def _list(
        self,
        kind: str,
        shape: type[Row],
        read: Callable[[Row], Record | None],
        *,
        body: object = None,
        params: Mapping[str, str] | None = None,
    ) -> Listing[Record]:
        path = f"{self._path}/{kind}"
        with gc_paused():
            answer = self.server.http.get(path, params=params or None, json=body, catalogue=kind == "images")
            rows, unreadable = decode_rows(answer, shape, where=path)
            stored_at = _stored_at(answer) if params else None
            del answer
            records = [record for row in rows if (record := read(row)) is not None]
        self._own_ids.learn(kind, records)
        unusable = unreadable + len(rows) - len(records)
        notes = _notes(kind, self.info.name, unusable, records)
        now = datetime.now(UTC)
        if params:
            notes += (_as_stored(self.info.name, kind, stored_at, now),)
        return Listing(
            backend=self.info,
            records=records,
            fetched_at=stored_at or now,
            notes=notes,
            stored_at=(stored_at or now) if params else None,
        )


def _notes(kind: str, backend: str, unusable: int, records: Iterable[Any]) -> tuple[str, ...]:
    """What a person should know of a listing that is not what the server sent, one line each."""
    notes = []
    if unusable:
        were = "was left out, because its id" if unusable == 1 else "were left out, because their ids"
        notes.append(f"{backend}: {unusable} of its {kind} {were} can't be read.")
    twice = [record_id for record_id, count in Counter(record.id for record in records).items() if count > 1]
    if twice:
        ids = "1 id stands" if len(twice) == 1 else f"{len(twice)} ids stand"
        notes.append(f"{backend}: {ids} for several {kind}, such as '{twice[0]}'; none of these can be used.")
    return tuple(notes)


class _Seen(msgspec.Struct):
    last_seen: Any = None


def _stored_at(answer: bytes) -> datetime | None:
    """When the newest of these was seen, as Mist writes it; unknown where it doesn't say."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        rows = msgspec.json.decode(answer, type=list[_Seen])
        latest = datetime.now(UTC) + timedelta(days=1)
        moments = [moment for row in rows if (moment := fields.moment_of(row.last_seen, latest=latest))]
        return max(moments, default=None)
    return None


def _as_stored(backend: str, kind: str, stored_at: datetime | None, now: datetime) -> str:
    """That these are not live, and how old they are."""
    when = "at some time" if stored_at is None else moments.day_and_time(stored_at, seconds=False)
    age_s = (now - stored_at).total_seconds() if stored_at else 0.0
    age = f", {age_s / 60:.0f} minutes ago" if age_s >= 60 else ""
    where = f"{backend}: these are its {kind} as its Mist server stored them, {when}{age}."
    return f"{where} The live answer is on its way: the same line again."
