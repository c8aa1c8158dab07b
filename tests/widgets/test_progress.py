"""The progress card: steps, clock and cost while a job runs, then the machine with its actions; at most once each."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as replace_dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client.notebook.jobs import Job, Jobs
from mist_notebook.fleet import account
from mist_notebook.ground.errors import MistError, ProvisionError
from mist_notebook.provision import provision
from mist_notebook.provision.snapshots import Snapshot
from mist_notebook.records.model import Machine as MachineRecord
from mist_notebook.records.model import MachineSpec, ProbeReport, Step
from mist_notebook.widgets.form import steps
from mist_notebook.widgets.form.progress import ProgressCard
from mist_notebook.widgets.parts import machine_actions, painter
from mist_notebook.widgets.parts.painter import Painter
from mist_notebook.widgets.parts.record import Record
from mist_notebook.widgets.parts.small import Said
from tests.client.test_jobs import Gate, step
from tests.rigs.machines_rig import IMAGE, LOCATION, SIZE, Workshop, open_workshop
from tests.rigs.quick_steps import slept_pace
from tests.rigs.widget_rig import all_of, buttons, click, every, is_shown, markup, one, text, threads, until

pytestmark = pytest.mark.long(26)

EVIL = "<script>a()</script><img src=x onerror=y>\x1b[31m$\\href{x}$\u202e\u200b"
LINE = "%mist create NephoScale --name web --image 5 --size 48 --location SJC-1 --key demo"
FAULTS = (
    {"do": "no-public-address", "name": "hidden*"},
    {"do": "never-answers", "name": "mute*"},
    {"do": "error-before-commit", "name": "bad*"},
    {"do": "error-before-commit", "name": "stubborn*", "on": "destroy", "times": 1},
    {"do": "slow-boot", "name": "slow*", "seconds": 100_000},
)


@dataclass
class Bench:
    """A workshop with jobs and cards, all closed at the end."""

    workshop: Workshop
    jobs: Jobs = field(default_factory=Jobs)
    cards: list[ProgressCard] = field(default_factory=list)

    def spec(self, name: str) -> MachineSpec:
        return self.workshop.backend.spec(name, key="demo", image=IMAGE, size=SIZE, location=LOCATION)

    def start(self, name: str, **options: Any) -> ProgressCard:
        """A real provision with its card."""
        backend, spec = self.workshop.backend, self.spec(name)
        job = self.jobs.start(name, partial(backend.provision, spec), backend=backend.record)
        return self.card(job, spec, **options)

    def card(self, job: Job, spec: MachineSpec, **options: Any) -> ProgressCard:
        card = ProgressCard(job, self.workshop.backend, spec, line=LINE, **options)
        self.cards.append(card)
        return card

    def ended(self, name: str, **options: Any) -> ProgressCard:
        """A card whose job has ended, and which is drawn."""
        card = self.start(name, **options)
        card.join()
        return card

    def sent(self, card: ProgressCard) -> int:
        """How many requests to change the card's machine the sandbox had."""
        assert card.machine is not None
        there = [path for method, path in self.workshop.sandbox.requests if method == "POST"]
        return sum(path.endswith(f"/machines/{card.machine.id}") for path in there)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with open_workshop(tmp_path_factory.mktemp("workshop"), faults=FAULTS) as workshop:
        yield workshop


