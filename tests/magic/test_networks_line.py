"""`--network`, and groups and volumes by name: on the sandbox's EC2, and what is refused before anything is sent."""

from __future__ import annotations

from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import AmbiguousError, BadValueError, MistUsageError
from tests.rigs.line_rig import Desk

IMAGE = "ubuntu/images/hvm-ssd/ubuntu-trusty-14.04-amd64-server-20170727"
WHAT = f"create EC2 --name web --image {IMAGE} --size m1.small --location us-east-1a --no-probe"


NAMED: list[tuple[str, dict[str, object]]] = [
    ("--network lab", {"subnet_id": "subnet-0be2714f0"}),
    ("--network default", {"subnet_id": "subnet-5a9d1c3e0"}),
    ("--network VPC-0BE2714F", {"subnet_id": "subnet-0be2714f0"}),
    ("--network subnet-5a9d1c3e0", {"subnet_id": "subnet-5a9d1c3e0"}),
    ("--extra security_group=mistio", {"security_group": "sg-2f7c1a44"}),
    ("--extra volumes=data", {"volumes": [{"volume_id": "vol-1d5cc8cc"}]}),
]


def test_names_are_taken_as_well_as_ids(desk: Desk) -> None:
    for number, (words, extra) in enumerate(NAMED):
        machine = desk.notebook.value(f"%mist {WHAT} {words}".replace("--name web", f"--name web-{number}"))
        assert isinstance(machine, Machine), words
        assert machine.journal_record is not None and machine.journal_record.spec["extra"] == extra, words


REFUSED: list[tuple[str, type[Exception], str, str]] = [
    ("--network labb", BadValueError, "There is no subnet 'labb'.", "lab"),
    ("--network us-east-1a", AmbiguousError, "2 subnets match", "subnet-0be2714f0"),
    ("--network us-east-1b", BadValueError, "is in us-east-1b, not in us-east-1a", "us-east-1a"),
    ("--network lab --network default", BadValueError, "subnet_id takes one", "Name one"),
    ("--network lab --extra subnet_id=x", MistUsageError, "say the same", "one of them"),
    ("--extra security_group=mistoi", BadValueError, "There is no security group 'mistoi'.", "mistio"),
    ("--extra volumes=date", BadValueError, "There is no volume 'date'.", "data"),
    ("--network ''", BadValueError, "The network is empty.", "%mist networks EC2"),
]


def test_what_isnt_there_is_refused_with_what_is(desk: Desk) -> None:
    for words, error, said, hint in REFUSED:
        found = desk.failed(f"{WHAT} {words}")
        assert type(found) is error, words
        assert said in found.message and hint in found.hint, words


def test_a_backend_without_networks_to_choose_says_so(desk: Desk) -> None:
    line = "create NephoScale --name web --image 5 --size 48 --location SJC-1 --network lab"
    assert "NephoScale takes no network from here." in desk.failed(line).message


def test_the_networks_of_a_backend_are_listed(desk: Desk) -> None:
    frame = desk.notebook.value("%mist networks EC2")
    assert list(frame["name"]) == ["default", "lab"]
    assert list(frame["cidr"]) == ["172.31.0.0/16", "10.20.0.0/16"]
