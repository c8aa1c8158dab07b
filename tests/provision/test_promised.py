"""Creates that a Mist server does by and by, against a scripted one with a ledger: the story, the tag, the doubt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter, MistServer
from mist_notebook.ground.errors import MistError, ProvisionError, RefusedError
from mist_notebook.provision.course import Course
from mist_notebook.provision.guard import Limits
from mist_notebook.provision.journal import Journal
from mist_notebook.provision.provision import provision
from mist_notebook.provision.shelf import MemoryShelf
from mist_notebook.records.model import OP_TAG, BackendInfo, Image, MachineSpec, Price, Size, Step
from mist_notebook.settings.settings import load
from tests.rigs import hostile

INFO = BackendInfo(id="c1", mist_id="c1", name="Cloud", provider="zzz", server="https://mist.example")
SPEC = MachineSpec(
    backend=INFO,
    name="web",
    image=Image(id="i", mist_id="i", name="Debian"),
    size=Size(id="s", mist_id="s", name="Small", price=Price(hourly=0.1, currency="USD")),
)
BEGUN = {"action": "create_machine"}
ASKED = {"action": "async_machine_creation_started"}
MADE = {"action": "machine_creation_finished", "machine_name": "web", "external_id": "i-1", "error": False}


def failed(why: str) -> dict[str, Any]:
    return {**MADE, "external_id": "", "error": why}


@dataclass
class Mist:
    """The server: what it answers to a create, its stories one after the other, and how often its list hides it."""

    stories: list[list[dict[str, Any]]] = field(default_factory=list)
    answer: Callable[[str], hostile.Step] = lambda op: hostile.json({"job_id": op, "job": "create_machine"})
    hidden: int = 0
    tagless: int = 0
    made: bool = True
    op: str = ""
    now: float = 0.0
    ledger: list[hostile.Request] = field(default_factory=list)

    def step(self, exchange: hostile.Exchange) -> None:
        request = exchange.request
        if request.method == "POST":
            self.op = json.loads(request.body)["job_id"]
            self.answer(self.op)(exchange)
        elif "/jobs/" in request.path:
            self._story()(exchange)
        else:
            hostile.json(self._machines())(exchange)

    def _story(self) -> hostile.Step:
        if not self.stories:
            return hostile.answer("Job does not exist", status=404, content_type="text/plain")
        logs = self.stories[0] if len(self.stories) == 1 else self.stories.pop(0)
        return hostile.json({"job_id": self.op, "finished_at": 0, "error": False, "logs": logs})

    def _machines(self) -> list[dict[str, Any]]:
        if not (self.op and self.made):
            return []
        self.hidden -= 1
        self.tagless -= 1
        if self.hidden >= 0:
            return []
        tags = {} if self.tagless >= 0 else {OP_TAG: self.op}
        return [{"id": "m1", "external_id": "i-1", "name": "web", "state": "running", "tags": tags}]

    @property
    def creates(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.ledger if request.method == "POST"]

    @contextmanager
    def steps(self, journal: Journal) -> Iterator[Iterator[Step]]:
        """The steps of a create there; time passes only by waiting."""
        with hostile.serve(self.step) as server:
            self.ledger = server.ledger
            settings = load({"url": server.url, "api_token": "t"}, environment={}, path=Path("/nowhere"))
            mist = MistServer(settings)
            course = Course(
                limits=Limits(usd_per_hour=1.0, count=5), clock=lambda: self.now, sleep=self.sleep, wait_s=300.0
            )
            yield provision(MistAdapter(mist, INFO), SPEC, journal, course)
            mist.close()

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def journal() -> Journal:
    return Journal(MemoryShelf(), "a" * 32)


def test_the_steps_tell_the_story_and_the_machine_is_its_own(journal: Journal) -> None:
    mist = Mist(stories=[[BEGUN], [BEGUN], [BEGUN, ASKED], [BEGUN, ASKED, MADE]], hidden=1)
    with mist.steps(journal) as steps:
        told = list(steps)
    messages = " ".join(step.message for step in told)
    assert "the request was taken" in messages
    assert "the provider is being asked" in messages
    assert told[-1].machine is not None
    assert told[-1].machine.id == "i-1"
    (create,) = mist.creates
    assert create["async"] is True
    assert create["job_id"] == create["tags"][OP_TAG] == journal.opened()[0].op


REFUSALS = [
    "Machine creation failed: quota exceeded: 20 instances",
    "Machine creation failed: InsufficientInstanceCapacity: we currently do not have sufficient capacity",
    "Machine creation failed: InvalidAMIID.NotFound: The image id '[ami-1]' does not exist",
    "Machine creation failed: No valid host was found",
]


@pytest.mark.parametrize("why", REFUSALS)
def test_a_certain_refusal_in_the_story_closes_the_record_and_says_so(journal: Journal, why: str) -> None:
    mist = Mist(stories=[[BEGUN], [BEGUN, ASKED, failed(why)]], made=False)
    with mist.steps(journal) as steps, pytest.raises(RefusedError) as caught:
        list(steps)
    assert why.split(": ")[1][:20] in caught.value.message
    assert "'web' and the budget are free" in caught.value.hint
    assert journal.opened() == []
    assert len(mist.creates) == 1


def test_a_failure_that_leaves_doubt_stays_open_and_counts(journal: Journal) -> None:
    mist = Mist(stories=[[BEGUN, failed("Machine creation failed: The read operation timed out")]], made=False)
    with mist.steps(journal) as steps, pytest.raises(ProvisionError, match="may or may not exist"):
        list(steps)
    (record,) = journal.opened()
    assert record.state == "unknown"
    assert len(mist.creates) == 1


def test_a_failure_in_the_story_is_no_proof_where_the_listing_shows_the_tag(journal: Journal) -> None:
    mist = Mist(stories=[[BEGUN, failed("Machine creation failed: The read operation timed out")]])
    with mist.steps(journal) as steps:
        *_, last = steps
    assert last.machine is not None
    assert journal.opened()[0].machine_id == "i-1"


@pytest.mark.parametrize(
    "answer", [hostile.reset, hostile.close, hostile.answer(status=502)], ids=["reset", "eof", "502"]
)
def test_a_create_whose_answer_is_lost_is_told_by_its_story(journal: Journal, answer: hostile.Step) -> None:
    mist = Mist(stories=[[BEGUN, ASKED], [BEGUN, ASKED, MADE]], answer=lambda _: answer, hidden=3)
    with mist.steps(journal) as steps:
        *_, last = steps
    assert last.machine is not None
    assert last.machine.id == "i-1"
    assert len(mist.creates) == 1


def test_without_a_story_the_tag_decides_late_as_it_comes(journal: Journal) -> None:
    mist = Mist(tagless=4)
    with mist.steps(journal) as steps:
        *_, last = steps
    assert last.machine is not None
    assert last.machine.id == "i-1"
    assert mist.now < 120


def test_a_server_that_answers_with_the_machine_is_taken_by_its_word(journal: Journal) -> None:
    """A synchronous answer has the provider's id as `id`, and no other."""
    mist = Mist(answer=lambda _: hostile.json({"id": "i-1", "name": "web", "job_id": "x", "public_ips": []}))
    with mist.steps(journal) as steps:
        *_, last = steps
    assert last.machine is not None
    assert last.machine.id == "i-1"


def test_a_story_that_never_ends_leaves_doubt_when_patience_does(journal: Journal) -> None:
    mist = Mist(stories=[[BEGUN, ASKED]], made=False)
    with mist.steps(journal) as steps, pytest.raises(MistError, match="may or may not exist"):
        list(steps)
    assert 300 <= mist.now < 600
    assert journal.opened()[0].state == "unknown"
