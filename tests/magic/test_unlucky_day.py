"""A clock that is off, a journal that is lost or can't be written, machines by other hands: nothing lost or doubled."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError, UnavailableError
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook
from tests.rigs.line_rig import Desk, add_key

CREATE = "create NephoScale --name web --image 5 --size 48 --location SJC-1 --no-probe"


def desk_at(notebook: Notebook, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Desk:
    add_key(sandbox)
    monkeypatch.setenv("MIST_URL", sandbox.url)
    monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
    return Desk(notebook, sandbox)


@pytest.fixture
def live(notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A notebook that speaks to a sandbox of its own, whose journal is on disk."""
    with Sandbox.start(boot_seconds=0.02) as sandbox:
        yield desk_at(notebook, sandbox, monkeypatch)


def printed(desk: Desk) -> str:
    return desk.notebook.cells[-1].printed


# A clock that is off


@pytest.mark.parametrize("hours", [72.0, -72.0, 0.5, -24.0 * 400])
def test_times_are_the_servers_whatever_this_computers_clock_says(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    with Sandbox.start(boot_seconds=0.02, clock=lambda: time.time() + hours * 3600) as sandbox:
        desk = desk_at(notebook, sandbox, monkeypatch)
        machine = desk.create("web", "--hours 2")
        assert isinstance(machine, Machine)
        record = machine.refresh().record
        assert record.created is not None and record.expires is not None
        assert abs(record.expires - record.created - timedelta(hours=2)) < timedelta(minutes=1)
        assert "No time limit" not in printed(desk)
        assert printed(desk).count("This computer's clock is") == 1
        assert ("behind" if hours > 0 else "ahead of") in printed(desk)
        frame = notebook.value("%mist machines")
        assert 0.0 <= frame["cost_so_far"].iloc[0] < 0.01
        assert "clock" not in printed(desk)
        assert machine.cost_so_far is not None and 0.0 <= machine.cost_so_far < 0.01
        entry = notebook.value("%mist journal").iloc[0]
        assert abs(entry["asked"].tz_localize("UTC") - record.created) < timedelta(minutes=1)
        notebook.value("%mist extend web 1h")
        assert abs(machine.refresh().record.expires - record.expires - timedelta(hours=1)) < timedelta(minutes=1)  # type: ignore[operator]


def test_clocks_that_agree_within_a_minute_are_not_spoken_of(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox.start(boot_seconds=0.02, clock=lambda: time.time() + 50) as sandbox:
        desk = desk_at(notebook, sandbox, monkeypatch)
        desk.create("web", "--hours 2")
        assert "clock" not in printed(desk)


# A journal that is lost, or that can't be written


def test_after_the_journal_is_lost_our_machines_are_offered_and_none_is_taken(live: Desk, tmp_path: Path) -> None:
    for name in ("web", "db"):
        live.create(name)
    shutil.rmtree(tmp_path / "data" / "journal")
    frame = live.notebook.value("%mist machines")
    assert list(frame["mine"]) == [False, False]
    assert "made by a mist-notebook, and there is no record of it here" in printed(live)
    assert "%mist journal --adopt NephoScale/" in printed(live)
    live.notebook.value("%mist journal --repair")
    assert printed(live).count("If it is yours: %mist journal --adopt NephoScale/") >= 2
    ids = dict(zip(frame["name"], frame["id"], strict=True))
    live.notebook.value(f"%mist journal --adopt NephoScale/{ids['web']}")
    assert f"NephoScale/{ids['web']} ('web') is yours now, 0.1500 USD/h" in printed(live)
    frame = live.notebook.value("%mist machines")
    assert dict(zip(frame["name"], frame["mine"], strict=True)) == {"web": True, "db": False}
    assert "0.1500 of" in str(live.notebook.value("%mist budget"))
    assert isinstance(live.notebook.value(f"%mist {CREATE}"), Machine)
    assert live.made == ["web", "db"]
    live.notebook.value(f"%mist journal --adopt NephoScale/{ids['web']}")
    assert "is yours already" in printed(live)
    live.notebook.value("%mist destroy web --yes web")
    assert "was destroyed" in printed(live)


def test_what_a_colleague_made_by_hand_is_adopted_only_when_said(live: Desk) -> None:
    other = live.make_elsewhere("web")
    assert type(live.failed("destroy web --yes web")) is BadValueError
    live.notebook.value(f"%mist journal --adopt NephoScale/{other}")
    assert list(live.notebook.value("%mist machines --mine")["name"]) == ["web"]
    live.notebook.value("%mist destroy web --yes web")
    assert live.notebook.value("%mist journal").iloc[0]["state"] == "gone"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("--adopt web", BadValueError),
        ('--adopt ""', BadValueError),
        ("--adopt NephoScale/", BadValueError),
        ("--adopt NephoScale/nope", NotFoundError),
        ("--adopt Nowhere/1", NotFoundError),
        ("--yes web", MistUsageError),
    ],
)
def test_what_names_no_machine_is_not_adopted(live: Desk, line: str, error: type[Exception]) -> None:
    live.create("web")
    assert type(live.failed(f"journal {line}")) is error