@pytest.fixture
def bench(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    monkeypatch.setattr(machine_actions, "_LOOK_EVERY_S", 0.02)
    monkeypatch.setenv("MIST_DATA_DIR", str(workshop.folder))
    bench = Bench(workshop)
    yield bench
    bench.jobs.close()
    for card in bench.cards:
        card.close()
    assert threads() == set()


# -------------------------------------------------------------------------------------- the way


def test_a_machine_comes_up_and_its_card_holds_the_probe_and_what_it_can(bench: Bench) -> None:
    record = Record()
    card = bench.ended("web", record=record)
    assert card.machine is not None and card.report is not None
    assert (card.machine.state, card.report.outcome) == ("running", "ok")
    assert text(card.widget, "mist-title").startswith("") and "SANDBOX" in text(card.widget)
    assert text(card.widget, "mist-progress-message").startswith("The probe says ok. It took ")
    listed = [(row.how, row.label) for row in steps.rows(card.snapshot, 1.0)]
    assert [label for _, label in listed] == ["check", "record", "request", "boot", "up", "probe"]
    assert {how for how, label in listed if label != "boot"} == {"done"}  # it may have booted before its id is known
    bar = one(card.widget, "mist-progress-bar")
    assert (bar.value, bar.bar_style) == (1.0, "success")
    shown = text(card.widget, "mist-progress-machine")
    for fact in (
        "state running", "backend NephoScale", f"id {card.machine.id}", "size CS4.2 - 4GB, 2Core, 150GB (48)",
        "image Linux CentOS 5.5 64-bit (5)", "location SJC-1 (86945)", "price per hour 0.1500 USD (an example price)",
        "outcome ok: root@127.0.0.1:", "system CentOS Linux 5.5",
    ):  # fmt: skip
        assert fact in shown
    assert f"ssh -p {card.machine.record.ssh_port} -i " in shown
    assert buttons(card.widget) == ["Probe again", "Stop", "Reboot", "Destroy…"]
    assert (
        record.page
        == card.page()
        == account.account(card.snapshot, bench.spec("web"), LINE, report=card.report, login=card.login)
    )


def test_the_log_holds_the_last_eight_lines(bench: Bench) -> None:
    gate = Gate(*(step("pending", 0.5, f"look {number}") for number in range(20)), step("probed", 1.0))
    gate.opened.set()
    card = bench.card(bench.jobs.start("web", gate), bench.spec("web"))
    card.join()
    lines = text(card.widget, "mist-progress-log").splitlines()
    assert [line.split("  ")[-1].split(" s ")[-1] for line in lines[:2]] == ["pending look 13", "pending look 14"]
    assert len(lines) == steps.LOG_LINES == 8


def test_time_and_cost_tick_while_it_runs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painter, "_EVERY_S", 0.01)
    monkeypatch.setattr(painter, "_REST_S", 0.01)
    gate = Gate(step("submitted", 0.0), step("probed", 1.0))
    job = bench.jobs.start("web", gate)
    gate.reached.wait()
    moments = iter(range(0, 10_000_000, 60))
    card = bench.card(job, bench.spec("web"), now=lambda: job.started + timedelta(seconds=next(moments)))
    until(
        card.widget,
        lambda: text(card.widget, "mist-progress-figures").startswith("elapsed 1:00:00 · cost so far 0.1500 USD"),
    )
    assert "(an example price)" in text(card.widget, "mist-progress-figures")
    gate.opened.set()
    card.join()
    assert threads() == set()


def test_a_painter_draws_what_is_new_at_once_and_then_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painter, "_REST_S", 1e6)
    drawn: list[int] = []
    state, first = [0], threading.Event()

    def draw() -> None:
        drawn.append(state[0])
        first.set()

    held = Painter(draw, name="mist-card-test")
    held.poke()
    assert first.wait(60)
    for number in range(1, 1001):
        state[0] = number
        held.poke()
    held.close()
    held.poke()
    assert drawn == [0, 1000]
    assert threads() == set()


def test_a_painter_has_no_thread_while_nothing_is_live() -> None:
    drawn = []
    held = Painter(lambda: drawn.append(1), name="mist-card-test")
    for _ in range(3):
        held.poke()
        held.join()
    assert len(drawn) == 3 and threads() == set()
    held.close()


@pytest.mark.parametrize(
    "seconds,shown", [(0, "0:00"), (42.9, "0:42"), (727, "12:07"), (3723, "1:02:03"), (-5, "0:00")]
)
def test_a_clock_reads_as_one(seconds: float, shown: str) -> None:
    assert steps.clock(seconds) == shown


def job_at(state: str, *states: str, error: MistError | None = None, **more: Any) -> Snapshot:
    """A job in that state, with these steps behind it."""
    began = datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    ended = None if state == "running" else began + timedelta(seconds=9)
    seen = tuple(step(name, 0.1 * place, **more) for place, name in enumerate(states))
    return Snapshot("1", "web", state, began, ended, seen, error)


