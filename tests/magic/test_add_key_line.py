"""`%mist add-key`: a private half goes to a Mist server once that was said and agreed, and any key serves from here."""

from __future__ import annotations

import builtins
import getpass
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.client.client import MistClient
from mist_notebook.ground.errors import BadValueError, MistUsageError, ProbeError, SettingsError
from tests.conftest import Notebook
from tests.rigs import hostile, live_mist
from tests.rigs.line_rig import Desk, client_of, faulty

ED25519 = asyncssh.generate_private_key("ssh-ed25519")
RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
ECDSA = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
SECRET = "s3same-0pen"


class Live:
    """A Mist server that isn't a sandbox, and the keys that it was given."""

    def __init__(self, server: live_mist.LiveMist) -> None:
        self.server = server
        self.given: list[dict[str, Any]] = []
        server.rows["keys"] = []
        server.broken["keys"] = self._keys
        server.broken["public"] = lambda exchange: hostile.json(RSA.export_public_key().decode())(exchange)

    def _keys(self, exchange: hostile.Exchange) -> None:
        if exchange.request.method == "PUT":
            self.given.append(json.loads(exchange.request.body))
            self.server.rows["keys"].append({"id": "k9", "name": self.given[-1]["name"], "isDefault": True})
        hostile.json(self.server.rows["keys"])(exchange)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    with live_mist.serve() as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", server.token)
        yield Live(server)


def file_of(folder: Path, key: asyncssh.SSHKey, passphrase: str | None = None) -> Path:
    path = folder / "id"
    path.touch(mode=0o600)
    path.write_bytes(key.export_private_key("openssh", passphrase=passphrase, rounds=50))
    return path


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A front end that can be asked, as a kernel's is; the questions come into the list."""
    questions: list[str] = []
    left = list(answers)

    def ask(prompt: str = "") -> str:
        questions.append(prompt)
        return left.pop(0)

    def hidden(prompt: str = "") -> str:
        return ask(prompt)

    hidden.__module__ = "ipykernel"
    monkeypatch.setattr(builtins, "input", ask)
    monkeypatch.setattr(getpass, "getpass", hidden)
    return questions


@pytest.mark.parametrize("key", [ED25519, ECDSA], ids=["ed25519", "ecdsa"])
def test_a_key_that_the_server_cant_take_is_used_from_here_and_says_so(
    notebook: Notebook, live: Live, tmp_path: Path, key: asyncssh.SSHKey
) -> None:
    path = file_of(tmp_path, key)
    cell = notebook.run(f"%mist add-key mine --from {path}")
    assert cell.error is None, cell.printed
    for part in (str(path), "stays on this computer", key.get_algorithm(), "RSA keys only", "--key mine"):
        assert part in " ".join(cell.printed.split())
    assert live.given == []
    with MistClient() as client:
        assert client.local_keys.load("mine").public_data == key.public_data


def test_a_server_that_refuses_a_key_leaves_it_here(notebook: Notebook, tmp_path: Path, monkeypatch: Any) -> None:
    sandbox = faulty({"do": "refuse-ed25519", "name": "mine"})
    monkeypatch.setenv("MIST_URL", sandbox.url)
    monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
    cell = notebook.run(f"%mist add-key mine --from {file_of(tmp_path, ED25519)}")
    assert cell.error is None, cell.printed
    assert "stays on this computer" in cell.printed and "doesn't take it" in cell.printed
    sandbox.close()


def test_where_nobody_can_be_asked_nothing_is_sent_and_the_flags_are_named(
    notebook: Notebook, live: Live, tmp_path: Path
) -> None:
    for line in (f"add-key mine --from {file_of(tmp_path, RSA)}", "add-key new --generate"):
        cell = notebook.run(f"%mist {line}")
        assert isinstance(cell.error, SettingsError), cell.printed
        assert "nothing was sent" in cell.error.message
        for part in ("--send-private", "--keep-here", live.server.url, "decrypted"):
            assert part in cell.error.hint
    assert live.given == []
    with MistClient() as client:
        assert client.local_keys.path_of("mine") is None and client.local_keys.path_of("new") is None


def test_the_flag_agrees_and_it_is_said_before_it_is_sent(notebook: Notebook, live: Live, tmp_path: Path) -> None:
    cell = notebook.run(f"%mist add-key mine --from {file_of(tmp_path, RSA)} --send-private")
    assert cell.error is None, cell.printed
    first, second = cell.printed.strip().splitlines()[:2]
    assert "wants the private half" in first and live.server.url in first and "decrypted" in first
    assert "the server has it too" in second
    assert [given["name"] for given in live.given] == ["mine"]
    assert live.given[0]["priv"].startswith("-----BEGIN RSA PRIVATE KEY-----")


