"""A token that is refused while a form, a job or a panel goes on: said at one look, paused, and on with another one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client.notebook.jobs import Job
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import AuthError, ProvisionError
from mist_notebook.provision import provision
from mist_notebook.widgets.panel.panel import open_panel
from tests.conftest import Notebook
from tests.rigs import hostile, live_mist, widget_rig
from tests.rigs.form_rig import opened

LINE = "%mist create Live --name web --image debian --size small --location east --key demo"
SECOND = "second-token"


@pytest.fixture(autouse=True)
def at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 30.0)
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        monkeypatch.setattr("getpass.getpass", lambda _: SECOND)
        yield live


@pytest.fixture
def session(live: live_mist.LiveMist) -> Iterator[Session]:
    held = Session()
    try:
        yield held
    finally:
        held.close()


def revoke_once_made(live: live_mist.LiveMist, state: str = "pending") -> None:
    """What is made stays in that state, and the first look after it finds another token in force."""

    def machines(exchange: hostile.Exchange) -> None:
        if exchange.request.method == "GET" and live.created:
            live.token = SECOND
        made_as(state, live, exchange)

    live.broken["machines"] = machines


def made_as(state: str, live: live_mist.LiveMist, exchange: hostile.Exchange) -> None:
    """The usual answer, but that what is made comes up in that state."""
    answer = live._machines(exchange.request)
    for machine in live.rows["machines"]:
        machine["state"] = state
    is_create = exchange.request.method == "POST"
    (hostile.json(live.rows["machines"][-1]) if is_create else answer)(exchange)


def go_on(live: live_mist.LiveMist) -> None:
    """From now on what was made runs."""
    live.broken.clear()
    for place in range(len(live.rows["machines"])):
        live.change("machines", place, state="running")


def until(job: Job, holds: Callable[[Any], bool]) -> Any:
    """The first snapshot of the job of which it holds."""
    found: list[Any] = []
    there = threading.Event()

    def see(snapshot: Any) -> None:
        if holds(snapshot) and not found:
            found.append(snapshot)
            there.set()

    end = job.watch(see)
    assert there.wait(30), job.snapshot
    end()
    return found[0]


def paused(job: Job) -> str:
    return str(until(job, lambda snapshot: snapshot.message.startswith("Paused: ") or snapshot.ended).message)


def check_said(said: str, live: live_mist.LiveMist) -> None:
    """One look said so, with what to do; nobody who is refused asks again."""
    assert said.startswith("Paused: ") and "did not accept the token" in said
    assert f"%mist connect {live.url}" in said and "It goes on, and costs." in said and "UTC at the longest" in said
    assert live.refused <= 2


def test_a_form_pauses_and_goes_on_with_the_token_that_was_asked_for_unseen(
    live: live_mist.LiveMist, session: Session
) -> None:
    page = opened(session).pick(image="debian", size="small").type(name="web-1", hours="2h", script="#!/bin/sh\necho 1")
    revoke_once_made(live)
    page.review().create()
    job = page.form.job
    assert job is not None
    said = paused(job)
    check_said(said, live)
    widget = page.form.widget
    widget_rig.until(widget, lambda: "did not accept the token" in widget_rig.text(widget, "mist-progress-message"))
    go_on(live)
    session.connect(live.url)
    assert page.form.job is job and job.state == "running"
    page.wait()
    assert page.form.machine is not None and page.form.machine.state == "running"
    assert [body["name"] for body in live.created] == ["web-1"]
    page.click("mist-form-new")
    kept = page.form._desk.state
    assert (kept.chosen("image"), kept.chosen("size"), kept.text("hours")) == ("debian", "small", "2h")
    assert kept.text("script") == "#!/bin/sh\necho 1" and not page.sees("mist-form-trouble")
    page.type(name="web-2").review().create().wait()
    assert [body["name"] for body in live.created] == ["web-1", "web-2"]


def test_a_job_of_no_wait_pauses_and_goes_on(live: live_mist.LiveMist, notebook: Notebook) -> None:
    revoke_once_made(live)
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    check_said(paused(job), live)
    assert "Paused: " in str(job.page())
    assert isinstance(notebook.run("%mist machines").error, AuthError)
    go_on(live)
    notebook.value(f"%mist connect {live.url}")
    assert notebook.value("%mist wait").state == "running"
    assert len(live.created) == 1


@pytest.mark.parametrize(("status", "words"), [(403, "User not authenticated"), (400, "Invalid API token"), (498, "")])
def test_a_token_that_is_refused_in_other_words_pauses_it_too(
    live: live_mist.LiveMist, notebook: Notebook, status: int, words: str
) -> None:
    def machines(exchange: hostile.Exchange) -> None:
        if exchange.request.method == "GET" and live.created:
            hostile.answer(words, status=status, content_type="text/plain")(exchange)
        else:
            made_as("pending", live, exchange)

    live.broken["machines"] = machines
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    said = paused(job)
    assert f"did not accept the token ({status})" in said and f"%mist connect {live.url}" in said
    go_on(live)
    live.token = SECOND
    notebook.value(f"%mist connect {live.url}")
    assert notebook.value("%mist wait").state == "running"


def test_a_doubtful_create_pauses_and_is_found(live: live_mist.LiveMist, notebook: Notebook) -> None:
    def lost(exchange: hostile.Exchange) -> None:
        answer = live._machines(exchange.request)
        if exchange.request.method == "POST":
            live.token = SECOND
            answer = hostile.answer("gateway", status=504, content_type="text/plain")
        answer(exchange)

    live.broken["machines"] = lost
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    said = paused(job)
    check_said(said, live)
    assert "which may exist" in said
    go_on(live)
    notebook.value(f"%mist connect {live.url}")
    assert notebook.value("%mist wait").name == "web"
    assert len(live.created) == 1


def test_a_probe_through_the_server_pauses_and_is_asked_again(live: live_mist.LiveMist, notebook: Notebook) -> None:
    def probe(exchange: hostile.Exchange) -> None:
        live.token = SECOND
        hostile.answer("User not authenticated. Please log in", status=401, content_type="text/html")(exchange)

    live.broken["probe"] = probe
    job = notebook.value(f"{LINE} --no-wait")
    said = paused(job)
    assert "did not accept the token" in said and len(live.created) == 1
    live.broken.clear()
    notebook.value(f"%mist connect {live.url}")
    assert notebook.value("%mist wait").name == "web"
    assert job.snapshot.steps[-1].report.outcome == "ok"


def test_what_is_cancelled_while_it_is_paused_says_what_is_there(live: live_mist.LiveMist, notebook: Notebook) -> None:
    revoke_once_made(live)
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    paused(job)
    assert "(m-1) is there, and goes on." in notebook.run("%mist cancel web").printed
    with pytest.raises(ProvisionError, match="was cancelled"):
        job.wait()


def test_a_token_of_another_account_ends_what_ran(
    live: live_mist.LiveMist, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke_once_made(live)
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    paused(job)
    live.broken["ping"] = hostile.json({"hello": "somebody.else@example.org"})
    notebook.value(f"%mist connect {live.url}")
    assert job.state == "cancelled"
    assert len(live.created) == 1


def test_another_server_never_gets_the_token_whatever_both_have_in_common(
    live: live_mist.LiveMist, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke_once_made(live)
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    paused(job)
    with live_mist.serve() as other:  # the same clouds, ids and e-mail
        other.token = "others-token"
        monkeypatch.setattr("getpass.getpass", lambda _: other.token)
        notebook.value(f"%mist connect {other.url}")
        assert job.state == "cancelled"
        notebook.value("%mist machines")
    assert "others-token" not in {request.headers.get("authorization") for request in live.ledger}
    assert {request.headers.get("authorization") for request in other.ledger} <= {None, "others-token"}


def test_asking_for_the_backends_anew_doesn_t_end_a_job(live: live_mist.LiveMist, notebook: Notebook) -> None:
    live.broken["machines"] = partial(made_as, "pending", live)
    job = notebook.value(f"{LINE} --no-probe --no-wait")
    until(job, lambda snapshot: snapshot.step == "pending")
    for line in ("%mist connect", "%mist backends --refresh", "%mist connect"):
        notebook.value(line)
    go_on(live)
    assert notebook.value("%mist wait").state == "running"
    messages = " ".join(step.message for step in job.snapshot.steps)
    assert "is closed" not in messages and "failed" not in messages


def test_a_panel_says_so_asks_no_more_by_itself_and_goes_on(live: live_mist.LiveMist, session: Session) -> None:
    session.backend("Live").create_machine("web", "demo", "debian", "east", "small")
    panel = open_panel(session, every_s=0.05)
    live.token = SECOND
    panel.refresh()
    panel.join()
    said = widget_rig.text(panel.widget)
    assert "did not accept the token" in said and "%mist connect" in said and "web" in said
    refused = live.refused
    panel._view.is_seen = lambda: True  # type: ignore[method-assign]
    panel._ticking.join(0.3)
    assert live.refused == refused
    panel.rest()  # from now on only a click, or another login, has it read
    live.change("machines", name="web-renamed")
    session.connect(live.url)
    panel.join()
    assert "web-renamed" in widget_rig.text(panel.widget) and "did not accept" not in widget_rig.text(panel.widget)


@pytest.mark.parametrize("line", ["destroy web --yes web", "stop web"])
def test_an_end_that_can_no_longer_be_seen_is_said_at_one_look(
    live: live_mist.LiveMist, notebook: Notebook, line: str
) -> None:
    notebook.value(f"{LINE} --no-probe")
    live.change("machines", actions={"destroy": True, "stop": True})

    def asked(exchange: hostile.Exchange) -> None:
        live.token = SECOND
        hostile.json({})(exchange)

    live.broken["m-1"] = asked
    error = notebook.run(f"%mist {line}").error
    assert isinstance(error, AuthError), error
    assert "it was asked for" in error.message and "%mist connect" in error.hint
    assert live.refused <= 2
