"""The Mist client's documentation, line by line, against the embedded sandbox over real HTTP."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.client import runtime
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import (
    AmbiguousError,
    ApiError,
    BadValueError,
    MistUsageError,
    NotFoundError,
    SettingsError,
)

DOCUMENTED_EXTRA = {
    "billable_type": None,
    "cores": None,
    "disks": None,
    "pcpus": None,
    "storage": None,
    "uri": "",
}
DOCUMENTED_IMAGES = [
    ("3", "Linux CentOS 5.5 32-bit", "x86"),
    ("5", "Linux CentOS 5.5 64-bit", "x86_64"),
    ("23", "Linux Debian Server 5.05 32-bit", "x86"),
    ("43", "Linux Ubuntu Server 10.04 LTS 32-bit", "x86"),
    ("45", "Linux CentOS 5.7 32-bit", "x86"),
    ("49", "Linux Ubuntu Server 10.04 LTS 64-bit", "x86_64"),
    ("51", "Linux Debian Server 6.0.3 64-bit", "x86_64"),
    ("55", "Linux Debian 5.0.9 64-bit", "x86_64"),
]


@pytest.fixture
def client() -> Iterator[MistClient]:
    with MistClient() as client:
        yield client


@pytest.fixture
def nephoscale(client: MistClient) -> Backend:
    return client.backend_from_name("NephoScale")


def test_the_documented_images_are_there_as_documented(nephoscale: Backend) -> None:
    documented = [
        {"id": image_id, "name": name, "star": True, "extra": {"architecture": arch, **DOCUMENTED_EXTRA}}
        for image_id, name, arch in DOCUMENTED_IMAGES
    ]
    wanted = {image["id"] for image in documented}
    assert [image for image in nephoscale.images if image["id"] in wanted] == documented


def test_the_lines_of_the_documentation_give_its_figures(nephoscale: Backend) -> None:
    assert nephoscale.images[0]["id"] == "3"
    assert nephoscale.sizes[0]["id"] == "219"
    assert nephoscale.locations == [
        {"id": "86945", "name": "SJC-1", "country": "US"},
        {"id": "87729", "name": "RIC-1", "country": "US"},
    ]
    assert nephoscale.sizes[:2] == [
        {
            "bandwidth": None,
            "disk": 25,
            "driver": "NephoScale",
            "id": "219",
            "name": "CS05-SSD - 0.5GB, 1Core, 25GB, 10 Gbps",
            "price": None,
            "ram": 512,
        },
        {
            "bandwidth": None,
            "disk": 25,
            "driver": "NephoScale",
            "id": "221",
            "name": "CS1-SSD - 1GB, 1Core, 25GB, 10 Gbps",
            "price": None,
            "ram": 1024,
        },
    ]


def test_a_known_size_has_its_price_and_cpus(nephoscale: Backend) -> None:
    size = next(size for size in nephoscale.sizes if size["id"] == "48")
    assert (size["price"], size["cpus"], size["ram"], size["disk"]) == (0.15, 2, 4096, 150)


def test_a_search_finds_by_name_without_regard_to_case(nephoscale: Backend) -> None:
    found = nephoscale.search_image("dEbIaN")
    assert len(found) == 6
    assert all("debian" in image["name"].lower() for image in found)
    assert nephoscale.search_image("(a+)+$") == []


@pytest.mark.parametrize("term", [5, None, ["Debian"], b"Debian", {"id": "5"}])
def test_images_are_searched_by_a_text(nephoscale: Backend, term: Any) -> None:
    with pytest.raises(BadValueError, match="by a text"):
        nephoscale.search_image(term)


@pytest.mark.parametrize("word", ["image", "location", "size"])
def test_the_words_of_the_command_line_lead_to_those_of_python_and_nothing_is_sent(
    nephoscale: Backend, word: str
) -> None:
    words = {"name": "web", "key": "k", "image_id": "5", "location_id": "SJC-1", "size_id": "48"}
    words[word] = words.pop(f"{word}_id")
    with pytest.raises(MistUsageError, match="nothing was sent") as caught:
        nephoscale.create_machine(**words)
    assert f"{word}_id=" in caught.value.hint


def test_a_search_of_ec2_finds_more_than_its_default_list(client: MistClient) -> None:
    backend = client.backend_from_provider("aws")
    shown = {image["id"] for image in backend.images}
    found = {image["id"] for image in backend.search_image("windows")}
    assert len(shown) <= 12
    assert found - shown


def test_a_word_that_only_a_search_finds_is_answered_with_what_that_finds(client: MistClient) -> None:
    backend = client.backend_from_provider("aws")
    with pytest.raises(NotFoundError) as caught:
        backend.spec("web", key=None, image="Debian", location=None, size="m3.medium")
    assert str(caught.value) == "No image named 'Debian'.\nDid you mean debian-12-amd64-20231013-1532?"


def test_a_backend_is_found_by_name_id_and_provider(client: MistClient, nephoscale: Backend) -> None:
    assert client.backend_from_id(nephoscale.id) is nephoscale
    assert client.backend_from_provider("nephoscale") is nephoscale
    assert client.search_backend("nephoscale") is nephoscale
    assert client.search_backend(nephoscale.id) is nephoscale
    assert client.search_backend({"id": nephoscale.id}) is nephoscale
    assert client.backends[nephoscale.id] is nephoscale


def test_a_name_that_is_not_there_is_an_error_with_the_nearest(client: MistClient) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.backend_from_name("NefoScale")
    assert str(caught.value) == "No backend named 'NefoScale'.\nDid you mean NephoScale?"


def test_two_backends_of_one_provider_are_told_apart_by_name(client: MistClient) -> None:
    client.add_backend(provider="nephoscale", title="Second", key="k3y", secret="s3cret")
    with pytest.raises(AmbiguousError) as caught:
        client.backend_from_provider("nephoscale")
    assert "NephoScale" in str(caught.value) and "Second" in str(caught.value)


def test_a_backend_can_be_added_renamed_disabled_enabled_and_deleted(client: MistClient) -> None:
    backend = client.add_backend(provider="rackspace", title="Test", key="k3y", secret="s3cret")
    assert (backend.title, backend.provider, backend.enabled) == ("Test", "rackspace", True)
    backend.rename("Renamed")
    assert client.backend_from_name("Renamed") is backend
    backend.disable()
    assert backend.enabled is False
    with pytest.raises(ApiError):
        _ = backend.images
    backend.enable()
    assert backend.enabled is True and backend.images
    backend.delete()
    assert backend.id not in client.backends


def test_a_refused_backend_is_an_error_that_does_not_repeat_the_secret(client: MistClient) -> None:
    before = list(client.backends)
    with pytest.raises(NotFoundError) as caught:
        client.add_backend(provider="no-such-provider", title="Test", key="k3y-canary", secret="s3cret-canary")
    assert "canary" not in str(caught.value) + repr(caught.value)
    assert list(client.update_backends()) == before
    with pytest.raises(BadValueError):
        client.add_backend(provider="ec2", title=" ")


def test_the_server_says_who_we_are_and_what_it_supports(client: MistClient) -> None:
    assert client.user_info["sandbox"] is True and "@" in client.user_info["email"]
    titles = {provider["provider"]: provider["title"] for provider in client.supported_providers}
    assert titles["nephoscale"] == "NephoScale" and "ec2" in titles


def test_all_clients_share_one_sandbox_and_the_last_one_stops_it() -> None:
    threads = {thread.name for thread in threading.enumerate()}
    first, second = MistClient(), MistClient()
    assert first.backends.keys() == second.backends.keys()
    assert first.user_info == second.user_info
    first.close()
    assert second.backend_from_name("EC2").sizes
    second.close()
    gc.collect()
    assert {thread.name for thread in threading.enumerate()} == threads


def test_a_client_that_is_forgotten_lets_go_of_the_sandbox() -> None:
    holders = runtime.acquire()
    MistClient()
    gc.collect()
    assert holders.holders == 1
    runtime.release(holders)


def test_a_forked_child_starts_a_sandbox_of_its_own(client: MistClient) -> None:
    instance = client.user_info["instance"]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, MistClient().user_info["instance"].encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        in_child = answer.read()
    os.waitpid(child, 0)
    assert in_child and in_child != instance


def test_a_url_without_a_token_is_half_a_connection() -> None:
    with pytest.raises(SettingsError) as caught:
        MistClient("https://mist.example")
    assert "https://mist.example" in str(caught.value)


def test_certificates_can_not_be_left_unverified() -> None:
    with pytest.raises(BadValueError):
        MistClient("https://mist.example", api_token="t0ken", verify=False)


def test_no_token_shows_in_a_client() -> None:
    client = MistClient("https://mist.example", api_token="c4nary-token")
    assert "c4nary" not in repr(client) + repr(vars(client)) + str(client.settings)
    client.close()


def test_a_configured_server_is_used_and_its_sandbox_mark_is_kept(
    client: MistClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sandbox = client._runtime.sandbox()
    monkeypatch.setenv("MIST_URL", sandbox.url)
    monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
    with MistClient() as configured:
        assert configured.settings.url == sandbox.url
        assert configured.backend_from_name("NephoScale").record.sandbox
        assert configured.is_sandbox


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """NephoScale on a sandbox whose machines boot at once."""
    monkeypatch.setenv("MIST_SANDBOX_BOOT_SECONDS", "0.05")
    with MistClient() as client:
        client.add_key(key_name="MyKey", private=client.generate_key())
        yield client.backend_from_name("NephoScale")


def test_the_documented_create_makes_a_machine_that_can_be_found_and_acted_on(quick: Backend) -> None:
    key = next(iter(quick._client.keys.values()))
    words = {
        "name": "production.server",
        "key": key,
        "image_id": quick.images[0]["id"],
        "location_id": quick.locations[0],  # the documentation hands over the whole dict
        "size_id": "48",
        "tags": {"team": "web"},
        "image_extra": "",
        "monitoring": False,
    }
    machine = quick.create_machine(**words)
    assert quick.create_machine(**words).id == machine.id, "the same words are the same machine"
    assert dict(machine.record.tags)["team"] == "web"
    assert quick.machines[machine.id].name == "production.server"
    found = (quick.machine_from_id(machine.id), quick.machine_from_name("production.server"))
    by_address = (quick.machine_from_ip(machine.info["public_ips"][0]), quick.search_machine("production.server"))
    assert {one.id for one in (*found, *by_address)} == {machine.id}
    assert machine.probe().outcome == "ok"
    machine.destroy()
    assert machine.id not in {one.id for one in quick.machines.values() if one.state != "terminated"}
    assert [record.state for record in quick._client.journal.records()] == ["gone"]


def test_a_quantity_makes_numbered_machines_one_operation_each(quick: Backend) -> None:
    made = quick.create_machine("web", "MyKey", "3", "SJC-1", "48", quantity=2)
    assert [machine.name for machine in made] == ["web-1", "web-2"]
    assert len(quick._client.journal.opened()) == 2


def test_a_key_has_a_public_half_a_name_and_can_be_the_default(quick: Backend) -> None:
    client = quick._client
    key = client.key("MyKey")
    assert key.public.startswith("ssh-rsa ")
    client.add_key(key_name="Second", private=client.generate_key())
    client.key("Second").set_default()
    assert client.key("Second").is_default
    client.key("Second").rename("x")
    client.key("x").delete()
    assert [one.name for one in client.keys.values()] == ["MyKey"]
    assert client._runtime.sandbox().private_reads == 0
