"""What the events of a form speak of: wishes, hints, what went wrong, what a fresh look found. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from mist_notebook.display.page import Page
from mist_notebook.ground.amounts.quantity import RamWish, Range
from mist_notebook.records.model import MachineSpec


@dataclass(frozen=True)
class Wishes:
    """What a size should have, where it is suggested."""

    cpus: Range | None = None
    ram: RamWish | None = None

    def __bool__(self) -> bool:
        return self.cpus is not None or self.ram is not None

    def __str__(self) -> str:
        parts = (f"{self.cpus} vCPUs" if self.cpus else "", f"{self.ram} of RAM" if self.ram else "")
        return " and ".join(filter(None, parts))


@dataclass(frozen=True)
class Hints:
    """What suggestions are made by: the backend that was used last, how far countries are, names that are given."""

    backend: str | None = None
    km: Mapping[str, float] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """Why something did not work, and what to do; `refused` if the server no longer takes our token."""

    message: str
    hint: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Problem:
    """What keeps a machine from being made, at the field that has to change; at none where it isn't a field's."""

    field: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a fresh look at everything found: the spec as it is now, its receipt, and what is in the way.

    With `consent` nobody says what it costs, and `word`, the name, has to be typed for it. Of several machines `names`
    are those of all, and `called` is what they have in common; `spec` is the first one's.
    """

    spec: MachineSpec
    receipt: Page
    problems: tuple[Problem, ...] = ()
    consent: bool = False
    names: tuple[str, ...] = ()
    called: str = ""

    @property
    def word(self) -> str:
        """The name that a person typed."""
        return self.called or self.spec.name

    @property
    def specs(self) -> tuple[MachineSpec, ...]:
        """One for each machine; they differ in their names alone."""
        return tuple(replace(self.spec, name=name) for name in self.names or (self.spec.name,))


@dataclass(frozen=True)
class Fill:
    """What a form begins with: words as a person types them, an id or a name; texts for the fields; what it wishes."""

    words: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    wishes: Wishes = Wishes()
