"""Actions wait for what they asked for, look afresh whatever the answer was, and say what is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.client.machines import acts
from mist_notebook.client.machines.acts import Pace
from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import AuthError, BadValueError, NotFoundError, ProvisionError
from tests.conftest import Notebook
from tests.rigs import hostile, orbit


@dataclass
class Time:
    """A clock that only pauses move."""

    now: float = 0.0
    rests: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.rests.append(seconds)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[orbit.Cloud]:
    with orbit.installed(tmp_path, monkeypatch) as cloud:
        yield cloud


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def machine(cloud: orbit.Cloud, time: Time) -> Iterator[Machine]:
    """A machine that runs, made from here."""
    with MistClient() as client:
        client.pace = Pace(clock=lambda: time.now, sleep=time.sleep)
        backend = client.backend_from_name("Orbit")
        spec = backend.spec("web", image="deb", size="small", location="north")
        list(backend.provision(spec, probe=False))
        yield backend.machine_from_name("web")


def broken(cloud: orbit.Cloud, action: str, step: hostile.Step) -> None:
    cloud.broken["POST", f"/machines/i-1/{action}"] = step


def then(cloud: orbit.Cloud, action: str, answer: hostile.Step) -> hostile.Step:
    """It is done, and answered otherwise."""

    def step(exchange: hostile.Exchange) -> None:
        cloud._act("i-1", action)
        answer(exchange)

    return step


@pytest.mark.parametrize(("action", "state"), [("stop", "stopped"), ("reboot", "running")])
def test_an_action_returns_when_what_it_asked_for_is_so(
    cloud: orbit.Cloud, machine: Machine, time: Time, action: str, state: str
) -> None:
    cloud.slow = 4
    getattr(machine, action)()
    assert machine.state == state
    assert [path for _, path in cloud.writes if path.endswith(action)] == [f"/machines/i-1/{action}"]


def test_a_start_is_waited_for_too(cloud: orbit.Cloud, machine: Machine, time: Time) -> None:
    machine.stop()
    cloud.slow = 6
    machine.start()
    assert machine.state == "running"
    assert time.rests == sorted(time.rests)
    assert max(time.rests) <= 5


def test_an_action_may_be_asked_for_alone(cloud: orbit.Cloud, machine: Machine, time: Time) -> None:
    cloud.slow = 9
    machine.stop(wait=False)
    assert machine.state == "running"
    assert time.rests == []


def test_a_patience_that_ends_leaves_the_state_as_it_was_seen(cloud: orbit.Cloud, machine: Machine, time: Time) -> None:
    cloud.slow = 10_000
    *_, last = machine.acting("stop")
    assert machine.state == "running"
    assert "after 600 s" in last.message


@pytest.mark.parametrize("looks", [0, 1, 3, 12])
def test_a_destroy_is_destroying_then_gone_however_long_the_cloud_takes(
    cloud: orbit.Cloud, machine: Machine, time: Time, looks: int
) -> None:
    cloud.slow = looks
    states = [(step.state, machine.state) for step in machine.destroying()]
    assert states[0] == ("destroying", "destroying")
    assert states[-1] == ("done", "terminated")
    assert machine.is_gone
    assert [path for _, path in cloud.writes if path.endswith("destroy")] == ["/machines/i-1/destroy"]
    (record,) = machine.hands.journal.records()
    assert record.state == "gone"


def test_what_is_gone_stays_known_as_gone(cloud: orbit.Cloud, machine: Machine) -> None:
    machine.destroy()
    writes = cloud.writes
    for again in (machine.destroy, machine.stop, machine.probe, lambda: machine.destroy("web")):
        with pytest.raises(NotFoundError, match="is gone"):
            again()  # type: ignore[operator]
    assert cloud.writes == writes


ANSWERS = {
    "500": hostile.answer("oops", status=500),
    "404": hostile.answer("no such machine", status=404),
    "409": hostile.answer("busy", status=409),
    "reset": hostile.reset,
    "hung up": hostile.close,
    "301": hostile.answer(status=301, headers={"Location": "https://elsewhere.example/"}),
    "403": hostile.answer("not yours", status=403),
    "429 and a day": hostile.answer("slowly", status=429, headers={"Retry-After": "86400"}),
    "503 and a pause": hostile.answer("busy", status=503, headers={"Retry-After": "1"}),
    "a web page": hostile.answer("<html>log in</html>", content_type="text/html"),
    "half an answer": hostile.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"),
    "no HTTP": hostile.raw(b"220 mail.example ESMTP\r\n"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_destroy_that_was_done_is_gone_whatever_was_answered(
    cloud: orbit.Cloud, machine: Machine, answer: hostile.Step
) -> None:
    broken(cloud, "destroy", then(cloud, "destroy", answer))
    cloud.slow = 2
    machine.destroy()
    assert machine.is_gone


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_destroy_that_was_not_done_says_that_it_goes_on_costing(
    cloud: orbit.Cloud, machine: Machine, time: Time, answer: hostile.Step
) -> None:
    broken(cloud, "destroy", answer)
    with pytest.raises(ProvisionError, match=r"still there \(running\) and goes on costing 0.0200 USD an hour"):
        machine.destroy()
    assert time.now < 60
    assert sum(path.endswith("destroy") for _, path in cloud.writes) == 1
    (record,) = machine.hands.journal.opened()
    assert record.machine_id == "i-1"


def test_a_destroy_of_which_nothing_is_known_says_so(cloud: orbit.Cloud, machine: Machine) -> None:
    broken(cloud, "destroy", hostile.reset)
    cloud.broken["GET", "/machines"] = hostile.answer(status=500)
    hands = machine.hands
    steps = acts.destroy(hands.adapter, machine.record, hands.journal, machine.journal_record, hands.pace)
    with pytest.raises(ProvisionError, match="is not known"):
        list(steps)


def test_a_refused_token_ends_a_destroy_at_once_and_says_that_it_costs(
    cloud: orbit.Cloud, machine: Machine, time: Time
) -> None:
    broken(cloud, "destroy", hostile.answer(status=401))
    with pytest.raises(AuthError, match="goes on costing"):
        machine.destroy()
    assert time.rests == []


def test_an_empty_listing_for_a_moment_after_an_unheard_destroy_is_not_gone(
    cloud: orbit.Cloud, machine: Machine, time: Time
) -> None:
    def listed(exchange: hostile.Exchange) -> None:
        hidden = 0.5 <= time.now < 6
        hostile.json([] if hidden else cloud.rows["machines"])(exchange)

    broken(cloud, "destroy", hostile.answer(status=500))
    cloud.broken["GET", "/machines"] = listed
    with pytest.raises(ProvisionError, match="still there"):
        machine.destroy()


def test_ending_a_machine_does_not_need_a_journal_that_can_be_written(
    cloud: orbit.Cloud, machine: Machine, tmp_path: Path
) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    machine.hands.journal._shelf.add = full  # type: ignore[attr-defined, method-assign]
    machine.destroy()
    assert machine.is_gone


def test_another_name_again_is_refused_before_anything_is_sent(cloud: orbit.Cloud, machine: Machine) -> None:
    with pytest.raises(BadValueError):
        machine.destroy("wob")
    assert not [path for _, path in cloud.writes if path.endswith("destroy")]


def test_the_line_shows_the_steps_and_need_not_wait(cloud: orbit.Cloud, machine: Machine, notebook: Notebook) -> None:
    cloud.slow = 10_000
    notebook.value("%mist destroy web --yes web --no-wait")
    assert "is being destroyed" in notebook.cells[-1].printed
    cloud._later["i-1"][0] = 1
    cell = notebook.run("%mist destroy web --yes web")
    assert "gone" in cell.printed
