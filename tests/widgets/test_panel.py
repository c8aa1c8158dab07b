"""The fleet panel: a card for each machine, kept while it exists; it reads when asked, and acts on nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from IPython.utils.capture import capture_output

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client import runtime
from mist_notebook.client.notebook.session import Session
from mist_notebook.fleet import consent, groups
from mist_notebook.ground.errors import ApiError, BadValueError, MistError, MistUsageError, UnavailableError
from mist_notebook.magic.magics import _SLOT
from mist_notebook.provision import provision
from mist_notebook.widgets.panel import panel, sights
from mist_notebook.widgets.panel.panel import FleetPanel, open_panel
from mist_notebook.widgets.parts import machine_actions
from tests.conftest import Notebook
from tests.rigs import hostile, scripted_mist
from tests.rigs.form_rig import Page
from tests.rigs.line_rig import Desk, add_key, client_of
from tests.rigs.widget_rig import all_of, buttons, click, every, markup, one, text, threads, until

pytestmark = pytest.mark.long(35)

EVIL = "<script>a()</script><img src=x onerror=y>\x1b[31m$\\href{x}$\u202e\u200b"


@pytest.fixture
def at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.03)
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    monkeypatch.setattr(machine_actions, "_LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(panel, "_JUST_NOW_S", -1.0)
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def desk(request: pytest.FixtureRequest, notebook: Notebook, at_once: None) -> Iterator[Desk]:
    """A notebook and the embedded sandbox; a test may say how long its machines boot."""
    held = runtime.acquire()
    try:
        sandbox = held.sandbox(boot_seconds=getattr(request, "param", 0.02))
        add_key(sandbox)
        yield Desk(notebook, sandbox)
    finally:
        session_of(notebook).close()
        assert threads() == set()
        runtime.release(held)


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, routes: dict[str, hostile.Step]) -> Iterator[hostile.Server]:
    """The notebook speaks to a server whose answers a test has written."""
    with hostile.serve(scripted_mist.answers(routes)) as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", "a-token-of-this-test")
        yield server


def session_of(notebook: Notebook) -> Session:
    session: Session = getattr(notebook.shell, _SLOT)[0].session
    return session


def opened(desk: Desk, line: str = "") -> FleetPanel:
    found: FleetPanel = desk.notebook.value(f"%mist panel {line}")
    return found


def card(held: FleetPanel, name: str) -> Any:
    """The card of that machine."""
    found = all_of(held.widget, "mist-panel-card")
    (its,) = [there for there in found if text(one(there, "mist-machine-head")).split()[0] == name]
    return its


def read_again(held: FleetPanel) -> None:
    click(one(held.widget, "mist-panel-refresh"))
    held.join()


def destroy(held: FleetPanel, name: str, typed: str, times: int = 1) -> None:
    """Open the field of that machine's card, type, and click."""
    there = card(held, name)
    click(one(there, "mist-action-destroy"))
    held.join()
    one(there, "mist-destroy-name").value = typed
    held.join()
    click(one(there, "mist-destroy-go"), times)
    held.join()


def listings(desk: Desk) -> int:
    return sum(method == "GET" and path.endswith("/machines") for method, path in desk.sandbox.requests)


# ------------------------------------------------------------------------------------------ what it shows


def test_a_machine_made_or_ended_elsewhere_in_this_kernel_is_in_every_panel_at_once(desk: Desk) -> None:
    first, second = opened(desk), opened(desk, "NephoScale")
    form = Page(desk.notebook.value("%mist form NephoScale --name web-1"))
    form.review().create().wait()
    for held in (first, second):
        held.join()
        assert names(held) == ["web-1"]
        assert "running" in text(card(held, "web-1"))
    assert "web-1" in [one.name for one in session_of(desk.notebook).known("machines")]
    destroy(first, "web-1", "web-1")
    second.join()
    made = form.form._card
    assert made is not None
    made._actions.join()
    made._painter.join()
    assert (names(first), names(second)) == ([], [])
    assert "mist-gone" in made.widget._dom_classes
    assert "web-1 at NephoScale · gone" in text(made.widget, "mist-progress-title")
    desk.create("web-2")
    first.join()
    assert names(first) == ["web-2"]