@pytest.mark.parametrize(
    ("job", "marks"),
    [
        (job_at("running"), "▸○○○○○"),
        (job_at("running", "validated", "recorded"), "✓✓▸○○○"),
        (job_at("running", "validated", "recorded", "submitted", "pending"), "✓✓✓▸○○"),
        (job_at("running", "validated", "submitted", "pending", "running"), "✓–✓✓✓▸"),
        (job_at("failed", "validated"), "✓✗––––"),
        (job_at("failed", "validated", "recorded"), "✓✓✗–––"),
        (job_at("failed", "validated", "recorded", "submitted", "pending"), "✓✓✓✗––"),
        (job_at("cancelled", "validated", "recorded", "submitted", "pending"), "✓✓✓–––"),
        (job_at("done", "validated", "recorded", "submitted", "running"), "✓✓✓–✓–"),
    ],
)  # fmt: skip
def test_each_step_has_a_mark_and_a_word(job: Snapshot, marks: str) -> None:
    assert "".join(steps._MARKS[row.how] for row in steps.rows(job, 1.0)) == marks
    shown = steps.steps(job, 1.0)
    assert all(f'<span class="mist-unseen">{row.how}: </span>' in shown for row in steps.rows(job, 1.0))


BEGUN = (("validated", 0.0), ("recorded", 0.1), ("submitted", 0.2))


def at(*seen: tuple[str, float], state: str = "done") -> Snapshot:
    """A job whose steps came at these seconds."""
    return replace_dataclass(job_at(state), steps=tuple(step(name, seconds) for name, seconds in seen))


@pytest.mark.parametrize(
    ("job", "times"),
    [
        (at(*BEGUN, ("pending", 0.2), ("running", 1.4), ("probed", 2.0)),
         [0.0, 0.1, 0.2, 1.4, 1.4, 2.0]),
        (at(("validated", 0.0), ("recorded", 0.0), ("submitted", 0.0), ("pending", 0.0), ("running", 1.4)),
         [0.0, 0.0, 0.0, 1.4, 1.4, None]),
        (at(*BEGUN, ("pending", 0.2), ("pending", 0.9), ("probed", 1.6)),
         [0.0, 0.1, 0.2, 1.6, None, 1.6]),
        (at(*BEGUN, ("running", 0.3), ("probed", 0.5)),
         [0.0, 0.1, 0.2, None, 0.3, 0.5]),
        (at(*BEGUN, ("pending", 0.4), state="running"),
         [0.0, 0.1, 0.2, 9.0, None, None]),
        (at(*BEGUN, ("pending", 0.4), state="failed"),
         [0.0, 0.1, 0.2, 9.0, None, None]),
    ],
)  # fmt: skip
def test_steps_stand_in_their_order_each_with_the_time_that_it_was_over_at(
    job: Snapshot, times: list[float | None]
) -> None:
    found = steps.rows(job, 9.0)
    assert [row.label for row in found] == list(steps.PLAN.values())
    assert [row.seconds for row in found] == times
    known = [seconds for seconds in times if seconds is not None]
    assert known == sorted(known), "nobody reads that a later step was over before an earlier one"


def test_a_screen_reader_hears_each_step_once_from_a_node_that_stays(bench: Bench) -> None:
    card = bench.ended("heard")
    (said,) = [part for part in every(card.widget) if isinstance(part, Said)]
    assert said.text == "heard: The probe says ok."
    card.stop_watching()
    card._painter.join()
    assert said.text == "heard: The probe says ok.", "what ticks is not read out"


# -------------------------------------------------------------------------------------- when it goes wrong


