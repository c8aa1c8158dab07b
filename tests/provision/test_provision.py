"""Provisioning: recorded before it is sent, sent once, looked up in doubt: under faults, interrupts, kills, races."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.backends.mist.adapter import MistAdapter, MistServer
from mist_notebook.ground.errors import (
    AmbiguousError,
    ApiError,
    BadValueError,
    JournalError,
    LimitError,
    MistError,
    ProbeError,
    ProvisionError,
)
from mist_notebook.ground.secret import Secret
from mist_notebook.provision.guard import Limits
from mist_notebook.provision.journal import Journal, account_digest
from mist_notebook.provision.provision import Course, provision
from mist_notebook.provision.shelf import FolderShelf
from mist_notebook.records.model import MachineSpec
from mist_notebook.sandbox import Sandbox
from mist_notebook.settings.settings import load
from tests.rigs import child, manners
from tests.rigs.machine_service import NOW, Faults, World, report

pytestmark = pytest.mark.long(30)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An account with nothing in it; what has to be true after anything is asserted at the end."""
    made = World(tmp_path)
    yield made
    made.assert_sound()


def state(world: World, name: str = "web") -> tuple[str, str | None]:
    record = world.record(name)
    return record.state, record.machine_id


def sent(world: World) -> list[str]:
    return [request["name"] for request in world.service.requests]


# A plain create


def test_a_create_goes_through_its_steps_and_is_recorded_before_it_is_sent(world: World) -> None:
    seen = []
    world.adapter.on_submit = lambda: seen.append((world.record().state, world.record().op))
    steps = list(world.steps(probe=lambda _: report()))
    assert [step.state for step in steps] == ["validated", "recorded", "submitted", "pending", "running", "probed"]
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert steps[-1].machine is not None and steps[-1].machine.id == "m1"
    assert steps[-1].report == report()
    assert (state(world), seen) == (("ready", "m1"), [("sent", world.service.requests[0]["op"])])


def test_nothing_happens_before_the_first_step_is_asked_for(world: World) -> None:
    world.steps()
    assert (sent(world), world.journal_folder.exists()) == ([], False)


def test_a_machine_whose_probe_fails_is_created_and_not_ready(world: World) -> None:
    *_, last = world.steps(probe=lambda _: report("timeout"))
    assert (last.state, last.message, state(world)) == ("probed", "The probe says timeout.", ("created", "m1"))

    def broken(_: object) -> Any:
        raise ProbeError("No private key.")

    with pytest.raises(ProbeError):
        list(world.steps(probe=broken))
    assert state(world) == ("created", "m1")


# Asked again


def test_asked_again_it_is_the_same_machine_and_nothing_is_sent(world: World) -> None:
    first = world.make()
    for _ in range(4):
        steps = list(world.steps(probe=lambda _: report()))
        assert [step.state for step in steps] == ["validated", "submitted", "running", "probed"]
        assert steps[-1].machine is not None and steps[-1].machine.id == first.id
        assert steps[1].message == "It was already asked for: m1. Nothing was sent."
    assert (sent(world), len(list(world.journal_folder.iterdir()))) == (["web"], 4)


def test_asked_again_otherwise_it_says_both_and_does_nothing(world: World) -> None:
    world.make()
    before = sorted(world.journal_folder.iterdir())
    with pytest.raises(BadValueError) as caught:
        world.make(script="echo " + "x" * 5000, hours=2.0)
    assert "script None then, echo xxx" in caught.value.message
    assert "hours None then, 2.0 now" in caught.value.message
    assert "--another" in caught.value.hint
    assert (sorted(world.journal_folder.iterdir()), sent(world)) == (before, ["web"])


def test_a_resting_machine_is_returned_as_it_is(world: World) -> None:
    world.make()
    world.faults.state = "stopped"
    *_, last = world.steps(probe=lambda _: report())
    assert last.machine is not None
    assert (last.state, last.machine.state, world.slept_s) == ("submitted", "stopped", 0.1)


def test_a_name_that_somebody_else_uses_is_refused_until_it_is_free(world: World) -> None:
    world.service.make("web")
    with pytest.raises(BadValueError, match=r"already has a machine named 'web' \(m1\)"):
        world.make()
    assert (state(world), sent(world)) == (("dropped", None), [])
    world.service.change("m1", state="terminated")
    assert world.make().id == "m2"


