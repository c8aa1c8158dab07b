"""The key of a form's machine: of this computer, of its agent, or pasted; a private half is in no state or message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from ipywidgets import Widget

from mist_notebook.client.notebook.session import Session
from mist_notebook.records.model import Key
from mist_notebook.ssh.keys import found_keys
from mist_notebook.ssh.keys.public_key import read
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.keys.paste_box import Paste
from mist_notebook.widgets.form.state.catalogue import OwnKey, Shelf
from mist_notebook.widgets.form.state.events import FoundOwn, Took, Typed
from mist_notebook.widgets.form.state.facts import Fill
from tests.rigs import docker_daemon, live_mist
from tests.rigs.form_rig import Page, opened
from tests.rigs.form_world import complete
from tests.ssh.test_public_key import SECRETS

ED = asyncssh.generate_private_key("ssh-ed25519", comment="anna@laptop")
RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048, comment="old")
LINE = ED.export_public_key().decode().strip()
OWN = OwnKey("own x", "id_ed25519", LINE, "~/.ssh")


@pytest.fixture
def ssh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an empty `~/.ssh`, and no agent."""
    folder = tmp_path / "home" / ".ssh"
    folder.mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture
def session(ssh_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session with Docker alone, which takes public halves."""
    with docker_daemon.serve(monkeypatch):
        session = Session()
        session.client.add_cloud("docker")
        yield session
        session.close()


def put(folder: Path, name: str, key: asyncssh.SSHKey, *, private: bool = True) -> None:
    (folder / f"{name}.pub").write_bytes(key.export_public_key())
    if private:
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(key.export_private_key("openssh"))


# ------------------------------------------------------------------------------------------------- the pure state


def test_a_key_of_this_computer_is_offered_until_it_is_known_and_chosen_once_it_is_taken() -> None:
    world = complete().tell(FoundOwn(Shelf((OWN,))))
    assert world.view.controls["key"].options[-1] == ("id_ed25519 · ~/.ssh, ED25519", "own x")
    assert world.chosen["key"] == "k1", "what was chosen stays so"
    known = Key(id="here:id_ed25519", name="id_ed25519", public=LINE)
    world.tell(Took(known, "It is chosen.")).load()
    assert world.chosen["key"] == "here:id_ed25519" and "own x" not in dict(world.view.controls["key"].options).values()
    assert "--key id_ed25519" in world.view.line and world.message("key") == "It is chosen."


def test_what_was_pasted_keeps_the_form_from_being_reviewed_until_it_is_taken_or_taken_away() -> None:
    world = complete().type(paste="ssh-ed25519 AAAA")
    assert world.view.wrong == ("public key",) and world.view.controls["paste"].error
    world.type(paste=f"{LINE} \r\n")
    control = world.view.controls["paste"]
    assert control.enabled and not control.error and control.message.startswith("ED25519 · anna@laptop · SHA256:")
    assert world.view.missing == ("public key",)
    world.type(paste="")
    assert world.view.missing == ()


@pytest.mark.parametrize("kind", SECRETS)
def test_of_a_private_half_nothing_comes_into_the_state(kind: str) -> None:
    world = complete().type(paste="ssh-ed").tell(Typed("paste", SECRETS[kind]))
    assert world.state.text("paste") == "" and world.state.pastes == 1
    assert not [word for word in SECRETS[kind].split() if len(word) > 20 and word in repr(world.state)]
    control = world.view.controls["paste"]
    assert control.error and control.message.startswith("That is, or may be, a private key: it was removed")
    world.type(paste=LINE)
    assert not world.view.controls["paste"].error, "and then it goes on"


# ----------------------------------------------------------------------------------------------- what is found here


def test_public_keys_of_the_folder_are_found_the_usual_first(ssh_folder: Path) -> None:
    put(ssh_folder, "a_work", RSA, private=False)
    put(ssh_folder, "id_ed25519", ED)
    (ssh_folder / "broken.pub").write_text("ssh-ed25519 AAAA")
    (ssh_folder / "binary.pub").write_bytes(b"\xff\x00")
    (ssh_folder / "secret.pub").write_bytes(ED.export_private_key("openssh"))
    (ssh_folder / "folder.pub").mkdir()
    (ssh_folder / "known_hosts").write_text(LINE)
    found = found_keys.in_folder(ssh_folder)
    assert [(key.name, key.where, key.private) for key in found] == [
        ("id_ed25519", "~/.ssh", ssh_folder / "id_ed25519"), ("a_work", "~/.ssh", None),
    ]  # fmt: skip
    assert found_keys.in_folder(ssh_folder / "nowhere") == []
    twice = [*found, found_keys.FoundKey(read(LINE), "anna-laptop", found_keys.AGENT)]
    assert [key.name for key in found_keys.each_once(twice)] == ["id_ed25519", "a_work"]


# ------------------------------------------------------------------------------------------------- the whole form


def test_a_key_of_the_folder_is_chosen_and_a_machine_gets_it(
    session: Session, ssh_folder: Path, tmp_path: Path
) -> None:
    put(ssh_folder, "id_ed25519", ED)
    page = Page(Form(session, Fill({"backend": "Docker"}, {})))
    assert page.options("key") == ["No key", "id_ed25519 · ~/.ssh, ED25519"]
    page.choose("key", "id_ed25519")
    assert page.message("key").startswith("ED25519 · anna@laptop · SHA256:") and not page.is_error("key")
    assert page.find("mist-form-key").label == "id_ed25519" and page.options("key") == ["No key", "id_ed25519"]
    assert session.client.local_keys.path_of("id_ed25519") == ssh_folder / "id_ed25519"
    page.pick(image="box:latest", size="1cpu-2gb").type(name="web").review()
    assert "id_ed25519" in page.text("mist-form-receipt")
    assert "--key id_ed25519" in page.form.line


@pytest.mark.parametrize("way", ["the button", "Enter"])
def test_a_pasted_key_is_chosen_under_a_free_name_and_its_box_is_empty(session: Session, way: str) -> None:
    session.client.local_keys.generate("anna-laptop", rsa=False)
    page = Page(Form(session, Fill({"backend": "Docker"}, {}))).click("mist-form-paste-open")
    page.type(paste=f"{LINE}\r\n")
    if way == "Enter":
        page.say(page.find("mist-form-paste"), value=f"{LINE}\r\n", enters=1)
    else:
        page.click("mist-form-paste-use")
    assert page.find("mist-form-key").label == "anna-laptop-2" and page.find("mist-form-paste").value == ""
    assert session.client.key("anna-laptop-2").public == " ".join(LINE.split()[:2])
    page.type(paste=f"{LINE} of the same").click("mist-form-paste-use")
    assert page.find("mist-form-key").label == "anna-laptop-2", "the same key is the same key"
    assert len(page.options("key")) == 3


def test_what_is_no_key_can_not_be_taken(session: Session) -> None:
    page = Page(Form(session, Fill({"backend": "Docker"}, {}))).type(paste="https://github.com/anna.keys")
    assert "is an address, and nothing is fetched" in page.message("paste") and page.is_error("paste")
    assert not page.can_click("mist-form-paste-use")
    page.say(page.find("mist-form-paste"), enters=1)
    assert page.options("key") == ["No key"]


def test_a_private_half_is_in_no_widget_no_message_and_no_saved_state(session: Session) -> None:
    page = Page(Form(session, Fill({"backend": "Docker"}, {})))
    box, sent = page.find("mist-form-paste"), list[Any]()
    for widget in (box, page.find("mist-form-paste-message")):
        widget.comm.send = lambda *args, **more: sent.append((args, more))  # what goes to the page
    for secret in SECRETS.values():
        box._handle_msg({"content": {"data": {"method": "update", "state": {"value": secret}}}})
        page.form._desk.join()
        assert box.value == "" and "a private key: it was removed" in page.message("paste") and page.is_error("paste")
        page.type(paste="ssh-ed")
    saved = json.dumps(Widget.get_manager_state())
    parts = [word for text in SECRETS.values() for word in text.split() if len(word) > 20 and word[:4] != "AAAA"]
    for place in (saved, page.everything(), repr(sent), repr(page.form._desk.state), repr(page.form.page())):
        assert not [word for word in parts if word in place]
    assert len(parts) > 50 and "mist-form-paste" in saved


def test_a_page_that_wiped_a_private_half_itself_says_so_too(session: Session) -> None:
    page = Page(Form(session, Fill({"backend": "Docker"}, {})))
    box: Paste = page.find("mist-form-paste")
    box._handle_msg({"content": {"data": {"method": "custom", "content": {"event": "secret"}}}, "buffers": []})
    page.form._desk.join()
    assert "a private key: it was removed" in page.message("paste")


# ------------------------------------------------------------------------------------------------ with a Mist server


@pytest.fixture
def live(ssh_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    with live_mist.serve() as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", server.token)
        yield server


def test_a_mist_server_gets_no_private_half_before_a_person_agrees(live: live_mist.LiveMist, ssh_folder: Path) -> None:
    put(ssh_folder, "id_rsa", RSA)
    put(ssh_folder, "agents", ED, private=False)
    session = Session()
    try:
        page = opened(session)
        assert [text for text in page.options("key") if "~/.ssh" in text] == ["id_rsa · ~/.ssh, RSA"]
        page.choose("key", "id_rsa")
        assert f"{live.url} wants the private half of a key" in page.message("key")
        assert [one for one in live.ledger if one.method == "PUT"] == []
        page.click("mist-form-send-key")
        assert [one.path for one in live.ledger if one.method == "PUT"] == ["/api/v1/keys"], page.message("key")
        page.type(paste=LINE).click("mist-form-paste-use")
        assert "wants the private half of a key, and this one's isn't on this computer" in page.message("key")
        assert "BEGIN" not in page.everything()
    finally:
        session.close()
