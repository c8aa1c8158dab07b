"""Words of a create that a provider doesn't take are errors, before anything is sent; the original's are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import BadValueError
from mist_notebook.sandbox import Sandbox
from tests.rigs import orbit

WHAT = {"key": "demo", "image_id": "5", "location_id": "SJC-1", "size_id": "48"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(boot_seconds=0.02) as sandbox:
        with MistClient(sandbox.url, api_token=sandbox.token) as client:
            client.add_key("demo", client.generate_key())
        yield sandbox


@pytest.fixture
def backend(sandbox: Sandbox) -> Iterator[Backend]:
    with MistClient(sandbox.url, api_token=sandbox.token) as client:
        yield client.backend_from_name("NephoScale")


MISTAKES = [
    ("hour", 3, "hours"),
    ("Hours", 3, "hours"),
    ("imge_extra", "x", "image_extra"),
    ("monitorng", True, ""),
    ("skript", "#!/bin/sh", "script"),
    ("cloudinit", "x", "cloud_init"),
    ("tag", {"a": "b"}, "tags"),
    ("ip", ["192.0.2.1"], "ips"),
    ("network", ["n"], "networks"),
    ("quantitty", 2, "quantity"),
    ("keyname", "k", "key"),
    ("security_group", "sg-1", "ips"),
    ("zzzz", 1, "ips"),
    ("monitoring", True, "left out"),
    ("async", True, "asynchronous"),
    ("job_id", "x", "Nothing was sent"),
]


@pytest.mark.parametrize(("word", "value", "hint"), MISTAKES, ids=[word for word, _, _ in MISTAKES])
def test_a_word_that_goes_nowhere_is_refused_with_the_nearest(
    sandbox: Sandbox, backend: Backend, word: str, value: object, hint: str
) -> None:
    with pytest.raises(BadValueError) as caught:
        backend.create_machine("wrong", **WHAT, **{word: value})  # type: ignore[arg-type]
    assert f"'{word}'" in caught.value.message
    assert hint.replace("left out", "leave it out") in caught.value.hint
    assert "wrong" not in [name for name, _, _ in sandbox.ledger]


def test_the_originals_words_mean_what_they_say(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    machine = backend.create_machine("web", **WHAT, monitoring=False, verbose=True, timeout=60)  # type: ignore[arg-type]
    assert machine.state == "running"
    assert "recorded" in capsys.readouterr().out
    again = backend.create_machine("quick", **WHAT, fire_and_forget=True)  # type: ignore[arg-type]
    assert again.id in backend.machines


def test_a_provider_that_nobody_here_knows_may_take_words_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with orbit.installed(tmp_path, monkeypatch) as cloud, MistClient() as client:
        backend = client.backend_from_name("Orbit")
        backend.create_machine("web", image_id="deb", location_id="north", size_id="small", thrusters=4, ipv6=False)
        assert (cloud.created[0]["thrusters"], cloud.created[0]["ipv6"]) == (4, False)
        with pytest.raises(BadValueError, match="'hour'"):
            backend.create_machine("web-2", image_id="deb", location_id="north", size_id="small", hour=3)
        assert len(cloud.created) == 1