def test_stop_watching_ends_the_job_and_says_that_what_was_asked_for_goes_on(bench: Bench) -> None:
    card = bench.start("slow-1")
    until(card.widget, lambda: "pending" in text(card.widget, "mist-progress-log"))
    assert buttons(card.widget) == ["Stop watching"]
    assert "interrupting the kernel doesn't end it" in text(card.widget, "mist-progress-note")
    click(one(card.widget, "mist-stop-watching"), times=10)
    card.join()
    assert (card.job.state, card.machine is not None) == ("cancelled", True)
    assert "was cancelled; slow-1" in text(card.widget) and "is there, and goes on" in text(card.widget)
    assert not is_shown(one(card.widget, "mist-progress-watching"))
    assert buttons(card.widget) == ["Read again", "Destroy…"], "it is pending: nothing else can be done with it"
    assert bench.workshop.backend.machine_from_name("slow-1").state == "pending"


def test_a_failure_says_what_may_be_running_and_what_to_type_next(bench: Bench) -> None:
    card = bench.ended("bad-1")
    error = card.job.error
    assert error is not None and "'bad-1' may or may not exist" in error.message
    shown = text(card.widget)
    assert " ".join(error.message.split()) in shown and " ".join(error.hint.split()) in shown
    assert 'role="alert"' in markup(card.widget)
    assert "USD, if it exists (an example price)" in text(card.widget, "mist-progress-figures")
    assert (card.machine, buttons(card.widget)) == (None, [])
    assert one(card.widget, "mist-progress-bar").bar_style == "danger"


def test_what_is_refused_before_it_is_sent_costs_nothing(bench: Bench) -> None:
    def refuse() -> Iterator[Step]:
        yield step("validated", 0.05)
        raise ProvisionError("No.", "Do otherwise.")

    card = bench.card(bench.jobs.start("web", refuse), bench.spec("web"))
    card.join()
    assert "nothing: nothing was sent" in text(card.widget, "mist-progress-figures")
    assert "No. Do otherwise." in text(card.widget, "mist-progress-message")


def test_a_machine_that_does_not_answer_is_there_and_can_be_destroyed(bench: Bench) -> None:
    card = bench.ended("hidden-1")
    assert card.machine is not None
    assert "Destroy…" in buttons(card.widget)
    assert "only" in text(card.widget) or "10.0.0." in text(card.widget)


# -------------------------------------------------------------------------------------- actions


def test_an_action_is_sent_once_however_often_it_is_clicked_and_whenever_that_arrives(bench: Bench) -> None:
    card = bench.ended("clicks")
    button = one(card.widget, "mist-action-reboot")
    click(button, times=10)
    card.join()
    click(button, times=10)
    card.join()
    assert bench.sent(card) == 1
    assert "Asked NephoScale to reboot clicks" in text(card.widget, "mist-action-message")
    click(one(card.widget, "mist-action-reboot"))
    card.join()
    assert bench.sent(card) == 2, "the new button is worth one, too"


def test_what_can_be_done_follows_the_machine(bench: Bench) -> None:
    card = bench.ended("updown")
    click(one(card.widget, "mist-action-stop"))
    card.join()
    assert buttons(card.widget) == ["Start", "Destroy…"]
    assert "state stopped" in text(card.widget, "mist-progress-machine")
    click(one(card.widget, "mist-action-start"))
    card.join()
    assert buttons(card.widget) == ["Probe again", "Stop", "Reboot", "Destroy…"]
    log = text(card.widget, "mist-progress-log")
    assert "Asked NephoScale to stop updown; it is stop" in log and "Asked NephoScale to start updown" in log
    assert "Since then" in str(card.page()) and "Asked NephoScale to stop updown" in str(card.page())


def shown_facts(card: ProgressCard) -> dict[str, str]:
    """What the card says of the machine and its probe, by its labels; nothing that ticks."""
    found = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', one(card.widget, "mist-progress-machine").value)
    return {label: html.unescape(value) for label, value in found if label != "cost so far"}