def test_a_forgotten_machine_that_is_there_all_the_same_is_ours_again_and_no_second_one_is_made(world: World) -> None:
    world.make()
    world.journal.advance(world.record(), "forgotten")
    assert world.make().id == "m1"
    assert sent(world) == ["web"]


# Gone without us


def test_a_destroyed_machine_is_created_anew(world: World) -> None:
    world.make()
    world.service.change("m1", state="terminated")
    assert world.make().id == "m2"
    assert [record.state for record in world.journal.records()] == ["gone", "created"]


def test_a_machine_that_vanished_is_gone_only_after_a_while_and_by_complete_listings(world: World) -> None:
    world.make()
    world.service.change("m1", state="purged")
    with pytest.raises(ProvisionError, match="doesn't list it"):
        world.make()
    world.sleep(600)
    world.faults.notes = ("1 of its machines left out.",)
    with pytest.raises(ProvisionError, match="doesn't list it"):
        world.make()
    assert (sent(world), state(world)) == (["web"], ("created", "m1"))
    world.faults.notes = ()
    assert world.make().id == "m2"
    assert sent(world) == ["web", "web"]


def test_a_backend_that_does_not_answer_proves_nothing(world: World) -> None:
    world.make()
    world.sleep(3600)
    world.faults.unreachable = 3
    with pytest.raises(ProvisionError, match="doesn't list it"):
        world.make()
    assert (sent(world), state(world)) == (["web"], ("created", "m1"))


# Doubt


@pytest.mark.parametrize("how", ["error_after", "no_id"])
@pytest.mark.parametrize("lags", [0, 1, 2])
def test_a_machine_is_found_although_the_answer_was_none(world: World, how: str, lags: int) -> None:
    world.faults.submit, world.faults.lags = how, lags
    assert world.make().id == "m1"
    assert (sent(world), state(world)) == (["web"], ("created", "m1"))


def test_what_is_listed_too_late_is_found_by_the_next_run(world: World) -> None:
    world.faults.submit, world.faults.lags = "error_after", 16
    with pytest.raises(ProvisionError, match="may or may not exist: Cloud answered 500") as caught:
        world.make()
    assert world.record().op[:8] in caught.value.hint
    assert (state(world), world.record().note) == (("unknown", None), "Cloud answered 500.")
    assert world.make().id == "m1"
    assert sent(world) == ["web"]


def test_a_create_that_never_arrived_is_not_repeated_until_a_person_closes_it(world: World) -> None:
    world.faults.submit = "error_before"
    for message in ("may or may not exist", "doesn't list it", "doesn't list it"):
        with pytest.raises(ProvisionError, match=message):
            world.make()
        world.sleep(86_400)
    assert sent(world) == ["web"]
    world.journal.advance(world.record(), "forgotten")
    world.faults.submit = "answer"
    assert world.make().id == "m1"
    assert sent(world) == ["web", "web"]


@pytest.mark.parametrize(("how", "there"), [("hang_before", False), ("hang_after", True)])
def test_an_interrupt_while_it_is_sent_leaves_doubt_that_a_look_ends(world: World, how: str, there: bool) -> None:
    world.faults.submit = how
    with pytest.raises(KeyboardInterrupt) as caught:
        world.make()
    assert "'web' may have been made." in caught.value.__notes__[0]
    assert state(world) == ("unknown", None)
    with suppress(ProvisionError):
        world.make()
    assert (sent(world), state(world)) == (["web"], ("created", "m1") if there else ("unknown", None))


def test_a_bug_in_an_adapter_is_doubt_too(world: World) -> None:
    world.faults.submit = "bug_after"
    with pytest.raises(KeyError):
        world.make()
    assert state(world) == ("unknown", None)
    assert world.make().id == "m1"


def test_two_machines_of_one_request_are_both_ours_and_both_count(world: World) -> None:
    world.faults.submit, world.extra_machines = "twice", 1
    steps = list(world.steps())
    said = next(step.message for step in steps if step.machine is not None)
    assert said == (
        "Cloud took it as m1. One request made more: m2 too. All are yours, and cost: destroy what you don't need."
    )
    assert world.make().id == "m1"
    assert sent(world) == ["web"]
    opened = world.journal.opened()
    assert sorted((record.machine_id, record.price_hourly) for record in opened) == [("m1", 0.1), ("m2", 0.1)]
    for machine_id in ("m1", "m2"):
        world.service.change(machine_id, state="terminated")
        world.settle()
        assert {record.machine_id for record in world.journal.opened()} == {"m2"} - {machine_id}


