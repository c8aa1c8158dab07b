"""`%mist sandbox` and `%mist reset`, in a real shell, on the embedded sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.sandbox import Sandbox
from tests.conftest import Notebook

pytestmark = pytest.mark.long(28)


@pytest.fixture
def started(notebook: Notebook) -> Notebook:
    """A notebook that is connected to a fresh sandbox, and has a key in it."""
    notebook.value("%mist sandbox --plain")
    notebook.value("%mist add-key demo --generate")
    return notebook


def text(notebook: Notebook, line: str) -> str:
    return str(notebook.value(line))


def make(notebook: Notebook, name: str = "web-1") -> str:
    """A machine's id, made in Python."""
    ids = f"'{name}', key='demo', image_id='5', size_id='48', location_id='SJC-1'"
    made = f"made = client.backend_from_name('NephoScale').create_machine({ids})"
    notebook.value(f"from mist_notebook import MistClient\nwith MistClient() as client:\n    {made}")
    return str(notebook.value("made.record.mist_id"))


def test_it_says_what_it_is_doing(started: Notebook) -> None:
    make(started)
    said = text(started, "%mist sandbox")
    assert "http://127.0.0.1:" in said
    assert "1 " in said and "none: every start is different" in said
    assert "1 create\n" in said


def test_a_reset_leaves_no_machine_and_no_key_and_the_name_is_free_again(started: Notebook) -> None:
    make(started)
    cell = started.run("%mist reset")
    assert cell.error is None and "started afresh" in cell.printed
    assert len(started.value("%mist machines")) == 0
    assert len(started.value("%mist journal")) == 0
    started.value("%mist add-key demo --generate")
    make(started)
    assert list(started.value("%mist machines")["name"]) == ["web-1"]


def test_the_same_seed_is_the_same_world_and_a_reset_keeps_it(started: Notebook) -> None:
    seen = []
    for line in ("%mist sandbox --seed 7", "%mist sandbox --seed 7", "%mist reset", "%mist sandbox --seed 8"):
        started.run(line)
        started.value("%mist add-key demo --generate")
        seen.append(make(started))
    assert seen[0] == seen[1] == seen[2] != seen[3]
    assert "8" in text(started, "%mist sandbox")


def test_faults_are_taken_counted_and_ended(started: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quota.toml").write_text('[[fault]]\ndo = "quota"\nmachines = 0\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    said = text(started, "%mist sandbox --faults ~/quota.toml")
    assert "quota *" in said and "happened 0 times" in said
    assert "late-tags" in text(started, "%mist sandbox --like-mist")
    assert "late-tags" not in text(started, "%mist sandbox --plain")


@pytest.mark.parametrize(
    ("content", "says"),
    [("do = 3", "needs [[fault]] tables"), ("[[fault]]\ndo = 'nothing'", "is none of"), ("[", "neither TOML nor JSON")],
)
def test_wrong_faults_are_said_and_change_nothing(started: Notebook, tmp_path: Path, content: str, says: str) -> None:
    make(started)
    file = tmp_path / "wrong.toml"
    file.write_text(content)
    error = started.run(f"%mist sandbox --faults {file}").error
    assert isinstance(error, BadValueError) and says in str(error)
    assert len(started.value("%mist machines")) == 1


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "9999999999"])
def test_a_seed_is_a_whole_number(started: Notebook, seed: str) -> None:
    error = started.run(f"%mist sandbox --seed={seed}").error
    assert isinstance(error, BadValueError) and "isn't a seed" in error.message


def test_plain_and_faults_contradict_each_other(started: Notebook) -> None:
    error = started.run("%mist sandbox --plain --like-mist").error
    assert isinstance(error, MistUsageError)


@pytest.mark.parametrize("line", ["%mist reset", "%mist sandbox", "%mist sandbox --seed 3"])
def test_another_server_is_left_alone(notebook: Notebook, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    with Sandbox.start() as other:
        monkeypatch.setenv("MIST_URL", other.url)
        monkeypatch.setenv("MIST_API_TOKEN", other.token)
        error = notebook.run(line).error
        assert isinstance(error, MistUsageError)
        assert "%mist connect sandbox" in error.hint


def test_help_says_what_can_go_wrong(notebook: Notebook) -> None:
    from mist_notebook.sandbox.ground.faults import KINDS

    shown = str(notebook.value("%mist sandbox --help"))
    assert all(f"  {do} " in shown for do in KINDS)
    assert "%mist sandbox --help" in notebook.run("%mist sandbox --faults nowhere.toml").error.hint
