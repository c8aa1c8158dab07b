"""The sandbox over real HTTP: every route of the V1 API that it serves, and the warts that a client would notice."""

from __future__ import annotations

import ast
import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import requests

import mist_notebook.sandbox
from mist_notebook.sandbox import Sandbox, SandboxError

FOLDER = Path(mist_notebook.sandbox.__file__).parent
RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048).export_private_key("pkcs1-pem").decode()
ED25519_PKCS8 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""


class Client:
    """HTTP as plain as it gets: no proxy, no netrc, one header."""

    def __init__(self, sandbox: Sandbox, token: str | None) -> None:
        self.sandbox = sandbox
        self._session = requests.Session()
        self._session.trust_env = False
        if token is not None:
            self._session.headers["Authorization"] = token

    def __call__(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self.sandbox.url}/api/v1{path}"
        return self._session.request(method, url, timeout=10, **kwargs)

    def json(self, path: str, **kwargs: Any) -> Any:
        answer = self("GET", path, **kwargs)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=UTF-8")
        return answer.json()

    def cloud(self, name: str) -> str:
        return next(cloud["id"] for cloud in self.json("/clouds") if cloud["name"] == name)

    def close(self) -> None:
        self._session.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1_400_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox.start(clock=clock) as started:
        yield started


@pytest.fixture
def call(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(sandbox, sandbox.token)
    yield client
    client.close()


def refused(answer: requests.Response) -> tuple[int, str]:
    """Status and text of an error, which is always text that says it is HTML, and never a stack."""
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "Traceback" not in answer.text
    return answer.status_code, answer.text


def raw(sandbox: Sandbox, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, str]:
    """A request with exactly these headers; Content-Length is added where there is a body."""
    port = int(sandbox.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    assert not any(name.lower().startswith("access-control") for name, _ in answer.getheaders())
    text = answer.read().decode()
    connection.close()
    return answer.status, text


# Who is let in


def own_host(sandbox: Sandbox) -> str:
    return sandbox.url.removeprefix("http://")


def test_ping_says_which_sandbox_it_is_even_without_a_token(sandbox: Sandbox) -> None:
    expected = {"hello": sandbox.email, "sandbox": True, "instance": sandbox.instance_id}
    anybody = Client(sandbox, None)
    assert anybody.json("/ping") == expected
    assert anybody("POST", "/ping").json() == expected
    assert Client(sandbox, sandbox.token).json("/ping") == expected


def test_ping_with_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    assert refused(Client(sandbox, "x" * 64)("GET", "/ping")) == (401, "User not authenticated. Please log in")


def test_every_route_but_ping_and_making_tokens_needs_the_token(sandbox: Sandbox, call: Client) -> None:
    anybody = Client(sandbox, None)
    cloud = f"/clouds/{call.cloud('EC2')}"
    listings = [f"{cloud}/{kind}" for kind in ("images", "sizes", "locations", "networks")]
    for path in ["/providers", "/clouds", "/keys", "/networks", "/tokens", *listings]:
        assert refused(anybody("GET", path)) == (401, "User not authenticated. Please log in")
    writes = [("POST", "/clouds"), ("PUT", cloud), ("POST", cloud), ("PATCH", cloud), ("DELETE", cloud)]
    writes += [("POST", f"{cloud}/images"), ("POST", f"{cloud}/images/x"), ("PUT", "/keys"), ("DELETE", "/keys/x")]
    for method, path in writes:
        assert refused(anybody(method, path)) == (403, "Invalid csrf token")
    assert refused(anybody("DELETE", "/tokens")) == (401, "User not authenticated. Please log in")
    assert call.cloud("EC2")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[:4],
        lambda token: token + "0",
        lambda token: f"Bearer {token}",
        lambda token: f"mist_1 someone@example.com:{token}",
        lambda token: "é",
        lambda token: "a" * 5000,
    ],
)
def test_a_wrong_token_is_401_for_every_method(sandbox: Sandbox, method: str, spoil: Any) -> None:
    answer = Client(sandbox, None)(method, "/clouds", headers={"Authorization": spoil(sandbox.token).encode()})
    assert refused(answer) == (401, "User not authenticated. Please log in")


def test_the_header_is_the_bare_token_in_any_case_or_the_old_scheme(sandbox: Sandbox) -> None:
    old = f"mist_1 {sandbox.email}:{sandbox.token}"
    for value in (sandbox.token, sandbox.token.upper(), old, old.upper()):
        assert len(Client(sandbox, value).json("/clouds")) == 6


def test_a_thousand_wrong_tokens_change_nothing(sandbox: Sandbox, call: Client) -> None:
    guesser = Client(sandbox, None)
    statuses = {guesser("GET", "/clouds", headers={"Authorization": f"{n:064x}"}).status_code for n in range(1000)}
    assert statuses == {401}
    assert len(call.json("/clouds")) == 6


def test_only_its_own_two_addresses_are_a_host(sandbox: Sandbox) -> None:
    port = own_host(sandbox).rpartition(":")[2]
    authorized = {"Authorization": sandbox.token}
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        assert raw(sandbox, "GET", "/api/v1/clouds", {**authorized, "Host": host})[0] == 200
    foreign = [
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        f"mist.example:{port}",
        f"127.0.0.1.nip.io:{port}",
        f"[::1]:{port}",
    ]
    for host in foreign:
        status, text = raw(sandbox, "GET", "/api/v1/clouds", {**authorized, "Host": host})
        assert (status, text) == (403, "Forbidden: the Host must be this sandbox's own address")
        assert raw(sandbox, "GET", "/api/v1/ping", {"Host": host})[0] == 403
        assert raw(sandbox, "GET", "/nope", {"Host": host})[0] == 403


