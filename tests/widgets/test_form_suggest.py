"""A form opens ready: what is suggested, what gives way to a person's choice, and what is said where nothing fits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import Image
from mist_notebook.widgets.form import here
from mist_notebook.widgets.form.state import fill, suggest
from mist_notebook.widgets.form.state.events import Chose, Filled, Found, Hinted
from mist_notebook.widgets.form.state.facts import Fill, Hints, Wishes
from mist_notebook.widgets.lists import image_systems
from tests.rigs.form_world import ANSWERS, IMAGES, World, image, location, size

NOBLE = image("noble", name="Ubuntu 24.04 LTS", arch="x86_64")
IMAGES_OF_TODAY = (
    image("interim", name="Ubuntu 24.10", arch="x86_64"),
    image("bookworm", name="Debian 12 (bookworm)", arch="x86_64"),
    image("jammy", name="Ubuntu 22.04 LTS", arch="x86_64"),
    image("noble-arm", name="Ubuntu 24.04 LTS arm64", arch="arm64"),
    NOBLE,
    image("noble-sql", name="Ubuntu 24.04 LTS with SQL", arch="x86_64"),
    image("anybodys", name="Ubuntu 26.04 LTS", arch="x86_64", origin="community"),
)
FACTS = {("b1", "images"): IMAGES_OF_TODAY, ("b2", "images"): IMAGES_OF_TODAY[:2]}


def ready(hints: Hints | None = None, begin: Fill | None = None, **answers: Any) -> World:
    """A form that was opened, with everything loaded."""
    world = World(answers={**ANSWERS, **FACTS, **{("b1", kind): found for kind, found in answers.items()}})
    return world.tell(Filled(begin or Fill()), Hinted(hints or Hints())).load()


def test_nothing_is_missing_in_a_form_that_was_just_opened() -> None:
    world = ready()
    assert (world.state.backend, world.chosen, world.state.text("name")) == (
        "b1",
        {"location": "east", "image": "noble", "size": "small", "key": "k1"},
        "ubuntu-1",
    )
    assert world.view.missing == ()
    assert world.view.is_reviewable
    assert world.view.glance["image"] == "Ubuntu 24.04 LTS · x86_64"
    assert world.view.glance["size"] == "Size small · 0.5 GB RAM · 10 GB disk · 0.1000 $/h"
    assert world.view.glance["where"] == "One · Place east"


@pytest.mark.parametrize(("last", "begins"), [("b2", "b2"), ("b5", "b1"), ("gone", "b1"), (None, "b1"), ("b4", "b1")])
def test_it_begins_with_the_backend_that_was_used_last_if_that_makes_machines(last: str | None, begins: str) -> None:
    assert ready(Hints(backend=last)).state.backend == begins


@pytest.mark.parametrize(
    ("km", "nearest"),
    [({"de": 0.0, "us": 6000.0}, "fra"), ({"us": 0.0, "de": 6000.0}, "nyc"), ({}, "nyc"), ({"sg": 10.0}, "sin")],
)
def test_the_nearest_location_is_taken(km: dict[str, float], nearest: str) -> None:
    places = tuple(location(name, country=code) for name, code in (("nyc", "US"), ("fra", "DE"), ("sin", "SG")))
    assert ready(Hints(km=km), locations=places).chosen["location"] == nearest


def test_what_a_person_chose_stays_and_what_depends_on_it_follows() -> None:
    world = ready().choose(image="noble-arm")
    assert world.chosen["image"] == "noble-arm"
    assert world.chosen["size"] is None, "nobody knows what the only size for it costs, and that it starts there"
    world.choose(image="jammy", size="large", location="west")
    assert world.chosen["image"] == "jammy"
    assert world.message("size").startswith("Size large (large) can't be chosen: Place west doesn't have it")
    assert world.chosen["size"] is None, "where something was taken away, a person chooses"


def test_what_a_person_emptied_stays_empty_and_a_name_that_was_typed_is_theirs() -> None:
    world = ready().tell(Chose("key", None)).type(name="mine")
    assert (world.load().chosen["key"], world.state.text("name")) == (None, "mine")
    assert ready().tell(Chose("size", None)).load().chosen["size"] is None


def test_the_name_is_free_and_follows_the_image() -> None:
    from mist_notebook.widgets.form.state.catalogue import Taken

    world = ready(names=(Taken("ubuntu-1", ""), Taken("ubuntu-2", "")))
    assert world.state.text("name") == "ubuntu-3"
    assert world.choose(image="bookworm").state.text("name") == "debian-1"


@pytest.mark.parametrize(
    ("cpus", "ram", "found"),
    [("2", None, "two"), ("3+", None, "four"), (None, "4GB", "four"), ("..1", "2GB", "one"), (None, "4x", None)],
)
def test_wishes_choose_the_cheapest_size_that_has_them(cpus: str | None, ram: str | None, found: str | None) -> None:
    sizes = (
        size("four", 0.4, vcpus=4.0, ram_mb=8192.0),
        size("two", 0.2, vcpus=2.0, ram_mb=2048.0),
        size("one", 0.1, vcpus=1.0, ram_mb=2048.0),
        size("vague", 0.01),
    )
    world = ready(begin=fill.of_words({"cpus": cpus, "ram": ram}), sizes=sizes)
    assert world.chosen["size"] == found
    if found is None:
        assert world.message("size") == "No size here has 4x of RAM: see what else there is, or elsewhere."


@pytest.mark.parametrize(
    ("cpus", "ram", "misses"),
    [("4", None, 0.0), ("8", None, 1.0), ("4", "32GB", 3.0), ("..2", None, 1.0), (None, "4x", 1.0), ("=4", "8GB", 0.0)],
)
def test_a_size_misses_a_wish_by_what_it_lacks_or_has_too_much_of(
    cpus: str | None, ram: str | None, misses: float
) -> None:
    wishes = fill.of_words({"cpus": cpus, "ram": ram}).wishes
    assert suggest.miss(size("four", 0.4, vcpus=4.0, ram_mb=8192.0), wishes) == pytest.approx(misses)
    assert suggest.miss(size("vague", 0.4), wishes) is None


def test_what_was_found_is_said_until_another_size_is_chosen() -> None:
    world = ready().tell(Found("b1", "small", "the cheapest of 3")).load()
    assert world.view.found == "the cheapest of 3"
    assert world.choose(size="small").view.found == ""


def test_wishes_are_numbers_too_and_what_can_not_be_read_is_refused() -> None:
    assert fill.of_words({"cpus": 4, "ram": 16}).wishes == Wishes(quantity.count("4"), quantity.ram("16"))
    with pytest.raises(BadValueError, match="cpus: 'many'"):
        fill.of_words({"cpus": "many"})


def test_the_cheapest_elsewhere_takes_its_backend_and_what_was_guessed_is_guessed_anew() -> None:
    world = ready().type(name="mine").tell(Found("b2", "small", "the cheapest of 3")).load()
    assert (world.state.backend, world.chosen["size"], world.message("size")) == ("b2", "small", "the cheapest of 3")
    assert world.chosen["image"] == "bookworm"
    assert world.state.text("name") == "mine"
    assert world.view.is_reviewable


def test_a_world_without_a_common_system_leaves_the_image_to_a_person() -> None:
    assert ready(images=IMAGES).chosen["image"] is None, "without a version nobody knows how new it is"
    assert ready(images=(image("x", name="Appliance"),)).view.missing == ("image",)


@pytest.mark.parametrize(
    ("name", "family", "version", "is_long"),
    [
        ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20230516", "Ubuntu", (22, 4), True),
        ("ubuntu-2404-noble-amd64-v20250115", "Ubuntu", (24, 4), True),
        ("24.04 (LTS) x64", "Ubuntu", (24, 4), True),
        ("Ubuntu 23.10", "Ubuntu", (23, 10), False),
        ("debian-12-bookworm-v20240110", "Debian", (12, 0), True),
        ("Linux CentOS 5.5 64-bit", "CentOS", (5, 5), True),
        ("Windows Server 2008 64-bit", "Windows", (0, 0), False),
        ("RHEL-7.4_HVM_GA-20170808", "Red Hat", (7, 4), False),
        ("my appliance", image_systems.OTHER, (0, 0), False),
    ],
)
def test_a_system_and_its_version_are_read_from_a_name(
    name: str, family: str, version: tuple[int, int], is_long: bool
) -> None:
    found = image_systems.read(name)
    assert (found.family, found.version, found.is_long) == (family, version, is_long)


def test_images_stand_by_systems_the_newest_first_and_old_ones_folded_away() -> None:
    made = [Image(id=f"u{year}", name=f"Ubuntu {year}.04", created=date(2000 + year, 4, 1)) for year in range(10, 26)]
    families = image_systems.grouped([image("x", name="Appliance"), *made], 50)
    assert [(family, [one.id for one in part]) for family, part in families] == [
        ("Ubuntu", ["u25", "u24", "u23", "u22", "u21", "u20"]),
        (image_systems.OTHER, ["x"]),
    ]


def test_how_far_a_country_is_comes_from_the_time_zone(tmp_path: Path) -> None:
    table = tmp_path / "zone1970.tab"
    table.write_text(
        "#codes\tcoordinates\tTZ\nDE,DK\t+5230+01322\tEurope/Berlin\nGR\t+3758+02343\tEurope/Athens\n"
        "US\t+404251-0740023\tAmerica/New_York\nUS\t+340308-1181434\tAmerica/Los_Angeles\nbroken\n"
    )
    found = here.of_zone("Europe/Athens", table)
    assert (found["gr"], sorted(found, key=lambda code: found[code])) == (0.0, ["gr", "de", "dk", "us"])
    assert 1700 < found["de"] < 1900
    assert here.of_zone("Etc/UTC", table) == here.of_zone("Europe/Athens", tmp_path / "none") == {}
