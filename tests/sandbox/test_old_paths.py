"""The paths of the documentation's time, as a client of 2014 asks for them: no content type, a body on GET."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mist_notebook.sandbox import Sandbox
from tests.rigs.sandbox_rig import Clock, Rig
from tools.old_clients import for_today, table


class OldClient:
    """What a client of 2014 sends, after it has logged in."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.url
        self.session = requests.Session()
        self.session.trust_env = False
        login = {"email": sandbox.email, "password": sandbox.password}
        self.login = self("POST", "/auth", **login).json()
        self.session.headers["Authorization"] = f"mist_1 {sandbox.email}:{self.login['mist_api_token']}"

    def __call__(self, method: str, path: str, **body: Any) -> requests.Response:
        data = json.dumps(body) if body else None
        return self.session.request(method, self.url + path, data=data, timeout=20)

    def json(self, path: str, **body: Any) -> Any:
        answer = self("GET", path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def backend(self, title: str) -> str:
        return next(f"/backends/{one['id']}" for one in self.json("/backends") if one["title"] == title)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    clock = Clock()
    with Sandbox.start(clock=clock) as sandbox:
        rig = Rig(sandbox, clock, tmp_path)
        yield rig
        rig.close()


@pytest.fixture
def old(rig: Rig) -> OldClient:
    return OldClient(rig.sandbox)


def made(old: OldClient, name: str = "prodServer1", **more: Any) -> dict[str, Any]:
    order = {"name": name, "key": "demo", "image": "177", "location": "87729", "size": "7", **more}
    answer = old("POST", f"{old.backend('NephoScale')}/machines", **order)
    assert answer.status_code == 200, answer.text
    return next(one for one in old.json(f"{old.backend('NephoScale')}/machines") if one["name"] == name)


def test_email_and_password_give_the_token_and_say_who_logged_in(old: OldClient, rig: Rig) -> None:
    assert set(old.login) == {"mist_api_token", "user_details", "current_plan"}
    assert old.login["user_details"]["name"] == rig.sandbox.email
    wrong = requests.post(f"{old.url}/auth", json={"email": rig.sandbox.email, "password": "guess"}, timeout=20)
    assert (wrong.status_code, wrong.text) == (401, "User not authenticated. Please log in: Wrong e-mail or password")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/backends", 401), ("GET", "/keys", 401), ("GET", "/providers", 401), ("PUT", "/keys", 403)],
)
def test_nothing_is_told_without_the_token(old: OldClient, method: str, path: str, status: int) -> None:
    assert requests.request(method, old.url + path, timeout=20).status_code == status


def test_providers_are_titles_and_ids(old: OldClient) -> None:
    providers = old.json("/providers")["supported_providers"]
    assert {"title": "NephoScale", "provider": "nephoscale"} in providers
    assert all(set(one) == {"title", "provider"} for one in providers)


def test_backends_have_the_fields_of_then(old: OldClient) -> None:
    first, *_ = old.json("/backends")
    assert (first["title"], first["provider"], first["state"], first["enabled"]) == (
        *("NephoScale", "nephoscale", "online"),
        True,
    )
    assert set(first) == {"id", "apikey", "title", "provider", "poll_interval", "state", "region", "enabled"}


def test_listings_are_as_the_documentation_prints_them(old: OldClient) -> None:
    backend = old.backend("NephoScale")
    image = next(one for one in old.json(f"{backend}/images") if one["id"] == "177")
    assert set(image) == {"id", "name", "star", "extra"}
    size = next(one for one in old.json(f"{backend}/sizes") if one["id"] == "219")
    assert set(size) == {"id", "name", "ram", "disk", "bandwidth", "price", "driver"}
    assert (size["driver"], size["price"], size["ram"]) == ("NephoScale", None, 512)
    assert old.json(f"{backend}/locations")[0] == {"id": "86945", "name": "SJC-1", "country": "US"}
    assert old.json(f"{backend}/networks") == []


@pytest.mark.parametrize("title", ["NephoScale", "EC2", "Rackspace", "Linode"])
def test_a_search_is_a_body_on_get_or_a_post_at_every_backend(old: OldClient, title: str) -> None:
    path = f"{old.backend(title)}/images"
    found = old.json(path, search_term="Ubuntu")
    assert found and all("ubuntu" in one["name"].lower() for one in found)
    assert old("POST", path, search_term="UBUNTU").json() == found


def test_a_star_is_answered_as_a_boolean(old: OldClient) -> None:
    path = f"{old.backend('NephoScale')}/images"
    before = next(one["star"] for one in old.json(path) if one["id"] == "177")
    assert [old("POST", f"{path}/177").json() for _ in range(2)] == [not before, before]


def test_a_keys_name_is_its_id(old: OldClient) -> None:
    private = old("POST", "/keys").json()["priv"]
    assert old("PUT", "/keys", id="MyKey", priv=private).json() == {"id": "MyKey", "machines": [], "isDefault": False}
    assert old("PUT", "/keys/MyKey", new_id="Mine").json() == {"new_id": "Mine"}
    assert old.json("/keys/Mine/public").startswith("ssh-rsa ")
    assert old.json("/keys/Mine/private") == private.strip()
    assert old("POST", "/keys/Mine").text == "OK"
    assert [(one["id"], one["isDefault"]) for one in old.json("/keys")] == [("demo", False), ("Mine", True)]
    assert [one["id"] for one in old("DELETE", "/keys/Mine").json()] == ["demo"]
    assert old("GET", "/keys/Mine/public").status_code == 404