@pytest.mark.parametrize("origin", ["null", "http://mist.example", "http://127.0.0.1:8888", ""])
def test_any_origin_is_refused(sandbox: Sandbox, origin: str) -> None:
    headers = {"Host": own_host(sandbox), "Authorization": sandbox.token, "Origin": origin}
    for method, path in [("GET", "/api/v1/clouds"), ("GET", "/api/v1/ping"), ("POST", "/api/v1/tokens"), ("GET", "/x")]:
        assert raw(sandbox, method, path, headers) == (403, "Forbidden: web pages may not use the sandbox")


def test_its_own_url_is_no_origin_either(sandbox: Sandbox) -> None:
    headers = {"Host": own_host(sandbox), "Authorization": sandbox.token, "Origin": sandbox.url}
    assert raw(sandbox, "GET", "/api/v1/clouds", headers)[0] == 403


def test_a_preflight_is_refused(sandbox: Sandbox) -> None:
    preflight = {"Host": own_host(sandbox), "Access-Control-Request-Method": "POST"}
    assert raw(sandbox, "OPTIONS", "/api/v1/clouds", {**preflight, "Origin": "http://mist.example"})[0] == 403
    assert raw(sandbox, "OPTIONS", "/api/v1/clouds", preflight)[0] == 401
    assert raw(sandbox, "OPTIONS", "/api/v1/clouds", {**preflight, "Authorization": sandbox.token})[0] == 405


def test_it_listens_on_127_0_0_1_only(sandbox: Sandbox) -> None:
    port = int(own_host(sandbox).rpartition(":")[2])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", port), timeout=5).close()
    with pytest.raises(OSError):
        socket.create_connection(("::1", port), timeout=5).close()


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
    ],
)
def test_json_is_understood_under_any_content_type_and_opens_nothing_without_a_token(
    sandbox: Sandbox, content_type: str | None
) -> None:
    headers = {"Host": own_host(sandbox), **({"Content-Type": content_type} if content_type else {})}
    body = json.dumps({"name": "Mine", "provider": "linode", "apikey": "k"}).encode()
    assert raw(sandbox, "POST", "/api/v1/clouds", headers, body) == (403, "Invalid csrf token")
    status, text = raw(sandbox, "POST", "/api/v1/clouds", {**headers, "Authorization": sandbox.token}, body)
    assert (status, json.loads(text)["name"]) == (200, "Mine")


# Tokens


def login(sandbox: Sandbox, **changes: object) -> dict[str, object]:
    return {"email": sandbox.email, "password": sandbox.password, **changes}


def test_a_token_is_made_with_the_sandboxs_own_password_only(sandbox: Sandbox) -> None:
    anybody = Client(sandbox, None)
    made = anybody("POST", "/tokens", json=login(sandbox, name="mine", email=sandbox.email.upper())).json()
    assert {key: made[key] for key in ("name", "created", "last_accessed_at", "ttl", "ip_address", "org_name")} == {
        "name": "mine",
        "created": "2014-05-13 16:53:20",
        "last_accessed_at": "Never",
        "ttl": 3600,
        "ip_address": "127.0.0.1",
        "org_name": "sandbox",
    }
    assert len(made["token"]) == 64
    assert len(Client(sandbox, made["token"]).json("/clouds")) == 6


def test_a_token_can_be_asked_for_with_a_form(sandbox: Sandbox) -> None:
    made = Client(sandbox, None)("POST", "/tokens", data=login(sandbox, ttl="60")).json()
    assert (made["ttl"], made["name"]) == (60, "api_token_1")


def test_what_is_wrong_with_a_request_for_a_token_is_said(sandbox: Sandbox) -> None:
    anybody = Client(sandbox, None)

    def ask(**changes: object) -> tuple[int, str]:
        return refused(anybody("POST", "/tokens", json=login(sandbox, **changes)))

    assert ask(email="") == (400, "Required parameter not provided: email")
    assert ask(password=None) == (400, "Required parameter not provided: password")
    assert ask(ttl="soon") == (400, "Bad Request: Ttl must be a number greater than 0")
    assert ask(ttl=1.5)[0] == ask(ttl=True)[0] == ask(ttl="9" * 18)[0] == 400
    assert ask(ttl=-1) == (400, "Bad Request: Ttl must be greater or equal to zero")
    wrong = (401, "User not authenticated. Please log in: Wrong e-mail or password")
    assert ask(ttl="soon", password="guess")[0] == ask(ttl=-1, email="someone@example.com")[0] == 400
    assert ask(email="someone@example.com") == ask(password="guess") == wrong
    assert ask(org_id="other")[0] == 403
    anybody("POST", "/tokens", json=login(sandbox, name="twice"))
    assert ask(name="twice") == (409, "Conflict: Token with name already exists")


def test_the_sandboxs_own_token_does_not_replace_the_password(call: Client) -> None:
    assert call("POST", "/tokens", json={}).status_code == 400


def test_a_token_ends_after_its_time_unless_that_is_zero(sandbox: Sandbox, clock: Clock) -> None:
    anybody = Client(sandbox, None)
    short = anybody("POST", "/tokens", json=login(sandbox, ttl=10)).json()["token"]
    for_ever = anybody("POST", "/tokens", json=login(sandbox, ttl=0)).json()["token"]
    clock.now += 9
    assert Client(sandbox, short)("GET", "/clouds").status_code == 200
    clock.now += 2
    assert Client(sandbox, short)("GET", "/clouds").status_code == 401
    clock.now += 10**9
    assert Client(sandbox, for_ever)("GET", "/clouds").status_code == 200