def test_the_record_has_what_the_live_card_has_while_it_runs_and_once_it_is_off(bench: Bench) -> None:
    card = bench.ended("kept", record=Record())
    assert card.machine is not None and card._record is not None
    for action, state in ((None, "running"), ("stop", "stopped"), ("start", "running")):
        if action:
            click(one(card.widget, f"mist-action-{action}"))
            card.join()
        page = str(card._record.page)
        facts = shown_facts(card)
        assert facts["state"] == state and card.login in page
        for label in ("backend", "id", "public addresses", "private addresses", "while it is off", "system", "up for"):
            assert facts.get(label, "") in page, (action, label)
        for label in ("size", "image", "location"):
            assert facts[label].removesuffix(")") in page, (action, label)
        assert "0.1500 USD an hour" in page and "cost so far" in page
        assert facts["looked at"][:23] in page, "of when the probe is"
        if action:
            assert re.search(rf"state +{state}, as of 20", page)
            assert ("looked at" in page) and ("before it was off" in page) is (state == "stopped")
    typed(card, "kept")
    click(one(card.widget, "mist-destroy-go"))
    card.join()
    page = str(card._record.page)
    assert page.splitlines()[0].endswith(": gone") and "As it was last seen" not in page and "Log in" not in page
    assert shown_facts(card)["state"] == "gone" and "mist-gone" in card.widget._dom_classes


def test_what_was_no_longer_watched_can_be_read_again(bench: Bench) -> None:
    card = bench.start("slow-2")
    until(card.widget, lambda: "pending" in text(card.widget, "mist-progress-log"))
    card.stop_watching()
    card.join()
    bench.workshop.backend.machine_from_name("slow-2").destroy()
    click(one(card.widget, "mist-action-read"))
    card.join()
    assert buttons(card.widget) == [] and str(card.page()).splitlines()[0].endswith(": gone")


def test_probe_again_brings_a_new_report(bench: Bench) -> None:
    card = bench.ended("again")
    before = card.report
    click(one(card.widget, "mist-action-probe"))
    card.join()
    assert before is not None and card.report is not None and card.report.probed_at > before.probed_at
    assert "The probe says ok." in text(card.widget, "mist-action-message")


def typed(card: ProgressCard, words: str) -> None:
    """Open the field if it is shut, and type."""
    if not all_of(card.widget, "mist-destroy-name"):
        click(one(card.widget, "mist-action-destroy"))
        until(card.widget, lambda: bool(all_of(card.widget, "mist-destroy-name")))
    one(card.widget, "mist-destroy-name").value = words
    card._painter.join()


def test_nothing_but_the_exact_name_arms_the_second_button_or_destroys(bench: Bench) -> None:
    card = bench.ended("exact")
    for words in ("", "exac", "Exact", "exact ", " exact", "exact1", "NephoScale/exact"):
        typed(card, words)
        go = one(card.widget, "mist-destroy-go")
        assert go.disabled, words
        click(go)
        card.join()
    assert bench.sent(card) == 0
    typed(card, "exact")
    assert not one(card.widget, "mist-destroy-go").disabled
    click(one(card.widget, "mist-destroy-keep"))
    card._painter.join()
    assert all_of(card.widget, "mist-destroy-name") == []
    typed(card, "exact")
    click(one(card.widget, "mist-destroy-go"))
    card.join()
    assert bench.sent(card) == 1
    assert "exact was destroyed: NephoScale says so." in text(card.widget, "mist-progress-message")
    assert buttons(card.widget) == []
    assert str(card.page()).splitlines()[0] == "SANDBOX · exact at NephoScale: gone"


def test_ten_clicks_destroy_once(bench: Bench) -> None:
    card = bench.ended("ten")
    typed(card, "ten")
    go = one(card.widget, "mist-destroy-go")
    click(go, times=10)
    card.join()
    click(go, times=10)
    card.join()
    assert bench.sent(card) == 1
    assert bench.workshop.client.journal.find(bench.workshop.backend.id, "ten") is None


def test_after_a_try_that_failed_the_name_is_typed_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.workshop.client, "pace", slept_pace())
    card = bench.ended("stubborn")
    typed(card, "stubborn")
    go = one(card.widget, "mist-destroy-go")
    click(go, times=10)
    card.join()
    assert bench.sent(card) == 1
    assert "answered 500" in text(card.widget, "mist-action-message") and not card._actions.is_gone
    click(go, times=10)
    card.join()
    assert bench.sent(card) == 1
    assert all_of(card.widget, "mist-destroy-name") == []
    typed(card, "stubborn")
    click(one(card.widget, "mist-destroy-go"))
    card.join()
    assert bench.sent(card) == 2 and card._actions.is_gone


