"""The sandbox's machines over real HTTP: made, listed, acted upon, tagged, expired, and never lost."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mist_notebook.sandbox import Sandbox
from tests.rigs.sandbox_rig import START, Clock, Rig, openssh, port
from tests.rigs.ssh_hosts import need_client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rig(clock: Clock, tmp_path: Path) -> Iterator[Rig]:
    with Sandbox.start(clock=clock) as sandbox:
        made = Rig(sandbox, clock, tmp_path)
        yield made
        made.close()


def refused(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    return answer.status_code, answer.text


def listens(machine: dict[str, Any]) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port(machine)), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


# Made


def test_a_machine_is_pending_then_running_then_answers(rig: Rig) -> None:
    made = rig.made("web-1")
    assert (rig.machine(made)["state"], listens(made)) == ("pending", False)
    rig.later(2.5)
    assert (rig.machine(made)["state"], listens(made)) == ("running", False)
    rig.later(0.5)
    assert (rig.machine(made)["state"], listens(made)) == ("running", True)


def test_a_sync_create_answers_the_machine(rig: Rig) -> None:
    made = rig.made("production server", job_id="a" * 32)
    assert {name: made[name] for name in ("name", "public_ips", "private_ips", "job", "job_id")} == {
        "name": "production-server",
        "public_ips": ["192.0.2.1"],
        "private_ips": ["10.0.0.1"],
        "job": "create_machine",
        "job_id": "a" * 32,
    }
    assert made["extra"]["ssh_host"] == "127.0.0.1"


def test_the_id_in_the_answer_to_a_create_is_the_providers_and_no_other_id_is_there(rig: Rig) -> None:
    answer = rig.create("web-1").json()
    assert sorted(answer) == ["extra", "id", "job", "job_id", "name", "private_ips", "public_ips"]
    (listed,) = rig.json("/machines")
    assert answer["id"] == listed["external_id"] == listed["machine_id"] != listed["id"]


def test_a_machine_has_the_fields_of_v1(rig: Rig) -> None:
    sizes = rig.json(f"/clouds/{rig.clouds['NephoScale']}/sizes")
    size = next(size for size in sizes if size["external_id"] == "7")
    images = rig.json(f"/clouds/{rig.clouds['NephoScale']}/images")
    image = next(image for image in images if image["external_id"] == "177")
    made = rig.made("web-1", size=size["id"], image=image["id"], tags={"env": "dev"})
    (machine,) = rig.json(f"/clouds/{rig.clouds['NephoScale']}/machines")
    assert machine == {
        **{name: made[name] for name in ("name", "extra", "public_ips", "private_ips", "external_id")},
        "id": rig.sandbox.ledger[0][1],
        "machine_id": made["external_id"],
        "hostname": "web-1",
        "state": "pending",
        "os_type": "linux",
        "machine_type": "machine",
        "parent": "",
        "cloud": rig.clouds["NephoScale"],
        "cloud_title": "NephoScale",
        "provider": "nephoscale",
        "location": machine["location"],
        "size": "CS2.2 - 2GB, 2Core, 100GB",
        "image": image["id"],
        "network": "",
        "subnet": "",
        "cluster": "",
        "cores": 2,
        "cost": {"hourly": 0.125, "monthly": 0.125 * 24 * 31},
        "tags": {"env": "dev"},
        "actions": machine["actions"],
        "key_associations": machine["key_associations"],
        "monitoring": "",
        "probe": {"ping": {}, "ssh": {}},
        "expiration": None,
        "ssh_host": "127.0.0.1",
        "ssh_port": port(made),
        "rdp_port": 3389,
        "created": "2014-05-13 16:53:20",
        "last_seen": "2014-05-13 16:53:20",
        "missing_since": "",
        "unreachable_since": "",
        "owned_by": rig.sandbox.instance_id,
        "created_by": rig.sandbox.instance_id,
    }
    (association,) = machine["key_associations"].values()
    assert (association["key"], association["ssh_user"], association["port"]) == (rig.key, "root", port(made))


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"image": None}, 400, "Required parameter not provided: image"),
        ({"image": "999"}, 404, "Not Found: Image does not exist: 999"),
        ({"size": "999"}, 404, "Not Found: Size does not exist: 999"),
        ({"location": "999"}, 404, "Not Found: Location does not exist: 999"),
        ({"key": "999"}, 404, "Not Found: Key id does not exist"),
        ({"key": ""}, 400, "Required parameter not provided: key"),
        ({"image": ""}, 400, "Required parameter not provided: image"),
        ({"size": {"ram": 1}}, 400, "Bad Request: this provider has no custom sizes"),
        ({"image": 177}, 400, "Bad Request: image must be text"),
        ({"tags": "x"}, 400, "Bad Request: tags must be an object, or a list of objects"),
        ({"tags": {"a": "b" * 1001}}, 400, "Bad Request: a machine has at most 100 tags"),
        ({"async": True, "quantity": 0}, 400, "Bad Request: quantity must be 1 to 1000"),
        ({"async": True, "quantity": "x"}, 400, "Bad Request: quantity must be 1 to 1000"),
        ({"job_id": "../x"}, 400, "Bad Request: job_id must be"),
        ({"script": "x" * 70_000}, 400, "Bad Request: script is longer"),
    ],
)
def test_what_is_wrong_with_a_create_is_said_and_nothing_is_made(
    rig: Rig, changes: dict[str, Any], status: int, text: str
) -> None:
    answer = refused(rig.create("web-1", **changes))
    assert (answer[0], answer[1][: len(text)]) == (status, text)
    assert rig.names() == []
    assert [accepted for _, _, accepted in rig.sandbox.ledger] == [False]


def test_what_has_to_be_there_has_to_be_there(rig: Rig) -> None:
    for name in ("name", "image", "size"):
        order = {key: value for key, value in rig.order("web-1").items() if key != name}
        answer = rig.post(f"/clouds/{rig.clouds['EC2']}/machines", order)
        assert refused(answer) == (400, f"Required parameter not provided: {name}")


@pytest.mark.parametrize(
    ("cloud", "name", "given"),
    [
        ("NephoScale", "my production  server", "my-production-server"),
        ("NephoScale", "x" * 100, "x" * 64),
        ("DigitalOcean", "a_b", None),
        ("DigitalOcean", "a.b-C1", "a.b-C1"),
        ("Linode", "ab", None),
        ("EC2", "x" * 256, None),
        ("EC2", "x y" + "z" * 252, "x y" + "z" * 252),
    ],
)
def test_each_provider_has_its_own_rule_for_names(rig: Rig, cloud: str, name: str, given: str | None) -> None:
    first = {kind: rig.json(f"/clouds/{rig.clouds[cloud]}/{kind}s")[0]["id"] for kind in ("image", "size", "location")}
    answer = rig.create(name, cloud, **first)
    if given is None:
        assert refused(answer)[0] == 500
        assert answer.text.startswith("Error validating name: ")
        assert rig.names() == []
    else:
        assert answer.json()["name"] == given


def test_ids_look_like_the_providers(rig: Rig) -> None:
    assert rig.made("a")["external_id"].isdigit()
    assert rig.ec2("b")["external_id"].startswith("i-")
    assert rig.made("c", "Rackspace", image="5", size="2", location="dfw")["external_id"].count("-") == 4


def test_a_name_may_be_there_twice(rig: Rig) -> None:
    ids = {rig.made("web-1")["id"], rig.made("web-1")["id"]}
    assert (len(ids), rig.names()) == (2, ["web-1", "web-1"])
    assert [(name, accepted) for name, _, accepted in rig.sandbox.ledger] == [("web-1", True)] * 2
    assert {machine_id for _, machine_id, _ in rig.sandbox.ledger} == {one["id"] for one in rig.json("/machines")}


def test_fields_that_some_providers_want_come_back_in_extra(rig: Rig) -> None:
    made = rig.ec2("a", security_group="mistio", subnet_id="subnet-1", disk="10", nonsense="x")
    extra = rig.machine(made)["extra"]
    assert (extra["security_group"], extra["subnet_id"], extra["disk"]) == ("mistio", "subnet-1", "10")
    assert "nonsense" not in extra


def test_tags_may_be_a_list_of_pairs(rig: Rig) -> None:
    assert rig.machine(rig.made("a", tags=[{"x": "1"}, {"y": None}]))["tags"] == {"x": "1", "y": ""}


def test_a_key_may_be_named_as_in_2014(rig: Rig) -> None:
    (association,) = rig.machine(rig.made("a", key="demo"))["key_associations"].values()
    assert association["key"] == rig.key


def test_a_disabled_or_unknown_cloud_makes_nothing(rig: Rig) -> None:
    rig("POST", f"/clouds/{rig.clouds['EC2']}", new_state="0")
    assert rig.create("a", "EC2").status_code == 503
    assert refused(rig.post("/clouds/nope/machines", rig.order("a"))) == (404, "Not Found: Cloud does not exist")
    assert rig("GET", f"/clouds/{rig.clouds['EC2']}/machines").status_code == 503


def test_big_makes_machines_too(tmp_path: Path, clock: Clock) -> None:
    with Sandbox.start(clock=clock, big_images=50) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        image = rig.json(f"/clouds/{rig.clouds['Big']}/images")[0]
        made = rig.made("a", "Big", image=image["id"], size="m1.small", location="us-east-1a")
        assert rig.machine(made)["image"] == image["id"]
        rig.close()


def test_two_hundred_machines_have_addresses_of_their_own(tmp_path: Path, clock: Clock) -> None:
    with Sandbox.start(clock=clock, boot_seconds=0) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        job = rig.create("web", **{"async": True, "quantity": 200}).json()
        machines = rig.json("/machines")
        assert [machine["name"] for machine in machines] == [f"web-{number}" for number in range(1, 201)]
        for read in (lambda each: each["public_ips"][0], lambda each: each["private_ips"][0], lambda each: port(each)):
            assert len({read(machine) for machine in machines}) == 200
        assert all(machine["public_ips"][0].startswith(("192.0.2.", "198.51.100.")) for machine in machines)
        assert all(listens(machine) for machine in machines)
        assert len(rig.json(f"/jobs/{job['job_id']}")["logs"]) == 50
        rig.close()


# Jobs


def logged(rig: Rig, job_id: str) -> list[str]:
    return [log["action"] for log in rig.json(f"/jobs/{job_id}")["logs"]]


def test_an_async_create_is_a_job_whose_story_ends(rig: Rig) -> None:
    job = rig.create("web", **{"async": True, "quantity": 2, "job_id": "mine-1", "script": "nproc\nreboot"}).json()
    assert job == {"job_id": "mine-1", "job": "create_machine"}
    begun = ["create_machine", "async_machine_creation_started"]
    assert logged(rig, "mine-1") == begun
    rig.later(2)
    assert logged(rig, "mine-1") == [*begun, "machine_creation_finished", "machine_creation_finished"]
    assert rig.json("/jobs/mine-1")["finished_at"] == 0
    rig.later(1)
    story = rig.json("/jobs/mine-1")
    assert [log["action"] for log in story["logs"][4:7]] == ["probe", "script_finished", "post_deploy_finished"]
    assert (story["logs"][5]["stdout"][:2], story["logs"][5]["return_value"]) == ("2\n", 127)
    assert (story["started_at"], story["finished_at"], story["error"]) == (START, START + 3, False)
    assert {log.get("machine_name") for log in story["logs"]} == {None, "web-1", "web-2"}


def test_an_unknown_job_is_404(rig: Rig) -> None:
    assert refused(rig("GET", "/jobs/nope")) == (404, "Not Found: Job does not exist")


# Actions


def test_stop_start_and_reboot_do_what_they_say(rig: Rig) -> None:
    made = rig.made("web-1")
    rig.later(100)
    kept = port(made)
    assert rig.act(made, "stop").text == "OK"
    assert (rig.machine(made)["state"], listens(made)) == ("stopping", False)
    rig.later(1)
    assert rig.machine(made)["state"] == "stopped"
    rig.later(1000)
    assert listens(made) is False
    assert rig.act(made, "start").text == "OK"
    assert rig.machine(made)["state"] == "starting"
    rig.later(3)
    assert (rig.machine(made)["state"], listens(made), port(rig.machine(made))) == ("running", True, kept)
    assert rig.act(made, "reboot").text == "OK"
    assert (rig.machine(made)["state"], listens(made)) == ("rebooting", False)
    rig.later(3)
    assert (rig.machine(made)["state"], listens(made)) == ("running", True)
    assert rig("POST", f"/machines/{made['id']}/probe").json()["ssh"]["uptime"] == 1.0


def test_an_action_that_is_not_possible_now_is_refused(rig: Rig) -> None:
    made = rig.made("web-1")
    for action in ("start", "stop", "reboot", "rename"):
        assert refused(rig.act(made, action, name="x")) == (403, f"Forbidden: Machine doesn't support {action}.")
    rig.later(3)
    for action in ("start", "suspend", "resize", "clone"):
        assert rig.machine(made)["actions"][action] is False
        assert refused(rig.act(made, action)) == (403, f"Forbidden: Machine doesn't support {action}.")
    assert refused(rig.act(made, "explode")) == (400, "Bad Request: Action not supported: explode")
    assert refused(rig("POST", f"/machines/{made['id']}")) == (400, "Required parameter not provided: action")
    assert refused(rig.act(made, "rename")) == (400, "Required parameter not provided: name")
    assert refused(rig.act({"id": "nope"}, "stop")) == (404, "Not Found: Machine does not exist")


def test_a_provider_may_be_unable_to_rename(rig: Rig) -> None:
    made = rig.made("a", "SoftLayer", image="DEBIAN_7_64", size="0", location="dal05")
    rig.later(3)
    assert rig.machine(made)["actions"]["rename"] is False
    assert refused(rig.act(made, "rename", name="b"))[0] == 403


def test_a_machine_is_renamed_and_keeps_its_id(rig: Rig) -> None:
    made = rig.made("web-1")
    rig.later(3)
    assert rig.act(made, "rename", name="web two").text == "OK"
    assert rig.machine(made)["name"] == "web-two"


def test_either_id_will_do_in_either_url(rig: Rig) -> None:
    made = rig.made("web-1")
    rig.later(3)
    cloud = f"/clouds/{rig.clouds['NephoScale']}"
    for prefix in ("", cloud):
        for name in ("id", "external_id"):
            assert rig("POST", f"{prefix}/machines/{made[name]}/tags", tags={prefix + name: "x"}).text == "OK"
    assert len(rig.machine(made)["tags"]) == 4
    other = f"/clouds/{rig.clouds['EC2']}/machines/{made['id']}"
    assert refused(rig("POST", other, action="stop")) == (404, "Not Found: Machine does not exist")


def test_a_destroyed_machine_vanishes_after_a_moment(rig: Rig) -> None:
    made = rig.made("web-1")
    rig.later(3)
    assert rig.act(made, "destroy").text == "OK"
    assert (rig.machine(made)["state"], listens(made)) == ("terminated", False)
    assert refused(rig.act(made, "start")) == (404, "Not Found: Machine does not exist")
    rig.later(1)
    assert rig.machines() == {}


def test_ec2_goes_on_showing_what_was_terminated(rig: Rig) -> None:
    made = rig.ec2("web-1")
    rig.act(made, "destroy")
    rig.later(60)
    assert rig.machine(made)["state"] == "terminated"
    assert not any(rig.machine(made)["actions"].values())
    assert rig.machine(made)["cost"] == {"hourly": 0.0, "monthly": 0.0}
    rig.later(3600)
    assert rig.machines() == {}


def test_a_pending_machine_can_be_destroyed(rig: Rig) -> None:
    made = rig.made("web-1")
    assert rig.act(made, "destroy").text == "OK"
    rig.later(10)
    assert (rig.machines(), listens(made)) == ({}, False)


def test_machines_of_a_removed_cloud_are_gone(rig: Rig) -> None:
    made = rig.made("web-1")
    rig.later(3)
    assert listens(made)
    rig("DELETE", f"/clouds/{rig.clouds['NephoScale']}")
    assert (rig.machines(), listens(made)) == ({}, False)
    assert rig.json("/keys")[0]["machines"] == []


# Money and tags


def test_cost_comes_from_the_size_and_unknown_is_null(rig: Rig) -> None:
    unknown = rig.made("a", size="219")
    linode = rig.made("bbb", "Linode", image="109", size="1", location="2")
    assert rig.machine(unknown)["cost"] == {"hourly": None, "monthly": None}
    assert rig.machine(unknown)["cores"] == 1
    assert rig.machine(linode)["cost"] == {"hourly": 0.015, "monthly": 10.0}


def test_ec2_costs_nothing_while_it_is_stopped(rig: Rig) -> None:
    made = rig.ec2("a")
    rig.later(3)
    assert rig.machine(made)["cost"]["hourly"] == 0.044
    rig.act(made, "stop")
    rig.later(1)
    assert rig.machine(made)["cost"] == {"hourly": 0.0, "monthly": 0.0}


@pytest.mark.parametrize(
    ("tags", "hourly"),
    [({"cost_per_hour": "2"}, 2.0), ({"cost_per_month": "744"}, 1.0), ({"cost_per_hour": "101"}, 0.125)]
    + [({"cost_per_hour": text}, 0.125) for text in ("x", "nan", "-1", "inf")],
)
def test_a_tag_may_set_the_cost(rig: Rig, tags: dict[str, str], hourly: float) -> None:
    assert rig.machine(rig.made("a", tags=tags))["cost"]["hourly"] == hourly


def test_tags_are_added_removed_and_changed_in_bulk(rig: Rig) -> None:
    one, two = rig.made("one", tags={"a": "1"}), rig.made("two")
    path = f"/clouds/{rig.clouds['NephoScale']}/machines/{one['external_id']}/tags"
    assert rig("POST", path, tags={"b": "2"}).text == "OK"
    assert rig.machine(one)["tags"] == {"a": "1", "b": "2"}
    assert rig("DELETE", f"{path}/a").text == "OK"
    assert refused(rig("DELETE", f"{path}/a")) == (404, "Not Found: Tag does not exist")
    assert refused(rig("POST", path)) == (400, "Required parameter not provided: tags")
    resource = {"type": "machine", "item_id": two["external_id"], "cloud_id": rig.clouds["NephoScale"]}
    changes = [
        {"tags": [{"key": "b", "op": "-"}, {"key": "c", "value": "3"}], "resource": {**resource, "item_id": one["id"]}},
        {"tags": [{"key": "d", "value": "4", "op": "+"}], "resource": resource},
    ]
    assert rig.post("/tags", changes).text == "OK"
    assert [rig.machine(one)["tags"], rig.machine(two)["tags"]] == [{"c": "3"}, {"d": "4"}]


@pytest.mark.parametrize("change", [{}, "x", {"resource": {"type": "cloud"}}, {"resource": {"type": "machine"}}])
def test_a_bulk_change_happens_whole_or_not_at_all(rig: Rig, change: Any) -> None:
    made = rig.made("one")
    good = {"tags": [{"key": "a"}], "resource": {"type": "machine", "item_id": made["id"]}}
    assert rig.post("/tags", [good, change]).status_code in (400, 404)
    assert rig.machine(made)["tags"] == {}
    assert refused(rig("POST", "/tags", a=1)) == (400, "Bad Request: the body must be a list")


# Expiration


def test_a_machine_goes_when_its_time_is_over(rig: Rig) -> None:
    wanted = {"date": "2014-05-13 17:53:20", "action": "destroy", "notify": 60}
    made = rig.made("web-1", expiration=wanted)
    shown = rig.machine(made)["expiration"]
    assert shown == {**wanted, "id": shown["id"]}
    rig.later(3599)
    assert (rig.machine(made)["state"], listens(made)) == ("running", True)
    rig.later(1)
    assert listens(made) is False
    rig.later(1)
    assert rig.machines() == {}


def test_a_time_limit_can_be_changed_and_taken_away(rig: Rig) -> None:
    made = rig.made("web-1", expiration={"date": "2014-05-13 17:53:20", "action": "stop"})
    rig.later(3)
    path = f"/machines/{made['id']}"
    assert rig("PUT", path, expiration={"date": "2014-05-13 18:53:20", "action": "stop"}).text == "OK"
    rig.later(3600)
    assert rig.machine(made)["state"] == "running"
    rig.later(3600)
    assert rig.machine(made)["state"] == "stopping"
    rig.later(1)
    assert rig.machine(made)["state"] == "stopped"
    assert rig.machine(made)["expiration"] is None
    rig("PUT", path, expiration={"date": "2014-05-20 18:53:20", "action": "destroy"})
    assert rig.machine(made)["expiration"]["date"] == "2014-05-20 18:53:20"
    assert rig("PUT", path, expiration=None).text == "OK"
    assert rig.machine(made)["expiration"] is None
    assert refused(rig("PUT", path, other=1)) == (400, "Required parameter not provided: expiration")


@pytest.mark.parametrize(
    "wanted",
    [
        {"date": "2014-05-13 16:53:20"},
        {"date": "tomorrow"},
        {"date": "2015-01-01 00:00:00", "action": "explode"},
        {"date": "2015-01-01 00:00:00", "notify": "x"},
        "soon",
    ],
)
def test_a_bad_time_limit_is_noticed_too_late_as_in_mist(rig: Rig, wanted: Any) -> None:
    assert refused(rig.create("web-1", expiration=wanted))[0] == 400
    (machine,) = rig.machines().values()
    assert (machine["name"], machine["expiration"]) == ("web-1", None)
    assert refused(rig("PUT", f"/machines/{machine['id']}", expiration=wanted))[0] == 400
    assert [accepted for _, _, accepted in rig.sandbox.ledger] == [True]


# Keys on machines, and probes


def test_a_machines_keys_are_shown_on_both_sides(rig: Rig) -> None:
    made = rig.made("web-1")
    rig.later(3)
    second = rig.add_key("second", rig.private)
    path = f"/clouds/{rig.clouds['NephoScale']}/machines/{made['external_id']}/keys/{second}"
    assert rig("PUT", path, ssh_user="debian", ssh_port=22, host="192.0.2.1").json() is None
    associations = rig.machine(made)["key_associations"].values()
    assert {(each["key"], each["ssh_user"]) for each in associations} == {(rig.key, "root"), (second, "debian")}
    (on_key,) = rig.json("/keys")[1]["machines"]
    assert (on_key["cloud_id"], on_key["machine_id"]) == (rig.clouds["NephoScale"], made["external_id"])
    assert (on_key["ssh_user"], on_key["sudo"], on_key["port"]) == ("debian", True, port(made))
    assert rig("PUT", path, user="root", port=22).json() is None
    assert len(rig.machine(made)["key_associations"]) == 2
    assert rig("DELETE", path).json() is None
    assert refused(rig("DELETE", path)) == (404, "Not Found: Key is not associated with this machine")
    rig("DELETE", f"/keys/{rig.key}")
    assert rig.machine(made)["key_associations"] == {}


def test_what_is_wrong_with_an_association_is_said(rig: Rig) -> None:
    made = rig.made("web-1")
    path = f"/machines/{made['id']}/keys"
    assert refused(rig("PUT", f"{path}/{rig.key}"))[0] == 503
    rig.later(3)
    assert refused(rig("PUT", f"{path}/nope")) == (404, "Not Found: Key id does not exist")
    assert refused(rig("PUT", f"/machines/nope/keys/{rig.key}")) == (404, "Not Found: Machine does not exist")
    assert refused(rig("PUT", f"{path}/{rig.key}", user="nobody"))[0] == 401
    assert refused(rig("PUT", f"{path}/{rig.key}", ssh_port=99999))[0] == 400
    rig("DELETE", f"{path}/{rig.key}")
    assert refused(rig("PUT", f"{path}/{rig.key}"))[0] == 401


def test_a_probe_is_in_the_nested_shape_of_today(rig: Rig) -> None:
    made = rig.made("web-1")
    path = f"/clouds/{rig.clouds['NephoScale']}/machines/{made['external_id']}/probe"
    assert refused(rig("POST", path))[0] == 503
    rig.later(3600)
    probe = rig("POST", path, host="ignored", key="ignored").json()
    assert probe["ping"]["packets_loss"] == 0.0
    ssh = probe["ssh"]
    assert (ssh["uptime"], ssh["cores"], ssh["users"], ssh["pub_ips"]) == (3598.0, 2, 0, ["192.0.2.1"])
    assert (ssh["os"], ssh["os_version"], ssh["kernel"]) == ("debian", "7.1", "3.2.0-4-amd64")
    assert len(ssh["loadavg"]) == 3
    assert ssh["df"].splitlines()[1].startswith("/dev/vda1")
    rig("DELETE", f"/machines/{made['id']}/keys/{rig.key}")
    assert refused(rig("POST", path))[0] == 401
    rig.act(made, "stop")
    assert refused(rig("POST", path))[0] == 503


def test_windows_runs_and_answers_no_ssh(rig: Rig) -> None:
    made = rig.made("web-1", image="21")
    rig.later(60)
    assert (rig.machine(made)["state"], rig.machine(made)["os_type"]) == ("running", "windows")
    assert listens(made) is False
    assert refused(rig("POST", f"/machines/{made['id']}/probe"))[0] == 503


def test_the_new_routes_need_the_token(rig: Rig) -> None:
    paths = ["/machines", f"/clouds/{rig.clouds['EC2']}/machines", "/jobs/x", "/keys/x/private", "/keys/x/public"]
    for path in paths:
        assert requests.get(rig.sandbox.url + "/api/v1" + path, timeout=10).status_code == 401
    for path in ("/machines/x", "/machines/x/probe", "/machines/x/tags", "/tags", f"{paths[1]}/x"):
        assert requests.post(rig.sandbox.url + "/api/v1" + path, timeout=10).status_code == 403


# Life and death


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_sandboxes_with_machines_leave_no_file_and_no_thread(tmp_path: Path, clock: Clock) -> None:
    def once() -> None:
        with Sandbox.start(clock=clock, boot_seconds=0) as sandbox:
            rig = Rig(sandbox, clock, tmp_path)
            made = rig.made("web-1", key="demo")
            rig.close()
            with socket.create_connection(("127.0.0.1", port(made)), timeout=5) as connection:
                assert connection.recv(4) == b"SSH-"
            assert openssh(rig, made, "uptime").returncode in (0, 255)

    once()
    files, threads = open_files(), set(threading.enumerate())
    for _ in range(3):
        once()
    assert (open_files(), set(threading.enumerate())) == (files, threads)


class Child:
    """A standalone sandbox."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "mist_notebook.sandbox", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout
        self.url, self.token = (self.process.stdout.readline().strip().partition("=")[2] for _ in range(2))

    instance_id = ""

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        assert self.process.stdout
        self.process.stdout.close()