def test_the_id_of_a_machine_that_was_there_before_is_no_answer(world: World) -> None:
    world.service.make("db")
    world.faults.submit = "wrong_id"
    assert world.make().id == "m2"
    assert state(world) == ("created", "m2")


def test_without_tags_a_machine_of_that_name_and_time_is_offered_and_not_taken(world: World) -> None:
    world.faults.tags, world.faults.submit = False, "error_after"
    for _ in range(2):
        with pytest.raises(AmbiguousError, match="Nothing but its name shows that 'web'") as caught:
            world.make()
        assert "%mist journal --adopt Cloud/m1" in caught.value.hint
    assert (sent(world), state(world)) == (["web"], ("unknown", None))


@pytest.mark.parametrize(
    "created", [None, NOW - timedelta(minutes=11), NOW, NOW + timedelta(minutes=30), NOW + timedelta(hours=2)]
)
def test_a_name_that_nothing_confirms_is_offered_and_not_adopted(world: World, created: Any) -> None:
    world.faults.submit = "error_before"
    with pytest.raises(ProvisionError):
        world.make()
    world.service.make("web", created=created)
    with pytest.raises(AmbiguousError, match=r"Nothing but its name shows that 'web' .*: m1") as caught:
        world.make()
    assert "--adopt Cloud/m1" in caught.value.hint
    assert (state(world), sent(world)) == (("unknown", None), ["web"])


def test_a_machine_with_another_operations_tag_is_never_ours(world: World) -> None:
    world.faults.submit = "error_before"
    with pytest.raises(ProvisionError):
        world.make()
    world.service.make("web", op="f" * 32)
    with pytest.raises(ProvisionError, match="doesn't list it"):
        world.make()
    assert state(world) == ("unknown", None)
    world.service.change("m1", op="")
    world.service.change("m1", state="terminated")


def test_a_record_that_was_never_sent_adopts_nothing(world: World) -> None:
    world.journal.open(world.journal.new(backend="c1", backend_name="Cloud", name="web", spec={}))
    world.service.make("web")
    world.settle()
    assert state(world) == ("intent", None)


# Interrupts and closed generators


ENDINGS: dict[str, Callable[[Any], object]] = {
    "interrupt": lambda steps: steps.throw(KeyboardInterrupt),
    "close": lambda steps: steps.close(),
    "let go": lambda steps: None,
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("after", range(1, 7))
def test_whoever_stops_watching_at_any_step_loses_and_doubles_nothing(
    world: World, after: int, ending: Callable[[Any], object]
) -> None:
    steps = world.steps(probe=lambda _: report())
    seen = [next(steps).state for _ in range(after)]
    with suppress(KeyboardInterrupt, StopIteration):
        ending(steps)
    del steps
    assert len(sent(world)) == (1 if "submitted" in seen else 0)
    assert [record.state for record in world.journal.records()] == {
        "validated": [],
        "recorded": ["dropped"],
        "probed": ["ready"],
    }.get(seen[-1], ["created"])
    assert world.make().id == "m1"
    assert sent(world) == ["web"]


# Another kernel meanwhile


def test_a_second_kernel_waits_for_the_first_and_sends_nothing(world: World) -> None:
    first = world.steps()
    assert [next(first).state, next(first).state] == ["validated", "recorded"]
    with pytest.raises(ProvisionError, match=f"process {os.getpid()}"):
        world.make()
    assert next(first).state == "submitted"
    assert world.make().id == "m1"
    assert sent(world) == ["web"]


def test_a_record_that_a_person_closed_is_not_sent_afterwards(world: World) -> None:
    first = world.steps()
    assert [next(first).state, next(first).state] == ["validated", "recorded"]
    world.journal.advance(world.record(), "forgotten")
    with pytest.raises(JournalError, match="forgotten by now"):
        next(first)
    assert sent(world) == []
    assert world.make().id == "m1"


def test_a_kernel_that_comes_second_between_two_steps_takes_the_firsts_machine(world: World) -> None:
    second = world.steps()
    assert next(second).state == "validated"
    assert world.make().id == "m1"
    assert [step.state for step in second] == ["submitted", "running"]
    assert sent(world) == ["web"]


def test_an_answer_that_comes_after_another_kernels_look_changes_nothing(world: World) -> None:
    world.faults.submit = "error_after"
    world.adapter.on_submit = lambda: None

    def settled_meanwhile(spec: MachineSpec) -> Any:
        world.service.make(spec.name, op=spec.op)
        world.settle()
        raise ApiError("Cloud answered 502.", status=502)

    world.adapter._error_after = settled_meanwhile  # type: ignore[method-assign]
    assert world.make().id == "m1"
    assert state(world) == ("created", "m1")


@pytest.mark.parametrize("attempt", range(3))
def test_eight_kernels_that_create_one_name_at_once_make_one_machine(world: World, attempt: int) -> None:
    ended = child.together([lambda: world.make().id] * 8)
    assert {one.value for one in ended} <= {"m1", None}
    assert all(isinstance(one.error, ProvisionError | None) for one in ended), ended
    assert any(one.value == "m1" for one in ended)
    assert sent(world) == ["web"]


# Disks


def closed_disk(world: World) -> None:
    world.journal_folder.write_text("a file in its place")


def test_without_a_record_nothing_is_sent(world: World) -> None:
    closed_disk(world)
    with pytest.raises(JournalError, match=r"Nothing was sent\.") as caught:
        world.make()
    assert str(world.journal_folder) in caught.value.message
    assert sent(world) == []
    world.journal_folder.unlink()


def test_a_broken_record_stops_every_create(world: World) -> None:
    world.make()
    path = world.journal_folder / f"{'0' * 32}-000001.json"
    path.write_bytes(b"")
    for name in ("web", "db"):
        with pytest.raises(JournalError, match=path.name):
            world.make(name)
    assert sent(world) == ["web"]


def full(bytes_left: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, resource.RLIM_INFINITY))


