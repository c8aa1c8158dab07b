"""One whole walk for each surface, in both manners of the sandbox: at once, and as slow and late as a real Mist server.

What each surface does in detail is tested where it stands, in the plain manner.
"""

from __future__ import annotations

import pytest

from mist_notebook.client.machines.acts import Pace
from mist_notebook.client.notebook.session import Session
from mist_notebook.magic.magics import _SLOT
from mist_notebook.widgets.parts import machine_actions
from tests.rigs import manners
from tests.rigs.form_rig import opened
from tests.rigs.line_rig import WHAT, Desk
from tests.rigs.widget_rig import all_of, click, one, text


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    manners.both_ways(metafunc, "desk")


def session_of(desk: Desk) -> Session:
    session: Session = getattr(desk.notebook.shell, _SLOT)[0].session
    return session


def states(desk: Desk) -> list[str]:
    return list(desk.notebook.value("%mist journal")["state"])


def test_the_lines_that_act(desk: Desk) -> None:
    session_of(desk).client.pace = Pace(first_s=0.02, longest_s=0.05)
    machine = desk.create("web", "--hours 2")
    for action, state in (("stop", "stopped"), ("start", "running"), ("reboot", "running")):
        assert desk.notebook.value(f"%mist {action} web").state == state
    desk.notebook.value("%mist extend web 2h")
    assert "will be destroyed at" in desk.notebook.cells[-1].printed
    assert desk.notebook.value("%mist machines")["mine"].tolist() == [True]
    desk.notebook.value("%mist destroy web --yes web")
    assert "says so" in desk.notebook.cells[-1].printed
    assert (machine.name, desk.made, states(desk)) == ("web", ["web"], ["gone"])  # type: ignore[attr-defined]


def test_a_job_is_waited_for_and_one_that_is_cancelled_leaves_its_machine(desk: Desk) -> None:
    for name in ("web", "db"):
        desk.notebook.value(f"%mist create NephoScale --name {name} {WHAT} --no-wait --no-probe")
    machine = desk.notebook.value("%mist wait web")
    assert (machine.name, machine.state) == ("web", "running")
    desk.notebook.value("%mist cancel db")
    assert set(desk.notebook.value("%mist jobs")["name"]) == {"web", "db"}
    again = desk.notebook.value(f"%mist create NephoScale --name db {WHAT} --no-probe")
    assert (again.state, sorted(desk.made)) == ("running", ["db", "web"])


def test_the_same_cells_again_and_in_a_fresh_session_make_one_machine(desk: Desk) -> None:
    first = desk.create("web")
    ids = {first.id, desk.create("web").id}  # type: ignore[attr-defined]
    desk.notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    ids.add(desk.create("web").id)  # type: ignore[attr-defined]
    assert (len(ids), desk.made) == (1, ["web"])


def test_the_form_makes_one_machine_and_the_panel_ends_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_actions, "_LOOK_EVERY_S", 0.02)
    page = opened(session_of(desk)).fill("web").review()
    page.create(times=3).wait()
    assert page.form.machine is not None and page.form.machine.name == "web"
    assert desk.made == ["web"]
    held = desk.notebook.value("%mist panel")
    held.join()
    (card,) = all_of(held.widget, "mist-panel-card")
    assert "made from here yes" in text(card)
    click(one(card, "mist-action-destroy"))
    held.join()
    one(card, "mist-destroy-name").value = "web"
    held.join()
    click(one(card, "mist-destroy-go"))
    held.join()
    assert "web was destroyed: NephoScale says so." in text(held.widget, "mist-panel-message")
    assert states(desk) == ["gone"]
