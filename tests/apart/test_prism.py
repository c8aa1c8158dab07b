"""Every request of ours is one that the cloud's own OpenAPI document allows, and its answers are read: by Prism."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.backends.azure import creating
from mist_notebook.backends.azure.adapter import AzureAdapter
from mist_notebook.backends.azure.calls import Calls as AzureCalls
from mist_notebook.backends.base import Adapter
from mist_notebook.backends.gce.adapter import GceAdapter
from mist_notebook.backends.gce.calls import Calls as GceCalls
from mist_notebook.backends.token import opening
from mist_notebook.ground.errors import ApiError, MistError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.http import Limits
from mist_notebook.records.model import BackendInfo, Image, Key, Location, Machine, MachineSpec, Size
from mist_notebook.settings.remembered import Remembered
from mist_notebook.settings.settings import load

PLACE = Path(__file__).resolve().parents[2] / ".prism"
VARIABLES = {"digitalocean": "DIGITALOCEAN_ACCESS_TOKEN", "hetzner": "HCLOUD_TOKEN", "linode": "LINODE_CLI_TOKEN"}
PUBLIC = f"ssh-ed25519 {'A' * 68} me"
OP = "0123456789abcdef0123456789abcdef"
WISHES = {
    "digitalocean": ("s-1vcpu-1gb", "6918990", "nyc3", "512189"),
    "hetzner": ("cx11", "4711", "nbg1", "2323"),
    "linode": ("g6-standard-2", "linode/debian12", "us-east", "1"),
    "gce": ("e2-micro", "debian-cloud/debian-12-bookworm-v20260101", "europe-west1-b", "mine"),
    "azure": ("Standard_B1s", "Debian:debian-12:12-gen2:12.20260101.1", "westeurope", "mine"),
}


class Prism:
    """A server of one document, with what it said of each request."""

    def __init__(self, provider: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / "prism.log"
        line = [str(PLACE / "node_modules" / ".bin" / "prism"), "mock", "-h", "127.0.0.1", "-p", str(port)]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*line, str(PLACE / f"{provider}.json")], stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 60
        while "Prism is listening" not in self.said():
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.said()[-2000:])
            time.sleep(0.1)

    def said(self) -> str:
        return self._log.read_text()

    def refused(self) -> list[str]:
        """What it said of requests that its document doesn't allow."""
        words = ("did not pass the validation", "Violation: request", "Route not resolved", "no path matched")
        return [line for line in self.said().splitlines() if any(word in line for word in words)]

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(10)


class KnownLogin:
    """A login that has a token already, as Prism has nobody who gives one."""

    source, renew = "the test", "Nothing to renew."

    def token(self) -> Secret:
        return Secret("a-token-of-the-test")

    def forget(self) -> None:
        """It stays."""


@pytest.fixture(params=sorted(WISHES))
def prism(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Prism]]:
    prism = Prism(request.param, tmp_path)
    yield request.param, prism
    prism.stop()


def adapter_of(provider: str, prism: Prism, monkeypatch: pytest.MonkeyPatch) -> Adapter:
    info = BackendInfo(id=provider, mist_id=provider, name=provider, provider=provider, server=prism.url)
    login: Any = KnownLogin()
    if provider == "gce":
        return GceAdapter(info, GceCalls(prism.url, "my-project", login, Limits(), True, sleep=lambda _: None))
    if provider == "azure":
        return AzureAdapter(info, AzureCalls(prism.url, "s-1", login, Limits(), True, sleep=lambda _: None))
    monkeypatch.setenv(f"MIST_TEST_{provider.upper()}_URL", prism.url)
    monkeypatch.setenv(VARIABLES[provider], "a-token-of-the-test")
    return opening.adapter(opening.CLOUDS[provider], Remembered(provider, provider), load())


def spec_of(provider: str, info: BackendInfo) -> MachineSpec:
    size, image, place, key = WISHES[provider]
    return MachineSpec(
        backend=info,
        name="web-1",
        image=Image(id=image, name=image),
        size=Size(id=size, name=size),
        location=Location(id=place, name=place),
        key=Key(id=key, name="mine", public=PUBLIC),
        script="echo hi",
        login="me",
        op=OP,
    )


def calls_of(provider: str, adapter: Adapter) -> dict[str, Callable[[], Any]]:
    """What is asked, each as a person's line asks it; of Azure's document, which has compute alone, machines."""
    spec = spec_of(provider, adapter.info)
    own = {"gce": "europe-west1-b/web-1", "azure": "mist-notebook-web-1-01234567/web-1", "linode": "123"}
    machine = Machine(id=own.get(provider, "42"), name="web-1", tags=())
    acts: dict[str, Any] = {
        word: partial(adapter.act, machine, word) for word in ("start", "stop", "reboot", "destroy")
    }
    look = {"machine": lambda: adapter.get_machine(machine.id)}
    if provider == "azure":
        path = f"{creating.path_of('g')}/providers/Microsoft.Compute/virtualMachines/web-1"
        body = creating.body(spec, "/subscriptions/s-1/x/card")
        azure: Any = adapter
        return {
            "create": lambda: azure._calls.create(path, body),
            "machine": lambda: azure._calls.one(path),
            "quota": lambda: adapter.quota(spec.size, spec.location),
            **acts,
        }
    return {
        **look,
        "machines": adapter.list_machines,
        "sizes": adapter.list_sizes,
        "images": adapter.list_images,
        "locations": adapter.list_locations,
        "networks": adapter.list_networks,
        "keys": adapter.keys,
        "import key": lambda: adapter.import_key("mine", PUBLIC),
        "account": adapter.account,
        "quota": lambda: adapter.quota(spec.size, spec.location),
        "create": lambda: adapter.submit(spec),
        **acts,
    }


def test_the_clouds_own_document_allows_every_request(
    prism: tuple[str, Prism], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, server = prism
    adapter = adapter_of(provider, server, monkeypatch)
    failed = {}
    for name, ask in calls_of(provider, adapter).items():
        try:
            ask()
        except ApiError as error:
            if error.status in (400, 401, 404, 405, 415, 422) or server.refused():
                failed[name] = str(error)
        except MistError as error:
            failed[name] = str(error)
    adapter.close()
    assert (failed, server.refused()) == ({}, [])


def test_prism_tells_a_wrong_request_from_a_right_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Prism("hetzner", tmp_path)
    try:
        adapter = adapter_of("hetzner", server, monkeypatch)
        with pytest.raises(ApiError) as refused:
            adapter._door.send("POST", "/servers", json={"name": "web"})  # type: ignore[attr-defined]
        assert refused.value.status == 422
        assert server.refused()
    finally:
        server.stop()
