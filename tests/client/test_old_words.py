"""The documentation's and the later client's words, on the sandbox; what can't be had says what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError
from mist_notebook.records.model import OP_TAG
from mist_notebook.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(boot_seconds=0.02) as sandbox:
        with MistClient(sandbox.url, api_token=sandbox.token) as client:
            client.add_key("MyKey", client.generate_key())
            client.add_key("Second", client.generate_key())
            backend = client.backends["NephoScale"]
            what = {"key": "MyKey", "image_id": "5", "location_id": "SJC-1", "size_id": "48"}
            backend.create_machine("production.server", **what)  # type: ignore[arg-type]
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MistClient]:
    with MistClient(sandbox.url, api_token=sandbox.token) as client:
        yield client


def test_keys_backends_and_machines_are_found_by_id_and_by_name(client: MistClient) -> None:
    key = client.keys["MyKey"]
    assert client.keys[key.id].name == "MyKey"
    backend = client.backends["NephoScale"]
    assert client.backends[backend.id] is backend
    machine = backend.machines["production.server"]
    assert client.machines[machine.id].name == client.machines["production.server"].name
    assert machine.backend is backend
    with pytest.raises(NotFoundError, match="MyKeys"):
        client.keys["MyKeys"]
    assert "MyKeys" not in client.keys
    assert client.keys.get("MyKeys") is None


def test_the_later_clients_calls_give_lists(client: MistClient) -> None:
    assert [one.name for one in client.clouds(name="EC2")] == ["EC2"]
    assert {one.provider for one in client.clouds(provider="ec2")} == {"ec2"}
    assert len(client.clouds()) == len(client.backends)
    assert [one.name for one in client.machines(search="production")] == ["production.server"]
    assert client.machines(name="nope") == []
    assert [one.name for one in client.keys(search="second")] == ["Second"]
    assert [one.name for one in client.backends["NephoScale"].machines(search="PROD")] == ["production.server"]
    with pytest.raises(MistUsageError, match="'serch'"):
        client.machines(serch="web")


def test_a_report_answers_as_the_documented_dict(client: MistClient) -> None:
    report = client.machines["production.server"].probe(via="mist")
    assert report["uptime"] == report.uptime_s
    assert report["loadavg"] == [report.load1, report.load5, report.load15]
    assert report["cores"] == report.cores
    assert report["pub_ips"] == list(report.public_ips)
    assert report.get("uptime") == report.uptime_s
    assert report.get("nonsense") is None
    assert report.get("nonsense", 3) == 3
    assert "uptime" in report
    with pytest.raises(KeyError, match="uptime"):
        report["uptim"]


def test_a_probe_with_a_key_that_is_nowhere_is_an_error_and_not_ignored(client: MistClient) -> None:
    machine = client.machines["production.server"]
    with pytest.raises(NotFoundError, match="'nokey'"):
        machine.probe(key_id="nokey")
    assert machine.probe(key_id="MyKey").outcome == "ok"
    assert machine.probe(client.keys["MyKey"].id).outcome == "ok"


def test_tags_are_added_and_taken_away(client: MistClient) -> None:
    machine = client.machines["production.server"]
    machine.tags.add_tag("team", "web")
    machine.add_tag("tier", "1")
    assert {"team": "web", "tier": "1"}.items() <= machine.tags.items()
    assert client.machines["production.server"].tags["team"] == "web"
    machine.remove_tag("team")
    assert "team" not in client.machines["production.server"].tags
    with pytest.raises(NotFoundError, match="'tiers'"):
        machine.remove_tag("tiers")
    with pytest.raises(BadValueError):
        machine.remove_tag(OP_TAG)


def test_a_key_is_associated_and_disassociated(client: MistClient, sandbox: Sandbox) -> None:
    machine, key = client.machines["production.server"], client.keys["Second"]
    key.associate_to_machine(machine.backend.id, machine.id)
    assert client.keys["Second"].record.machines == 1
    key.disassociate(machine)
    assert client.keys["Second"].record.machines == 0
    machine.associate_key(key.id)
    machine.disassociate_key("Second")
    assert client.keys["Second"].record.machines == 0


def test_info_has_the_documented_ids(client: MistClient) -> None:
    machine = client.machines["production.server"]
    assert machine.info["id"] == machine.id
    assert machine.info["uuid"] == machine.record.mist_id
    assert client.user_details == client.user_info


@pytest.mark.parametrize(
    ("positional", "named"),
    [
        ((), {"email": "me@example.org", "password": "canary-5"}),
        ((), {"mist_uri": "https://mist.example"}),
        ((), {"password": "canary-5"}),
        (("https://mist.example", "me@example.org", "canary-5"), {}),
        (("me@example.org", "canary-5"), {}),
        (("me@example.org",), {}),
        ((), {"token": "canary-5"}),
        ((), {"api_tokn": "canary-5"}),
        ((None, "canary-5"), {}),
    ],
)
def test_the_old_constructors_get_two_lines_that_say_what_to_write(
    positional: tuple[object, ...], named: dict[str, str]
) -> None:
    with pytest.raises(MistUsageError) as caught:
        MistClient(*positional, **named)  # type: ignore[arg-type]
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "api_token" in str(caught.value)
    assert "canary" not in str(caught.value)
