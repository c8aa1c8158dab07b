"""`%mist add`, `enable`, `disable`, `client.add_backend`, against a scripted server with a ledger and the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import ApiError, BadValueError, CloudLoginError, MistUsageError, NotFoundError
from tests.conftest import Notebook
from tests.rigs import hostile

PROVIDERS = [
    {"driver": "ec2", "name": "Amazon", "aliases": ["aws"]},
    {"driver": "rackspace", "name": "Rackspace"},
    {"driver": "azure_arm", "name": "Azure"},
]


class Server:
    """A Mist server as strict as the real one: `name` alone, and the providers' own fields."""

    def __init__(self) -> None:
        self.clouds: list[dict[str, Any]] = []
        self.posted: list[dict[str, Any]] = []
        self.answer: hostile.Step | None = None

    def step(self, exchange: hostile.Exchange) -> None:
        request = exchange.request
        word = request.path.rpartition("/")[2]
        if request.method == "POST" and word == "clouds":
            body = json.loads(request.body)
            self.posted.append(body)
            if self.answer is not None:
                self.answer(exchange)
                return
            if "title" in body:
                hostile.answer("Bad Request: title", status=400)(exchange)
                return
            cloud = {"id": f"c{len(self.clouds)}", "name": body["name"], "provider": body["provider"], "enabled": True}
            self.clouds.append(cloud)
            hostile.json(cloud)(exchange)
            return
        if request.method == "POST":
            state = json.loads(request.body)["new_state"]
            next(cloud for cloud in self.clouds if cloud["id"] == word)["enabled"] = state == "1"
        answers: dict[str, Any] = {
            "ping": {"hello": "me@example.org"},
            "clouds": self.clouds,
            "providers": {"supported_providers": PROVIDERS},
        }
        hostile.json(answers.get(word, []))(exchange)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    with hostile.serve(server.step) as running:
        monkeypatch.setenv("MIST_URL", running.url)
        monkeypatch.setenv("MIST_API_TOKEN", "t0ken")
        yield server


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ({"provider": "ec2", "title": "Work", "key": "AKIA1", "secret": "s"},
         {"provider": "ec2", "name": "Work", "apikey": "AKIA1", "apisecret": "s"}),
        ({"provider": "rackspace:lon", "title": "Rack", "key": "me", "secret": "s"},
         {"provider": "rackspace", "name": "Rack", "username": "me", "apikey": "s", "region": "lon"}),
        ({"provider": "azure", "name": "Az", "tenant_id": "t", "subscription_id": "u", "key": "k", "secret": "s"},
         {"provider": "azure_arm", "name": "Az", "tenant_id": "t", "subscription_id": "u", "key": "k", "secret": "s"}),
        ({"provider": "ec2_ap_northeast", "title": "Tokyo", "key": "k", "secret": "s"},
         {"provider": "ec2", "name": "Tokyo", "apikey": "k", "apisecret": "s", "region": "ap-northeast-1"}),
    ],
)  # fmt: skip
def test_the_documented_call_sends_what_the_server_takes(
    server: Server, words: dict[str, str], sent: dict[str, str]
) -> None:
    with MistClient() as client:
        backend = client.add_backend(**words)
        assert (backend.name, backend.provider) == (sent["name"], sent["provider"])
    assert server.posted == [sent]


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ({"provider": "ec3", "title": "x", "key": "k", "secret": "s"}, NotFoundError, "ec2"),
        ({"provider": "ec2", "title": "!!", "key": "k", "secret": "s"}, BadValueError, "letter or digit"),
        ({"provider": "ec2", "title": " ", "key": "k", "secret": "s"}, BadValueError, "letter or digit"),
        ({"provider": "ec2", "title": "x", "key": "k"}, MistUsageError, "apisecret"),
        ({"provider": "ec2", "title": "x", "key": "k", "secret": "s", "regoin": "eu"}, BadValueError, "region"),
        ({"provider": "rackspace:lon", "title": "x", "key": "k", "secret": "s", "region": "dfw"},
         BadValueError, "another region"),
    ],
)  # fmt: skip
def test_what_the_server_would_refuse_is_not_sent(
    server: Server, words: dict[str, str], kind: type[Exception], said: str
) -> None:
    with MistClient() as client, pytest.raises(kind) as caught:
        client.add_backend(**words)
    assert said in str(caught.value)
    assert server.posted == []


