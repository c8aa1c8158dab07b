"""EC2 asked directly, over real HTTP to moto: lists, images by one name, a machine's life, once and never twice."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.backends.ec2.keys import ours
from mist_notebook.client.backend import Backend
from mist_notebook.client.machines.acts import Pace
from mist_notebook.ground.errors import (
    ApiError,
    BadValueError,
    LimitError,
    MistError,
    NoRoomError,
    NotFoundError,
    ProvisionError,
    RefusedError,
)
from mist_notebook.records.model import OP_TAG
from tests.rigs import ec2_cloud, hostile
from tests.rigs.ec2_cloud import Cloud, refusal
from tests.rigs.quick_steps import steps

pytestmark = pytest.mark.long(40)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("MIST_ANSWER_SECONDS", "5")
    with ec2_cloud.serve(monkeypatch, tmp_path) as cloud:
        yield cloud


@pytest.fixture
def client(cloud: Cloud) -> Iterator[MistClient]:
    with MistClient() as client:
        client.pace = Pace(sleep=lambda _: None)
        client.make_key("mine") if client.local_keys.names() else client.local_keys.generate("mine", rsa=False)
        yield client


@pytest.fixture
def backend(client: MistClient) -> Backend:
    return client.add_backend(provider="ec2")


def wish(backend: Backend, name: str = "web", **more: Any) -> Any:
    return backend.spec(name, key="mine", **{"size": "t3.small", "image": "debian-12", **more})


def test_lists_have_sizes_zones_networks_and_whose_it_is(backend: Backend) -> None:
    account = backend.adapter.account()
    assert (account.place, account.id, account.source) == ("ec2", ec2_cloud.ACCOUNT, "AWS_ACCESS_KEY_ID")
    sizes = {size.id: size for size in backend.listing("sizes").records}
    assert set(sizes) == set(ec2_cloud.SIZES)
    assert (sizes["t4g.small"].arch, sizes["t4g.small"].vcpus, sizes["t4g.small"].ram_mb) == ("arm64", 2, 2048)
    assert sizes["g4dn.xlarge"].extra["gpus"] == 1
    places = {place.id: place for place in backend.listing("locations").records}
    assert {place.kind for place in places.values()} == {"region", "zone"}
    assert places["eu-west-1a"].region == "eu-west-1"
    assert "t3.small" in (places["eu-west-1a"].available_sizes or ())
    assert [one.name for one in backend.listing("networks").records] == ["default"]


def test_prices_are_the_catalogues_of_that_region_dated_and_sourced(backend: Backend) -> None:
    price = next(size.price for size in backend.listing("sizes").records if size.id == "t3.small")
    assert price.hourly == pytest.approx(0.0228, rel=0.2)
    assert price.currency == "USD" and price.as_of is not None
    assert "eu-west-1" in (price.source or "")
    assert wish(backend).size.price.hourly == price.hourly


def test_a_price_that_nobody_knows_wants_the_persons_word(backend: Backend, cloud: Cloud) -> None:
    spec = wish(backend, image="ami-0bad2404000000001")
    from msgspec.structs import replace

    licensed = backend.priced(replace(spec, image=replace(spec.image, os="Red Hat Enterprise Linux")))
    assert licensed.size.price.hourly is None
    with pytest.raises(LimitError, match="unknown"):
        steps(backend, licensed, accepted=False)
    assert cloud.creates == []
    assert steps(backend, licensed, accepted=True)[-1].machine.state == "running"


IMAGES = (
    ("debian-12", "x86_64", "ami-0deb12a0000000001"),
    ("debian-12", "arm64", "ami-0deb12b0000000001"),
    ("Ubuntu 24.04", "x86_64", "ami-0b02404a000000001"),
    ("ubuntu-24.04", "arm64", "ami-0b02404b000000001"),
    ("al2023", "x86_64", "ami-0a12023a000000001"),
    ("amazon-linux-2023", None, "ami-0a12023a000000001"),
    ("debian-12-amd64-20250316-2053", "x86_64", "ami-0deb12a0000000002"),
    ("ami-0bad2404000000001", "x86_64", "ami-0bad2404000000001"),
)
NO_IMAGES = (("Debain", "debian-12"), ("ubuntu-99.04", "ubuntu-24.04"), ("ami-0123456789", "one region"))


def test_an_image_is_found_by_one_name_its_own_name_and_its_id(backend: Backend, cloud: Cloud) -> None:
    found = [backend.adapter.find_image(reference, arch).id for reference, arch, _ in IMAGES]
    assert found == [own for _, _, own in IMAGES]
    for wrong, nearest in NO_IMAGES:
        with pytest.raises(NotFoundError) as error:
            backend.adapter.find_image(wrong)
        assert nearest in error.value.hint
    asked = [one.words for one in cloud.calls("DescribeImages")]
    assert all(any(name.startswith(("Filter", "ImageId", "Owner")) for name in words) for words in asked)


def test_the_public_parameter_decides_where_there_is_one(backend: Backend, cloud: Cloud) -> None:
    ec2_cloud.parameter("eu-west-1", "/aws/service/debian/release/12/latest/amd64", "ami-0deb12a0000000002")
    assert backend.adapter.find_image("debian-12", "x86_64").id == "ami-0deb12a0000000002"
    cloud.on["GetParameters"] = [ec2_cloud.json_refusal("AccessDeniedException")]
    assert backend.adapter.find_image("debian-12", "x86_64").id == "ami-0deb12a0000000001"


def test_a_search_goes_to_the_server_by_owners_and_a_strangers_image_says_so(backend: Backend, cloud: Cloud) -> None:
    found = backend.listing("images", search="Ubuntu 24.04").records
    assert {image.owner for image in found} == {"Canonical (099720109477)"}
    assert all(image.created for image in found)
    words = cloud.calls("DescribeImages")[-1].words
    assert "*ubuntu*24.04*" in words.values() and "self" in words.values()
    anybody = backend.listing("images", search="ubuntu 24.04", everything=True).records
    assert {image.id for image in anybody} - {image.id for image in found} == {"ami-0bad2404000000001"}


def test_a_machine_lives_its_life_and_leaves_nothing_but_its_key(backend: Backend, cloud: Cloud) -> None:
    machine = steps(backend, wish(backend))[-1].machine
    assert (machine.name, machine.state, machine.size_id) == ("web", "running", "t3.small")
    held = backend.machine_from_name("web")
    op = backend._client.journal.records()[0].op
    assert held.mine and dict(held.record.tags)[OP_TAG] == op
    assert cloud.creates[0].words["ClientToken"] == op
    assert cloud.creates[0].words["MetadataOptions.HttpTokens"] == "required"
    held.stop()
    assert backend.machine_from_name("web").state == "stopped"
    assert backend.adapter.billed_when_stopped is False
    held.start()
    held.reboot()
    assert backend.machine_from_name("web").state == "running"
    held.destroy()
    assert backend.machine_from_id(machine.id).state == "terminated"
    assert len(cloud.creates) == 1
    assert [(one.kind, one.name) for one in backend.adapter.orphans().records] == [("key", machine.extra["key"])]
    backend.adapter.sweep(backend.adapter.orphans().records[0])
    assert backend.adapter.orphans().records == []


def test_ssh_is_let_in_from_this_computer_alone_or_from_where_the_person_said(backend: Backend, cloud: Cloud) -> None:
    spec = wish(backend)
    assert dict(spec.beside)["SSH is let in"] == "from 127.0.0.1/32 to port 22, and nothing else"
    assert cloud.calls("CreateSecurityGroup") == []
    steps(backend, spec)
    steps(backend, wish(backend, "two", ssh_from="203.0.113.7"))
    rules = [one.words for one in cloud.calls("AuthorizeSecurityGroupIngress")]
    assert [words["IpPermissions.1.IpRanges.1.CidrIp"] for words in rules] == ["127.0.0.1/32", "203.0.113.7/32"]
    assert {words["IpPermissions.1.FromPort"] for words in rules} == {"22"}
    assert len(cloud.calls("CreateSecurityGroup")) == 1
    with pytest.raises(BadValueError, match="neither an address"):
        wish(backend, "three", ssh_from="everywhere")
    assert "WHOLE WORLD" in dict(wish(backend, "three", ssh_from="0.0.0.0/0").beside)["SSH is let in"]


def test_machines_that_are_together_reach_each_other_and_their_group_goes_with_the_last(
    backend: Backend, cloud: Cloud
) -> None:
    for name in ("dask-1", "dask-2"):
        steps(backend, wish(backend, name, together="dask"))
    made = [one.words for one in cloud.calls("CreateSecurityGroup")]
    assert [words["GroupName"] for words in made] == ["mist-notebook", "mist-notebook together dask"]
    rule = cloud.calls("AuthorizeSecurityGroupIngress")[1].words
    assert rule["IpPermissions.1.IpProtocol"] == "-1"
    assert rule["IpPermissions.1.Groups.1.GroupId"] == rule["GroupId"]
    assert all("SecurityGroupId.2" in one.words for one in cloud.creates)
    backend.machine_from_name("dask-1").destroy()
    assert len(list(backend.adapter._networks.ours("eu-west-1"))) == 2  # type: ignore[attr-defined]
    backend.machine_from_name("dask-2").destroy()
    assert list(backend.adapter._networks.ours("eu-west-1")) == []  # type: ignore[attr-defined]


def test_a_key_goes_over_once_by_its_public_half_whatever_it_is_called_there(backend: Backend, cloud: Cloud) -> None:
    public = backend._client.local_keys.public_of("mine")
    steps(backend, wish(backend))
    steps(backend, wish(backend, "two"))
    sent = cloud.calls("ImportKeyPair")
    assert [one.words["KeyName"] for one in sent] == [ours(public)]
    assert base64.b64decode(sent[0].words["PublicKeyMaterial"]).decode() == public
    assert {one.words["KeyName"] for one in cloud.creates} == {ours(public)}
    assert backend._client.journal.records()[0].spec["key"] == "mine"


def test_another_key_of_the_same_name_at_ec2_is_not_taken_for_ours(backend: Backend, cloud: Cloud) -> None:
    backend._client.local_keys.generate("other", rsa=False)
    other = backend._client.local_keys.public_of("other")
    ec2_cloud.backend("eu-west-1").import_key_pair("mine", other.encode(), {})
    steps(backend, wish(backend))
    assert cloud.creates[0].words["KeyName"] == ours(backend._client.local_keys.public_of("mine"))


@pytest.mark.parametrize("how", ["500", "502", "503", "429", "reset", "silence", "html"])
def test_a_create_is_sent_once_whatever_answers_it(backend: Backend, cloud: Cloud, how: str, request: Any) -> None:
    answers = {"reset": hostile.reset, "silence": hostile.hang, "html": hostile.answer("<html>", content_type="x/y")}
    if how == "silence":
        backend.adapter._calls._limits.__dict__["total_s"] = 1.0  # type: ignore[attr-defined]
    cloud.on["RunInstances"] = [answers.get(how) or hostile.answer("busy", status=int(how), content_type="text/plain")]
    with pytest.raises(RefusedError if how == "429" else ProvisionError):
        steps(backend, wish(backend))
    assert len(cloud.creates) == 1
    states = [record.state for record in backend._client.journal.records()]
    assert states == (["dropped"] if how == "429" else ["unknown"])


def test_no_retry_setting_of_the_persons_repeats_a_write(
    client: MistClient, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "6")
    backend = client.add_backend(provider="ec2")
    for number, step in enumerate((hostile.answer("", status=503, content_type="text/xml"), hostile.reset), start=1):
        cloud.on["RunInstances"] = cloud.on["DeleteKeyPair"] = [step] * 6
        with pytest.raises(ProvisionError):
            steps(backend, wish(backend, f"web-{number}"))
        cloud.on["DeleteKeyPair"] = [step] * 6
        with pytest.raises(MistError):
            backend.adapter._calls.ask("DeleteKeyPair", "eu-west-1", None, KeyName="x")  # type: ignore[attr-defined]
        assert (len(cloud.creates), len(cloud.calls("DeleteKeyPair"))) == (number, number)


@pytest.mark.parametrize("code", ["InternalError", "Unavailable", "IdempotentParameterMismatch"])
def test_a_code_that_leaves_doubt_is_looked_for_and_found_by_its_tag(backend: Backend, cloud: Cloud, code: str) -> None:
    cloud.makes_all_the_same = True
    cloud.on["RunInstances"] = [refusal(code, status=500)]
    assert steps(backend, wish(backend))[-1].machine.name == "web"
    assert len(cloud.creates) == 1


REFUSALS = (
    ("InsufficientInstanceCapacity", 500, "InsufficientInstanceCapacity"),
    ("VcpuLimitExceeded", 400, "VcpuLimitExceeded"),
    ("Unsupported", 400, "Unsupported"),
    ("RequestLimitExceeded", 503, "too often"),
    ("UnauthorizedOperation", 403, "may not RunInstances"),
    ("OptInRequired", 401, "not signed up"),
    ("InvalidParameterValue", 400, "InvalidParameterValue"),
    ("AuthFailure", 401, "did not accept"),
    ("ExpiredToken", 400, "have expired"),
)


def test_a_certain_refusal_frees_name_and_budget(backend: Backend, cloud: Cloud) -> None:
    spec = wish(backend)
    for code, status, says in REFUSALS:
        cloud.on["RunInstances"] = [refusal(code, status=status)]
        with pytest.raises(RefusedError, match=says):
            steps(backend, spec)
        assert backend._client.journal.opened() == []
    assert steps(backend, spec)[-1].machine.state == "running"
    assert len(cloud.creates) == len(REFUSALS) + 1


def test_the_next_zone_is_tried_where_the_first_has_no_room_and_it_shows(backend: Backend, cloud: Cloud) -> None:
    cloud.on["RunInstances"] = [refusal("InsufficientInstanceCapacity", status=500)] * 2
    found = steps(backend, wish(backend, location="eu-west-1a,eu-west-1b,eu-west-1c"))
    tokens = [one.words["ClientToken"] for one in cloud.creates]
    op = backend._client.journal.records()[0].op
    assert tokens == [op, f"{op}-2", f"{op}-3"]
    assert found[-1].machine.location_id == "eu-west-1c"
    said = " ".join(step.message for step in found)
    assert "eu-west-1a has no room" in said and "InsufficientInstanceCapacity" in said
    assert "eu-west-1b has no room" in said and "eu-west-1c made it" in said
    assert [(record.state, record.name) for record in backend._client.journal.records()] == [("created", "web")]
    assert "eu-west-1a has no room" in backend._client.journal.records()[0].passed


@pytest.mark.parametrize(
    ("code", "asked"),
    [("VcpuLimitExceeded", 2), ("InvalidParameterValue", 1), ("UnauthorizedOperation", 1), ("InternalError", 1)],
)
def test_only_want_of_room_goes_to_the_next_zone(backend: Backend, cloud: Cloud, code: str, asked: int) -> None:
    cloud.on["RunInstances"] = [refusal(code, status=500 if code == "InternalError" else 400)] * 3
    with pytest.raises(MistError):
        steps(backend, wish(backend, location="eu-west-1a,eu-west-1b"))
    assert len(cloud.creates) == asked


def test_no_room_anywhere_names_every_place(backend: Backend, cloud: Cloud) -> None:
    cloud.on["RunInstances"] = [refusal("InsufficientInstanceCapacity", status=500)] * 2
    with pytest.raises(NoRoomError, match=r"eu-west-1a .*eu-west-1b"):
        steps(backend, wish(backend, location=["eu-west-1a", "eu-west-1b"]))
    assert backend._client.journal.opened() == []


def test_a_time_limit_is_the_machines_own_and_ec2_removes_it(backend: Backend, cloud: Cloud) -> None:
    steps(backend, wish(backend, hours=2, script="echo hello"))
    words = cloud.creates[0].words
    assert words["InstanceInitiatedShutdownBehavior"] == "terminate"
    data = base64.b64decode(words["UserData"]).decode()
    assert "shutdown -P +120" in data and "text/cloud-boothook" in data
    assert "! loginctl" in data and "sleep 7260\n  poweroff -f" in data
    assert "#!/bin/sh\necho hello" in data and "text/x-shellscript" in data
    machine = backend.machine_from_name("web")
    assert machine.record.expires is not None
    steps(backend, wish(backend, "two", script="#!/usr/bin/python3\nprint(1)"))
    assert base64.b64decode(cloud.creates[1].words["UserData"]) == b"#!/usr/bin/python3\nprint(1)"
    assert "InstanceInitiatedShutdownBehavior" not in cloud.creates[1].words


def test_a_spot_machine_is_asked_for_once_and_said_so(backend: Backend, cloud: Cloud) -> None:
    spec = wish(backend, spot=True)
    assert "may end it at any time" in dict(spec.beside)["spot"]
    steps(backend, spec)
    assert cloud.creates[0].words["InstanceMarketOptions.MarketType"] == "spot"


def test_subnets_and_groups_are_named_and_a_group_of_another_network_is_refused(backend: Backend) -> None:
    ec2 = ec2_cloud.backend("eu-west-1")
    vpc = ec2.create_vpc("10.7.0.0/16")
    subnet = ec2.create_subnet(vpc.id, "10.7.1.0/24", availability_zone="eu-west-1a")
    subnet.add_tag("Name", "inner")
    default = next(one.id for one in ec2.vpcs.values() if one.id != vpc.id)
    mine = ec2.create_security_group("web", "mine", vpc_id=default)
    other = ec2.create_security_group("inner-web", "of the other", vpc_id=vpc.id)
    assert wish(backend, security_group="WEB").extra == {"security_group": mine.id}
    named = {"subnet_id": "inner", "security_group": "inner-web"}
    assert wish(backend, location="eu-west-1a", **named).extra == {"subnet_id": subnet.id, "security_group": other.id}
    for wrong, says in (
        ({"security_group": "inner-web"}, f"is of {vpc.id}, and the machine would be in {default}"),
        ({"security_group": "wb"}, "no security group 'wb'"),
        ({"subnet_id": "inner", "location": "eu-west-1b"}, "is in eu-west-1, eu-west-1a, not in eu-west-1b"),
    ):
        with pytest.raises(BadValueError, match=says):
            wish(backend, **wrong)


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"image": "ami-0deb12b0000000001"}, "arm64"),
    ({"script": "x" * 17_000}, "16,384 bytes"),
    ({"location": "eu-west-1z"}, "No location named"),
    ({"subnet_id": "subnet-0123"}, "no subnet"),
    ({"spot": "perhaps"}, "neither true nor false"),
    ({"bogus": 1}, "takes no 'bogus'"),
    ({"size": "t3.smal"}, "No size named"),
)


def test_what_would_be_refused_is_refused_before_anything_is_sent(backend: Backend, cloud: Cloud) -> None:
    for wrong, says in WRONG:
        with pytest.raises(MistError, match=says):
            wish(backend, **wrong)
    assert all(one.operation.startswith(("Describe", "Get")) for one in cloud.ledger)


def test_an_account_without_a_default_network_is_two_lines(backend: Backend, cloud: Cloud) -> None:
    ec2 = ec2_cloud.backend("eu-west-1")
    for vpc in ec2.vpcs.values():
        vpc.is_default = "false"
    with pytest.raises(BadValueError) as error:
        wish(backend)
    assert "no default network" in error.value.message
    assert "create-default-vpc" in error.value.hint


def test_one_line_again_is_the_same_machine_though_the_image_has_a_successor(backend: Backend, cloud: Cloud) -> None:
    first = steps(backend, wish(backend))[-1].machine
    ec2_cloud.parameter("eu-west-1", "/aws/service/debian/release/12/latest/amd64", "ami-0deb12a0000000002")
    again = wish(backend)
    assert again.image.id == "ami-0deb12a0000000002"
    assert steps(backend, again)[-1].machine.id == first.id
    assert len(cloud.creates) == 1


def test_regions_are_asked_side_by_side_and_a_dead_one_is_a_line(client: MistClient, cloud: Cloud) -> None:
    backend = client.add_backend(provider="ec2", region="eu-west-1,us-east-1")
    steps(backend, wish(backend))
    steps(backend, wish(backend, "far", location="us-east-1b"))
    assert {machine.location_id[:9] for machine in (one.record for one in backend.machines.values())} == {
        "eu-west-1", "us-east-1",
    }  # fmt: skip
    assert {one.region for one in cloud.calls("ImportKeyPair")} == {"eu-west-1", "us-east-1"}
    cloud.dead.add("us-east-1")
    listing = backend.listing("machines")
    assert [machine.name for machine in listing.records] == ["web"]
    assert len(listing.notes) == 1 and listing.notes[0].startswith("us-east-1 of EC2 is missing here")
    cloud.dead.add("eu-west-1")
    with pytest.raises(MistError):
        backend.listing("machines")


def test_an_account_has_all_its_regions_where_none_was_named(
    client: MistClient, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    backend = client.add_backend(provider="ec2")
    places = {place.id for place in backend.listing("locations").records if place.kind == "region"}
    assert {"eu-west-1", "us-east-1", "ap-southeast-2"} <= places
    assert backend.id == "ec2:all"


def test_what_is_ours_in_a_region_that_nobody_looks_at_is_found(client: MistClient, cloud: Cloud) -> None:
    far = client.add_backend(provider="ec2", region="ap-southeast-2", name="Far")
    steps(far, wish(far))
    far.delete()
    near = client.add_backend(provider="ec2", region="eu-west-1")
    assert list(near.machines) == []
    (found,) = [one for one in near.listing("orphans").records if one.kind == "machine"]
    assert (found.name, found.location_id) == ("web", "ap-southeast-2")
    assert found.op == cloud.creates[0].words["ClientToken"]
    with pytest.raises(BadValueError, match="is a machine"):
        near.adapter.sweep(found)
    assert [machine.name for machine in near.listing("machines everywhere").records] == ["web"]


def test_a_page_in_the_place_of_aws_is_an_error_and_never_an_empty_list(backend: Backend, cloud: Cloud) -> None:
    for body, kind in (("<html>hello</html>", "text/html"), ("<html>hello</html>", "text/xml"), ("{}", "text/xml")):
        cloud.on["DescribeInstances"] = [hostile.answer(body, content_type=kind)]
        with pytest.raises(ApiError):
            backend.listing("machines")
    cloud.on["DescribeInstances"] = [hostile.answer("<r/>", content_type="text/xml")]
    with pytest.raises(ApiError, match="no Reservations"):
        backend.listing("machines")


def test_quota_is_by_family_and_missing_where_the_account_may_not_ask(backend: Backend, cloud: Cloud) -> None:
    cloud.on["GetServiceQuota"] = [hostile.json({"Quota": {"QuotaName": "Running On-Demand", "Value": 5.0}})]
    (quota,) = backend.adapter.quota(backend.adapter.find_size("t3.small"))
    assert (quota.most, quota.used) == (5.0, 0.0)
    assert "standard" in quota.what and "eu-west-1" in quota.what
    cloud.on["GetServiceQuota"] = [ec2_cloud.json_refusal("AccessDeniedException")]
    assert backend.adapter.quota() == ()


def test_what_may_be_done_is_asked_with_dry_run_and_makes_nothing(backend: Backend, cloud: Cloud) -> None:
    cloud.on["RunInstances"] = [refusal("UnauthorizedOperation", status=403)]
    allowed = backend.adapter.allowed()
    assert allowed["look"] is True and allowed["make"] is False and allowed["destroy"] is True
    assert cloud.creates == []
    assert list(backend.machines) == []