@pytest.mark.parametrize(("answer", "sent"), [("yes", 1), ("YES ", 1), ("no", 0), ("", 0), ("y", 0)])
def test_a_person_is_asked_and_only_yes_is_yes(
    notebook: Notebook, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, sent: int
) -> None:
    questions = answering(monkeypatch, answer)
    cell = notebook.run(f"%mist add-key mine --from {file_of(tmp_path, RSA)}")
    assert cell.error is None, cell.printed
    assert len(questions) == 1 and live.server.url in questions[0] and "decrypted" in questions[0]
    assert len(live.given) == sent
    assert ("the server has it too" in cell.printed) is bool(sent)
    with MistClient() as client:
        assert client.local_keys.load("mine").public_data == RSA.public_data


def test_a_key_with_a_passphrase_is_asked_for_before_it_is_decrypted_in_a_sandbox_too(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_KEY_PASSPHRASE", SECRET)
    path = file_of(tmp_path, ED25519, SECRET)
    error = desk.failed(f"add-key mine --from {path}")
    assert isinstance(error, SettingsError) and "--send-private" in error.hint
    cell = desk.notebook.run(f"%mist add-key mine --from {path} --send-private")
    assert cell.error is None, cell.printed
    assert cell.printed.index("wants the private half") < cell.printed.index("the server has it too")
    assert SECRET not in cell.printed


def test_declined_a_key_with_a_passphrase_is_never_decrypted(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = answering(monkeypatch, "no")
    path = file_of(tmp_path, ED25519, SECRET)
    writes = desk.writes
    cell = desk.notebook.run(f"%mist add-key mine --from {path}")
    assert cell.error is None, cell.printed
    assert "stays on this computer" in cell.printed and len(questions) == 1
    assert desk.writes == writes


@pytest.mark.parametrize("source", ["--generate", "--from FILE"])
def test_kept_here_nothing_is_asked_or_sent(notebook: Notebook, live: Live, tmp_path: Path, source: str) -> None:
    path = file_of(tmp_path, RSA, SECRET)
    cell = notebook.run(f"%mist add-key mine {source.replace('FILE', str(path))} --keep-here")
    assert cell.error is None, cell.printed
    assert "stays on this computer" in cell.printed and live.given == []
    with MistClient() as client:
        assert client.local_keys.path_of("mine") is not None


def test_a_public_half_is_for_the_agent(notebook: Notebook, live: Live, tmp_path: Path) -> None:
    path = tmp_path / "id.pub"
    path.write_bytes(ED25519.export_public_key())
    cell = notebook.run(f"%mist add-key mine --from {path}")
    assert cell.error is None, cell.printed
    assert "SSH agent holds" in " ".join(cell.printed.split()) and live.given == []


def test_a_key_of_puttys_is_named_with_the_line_that_converts_it(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "mine.ppk"
    path.touch(mode=0o600)
    path.write_text("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")
    error = desk.failed(f"add-key mine --from {path}")
    assert type(error) is ProbeError and "PuTTY" in error.message
    assert f"puttygen {path} -O private-openssh -o {path}.openssh" in error.hint


def test_both_flags_are_one_too_many(desk: Desk) -> None:
    error = desk.failed("add-key mine --generate --send-private --keep-here")
    assert type(error) is MistUsageError


def test_a_key_that_the_server_has_is_not_sent_again_and_another_of_that_name_is_refused(
    notebook: Notebook, live: Live, tmp_path: Path
) -> None:
    live.server.rows["keys"].append({"id": "k9", "name": "mine", "isDefault": True})
    assert notebook.run(f"%mist add-key mine --from {file_of(tmp_path, RSA)}").error is None
    (tmp_path / "other").mkdir()
    cell = notebook.run(f"%mist add-key mine --from {file_of(tmp_path / 'other', ED25519)}")
    assert isinstance(cell.error, BadValueError) and "another key called 'mine'" in cell.error.message
    assert live.given == []


def test_in_a_sandbox_a_plain_key_goes_as_it_did(desk: Desk, tmp_path: Path) -> None:
    cell = desk.notebook.run(f"%mist add-key mine --from {file_of(tmp_path, ED25519)}")
    assert cell.error is None and "the server has it too" in cell.printed
    with client_of(desk.sandbox) as client:
        assert "mine" in [key.name for key in client.keys.values()]