def test_twenty_tokens_are_the_most(sandbox: Sandbox, clock: Clock) -> None:
    anybody = Client(sandbox, None)
    for _ in range(20):
        assert anybody("POST", "/tokens", json=login(sandbox)).status_code == 200
    full = (400, "Bad Request: MAX number of 20 active tokens reached")
    assert refused(anybody("POST", "/tokens", json=login(sandbox))) == full
    clock.now += 3601
    assert anybody("POST", "/tokens", json=login(sandbox)).status_code == 200


def test_tokens_are_listed_cut_and_revoked_by_id(sandbox: Sandbox, call: Client) -> None:
    made = call("POST", "/tokens", json=login(sandbox)).json()
    (listed,) = call.json("/tokens")
    assert listed == {**made, "token": made["token"][:4] + "..."}
    assert refused(call("DELETE", "/tokens")) == (400, "Required parameter not provided: id")
    assert call("DELETE", "/tokens", json={"id": made["id"]}).text == "OK"
    assert call.json("/tokens") == []
    assert Client(sandbox, made["token"])("GET", "/clouds").status_code == 401
    assert refused(call("DELETE", "/tokens", params={"id": made["id"]})) == (404, "Not Found: Session not found")


# Providers and clouds


def test_providers_are_listed_with_what_each_can_do(call: Client) -> None:
    listed = call.json("/providers")["supported_providers"]
    ec2 = next(row for row in listed if row["driver"] == "ec2")
    assert {"name", "aliases", "driver", "category", "features"} <= set(ec2)
    assert len(listed) > 20


def test_a_new_sandbox_has_nephoscale_first_then_ec2_then_the_rest_by_title(sandbox: Sandbox, call: Client) -> None:
    clouds = call.json("/clouds")
    assert [cloud["name"] for cloud in clouds] == [
        *("NephoScale", "EC2", "DigitalOcean", "Linode", "Rackspace", "SoftLayer")
    ]
    assert clouds[1] == {
        "id": clouds[1]["id"],
        "name": "EC2",
        "title": "EC2",
        "provider": "ec2",
        "enabled": True,
        "state": "online",
        "dns_enabled": False,
        "object_storage_enabled": False,
        "observation_logs_enabled": False,
        "container_enabled": False,
        "polling_interval": 1800,
        "region": "us-east-1",
        "tags": {},
        "owned_by": sandbox.instance_id,
        "created_by": sandbox.instance_id,
    }


def test_clouds_have_the_same_ids_in_the_next_sandbox(call: Client) -> None:
    with Sandbox.start() as other:
        assert [cloud["id"] for cloud in Client(other, other.token).json("/clouds")] == [
            cloud["id"] for cloud in call.json("/clouds")
        ]


@pytest.mark.parametrize("spelling", ["ec2", "aws", "amazon", "AWS", "Amazon Web Services"])
def test_a_cloud_is_added_under_any_spelling_of_its_provider(call: Client, spelling: str) -> None:
    secrets = {"apikey": "canary-key", "apisecret": "canary-secret"}
    answer = call("POST", "/clouds", json={"title": " Second ", "provider": spelling, **secrets})
    added = answer.json()
    assert (added["name"], added["title"], added["provider"], added["index"]) == ("Second", "Second", "ec2", 6)
    assert "canary" not in answer.text + call("GET", "/clouds").text
    assert len(call.json(f"/clouds/{added['id']}/sizes")) == len(call.json(f"/clouds/{call.cloud('EC2')}/sizes"))


def test_what_is_wrong_with_a_new_cloud_is_said(call: Client) -> None:
    def add(**body: object) -> tuple[int, str]:
        return refused(call("POST", "/clouds", json=body))

    assert add() == (400, "Required parameter not provided: provider")
    status, text = add(provider="ec3", name="X")
    assert status == 400
    assert text.startswith("Bad Request: Invalid provider. Known are: ")
    assert " ec2, " in text
    assert add(provider="ec2") == (400, "Required parameter not provided: name")
    assert add(provider="ec2", name=7) == (400, "Bad Request: name must be text")
    assert add(provider="linode", name="EC2", apikey="k") == (409, "Cloud with this name already exists")
    for credentials in ({}, {"apikey": " "}, {"key": "k"}):
        missing = add(provider="linode", name="X", **credentials)
        assert missing == (400, "Required parameter not provided: apikey")
    for provider, lacks in (("ec2", "apisecret"), ("rackspace", "username"), ("softlayer", "username")):
        assert add(provider=provider, name="X", apikey="k") == (400, f"Required parameter not provided: {lacks}")
    for name in ("!!", "-", "…", "__"):
        text = f"Bad Request: Invalid name: {name} has neither letters nor digits"
        assert add(provider="linode", name=name, apikey="k") == (400, text)
    both = add(provider="linode", name="X", title="X", apikey="k")
    assert both == (400, "Bad Request: Invalid parameter title: the cloud has a name already")
    assert add(provider="rackspace:lon", name="X", apikey="k")[0] == 400
    lacking = add(provider="gce", name="X", project_id="p", private_key="k", apikey="k", apisecret="s")
    assert lacking == (503, "Cloud unavailable: the sandbox has no catalogue for gce")
    assert len(call.json("/clouds")) == 6


@pytest.mark.parametrize(
    ("provider", "credentials"),
    [
        ("ec2", {"api_key": "k", "api_secret": "s"}),
        ("ec2", {"apikey": "k", "api_secret": "s"}),
        ("rackspace", {"username": "u", "api_key": "k"}),
        ("linode", {"api_key": "k"}),
    ],
)
def test_credentials_may_be_spelled_with_an_underscore(
    call: Client, provider: str, credentials: dict[str, str]
) -> None:
    answer = call("POST", "/clouds", json={"name": "More", "provider": provider, **credentials})
    assert (answer.status_code, answer.json()["name"]) == (200, "More")


