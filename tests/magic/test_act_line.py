"""`%mist start`, `stop`, `reboot`, `destroy`, `associate-key`, `extend`: exactly the machine that is meant, or none."""

from __future__ import annotations

import pytest

from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import (
    AmbiguousError,
    BadValueError,
    MistError,
    MistUsageError,
    NotFoundError,
    UnavailableError,
)
from tests.conftest import Notebook
from tests.rigs.line_rig import Desk, add_key, client_of, faulty


def made(desk: Desk, name: str, more: str = "") -> Machine:
    machine = desk.create(name, more)
    assert isinstance(machine, Machine)
    return machine


def running(desk: Desk) -> list[str]:
    """The ids of the NephoScale machines that exist, by the sandbox itself."""
    with client_of(desk.sandbox) as client:
        machines = client.backend_from_name("NephoScale").machines.values()
        return [machine.id for machine in machines if machine.state != "terminated"]


def test_a_machine_is_stopped_started_and_rebooted(desk: Desk) -> None:
    machine = made(desk, "web")
    for action, state in (("reboot", "running"), ("stop", "stopped"), ("start", "running")):
        assert desk.notebook.value(f"%mist {action} web").state == state
        printed = desk.notebook.cells[-1].printed
        assert f"NephoScale was asked to {action} web." in printed
        assert f"it is {state}." in printed
    assert sum(path.endswith(machine.id) and method == "POST" for method, path in desk.writes) == 3


def test_what_a_machine_cannot_do_now_is_refused_before_it_is_sent(desk: Desk) -> None:
    made(desk, "web")
    error = desk.failed("start web")
    assert type(error) is BadValueError
    assert "'web' is running: NephoScale can't start it now." in error.message
    assert "stop" in error.hint


def test_destroy_takes_the_exact_name_twice(desk: Desk) -> None:
    machine = made(desk, "web")
    for line, kind, message in (
        ("destroy", MistUsageError, "destroy needs machine"),
        ("destroy web", MistUsageError, "--yes is missing"),
        ("destroy web --yes", MistUsageError, "--yes needs a value"),
        ("destroy web --yes Web", BadValueError, "--yes says 'Web'"),
        ("destroy web --yes y", BadValueError, "--yes says 'y'"),
        ('destroy web --yes ""', BadValueError, "--yes says ''"),
        ('destroy "" --yes web', BadValueError, "The machine is empty"),
        ('destroy "  " --yes web', BadValueError, "The machine is empty"),
        ("destroy * --yes web", BadValueError, "'*' is not one machine"),
        ("destroy web* --yes web", BadValueError, "'web*' is not one machine"),
        ("destroy w?b --yes web", BadValueError, "'w?b' is not one machine"),
        ("destroy we --yes web", NotFoundError, "No machine named 'we'"),
        ("destroy web2 --yes web", NotFoundError, "No machine named 'web2'"),
        ("destroy WEB --yes web", NotFoundError, "No machine named 'WEB'"),
        ("destroy 0 --yes web", NotFoundError, "No machine named '0'"),
        ("destroy 192.0.2.1 --yes web", BadValueError, "'192.0.2.1' is an address"),
        ("destroy 192.0.2.0/24 --yes web", BadValueError, "'192.0.2.0/24' is an address"),
        ("destroy ::1 --yes web", BadValueError, "'::1' is an address"),
        ("destroy web other --yes web", MistUsageError, "there are more"),
        ("destroy EC2/web --yes web", NotFoundError, "No machine named 'web'"),
        (f"destroy EC2/{machine.id} --yes web", NotFoundError, "No machine named"),
        ("destroy --all", MistUsageError, "no option --all"),
    ):
        error = desk.failed(line)
        assert type(error) is kind, f"{line}: {error}"
        assert message in error.message, line
    assert running(desk) == [machine.id]
    assert desk.failed("destroy we --yes we").hint == "Did you mean web?"
    for fact in ("NephoScale/340001", "running", "192.0.2.1", "0.1500 USD/h"):
        assert fact in desk.failed("destroy web").message


@pytest.mark.parametrize("reference", ["web", "NephoScale/{id}", "{id}", "nephoscale/{id}", "NephoScale/web"])
def test_destroy_destroys_and_says_so(desk: Desk, reference: str) -> None:
    machine, other = made(desk, "web"), made(desk, "web-1")
    desk.notebook.value(f"%mist destroy {reference.replace('{id}', machine.id)} --yes web")
    assert f"'web' (NephoScale/{machine.id}) was destroyed" in desk.notebook.cells[-1].printed
    assert running(desk) == [other.id]
    assert sorted(desk.notebook.value("%mist journal")["state"]) == ["created", "gone"]


def test_who_doesnt_wait_sees_what_a_machine_is_on_its_way_to(desk: Desk) -> None:
    made(desk, "web")
    assert desk.notebook.value("%mist stop web --no-wait").state in ("stopping", "stopped")


def test_destroying_what_is_gone_sends_nothing(desk: Desk) -> None:
    made(desk, "web")
    desk.notebook.value("%mist destroy web --yes web")
    writes = desk.writes
    desk.notebook.value("%mist destroy web --yes web")
    assert "is gone already: nothing was sent" in desk.notebook.cells[-1].printed
    assert desk.writes == writes