def test_a_disk_that_is_full_before_it_is_sent_sends_nothing(world: World) -> None:
    def work() -> None:
        steps = world.steps()
        next(steps), next(steps)
        full(200)
        next(steps)

    ended = child.run(work)
    assert isinstance(ended.error, JournalError)
    assert "Nothing was sent." in ended.error.message
    assert (sent(world), state(world)) == ([], ("intent", None))
    assert world.make().id == "m1"
    assert [record.state for record in world.journal.records()].count("dropped") == 1


@pytest.mark.parametrize("how", ["answer", "error_after", "hang_after"])
def test_a_disk_that_is_full_once_it_was_sent_loses_nothing(world: World, how: str) -> None:
    world.faults.submit = how
    world.adapter.on_submit = lambda: full(200)
    ended = child.run(world.make)
    assert isinstance(ended.error, KeyboardInterrupt if how == "hang_after" else MistError)
    if how == "answer":
        assert "'web' was made (m1)" in str(ended.error)
    assert state(world) == ("sent", None)
    world.faults.submit = "answer"
    world.adapter.on_submit = lambda: None
    assert world.make().id == "m1"
    assert sent(world) == ["web"]


# Kills


@pytest.mark.parametrize("how", ["answer", "error_before", "error_after"])
def test_a_kill_at_any_step_loses_no_machine_and_makes_none_twice(tmp_path: Path, how: str) -> None:
    def world_of(number: int) -> World:
        folder = tmp_path / str(number)
        folder.mkdir(exist_ok=True)
        return World(folder, faults=Faults(submit=how))

    def work(number: int) -> None:
        with suppress(ProvisionError):
            world_of(number).make(probe=lambda _: report())

    for number in child.killed_at_each_step(work, tmp_path):
        world = world_of(number)
        there = len(world.service.machines)
        world.assert_sound()
        for _ in range(2):
            with suppress(ProvisionError):
                world.faults.submit = "answer"
                assert world.make().id == "m1"
        asked = [request["op"] for request in world.service.requests]
        assert len(asked) == len(set(asked)) <= 1
        assert len(world.service.machines) >= there
        in_doubt = [record for record in world.journal.opened() if record.state in ("sent", "unknown")]
        assert len(world.service.machines) + len(in_doubt) == 1
        world.assert_sound()


# Waiting


def test_a_machine_that_does_not_come_up_is_waited_for_so_long_and_named(world: World) -> None:
    world.faults.state = "pending"
    with pytest.raises(ProvisionError, match=r"web \(m1\) is still pending after 600 s") as caught:
        world.make()
    assert "billed" in caught.value.hint
    assert 600 <= world.slept_s <= 602
    assert state(world) == ("created", "m1")