def test_a_cloud_is_renamed_and_keeps_its_id(call: Client) -> None:
    cloud = call.cloud("Linode")
    assert call("PUT", f"/clouds/{cloud}", json={"new_name": "Linode 2"}).text == "OK"
    assert call.cloud("Linode 2") == cloud
    missing = (400, "Required parameter not provided: new_name")
    assert refused(call("PUT", f"/clouds/{cloud}", json={"new_name": ""})) == missing
    assert refused(call("PUT", f"/clouds/{cloud}", json={"new_name": "EC2"})) == (409, "Cloud name exists")
    assert refused(call("PUT", f"/clouds/{cloud}", json={"new_name": "\ud800"}))[0] == 400
    assert call.cloud("Linode 2") == cloud


def test_a_disabled_cloud_is_offline_and_lists_nothing(call: Client) -> None:
    cloud = call.cloud("EC2")
    assert call("POST", f"/clouds/{cloud}", json={"new_state": "0"}).text == "OK"
    shown = next(item for item in call.json("/clouds") if item["id"] == cloud)
    assert (shown["enabled"], shown["state"]) == (False, "offline")
    for kind in ("images", "sizes", "locations", "networks"):
        disabled = (503, "Cloud unavailable: the cloud is disabled")
        assert refused(call("GET", f"/clouds/{cloud}/{kind}")) == disabled
    assert call("POST", f"/clouds/{cloud}", data={"new_state": "1"}).text == "OK"
    assert call.json(f"/clouds/{cloud}/images")


def test_a_clouds_features_are_switched_alone(call: Client) -> None:
    cloud = call.cloud("EC2")
    assert call("POST", f"/clouds/{cloud}", json={"dns_enabled": 1, "container_enabled": "1"}).text == "OK"
    assert call("POST", f"/clouds/{cloud}", json={"container_enabled": 0}).text == "OK"
    shown = next(item for item in call.json("/clouds") if item["id"] == cloud)
    assert (shown["dns_enabled"], shown["container_enabled"], shown["enabled"]) == (True, False, True)
    assert refused(call("POST", f"/clouds/{cloud}", json={}))[0] == 400
    assert refused(call("POST", f"/clouds/{cloud}", json={"new_state": "2"})) == (400, "Bad Request: Invalid new_state")
    assert refused(call("POST", f"/clouds/{cloud}", json={"new_state": None}))[0] == 400


def test_new_credentials_are_looked_at_and_forgotten(call: Client) -> None:
    cloud = call.cloud("EC2")
    assert call("PATCH", f"/clouds/{cloud}", json={"apikey": "canary"}).text == "OK"
    assert "canary" not in call("GET", "/clouds").text
    assert refused(call("PATCH", f"/clouds/{cloud}"))[0] == 400
    assert refused(call("PATCH", f"/clouds/{cloud}", json={"apikey": ""}))[0] == 401


def test_a_deleted_cloud_is_gone(call: Client) -> None:
    cloud = call.cloud("NephoScale")
    assert len(call.json(f"/clouds/{cloud}/images")) == 18
    assert call("DELETE", f"/clouds/{cloud}").text == "OK"
    gone = (404, "Not Found: Cloud does not exist")
    assert refused(call("GET", f"/clouds/{cloud}/images")) == gone
    for method in ("PUT", "POST", "PATCH", "DELETE"):
        assert refused(call(method, f"/clouds/{cloud}", json={"new_name": "x"})) == gone
    assert len(call.json("/clouds")) == 5


# Listings


def test_nephoscales_images_are_those_of_the_documentation(call: Client) -> None:
    cloud = call.cloud("NephoScale")
    images = call.json(f"/clouds/{cloud}/images")
    assert len(images) == 18
    ids = [int(image["external_id"]) for image in images]
    assert ids == sorted(ids), "the provider's order, as the documentation shows it"
    (centos,) = (image for image in images if image["external_id"] == "3")
    assert len(centos.pop("id")) == 32
    assert centos == {
        "cloud": cloud,
        "external_id": "3",
        "name": "Linux CentOS 5.5 32-bit",
        "starred": True,
        "os_type": "linux",
        "os_distro": "centos",
        "architecture": ["x86"],
        "min_disk_size": None,
        "min_memory_size": None,
        "origin": "system",
        "tags": {},
        "extra": centos["extra"],
        "created": "2010-12-20",
        "last_seen": "2014-04-10 00:00:00",
        "missing_since": "",
    }
    assert centos["extra"]["architecture"] == "x86"


def test_ec2_lists_its_short_list_and_finds_the_rest(call: Client) -> None:
    path = f"/clouds/{call.cloud('EC2')}/images"
    short, everything = call.json(path), call.json(path, json={"search_term": "*"})
    assert 0 < len(short) < len(everything) == 50
    for images in (short, everything):
        assert images == sorted(images, key=lambda image: not image["starred"])
    assert all("owner_id" in image["extra"] for image in everything)


def test_what_a_search_at_ec2_finds_is_listed_ever_since(tmp_path: Path) -> None:
    with Sandbox.start(state_dir=tmp_path) as first:
        call = Client(first, first.token)
        path = f"/clouds/{call.cloud('EC2')}/images"
        short = call.json(path)
        (found,) = call.json(path, json={"search_term": "ami-00b5c7f684026c96e"})
        assert found not in short
        assert call.json(path) == sorted([*short, found], key=call.json(path).index)
        listed = {image["id"] for image in [*short, *call.json(path, json={"search_term": "*"})]}
        assert {image["id"] for image in call.json(path)} == listed
    with Sandbox.start(state_dir=tmp_path) as second:
        assert {image["id"] for image in Client(second, second.token).json(path)} == listed