def test_credentials_that_the_cloud_refuses_are_not_called_a_bad_token(server: Server) -> None:
    server.answer = hostile.answer("Unauthorized cloud credentials: AuthFailure", status=401)
    with MistClient() as client, pytest.raises(CloudLoginError) as caught:
        client.add_backend(provider="ec2", title="x", key="k", secret="canary-91")
    assert "did not accept these credentials" in caught.value.message
    assert "canary" not in str(caught.value)
    assert "%mist connect" not in str(caught.value)


def test_the_line_asks_for_what_is_secret_unseen(
    server: Server, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "canary-77")
    cell = notebook.run("%mist add aws --name Work --region eu-west-1")
    assert cell.error is None, cell.printed
    assert server.posted == [
        {"provider": "ec2", "name": "Work", "region": "eu-west-1", "apikey": "canary-77", "apisecret": "canary-77"}
    ]
    assert ["access key id of ec2" in asked[0], "secret access key of ec2" in asked[1]] == [True, True]
    assert "canary" not in cell.printed


@pytest.mark.parametrize(
    "line",
    ["add ec2 --field apikey=A --field secret=canary-12", "add rackspace --field username=u --field apikey=canary-12"],
)
def test_a_secret_on_the_line_is_refused_unrepeated(server: Server, notebook: Notebook, line: str) -> None:
    cell = notebook.run(f"%mist {line}")
    assert isinstance(cell.error, MistUsageError)
    assert "canary" not in cell.printed
    assert server.posted == []


def test_a_field_that_is_missing_and_no_secret_is_named(server: Server, notebook: Notebook) -> None:
    cell = notebook.run("%mist add rackspace:lon")
    assert isinstance(cell.error, MistUsageError)
    assert "--field username=" in cell.printed


def test_a_backend_is_disabled_and_enabled_by_line(server: Server, notebook: Notebook) -> None:
    with MistClient() as client:
        client.add_backend(provider="ec2", title="Work", key="k", secret="s")
    notebook.value("%mist disable Work")
    assert server.clouds[0]["enabled"] is False
    notebook.value("%mist enable Work")
    assert server.clouds[0]["enabled"] is True


def test_it_works_on_the_sandbox_too() -> None:
    with MistClient("sandbox") as client:
        backend = client.add_backend("Second", "ec2", apikey="k", apisecret="s", region="us-east-1")
        assert backend.images
        with pytest.raises(ApiError):
            client.add_backend("Second", "ec2", apikey="k", apisecret="s")


@pytest.mark.parametrize(
    ("line", "says", "near"),
    [
        ("add ec2:eu-west-9 --name X", "has no region 'eu-west-9'", "eu-west-1"),
        ("add ec2 --region us-est-1", "has no region 'us-est-1'", "us-east-1"),
        ("add rackspace:london --field username=me", "has no region 'london'", "lon"),
        ("add rackspace:lon --region syd --field username=me", "another region than 'syd'", "one of them"),
    ],
)
def test_a_region_that_the_provider_lacks_is_refused_before_a_secret_is_asked_for(
    notebook: Notebook, line: str, says: str, near: str
) -> None:
    notebook.run("%mist connect sandbox")
    error = notebook.run(f"%mist {line}").error
    assert isinstance(error, NotFoundError | BadValueError)
    assert says in error.message and near in error.hint


def test_a_disabled_backend_says_how_to_enable_it_and_is_not_asked_again(notebook: Notebook) -> None:
    notebook.value("%mist connect sandbox")
    notebook.value("%mist disable EC2")
    error = notebook.run("%mist images EC2").error
    assert isinstance(error, ApiError)
    assert "EC2 is disabled" in error.message and "%mist enable EC2" in error.hint
    notebook.value("%mist enable EC2")
    assert len(notebook.value("%mist images EC2"))
