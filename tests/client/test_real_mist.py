"""What a real Mist server does and its client has to bear: each against the sandbox that plays one, and a scripted one.

docs/mist-server.md has the whole list, with the tests that stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.client.machines.acts import Pace
from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import BadValueError, CloudLoginError, NotFoundError, RefusedError, UnavailableError
from mist_notebook.provision import provision
from mist_notebook.records.model import OP_TAG
from mist_notebook.sandbox import Sandbox
from tests.rigs import hostile, manners, real_mist

WHAT: dict[str, Any] = {"image": "5", "size": "48", "location": "SJC-1"}
KEPT = {"image_id": "5", "size_id": "48", "location_id": "SJC-1"}
SERVERS = ("sandbox", "scripted")


class Server(Protocol):
    """What both have: where it is, what was made there, and which writes came."""

    url: str
    token: str

    @property
    def made(self) -> list[str]: ...
    @property
    def writes(self) -> list[tuple[str, str]]: ...


class Played:
    """The sandbox that plays a real server, with the one refusal that a test may ask for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.url, self.token = sandbox, sandbox.url, sandbox.token

    @property
    def made(self) -> list[str]:
        return [name for name, _, is_made in self.sandbox.ledger if is_made]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.sandbox.requests if one[0] != "GET" and not one[1].endswith("/keys")]


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    faults = [{"do": "quota", "machines": 0, "name": "over*"}, {"do": "cloud-unauthorized", "name": "Linode"}]
    with Sandbox.start(boot_seconds=0.02, faults=faults, **manners.LIKE_MIST) as sandbox:
        with MistClient(sandbox.url, api_token=sandbox.token) as client:
            client.add_key("demo", client.generate_key())
        yield Played(sandbox)


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "sandbox":
        yield request.getfixturevalue("played")
        return
    with real_mist.serve() as scripted:
        scripted.broken["c-linode", "images"] = hostile.answer("Unauthorized cloud credentials", status=401)
        scripted.clouds.append({"id": "c-linode", "name": "Linode", "provider": "linode", "enabled": True})
        yield scripted


@pytest.fixture
def client(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[MistClient]:
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.02)
    with MistClient(server.url, api_token=server.token) as client:
        client.pace = Pace(first_s=0.02, longest_s=0.05)
        yield client


@pytest.fixture
def backend(client: MistClient) -> Backend:
    return client.backend_from_name("NephoScale")


def made(backend: Backend, name: str, **more: Any) -> Machine:
    *_, last = backend.provision(backend.spec(name, key="demo", **WHAT, **more), probe=False)
    assert last.machine is not None
    return backend.machine(last.machine)


def test_a_create_is_sent_once_and_known_by_a_tag_and_a_limit_that_come_late(server: Server, backend: Backend) -> None:
    machine = made(backend, "late", hours=2)
    (record,) = [one for one in backend._client.journal.opened() if one.name == "late"]
    assert machine.await_limit() is not None
    assert (machine.tags[OP_TAG], record.machine_id) == (record.op, machine.id)
    assert server.made.count("late") == 1


def test_one_image_is_looked_up_and_what_the_server_lists_stays(server: Server, client: MistClient) -> None:
    adapter = client.backend_from_name("EC2").adapter
    before = [image.id for image in adapter.list_images().records]
    assert adapter.find_image(before[0]).id == before[0]
    assert adapter.find_image(adapter.list_images().records[1].name).id == before[1]
    adapter.list_images(everything=True)
    assert [image.id for image in adapter.list_images().records] == before
    if isinstance(server, real_mist.RealMist):
        assert adapter.find_image("ami-0000002a").id == "ami-0000002a"  # which only a search finds
        assert server.searches == ["ami-0000002a"]


def test_a_cloud_that_refuses_its_credentials_is_named_and_the_others_go_on(client: MistClient) -> None:
    with pytest.raises(CloudLoginError, match="'Linode'") as caught:
        client.backend_from_name("Linode").adapter.list_images()
    assert "%mist connect" not in str(caught.value)
    assert client.backend_from_name("NephoScale").images


def test_a_destroy_takes_its_time_and_a_second_one_says_that_it_is_gone(server: Server, backend: Backend) -> None:
    machine = made(backend, "brief")
    states = [step.state for step in machine.destroying()]
    assert states[0] == "destroying" and machine.is_gone
    sent = len(server.writes)
    for again in (machine.destroy, machine.stop, machine.probe):
        with pytest.raises(NotFoundError, match="gone"):
            again()
    assert len(server.writes) == sent


