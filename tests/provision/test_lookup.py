"""Which machine is a record's, and when it is gone: listings that lack it, ids that change, tags that come late."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import NoReturn

import pytest

from mist_notebook.ground.errors import (
    AmbiguousError,
    ApiError,
    AuthError,
    LimitError,
    MistError,
    ProvisionError,
    RefusedError,
    UnavailableError,
)
from mist_notebook.provision.guard import Limits
from mist_notebook.provision.lookup import returned, unknown
from mist_notebook.records.model import Step, Story
from tests.rigs.machine_service import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.assert_sound()


def look(world: World) -> str:
    """One look at all that is open, as `%mist machines` takes it; the state of the newest `web`."""
    with_faults = world.adapter
    for record in world.journal.opened():
        world.look(with_faults, record)
    returned(world.journal, with_faults.list_machines())
    return world.record().state


# A listing that lacks it


@pytest.mark.parametrize("empty", [1, 2, 5, 40])
def test_listings_that_are_empty_for_a_moment_close_nothing(world: World, empty: int) -> None:
    world.make()
    world.faults.empty = empty
    for _ in range(empty):
        assert look(world) == "created"
        world.sleep(2)
    assert look(world) == "created"
    assert world.record().missed is None


def test_a_listing_that_lacks_a_part_and_does_not_say_so_closes_nothing(world: World) -> None:
    world.make()
    world.make("db")
    world.faults.part, world.faults.without = 3, ("m1",)
    for _ in range(3):
        look(world)
        world.sleep(30)
    look(world)
    assert {record.name: record.state for record in world.journal.records()} == {"web": "created", "db": "created"}


def test_absence_counts_only_from_complete_looks_that_are_minutes_apart(world: World) -> None:
    world.make()
    world.service.change("m1", state="purged")
    assert look(world) == "created"
    world.sleep(100)
    world.faults.notes = ("1 of its machines left out.",)
    assert look(world) == "created"
    world.sleep(600)
    assert look(world) == "created"
    world.faults.notes = ()
    assert look(world) == "gone"


def test_what_was_seen_again_in_between_is_missed_anew(world: World) -> None:
    world.make()
    world.sleep(3600)
    for _ in range(4):
        world.faults.empty = 1
        assert look(world) == "created"
        world.sleep(150)
        assert look(world) == "created"
        world.sleep(150)


def test_the_last_look_before_it_is_called_gone_is_taken_twice(world: World) -> None:
    world.make()
    world.sleep(3600)
    world.faults.empty = 1
    look(world)
    world.sleep(600)
    world.faults.empty = 1
    assert look(world) == "created"


def test_a_service_that_fails_in_the_middle_proves_nothing(world: World) -> None:
    world.make()
    world.sleep(3600)
    world.faults.empty = 1
    look(world)
    world.sleep(3600)
    world.faults.unreachable = 1
    with pytest.raises(MistError):
        look(world)
    assert world.record().state == "created"


def test_the_services_own_word_closes_at_once(world: World) -> None:
    world.make()
    world.service.change("m1", state="terminated")
    assert look(world) == "gone"


def test_empty_listings_don_t_free_the_budget(world: World) -> None:
    world.limits = Limits(usd_per_hour=1.0, count=20)
    for number in range(10):
        world.make(f"web-{number}")
    world.faults.empty = 12
    for number in range(10, 16):
        with pytest.raises(LimitError):
            world.make(f"web-{number}")
        world.sleep(1)
    assert len(world.service.requests) == 10


# It comes back


def test_what_was_closed_comes_back_with_its_id_or_its_tag(world: World) -> None:
    world.make()
    record = world.record()
    world.journal.advance(record, "gone")
    assert look(world) == "created"
    world.journal.advance(world.record(), "gone")
    world.service.change("m1", op="")
    assert look(world) == "created"
    world.service.change("m1", op=record.op)


@pytest.mark.parametrize("end", ["gone", "forgotten"])
def test_what_comes_back_counts_before_another_is_made(world: World, end: str) -> None:
    world.limits = Limits(usd_per_hour=0.15, count=20)
    world.make()
    world.journal.advance(world.record(), end)
    with pytest.raises(LimitError):
        world.make("db")
    assert world.record("web").state == "created"


def test_what_comes_back_beside_a_new_one_of_its_name_is_open_beside_it(world: World) -> None:
    world.make()
    first = world.record()
    world.service.change("m1", state="purged")
    world.journal.advance(first, "gone")
    world.make()
    world.service.change("m1", state="running")
    world.extra_machines = 0
    look(world)
    opened = {record.op: record.machine_id for record in world.journal.opened()}
    assert opened[first.op] == "m1"
    assert sorted(opened.values()) == ["m1", "m2"]
    world.service.change("m1", state="terminated")
    look(world)
    assert [record.machine_id for record in world.journal.opened()] == ["m2"]


def test_an_id_that_another_operations_machine_has_by_now_brings_nothing_back(world: World) -> None:
    world.make()
    op = world.record().op
    world.journal.advance(world.record(), "gone")
    world.service.change("m1", op="f" * 32)
    look(world)
    assert world.record().state == "gone"
    assert [machine.id for machine in unknown(world.journal, world.adapter.list_machines())] == ["m1"]
    world.service.change("m1", op=op)


# Ids and tags


def test_a_machine_that_is_listed_with_another_id_than_was_answered_is_found_by_its_tag(world: World) -> None:
    world.faults.submit = "other_id"
    steps = list(world.steps())
    assert steps[-1].state == "running"
    assert world.record().machine_id == "m1"
    assert world.slept_s == 0.1


def test_a_tag_that_comes_late_is_waited_for_before_anything_is_offered(world: World) -> None:
    world.faults.submit, world.faults.untagged = "error_after", 6
    assert world.make().id == "m1"
    assert world.slept_s == 10


def test_an_id_that_changes_later_is_followed_by_the_tag(world: World) -> None:
    world.make()
    world.service.change("m1", new_id="i-0a1b")
    look(world)
    assert (world.record().state, world.record().machine_id) == ("created", "i-0a1b")


def test_a_machine_of_that_id_with_another_operations_tag_is_not_ours(world: World) -> None:
    world.make()
    op = world.record().op
    world.sleep(3600)
    world.service.change("m1", op="f" * 32)
    look(world)
    world.sleep(300)
    look(world)
    assert world.record().state == "gone"
    world.service.change("m1", op=op)


# A refusal that is certain, and one that isn't what it says


def test_a_certain_refusal_closes_the_record_and_frees_name_and_budget(world: World) -> None:
    world.limits = Limits(usd_per_hour=0.1, count=1)
    world.faults.submit = "refused"
    with pytest.raises(RefusedError, match="no capacity") as caught:
        world.make()
    assert "the name 'web' and the budget are free" in caught.value.hint
    assert (world.record().state, world.journal.opened()) == ("dropped", [])
    world.faults.submit = "answer"
    assert world.make().id == "m1"


def test_a_machine_that_is_there_after_a_refusal_is_ours_all_the_same(world: World) -> None:
    world.faults.submit = "refused_after"
    assert world.make().id == "m1"
    assert world.record().state == "created"


def test_a_machine_that_shows_only_later_after_a_refusal_comes_back(world: World) -> None:
    world.faults.submit, world.faults.lags = "refused_after", 1
    with pytest.raises(RefusedError):
        world.make()
    assert look(world) == "created"


def test_what_a_colleague_made_by_hand_after_a_refusal_is_not_ours(world: World) -> None:
    world.faults.submit = "refused"
    with pytest.raises(RefusedError):
        world.make()
    world.sleep(1800)
    world.service.make("web", created=world.now)
    look(world)
    assert world.journal.opened() == []
    with pytest.raises(MistError, match="not made from here"):
        world.make()


def test_what_a_colleague_made_by_hand_while_ours_is_in_doubt_is_offered(world: World) -> None:
    world.faults.submit = "error_before"
    with pytest.raises(ProvisionError):
        world.make()
    world.service.make("web", created=world.now)
    with pytest.raises(AmbiguousError, match="Nothing but its name"):
        look(world)
    assert (world.record().state, world.record().machine_id) == ("unknown", None)


def test_what_the_service_tells_of_a_doubtful_create_settles_it(world: World) -> None:
    world.faults.submit = "error_before"
    for name in ("web", "db"):
        with pytest.raises(ProvisionError, match="may or may not exist"):
            world.make(name)
    made = world.service.make("web")
    world.faults.stories[world.record("web").op] = Story(machine_id=made)
    world.faults.stories[world.record("db").op] = Story(refused="quota")
    look(world)
    records = {record.name: (record.state, record.machine_id, record.note) for record in world.journal.records()}
    assert records["web"][:2] == ("created", made)
    assert records["db"] == ("dropped", None, "quota")
    world.faults.submit = "answer"
    world.make("db")


def test_a_create_that_the_service_refuses_later_is_said_to_be_refused(world: World) -> None:
    world.faults.submit = "error_before"
    world.adapter.on_submit = lambda: world.faults.stories.update({world.record().op: Story(refused="no capacity")})
    with pytest.raises(RefusedError, match="'web' was not made: no capacity"):
        world.make()
    assert world.journal.opened() == []


# While it is followed


def test_a_machine_that_vanishes_while_it_is_followed_is_called_missing_then_gone(world: World) -> None:
    world.faults.boots, world.faults.state = 100, "pending"
    steps = world.steps()
    messages = []
    with pytest.raises(ProvisionError, match=r"web \(m1\) is gone: Cloud lists it no more\."):
        for step in steps:
            messages.append(step.message)
            if step.state == "pending" and len(messages) == 6:
                world.service.change("m1", state="purged")
    assert any("Cloud doesn't list it just now" in message for message in messages)
    assert 180 <= world.slept_s <= 200
    assert world.record().state == "gone"


def test_what_is_waited_for_and_until_when_is_in_every_step(world: World) -> None:
    world.faults.state = "pending"
    with pytest.raises(ProvisionError):
        for step in world.steps():
            if step.state == "pending":
                assert "waiting for it to run, until 12:10:00 UTC at the longest" in step.message


@pytest.mark.parametrize(
    "error", [UnavailableError("No answer in 30 s."), ApiError("500", status=500), AuthError("no")]
)
def test_a_probe_without_an_answer_ends_the_create_and_says_what_runs(world: World, error: MistError) -> None:
    def silent(_: object) -> NoReturn:
        raise error

    with pytest.raises(ProvisionError, match=r"web \(m1\) runs, and costs; its probe had no answer") as caught:
        list(world.steps(probe=silent))
    assert "%mist probe web" in caught.value.hint
    assert world.record().state == "created"


@pytest.mark.parametrize("up", ["normal", "succeeded"])
def test_other_words_for_running_will_do(world: World, up: str) -> None:
    world.faults.state = up
    assert world.make().id == "m1"
    assert world.slept_s == 0.1


def test_what_its_service_took_to_destroy_is_gone_once_it_is_not_listed(world: World) -> None:
    world.make()
    world.make("db")
    for name, going in (("web", True), ("db", False)):
        world.journal.advance(world.record(name), "destroying", going=going)
    for machine_id in ("m1", "m2"):
        world.service.change(machine_id, state="purged")
    assert look(world) == "gone"
    assert world.record("db").state == "destroying"
    world.sleep(600)
    look(world)
    assert world.record("db").state == "gone"


@pytest.mark.parametrize("how", ["destroyed from here", "made after it was gone", "destroyed, and no date"])
def test_an_id_that_somebody_gave_again_brings_nothing_back(world: World, how: str) -> None:
    world.make()
    op = world.record().op
    if how.startswith("destroyed"):
        world.journal.advance(world.record(), "destroying", going=True)
    world.sleep(60)
    world.journal.advance(world.record(), "gone")
    world.sleep(60)
    world.service.change("m1", op="", created="" if "no date" in how else world.now.isoformat())
    look(world)
    assert world.record().state == "gone"
    with pytest.raises(MistError, match="not made from here"):
        world.make()
    world.service.change("m1", op=op, state="terminated")


def test_a_look_comes_soon_at_first_and_then_every_two_seconds(world: World) -> None:
    world.faults.state = "pending"
    rests = [later.seconds - sooner.seconds for sooner, later in pairwise(_pending(world))]
    assert rests[:4] == pytest.approx([0.1, 0.15, 0.225, 0.3375])
    assert rests[8:] == pytest.approx([2.0] * len(rests[8:]))


def _pending(world: World) -> list[Step]:
    return [step for step in islice(world.steps(), 20) if step.state == "pending"]