def test_one_that_was_not_made_from_here_needs_its_place_and_not_mine(desk: Desk) -> None:
    machine_id = desk.make_elsewhere("web")
    for line in (
        "destroy web --yes web",
        f"destroy NephoScale/{machine_id} --yes web",
        "destroy web --yes web --not-mine",
    ):
        error = desk.failed(line)
        assert type(error) is BadValueError
        assert "it was not made from here" in error.message
        assert f"NephoScale/{machine_id}" in error.hint
    assert "--not-mine" in desk.failed("destroy web --yes web").hint
    assert type(desk.failed(f"destroy NephoScale/{machine_id} --yes other --not-mine")) is BadValueError
    desk.notebook.value(f"%mist destroy NephoScale/{machine_id} --yes web --not-mine")
    assert running(desk) == []


def test_one_name_in_two_backends_is_ambiguous_and_both_are_named(desk: Desk) -> None:
    machine = made(desk, "web")
    other = desk.make_elsewhere("web", "EC2")
    for line in ("destroy web --yes web", "stop web", "extend web 2h", "associate-key demo web"):
        error = desk.failed(line)
        assert type(error) is AmbiguousError
        assert f"NephoScale/{machine.id}" in error.hint and f"EC2/{other}" in error.hint
    desk.notebook.value(f"%mist destroy NephoScale/{machine.id} --yes web")
    assert running(desk) == []


def test_a_name_that_is_anothers_id_is_ambiguous(desk: Desk) -> None:
    machine = made(desk, "web")
    called_like_it = desk.make_elsewhere(machine.id, "EC2")
    error = desk.failed(f"destroy {machine.id} --yes web")
    assert type(error) is AmbiguousError
    assert f"EC2/{called_like_it}" in error.hint


def test_a_backend_that_fails_makes_a_bare_name_unprovable(desk: Desk) -> None:
    machine_id = desk.make_elsewhere("web")
    with client_of(desk.sandbox) as client:
        client.backend_from_name("EC2").disable()
    for line in ("destroy web --yes web", f"destroy {machine_id} --yes web", "stop web"):
        error = desk.failed(line)
        assert type(error) is UnavailableError
        assert "EC2 did not list its own" in error.message
        assert f"NephoScale/{machine_id}" in error.hint
    desk.notebook.value(f"%mist destroy NephoScale/{machine_id} --yes web --not-mine")
    assert running(desk) == []


@pytest.mark.parametrize("time", ["2h", "2 h", "120 min", "2 hours"])
def test_a_time_limit_is_extended_and_read_back(desk: Desk, time: str) -> None:
    machine = made(desk, "web", "--hours 2")
    before = machine.refresh().record.expires
    desk.notebook.value(f"%mist extend web {time}")
    after = machine.refresh().record.expires
    assert before is not None and after is not None
    assert (after - before).total_seconds() == pytest.approx(7200, abs=2)
    assert "'web' will be destroyed at" in desk.notebook.cells[-1].printed
    assert "0.60 USD at most until then" in desk.notebook.cells[-1].printed


BAD: list[tuple[str, type[MistError], str]] = [
    ("extend web 0h", BadValueError, "'0h'"),
    ("extend web -1", BadValueError, "'-1'"),
    ("extend web x", BadValueError, "'x'"),
    ("extend web 2 h 3", BadValueError, "'2 h 3'"),
    ("extend web 2h", BadValueError, "has no time limit"),
    ("extend web", MistUsageError, "extend needs time"),
    ("associate-key missing web", NotFoundError, "No key named 'missing'"),
    ("associate-key demo nope", NotFoundError, "No machine named 'nope'"),
    ('associate-key demo web --user "a;b"', BadValueError, "--user"),
    ("associate-key demo web --port 70000", BadValueError, "--port"),
    ("associate-key demo web --port ssh", BadValueError, "--port: 'ssh'"),
    ('associate-key demo web --host "a b"', BadValueError, "--host: 'a b'"),
    ("stop nope", NotFoundError, "No machine named 'nope'"),
    ("reboot web*", BadValueError, "'web*' is not one machine"),
    ("start", MistUsageError, "start needs machine"),
]


def test_bad_lines_of_the_other_actions_send_nothing(desk: Desk) -> None:
    made(desk, "web")
    for line, kind, message in BAD:
        error = desk.failed(line)
        assert type(error) is kind, f"{line}: {error}"
        assert message in error.message, line


def test_a_dropped_extension_is_said(notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty({"do": "drop-expiration", "skip": 1}) as sandbox:
        monkeypatch.setenv("MIST_URL", sandbox.url)
        monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
        made(Desk(notebook, sandbox), "web", "--hours 2")
        notebook.value("%mist extend web 2h")
        assert "'web' was not extended: NephoScale still says" in notebook.cells[-1].printed


def test_another_key_is_let_in(desk: Desk) -> None:
    made(desk, "web")
    add_key(desk.sandbox, "second")
    cell = desk.notebook.run("%mist associate-key second web --user root")
    assert cell.error is None, cell.printed
    assert "second can now log in to web" in cell.printed
