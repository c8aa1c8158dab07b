"""Whole lives against the sandbox as a real Mist server behaves: silent creates, late tags and limits, slow lists."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mist_notebook import MistClient
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import RefusedError
from mist_notebook.records.model import OP_TAG
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook

pytestmark = pytest.mark.long(25)

SCALE = 0.05
WHAT = {"image": "5", "size": "48", "location": "SJC-1", "key": "demo"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    quota = {"do": "quota", "machines": 0, "name": "over*"}
    with Sandbox.start(like_mist=True, time_scale=SCALE, boot_seconds=1.0, faults=[quota]) as sandbox:
        yield sandbox


@pytest.fixture
def backend(sandbox: Sandbox) -> Iterator[Backend]:
    with MistClient(sandbox.url, api_token=sandbox.token) as client:
        client.add_key("demo", client.generate_key())
        yield client.backend_from_name("NephoScale")


def creates(sandbox: Sandbox) -> list[str]:
    return [name for name, _, _ in sandbox.ledger]


def test_a_create_is_followed_by_its_story_and_known_by_its_tag(sandbox: Sandbox, backend: Backend) -> None:
    steps = list(backend.provision(backend.spec("web", **WHAT, hours=2), probe=False))  # type: ignore[arg-type]
    machine = steps[-1].machine
    assert machine is not None
    assert machine.state == "running"
    assert creates(sandbox) == ["web"]
    (record,) = backend._client.journal.opened()
    assert (record.machine_id, record.state) == (machine.id, "created")


def test_the_tag_and_the_time_limit_are_looked_for_with_patience(backend: Backend) -> None:
    *_, last = backend.provision(backend.spec("web", **WHAT, hours=2), probe=False)  # type: ignore[arg-type]
    assert last.machine is not None
    machine = backend.machine(last.machine)
    assert machine.await_limit() is not None
    (record,) = backend._client.journal.opened()
    assert machine.tags[OP_TAG] == record.op


def test_a_quota_closes_the_record_and_frees_name_and_budget(sandbox: Sandbox, backend: Backend) -> None:
    with pytest.raises(RefusedError, match="quota exceeded"):
        list(backend.provision(backend.spec("over", **WHAT), probe=False))  # type: ignore[arg-type]
    assert backend._client.journal.opened() == []
    assert creates(sandbox) == ["over"]


def test_a_destroy_that_takes_a_while_is_waited_for_and_known_as_gone(backend: Backend) -> None:
    *_, last = backend.provision(backend.spec("web", **WHAT), probe=False)  # type: ignore[arg-type]
    assert last.machine is not None
    machine = backend.machine(last.machine)
    states = [step.state for step in machine.destroying()]
    assert states[0] == "destroying"
    assert machine.is_gone


def test_the_line_alarms_nobody_about_a_limit_that_only_comes_late(sandbox: Sandbox, notebook: Notebook) -> None:
    with MistClient(sandbox.url, api_token=sandbox.token) as client:
        client.add_key("demo", client.generate_key())
    notebook.shell.user_ns["_url"] = sandbox.url
    from mist_notebook.magic.magics import _SLOT

    magic = getattr(notebook.shell, _SLOT)[0]
    magic.session._client = MistClient(sandbox.url, api_token=sandbox.token)
    line = "create NephoScale --name web --image 5 --size 48 --location SJC-1 --key demo --hours 2 --no-probe"
    machine = notebook.value(f"%mist {line}")
    assert machine.record.expires is not None
    assert "No time limit" not in notebook.cells[-1].printed
    assert notebook.value(f"%mist {line}").id == machine.id