def test_one_that_is_gone_meanwhile_is_told_and_nothing_is_sent(bench: Bench) -> None:
    card = bench.ended("meanwhile")
    bench.workshop.backend.machine_from_name("meanwhile").destroy()
    before = bench.sent(card)
    typed(card, "meanwhile")
    click(one(card.widget, "mist-destroy-go"))
    card.join()
    assert bench.sent(card) == before
    assert "was gone already: nothing was sent." in text(card.widget, "mist-action-message")
    assert buttons(card.widget) == []


def test_one_action_at_a_time(bench: Bench) -> None:
    card = bench.ended("single")
    stop, reboot = one(card.widget, "mist-action-stop"), one(card.widget, "mist-action-reboot")
    click(stop)
    click(reboot)
    card.join()
    said = [event.text for event in card._events]
    assert len(said) == 1 and "to stop single" in said[0]


# -------------------------------------------------------------------------------------- ends, threads


def test_a_closed_card_has_no_thread_and_its_buttons_do_nothing(bench: Bench) -> None:
    card = bench.ended("closed")
    old = [part for part in every(card.widget) if "mist-action-reboot" in part._dom_classes]
    card.close()
    assert threads() == set()
    click(old[0], times=3)
    assert bench.sent(card) == 0
    assert buttons(card.widget) == []
    assert "Its session is closed" in text(card.widget)
    card.close()


def test_closing_a_card_leaves_its_job_alone(bench: Bench) -> None:
    gate = Gate(step("pending", 0.5), step("probed", 1.0))
    job = bench.jobs.start("web", gate)
    card = bench.card(job, bench.spec("web"))
    card.close()
    assert job.state == "running" and "Its session is closed" in text(card.widget)
    gate.opened.set()
    assert job.wait(60).state == "probed"


def test_clicks_on_other_threads_are_the_same(bench: Bench) -> None:
    card = bench.ended("threads")
    button = one(card.widget, "mist-action-reboot")
    clicking = [threading.Thread(target=click, args=(button, 5)) for _ in range(8)]
    for thread in clicking:
        thread.start()
    for thread in clicking:
        thread.join()
    card.join()
    assert bench.sent(card) == 1


# -------------------------------------------------------------------------------------- foreign text


def test_what_others_named_is_inert(bench: Bench) -> None:
    spec = bench.spec("web")
    evil = replace(
        spec, name=EVIL, backend=replace(spec.backend, name=EVIL), image=replace(spec.image, name=EVIL),
        size=replace(spec.size, name=EVIL),
    )  # fmt: skip
    report = ProbeReport(
        outcome="auth", host=EVIL, port=22, user=EVIL, via="ssh", seconds=0.1,
        probed_at=datetime.fromisoformat("2026-01-02T03:04:05Z"), detail=EVIL, hint=EVIL, hostname=EVIL, machine=EVIL,
    )  # fmt: skip
    machine = MachineRecord(id=EVIL, name=EVIL, state=EVIL, public_ips=(EVIL,), actions=("destroy", EVIL))
    gate = Gate(step("running", 0.5, EVIL), step("probed", 1.0, EVIL, machine=machine, report=report))
    gate.opened.set()
    record = Record()
    card = bench.card(bench.jobs.start(EVIL, gate), evil, record=record)
    card.join()
    click(one(card.widget, "mist-action-destroy"))
    until(card.widget, lambda: bool(all_of(card.widget, "mist-destroy-name")))
    for words in (markup(card.widget), record.page._repr_html_() if record.page else ""):
        assert "a()" in words
        assert "<script" not in words and "<img" not in words
        assert not set("\x1b\u202e\u200b") & set(words)
    plain = [part for part in every(card.widget) if hasattr(part, "description")]
    assert all("a()" not in f"{part.description}{getattr(part, 'tooltip', '')}" for part in plain)
    assert all("mathjax_ignore" in part._dom_classes for part in every(card.widget) if _is_html(part))


def _is_html(part: Any) -> bool:
    return type(part).__name__ == "HTML" and "<style>" not in part.value
