"""The sandbox as slow as a real Mist server: what it says when, by a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from mist_notebook.sandbox import Sandbox, SandboxError
from tests.rigs.sandbox_rig import Clock, Rig

LIMIT = {"date": "2014-05-13 17:53:20", "action": "destroy"}


class SlowRig(Rig):
    """A rig whose requests can be left waiting while the clock is turned."""

    def __init__(self, sandbox: Sandbox, clock: Clock, folder: Path) -> None:
        self.pool = ThreadPoolExecutor(8)
        super().__init__(sandbox, clock, folder)

    def begun(self, method: str, path: str, **body: Any) -> Future[requests.Response]:
        """A request that has reached the sandbox, and may wait there."""
        seen = len(self.sandbox.requests)
        answer = self.pool.submit(self, method, path, **body)
        while len(self.sandbox.requests) == seen and not answer.done():
            pass
        self("GET", "/ping")  # answered once the one before has come as far as it can
        return answer

    def cached(self) -> list[dict[str, Any]]:
        """NephoScale's machines as Mist's database has them."""
        return list(self("GET", f"/clouds/{self.clouds['NephoScale']}/machines?cached=1").json())

    def close(self) -> None:
        self.clock.now += 1000
        self("GET", "/ping")
        self.pool.shutdown()
        super().close()


Start = Callable[..., SlowRig]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a sandbox that plays a real Mist server, or has these faults only."""
    rigs: list[SlowRig] = []

    def starter(*faults: dict[str, Any], **options: Any) -> SlowRig:
        clock = Clock()
        options.setdefault("like_mist", not faults)
        rigs.append(SlowRig(Sandbox.start(clock=clock, faults=faults, **options), clock, tmp_path))
        return rigs[-1]

    yield starter
    for rig in rigs:
        rig.close()
        rig.sandbox.close()


def machines_path(rig: Rig) -> str:
    return f"/clouds/{rig.clouds['NephoScale']}/machines"


def test_a_synchronous_create_is_silent_for_ten_seconds_and_a_half(start: Start) -> None:
    rig = start()
    answer = rig.begun("POST", machines_path(rig), **rig.order("web-1", tags={"op": "1"}, expiration=LIMIT))
    rig.later(7.9)
    assert (rig.cached(), answer.done()) == ([], False)
    rig.later(0.1)
    (listed,) = rig.cached()
    assert (listed["name"], listed["tags"], listed["expiration"], answer.done()) == ("web-1", {}, None, False)
    rig.later(2.4)
    assert (rig.cached()[0]["tags"], answer.done()) == ({}, False)
    rig.later(0.1)
    assert answer.result(20).status_code == 200
    (listed,) = rig.cached()
    assert (listed["tags"], listed["expiration"]["date"]) == ({"op": "1"}, LIMIT["date"])


def test_an_asynchronous_create_answers_at_once_and_its_job_tells_the_rest(start: Start) -> None:
    rig = start()
    job = rig.create("web-1", **{"async": True}).json()
    assert set(job) == {"job", "job_id"}
    assert rig("GET", f"/jobs/{job['job_id']}").status_code == 404
    rig.later(1)
    story = rig.json(f"/jobs/{job['job_id']}")
    assert [log["action"] for log in story["logs"]] == ["create_machine", "async_machine_creation_started"]
    rig.later(9.4)
    assert len(rig.json(f"/jobs/{job['job_id']}")["logs"]) == 2
    rig.later(0.1)
    story = rig.json(f"/jobs/{job['job_id']}")
    actions = [log["action"] for log in story["logs"]]
    assert actions[2:] == ["machine_creation_finished", "probe", "post_deploy_finished"]
    assert (story["finished_at"] > 0, story["error"]) == (True, False)


@pytest.mark.parametrize("kind", ["images", "sizes", "locations", "networks", "machines"])
def test_a_listing_waits_for_the_cloud_and_a_cached_one_does_not(start: Start, kind: str) -> None:
    rig = start()
    path = f"/clouds/{rig.clouds['EC2']}/{kind}"
    answer = rig.begun("GET", path)
    stored = rig.json(f"{path}?cached=1")
    rig.later(11.9)
    assert not answer.done()
    rig.later(0.2)
    assert answer.result(20).json() == stored


