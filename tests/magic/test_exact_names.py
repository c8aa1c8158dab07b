"""A name as it stands comes before a name that is trimmed or folded: never the neighbour's machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mist_notebook import MistClient
from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import AmbiguousError, NotFoundError
from tests.conftest import Notebook
from tests.rigs import hostile, scripted_mist
from tests.rigs.line_rig import Desk

NEIGHBOURS = ("web-1 ", " web-1", "WEB-1", "web-1\u00a0", "web-1\u2003")


@pytest.fixture
def asked(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A server with a machine of each name, where the notebook is connected; which machines it was asked to change."""
    changed: list[str] = []
    machines = [
        {"id": f"m{place}", "machine_id": f"i-{place}", "name": name, "state": "running", "actions": {"stop": True}}
        for place, name in enumerate(("web-1", *NEIGHBOURS))
    ]

    def step(exchange: hostile.Exchange) -> None:
        request = exchange.request
        if request.method == "POST":
            changed.append(request.path.rpartition("/")[2])
            for machine in machines:
                machine["state"] = "stopped" if machine["machine_id"] == changed[-1] else "running"
        last = request.path.rpartition("/")[2]
        one = next((machine for machine in machines if last in (machine["id"], machine["machine_id"])), None)
        answer = machines if last == "machines" else one
        hostile.json(answer)(exchange) if answer else scripted_mist.answers({})(exchange)

    with hostile.serve(step) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "a-token-for-tests")
        yield changed


@pytest.mark.parametrize("place", range(len(NEIGHBOURS) + 1))
def test_the_machine_with_exactly_that_name_is_meant(notebook: Notebook, asked: list[str], place: int) -> None:
    name = ("web-1", *NEIGHBOURS)[place]
    for word in (name, f"Slow/{name}"):
        notebook.run(f"%mist stop '{word}'")
        assert asked[-1:] == [f"i-{place}"], notebook.cells[-1].printed
    with MistClient() as client:
        backend = client.backend_from_name("Slow")
        assert backend.machine_from_name(name).name == backend.search_machine(name).name == name
        assert backend.machine_from_id(f"i-{place}").name == name


@pytest.mark.parametrize("word", ["Web-1", "web-1\u2009", "web_1"])
def test_what_is_exactly_none_of_several_is_not_guessed(notebook: Notebook, asked: list[str], word: str) -> None:
    error = notebook.run(f"%mist stop '{word}'").error
    if word.strip() == "web-1":
        assert asked == ["i-0"]
    else:
        assert isinstance(error, AmbiguousError | NotFoundError) and asked == []


@pytest.mark.parametrize("extra", ["hostname=12e4567", "hostname=1e3", "hostname=1.10", "hostname=007", "hostname=NaN"])
def test_an_extra_that_looks_like_a_number_is_sent_as_text(desk: Desk, extra: str) -> None:
    machine = desk.create("web-1", f"--extra {extra}")
    assert isinstance(machine, Machine)
    kept = machine.journal_record
    assert kept is not None
    assert kept.spec["extra"] == dict([extra.split("=")])
    assert desk.made == ["web-1"]


@pytest.mark.parametrize("extra", ["disk=12e4567", "disk=many", "disk=1e999", "ips=[1e999]"])
def test_an_extra_that_cannot_be_sent_leaves_no_record(desk: Desk, extra: str) -> None:
    desk.failed(f"create NephoScale --name web-1 --image 5 --size 48 --location SJC-1 --extra '{extra}'")
    assert len(desk.notebook.value("%mist journal")) == 0
    assert isinstance(desk.create("web-1"), Machine)
