"""A token that is asked for unseen: tried, kept where that was said, renewed, forgotten, and shown nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from mist_notebook import MistClient
from mist_notebook.ground.errors import AuthError, MistError, MistUsageError, SettingsError
from tests.conftest import Notebook
from tests.rigs import token_clouds
from tests.rigs.token_clouds import PROJECT, TOKEN, Cloud
from tests.settings.test_kept_tokens import Vault


class Person:
    """Somebody who can be asked, as a kernel has it in getpass's place."""

    def __init__(self) -> None:
        self.types = TOKEN
        self.asked: list[str] = []

    def __call__(self, prompt: str = "") -> str:
        self.asked.append(prompt)
        return self.types


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("hetzner", monkeypatch) as cloud:
        monkeypatch.delenv("HCLOUD_TOKEN")
        yield cloud


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = Person()

    def asked(prompt: str = "") -> str:
        return person(prompt)

    monkeypatch.setattr("getpass.getpass", asked)
    return person


@pytest.fixture(autouse=True)
def none() -> Iterator[None]:
    """No keyring: else the best of all classes there are would be it, those of tests among them."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def vault(none: None) -> Vault:
    vault = Vault()
    keyring.set_keyring(vault)
    return vault


def kept_anywhere(folder: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def test_it_is_kept_in_the_keyring_and_found_by_the_next_kernel(
    cloud: Cloud, person: Person, vault: Vault, notebook: Notebook, tmp_path: Path
) -> None:
    added = notebook.run("%mist add hetzner").printed
    assert person.asked == ["API token of Hetzner: "]
    assert "the system's keyring (Vault)" in added
    assert list(vault.held.values()) == [TOKEN]
    notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    assert len(notebook.value("%mist sizes hetzner")) == 3
    config = notebook.value("%mist config")
    said = dict(zip(config["setting"], config["source"], strict=True))
    assert said["credentials of Hetzner"] == "the system's keyring (Vault)"
    providers = notebook.value("%mist providers").astype(str)
    assert "Hetzner by the system's keyring (Vault)" in providers.to_string()
    assert "its token forgotten" in notebook.run("%mist remove hetzner --yes Hetzner").printed
    assert vault.held == {}
    assert TOKEN not in "".join(cell.printed for cell in notebook.cells) + kept_anywhere(tmp_path / "data")


def test_without_a_keyring_it_is_this_kernels_alone_and_a_file_is_on_request(
    cloud: Cloud, person: Person, notebook: Notebook, tmp_path: Path
) -> None:
    assert "this kernel alone" in notebook.run("%mist add hetzner").printed
    assert len(notebook.value("%mist sizes hetzner")) == 3
    assert TOKEN not in kept_anywhere(tmp_path / "data")
    notebook.value("%mist remove hetzner --yes Hetzner")
    assert "mode 600" in notebook.run("%mist add hetzner --keep file --name Work").printed
    assert TOKEN in kept_anywhere(tmp_path / "data" / "tokens")
    assert TOKEN not in (tmp_path / "data" / "clouds.json").read_text()
    notebook.value("%mist rename Work Play")
    assert len(notebook.value("%mist sizes Play")) == 3
    notebook.value("%mist remove Play --yes Play")
    assert TOKEN not in kept_anywhere(tmp_path / "data")
    assert isinstance(notebook.run("%mist add hetzner --keep keyring").error, SettingsError)


def test_one_that_is_refused_is_not_kept_and_one_that_expired_says_the_line_that_renews_it(
    cloud: Cloud, person: Person, vault: Vault, notebook: Notebook
) -> None:
    person.types = "wrong"
    assert isinstance(notebook.run("%mist add hetzner").error, AuthError)
    assert vault.held == {}
    person.types = TOKEN
    notebook.value("%mist add hetzner")
    cloud.token = "tok-renewed"
    expired = notebook.run("%mist sizes hetzner --refresh")
    assert isinstance(expired.error, AuthError)
    assert "%mist add hetzner --keep keyring" in str(expired.error)
    assert isinstance(notebook.run("%mist add hetzner --keep keyring").error, AuthError)
    assert list(vault.held.values()) == [TOKEN]
    person.types = "tok-renewed"
    notebook.value("%mist add hetzner --keep keyring")
    assert list(vault.held.values()) == ["tok-renewed"]
    assert len(notebook.value("%mist sizes hetzner")) == 3
    assert list(notebook.value("%mist backends")["name"]) == ["Hetzner"]


def test_a_token_that_is_gone_from_the_keyring_is_two_lines(
    cloud: Cloud, person: Person, vault: Vault, notebook: Notebook
) -> None:
    notebook.value("%mist add hetzner")
    vault.held.clear()
    notebook.shell.run_line_magic("reload_ext", "mist_notebook")
    error = notebook.run("%mist sizes hetzner").error
    assert isinstance(error, MistError)
    assert "no longer in the system's keyring" in str(error) and "%mist add hetzner" in str(error)
    assert len(str(error).splitlines()) == 2


def test_a_cloud_that_wants_a_project_says_so_before_it_asks(
    person: Person, vault: Vault, notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("scaleway", monkeypatch):
        monkeypatch.delenv("SCW_SECRET_KEY")
        monkeypatch.delenv("SCW_DEFAULT_PROJECT_ID")
        assert isinstance(notebook.run("%mist add scaleway").error, MistUsageError)
        assert person.asked == []
        notebook.value(f"%mist add scaleway --project {PROJECT}")
        assert len(notebook.value("%mist sizes scaleway")) == 1


@pytest.mark.parametrize("line", ["%mist add hetzner", "%mist add hetzner --keep file", "%mist add docker --keep file"])
def test_where_nobody_can_be_asked_it_is_said_what_to_do(cloud: Cloud, notebook: Notebook, line: str) -> None:
    error = notebook.run(line).error
    assert isinstance(error, MistError)
    assert len(str(error).splitlines()) == 2


def test_python_asks_as_the_line_does(cloud: Cloud, person: Person, tmp_path: Path) -> None:
    with MistClient() as client:
        backend = client.add_backend(provider="hetzner", keep="file")
        assert len(backend.sizes) == 3
        backend.delete()
    assert person.asked == ["API token of Hetzner: "]
    assert TOKEN not in kept_anywhere(tmp_path / "data")
