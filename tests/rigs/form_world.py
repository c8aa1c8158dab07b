"""A small world for tests of the form's states: backends, what they offer, and what people and servers do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mist_notebook.backends.needs import Needs
from mist_notebook.backends.provider_fields import Field
from mist_notebook.records.model import BackendInfo, Image, Key, Location, Price, Size
from mist_notebook.widgets.form.state import state as machine
from mist_notebook.widgets.form.state.catalogue import BACKENDS, KEYS, Catalogue, Question, Shelf, Taken
from mist_notebook.widgets.form.state.events import Answered, Asked, Chose, Event, Failed, Typed
from mist_notebook.widgets.form.state.facts import Trouble
from mist_notebook.widgets.form.state.model import State
from mist_notebook.widgets.form.state.view import View, view

USD = {"currency": "USD", "source": "a list"}


def size(size_id: str, hourly: float | None = 0.1, **more: Any) -> Size:
    price = Price(hourly=hourly, **USD) if hourly is not None else Price()
    return Size(**{"id": size_id, "name": f"Size {size_id}", "mist_id": f"m-{size_id}", "price": price, **more})


def image(image_id: str, **more: Any) -> Image:
    return Image(**{"id": image_id, "name": f"Image {image_id}", "mist_id": f"m-{image_id}", **more})


def location(location_id: str, **more: Any) -> Location:
    return Location(**{"id": location_id, "name": f"Place {location_id}", "mist_id": f"m-{location_id}", **more})


ONE = BackendInfo(id="b1", name="One", provider="alike")
TWIN = BackendInfo(id="b2", name="Twin", provider="alike")
OTHER = BackendInfo(id="b3", name="Other", provider="linode")
NONE = BackendInfo(id="b4", name="Bare", provider="other")
OFF = BackendInfo(id="b5", name="Off", provider="alike", enabled=False)
SMALL, LARGE, ARM = (
    size("small", 0.1, ram_mb=512.0, disk_gb=10.0, arch="x86"),
    size("large", 0.4, ram_mb=4096.0, disk_gb=80.0, arch="x86_64"),
    size("arm", None, ram_mb=4096.0, arch="arm64", allowed_images=frozenset({"m-pi"})),
)
SIZES = (SMALL, LARGE, ARM)
IMAGES = (
    image("debian", arch="x86_64", starred=True),
    image("fat", arch="x86_64", min_ram_mb=2048.0, min_disk_gb=40.0),
    image("pi", arch="arm64"),
    image("local", origin="community"),
)
PLACES = (
    location("east"),
    location("west", available_sizes=frozenset({"m-small", "m-arm"})),
    location("north", available_images=frozenset({"m-debian"})),
)
EXTRA_FIELDS = (Field("group", "the group", needed=True), Field("nets", "as JSON"))
ANSWERS: dict[Question, tuple[Any, ...]] = {
    BACKENDS: (ONE, TWIN, OTHER, NONE, OFF),
    KEYS: (Key(id="k1", name="demo", default=True), Key(id="k2", name="spare")),
    ("b1", "needs"): (Needs(said=True, cloud_init=True),),
    ("b1", "locations"): PLACES,
    ("b1", "images"): IMAGES,
    ("b1", "sizes"): SIZES,
    ("b1", "names"): (Taken("web", "One has a machine of this name."),),
    ("b2", "needs"): (Needs(said=True, lists_a_part=True),),
    ("b2", "locations"): (*PLACES[:1], location("west", name="West End")),
    ("b2", "images"): IMAGES[:1],
    ("b2", "found pi"): IMAGES[2:],
    ("b2", "sizes"): (SMALL,),
    ("b2", "names"): (),
    ("b3", "needs"): (Needs(said=True, location=False, key_required=False, cloud_init=False, fields=EXTRA_FIELDS),),
    ("b3", "images"): (image("debian", name="Debian 12"),),
    ("b3", "sizes"): (size("small", None),),
    ("b3", "names"): (),
    ("b4", "needs"): (Needs(machines=False, said=True),),
}


@dataclass
class World:
    """A form that is being used: its state, what is known, and what happened so far."""

    state: State = field(default_factory=State)
    catalogue: Catalogue = field(default_factory=Catalogue)
    answers: dict[Question, tuple[Any, ...]] = field(default_factory=lambda: dict(ANSWERS))

    def tell(self, *events: Event) -> World:
        for event in events:
            self.state, self.catalogue = machine.advance(self.state, self.catalogue, event)
        return self

    def ask(self) -> dict[Question, int]:
        """Put what has to be asked to the server; the stamps under which it was."""
        asked = {}
        for question in machine.wanted(self.state, self.catalogue):
            self.tell(Asked(question))
            asked[question] = self.state.asks[question].stamp
        return asked

    def answer(self, question: Question, stamp: int) -> World:
        return self.tell(Answered(question, stamp, Shelf(self.answers.get(question, ()))))

    def fail(self, question: Question, stamp: int, *, refused: bool = False) -> World:
        return self.tell(Failed(question, stamp, Trouble("no answer", "look", refused)))

    def load(self) -> World:
        """Ask, and have everything answered, until nothing more has to be asked."""
        while asked := self.ask():
            for question, stamp in asked.items():
                self.answer(question, stamp)
        return self

    def choose(self, **ids: str | None) -> World:
        """Choose in the given order, each after all that it needs is loaded."""
        for kind, record_id in ids.items():
            self.tell(Chose(kind, record_id)).load()
        return self

    def type(self, **texts: str) -> World:
        return self.tell(*(Typed(name, text) for name, text in texts.items()))

    @property
    def view(self) -> View:
        return view(self.state, self.catalogue)

    @property
    def chosen(self) -> dict[str, str | None]:
        return {kind: self.state.chosen(kind) for kind in ("location", "image", "size", "key")}

    def message(self, name: str) -> str:
        return self.view.controls[name].message


def complete() -> World:
    """A form in which nothing is missing."""
    world = World().load().choose(backend="b1", location="east", image="debian", size="small")
    return world.type(name="web-2")