@pytest.mark.parametrize("end", ["error", "failed", "terminated"])
def test_a_machine_that_never_comes_up_is_told_at_once(world: World, end: str) -> None:
    world.faults.state = end
    with pytest.raises(ProvisionError, match=rf"web \(m1\) is {end}\."):
        world.make()
    assert world.slept_s == 0.1


def test_a_backend_that_fails_while_a_machine_boots_is_asked_again(world: World) -> None:
    steps = world.steps()
    assert [next(steps).state for _ in range(4)][-1] == "pending"
    world.faults.unreachable = 3
    assert [step.state for step in steps] == ["pending", "pending", "pending", "running"]


def test_a_name_refused_by_the_guard_is_free_afterwards(world: World) -> None:
    with pytest.raises(LimitError):
        world.make(hourly=1.5)
    assert (state(world), sent(world)) == (("dropped", None), [])
    assert world.make().id == "m1"


def test_a_backend_that_cannot_be_listed_gets_no_create(world: World) -> None:
    world.faults.unreachable = 1
    with pytest.raises(MistError, match="No answer from Cloud"):
        world.make()
    assert (state(world), sent(world)) == (("dropped", None), [])


# Over HTTP, against the sandbox


SPOILED = [
    {"do": "error-after-commit", "name": "after*"},
    {"do": "reset-after-commit", "name": "reset*"},
    {"do": "error-before-commit", "name": "before*"},
    {"do": "lag", "name": "*lag", "requests": 2},
]


@pytest.fixture(scope="module", params=manners.BOTH, ids=manners.IDS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox.start(faults=SPOILED, boot_seconds=0.0, **request.param) as running:
        yield running


@pytest.fixture(scope="module")
def server(sandbox: Sandbox) -> Iterator[MistServer]:
    settings = load({"url": sandbox.url, "api_token": sandbox.token}, environment={}, path=Path("/nowhere"))
    server = MistServer(settings)
    server.add_key(
        "demo", Secret(asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_private_key().decode())
    )
    yield server
    server.close()


def hurried() -> Course:
    """A course whose time passes while it sleeps, and only then: ten times as fast, as every look is a real request."""
    moments = [0.0]
    return Course(
        limits=Limits(usd_per_hour=100.0, count=20),
        clock=lambda: moments[-1],
        sleep=lambda seconds: moments.append(moments[-1] + 10 * seconds),
    )


@pytest.fixture
def nephoscale(server: MistServer) -> MistAdapter:
    (info,) = [info for info in server.backends() if info.name == "NephoScale"]
    return MistAdapter(server, info)


def wanted(adapter: MistAdapter, name: str) -> MachineSpec:
    sizes = {size.id: size for size in adapter.list_sizes().records}
    image, location = adapter.list_images().records[0], adapter.list_locations().records[0]
    (key,) = adapter.server.keys()
    return MachineSpec(backend=adapter.info, name=name, image=image, size=sizes["7"], location=location, key=key)


NAMES = ["web", "after", "after-lag", "reset", "reset-lag", "production server"]


@pytest.mark.parametrize("name", NAMES)
def test_over_http_a_machine_is_made_once_whatever_becomes_of_the_answer(
    sandbox: Sandbox, nephoscale: MistAdapter, tmp_path: Path, name: str
) -> None:
    spec = wanted(nephoscale, name)
    course = hurried()
    journal = Journal(FolderShelf(tmp_path / "journal"), account_digest(sandbox.url, "me"))
    found = set()
    for _ in range(2):
        *_, last = provision(nephoscale, spec, journal, course)
        assert last.machine is not None
        found.add(last.machine.id)
    made = [made for asked, _, made in sandbox.ledger if asked.replace("-", " ") == name.replace("-", " ")]
    assert (len(found), made) == (1, [True])
    assert [record.machine_id for record in journal.opened()] == list(found)


def test_over_http_a_create_that_was_refused_is_sent_once_and_stays_in_doubt(
    sandbox: Sandbox, nephoscale: MistAdapter, tmp_path: Path
) -> None:
    spec = wanted(nephoscale, "before")
    course = hurried()
    journal = Journal(FolderShelf(tmp_path / "journal"), account_digest(sandbox.url, "me"))
    for message in ("may or may not exist", "doesn't list it"):
        with pytest.raises(ProvisionError, match=message):
            list(provision(nephoscale, spec, journal, course))
    assert [made for asked, _, made in sandbox.ledger if asked == "before"] == [False]
    assert [record.state for record in journal.opened()] == ["unknown"]
