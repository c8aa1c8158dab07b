"""The documentation's and the later client's words, on the sandbox; what can't be had says what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import ApiError, BadValueError, MistUsageError, NotFoundError
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


LEFT_OUT = [
    ("client", "uri", "client.settings.url"),
    ("client", "api_token", "%mist config"),
    ("client", "run_script", "%%mist run"),
    ("client", "tunnels", "%%mist run"),
    ("backend", "create_network", "backend.networks"),
    ("machine", "probed", "probe().outcome"),
    ("machine", "del_tag", "remove_tag"),
    ("machine", "enable_monitoring", "another service"),
    ("machine", "get_stats", "another service"),
    ("key", "private", "never fetched"),
]


@pytest.mark.parametrize(("of", "name", "instead"), LEFT_OUT, ids=[f"{of}.{name}" for of, name, _ in LEFT_OUT])
def test_an_old_name_that_is_left_out_says_why_and_what_to_write(
    client: MistClient, of: str, name: str, instead: str
) -> None:
    backend = client.backends["NephoScale"]
    there = {"client": client, "backend": backend, "machine": backend.machines["production.server"],
             "key": client.keys["MyKey"]}[of]  # fmt: skip
    with pytest.raises(MistUsageError, match=name) as caught:
        getattr(there, name)
    assert instead in caught.value.hint and "•" not in str(caught.value)
    assert not hasattr(there, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        there.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"quantity": 0}, "quantity is 0"),
        ({"quantity": "3"}, "quantity is '3'"),
        ({"quantity": True}, "quantity is True"),
        ({"timeout": "soon"}, "timeout is 'soon'"),
        ({"timeout": -1}, "timeout is -1"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"hours": "two"}, "'two'"),
        ({"hours": True}, "hours is True"),
        ({"hours": [2]}, "hours is [2]"),
    ],
)
def test_a_number_that_is_none_is_refused_before_anything_is_sent(
    client: MistClient, sandbox: Sandbox, words: dict[str, object], says: str
) -> None:
    what = {"key": "MyKey", "image_id": "5", "location_id": "SJC-1", "size_id": "48"}
    with pytest.raises(BadValueError) as caught:
        client.backends["NephoScale"].create_machine("never", **what, **words)  # type: ignore[arg-type]
    assert says in caught.value.message
    assert "never" not in [name for name, _, _ in sandbox.ledger]


def test_no_hint_of_the_constructor_loses_words_to_the_redaction() -> None:
    for old in ({"email": "a@b"}, {"password": "x"}, {"mist_uri": "u"}, {"user": "x"}, {"token": "t"}):
        with pytest.raises(MistUsageError) as caught:
            MistClient(**old)  # type: ignore[arg-type]
        assert "•" not in str(caught.value)
    with pytest.raises(MistUsageError) as caught:
        MistClient("https://mist.example", "a@b", "pw")
    assert "•" not in str(caught.value)


def test_azures_own_fields_are_what_the_sandbox_wants_too(client: MistClient) -> None:
    with pytest.raises(ApiError, match="no catalogue for azure_arm"):
        client.add_backend("Az", "azure_arm", tenant_id="t", subscription_id="s", key="k", secret="x")
    with pytest.raises(MistUsageError, match="project_id") as caught:
        client.add_backend("G", "gce")
    assert "•" not in str(caught.value)
