"""Tags and a count in the form: what is refused and where, what it costs together, and that each is made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client import runtime
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError
from mist_notebook.provision import provision
from mist_notebook.ssh.probing.probe import Patience, probe_when_up
from mist_notebook.widgets.form.state import fill
from mist_notebook.widgets.form.state.catalogue import Taken
from mist_notebook.widgets.form.state.events import Hinted
from mist_notebook.widgets.form.state.facts import Hints
from mist_notebook.widgets.form.state.model import EDIT
from mist_notebook.widgets.form.state.more import several
from mist_notebook.widgets.form.state.wish import wish
from tests.rigs.form_rig import Page, opened
from tests.rigs.form_world import World, complete
from tests.rigs.line_rig import add_key, faulty
from tests.widgets.test_form_line import read

# ------------------------------------------------------------------------------------------------------------ the state


@pytest.mark.parametrize("text", ["0", "-1", "1e9", "two", "1.5", "1001", "21", " ", "3 machines", "٣", "1" * 400])
def test_what_is_no_count_is_said_at_its_field_and_nothing_can_be_reviewed(text: str) -> None:
    world = complete().type(count=text)
    control = world.view.controls["count"]
    assert control.error is bool(text.strip()) and bool(control.message) is bool(text.strip())
    assert world.view.is_reviewable is not control.error
    assert several.names(world.state) == ("web-2",)


@pytest.mark.parametrize(("text", "count"), [("", 1), ("1", 1), ("2", 2), (" 3 ", 3), ("007", 7), ("20", 20)])
def test_a_count_gives_each_a_name_and_all_a_cost(text: str, count: int) -> None:
    world = complete().type(count=text)
    names = several.names(world.state)
    assert len(names) == count and world.view.is_reviewable
    assert names == (("web-2",) if count == 1 else tuple(f"web-2-{number}" for number in range(1, count + 1)))
    assert f"{0.1 * count:.4f} USD an hour" in world.view.cost
    assert (f"for {count} machines" in world.view.cost) is (count > 1)
    assert read(world.view.line).count == (count if count > 1 else None)
    spec = wish(world.state, world.catalogue)
    assert spec is not None and spec.name == names[0]


def test_a_name_that_is_too_long_with_its_number_or_taken_at_number_three_is_said_at_the_name() -> None:
    world = complete().type(name="w" * 62, count="9")
    assert "64 characters" in world.message("name")
    assert world.type(count="1").message("name") == ""
    world.answers[("b1", "names")] = (Taken("web-3", "One already has a machine of this name."),)
    world = World(answers=world.answers).load()
    world.choose(backend="b1", location="east", image="debian", size="small").type(name="web", count="2")
    assert world.message("name") == ""
    said = world.type(count="3").message("name")
    assert said == "'web-3': One already has a machine of this name. Choose another name, such as web-2."


def test_a_suggested_name_has_no_number_where_each_gets_one() -> None:
    world = World().load().choose(backend="b1").tell(Hinted(Hints()))
    assert world.state.text("name").endswith("-1")
    word = world.state.text("name").removesuffix("-1")
    assert world.type(count="3").state.text("name") == word
    assert world.type(count="").state.text("name") == f"{word}-1"


@pytest.mark.parametrize("text", ["=x", "a=1, a=2", "a=1,=", "mist-notebook-op=1", f"{'k' * 300}=1", "a\x07=1"])
def test_what_is_no_tag_is_said_at_its_field(text: str) -> None:
    world = complete().type(tags=text)
    assert world.view.controls["tags"].error and not world.view.is_reviewable
    assert world.view.wrong == ("tags",)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("team=web", {"team": "web"}),
        ("team=web, env=a b", {"team": "web", "env": "a b"}),
        ('"note=a, b", blue', {"note": "a, b", "blue": ""}),
        ("x=--force, {y}=$z", {"x": "--force", "{y}": "$z"}),
    ],
)
def test_tags_go_into_the_spec_and_into_the_line_alike(text: str, tags: dict[str, str]) -> None:
    world = complete().type(tags=text)
    spec = wish(world.state, world.catalogue)
    assert spec is not None and spec.extra == {"tags": tags}
    assert dict(read(world.view.line).tag) == tags
    assert world.view.glance["more"].startswith("tags ")


def test_a_form_begins_with_a_count_and_tags_from_python() -> None:
    begun = fill.of_words({"count": 3, "tags": {"team": "web", "n": 1}})
    assert begun.texts == {"count": "3", "tags": "team=web, n=1"}
    assert fill.of_words({"tags": ["a=1", "b"]}).texts == {"tags": "a=1, b"}
    with pytest.raises(BadValueError):
        fill.of_words({"tags": {"": "x"}})


# ---------------------------------------------------------------------------------------------------------- the sandbox


@pytest.fixture(autouse=True)
def at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.03)
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    monkeypatch.setitem(probe_when_up.__kwdefaults__, "patience", Patience(pause_s=0.03))
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def page() -> Iterator[Page]:
    """A form of the sandbox, which has a key."""
    held = runtime.acquire()
    session = Session()
    try:
        add_key(held.sandbox(boot_seconds=0.02))
        yield opened(session).fill("web")
    finally:
        session.close()
        runtime.release(held)


def ended(page: Page) -> Page:
    for job in page.form.jobs:
        job.join()
    return page.wait()


def test_several_machines_are_reviewed_together_and_made_side_by_side_with_their_tags(page: Page) -> None:
    page.type(count="3", tags="team=web").review()
    receipt = page.text("mist-form-receipt")
    for fact in (
        "Receipt: 3 machines at NephoScale",
        "web-1 to web-3, one request for each",
        "all 3 together",
        "example: 0.4500 USD an hour, 328.50 USD a month",
        "328.50 USD each month until they are destroyed, for all 3",
        "team=web",
    ):
        assert fact in receipt
    ended(page.create(times=2))
    assert [machine.name for machine in page.form.machines] == ["web-1", "web-2", "web-3"]
    assert [dict(machine.tags)["team"] for machine in page.form.machines] == ["web"] * 3
    assert len(page.find("mist-form-cards").children) == 3
    session = page.form._session
    assert sorted(record.name for record in session.client.journal.opened()) == ["web-1", "web-2", "web-3"]
    again = page.click("mist-form-new")
    assert again.find("mist-form-count").value == "" and again.find("mist-form-tags").value == "team=web"
    again.type(name="web", count="4")
    assert "'web-1': NephoScale already has a machine of this name" in again.message("name")


def test_more_than_the_budget_has_room_for_is_refused_at_review_and_none_is_sent(page: Page) -> None:
    page.form._session.set_limits({"sandbox_max_usd_per_hour": 0.4})
    page.type(count="3").review()
    assert "Together they would cost 0.4500 USD/h; the limit is 0.4." in page.text("mist-form-review-said")
    assert not page.can_click("mist-form-create")
    page.click("mist-form-back").type(count="2").review()
    assert page.can_click("mist-form-create")
    assert page.form._session.client.journal.opened() == []


def test_one_that_fails_stops_and_repeats_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty({"do": "error-before-commit", "skip": 1, "times": 1, "status": 402}) as sandbox:
        monkeypatch.setenv("MIST_URL", sandbox.url)
        monkeypatch.setenv("MIST_API_TOKEN", sandbox.token)
        session = Session()
        try:
            page = ended(opened(session).fill("web").type(count="4").review().create())
            made = [machine.name for machine in page.form.machines]
            assert len(made) == 3 and set(made) < {"web-1", "web-2", "web-3", "web-4"}
            states = sorted(job.state for job in page.form.jobs)
            assert states == ["done", "done", "done", "failed"]
            sent = [name for name, _, is_made in sandbox.ledger if is_made]
            assert sorted(sent) == sorted(made)
            assert page.form._desk.state.review.phase != EDIT
        finally:
            session.close()