def test_a_stopped_machine_says_that_it_may_cost_and_how_old_its_probe_is(desk: Desk) -> None:
    desk.create("web")
    held = opened(desk)
    held.probe_all()
    held.join()
    click(one(card(held, "web"), "mist-action-stop"))
    held.join()
    until(held.widget, lambda: "stopped" in text(card(held, "web")))
    shown = text(card(held, "web"))
    assert re.search("while it is off (it (may go|goes) on costing|its processor and memory cost nothing)", shown), (
        shown
    )
    assert re.search(r"probe: ok, .*, \d{4}-\d\d-\d\d .* UTC, \d+ s ago, before it was off", shown)


def test_the_machines_of_all_backends_are_cards_with_what_they_can(desk: Desk) -> None:
    desk.create("web")
    desk.create("db")
    other = desk.make_elsewhere("theirs", "EC2")
    while set(desk.notebook.value("%mist machines")["state"]) != {"running"}:
        pass
    held = opened(desk)
    assert names(held) == ["db", "web", "theirs"]
    shown = text(card(held, "web"))
    for fact in (
        "SANDBOX", "● running", "address 192.0.2.1", "place NephoScale/340001", "size CS4.2 - 4GB, 2Core, 150GB (48)",
        "made from here yes", "USD (example), 0.1500 USD an hour", "not looked at over SSH yet",
    ):  # fmt: skip
        assert fact in shown
    assert buttons(card(held, "web")) == ["Probe", "Stop", "Reboot", "Destroy…"]
    assert f"place EC2/{other}" in text(card(held, "theirs")) and "made from here no" in text(card(held, "theirs"))
    head = text(held.widget, "mist-panel-summary")
    assert head.startswith("3 machines at 6 backends, together 0.3200 USD an hour at example prices. Read at 2")
    assert "SANDBOX Machines" in text(held.widget, "mist-panel-title")


def test_it_can_be_of_some_backends_and_of_none_at_all(desk: Desk) -> None:
    desk.create("web")
    desk.make_elsewhere("theirs", "EC2")
    assert names(opened(desk, "EC2")) == ["theirs"]
    held = opened(desk, "Rackspace")
    assert names(held) == []
    assert "There are no machines. Make one with %mist form" in text(held.widget)
    assert str(held.page()).startswith("SANDBOX · Machines\n0 machines at 1 backend. Read at ")


def test_a_cell_gets_the_widget_and_beside_it_a_listing_that_needs_no_kernel(desk: Desk) -> None:
    desk.create("web")
    held = opened(desk)
    with capture_output() as captured:
        held._ipython_display_()
    widget, record = [output.data for output in captured.outputs]
    assert set(widget) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert widget["application/vnd.jupyter.widget-view+json"]["model_id"] == held.widget.model_id
    assert "run the cell again" in widget["text/plain"] and "(children" not in widget["text/plain"]
    assert set(record) == {"text/plain", "text/html"}
    for shown in record.values():
        assert all(fact in shown for fact in ("SANDBOX", "web", "192.0.2.1", "running", "made from here"))
        assert "This panel needs a running kernel: run the cell again." in shown
    assert repr(held) == "<FleetPanel of 1 machine>"


# ------------------------------------------------------------------------------------------ read again


def test_what_is_read_again_changes_only_what_differs(desk: Desk) -> None:
    desk.create("web")
    desk.create("db")
    held = opened(desk)
    web, there = card(held, "web"), list(every(card(held, "web")))
    click(one(web, "mist-action-destroy"))
    held.join()
    one(web, "mist-destroy-name").value = "we"
    desk.create("new")
    desk.notebook.value("%mist destroy db --yes db")
    read_again(held)
    assert names(held) == ["new", "web"]
    assert card(held, "web") is web and set(there) <= set(every(web))
    assert one(web, "mist-destroy-name").value == "we", "what is being typed stays"


