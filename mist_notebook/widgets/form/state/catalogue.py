"""What a form knows by now of what there is: the records of each backend and kind, as they were read. Never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from mist_notebook.backends.needs import Needs
from mist_notebook.records.model import BackendInfo, Image, Location

from . import fits

SHARED = ""  # stands for the backend of what belongs to the account
BACKENDS, KEYS = (SHARED, "backends"), (SHARED, "keys")
OWN = "own "  # how the id of a key begins that was not taken yet
OWN_KEYS = (SHARED, "own keys")  # of this computer, and not taken yet

_PARTS_KEPT = 4

PRICES = "prices"  # of a backend's sizes by location: one record, of no listing
FOUND = "found "  # what is found by searching: the words follow

CHOICES = "choices "  # what an extra field can name: the field's name, and at which location

Question = tuple[str, str]  # a backend's id, and what of it: needs, locations, images, sizes, names, or found …


@dataclass(frozen=True)
class Taken:
    """A name that a new machine can't have, and why; its id is the name."""

    id: str
    why: str


@dataclass(frozen=True)
class OwnKey:
    """A key of this computer that can be taken: its public half as a line, where it is, and whatever finds it again."""

    id: str
    name: str
    public: str
    where: str
    key: Any = None

    @property
    def has_private(self) -> bool:
        """Whether its private half is a file here."""
        return getattr(self.key, "private", None) is not None


@dataclass(frozen=True, eq=False)
class Shelf:
    """The records of one listing. Two shelves are the same only if they are one: a listing can hold 150,000."""

    records: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    _parts: list[tuple[tuple[Any, ...], Shelf]] = field(default_factory=list, repr=False)
    _made: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = field(default_factory=list, repr=False)

    @cached_property
    def by_id(self) -> dict[str, Any]:
        """The records by their ids; an id that several have means none of them."""
        found: dict[str, Any] = {}
        twice = set()
        for record in self.records:
            if record.id in found:
                twice.add(record.id)
            found[record.id] = record
        return {record_id: record for record_id, record in found.items() if record_id not in twice}

    @cached_property
    def usable(self) -> tuple[Any, ...]:
        """The records whose id means one of them."""
        found = self.by_id
        return self.records if len(found) == len(self.records) else tuple(found.values())

    def joined(self, other: Shelf) -> Shelf:
        """The records of both, those of the other one last, and each id once."""
        new = tuple(record for record in other.records if record.id not in self.by_id)
        return Shelf((*self.records, *new), (*self.notes, *other.notes)) if new else self

    def images_at(self, location: Location | None) -> Shelf:
        """The images that the location has; the same shelf for the same location."""
        if location is None or location.available_images is None:
            return self
        return self._part((location,), lambda image: not fits.unfit_image(image, location))

    def sizes_for(self, location: Location | None, image: Image | None) -> Shelf:
        """The sizes that go with both; the same shelf for the same two."""
        if location is None and image is None:
            return self
        return self._part((location, image), lambda size: not fits.unfit_size(size, location=location, image=image))

    def made(self, of: tuple[Any, ...], make: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        """What is made of these; the same object for the same ones."""
        if not self._made or not all(one is other for one, other in zip(self._made[0][0], of, strict=True)):
            self._made[:] = [(of, make())]
        return self._made[0][1]

    def _part(self, limits: tuple[Any, ...], keeps: Callable[[Any], bool]) -> Shelf:
        """The records that `keeps` keeps; the last few parts stay, as one goes back and forth between choices."""
        for known, part in self._parts:
            if all(one is other for one, other in zip(known, limits, strict=True)):
                return part
        part = Shelf(tuple(record for record in self.usable if keeps(record)), self.notes)
        self._parts.append((limits, part))
        del self._parts[:-_PARTS_KEPT]
        return part


@dataclass(frozen=True)
class Catalogue:
    """The shelves, by what was asked."""

    shelves: Mapping[Question, Shelf] = field(default_factory=dict)

    def with_shelf(self, question: Question, shelf: Shelf) -> Catalogue:
        """The same with what this question was answered by now; images that were found join those that are listed."""
        backend, kind = question
        if kind.startswith(FOUND):
            question = (backend, "images")
            shelf = self.shelves.get(question, Shelf()).joined(shelf)
        return replace(self, shelves={**self.shelves, question: shelf})

    def records(self, question: Question) -> tuple[Any, ...]:
        """What is known; nothing where it isn't known yet."""
        shelf = self.shelves.get(question)
        return shelf.records if shelf else ()

    def find(self, question: Question, record_id: str | None) -> Any:
        """The record of that id; `None` where it isn't known, or isn't one."""
        shelf = self.shelves.get(question)
        return shelf.by_id.get(record_id) if shelf and record_id is not None else None

    def backend(self, backend_id: str | None) -> BackendInfo | None:
        """The backend of that id."""
        found: BackendInfo | None = self.find(BACKENDS, backend_id)
        return found

    def needs(self, backend_id: str | None) -> Needs | None:
        """What the backend needs, once it is known."""
        return next(iter(self.records((backend_id or SHARED, "needs"))), None)
