"""A hub's own settings file: a sandbox for everyone, limits that one can only lower, and a line said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mist_notebook import MistClient
from mist_notebook.ground.errors import BadValueError, SettingsError
from mist_notebook.settings import hub, settings
from tests.conftest import Notebook


@pytest.fixture
def hub_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "etc" / "settings.toml"
    path.parent.mkdir()
    monkeypatch.setattr(hub, "FILE", path)
    return path


def test_without_a_file_nothing_is_bound(hub_file: Path) -> None:
    found = settings.load({}, environment={})
    assert (found["max_usd_per_hour"], found.only_sandbox, found.notes) == (1.0, False, ())


def test_what_it_says_holds_where_a_person_says_nothing(hub_file: Path) -> None:
    hub_file.write_text("stale_days = 30\nmax_count = 3\n")
    found = settings.load({}, environment={})
    assert (found["stale_days"], found.source_of("stale_days")) == (30.0, str(hub_file))
    assert settings.load({}, environment={"MIST_STALE_DAYS": "5"})["stale_days"] == 5.0


@pytest.mark.parametrize(("own", "holds"), [("2", 2.0), ("3", 3.0), ("50", 3.0)])
def test_a_limit_of_ones_own_may_be_lower_and_not_higher(hub_file: Path, own: str, holds: float) -> None:
    hub_file.write_text("max_count = 3\nsandbox_max_count = 3\n")
    assert settings.load({}, environment={"MIST_MAX_COUNT": own})["max_count"] == holds


def test_the_line_can_not_raise_a_limit_either(hub_file: Path, notebook: Notebook) -> None:
    hub_file.write_text("sandbox_max_count = 3\n")
    error = notebook.run("%mist budget --count 4").error
    assert isinstance(error, BadValueError) and "above this hub's sandbox_max_count of 3" in str(error)
    assert notebook.run("%mist budget --count 2").error is None


@pytest.mark.parametrize(
    "line", ["%mist connect https://mist.example.org", "%mist add hetzner", "%mist add server build.example.org"]
)
def test_a_hub_of_sandboxes_lets_nobody_out(
    hub_file: Path, notebook: Notebook, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub_file.write_text("only_sandbox = true\n")
    monkeypatch.setenv("MIST_URL", "https://mist.example.org")
    monkeypatch.setenv("MIST_API_TOKEN", "t")
    assert set(notebook.value("%mist backends")["sandbox"]) == {True}
    error = notebook.run(line).error
    assert isinstance(error, SettingsError), error
    assert "this hub has the sandbox only" in str(error) and str(error).count("\n") == 1
    with pytest.raises(SettingsError, match="sandbox only"):
        MistClient("https://mist.example.org", api_token="t")


def test_a_persons_own_word_for_the_sandbox_only_counts_too(tmp_path: Path) -> None:
    own = tmp_path / "settings.toml"
    own.write_text("only_sandbox = true\n")
    assert settings.load({}, environment={}, path=own).only_sandbox


def test_a_banner_is_said_once(hub_file: Path, notebook: Notebook) -> None:
    hub_file.write_text('banner = "Clouds 101: ask in room 4\\u001b[31m"\n')
    assert "Clouds 101: ask in room 4" in notebook.run("%mist images NephoScale").printed
    assert "Clouds 101" not in notebook.run("%mist images NephoScale").printed


@pytest.mark.parametrize("text", ["max_count = 0\n", "nosuch = 1\n", "not toml", "only_sandbox = 'perhaps'\n"])
def test_a_file_that_makes_no_sense_is_named(hub_file: Path, text: str) -> None:
    hub_file.write_text(text)
    with pytest.raises((BadValueError, SettingsError)) as refused:
        settings.load({}, environment={})
    assert str(hub_file.name) in str(refused.value)