def test_nothing_is_set_where_nothing_differs(
    notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = [{"id": f"m{number}", "name": f"web-{number:02}", "state": "running"} for number in range(50)]
    with served(monkeypatch, {"machines": hostile.json(machines)}) as server:
        held = open_panel(session_of(notebook))
        changed: list[str] = []
        assert len(names(held)) == 50
        for part in every(held.widget):
            part.observe(lambda change: changed.append(change.owner._dom_classes[-1]))
        for _ in range(3):
            assert held.refresh()
            held.join()
        assert set(changed) <= {"mist-panel-summary", "mist-panel-working"}
        assert len([request for request in server.ledger if request.path.endswith("machines")]) == 4
        session_of(notebook).close()


def test_every_few_seconds_by_itself_until_it_is_told_to_rest(desk: Desk) -> None:
    desk.create("web")
    session = session_of(desk.notebook)
    held = FleetPanel(session, sights.look(session), every_s=0.01)
    session.page.keep(held)
    before = listings(desk)
    until(held.widget, lambda: listings(desk) >= before + 18)
    assert "Read again every 0.01 s." in text(held.widget, "mist-panel-summary")
    held.rest()
    held.join()
    after = listings(desk)
    held.join()
    assert "Read again" not in text(held.widget, "mist-panel-summary") and listings(desk) == after


def test_one_that_was_cleared_away_is_not_read(desk: Desk) -> None:
    held = opened(desk)
    assert held._view.is_seen(), "before it is known whether it stands on a page, it is read"
    held.widget._view_count = 2
    assert held._view.is_seen()
    held.widget._view_count = 0
    assert not held._view.is_seen()
    held.widget._view_count = 1
    assert held._view.is_seen()


def test_a_newer_panel_has_the_older_one_rest(desk: Desk) -> None:
    older = opened(desk, "--every 1000")
    newer = opened(desk, "--every 1000")
    older.join()
    assert [name for name in threads() if name == "mist-panel-every"] == ["mist-panel-every"]
    assert "Read again" not in text(older.widget) and "Read again every 1000 s." in text(newer.widget)
    assert older.refresh(), "it goes on when asked"
    older.join()


def test_readings_never_pile_up(notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on, asked = threading.Event(), threading.Event(), []

    def slow(exchange: hostile.Exchange) -> None:
        asked.append(exchange.request.path)
        if len(asked) > 1:
            reached.set()
            go_on.wait(60)
        hostile.json([])(exchange)

    with served(monkeypatch, {"machines": slow}):
        held = open_panel(session_of(notebook))
        assert held.refresh()
        assert reached.wait(60)
        click(one(held.widget, "mist-panel-refresh"), times=10)
        assert [held.refresh() for _ in range(10)] == [False] * 10
        go_on.set()
        held.join()
        assert len(asked) == 2
        session_of(notebook).close()


def test_a_click_that_waited_while_they_were_read_is_answered_by_that(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "_JUST_NOW_S", 1e6)
    held = opened(desk)
    before = listings(desk)
    click(one(held.widget, "mist-panel-refresh"), times=10)
    held.join()
    assert listings(desk) == before


# ------------------------------------------------------------------------------------------ backends that fail


def switch(desk: Desk, name: str, *, on: bool) -> None:
    with client_of(desk.sandbox) as client:
        backend = client.backend_from_name(name)
        (backend.enable if on else backend.disable)()


def test_a_backend_that_fails_is_a_line_and_the_others_are_shown(desk: Desk) -> None:
    desk.create("web")
    desk.notebook.value("%mist backends")
    switch(desk, "EC2", on=False)
    held = opened(desk)
    assert names(held) == ["web"]
    (line,) = text(held.widget, "mist-panel-trouble").splitlines()
    assert line.startswith("EC2 is missing here: ")
    assert 'role="alert"' in markup(held.widget)
    assert line in str(held.page())


def test_no_answer_is_not_none(desk: Desk) -> None:
    desk.create("web")
    desk.make_elsewhere("theirs", "EC2")
    held = opened(desk)
    theirs = card(held, "theirs")
    switch(desk, "EC2", on=False)
    read_again(held)
    assert card(held, "theirs") is theirs
    assert "EC2 did not answer, and is shown as it was before: " in text(held.widget, "mist-panel-trouble")
    switch(desk, "EC2", on=True)
    read_again(held)
    assert text(held.widget, "mist-panel-trouble") == ""


def test_where_no_backend_answers_the_cell_fails(desk: Desk) -> None:
    desk.notebook.value("%mist backends")
    switch(desk, "EC2", on=False)
    error = desk.failed("panel EC2")
    assert isinstance(error, ApiError | UnavailableError)
    assert session_of(desk.notebook).page.kept(FleetPanel) == []


@pytest.mark.parametrize("word", ["0", "1.9", "-5", "nan", "inf", "soon", "86401", "1e99"])
def test_a_number_of_seconds_that_is_none_is_refused(desk: Desk, word: str) -> None:
    before = listings(desk)
    error = desk.failed(f"panel --every {word}", alone=True)
    assert type(error) is BadValueError and word in error.message and "2 to 86400" in error.hint
    assert listings(desk) == before


def test_other_bad_words_are_refused(desk: Desk) -> None:
    assert type(desk.failed("panel --evry 5")) is MistUsageError
    assert "Did you mean EC2?" in desk.failed("panel EC3").hint


# ------------------------------------------------------------------------------------------ acting


def test_a_machine_is_acted_on_once_for_a_click(desk: Desk) -> None:
    desk.create("web")
    held = opened(desk)
    writes = len(desk.writes)
    button = one(card(held, "web"), "mist-action-stop")
    click(button, times=10)
    held.join()
    click(button, times=10)
    held.join()
    assert len(desk.writes) == writes + 1
    assert "○ stopped" in text(card(held, "web")) and buttons(card(held, "web")) == ["Start", "Destroy…"]


def test_ten_clicks_destroy_one_machine_once_and_its_card_goes(desk: Desk) -> None:
    desk.create("web")
    desk.create("db")
    held = opened(desk)
    writes = len(desk.writes)
    destroy(held, "web", "web", times=10)
    assert len(desk.writes) == writes + 1
    assert names(held) == ["db"]
    assert "web was destroyed: NephoScale says so." in text(held.widget, "mist-panel-message")


def test_one_that_is_not_ours_takes_its_place_and_not_its_name(desk: Desk) -> None:
    machine_id = desk.make_elsewhere("theirs", "EC2")
    held = opened(desk)
    writes = len(desk.writes)
    destroy(held, "theirs", "theirs")
    assert len(desk.writes) == writes
    assert f"its place, as it was not made from here: EC2/{machine_id}" in text(card(held, "theirs"))
    click(one(card(held, "theirs"), "mist-destroy-keep"))
    held.join()
    destroy(held, "theirs", f"EC2/{machine_id}")
    assert len(desk.writes) == writes + 1 and names(held) == []


def test_what_is_typed_is_one_rule_with_the_line(desk: Desk) -> None:
    desk.create("web")
    machine_id = desk.make_elsewhere("theirs", "EC2")
    client = session_of(desk.notebook).client
    mine = client.backend_from_name("NephoScale").machine_from_name("web")
    other = client.backend_from_name("EC2").machine_from_id(machine_id)
    assert consent.to_type(mine, mine=True) == "web"
    assert consent.to_type(mine, mine=False) == f"NephoScale/{mine.id}"
    for machine, words in ((mine, "web"), (other, f"EC2/{machine_id}")):
        consent.check(machine, consent.typed(machine, words))
        for wrong in ("", " ", words.upper(), f"{words} ", words[:-1], "yes", machine.id):
            with pytest.raises(BadValueError, match="was not destroyed: the field says"):
                consent.typed(machine, wrong)
    for said in (consent.Said("web", None), consent.Said("web", "we"), consent.Said("web", "WEB")):
        with pytest.raises(MistError, match="was not destroyed"):
            consent.check(mine, said)
    for said in (
        consent.Said("theirs", "theirs"),
        consent.Said("theirs", "theirs", not_mine=True),
        consent.Said(f"EC2/{machine_id}", "theirs"),
        consent.Said(f"EC2/{machine_id}", "other", not_mine=True),
    ):
        with pytest.raises(BadValueError, match="was not destroyed"):
            consent.check(other, said)


@pytest.mark.parametrize("name", ["", " ", "web ", "a\u202eb", "wéb", "we\x1bb"])
def test_a_name_that_can_not_be_typed_is_no_proof(desk: Desk, name: str) -> None:
    from msgspec.structs import replace

    desk.create("web")
    machine = session_of(desk.notebook).client.backend_from_name("NephoScale").machine_from_name("web")
    machine.record = replace(machine.record, name=name)
    assert consent.to_type(machine, mine=True) == f"NephoScale/{machine.id}"


def choose(held: FleetPanel, *wanted: str) -> None:
    """Tick these, and no others."""
    if not all_of(held.widget, "mist-machine-choose"):
        click(one(held.widget, "mist-panel-choose"))
        held.join()
    for name in names(held):
        one(card(held, name), "mist-machine-choose").value = name in wanted
    held.join()


def names(held: FleetPanel) -> list[str]:
    """The names on the cards, in order."""
    return [text(one(found, "mist-machine-head")).split()[0] for found in all_of(held.widget, "mist-panel-card")]


def test_several_that_are_chosen_are_acted_on_together(desk: Desk) -> None:
    for name in ("web-1", "web-2", "db"):
        desk.create(name)
    held = opened(desk)
    assert all_of(held.widget, "mist-machine-choose") == []
    choose(held, "web-1", "web-2")
    assert text(held.widget, "mist-bulk-names") == "2 chosen: web-1, web-2"
    click(one(held.widget, "mist-bulk-stop"), times=3)
    held.join()
    assert text(held.widget, "mist-bulk-message") == "2 of 2 were asked to stop."
    asked = [body for body in desk.sandbox.requests if body[0] == "POST" and "/machines/" in body[1]]
    assert len(asked) == 2
    until(held.widget, lambda: "stopped" in text(card(held, "web-1")) and "stopped" in text(card(held, "web-2")))
    assert "running" in text(card(held, "db"))


def rebooted_together(desk: Desk) -> FleetPanel:
    """The panel in which web-1 and web-2 were made, chosen, and asked to reboot."""
    both = ("web-1", "web-2")
    for name in both:
        desk.create(name)
    held = opened(desk)
    choose(held, *both)
    click(one(held.widget, "mist-bulk-reboot"))
    return held


@pytest.mark.parametrize("desk", [0.6], indirect=True)
def test_several_that_are_on_their_way_are_looked_at_until_they_are_there(desk: Desk) -> None:
    held = rebooted_together(desk)
    until(held.widget, lambda: "2 of 2 were asked to reboot." in text(held.widget, "mist-bulk-message"))
    until(held.widget, lambda: all("running" in text(card(held, name)) for name in ("web-1", "web-2")))


@pytest.mark.parametrize("desk", [0.6], indirect=True)
def test_one_that_refuses_keeps_no_other_from_being_looked_at(desk: Desk) -> None:
    fault = {"do": "error-before-commit", "on": "reboot", "name": "web-2", "status": 400, "says": "not now"}
    desk.sandbox.reset(faults=[fault])
    add_key(desk.sandbox)
    held = rebooted_together(desk)
    until(held.widget, lambda: "1 of 2 were asked to reboot. web-2: " in text(held.widget, "mist-bulk-message"))
    until(held.widget, lambda: "running" in text(card(held, "web-1")))


@pytest.mark.parametrize("typed", ["destroy", "destroy 3", "web-1", "destroy 2 ", ""])
def test_what_is_not_the_one_confirmation_destroys_nothing(desk: Desk, typed: str) -> None:
    for name in ("web-1", "web-2"):
        desk.create(name)
    held = opened(desk)
    choose(held, "web-1", "web-2")
    click(one(held.widget, "mist-bulk-destroy"))
    held.join()
    there = one(held.widget, "mist-bulk")
    one(there, "mist-destroy-name").value = typed
    held.join()
    click(one(there, "mist-destroy-go"))
    held.join()
    assert names(held) == ["web-1", "web-2"]


def test_several_are_destroyed_by_one_list_of_names_and_one_confirmation(desk: Desk) -> None:
    desk.make_elsewhere("theirs", "NephoScale")
    for name in ("web-1", "web-2", "db"):
        desk.create(name)
    held = opened(desk)
    choose(held, "theirs", "web-1", "web-2")
    click(one(held.widget, "mist-bulk-destroy"))
    held.join()
    there = one(held.widget, "mist-bulk")
    assert "To destroy web-1, web-2 for good, type: destroy 2" in text(there)
    one(there, "mist-destroy-name").value = "destroy 2"
    held.join()
    click(one(there, "mist-destroy-go"), times=5)
    held.join()
    held.join()
    assert names(held) == ["db", "theirs"]
    assert text(held.widget, "mist-bulk-message") == "2 of 2 were destroyed."


def test_probe_all_looks_at_all_that_are_up_and_says_why_not_at_the_others(desk: Desk) -> None:
    desk.create("web")
    desk.create("db")
    held = opened(desk)
    click(one(card(held, "db"), "mist-action-stop"))
    held.join()
    button = one(held.widget, "mist-panel-probe")
    click(button, times=10)
    held.join()
    click(button, times=10)
    held.join()
    assert "probe: " in text(card(held, "web")) and "not asked: 'db' is stopped" in text(card(held, "db"))
    assert "of 2 answer over SSH." in text(held.widget, "mist-panel-message")
    probes = [path for method, path in desk.sandbox.requests if "probe" in path or path.endswith("/ssh")]
    assert len(probes) <= 1
    click(one(card(held, "db"), "mist-action-start"))
    held.join()
    assert "not asked" not in text(card(held, "db"))


# ------------------------------------------------------------------------------------------ ends


@pytest.mark.parametrize("end", ["%unload_ext mist_notebook", "%mist connect sandbox"])
def test_it_ends_with_its_session(desk: Desk, end: str) -> None:
    desk.create("web")
    held = opened(desk, "--every 1000")
    button = one(card(held, "web"), "mist-action-reboot")
    assert "mist-panel-every" in threads()
    desk.notebook.run(end)
    assert threads() == set()
    writes = desk.writes
    click(button, times=3)
    assert desk.writes == writes and not held.refresh()
    assert buttons(held.widget) == []
    assert "Its session is closed" in text(held.widget)
    if "unload" in end:
        desk.notebook.run("%load_ext mist_notebook")


def test_a_closed_panel_can_be_closed_again(desk: Desk) -> None:
    held = opened(desk, "--every 1000")
    held.close()
    held.close()
    assert threads() == set()


def test_a_card_says_which_cluster_its_machine_is_in(desk: Desk) -> None:
    desk.make_elsewhere("theirs", "EC2")
    (machine,) = session_of(desk.notebook).client.machines()
    groups.keep("crunch", [machine])
    try:
        held = opened(desk, "--every 1000")
        held.join()
        assert "cluster crunch" in " ".join(text(card(held, machine.name)).split())
        held.close()
    finally:
        groups.forget("crunch")


# ------------------------------------------------------------------------------------------ foreign text


def test_what_others_named_is_inert(notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    machines = [
        {
            "id": "m1", "name": EVIL, "state": EVIL, "public_ips": [EVIL], "private_ips": [EVIL], "size": EVIL,
            "extra": {"size_name": EVIL}, "can_destroy": True, "actions": {"destroy": True},
        }
    ]  # fmt: skip
    clouds = [{"id": "c1", "title": EVIL, "provider": "nephoscale", "enabled": True, "state": "online"}]
    with served(monkeypatch, {"machines": hostile.json(machines), "clouds": hostile.json(clouds)}):
        held = open_panel(session_of(notebook))
        for part in all_of(held.widget, "mist-action-destroy"):
            click(part)
        held.join()
        for words in (markup(held.widget), held.page()._repr_html_(), str(held.page())):
            assert "a()" in words
            assert not set("\x1b\u202e\u200b") & set(words)
        for words in (markup(held.widget), held.page()._repr_html_()):
            assert "<script" not in words and "<img" not in words
        plain = [part for part in every(held.widget) if hasattr(part, "description")]
        assert all("a()" not in f"{part.description}{getattr(part, 'tooltip', '')}" for part in plain)
        session_of(notebook).close()
