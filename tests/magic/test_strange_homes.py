"""`~` of somebody who isn't: a file that isn't there, wherever it is typed, and never a stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from mist_notebook.ground.errors import MistError, SettingsError
from mist_notebook.ground.files.home import at_home
from tests.conftest import Notebook

NOBODY = "~nobody-of-that-name"


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    "line",
    [
        f"add-key mine --from {NOBODY}/id",
        f"sandbox --faults {NOBODY}/faults.toml",
        f"add server web --key {NOBODY}/id",
        f"add docker --socket {NOBODY}/docker.sock",
        f"create NephoScale --name a --image 5 --size 48 --script {NOBODY}/a.sh",
        f"create NephoScale --name a --image 5 --size 48 --cloud-init {NOBODY}/a.yaml",
        f"run web --script {NOBODY}/a.sh",
        f"export {NOBODY}/offers.csv --cpus 4",
    ],
)
def test_a_line_with_it_is_answered_in_two_lines(notebook: Notebook, line: str) -> None:
    error = notebook.run(f"%mist {line}").error
    assert isinstance(error, MistError)
    assert (
        "no home" in str(error) or "No such file" in str(error) or "no file" in str(error) or "--socket" in str(error)
    )
    assert not list(Path.cwd().glob("~*"))


@pytest.mark.parametrize("variable", ["MIST_DATA_DIR", "MIST_CACHE_DIR", "MIST_CONFIG"])
def test_a_variable_with_it_is_named(notebook: Notebook, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, f"{NOBODY}/here")
    error = next(filter(None, (notebook.run(f"%mist {line}").error for line in ("keys", "prices"))))
    assert isinstance(error, SettingsError) and error.message.startswith(f"{variable} names no home folder of anyone")


@pytest.mark.parametrize("first", ["", f"Include {NOBODY}/more\n"])
def test_a_configuration_of_ssh_with_it_is_read_or_answered_in_two_lines(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")  # no ssh: our own reader
    monkeypatch.setenv("USER", NOBODY[1:])
    (tmp_path / ".ssh").mkdir()
    host = f"Host web\n HostName 127.0.0.1\n Port 1\n UserKnownHostsFile {NOBODY}/known\n IdentityFile {NOBODY}/id\n"
    (tmp_path / ".ssh" / "config").write_text(first + host)
    error = notebook.run("%mist add ssh-config").error
    assert error is None or isinstance(error, SettingsError)
    assert first or list(notebook.value("%mist machines")["name"]) == ["web"]


@pytest.mark.parametrize("path", ["a", "/a", "~", "~/a", f"{NOBODY}/a", "a/~"])
def test_all_others_are_as_pathlib_has_them(path: str) -> None:
    assert at_home(path) == (Path(path) if path.startswith(NOBODY) else Path(path).expanduser())