def test_a_destroyed_machine_runs_on_for_six_seconds(start: Start) -> None:
    rig = start({"do": "slow-destroy", "seconds": 6}, boot_seconds=0)
    made = rig.made("web-1")
    assert [rig.act(made, action).status_code for action in ("destroy", "destroy")] == [200, 200]
    rig.later(5.9)
    assert [machine["state"] for machine in rig.cached()] == ["running"]
    assert rig.act(made, "stop").status_code == 200
    rig.later(0.1)
    assert (rig.cached(), rig.act(made, "destroy").status_code) == ([], 404)


def test_a_probe_takes_its_time(start: Start) -> None:
    rig = start({"do": "slow-probe", "seconds": 12}, boot_seconds=0)
    made = rig.made("web-1")
    answer = rig.begun("POST", f"/machines/{made['id']}/probe")
    rig.later(11.9)
    assert not answer.done()
    rig.later(0.1)
    assert answer.result(20).json()["ssh"]["cores"] == 2


def test_a_cloud_refuses_its_credentials_and_what_is_stored_is_still_told(start: Start) -> None:
    rig = start({"do": "cloud-unauthorized", "name": "EC2"})
    said = "Unauthorized cloud credentials: EC2 refused them"
    ec2 = f"/clouds/{rig.clouds['EC2']}"
    for kind in ("images", "sizes", "machines"):
        answer = rig("GET", f"{ec2}/{kind}")
        assert (answer.status_code, answer.text) == (401, said)
        assert rig("GET", f"{ec2}/{kind}?cached=1").status_code == 200
    assert rig.create("web-1", "EC2").text == said
    assert rig("GET", f"/clouds/{rig.clouds['NephoScale']}/images").status_code == 200


def test_a_listing_may_be_empty_for_once(start: Start) -> None:
    rig = start({"do": "empty-list", "name": "Nepho*", "times": 1, "skip": 1})
    rig.made("web-1")
    assert [len(rig.cached()) for _ in range(4)] == [1, 0, 1, 1]


def test_a_provider_may_not_say_when_a_machine_was_made(start: Start) -> None:
    rig = start({"do": "no-creation-date", "name": "kvm-*"})
    dated, undated = rig.made("web-1"), rig.made("kvm-1")
    assert (rig.machine(dated)["created"][:4], rig.machine(undated)["created"]) == ("2014", "")


def test_an_error_says_what_it_is_told_to(start: Start) -> None:
    rig = start({"do": "error-before-commit", "status": 400, "says": "Bad Request: no capacity in this zone"})
    answer = rig.create("web-1")
    assert (answer.status_code, answer.text) == (400, "Bad Request: no capacity in this zone")


def test_a_time_scale_makes_every_time_shorter(start: Start) -> None:
    rig = start({"do": "slow-list", "seconds": 5}, like_mist=True, time_scale=0.01, boot_seconds=100)
    answer = rig.begun("POST", machines_path(rig), **rig.order("web-1"))
    rig.later(0.1)
    assert not answer.done()
    rig.later(0.005)
    assert answer.result(20).status_code == 200
    listing = rig.begun("GET", machines_path(rig))
    rig.later(0.05)
    assert listing.result(20).json()[0]["state"] == "pending"
    rig.later(0.6)
    assert [machine["state"] for machine in rig.cached()] == ["running"]


def test_whoever_stops_waiting_frees_the_sandbox_and_the_machine_is_there(start: Start) -> None:
    rig = start()
    with pytest.raises(requests.ReadTimeout):
        rig("POST", machines_path(rig), **rig.order("web-1"), timeout=0.3)
    with pytest.raises(requests.ReadTimeout):
        rig("GET", machines_path(rig), timeout=0.3)
    rig.later(20)
    assert [machine["name"] for machine in rig.cached()] == ["web-1"]


@pytest.mark.parametrize("scale", [-1.0, float("nan"), float("inf"), 101.0])
def test_a_senseless_time_scale_is_refused(scale: float) -> None:
    with pytest.raises(SandboxError, match="isn't a factor for times"):
        Sandbox.start(time_scale=scale)


@pytest.mark.parametrize(
    ("table", "happens"),
    [
        ({"do": "slow-create"}, "slow-create needs seconds"),
        ({"do": "slow-list", "seconds": -1}, "seconds = -1 won't do"),
        ({"do": "cloud-unauthorized", "cloud": "EC2"}, "cloud-unauthorized has no 'cloud'"),
        ({"do": "error-before-commit", "says": 3}, "says = 3 won't do"),
    ],
)
def test_a_wrong_fault_is_named(table: dict[str, Any], happens: str) -> None:
    with pytest.raises(SandboxError, match=happens):
        Sandbox.start(faults=[table])