def test_what_a_search_elsewhere_finds_changes_no_listing(call: Client) -> None:
    path = f"/clouds/{call.cloud('Rackspace')}/images"
    before = call.json(path)
    assert len(call.json(path, json={"search_term": "*"})) >= len(before)
    assert call.json(path) == before


def test_a_search_is_a_body_on_get_or_post_or_a_query(call: Client) -> None:
    path = f"/clouds/{call.cloud('EC2')}/images"
    term = {"search_term": "UBUNTU"}
    found = call.json(path, json=term)
    assert found
    assert all("ubuntu" in (image["name"] + image["external_id"]).lower() for image in found)
    assert call.json(path, data=json.dumps(term)) == found
    assert call.json(path, params=term) == found
    assert call("POST", path, json=term).json() == found
    assert call("POST", path, data=term).json() == found
    assert call.json(path, json={"search_term": found[0]["external_id"].upper()}) == found[:1]
    assert call.json(path, json={"search_term": "no such image"}) == []
    assert call.json(path, json={"search_term": ".*"}) == []
    assert call.json(path, json={"search_term": ""}) == call.json(path)
    assert refused(call("GET", path, json={"search_term": ["a"]}))[0] == 400


def test_a_search_by_post_fails_as_mist_fails_but_for_ec2(call: Client) -> None:
    answer = call("POST", f"/clouds/{call.cloud('NephoScale')}/images", json={"search_term": "debian"})
    assert refused(answer) == (500, "Internal Server Error")


def test_cached_answers_the_list_and_ignores_the_term(call: Client) -> None:
    path = f"/clouds/{call.cloud('EC2')}/images"
    assert call.json(path, params={"cached": "1"}, json={"search_term": "ubuntu"}) == call.json(path)
    sizes = f"/clouds/{call.cloud('EC2')}/sizes"
    assert call.json(sizes, params={"cached": "False"}) == call.json(sizes)


def test_a_star_is_toggled_by_either_id_and_moves_the_image(call: Client) -> None:
    path = f"/clouds/{call.cloud('EC2')}/images"
    image = call.json(path, json={"search_term": "*"})[-1]
    assert call.json(path)[0] != image
    starred = call("POST", f"{path}/{image['id']}").json()
    assert starred == {**image, "starred": True}
    assert starred in call.json(path)[:20]
    assert call("POST", f"{path}/{image['external_id']}").json() == image
    assert image in call.json(path)
    assert refused(call("POST", f"{path}/nope")) == (404, "Not Found: CloudImage does not exist")


def test_extra_false_empties_extra(call: Client) -> None:
    for kind in ("images", "sizes", "locations"):
        path = f"/clouds/{call.cloud('NephoScale')}/{kind}"
        full = call.json(path)
        for no in ("False", "false", "0"):
            assert call.json(path, params={"extra": no}) == [{**item, "extra": {}} for item in full]
        assert call.json(path, params={"extra": "True"}) == full


def test_sizes_and_locations_have_the_fields_of_v1(call: Client) -> None:
    cloud = call.cloud("NephoScale")
    sizes, locations = call.json(f"/clouds/{cloud}/sizes"), call.json(f"/clouds/{cloud}/locations")
    common = {"id", "cloud", "external_id", "name", "extra", "created", "last_seen", "missing_since"}
    assert all(set(size) == common | {"cpus", "ram", "disk", "bandwidth", "architecture"} for size in sizes)
    places = common | {"country", "parent", "location_type", "images_location"}
    assert all(set(location) == places for location in locations)
    (small,) = (size for size in sizes if size["external_id"] == "219")
    assert (small["ram"], small["disk"], small["cpus"], "price" in small["extra"]) == (512, 25, None, False)
    assert [(item["external_id"], item["name"], item["country"]) for item in locations][:1] == [
        ("86945", "SJC-1", "US")
    ]


