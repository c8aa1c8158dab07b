"""The form with kinds that need no Mist server: its fields are what each says that it needs, and it makes a machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.client.notebook.session import Session
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.state.facts import Fill
from mist_notebook.widgets.panel.panel import open_panel
from tests.rigs import docker_daemon, token_clouds
from tests.rigs.docker_daemon import Daemon
from tests.rigs.form_rig import Page
from tests.rigs.token_clouds import Cloud
from tests.rigs.widget_rig import all_of, buttons, text


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve("hetzner", monkeypatch) as cloud:
        yield cloud


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    with docker_daemon.serve(monkeypatch) as daemon:
        yield daemon


@pytest.fixture
def session(cloud: Cloud, daemon: Daemon, tmp_path: Path) -> Iterator[Session]:
    (tmp_path / ".ssh").mkdir(mode=0o700)
    (tmp_path / ".ssh" / "config").write_text("Host build\n HostName 192.0.2.9\n")
    session = Session()
    for provider in ("hetzner", "docker", "ssh-config"):
        session.client.add_cloud(provider)
    session.client.make_key("mine")
    yield session
    session.close()


def test_a_container_and_a_clouds_machine_are_made_by_choosing(session: Session, cloud: Cloud, daemon: Daemon) -> None:
    page = Page(Form(session, Fill({"backend": "Docker"}, {})))
    assert page.text("mist-form-location-message") == "The provider chooses where it stands."
    page.pick(image="box:latest", size="1cpu-2gb").type(name="web")
    assert page.can_click("mist-form-review-button"), page.text("mist-form-missing")
    page.review().create()
    page.wait()
    assert json.loads(daemon.sent("POST", "/create")[0].body)["HostConfig"]["Memory"] == 2 << 30
    page = Page(Form(session, Fill({"backend": "Hetzner"}, {"accept": "web"})))
    page.choose("location", "Nuremberg").pick(image="2", size="cax11").type(name="web")
    assert page.can_click("mist-form-review-button"), page.text("mist-form-missing")
    page.type(hours="2h")
    assert "can't end a machine by itself" in page.message("hours")
    assert cloud.created == []


def test_what_a_kind_doesnt_take_is_said_at_its_field(session: Session) -> None:
    page = Page(Form(session, Fill({"backend": "Docker"}, {})))
    page.type(hours="2h", script="#!/bin/sh\necho\n")
    assert "Docker can't end a machine by itself" in page.message("hours")
    assert "%mist run" in page.message("script")


def test_servers_are_no_choice_of_the_form_and_cards_of_the_panel(session: Session) -> None:
    page = Page(Form(session, Fill({}, {})))
    chosen = [option for option in page.options("backend") if "SSH hosts" in option]
    if chosen:
        page.choose("backend", "SSH hosts")
        assert "makes no machines" in page.message("backend")
    held = open_panel(session)
    cards = [text(one) for one in all_of(held.widget, "mist-panel-card")]
    assert len(cards) == 1 and cards[0].startswith("build")
    assert "Destroy" not in " ".join(buttons(held.widget)) and "Reboot" in " ".join(buttons(held.widget))
    held.close()
