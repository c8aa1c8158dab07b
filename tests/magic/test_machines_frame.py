"""`%mist machines` and `journal`: every machine of every backend beside what was asked for from here."""

from __future__ import annotations

from pathlib import Path

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client.machines.machine import Machine
from mist_notebook.display import frame_view
from mist_notebook.ground.errors import BadValueError, JournalError, NotFoundError
from mist_notebook.records.columns import COLUMNS
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook
from tests.rigs.line_rig import WHAT, Desk, client_of, faulty

MACHINE_COLUMNS = [
    *("backend", "provider", "id", "name", "state", "public_ips", "private_ips", "size_id", "image_id", "location_id"),
    *("created", "cost_so_far", "price_hourly", "price_monthly", "currency", "mine", "tags"),
]


def of(notebook: Notebook, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A notebook that speaks to a standalone sandbox, whose journal is on disk."""
    monkeypatch.setenv("MIST_URL", sandbox.url)
    monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
    return Desk(notebook, sandbox)


def test_an_empty_frame_has_its_columns_and_says_sandbox(desk: Desk) -> None:
    frame = desk.notebook.value("%mist machines")
    assert list(frame.columns) == MACHINE_COLUMNS
    assert len(frame) == 0
    assert frame_view.plain(frame).startswith("SANDBOX · 0 machines")
    full = frame.dtypes.astype(str).to_dict()
    desk.create("web")
    assert desk.notebook.value("%mist machines").dtypes.astype(str).to_dict() == full
    assert len(desk.notebook.value("%mist journal").columns) == len(COLUMNS["journal"]) + 2


def test_the_machines_of_all_backends_stand_in_one_frame(desk: Desk) -> None:
    machine = desk.create("web")
    other = desk.make_elsewhere("db", "EC2")
    assert isinstance(machine, Machine)
    frame = desk.notebook.value("%mist machines")
    assert list(zip(frame["backend"], frame["id"], frame["name"], frame["mine"], strict=True)) == [
        ("NephoScale", machine.id, "web", True),
        ("EC2", other, "db", False),
    ]
    row = frame.iloc[0]
    assert (row["state"], row["public_ips"], row["private_ips"]) == ("running", "192.0.2.1", "10.0.0.1")
    assert (row["size_id"], row["image_id"], row["location_id"]) == ("48", "5", "86945")
    assert (row["price_hourly"], row["currency"]) == (0.15, "USD")
    assert 0 <= row["cost_so_far"] < 0.01
    assert frame_view.plain(frame).startswith("SANDBOX · ")
    assert list(desk.notebook.value("%mist machines --mine")["name"]) == ["web"]
    assert list(desk.notebook.value("%mist machines EC2")["name"]) == ["db"]
    assert list(desk.notebook.value("%mist machines --sort name --columns name,state")["name"]) == ["db", "web"]


def test_ids_of_a_machine_not_made_here_are_the_listings_own_once_seen(desk: Desk) -> None:
    desk.make_elsewhere("web")
    for kind in ("images", "sizes", "locations"):
        desk.notebook.value(f"{kind} = %mist {kind} NephoScale")
    row = desk.notebook.value("%mist machines").iloc[0]
    for kind in ("image", "size", "location"):
        assert row[f"{kind}_id"] in set(desk.notebook[f"{kind}s"]["id"])


def test_every_backend_is_asked_and_one_that_fails_is_one_line(desk: Desk) -> None:
    desk.create("web")
    with client_of(desk.sandbox) as client:
        client.backend_from_name("EC2").disable()
    desk.notebook.value("%mist backends")
    before = len(desk.sandbox.requests)
    frame = desk.notebook.value("%mist machines")
    asked = [path for _, path in desk.sandbox.requests[before:] if path.endswith("/machines")]
    assert len(set(asked)) == len(desk.notebook.value("%mist backends"))
    assert list(frame["name"]) == ["web"]
    notes = [line for line in desk.notebook.cells[-2].printed.splitlines() if "is missing here" in line]
    assert len(notes) == 1 and notes[0].startswith("EC2 is missing here: ")
    assert notes[0].endswith(desk.failed("machines EC2").message)


def test_a_destroyed_machine_costs_no_more(desk: Desk) -> None:
    desk.create("web")
    desk.notebook.value("%mist destroy web --yes web")
    first, second = (desk.notebook.value("%mist journal").iloc[0] for _ in range(2))
    assert first["state"] == "gone"
    assert first["cost_so_far"] == second["cost_so_far"]


def test_the_journal_says_what_became_of_each(desk: Desk) -> None:
    desk.create("web")
    desk.create("db")
    desk.notebook.value("%mist destroy web --yes web")
    frame = desk.notebook.value("%mist journal")
    assert dict(zip(frame["name"], frame["state"], strict=True)) == {"db": "created", "web": "gone"}
    assert list(frame["size_id"]) == ["48", "48"]
    assert frame["cost_so_far"].notna().all()
    assert "2 journal records" in frame_view.plain(frame)
    assert frame_view.html(frame)


def test_a_machine_in_doubt_is_found_by_the_next_look(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = ({"do": "error-after-commit", "status": 500}, {"do": "lag", "requests": 6})
    monkeypatch.setattr(MistAdapter, "story", lambda *_: None)  # a server that tells none
    with faulty(*faults) as sandbox:
        desk = of(notebook, sandbox, monkeypatch)
        error = desk.ended(f"create NephoScale --name web {WHAT} --no-probe")
        assert "'web' may or may not exist" in error.message
        said = ""
        for _ in range(6):
            frame = notebook.value("%mist machines")
            said += notebook.cells[-1].printed
        assert "doesn't list it just now" in said and "'web' was in doubt, and is there: NephoScale/" in said
        assert list(zip(frame["name"], frame["mine"], strict=True)) == [("web", True)]
        assert desk.made == ["web"]


def test_forgetting_needs_a_record_whose_machine_is_not_there(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty({"do": "error-before-commit", "name": "ghost", "status": 500}) as sandbox:
        desk = of(notebook, sandbox, monkeypatch)
        desk.create("web")
        desk.ended(f"create NephoScale --name ghost {WHAT} --no-probe")
        frame = notebook.value("%mist journal")
        ops = dict(zip(frame["name"], frame["id"], strict=True))
        error = desk.failed(f"journal --forget {ops['web']}")
        assert type(error) is BadValueError
        assert "'web' is there" in error.message and "%mist destroy NephoScale/" in error.hint
        for op in ("nope", '""', "0"):
            assert type(desk.failed(f"journal --forget {op}")) is NotFoundError
        early = desk.failed(f"journal --forget {ops['ghost']}")
        assert "it was sent" in early.message and "may take 10 minutes to list it" in early.message
        assert "though it may exist at 0.1500 USD/h, and a second 'ghost' can then be made" in early.hint
        assert f"--forget {ops['ghost']} --yes ghost" in early.hint
        assert type(desk.failed(f"journal --forget {ops['ghost']} --yes Ghost")) is BadValueError
        notebook.value(f"%mist journal --forget {ops['ghost']} --yes ghost")
        assert f"The record of 'ghost' ({ops['ghost']}) is closed: forgotten." in notebook.cells[-1].printed
        assert "is closed" in desk.failed(f"journal --forget {ops['ghost']}").message


def test_a_broken_record_stops_creates_until_it_is_repaired(
    notebook: Notebook, at_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty() as sandbox:
        desk = of(notebook, sandbox, monkeypatch)
        desk.create("web")
        files = sorted((tmp_path / "data" / "journal").rglob("*.json"))
        files[-1].write_bytes(b'{"half":')
        assert list(notebook.value("%mist machines")["name"]) == ["web"]
        assert "One journal record can't be read" in notebook.cells[-1].printed
        assert type(desk.failed(f"create NephoScale --name db {WHAT} --no-probe")) is JournalError
        notebook.value("%mist journal --repair")
        assert "1 record set aside, and kept." in notebook.cells[-1].printed
        assert any(path.read_bytes() == b'{"half":' for path in (tmp_path / "data").rglob("*") if path.is_file())
        desk.create("db")
        assert desk.made == ["web", "db"]
        notebook.value("%mist journal --repair")
        assert "there is nothing to repair" in notebook.cells[-1].printed


def test_the_account_is_told_apart_on_disk_and_a_new_session_sees_its_machines(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty() as sandbox:
        desk = of(notebook, sandbox, monkeypatch)
        desk.create("web")
        notebook.shell.run_line_magic("unload_ext", "mist_notebook")
        notebook.shell.run_line_magic("load_ext", "mist_notebook")
        assert list(notebook.value("%mist machines --mine")["name"]) == ["web"]
        desk.create("web")
        assert desk.made == ["web"]
