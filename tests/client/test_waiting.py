"""What takes long: what stands in for it, what is said of it, who is left out, and that an interrupt ends it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mist_notebook.client.waiting import Question, Waits, ask_all, waited
from mist_notebook.ground.errors import ApiError, MistError, UnavailableError
from tests.conftest import Notebook
from tests.rigs import hostile

CLOUDS = [
    {"id": "c1", "name": "Fast", "provider": "zzz", "enabled": True},
    {"id": "c2", "name": "Slow", "provider": "zzz", "enabled": True},
]
SEEN = "2026-01-02 03:04:05"


class Gate:
    """A question whose answer a test lets through."""

    def __init__(self, answer: Any = "live") -> None:
        self.open = threading.Event()
        self.answer = answer

    def __call__(self) -> Any:
        self.open.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def ticking(*times: float) -> Waits:
    """A clock that says these, and then the last one."""
    left = list(times)
    return Waits(clock=lambda: left.pop(0) if len(left) > 1 else left[0])


def test_a_live_answer_in_time_is_the_answer(gate: Gate) -> None:
    gate.open.set()
    stored: list[str] = []
    assert ask_all([Question("A", gate, stored=lambda: stored.append("asked"))], "sizes") == ["live"]
    assert stored == []


def test_what_is_stored_stands_in_and_the_live_answer_is_kept_later(gate: Gate) -> None:
    kept: list[str] = []
    arrived = threading.Event()

    def late(answer: str) -> None:
        kept.append(answer)
        arrived.set()

    question = Question("A", gate, stored=lambda: "stored", late=late)
    assert ask_all([question], "sizes", ticking(0, 1.5)) == ["stored"]
    gate.open.set()
    assert arrived.wait(10)
    assert kept == ["live"]


def test_nothing_stored_and_a_failed_look_for_it_change_nothing(gate: Gate) -> None:
    def broken() -> str:
        gate.open.set()
        raise ApiError("no cache here")

    assert ask_all([Question("A", gate, stored=broken)], "sizes", ticking(0, 1.5)) == ["live"]


def test_after_three_seconds_it_is_said_what_is_waited_for(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    def after() -> None:
        gate.open.set()

    Question("A", gate)
    opener = threading.Timer(0.2, after)
    opener.start()
    assert ask_all([Question("Slow Cloud", gate)], "images", ticking(0, 2.0, 3.5)) == ["live"]
    assert capsys.readouterr().out == "Waiting for images of Slow Cloud …\n"


def test_one_that_is_late_is_named_when_others_have_answered(gate: Gate) -> None:
    quick, late = ask_all([Question("Quick", lambda: "here"), Question("Late", gate)], "machines", ticking(0, 0, 11))
    assert quick == "here"
    assert isinstance(late, UnavailableError)
    assert "Late has not answered within" in late.message


def test_one_alone_is_waited_for(gate: Gate) -> None:
    threading.Timer(0.2, gate.open.set).start()
    assert ask_all([Question("Late", gate)], "machines", ticking(0, 11)) == ["live"]


def test_errors_of_ours_are_answers_and_others_are_raised() -> None:
    failing = Gate(ApiError("no"))
    failing.open.set()
    (answer,) = ask_all([Question("A", failing)], "sizes")
    assert isinstance(answer, MistError)
    bug = Gate(KeyError("bug"))
    bug.open.set()
    with pytest.raises(KeyError):
        waited(bug, "A")


def test_an_interrupt_ends_the_waiting_at_once(gate: Gate) -> None:
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        waited(gate, "A")


class Server:
    """A Mist server, one of whose two clouds says nothing, unless it is asked for what is stored."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.asked: list[str] = []

    def step(self, exchange: hostile.Exchange) -> None:
        target = exchange.request.target
        self.asked.append(target)
        if "/c2/" in target and "cached" not in target:
            exchange.hold()
            return
        word = exchange.request.path.rpartition("/")[2]
        row = {
            "id": "s1",
            "external_id": "small",
            "name": "Small",
            "state": "running",
            "last_seen": "2026-01-02 03:04:05",
        }
        answers: dict[str, Any] = {"ping": {"hello": "me"}, "clouds": CLOUDS, "providers": {"supported_providers": []}}
        hostile.json(answers.get(word, [row]))(exchange)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    with hostile.serve(server.step) as running:
        monkeypatch.setenv("MIST_URL", running.url)
        monkeypatch.setenv("MIST_API_TOKEN", "t0ken")
        yield server


@pytest.mark.parametrize("kind", ["images", "sizes", "locations", "networks"])
def test_a_listing_answers_with_what_mist_has_stored_and_its_age(server: Server, notebook: Notebook, kind: str) -> None:
    frame = notebook.value(f"%mist {kind} Slow")
    assert list(frame["id"]) == ["small"]
    assert "as its Mist server stored them, 2026-01-02 03:04 UTC" in notebook.cells[-1].printed
    assert f"/api/v1/clouds/c2/{kind}?cached=1" in server.asked


def test_one_cloud_that_is_silent_does_not_hold_the_machines_of_all(server: Server, notebook: Notebook) -> None:
    frame = notebook.value("%mist machines")
    assert list(frame["backend"]) == ["Fast", "Slow"]
    printed = notebook.cells[-1].printed
    assert "Slow: these are its machines as its Mist server stored them" in printed
    assert "Fast: these" not in printed


def test_nothing_is_decided_by_what_is_stored(
    server: Server, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_ANSWER_SECONDS", "1")
    cell = notebook.run("%mist destroy Slow/small --yes Small --not-mine")
    assert isinstance(cell.error, UnavailableError)
    assert not [target for target in server.asked if "machines" in target and "cached" in target]
