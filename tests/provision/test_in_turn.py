"""Several locations in turn: the next one only after a certain refusal, within one operation and one record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.ground.errors import LimitError, NoRoomError, ProvisionError, RefusedError
from mist_notebook.provision import receipt
from mist_notebook.provision.guard import Limits
from mist_notebook.records.model import Image, Location, Place, Price, Size
from tests.rigs.machine_service import World, spec


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.assert_sound()


def size(hourly: float | None) -> Size:
    return Size(id="s1", name="Small", price=Price(hourly=hourly, currency="USD"))


def places(*hourly: float | None) -> dict[str, Any]:
    """What a spec of locations p1, p2 … has beyond the usual, with what it costs at each."""
    first, *others = [(Location(id=f"p{number}", name=f"P{number}"), one) for number, one in enumerate(hourly, 1)]
    image = Image(id="i1", name="Debian")
    elsewhere = tuple(Place(location=place, size=size(one), image=image) for place, one in others)
    return {"location": first[0], "size": size(first[1]), "elsewhere": elsewhere}


def asked(world: World) -> list[str]:
    return [request["place"] for request in world.service.requests]


def test_the_second_location_makes_it_where_the_first_has_no_room(world: World) -> None:
    world.faults.at = {"p1": "no-room"}
    steps = list(world.steps(**places(0.1, 0.2)))
    assert asked(world) == ["p1", "p2"]
    assert len({request["op"] for request in world.service.requests}) == 1
    assert len(world.journal.records()) == 1
    record = world.record()
    assert (record.state, record.price_hourly) == ("created", 0.2)
    assert record.passed == "p1 has no room (Cloud answered 409: no capacity) · p2 made it"
    said = [step.message for step in steps]
    assert "p1 has no room (Cloud answered 409: no capacity): p2 is asked next." in said
    assert any("p2 made it" in one for one in said)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_where_no_location_has_room_the_record_closes_and_each_is_named(world: World, count: int) -> None:
    world.faults.submit = "no-room"
    with pytest.raises(NoRoomError) as refused:
        world.make(**places(*[0.1] * count))
    assert asked(world) == [f"p{number}" for number in range(1, count + 1)]
    assert "p1 has no room" in refused.value.message
    assert world.record().state == "dropped"
    assert "budget are free" in refused.value.hint


@pytest.mark.parametrize("fault", ["error-before", "refused", "hang-before", "bug-after"])
def test_no_other_location_is_asked_after_doubt_or_another_refusal(world: World, fault: str) -> None:
    world.faults.at = {"p1": fault}
    kinds = {"refused": RefusedError, "hang-before": KeyboardInterrupt, "bug-after": KeyError}
    with pytest.raises(kinds.get(fault, ProvisionError)):
        world.make(**places(0.1, 0.1))
    assert asked(world) == ["p1"]
    assert world.record().passed == ""


def test_doubt_at_the_second_location_is_looked_up_and_ends_there(world: World) -> None:
    world.faults.at = {"p1": "no-room", "p2": "error-after"}
    assert world.make(**places(0.1, 0.3, 0.2)).id == "m1"
    assert asked(world) == ["p1", "p2"]
    assert (world.record().state, world.record().price_hourly) == ("created", 0.3)


def test_a_refusal_after_which_the_machine_is_there_all_the_same_asks_no_other_location(world: World) -> None:
    world.faults.at = {"p1": "no-room-after"}
    assert world.make(**places(0.1, 0.1)).id == "m1"
    assert asked(world) == ["p1"]


def test_the_same_line_again_gives_the_machine_and_other_locations_are_another_wish(world: World) -> None:
    world.faults.at = {"p1": "no-room"}
    made = world.make(**places(0.1, 0.1))
    assert world.make(**places(0.1, 0.1)).id == made.id
    with pytest.raises(Exception, match="location p1,p2 then, p1 now"):
        world.make(**places(0.1))
    assert asked(world) == ["p1", "p2"]


def test_who_stops_watching_between_two_locations_leaves_nothing_open(world: World) -> None:
    world.faults.at = {"p1": "no-room"}
    steps = world.steps(**places(0.1, 0.1))
    for step in steps:
        if "asked next" in step.message:
            break
    steps.close()  # type: ignore[attr-defined]
    assert (asked(world), world.record().state) == (["p1"], "dropped")


@pytest.mark.parametrize("hourly", [(0.1, 0.9), (0.9, 0.1), (0.1, 0.2, 0.9)])
def test_the_dearest_location_counts_until_one_made_it(world: World, hourly: tuple[float, ...]) -> None:
    world.limits = Limits(usd_per_hour=0.5, count=20)
    with pytest.raises(LimitError):
        world.make(**places(*hourly))
    assert asked(world) == []


def test_a_location_of_unknown_price_makes_it_unknown(world: World) -> None:
    with pytest.raises(LimitError, match="unknown"):
        world.make(**places(0.1, None))
    assert asked(world) == []


def test_the_receipt_says_which_is_asked_next_and_what_the_dearest_costs() -> None:
    page = receipt.page([spec(**places(0.1, 0.2))], Limits(usd_per_hour=1.0, count=20), [])
    said = str(page)
    assert "P1 (p1); without room there: P2 (p2)" in said
    assert "0.2000 USD an hour" in said
