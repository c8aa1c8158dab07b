"""One backend that is dead stops no other: creates, listings, keys, budget, journal, and machines by name."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.client.machines.acts import Pace
from mist_notebook.client.old.named import MissingWarning
from mist_notebook.ground.errors import LimitError, MistError, UnavailableError
from mist_notebook.provision import provision
from tests.conftest import Notebook
from tests.rigs import hostile, orbit

CREATE = "create Orbit --name web --image deb --size small --location north --key mine --no-probe"
WHAT: dict[str, Any] = {"image": "deb", "size": "small", "location": "north"}
_DRIP = hostile.then_drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n")
DEAD = {"drips": _DRIP, "resets": hostile.reset, "hangs": hostile.hang, "is broken": hostile.json({}, status=500)}

Pair = tuple[orbit.Cloud, orbit.Cloud]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.03)


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    with orbit.installed_twice(tmp_path, monkeypatch) as pair:
        yield pair


def refused_at() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture(params=[*DEAD, "refuses"])
def beside(request: pytest.FixtureRequest, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> orbit.Cloud:
    """The one that lives; the other is dead, in one of the ways."""
    alive, other = pair
    if request.param == "refuses":
        monkeypatch.setenv("ORBIT_URL", f"{alive.url} {refused_at()}")
    else:
        other.dead = DEAD[request.param]
    return alive


def hurried(client: MistClient) -> MistClient:
    """With little patience for the dead, and looks that come soon."""
    client.pace = Pace(first_s=0.02, longest_s=0.05)
    client.accounts.waits = replace(client.accounts.waits, others_s=0.2, most_s=0.2)
    client.waits = replace(client.waits, others_s=0.2, most_s=0.5)
    return client


def shell_of(notebook: Notebook) -> None:
    from mist_notebook.magic.magics import _SLOT

    session = getattr(notebook.shell, _SLOT)[0].session
    hurried(session.client)
    session.listed.waits = replace(session.listed.waits, said_s=math.inf, others_s=0.2)


def made(client: MistClient, backend: str = "Orbit", name: str = "web", **more: Any) -> Any:
    there = client.backends[backend]
    return list(there.provision(there.spec(name, **{**WHAT, **more}), probe=False))[-1].machine


@pytest.mark.filterwarnings("error::mist_notebook.client.old.named.MissingWarning")
@pytest.mark.parametrize("beside", ["drips", "resets", "refuses"], indirect=True)
def test_a_dead_backend_stops_no_line_about_the_others(beside: orbit.Cloud, notebook: Notebook) -> None:
    shell_of(notebook)
    notebook.value("%mist add-key mine --generate")
    assert list(notebook.value("%mist keys")["name"]) == ["mine"]
    machine = notebook.value(f"%mist {CREATE}")
    assert (machine.name, machine.state) == ("web", "running")
    frame = notebook.value("%mist machines")
    assert frame[["backend", "name", "mine"]].values.tolist() == [["Orbit", "web", True]]
    assert list(notebook.value("%mist sizes")["backend"]) == ["Orbit", "Orbit"]
    assert "0.0200 of 1.00 USD" in str(notebook.value("%mist budget"))
    assert list(notebook.value("%mist journal")["state"]) == ["created"]
    assert notebook.value("%mist stop web").state == "stopped"
    notebook.value("%mist destroy web --yes web")
    assert [path for _, path in beside.writes if path.endswith("destroy")] == ["/machines/i-1/destroy"]


def test_in_python_what_is_missing_is_warned_of_and_nothing_there_is_called_absent(beside: orbit.Cloud) -> None:
    beside.make({"name": "web", "size": "small", "image": "deb"})
    with hurried(MistClient()) as client:
        with pytest.warns(MissingWarning, match="Orbit 2"):
            machines = client.machines
        assert [machine.name for machine in machines.values()] == ["web"]
        assert [name for name, _ in machines.missing] == ["Orbit 2"]
        with pytest.raises(UnavailableError, match="Orbit 2"):
            machines["elsewhere"]


def test_what_is_open_at_a_dead_backend_counts_in_the_budget(pair: Pair) -> None:
    alive, other = pair
    with MistClient() as client:
        made(client, "Orbit 2", "big", size="large")
    other.dead = hostile.reset
    with hurried(MistClient()) as client:
        assert {record.name for record in client.opened_like(sandbox=False)} == {"big"}
        assert {record.name for record in client.journal.opened()} == {"big"}
        with pytest.raises(LimitError, match="the limit is 1"):
            made(client, size="large")
        made(client)
    assert [wish["name"] for wish in alive.created] == ["web"]


def test_a_name_that_the_dead_backend_has_too_is_not_taken_for_the_other_ones(pair: Pair, notebook: Notebook) -> None:
    alive, other = pair
    shell_of(notebook)
    notebook.value("%mist add-key mine --generate")
    for name in ("Orbit", "Orbit 2"):
        notebook.value(f"%mist {CREATE.replace('Orbit', f'{chr(34)}{name}{chr(34)}')}")
    other.dead = hostile.reset
    cell = notebook.run("%mist destroy web --yes web")
    assert isinstance(cell.error, UnavailableError)
    assert "Orbit/i-1" in cell.printed
    assert [path for _, path in alive.writes if path.endswith("destroy")] == []


def test_what_was_made_elsewhere_needs_its_backend_said_while_another_is_dead(pair: Pair, notebook: Notebook) -> None:
    alive, other = pair
    alive.make({"name": "theirs", "size": "small", "image": "deb"})
    other.dead = hostile.reset
    shell_of(notebook)
    assert isinstance(notebook.run("%mist stop theirs").error, UnavailableError)
    assert notebook.value("%mist stop Orbit/i-1").state == "stopped"


def test_a_dead_backend_that_comes_back_is_asked_again(pair: Pair) -> None:
    _, other = pair
    other.dead = hostile.reset
    now = [0.0]
    with hurried(MistClient()) as client:
        client.accounts.clock = lambda: now[0]
        assert "Orbit 2" in client.journal.notes[0]
        asked = len(other.ledger)
        assert "Orbit 2" in client.journal.notes[0]
        assert len(other.ledger) == asked  # not again within the minute
        other.dead = None
        now[0] = 61.0
        assert client.journal.notes == ()


def test_where_all_are_dead_that_is_the_answer(pair: Pair) -> None:
    for cloud in pair:
        cloud.dead = hostile.reset
    with hurried(MistClient()) as client, pytest.raises(MistError, match="Orbit"):
        client.machines  # noqa: B018 - asking is the point


@pytest.mark.parametrize("how", [hostile.hang, _DRIP, hostile.reset], ids=["hangs", "drips", "resets"])
def test_a_mist_server_that_is_dead_when_it_is_opened_keeps_no_other_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: hostile.Step
) -> None:
    from mist_notebook.backends import discovery
    from mist_notebook.settings.settings import load

    with orbit.installed(tmp_path, monkeypatch), hostile.serve(how) as dead:
        monkeypatch.setenv("MIST_URL", dead.url)
        monkeypatch.setenv("MIST_API_TOKEN", "t0ken")
        opened = discovery.open_all(load(), others_s=0.3)
        assert [adapter.info.name for adapter in opened.adapters] == ["Orbit"]
        assert len(opened.problems) == 1
        opened.close()
