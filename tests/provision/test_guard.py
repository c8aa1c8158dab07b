"""The spending guard: what is refused before anything is sent, and that kernels together stay under the limits."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mist_notebook.ground.errors import BadValueError, LimitError
from mist_notebook.provision import guard
from mist_notebook.provision.guard import Limits
from mist_notebook.records.model import MachineSpec, Price, Size
from tests.rigs import child
from tests.rigs.machine_service import INFO, World, spec


def priced(**price: object) -> MachineSpec:
    return spec(size=Size(id="s1", name="Small", price=Price(**price)))  # type: ignore[arg-type]


UNKNOWN = [
    {},
    {"hourly": math.nan, "currency": "USD"},
    {"hourly": math.inf, "currency": "USD"},
    {"hourly": -0.01, "currency": "USD"},
    {"hourly": 0.01, "currency": "EUR"},
    {"monthly": 5.0, "currency": "USD"},
]


@pytest.mark.parametrize("price", UNKNOWN)
def test_an_unknown_price_is_refused_unless_it_is_accepted(price: dict[str, object]) -> None:
    assert guard.usd_per_hour(priced(**price).size.price) is None
    with pytest.raises(LimitError, match="unknown") as caught:
        guard.check_price(priced(**price), accepted=False)
    assert "--accept-unknown-price web" in caught.value.hint
    guard.check_price(priced(**price), accepted=True)
    assert guard.worst_case(priced(**price)) == "unknown"


@pytest.mark.parametrize("price", UNKNOWN)
def test_no_request_is_sent_at_an_unknown_price(price: dict[str, object]) -> None:
    world = World(None)
    with pytest.raises(LimitError):
        list(world.steps(size=priced(**price).size))
    assert (world.service.requests, world.journal.records()) == ([], [])
    world.make(size=priced(**price).size, accept_unknown_price=True)
    assert len(world.service.requests) == 1
    world.assert_sound()


def test_on_the_sandbox_an_unknown_price_is_no_obstacle() -> None:
    guard.check_price(replace(priced(), backend=replace(INFO, sandbox=True)), accepted=False)


@pytest.mark.parametrize("hours", [0, -1, 0.19, 8785, math.nan, math.inf])
def test_a_time_limit_that_is_none_is_refused(hours: float) -> None:
    with pytest.raises(BadValueError, match=re.escape(f"{hours:g} h")):
        guard.check_hours(hours)


def test_a_time_limit_from_twelve_minutes_to_a_year_will_do() -> None:
    for hours in (None, 0.2, 4, 8784):
        guard.check_hours(hours)


def test_the_worst_case_is_told_with_and_without_a_time_limit() -> None:
    assert guard.worst_case(spec(hourly=0.5, hours=4.0)) == "2.00 USD at most, in 4 h"
    assert guard.worst_case(spec(hourly=2.0)) == "1,460.00 USD each month until it is destroyed"
    assert guard.worst_case(priced(hourly=0.1, monthly=50.0, currency="USD")).startswith("50.00 USD each month")


def test_cents_add_up_as_a_person_adds_them() -> None:
    world = World(None, limits=Limits(usd_per_hour=0.3, count=20))
    for name in ("a", "b", "c"):
        world.make(name, 0.1)
    with pytest.raises(LimitError, match=re.escape("would cost 0.3001 USD/h; the limit is 0.3.")) as caught:
        world.make("d", 0.0001)
    assert "--usd-per-hour 0.31" in caught.value.hint
    world.assert_sound()


def test_the_count_is_limited_and_an_ended_machine_counts_no_more() -> None:
    world = World(None, limits=Limits(usd_per_hour=1.0, count=2))
    world.make("a", 0.0)
    world.make("b", 0.0)
    with pytest.raises(LimitError, match="machine number 3; the limit is 2") as caught:
        world.make("c", 0.0)
    assert "--count 3" in caught.value.hint
    assert world.record("c").state == "dropped"
    world.service.change("m1", state="terminated")
    world.settle()
    world.make("c", 0.0)
    assert [request["name"] for request in world.service.requests] == ["a", "b", "c"]
    world.assert_sound()


def test_what_is_in_doubt_counts() -> None:
    world = World(None)
    world.faults.submit = "error_before"
    with pytest.raises(Exception, match="may or may not exist"):
        world.make("a", 0.9)
    with pytest.raises(LimitError):
        world.make("b", 0.2)
    assert len(world.service.requests) == 1
    world.assert_sound()


prices = st.one_of(st.none(), st.floats(min_value=0, max_value=0.6, allow_nan=False), st.sampled_from([0.1, 0.2, 0.3]))
wishes = st.lists(st.tuples(st.integers(0, 6), prices, st.booleans(), st.booleans()), max_size=12)


@settings(max_examples=60)
@given(wishes, st.sampled_from([0.3, 0.5, 1.0]), st.integers(1, 5))
def test_whatever_is_asked_for_no_request_goes_over_a_limit(
    asked: list[tuple[int, float | None, bool, bool]], usd: float, count: int
) -> None:
    world = World(None, limits=Limits(usd_per_hour=usd, count=count))
    for number, hourly, accepted, destroy in asked:
        before = len(world.service.requests)
        try:
            machine = world.make(f"web-{number}", hourly, accept_unknown_price=accepted)
        except (LimitError, BadValueError):
            assert len(world.service.requests) == before
            continue
        opened = world.journal.opened()
        assert sum(record.price_hourly or 0 for record in opened) <= usd * (1 + 1e-12)
        assert len(opened) <= count
        assert accepted or hourly is not None or len(world.service.requests) == before
        if destroy:
            world.service.change(machine.id, state="terminated")
            world.settle()
    world.assert_sound()


@pytest.mark.parametrize("attempt", range(4))
def test_eight_kernels_at_once_stay_under_the_limit_together(tmp_path: Path, attempt: int) -> None:
    world = World(tmp_path)
    world.settle()
    ended = child.together([lambda name=f"web-{n}": world.make(name, 0.3).name for n in range(8)])
    assert all(isinstance(one.error, LimitError | None) for one in ended)
    passed = [one.value for one in ended if one.error is None]
    assert len(passed) <= 3
    assert sorted(request["name"] for request in world.service.requests) == sorted(passed)
    assert sorted(record.name for record in world.journal.opened()) == sorted(passed)
    world.assert_sound()