def test_an_item_has_the_same_id_in_every_run(call: Client) -> None:
    path = f"/clouds/{call.cloud('NephoScale')}/images"
    with Sandbox.start() as other:
        assert Client(other, other.token).json(path) == call.json(path)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Data files with one network, which no real catalogue here has, and an id that a URL has to quote."""
    image = {
        **dict.fromkeys(("min_disk_size", "min_memory_size", "created", "owner")),
        **{"external_id": "a/b c", "name": "One", "os_type": "linux", "os_distro": "debian", "architecture": ["x86"]},
        **{"starred": False, "default": True, "origin": "system", "extra": {}},
    }
    network = {"external_id": "n1", "name": "lan", "cidr": "10.0.0.0/8", "description": "", "extra": {}}
    about = {"title": "Tiny", "provider": "tiny", "driver": "Tiny", "region": "", "as_of": "2014-01-01", "sources": []}
    document = {**about, "images": [image], "sizes": [], "locations": [], "networks": [network]}
    (tmp_path / "tiny.json").write_text(json.dumps(document))
    providers = [{"name": "Tiny", "aliases": [], "driver": "tiny"}]
    (tmp_path / "providers.json").write_text(json.dumps({"supported_providers": providers}))
    return tmp_path


def test_networks_are_listed_per_cloud_and_for_all(tiny: Path) -> None:
    with Sandbox.start(data=tiny) as sandbox:
        call = Client(sandbox, sandbox.token)
        cloud = call.cloud("Tiny")
        second = call("POST", "/clouds", json={"name": "Second", "provider": "tiny", "apikey": "k"}).json()["id"]
        (network,) = call.json(f"/clouds/{cloud}/networks")
        assert {key: network[key] for key in ("cloud", "external_id", "cidr", "location", "subnets", "tags")} == {
            **{"cloud": cloud, "external_id": "n1", "cidr": "10.0.0.0/8", "location": "", "subnets": {}, "tags": {}}
        }
        assert [item["cloud"] for item in call.json("/networks")] == [cloud, second]
        assert call.json("/networks", params={"cloud": cloud}) == [network]
        assert refused(call("GET", "/networks", params={"cloud": "nope"}))[0] == 404
        call("POST", f"/clouds/{cloud}", json={"new_state": "0"})
        assert [item["cloud"] for item in call.json("/networks")] == [second]
        assert refused(call("GET", "/networks", params={"cloud": cloud}))[0] == 503


def test_an_id_with_a_slash_is_quoted_in_the_url(tiny: Path) -> None:
    with Sandbox.start(data=tiny) as sandbox:
        call = Client(sandbox, sandbox.token)
        assert call("POST", f"/clouds/{call.cloud('Tiny')}/images/a%2Fb%20c").json()["starred"] is True


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("tiny.json", "{", "it isn't readable JSON"),
        ("tiny.json", "[]", "its shape is wrong"),
        ("tiny.json", '{"title": "T"}', "'images' is missing"),
        ("tiny.json", '{"images": [{}]}', "'external_id' is missing"),
        ("tiny.json", '{"images": 3}', "its shape is wrong"),
        ("providers.json", "\ufeff", "it isn't readable JSON"),
        ("providers.json", "{}", "'supported_providers' is missing"),
        ("providers.json", '{"supported_providers": [{"name": "T"}]}', "'aliases' is missing"),
    ],
)
def test_a_broken_data_file_is_one_line_that_names_it(tiny: Path, name: str, text: str, reason: str) -> None:
    (tiny / name).write_text(text)
    with pytest.raises(SandboxError) as caught:
        Sandbox.start(data=tiny)
    assert str(caught.value).startswith(f"The data file {tiny / name} is broken: {reason}")
    assert "\n" not in str(caught.value)


def test_a_missing_data_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="There are no data files in"):
        Sandbox.start(data=tmp_path / "nothing")


# Keys


def test_keys_are_added_renamed_defaulted_and_deleted(sandbox: Sandbox, call: Client) -> None:
    first = call("PUT", "/keys", json={"name": "one", "priv": RSA}).json()
    assert first == {"id": first["id"], "name": "one", "machines": [], "isDefault": True}
    second = call("PUT", "/keys", json={"id": "two", "priv": ED25519_PKCS8}).json()
    assert (second["name"], second["isDefault"]) == ("two", False)
    assert call.json("/keys")[0] == {
        **first,
        **{"tags": {}, "owned_by": sandbox.instance_id, "created_by": sandbox.instance_id},
    }
    renamed = call("PUT", f"/keys/{second['id']}", json={"new_name": "zwei"})
    assert renamed.json() == {"new_name": "zwei"}
    assert call("POST", f"/keys/{second['id']}").text == "OK"
    assert [(key["name"], key["isDefault"]) for key in call.json("/keys")] == [("one", False), ("zwei", True)]
    assert call("DELETE", f"/keys/{second['id']}").text == "OK"
    assert [(key["name"], key["isDefault"]) for key in call.json("/keys")] == [("one", True)]


def test_what_is_wrong_with_a_key_is_said(call: Client) -> None:
    key = call("PUT", "/keys", json={"name": "one", "priv": RSA}).json()["id"]
    call("PUT", "/keys", json={"name": "two", "priv": RSA})
    assert refused(call("PUT", "/keys", json={"priv": RSA})) == (400, "Bad Request: Key name is not provided")
    missing = "Required parameter not provided: Private key is not provided"
    assert refused(call("PUT", "/keys", json={"name": "x"})) == (400, missing)
    assert refused(call("PUT", "/keys", json={"name": "one", "priv": RSA})) == (409, "Key name exists")
    assert refused(call("PUT", f"/keys/{key}", json={"new_name": "two"})) == (409, "Key name exists")
    assert refused(call("PUT", f"/keys/{key}", json={}))[0] == 400
    for method in ("PUT", "POST", "DELETE"):
        gone = (404, "Not Found: Key id does not exist")
        assert refused(call(method, "/keys/nope", json={"new_name": "x"})) == gone


@pytest.mark.parametrize(
    "private",
    [
        "hello",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1hsZ3v me",
        RSA.replace("RSA", "EC"),
        RSA.replace("RSA ", "ENCRYPTED "),
        RSA.replace("MII", "!!!"),
        RSA.replace("MII", "Proc-Type: 4,ENCRYPTED\n\nMII"),
        RSA.replace("RSA", "OPENSSH"),
        RSA.replace("RSA ", ""),
        RSA.partition("-----END")[0],
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----" + " " * 900_000,
    ],
)
def test_only_unencrypted_rsa_and_ed25519_keys_are_taken(call: Client, private: str) -> None:
    status, text = refused(call("PUT", "/keys", json={"name": "x", "priv": private}))
    assert (status, text.partition(":")[0]) == (400, "Invalid private key")
    assert call.json("/keys") == []


def test_openssh_keys_as_ssh_keygen_writes_them_are_taken(call: Client) -> None:
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    def openssh(key: Any, encryption: Any) -> str:
        kind = serialization.PrivateFormat.OpenSSH
        return str(key.private_bytes(serialization.Encoding.PEM, kind, encryption).decode())

    plain = serialization.NoEncryption()
    made = {"rsa": rsa.generate_private_key(65537, 2048), "ed": ed25519.Ed25519PrivateKey.generate()}
    for name, key in made.items():
        assert call("PUT", "/keys", json={"name": name, "priv": openssh(key, plain)}).status_code == 200
    elliptic = openssh(ec.generate_private_key(ec.SECP256R1()), plain)
    assert call("PUT", "/keys", json={"name": "ec", "priv": elliptic}).status_code == 400


def test_both_halves_of_a_key_are_shown_and_asking_for_the_private_one_is_counted(
    sandbox: Sandbox, call: Client
) -> None:
    key = call("PUT", "/keys", json={"name": "one", "priv": RSA}).json()["id"]
    assert call.json(f"/keys/{key}/public").startswith("ssh-rsa AAAA")
    assert sandbox.private_reads == 0
    assert call.json(f"/keys/{key}/private") == RSA.strip()
    assert refused(call("GET", "/keys/nope/private")) == (404, "Not Found: Key id does not exist")
    assert sandbox.private_reads == 2


def test_a_pair_is_made_and_forgotten(call: Client) -> None:
    pair = call("POST", "/keys").json()
    made = asyncssh.import_private_key(pair["priv"])
    assert made.export_public_key().decode().split() == pair["public"].split()
    assert (made.get_algorithm(), call.json("/keys")) == ("ssh-rsa", [])
    assert call("PUT", "/keys", json={"name": "one", "priv": pair["priv"]}).status_code == 200


# How it answers


def test_an_unknown_url_is_an_html_page(call: Client, sandbox: Sandbox) -> None:
    for url in ("/", "/api/v1", "/api/v1/clouds/", "/api/v2/machines", "/login", "/api/v1/scripts"):
        answer = call("GET", sandbox.url + url)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=UTF-8")
        assert answer.text.startswith("<html>")
    assert Client(sandbox, None)("POST", sandbox.url + "/nope").status_code == 404


def test_a_known_url_with_another_method_is_405(call: Client) -> None:
    assert refused(call("DELETE", "/clouds")) == (405, "Method Not Allowed")
    assert refused(call("PATCH", "/keys")) == (405, "Method Not Allowed")


@pytest.mark.parametrize(
    "body",
    [
        b'{"new_name": ',
        b"[1]",
        b'{"new_name": NaN}',
        b'{"new_name": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"new_name": "\xff"}',
        b'{"new_name": "\\ud800"}',
        b"\x1f\x8b\x08\x00",
        b"new_name=%ff",
        b"&".join(b"a=1" for _ in range(500)),
    ],
)
def test_a_body_that_cannot_be_read_is_400_and_changes_nothing(call: Client, body: bytes) -> None:
    before = call.json("/clouds")
    assert refused(call("PUT", f"/clouds/{call.cloud('EC2')}", data=body))[0] == 400
    assert call.json("/clouds") == before


def test_a_byte_order_mark_is_no_reason_to_refuse(call: Client) -> None:
    body = '\ufeff{"new_name": "Größe 🌩"}'.encode()
    assert call("PUT", f"/clouds/{call.cloud('EC2')}", data=body).text == "OK"
    assert call.cloud("Größe 🌩")


def test_a_body_over_one_mebibyte_is_413(call: Client) -> None:
    answer = call("PUT", f"/clouds/{call.cloud('EC2')}", data=b" " * (1024 * 1024 + 1))
    assert refused(answer) == (413, "Request Entity Too Large: 1 MiB is the most")


def test_a_body_far_over_it_is_cut_off(sandbox: Sandbox) -> None:
    headers = {"Host": own_host(sandbox), "Content-Length": str(10**12)}
    assert raw(sandbox, "POST", "/api/v1/clouds", headers)[0] == 403
    assert raw(sandbox, "POST", "/api/v1/clouds", {**headers, "Authorization": sandbox.token})[0] == 413


def test_a_fault_of_ours_is_500_without_a_stack(
    call: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_clouds: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("mist_notebook.sandbox.world.clouds.Clouds.all", fails)
    assert refused(call("GET", "/clouds")) == (500, "Internal Server Error")
    assert "canary" in caplog.text


def test_what_a_client_does_wrong_is_not_logged(call: Client, caplog: pytest.LogCaptureFixture) -> None:
    call("GET", "/nope")
    call("PUT", "/clouds/x", data=b"{")
    call("GET", "/clouds/%ff/images")
    call("DELETE", "/clouds")
    assert [record for record in caplog.records if record.name.startswith("tornado")] == []


def test_answers_are_compressed_for_who_can_read_it(call: Client) -> None:
    path = f"/clouds/{call.cloud('EC2')}/images"
    packed, plain = call("GET", path), call("GET", path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])


def test_requests_are_remembered_by_method_and_path_only(sandbox: Sandbox, call: Client) -> None:
    call("GET", "/clouds", params={"secret": "canary"}, json={"password": "canary"})
    Client(sandbox, None)("POST", "/clouds")
    assert sandbox.requests == [("GET", "/api/v1/clouds"), ("POST", "/api/v1/clouds")]


def test_no_secret_is_in_a_repr(sandbox: Sandbox) -> None:
    shown = repr(sandbox) + repr(sandbox._running.owner) + repr(vars(sandbox._running))
    assert not any(secret in shown for secret in (sandbox.token, sandbox.password))


# The cloud for load tests


def test_big_lists_as_many_images_as_asked_for_and_the_same_for_the_same_seed() -> None:
    def listing(seed: int) -> bytes:
        with Sandbox.start(big_images=1000, seed=seed) as big:
            call = Client(big, big.token)
            assert call.json("/clouds")[-1]["name"] == "Big"
            return call("GET", f"/clouds/{call.cloud('Big')}/images").content

    first = listing(1)
    images = json.loads(first)
    assert len({image["id"] for image in images}) == len({image["external_id"] for image in images}) == 1000
    assert all(set(image) == {"id", "external_id", "name", "starred", "extra"} for image in images)
    assert {len(image["extra"]) for image in images} == {8, 9, 10, 11, 12}
    assert all(isinstance(value, str) for image in images for value in image["extra"].values())
    assert 440 < len(first) / 1000 < 500
    assert listing(1) == first
    assert listing(2) != first


def test_big_can_be_searched_starred_renamed_and_removed() -> None:
    with Sandbox.start(big_images=1000) as big:
        call = Client(big, big.token)
        path = f"/clouds/{call.cloud('Big')}"
        assert len(call.json(f"{path}/images", json={"search_term": "ubuntu"})) == 40
        assert len(call.json(f"{path}/images", json={"search_term": "*"})) == 1000
        last = call.json(f"{path}/images")[-1]
        call("POST", f"{path}/images/{last['external_id']}")
        assert {**last, "starred": True} in call.json(f"{path}/images")[:100]
        assert call.json(f"{path}/sizes")
        assert call("PUT", path, json={"new_name": "Huge"}).text == "OK"
        assert call("DELETE", path).text == "OK"
        assert len(call.json("/clouds")) == 6


@pytest.mark.parametrize("count", [-1, 1_000_001])
def test_a_senseless_number_of_images_is_refused(count: int) -> None:
    with pytest.raises(SandboxError, match="images can't be made"):
        Sandbox.start(big_images=count)


# Life and death


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_twenty_sandboxes_leave_no_file_and_no_thread(tmp_path: Path) -> None:
    Sandbox.start().close()
    files, threads = open_files(), set(threading.enumerate())
    for number in range(20):
        started = Sandbox.start(state_dir=tmp_path / "state" if number % 2 else None)
        client = Client(started, started.token)
        assert client("GET", "/clouds").status_code == 200
        started.close()
        client.close()
    assert (open_files(), set(threading.enumerate())) == (files, threads)


def test_a_start_that_fails_leaves_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    taken = int(own_host(sandbox).rpartition(":")[2])
    Client(sandbox, None).close()
    files, threads = open_files(), set(threading.enumerate())
    with pytest.raises(SandboxError, match=f"^Port {taken} on 127.0.0.1 is in use"):
        Sandbox.start(port=taken, state_dir=tmp_path / "state")
    with pytest.raises(SandboxError):
        Sandbox.start(data=tmp_path)
    assert (open_files(), set(threading.enumerate())) == (files, threads)
    assert list(tmp_path.iterdir()) == []


def test_closing_twice_is_fine_and_ends_open_connections() -> None:
    started = Sandbox.start()
    client = Client(started, started.token)
    client("GET", "/clouds")
    started.close()
    started.close()
    with pytest.raises(requests.ConnectionError):
        client("GET", "/clouds")
    client.close()


def test_two_sandboxes_share_nothing_but_their_data(sandbox: Sandbox, call: Client) -> None:
    with Sandbox.start() as other:
        assert other.url != sandbox.url
        assert other.instance_id != sandbox.instance_id
        assert Client(other, sandbox.token)("GET", "/clouds").status_code == 401
        Client(other, other.token)("DELETE", f"/clouds/{call.cloud('EC2')}")
        assert len(call.json("/clouds")) == 6


def test_a_second_sandbox_in_the_same_process_cannot_have_the_same_folder(tmp_path: Path) -> None:
    with Sandbox.start(state_dir=tmp_path) as first:
        for _ in range(2):
            with pytest.raises(SandboxError, match=f"^Another sandbox runs on {tmp_path}"):
                Sandbox.start(state_dir=tmp_path)
        assert Client(first, first.token)("GET", "/clouds").status_code == 200


# What it is made of


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = ["tornado", "asyncio", "sqlite3", "requests", "pandas"]
    code = f"import sys, mist_notebook.sandbox; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ("mist_notebook.sandbox." if node.level else "") + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def forbidden(source: str) -> set[str]:
    """Whatever in `source` could start a program, or is code that the client has too."""
    tree = ast.parse(source)
    names = set(imported(tree))
    starters = {name for name in names if name.split(".")[0] in {"subprocess", "pty", "multiprocessing", "ctypes"}}
    shared = {name for name in names if name.split(".")[0] == "mist_notebook"}
    shared -= {name for name in shared if name.startswith(("mist_notebook.sandbox", "mist_notebook.ground.loop."))}
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {name.rpartition(".")[2] for name in names}
    calls = {"system", "popen", "fork", "forkpty", "startfile", "__import__", "import_module"}
    prefixes = ("execv", "execl", "spawn", "posix_spawn", "create_subprocess", "subprocess_")
    return starters | shared | {word for word in words if word in calls or word.startswith(prefixes)}


SOURCES = sorted(FOLDER.rglob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_nothing_in_it_can_start_a_program_or_shares_code_with_the_client(source: Path) -> None:
    assert forbidden(source.read_text()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "from subprocess import run",
        "import pty",
        "import os; os.system('x')",
        "from os import execv",
        "import os; os.execlp('x')",
        "import asyncio; asyncio.create_subprocess_exec('x')",
        "from mist_notebook.ground.text import clean",
        "from mist_notebook.ground import errors",
        "import mist_notebook.ground.errors",
        "__import__('subprocess')",
    ],
)
def test_the_check_of_the_sources_finds_what_it_looks_for(source: str) -> None:
    assert forbidden(source)


def test_all_of_its_source_was_looked_at() -> None:
    assert {"__init__.py", "server.py", "routes.py"} <= {path.name for path in SOURCES}