def test_a_full_disk_keeps_nobody_from_ending_a_machine_but_from_making_one(
    live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.create("web")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(whole_file, "_write", full)
        assert "No space left on device" in live.failed(CREATE.replace("web", "db")).message
        live.notebook.value("%mist machines")
        live.notebook.value("%mist destroy web --yes web")
        assert "was destroyed" in printed(live)
    live.notebook.value("%mist machines")
    assert "is gone" in printed(live) or "isn't in NephoScale's listing just now" in printed(live)
    assert live.made == ["web"]


def test_a_journal_that_cannot_be_read_keeps_nobody_from_ending_a_machine(
    live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mist_notebook.provision.shelf import FolderShelf

    machine = live.create("web")
    assert isinstance(machine, Machine)

    def denied(*_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(FolderShelf, "names", denied)
    live.notebook.value(f"%mist destroy NephoScale/{machine.id} --yes web --not-mine")
    assert "was destroyed" in printed(live)


# One id and one month everywhere


def test_the_card_the_receipt_the_frame_and_info_show_one_id_and_one_month(live: Desk) -> None:
    machine = live.create("web")
    assert isinstance(machine, Machine)
    said = printed(live)
    assert "(5, owner unknown)" in said and "109.50 USD a month" in said
    assert "(5)" in said and "SJC-1 (86945)" in said
    assert (machine.info["imageId"], machine.info["size"], machine.info["location"]) == ("5", "48", "86945")
    row = live.notebook.value("%mist machines --columns all").iloc[0]
    assert (row["image_id"], row["size_id"], row["price_hourly"], row["price_monthly"]) == ("5", "48", 0.15, 109.5)


def test_a_machine_by_other_hands_shows_the_ids_that_listings_show(live: Desk) -> None:
    other = live.make_elsewhere("db")
    live.notebook.value("%mist images NephoScale")
    live.notebook.value("%mist sizes NephoScale")
    row = live.notebook.value("%mist machines --columns all").iloc[0]
    images, sizes = live.notebook.value("%mist images NephoScale"), live.notebook.value("%mist sizes NephoScale")
    assert row["id"] == other
    assert row["image_id"] in set(images["id"]) and row["size_id"] in set(sizes["id"])
    size = sizes[sizes["id"] == row["size_id"]].iloc[0]
    assert row["price_monthly"] == pytest.approx(size["price_monthly"], nan_ok=True)


# A listing that is empty for a moment


def test_a_machine_that_is_not_listed_for_a_moment_is_neither_gone_nor_out_of_reach(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = ({"do": "empty-list", "name": "NephoScale", "skip": 40, "times": 6},)
    with Sandbox.start(boot_seconds=0.02, faults=faults) as sandbox:
        desk = desk_at(notebook, sandbox, monkeypatch)
        machine = desk.create("web")
        assert isinstance(machine, Machine)
        for _ in range(60):  # until the listing is empty
            if not len(notebook.value("%mist machines NephoScale")):
                break
        assert "isn't in NephoScale's listing just now" in printed(desk)
        error = desk.failed("destroy web --yes web")
        assert type(error) is NotFoundError
        assert "doesn't list 'web'" in error.message and "One look proves nothing" in error.hint
        with pytest.raises(NotFoundError, match="doesn't list 'web'"):
            machine.destroy()
        assert not machine.is_gone
        assert notebook.value("%mist journal").iloc[0]["state"] == "created"
        for _ in range(10):  # until the listing is right again
            if len(notebook.value("%mist machines NephoScale")):
                break
        machine.destroy()
        assert machine.is_gone


# In doubt


def test_what_a_colleague_made_meanwhile_is_offered_and_adopted_as_what_was_asked_for(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MistAdapter, "story", lambda *_: None)
    with Sandbox.start(boot_seconds=0.02, faults=({"do": "error-before-commit", "times": 1},)) as sandbox:
        desk = desk_at(notebook, sandbox, monkeypatch)
        desk.ended(CREATE)
        other = desk.make_elsewhere("web")
        notebook.value("%mist machines")
        assert f"Nothing but its name shows that 'web' is what was asked for: {other}." in printed(desk)
        assert f"%mist journal --adopt NephoScale/{other}" in printed(desk)
        assert type(desk.failed("destroy web --yes web")) is BadValueError
        frame = notebook.value(f"%mist journal --adopt NephoScale/{other}")
        assert list(zip(frame["name"], frame["state"], frame["machine_id"], strict=True)) == [("web", "created", other)]
        notebook.value("%mist destroy web --yes web")
        assert "was destroyed" in printed(desk)


@pytest.mark.parametrize("how", ["silent", "incomplete"])
def test_what_cannot_be_looked_for_is_forgotten_by_its_exact_name_alone(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(MistAdapter, "story", lambda *_: None)
    with Sandbox.start(boot_seconds=0.02, faults=({"do": "error-before-commit", "times": 1},)) as sandbox:
        desk = desk_at(notebook, sandbox, monkeypatch)
        desk.ended(CREATE)
        op = notebook.value("%mist journal").iloc[0]["id"]
        listed = MistAdapter.list_machines

        def spoiled(adapter: MistAdapter) -> Any:
            if how == "silent":
                raise UnavailableError("No answer in 30 s.")
            return replace(listed(adapter), notes=("1 of its machines was left out.",))

        monkeypatch.setattr(MistAdapter, "list_machines", spoiled)
        error = desk.failed(f"journal --forget {op}")
        assert "was not closed" in error.message
        assert ("No answer" if how == "silent" else "incomplete") in error.message
        assert f"--forget {op} --yes web" in error.hint
        notebook.value(f"%mist journal --forget {op} --yes web")
        assert "is closed: forgotten" in printed(desk)
