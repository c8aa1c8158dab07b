"""A sandbox that begins anew where it is, the same world for the same seed, and a look at what it is doing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mist_notebook.sandbox import Sandbox, SandboxError
from tests.rigs.sandbox_rig import Clock, Rig, openssh, run


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    clock = Clock()
    with Sandbox.start(clock=clock, boot_seconds=0) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        yield rig
        rig.close()


def world(folder: Path, seed: int) -> list[dict[str, Any]]:
    """Three machines of a sandbox with that seed, each with what its shell says."""
    clock = Clock()
    with Sandbox.start(clock=clock, boot_seconds=0, seed=seed) as sandbox:
        rig = Rig(sandbox, clock, folder)
        made = [rig.made("web-1"), rig.ec2("web-2"), rig.made("web-3")]
        clock.now += 600
        machines = [rig.machine(each) for each in made]
        for machine in machines:
            machine["shell"] = run(
                machine, rig.pair, "uptime; cat /proc/meminfo; cat /etc/ssh/ssh_host_ed25519_key.pub"
            )
        rig.close()
    for machine in machines:
        for own in ("ssh_port", "extra", "key_associations", "owned_by", "created_by"):
            del machine[own]
    return machines


def test_the_same_seed_makes_the_same_world_and_another_another(tmp_path: Path) -> None:
    first = world(tmp_path, 7)
    assert world(tmp_path, 7) == first
    for other in (world(tmp_path, 8), world(tmp_path, 0)):
        assert not {machine["id"] for machine in first} & {machine["id"] for machine in other}
        assert [machine["shell"] for machine in other] != [machine["shell"] for machine in first]


def test_a_seed_says_nothing_of_the_secrets_that_open_the_sandbox() -> None:
    with Sandbox.start(seed=7) as one, Sandbox.start(seed=7) as other:
        for secret in ("token", "password", "email", "instance_id"):
            assert getattr(one, secret) != getattr(other, secret)


def test_host_keys_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    seen = set()
    for _ in range(2):
        clock = Clock()
        with Sandbox.start(clock=clock, boot_seconds=0, seed=3) as sandbox:
            rig = Rig(sandbox, clock, tmp_path)
            made = rig.made("web-1")
            said = openssh(rig, made, "-v", "true").stderr
            seen.add(next(line.split()[-1] for line in said.splitlines() if "Server host key" in line))
            rig.close()
    assert len(seen) == 1


def test_a_reset_forgets_everything_but_who_may_come_in(rig: Rig) -> None:
    made = rig.made("web-1")
    assert rig("POST", f"/clouds/{rig.clouds['EC2']}/images/ami-785db401").status_code == 200
    assert rig("PUT", f"/clouds/{rig.clouds['Linode']}", new_name="Mine").text == "OK"
    before = rig.sandbox.url, rig.sandbox.token, rig.sandbox.instance_id
    rig.sandbox.reset()
    assert (rig.sandbox.url, rig.sandbox.token, rig.sandbox.instance_id) == before
    assert (rig.json("/machines"), rig.json("/keys")) == ([], [])
    assert {cloud["name"]: cloud["id"] for cloud in rig.json("/clouds")} == rig.clouds
    assert (rig.sandbox.ledger, rig("GET", f"/jobs/{made['job_id']}").status_code) == ([], 404)
    assert openssh(rig, made, "true").returncode == 255
    rig.key = rig.add_key("demo", rig.private)
    again = rig.made("web-1")
    assert (again["external_id"], again["public_ips"]) == (made["external_id"], made["public_ips"])
    assert openssh(rig, again, "hostname").stdout == "web-1\n"


def test_a_reset_takes_other_faults_and_another_seed(rig: Rig) -> None:
    rig.sandbox.reset(seed=5, faults=[{"do": "quota", "machines": 0}])
    rig.key = rig.add_key("demo", rig.private)
    assert rig.create("web-1").status_code == 500
    rig.sandbox.reset()
    rig.key = rig.add_key("demo", rig.private)
    assert rig.create("web-1").status_code == 500
    rig.sandbox.reset(faults=())
    rig.key = rig.add_key("demo", rig.private)
    rig.made("web-1")
    first = rig.sandbox.ledger[0][1]
    rig.sandbox.reset(seed=5)
    rig.key = rig.add_key("demo", rig.private)
    rig.made("web-1")
    assert rig.sandbox.ledger[0][1] == first


@pytest.mark.parametrize("faults", [[{"do": "nothing"}], [{"do": "lag"}], [3], [{"do": "quota", "machines": -1}]])
def test_a_reset_with_wrong_faults_changes_nothing(rig: Rig, faults: list[Any]) -> None:
    rig.made("web-1")
    with pytest.raises(SandboxError):
        rig.sandbox.reset(faults=faults)
    assert rig.names() == ["web-1"]


def test_what_it_is_doing_is_told(tmp_path: Path) -> None:
    clock = Clock()
    faults = [{"do": "error-after-commit", "times": 1}, {"do": "never-answers", "name": "x"}]
    with Sandbox.start(clock=clock, faults=faults, seed=2) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        rig.create("web-1")
        rig.create("web-2")
        clock.now += 60
        rig.made("web-3")
        doing = sandbox.doing()
        assert (doing.url, doing.seed, doing.machines) == (sandbox.url, 2, {"running": 2, "pending": 1})
        assert (doing.keys, doing.creates, doing.requests > 4) == (1, 3, True)
        assert [(fault.do, happened) for fault, happened in doing.faults] == [
            ("error-after-commit", 1),
            ("never-answers", 0),
        ]
        rig.close()


@pytest.mark.parametrize(
    ("machines", "name", "happened"), [(1, "*", 2), (2, "*", 1), (0, "web-*", 3), (1, "web-2", 0), (3, "*", 0)]
)
def test_a_quota_that_was_reached_is_told_as_often_as_it_was(
    tmp_path: Path, machines: int, name: str, happened: int
) -> None:
    clock = Clock()
    faults = [{"do": "quota", "machines": machines, "name": name}]
    with Sandbox.start(clock=clock, faults=faults) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        for asked in ("web-1", "web-2", "web-3"):
            rig.create(asked)
        assert [times for _, times in sandbox.doing().faults] == [happened]
        rig.close()


def test_a_kept_world_is_reset_on_disk_too(tmp_path: Path) -> None:
    clock = Clock()
    with Sandbox.start(clock=clock, state_dir=tmp_path / "state") as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        rig.made("web-1")
        sandbox.reset()
        rig.close()
    with Sandbox.start(clock=clock, state_dir=tmp_path / "state") as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        assert (rig.names(), len(rig.json("/keys"))) == ([], 1)
        rig.close()


def test_a_world_kept_by_the_version_before_is_taken_up(tmp_path: Path) -> None:
    clock = Clock()
    with Sandbox.start(clock=clock, state_dir=tmp_path / "state") as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        rig.made("web-1")
        rig.close()
    with sqlite3.connect(tmp_path / "state" / "sandbox.db") as database:
        database.execute("DROP TABLE found_images")
        database.execute("PRAGMA user_version = 2")
    database.close()
    for _ in range(2):
        with Sandbox.start(clock=clock, state_dir=tmp_path / "state") as sandbox:
            call = {"headers": {"Authorization": sandbox.token}, "timeout": 20}
            assert len(requests.get(f"{sandbox.url}/api/v1/machines", **call).json()) == 1