def host_key(machine: dict[str, Any]) -> str:
    need_client()
    command = ["ssh-keyscan", "-t", "ed25519", "-p", str(port(machine)), "127.0.0.1"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout


def test_machines_ports_keys_and_jobs_survive_a_sigkill(tmp_path: Path) -> None:
    need_client()  # before anything runs that would have to be ended
    arguments = ("--state", str(tmp_path / "state"), "--boot-seconds", "0")
    child: Any = Child(*arguments)
    rig = Rig(child, Clock(), tmp_path)
    made = [rig.made(f"web-{number}") for number in range(5)]
    rig.act(made[0], "stop")
    assert rig.act(made[1], "destroy").text == "OK"
    before = {machine["id"]: {**machine, "last_seen": ""} for machine in rig.json("/machines")}
    stories, host = [rig.json(f"/jobs/{each['job_id']}") for each in made], host_key(made[2])
    child.end(signal.SIGKILL)
    assert host.count("ssh-ed25519") == 1

    again: Any = Child(*arguments)
    rig.sandbox = again
    after = {machine["id"]: {**machine, "last_seen": ""} for machine in rig.json("/machines")}
    assert (after, len(after)) == (before, 4)
    assert [rig.json(f"/jobs/{each['job_id']}") for each in made] == stories
    assert (again.url, host_key(made[2])) == (child.url, host)
    assert [listens(each) for each in made] == [False, False, True, True, True]
    assert openssh(rig, made[4], "hostname").stdout == "web-4\n"
    rig.close()
    again.end(signal.SIGTERM)


def test_what_was_acknowledged_before_a_sigkill_is_there_once(tmp_path: Path) -> None:
    arguments = ("--state", str(tmp_path / "state"))
    acknowledged: list[str] = []
    for round_number in range(3):
        child: Any = Child(*arguments)
        if not round_number:
            rig = Rig(child, Clock(), tmp_path)
        rig.sandbox = child
        killer = threading.Timer(0.1 + 0.07 * round_number, child.process.kill)
        killer.start()
        try:
            while True:
                acknowledged.append(rig.made(f"web-{len(acknowledged)}-{round_number}")["id"])
        except requests.RequestException:
            killer.join()
        child.end(signal.SIGKILL)
    child = rig.sandbox = Child(*arguments)
    there = list(rig.machines())
    assert set(acknowledged) <= set(there)
    assert len(there) - len(acknowledged) in range(4)
    rig.close()
    child.end(signal.SIGTERM)


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path, clock: Clock) -> None:
    with Sandbox.start(clock=clock, boot_seconds=0, state_dir=tmp_path / "state") as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        made = rig.made("web-1")
        rig.close()
    with (
        socket.create_server(("127.0.0.1", port(made))),
        Sandbox.start(clock=clock, state_dir=tmp_path / "state") as again,
    ):
        rig.sandbox = again
        moved = rig.machine(made)
        assert port(moved) == moved["ssh_port"] != port(made)
        (association,) = moved["key_associations"].values()
        assert association["port"] == port(moved)
        assert openssh(rig, moved, "hostname").stdout == "web-1\n"
        rig.close()


def test_secrets_are_in_the_private_file_only(tmp_path: Path, clock: Clock) -> None:
    with Sandbox.start(clock=clock, state_dir=tmp_path / "state") as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        rig.made("web-1")
        rig.close()
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "state").iterdir()} == {0o600}
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
