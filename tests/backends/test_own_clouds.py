"""Clouds with a vendor's login: one contract over all, on scripted servers over real HTTP, each with a ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.client.machines.acts import Pace
from mist_notebook.ground.errors import (
    ApiError,
    AuthError,
    BadValueError,
    ProvisionError,
    RefusedError,
    UnavailableError,
)
from mist_notebook.records.model import OP_TAG
from tests.conftest import Notebook
from tests.rigs import hostile, own_clouds
from tests.rigs.own_clouds import OwnCloud
from tests.rigs.own_clouds.azure import Manager
from tests.rigs.own_clouds.gce import Google
from tests.rigs.own_clouds.openstack import Stack
from tests.rigs.quick_steps import steps

pytestmark = pytest.mark.long(30)

CLOUDS: dict[str, Callable[[], Any]] = {"openstack": Stack, "gce": Google, "azure": Manager}


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    own_clouds.no_credentials(monkeypatch, tmp_path)
    if "silence" in request.node.name:
        monkeypatch.setenv("MIST_ANSWER_SECONDS", "1")
    with own_clouds.serve(CLOUDS[request.param]()) as cloud:
        cloud.configure(monkeypatch, tmp_path)  # type: ignore[attr-defined]
        yield cloud


@pytest.fixture
def backend(cloud: OwnCloud) -> Iterator[Backend]:
    with MistClient() as client:
        client.pace = Pace(sleep=lambda _: None)
        client.add_backend(provider=cloud.provider, **cloud.words)
        client.make_key("mine")
        backend = next(iter(client.backends.values()))
        calls = backend.adapter._calls  # type: ignore[attr-defined]
        if hasattr(calls, "_sleep"):
            calls._sleep = lambda _: None
        yield backend


def wish(backend: Backend, cloud: OwnCloud, name: str = "web", **more: Any) -> Any:
    return backend.spec(name, key="mine", **{**cloud.wish, **more})


def test_all_pages_of_every_list_are_read(backend: Backend, cloud: OwnCloud) -> None:
    assert len(backend.listing("sizes").records) == 3
    assert len(backend.listing("images").records) >= 3
    assert backend.listing("locations").records
    size = next(one for one in backend.listing("sizes").records if cloud.wish["size"] in (one.id, one.name))
    assert (size.vcpus, size.ram_mb) == (1, 1024)
    assert size.price.hourly is None


def test_a_machine_lives_its_life(backend: Backend, cloud: Any) -> None:
    machine = steps(backend, wish(backend, cloud))[-1].machine
    assert (machine.name, machine.state, machine.public_ips) == ("web", "running", ("203.0.113.5",))
    held = backend.machine_from_name("web")
    assert held.mine
    record = backend._client.journal.records()[0]
    assert dict(held.record.tags)[OP_TAG] == record.op
    held.stop()
    assert backend.machine_from_name("web").state == "stopped"
    held.start()
    held.reboot()
    assert backend.machine_from_name("web").state == "running"
    held.destroy()
    assert list(backend.machines) == []
    assert len(cloud.creates) == 1
    orphans = [one for one in backend.adapter.orphans().records if one.kind != "firewall"]
    assert orphans == []


def test_a_persons_tags_go_along_and_come_back_beside_ours(backend: Backend, cloud: Any) -> None:
    spec = wish(backend, cloud, tags={"team": "web", "blue": ""})
    assert spec.extra == {"tags": {"team": "web", "blue": ""}}
    steps(backend, spec)
    tags = backend.machine_from_name("web").tags
    assert (tags["team"], tags["blue"], OP_TAG in tags) == ("web", "", True)
    with pytest.raises(BadValueError):
        wish(backend, cloud, "other", tags={f"{OP_TAG}": "1"})


def test_the_key_goes_over_by_its_public_half(backend: Backend, cloud: Any) -> None:
    steps(backend, wish(backend, cloud))
    sent = b"".join(request.body for request in cloud.ledger)
    assert backend._client.local_keys.public_of("mine").split()[1].encode() in sent
    assert b"PRIVATE" not in sent


@pytest.mark.parametrize("how", ["500", "502", "503", "429", "reset", "silence"])
def test_a_create_is_sent_once_whatever_answers_it(backend: Backend, cloud: Any, how: str) -> None:
    answers = {"reset": hostile.reset, "silence": hostile.hang}
    cloud.on_create = answers.get(how) or hostile.answer("busy", status=int(how), content_type="text/plain")
    with pytest.raises(RefusedError if how == "429" else ProvisionError):
        steps(backend, wish(backend, cloud))
    assert len(cloud.creates) == 1
    states = [record.state for record in backend._client.journal.records()]
    assert states == (["dropped"] if how == "429" else ["unknown"])


@pytest.mark.parametrize("how", ["500", "reset", "silence"])
def test_a_create_that_was_done_without_an_answer_is_found(backend: Backend, cloud: Any, how: str) -> None:
    answers = {"reset": hostile.reset, "silence": hostile.hang}
    cloud.on_create = answers.get(how) or hostile.answer("", status=int(how))
    cloud.makes_all_the_same = True
    assert steps(backend, wish(backend, cloud))[-1].machine.name == "web"
    assert len(cloud.creates) == 1
    assert [(one.name, one.state) for one in backend._client.journal.opened()] == [("web", "created")]


def test_a_certain_refusal_frees_name_and_budget_and_leaves_nothing(backend: Backend, cloud: Any) -> None:
    status, body = cloud.refusal
    cloud.on_create = hostile.json(body, status=status)
    with pytest.raises(RefusedError, match=r"(?i)quota"):
        steps(backend, wish(backend, cloud))
    assert backend._client.journal.opened() == []
    assert [one for one in backend.adapter.orphans().records if one.kind != "firewall"] == []
    cloud.on_create = None
    assert steps(backend, wish(backend, cloud))[-1].machine.state == "running"


def test_a_login_that_is_refused_says_whose_and_never_shows(backend: Backend, cloud: Any) -> None:
    spec = backend._with_key(wish(backend, cloud))
    cloud.denies = True
    with pytest.raises(AuthError) as error:
        backend.adapter.list_machines()
    with pytest.raises(RefusedError) as refused:
        backend.adapter.submit(spec)
    said = (
        str(error.value) + str(refused.value) + repr(backend.adapter) + repr(backend) + repr(backend.adapter.__dict__)
    )
    assert backend.adapter.account().source in str(error.value)
    assert not any(secret in said for secret in cloud.secrets())


@pytest.mark.parametrize("body", ["{}", "[]", "<html>", '{"message": "hello"}', "null"])
def test_an_answer_without_the_list_is_an_error_and_no_empty_list(backend: Backend, cloud: Any, body: str) -> None:
    cloud.broken[".*(/servers/detail|/instances|/virtualMachines|/resources|/resourceGroups)"] = hostile.answer(body)
    with pytest.raises(ApiError):
        backend.adapter.list_machines()


def test_ssh_is_let_in_from_one_network_only(backend: Backend, cloud: Any) -> None:
    steps(backend, wish(backend, cloud, ssh_from="198.51.100.7"))
    sent = b"".join(request.body for request in cloud.ledger if request.method in ("POST", "PUT"))
    assert b"198.51.100.7/32" in sent
    assert b"0.0.0.0/0" not in sent and b'"*"' not in sent.replace(b'"sourcePortRange": "*"', b"").replace(
        b'"destinationAddressPrefix": "*"', b""
    )
    with pytest.raises(BadValueError, match="neither an address"):
        wish(backend, cloud, "web-2", ssh_from="home")


def test_from_where_ssh_is_let_in_can_be_said_once_for_all(
    cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_SSH_FROM", "198.51.100.0/24")
    with MistClient() as client:
        backend = client.add_backend(provider=cloud.provider, **cloud.words)
        if hasattr(backend.adapter._calls, "_sleep"):  # type: ignore[attr-defined]
            backend.adapter._calls._sleep = lambda _: None  # type: ignore[attr-defined]
        client.make_key("mine")
        backend.adapter.submit(structs.replace(backend._with_key(wish(backend, cloud)), op="0" * 32))
    sent = b"".join(request.body for request in cloud.ledger if request.method in ("POST", "PUT"))
    assert b"198.51.100.0/24" in sent


def test_quota_says_what_there_is(backend: Backend) -> None:
    location = backend.listing("locations").records[0]
    found = {one.what: one for one in backend.adapter.quota(backend.listing("sizes").records[0], location)}
    assert found and any(one.most is not None and one.used is not None for one in found.values())


def test_what_is_wrong_is_refused_before_anything_is_sent(backend: Backend, cloud: Any) -> None:
    with pytest.raises(BadValueError, match="script"):
        wish(backend, cloud, script="echo " + "x" * 400_000)
    with pytest.raises(BadValueError, match="takes no"):
        wish(backend, cloud, colour="blue")
    assert cloud.creates == []


def test_the_second_location_is_asked_where_the_first_has_no_room(backend: Backend, cloud: Any) -> None:
    if cloud.full is None:
        assert not backend.adapter.tells_no_room
        return
    status, body = cloud.full
    cloud.refuses_once = hostile.json(body, status=status)
    spec = wish(backend, cloud, location=f"{cloud.wish['location']},{cloud.second}")
    last = steps(backend, spec)[-1]
    assert (last.machine.location_id, len(cloud.creates)) == (cloud.second, 2)
    (record,) = backend._client.journal.records()
    assert f"{cloud.second} made it" in record.passed


def test_the_help_of_create_names_the_backends_own_fields(cloud: Any, notebook: Notebook) -> None:
    given = " ".join(f"--{word} {value}" for word, value in cloud.words.items())
    notebook.value(f"%mist add {cloud.provider} {given} --name Mine")
    said = notebook.run("%mist create Mine --help").printed
    assert "ssh_from" in said
    assert "(needed)" not in said


@pytest.mark.parametrize("cloud", ["gce", "azure"], indirect=True)
def test_a_size_that_the_catalogue_knows_has_its_price_dated_and_sourced(backend: Backend, cloud: Any) -> None:
    size = {"gce": "n1-standard-1", "azure": "Standard_B1s"}[cloud.provider]
    if cloud.provider == "gce":
        cloud.sizes = [{"id": "9", "name": size, "guestCpus": 1, "memoryMb": 3840}]
    price = wish(backend, cloud, size=size).size.price
    assert price.hourly is not None and price.as_of is not None
    assert "list price" in (price.source or "")


def test_providers_say_what_was_found_and_nobody_is_asked(cloud: Any, notebook: Notebook) -> None:
    frame = notebook.value("%mist providers")
    frame = frame[frame["category"] == "direct"]
    said = dict(zip(frame["provider"], frame["credentials"], strict=True))[cloud.row]
    if cloud.provider == "openstack":
        assert "other, devstack" in said
    else:
        assert f"%mist add {cloud.provider}" in said
    assert cloud.ledger == []


def test_what_a_machine_left_behind_is_swept_by_its_line(backend: Backend, cloud: Any, notebook: Notebook) -> None:
    steps(backend, wish(backend, cloud))
    cloud.loses_machines()
    notebook.value("%reload_ext mist_notebook")
    found = notebook.value("%mist sweep")
    left = [str(one) for one, is_left in zip(found["id"], found["sweep"], strict=True) if is_left]
    assert left
    notebook.value(f"%mist sweep '{backend.name}' --yes '{backend.name}'")
    assert backend.adapter.orphans().records == []


def test_a_form_is_made_of_what_the_backend_takes(backend: Backend, cloud: Any, notebook: Notebook) -> None:
    form = notebook.value(f"form = %mist form '{backend.name}'\nform")
    assert {field.name for field in backend.adapter.needs().fields} >= {"ssh_from"}
    assert form is not None


@pytest.mark.parametrize(
    ("cloud", "may"),
    [("gce", {"look": True, "make": True, "stop": False, "destroy": False, "make firewalls": False}),
     ("azure", {"look": True, "make": True, "stop": False, "destroy": False, "make resource groups": False,
                "make networks": False})],
    indirect=["cloud"],
)  # fmt: skip
def test_what_a_login_may_do_is_told_and_nothing_is_made(backend: Backend, cloud: Any, may: dict[str, bool]) -> None:
    assert backend.adapter.allowed() == may
    assert cloud.creates == []


def test_what_all_machines_share_goes_with_the_last_one(backend: Backend, cloud: Any) -> None:
    for name in ("web", "web-2"):
        steps(backend, wish(backend, cloud, name))
    backend.machine_from_name("web").destroy()
    assert backend.adapter.orphans().records == []
    shared = len(cloud.shared())
    backend.machine_from_name("web-2").destroy()
    assert (shared, cloud.shared()) == (0 if cloud.provider == "azure" else 1, [])


LISTS = ".*(/servers/detail|/aggregated/instances|/virtualMachines)"


def test_what_is_asked_too_often_is_asked_again_after_the_pause_that_it_wants(backend: Backend, cloud: Any) -> None:
    usual, once = cloud.routed, [True]

    def routed(request: hostile.Request) -> hostile.Step:
        if re.fullmatch(LISTS, request.path) and once:
            once.clear()
            return hostile.json({"error": {"message": "slow down"}}, status=429, headers={"Retry-After": "0"})
        return usual(request)

    cloud.routed = routed
    assert backend.adapter.list_machines().records == []
    assert once == []


@pytest.mark.parametrize(
    ("step", "kind"),
    [(hostile.answer("<html>Sign in</html>", content_type="text/html"), ApiError), (hostile.close, UnavailableError)],
)
def test_what_stands_between_is_two_lines_and_other_lists_go_on(
    backend: Backend, cloud: Any, notebook: Notebook, step: hostile.Step, kind: type[Exception]
) -> None:
    cloud.broken[LISTS] = step
    with pytest.raises(kind):
        backend.adapter.list_machines()
    assert backend.listing("sizes").records
    failed = notebook.run("%mist machines")
    assert failed.error is not None
    assert len(str(failed.error).splitlines()) <= 2


def test_another_clock_is_said(backend: Backend, cloud: Any) -> None:
    usual = cloud.routed
    ahead = format_datetime(datetime.now(UTC) + timedelta(days=3), usegmt=True)

    def routed(request: hostile.Request) -> hostile.Step:
        step = usual(request)
        return lambda exchange: step(_Dated(exchange, ahead))

    cloud.routed = routed
    backend.adapter.list_machines()
    assert backend.adapter.clock_difference() == "3 d 0 h behind"


class _Dated:
    """An exchange whose answer says that date."""

    def __init__(self, exchange: hostile.Exchange, date: str) -> None:
        self._exchange, self._date = exchange, date

    def send(self, data: bytes) -> None:
        head, blank, body = data.partition(b"\r\n\r\n")
        self._exchange.send(head + f"\r\nDate: {self._date}".encode() + blank + body)
