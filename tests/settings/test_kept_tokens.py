"""Where a typed token is kept: a real keyring, a file of one's own on request, or nowhere but here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.secret import Secret
from mist_notebook.settings import kept_tokens
from mist_notebook.settings.kept_tokens import FILE, KEYRING, MEMORY, PLACES


class Vault(KeyringBackend):
    """A keyring that keeps, for as long as the test."""

    priority = 5  # type: ignore[assignment]
    name = "Vault"

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class PlaintextKeyring(Vault):
    """As keyrings.alt has one: a file that anybody may read."""


class Weak(Vault):
    priority = 0.5  # type: ignore[assignment]


class Broken(Vault):
    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError(f"the secret of {username} is tok-123")

    set_password = get_password  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def use(backend: Any) -> None:
    keyring.set_keyring(backend)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    use(Vault())
    return str(request.param)


def test_what_is_kept_is_there_until_it_is_forgotten(place: str) -> None:
    assert kept_tokens.read("hetzner:x", place) is None
    kept_tokens.forget("hetzner:x", place)
    kept_tokens.keep("hetzner:x", Secret("one"), place)
    kept_tokens.keep("hetzner:x", Secret("two"), place)
    kept_tokens.keep("hetzner:y", Secret("other"), place)
    found = kept_tokens.read("hetzner:x", place)
    assert found is not None and found.reveal() == "two"
    assert "two" not in repr(found) + kept_tokens.words(place)
    kept_tokens.forget("hetzner:x", place)
    assert kept_tokens.read("hetzner:x", place) is None
    other = kept_tokens.read("hetzner:y", place)
    assert other is not None and other.reveal() == "other"
    kept_tokens.forget("hetzner:y", place)


def test_a_real_keyring_is_the_usual_place_and_named() -> None:
    use(Vault())
    assert kept_tokens.usual() == KEYRING
    assert kept_tokens.words(KEYRING) == "the system's keyring (Vault)"


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, PlaintextKeyring, Weak])
def test_one_that_keeps_nothing_or_for_everyone_is_none(backend: type[Any], tmp_path: Path) -> None:
    use(backend())
    assert kept_tokens.usual() == MEMORY
    with pytest.raises(SettingsError, match="no real keyring") as caught:
        kept_tokens.keep("a", Secret("tok"), KEYRING)
    assert "--keep file" in caught.value.hint


def test_a_chain_is_as_real_as_what_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chainer.ChainerBackend()
    for inside, place in (([fail.Keyring()], MEMORY), ([fail.Keyring(), Vault()], KEYRING), ([], MEMORY)):
        monkeypatch.setattr(chainer.ChainerBackend, "backends", inside)
        use(chain)
        assert kept_tokens.usual() == place


def test_a_keyring_that_fails_is_said_without_its_words() -> None:
    use(Broken())
    with pytest.raises(SettingsError) as caught:
        kept_tokens.read("a", KEYRING)
    assert "tok-123" not in str(caught.value) and "RuntimeError" in str(caught.value)


def test_the_file_is_its_owners_alone_and_refused_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path))
    kept_tokens.keep("hetzner", Secret("tok-123"), FILE)
    (path,) = (tmp_path / "tokens").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tokens").stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="others can read it"):
        kept_tokens.read("hetzner", FILE)


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "keyring", None)
    assert kept_tokens.usual() == MEMORY
    with pytest.raises(SettingsError, match="not installed") as caught:
        kept_tokens.keep("a", Secret("x"), KEYRING)
    assert "mist-notebook[keyring]" in caught.value.hint