def test_a_machine_is_made_with_a_keys_name_or_with_the_default_key(old: OldClient, rig: Rig) -> None:
    first, second = made(old), made(old, "prodServer2", key=None)
    assert {"id", "uuid", "imageId", "size", "tags", "can_stop", "can_tag"} < set(first)
    assert (first["state"], first["can_destroy"], first["tags"]) == ("pending", True, [])
    (key,) = old.json("/keys")
    assert [(one[0], one[1], one[3], len(one)) for one in key["machines"]] == [
        (rig.clouds["NephoScale"], machine["id"], "root", 6) for machine in (first, second)
    ]


def test_an_action_answers_the_whole_list(old: OldClient, rig: Rig) -> None:
    machine = made(old)
    path = f"{old.backend('NephoScale')}/machines/{machine['id']}"
    rig.later(5)
    states = []
    for action in ("reboot", "stop", "start", "destroy"):
        listed = old("POST", path, action=action).json()
        states.append([one["state"] for one in listed])
        rig.later(5)
    assert states == [["rebooting"], ["stopping"], ["starting"], ["terminated"]]
    assert old.json(f"{old.backend('NephoScale')}/machines") == []
    assert old("POST", path, action="shutdown").status_code == 404


def test_a_probe_is_flat_and_its_failure_is_no_error(old: OldClient, rig: Rig) -> None:
    machine = made(old)
    path = f"{old.backend('NephoScale')}/machines/{machine['id']}"
    asked = {"host": machine["public_ips"][0], "key": None, "ssh_user": None}
    assert (old("POST", f"{path}/probe", **asked).json()) == {}
    rig.later(5)
    probe = old("POST", f"{path}/probe", **asked).json()
    assert [float(part) > 0 for part in probe["uptime"].split()] == [True, True]
    assert [type(load) for load in probe["loadavg"]] == [str] * 3
    assert (probe["cores"], probe["users"], probe["packets_loss"], probe["pub_ips"]) == ("2", "0", 0.0, ["192.0.2.1"])
    assert old("DELETE", f"{path}/keys/demo").status_code == 200
    assert set(old("POST", f"{path}/probe", **asked).json()) == {
        *("packets_tx", "packets_rx", "packets_loss", "rtt_min", "rtt_avg", "rtt_max")
    }


def test_a_key_is_associated_by_its_name(old: OldClient, rig: Rig) -> None:
    machine = made(old)
    rig.later(5)
    old("PUT", "/keys", id="more", priv=old("POST", "/keys").json()["priv"])
    path = f"{old.backend('NephoScale')}/machines/{machine['id']}/keys/more"
    assert old("PUT", path, host="192.0.2.1", ssh_user=None, ssh_port=22).status_code == 200
    assert len(next(one for one in old.json("/keys") if one["id"] == "more")["machines"]) == 1


def test_a_tag_is_a_word(old: OldClient) -> None:
    machine = made(old, tags={"env": "dev"})
    path = f"{old.backend('NephoScale')}/machines"
    assert old("POST", f"{path}/{machine['id']}/metadata", tag="web").text == "OK"
    assert old.json(path)[0]["tags"] == ["env=dev", "web"]


@pytest.mark.parametrize(
    ("provider", "is_now"),
    [("rackspace", "rackspace"), ("rackspace:lon", "rackspace"), ("ec2_ap_northeast", "ec2"), ("linode", "linode")],
)
def test_a_backend_is_added_with_a_key_and_a_secret(old: OldClient, provider: str, is_now: str) -> None:
    unused = dict.fromkeys(("tenant_name", "region", "apiurl", "machine_ip", "machine_key", "machine_user"))
    more = {"apikey": "canary-key", "apisecret": "canary-secret", "remove_on_error": True, **unused}
    answer = old("POST", "/backends", title="Test", provider=provider, **more)
    assert (answer.status_code, answer.json()["provider"], answer.json()["title"]) == (200, is_now, "Test")
    assert "canary" not in answer.text + old("GET", "/backends").text
    path = old.backend("Test")
    assert old("PUT", path, new_name="Renamed").text == "OK"
    assert old("POST", old.backend("Renamed"), new_state="0").text == "OK"
    assert old("GET", f"{path}/images").status_code == 503
    assert old("DELETE", path).text == "OK"


def test_the_clients_of_2016_find_the_clouds_without_a_prefix(old: OldClient) -> None:
    assert old.json("/clouds") == old.json("/api/v1/clouds")
    cloud = old.json("/clouds")[0]["id"]
    assert old.json(f"/clouds/{cloud}/sizes") == old.json(f"/api/v1/clouds/{cloud}/sizes")
    assert old.json("/check_token")["hello"].endswith("@sandbox.invalid")


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ('    print "no"\n', '    print("no")\n'),
        ("print\n", "print()\n"),
        ("def f(x, async=False):\n", "def f(x, async_=False):\n"),
        ("d = {'async': async}\n", "d = {'async': async_}\n"),
        ("h['Api-Version'] = version\n", "h['Api-Version'] = str(version)\n"),
    ],
)
def test_source_of_then_is_made_readable_for_today(source: str, reads: str) -> None:
    assert for_today(source) == reads


def test_the_table_of_old_clients_counts_what_worked() -> None:
    lines = table({"0.2.0": {"log in": "ok", "images": "ok"}, "1.5": {"log in": "ok", "images": "no"}}).splitlines()
    assert lines[-1] == "| **worked** | 2 of 2 | 1 of 2 |"