@pytest.mark.parametrize(("word", "value", "near"), [("hour", 3, "hours"), ("imge_extra", "x", "image_extra"),
                                                     ("monitorng", True, ""), ("sise", "48", "size")])  # fmt: skip
def test_a_word_that_is_none_is_refused_before_anything_is_sent(
    server: Server, backend: Backend, word: str, value: object, near: str
) -> None:
    sent = len(server.writes)
    with pytest.raises(BadValueError, match=f"'{word}'") as caught:
        backend.create_machine("wrong", key="demo", **KEPT, **{word: value})
    assert near in caught.value.hint
    assert len(server.writes) == sent


def test_a_probe_with_a_key_that_is_nowhere_is_an_error_and_not_ignored(server: Server, backend: Backend) -> None:
    machine = made(backend, "keyed")
    sent = len(server.writes)
    with pytest.raises(NotFoundError, match="nokey"):
        machine.probe(key_id="nokey")
    assert len(server.writes) == sent
    assert machine.probe(via="mist").outcome in ("ok", "hung", "auth")


def test_one_id_stands_everywhere(backend: Backend) -> None:
    machine = made(backend, "same")
    there = backend.machine_from_name("same")
    for info in (machine.info, there.info):
        assert (info["imageId"], info["size"]) == ("5", "48")
    assert there.id == machine.id


def test_a_certain_refusal_closes_the_record_and_frees_name_and_budget(server: Server, backend: Backend) -> None:
    if isinstance(server, real_mist.RealMist):
        server.refusal = "Machine creation failed: quota exceeded: 20 instances"
    with pytest.raises(RefusedError, match="quota"):
        made(backend, "over")
    assert "over" not in {record.name for record in backend._client.journal.opened()}
    assert "over" not in {record.name for record in backend._client.opened_like(backend.record.sandbox)}


def test_the_journal_is_on_disk_and_outlives_its_client(server: Server, backend: Backend, tmp_path: Path) -> None:
    made(backend, "kept")
    assert list((tmp_path / "data" / "journal").rglob("*.json"))
    with MistClient(server.url, api_token=server.token) as another:
        assert another.backend_from_name("NephoScale").machine_from_name("kept").mine


def test_an_image_for_other_processors_is_refused_before_anything_is_sent(server: Server, client: MistClient) -> None:
    backend = client.backend_from_name("EC2")
    image = next(one for one in backend.adapter.list_images().records if one.arch == "arm64")
    size = next(one for one in backend.adapter.list_sizes().records if one.arch == "x86")
    sent = len(server.writes)
    with pytest.raises(BadValueError, match="is for arm64"):
        backend.create_machine("arm", key="demo", image_id=image.id, size_id=size.id)
    assert len(server.writes) == sent


def test_a_create_sends_no_key_and_asks_for_no_private_half(server: Server, backend: Backend) -> None:
    sent = len(server.writes)
    machine = made(backend, "keyless")
    assert [path for _, path in server.writes[sent:]] == [f"/api/v1/clouds/{backend.record.mist_id}/machines"]
    assert machine.login_user == "root"


@pytest.mark.parametrize(("seconds", "is_answer"), [("0.3", False), ("20", True)])
def test_the_setting_says_how_long_a_silence_may_last(
    monkeypatch: pytest.MonkeyPatch, seconds: str, is_answer: bool
) -> None:
    """A silence of a second, whoever keeps it."""
    silent = {"do": "slow-list", "seconds": 1.0}
    with Sandbox.start(faults=[silent]) as sandbox, real_mist.serve() as scripted:
        answer = hostile.json([{"id": "5", "name": "Debian", "extra": {}}])
        scripted.broken["c-nephoscale", "images"] = lambda exchange: (exchange.ended.wait(1.0), answer(exchange))[1]
        monkeypatch.setenv("MIST_CATALOGUE_SECONDS", seconds)
        for server in (sandbox, scripted):
            with MistClient(server.url, api_token=server.token) as client:
                adapter = client.backend_from_name("NephoScale").adapter
                if is_answer:
                    assert adapter.list_images().records
                else:
                    with pytest.raises(UnavailableError):
                        adapter.list_images()


def test_a_slow_probe_through_mist_is_waited_for(backend: Backend) -> None:
    """Twelve seconds of a real server's, a hundredth of it here; what it says is the report."""
    assert made(backend, "slow").probe(via="mist").outcome in ("ok", "hung", "auth")
