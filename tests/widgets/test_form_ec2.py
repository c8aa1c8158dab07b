"""The form, the explorer's word and the panel with EC2 asked directly: its fields, what it refuses, its machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.client.notebook.session import Session
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.state.facts import Fill
from mist_notebook.widgets.panel.panel import open_panel
from tests.rigs import ec2_cloud
from tests.rigs.ec2_cloud import Cloud
from tests.rigs.form_rig import Page
from tests.rigs.widget_rig import all_of, buttons, text


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with ec2_cloud.serve(monkeypatch, tmp_path) as cloud:
        yield cloud


@pytest.fixture
def session(cloud: Cloud) -> Iterator[Session]:
    session = Session()
    session.client.add_cloud("ec2")
    session.client.local_keys.generate("mine", rsa=False)
    yield session
    session.close()


def test_a_machine_at_ec2_is_made_by_choosing_and_the_receipt_says_all(session: Session, cloud: Cloud) -> None:
    page = Page(Form(session, Fill({"backend": "EC2"}, {})))
    page.choose("location", "eu-west-1b").pick(image="ami-0deb12a0000000001", size="t3.small").type(name="web")
    page.type(hours="2h")
    assert page.can_click("mist-form-review-button"), page.text("mist-form-missing")
    page.review()
    page.until(lambda: "USD an hour" in page.everything() and "port 22" in page.everything())
    said = page.everything()
    for words in ("USD an hour", "eu-west-1", "from 127.0.0.1/32 to port 22", "the machine itself"):
        assert words in said
    assert cloud.creates == []
    page.create()
    page.until(lambda: "EC2 took it as i-" in page.everything())
    assert cloud.creates[0].words["Placement.AvailabilityZone"] == "eu-west-1b"
    held = open_panel(session)
    cards = [text(one) for one in all_of(held.widget, "mist-panel-card")]
    assert len(cards) == 1 and cards[0].startswith("web")
    assert {"Stop", "Reboot"} <= set(" ".join(buttons(held.widget)).split())
    held.close()


def test_what_ec2_would_refuse_is_said_at_the_review(session: Session, cloud: Cloud) -> None:
    for vpc in ec2_cloud.backend("eu-west-1").vpcs.values():
        vpc.is_default = "false"
    page = Page(Form(session, Fill({"backend": "EC2"}, {})))
    page.choose("location", "eu-west-1b").pick(image="ami-0deb12a0000000001", size="t3.small")
    page.type(name="web").review()
    page.until(lambda: "no default network" in page.everything())
    assert cloud.creates == []
