"""`%mist create` and `add-key` in a real shell against the sandbox: what is made, once, and what is never sent."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mist_notebook.client import runtime
from mist_notebook.client.machines.cards import machine_page
from mist_notebook.client.machines.machine import Machine
from mist_notebook.ground.errors import BadValueError, LimitError, ProvisionError
from tests.conftest import Notebook
from tests.rigs import manners
from tests.rigs.line_rig import WHAT, Desk, faulty, key_file

pytestmark = pytest.mark.long(30)

C = "create NephoScale"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    manners.both_ways(metafunc, "desk")


def test_without_any_key_a_create_says_how_to_make_one(notebook: Notebook, at_once: None) -> None:
    held = runtime.acquire()
    try:
        error = Desk(notebook, held.sandbox()).failed(f"{C} --name web {WHAT}")
    finally:
        runtime.release(held)
    assert "--key" in error.message and "%mist add-key demo --generate" in error.hint


def test_a_create_prints_receipt_and_steps_and_gives_the_machine(desk: Desk, tmp_path: Path) -> None:
    desk.notebook.value(f"%mist add-key mine --from {key_file(tmp_path)}")
    cell = desk.notebook.run(f"machine = %mist create NephoScale --name web {WHAT} --key mine")
    assert cell.error is None, cell.printed
    places = [cell.printed.index(word) for word in ("SANDBOX · Receipt", "recorded", "submitted", "running", "probed")]
    assert places == sorted(places)
    assert "The probe says ok." in cell.printed
    machine = desk.notebook["machine"]
    assert isinstance(machine, Machine)
    assert (machine.name, machine.state, machine.mine) == ("web", "running", True)
    assert desk.made == ["web"]


def test_running_a_create_five_times_makes_one_machine(desk: Desk) -> None:
    machines = [desk.create("web") for _ in range(5)]
    assert len({machine.id for machine in machines if isinstance(machine, Machine)}) == 1
    assert desk.made == ["web"]
    assert "It was already asked for" in desk.notebook.cells[-1].printed
    assert "Receipt" not in desk.notebook.cells[-1].printed


def test_another_spec_under_the_same_name_is_refused_with_both(desk: Desk) -> None:
    desk.create("web")
    error = desk.failed(f"{C} --name web --image 5 --size 50 --location SJC-1 --no-probe")
    assert type(error) is BadValueError
    assert "size 48 then, 50 now" in error.message
    assert "--another" in error.hint


def test_a_destroyed_name_is_made_anew(desk: Desk) -> None:
    first = desk.create("web")
    desk.notebook.value("%mist destroy web --yes web")
    second = desk.create("web")
    assert isinstance(first, Machine) and isinstance(second, Machine)
    assert first.id != second.id
    assert desk.made == ["web", "web"]


def test_a_name_that_was_not_made_from_here_is_refused(desk: Desk) -> None:
    desk.make_elsewhere("web")
    error = desk.failed(f"{C} --name web {WHAT} --no-probe")
    assert "already has a machine named 'web'" in error.message
    assert desk.made == ["web"]


def test_another_and_unique_make_further_names(desk: Desk) -> None:
    desk.create("web")
    for more in ("--another", "--another", "--unique"):
        desk.create("web", more)
    *first, unique = desk.made
    assert first == ["web", "web-2", "web-3"]
    assert unique.startswith("web-") and len(unique) == len("web-") + 6


def test_count_makes_that_many_each_with_a_record_of_its_own(desk: Desk) -> None:
    machines = desk.create("web", "--count 3")
    assert isinstance(machines, list)
    assert [machine.name for machine in machines] == ["web-1", "web-2", "web-3"]
    assert len(desk.notebook.value("%mist journal")) == 3
    desk.create("web", "--count 3")
    assert desk.made == ["web-1", "web-2", "web-3"]


def test_tags_stand_in_the_receipt_the_machine_and_its_row(desk: Desk) -> None:
    machine = desk.create("web", "--tag team=web --tag 'note=a, b' --tag blue")
    assert isinstance(machine, Machine)
    said = 'team=web, "note=a, b", blue'
    assert said in str(machine_page(machine))
    frame = desk.notebook.value("%mist machines")
    assert list(frame["tags"]) == [said]
    assert desk.create("web", "--tag team=web --tag 'note=a, b' --tag blue") is not None
    assert desk.made == ["web"]
    error = desk.ended(f"{C} --name web {WHAT} --tag team=other --no-probe")
    assert "tags" in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    "tags", ["--tag =x", "--tag a=1 --tag a=2", "--tag mist-notebook-op=1", "--tag ''", "--extra tags=1"]
)
def test_what_is_no_tag_is_refused_before_anything_is_sent(desk: Desk, tags: str) -> None:
    assert isinstance(desk.failed(f"{C} --name web {WHAT} {tags}"), BadValueError)


@pytest.mark.parametrize("fails", [1, 2, 3, 4, 5])
def test_partial_success_is_told_exactly(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    with faulty({"do": "error-before-commit", "skip": fails - 1, "times": 1, "status": 402}) as sandbox:
        monkeypatch.setenv("MIST_URL", sandbox.url)
        monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
        desk = Desk(notebook, sandbox)
        error = desk.ended(f"{C} --name web {WHAT} --no-probe --count 5")
        assert type(error) is ProvisionError
        assert desk.made == [f"web-{number}" for number in range(1, fails)]
        assert f"{fails - 1} of 5 were made" in error.message
        assert f"web-{fails} was not, or isn't known to be" in error.message
        assert (f"Not sent: {5 - fails}" in error.message) == (fails < 5)
        assert sum(path.endswith("/machines") and method == "POST" for method, path in desk.writes) == fails


def test_a_create_that_answers_with_an_error_after_all_is_found_and_not_repeated(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty({"do": "error-after-commit", "status": 500}) as sandbox:
        monkeypatch.setenv("MIST_URL", sandbox.url)
        monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
        desk = Desk(notebook, sandbox)
        assert isinstance(desk.create("web"), Machine)
        assert desk.made == ["web"]
        assert sum(path.endswith("/machines") and method == "POST" for method, path in desk.writes) == 1


def test_a_time_limit_that_the_server_drops_is_said(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty({"do": "drop-expiration"}) as sandbox:
        monkeypatch.setenv("MIST_URL", sandbox.url)
        monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
        desk = Desk(notebook, sandbox)
        desk.create("web", "--hours 2")
        assert "No time limit is active for web" in notebook.cells[-1].printed
        notebook.value("%mist machines")
        assert "No time limit is active for 'web'" in notebook.cells[-1].printed


@pytest.mark.parametrize("desk", [{"boot_seconds": 1.0}], ids=["slow"], indirect=True)  # it must be looked at
def test_an_interrupt_says_what_may_exist_and_what_to_type(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from mist_notebook.backends.mist.adapter import MistAdapter

    def interrupted(adapter: MistAdapter, machine_id: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(MistAdapter, "get_machine", interrupted)
        error = desk.ended(f"{C} --name web {WHAT} --no-probe")
    assert "web may exist, at 0.1500 USD/h" in error.message
    assert "%mist machines" in error.hint and "nothing is sent twice" in error.hint
    assert isinstance(desk.create("web"), Machine)
    assert desk.made == ["web"]


def test_count_and_cost_over_the_limits_are_refused_before_the_first(desk: Desk) -> None:
    desk.notebook.value("%mist budget --count 3")
    error = desk.failed(f"{C} --name web {WHAT} --count 4")
    assert (type(error), error.message) == (BadValueError, "--count is 4; the limit is 3 at once.")
    assert "%mist budget --count 4" in error.hint
    desk.notebook.value("%mist budget --count 10 --usd-per-hour 0.40")
    error = desk.failed(f"{C} --name web {WHAT} --count 3")
    assert type(error) is LimitError
    assert "0.4500 USD/h; the limit is 0.4" in error.message
    assert "--usd-per-hour 0.45" in error.hint.replace("0.46", "0.45")
    desk.create("web", "--count 2")
    assert desk.made == ["web-1", "web-2"]
    assert type(desk.failed(f"{C} --name one {WHAT} --no-probe")) is LimitError


def test_the_budget_shows_what_is_used_and_the_lines_for_the_file(desk: Desk) -> None:
    desk.create("web")
    page = str(desk.notebook.value("%mist budget"))
    assert "0.1500 of 100.00 USD" in page
    assert "1 of 1,000 at once" in page
    page = str(desk.notebook.value("%mist budget --usd-per-hour 2.5 --count 30"))
    assert "sandbox_max_usd_per_hour = 2.5" in page and "sandbox_max_count = 30" in page
    assert "1 of 30 at once" in page
    for line in ("budget --count 0", "budget --count x", "budget --usd-per-hour nan", "budget --usd-per-hour -1"):
        assert type(desk.failed(line)) is BadValueError


def test_a_generated_key_stays_here_and_the_line_only_names_its_path(desk: Desk, tmp_path: Path) -> None:
    cell = desk.notebook.run("%mist add-key new --generate")
    assert cell.error is None
    (path,) = (tmp_path / "data" / "keys").rglob("*.key")
    assert str(path) in cell.printed
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret_line = path.read_text().splitlines()[1]
    assert secret_line not in cell.printed
    assert desk.notebook.run("%mist add-key new --generate").error is None
    assert list(desk.notebook.value("%mist keys")["name"]) == ["demo", "new"]
    assert desk.sandbox.private_reads == 0


def test_a_key_from_a_file_is_given_once_and_another_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = key_file(tmp_path)
    for _ in range(2):
        cell = desk.notebook.run(f"%mist add-key mine --from {path}")
        assert cell.error is None, cell.printed
        assert str(path) in cell.printed
    (tmp_path / "other").mkdir()
    error = desk.failed(f"add-key mine --from {key_file(tmp_path / 'other')}")
    assert "another key called 'mine'" in error.message
    assert sum(path.endswith("/keys") for _, path in desk.writes) == 2


def test_a_script_and_fields_go_along(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "hello.sh"
    script.write_text("#!/bin/sh\necho hello\n")
    machine = desk.create("web", f"--script {script} --extra ips='[\"192.0.2.200\"]' --extra hostname=web.example")
    assert isinstance(machine, Machine)
    kept = machine.journal_record
    assert kept is not None
    assert kept.spec["script"] == script.read_text()
    assert kept.spec["extra"] == {"ips": ["192.0.2.200"], "hostname": "web.example"}


def test_create_completes_images_sizes_and_keys_that_were_seen(desk: Desk, tmp_path: Path) -> None:
    from mist_notebook.magic.completion.completing import offered
    from mist_notebook.magic.magics import _SLOT

    magic = getattr(desk.notebook.shell, _SLOT)[0]
    desk.notebook.value("%mist keys")
    desk.notebook.value("%mist sizes NephoScale")
    desk.create("web")
    desk.notebook.value("%mist machines")

    def words(*before: str, fragment: str = "") -> list[str]:
        return [candidate.text for candidate in offered(list(before), fragment, magic)]

    assert "48" in words("create", "NephoScale", "--size", fragment="48")
    assert words("create", "NephoScale", "--key") == ["demo"]
    assert words("destroy", fragment="we") == ["web"]
    assert words("associate-key", "demo", fragment="we") == ["web"]


def test_no_wait_shows_the_receipt_and_gives_a_job_that_ends_with_the_machine(desk: Desk) -> None:
    cell = desk.notebook.run(f"%mist create NephoScale --name web {WHAT} --no-wait --no-probe")
    assert cell.error is None
    assert "Receipt: web at NephoScale\n" in cell.printed, "lines, not one cleaned line"
    machine = cell.value.wait()
    assert isinstance(machine, Machine)
    assert (machine.name, machine.state, desk.made) == ("web", "running", ["web"])
