"""All sandboxes have the same backends and begin with the same machines' ids: what is known of one isn't of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.client.machines.machine import Machine
from mist_notebook.sandbox import Sandbox


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "own"))
    return tmp_path / "own"


def made(client: MistClient, key: str) -> Machine:
    client.make_key(key)
    backend = client.backend_from_name("NephoScale")
    return backend.create_machine("web-1", key=key, image_id="5", size_id="48", location_id="SJC-1")


def test_the_next_sandboxs_machine_of_the_same_id_is_not_called_another_one() -> None:
    ids, outcomes = [], []
    for number in range(2):
        with Sandbox.start(boot_seconds=0) as sandbox, MistClient(sandbox.url, api_token=sandbox.token) as client:
            machine = made(client, f"key-{number}")
            ids.append(machine.id)
            outcomes += [machine.probe().outcome for _ in range(2)]
    assert (len(set(ids)), outcomes) == (1, ["ok"] * 4)


def test_a_standalone_sandbox_used_beside_the_embedded_one_has_its_journal_on_disk(data: Path) -> None:
    with MistClient("sandbox") as embedded, Sandbox.start(boot_seconds=0) as alone:
        assert made(embedded, "first").id
        before = {path.name for path in (data / "journal").glob("*/*.json")} if (data / "journal").exists() else set()
        with MistClient(alone.url, api_token=alone.token) as client:
            made(client, "second")
        assert before == set()
        assert list((data / "journal").glob("*/*.json"))
        assert len(embedded.journal.records()) == 1
