"""Networks, groups and volumes as choices of the form: asked when they are in sight, by id or name, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.backends.needs import Needs
from mist_notebook.backends.provider_fields import GROUP, IDS, NETWORK, SUBNET, VOLUME, VOLUMES, Field
from mist_notebook.client import runtime
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.records.model import Choice
from mist_notebook.widgets.form.state import state as machine
from mist_notebook.widgets.form.state.events import Opened
from mist_notebook.widgets.form.state.wish import wish
from tests.rigs.form_rig import Page, opened
from tests.rigs.form_world import ANSWERS, World
from tests.rigs.line_rig import add_key
from tests.widgets.test_form_line import read

FIELDS = (
    Field("nets", "networks", lists=NETWORK, shape=IDS),
    Field("group", "a group", needed=True, lists=GROUP),
    Field("disks", "volumes", lists=VOLUME, shape=VOLUMES),
)


def choice(own: str, name: str = "", *places: str, also: tuple[str, ...] = ()) -> Choice:
    where = frozenset(places) or None
    return Choice(id=own, mist_id=own, name=name or own, about=f"about {own}", also=also, location_ids=where)


EAST = {
    ("b1", "choices nets at east"): (
        choice("n1", "lab"),
        choice("n2", "twin"),
        choice("n3", "twin"),
        choice("n4", "far", "west"),
    ),
    ("b1", "choices group at east"): (choice("g1", "web"),),
    ("b1", "choices disks at east"): (),
    ("b1", "choices nets at west"): (choice("n4", "far", "west"),),
    ("b1", "choices group at west"): (choice("g1", "web"),),
}


def world(*, needed: bool = False) -> World:
    """A form whose backend lists networks and groups; with `needed` the group is one that it wants."""
    fields = FIELDS if needed else tuple(Field(**{**vars(one), "needed": False}) for one in FIELDS)
    needs = Needs(said=True, cloud_init=True, fields=fields)
    held = World(answers={**ANSWERS, ("b1", "needs"): (needs,), **EAST}).load()
    return held.choose(backend="b1", location="east", image="debian", size="small").type(name="web-2")


def asked(held: World) -> list[str]:
    return [kind for _, kind in held.state.asks if kind.startswith("choices ")]


def test_nothing_is_listed_before_it_is_in_sight_and_then_each_once() -> None:
    held = world()
    assert asked(held) == [] and held.view.controls["extra.nets"].options == ()
    held.tell(Opened("more")).load()
    assert asked(held) == [f"choices {name} at east" for name in ("nets", "group", "disks")]
    assert [text for text, _ in held.view.controls["extra.nets"].options] == [
        "lab · about n1",
        "twin · about n2 (n2)",
        "twin · about n3 (n3)",
    ]
    assert held.view.controls["extra.disks"].options == ()
    assert held.tell(Opened("more")).ask() == {}


def test_what_a_backend_needs_is_listed_at_once_and_missing_until_it_is_chosen() -> None:
    held = world(needed=True)
    assert asked(held) == ["choices group at east"]
    assert held.view.missing == ("group",)
    held.type(**{"extra.group": "g1"})
    assert held.view.is_reviewable


@pytest.mark.parametrize(
    ("field", "text", "value", "said"),
    [
        ("nets", "n1", ["n1"], "--network n1"),
        ("nets", "lab", ["n1"], "--network lab"),
        ("nets", "LAB", ["n1"], "--network LAB"),
        ("nets", "n3", ["n3"], "--network n3"),
        ("nets", '["n1", "n2"]', ["n1", "n2"], "--extra"),
        ("group", "web", "g1", "--extra group=web"),
        ("disks", "v9", [{"volume_id": "v9"}], "--extra disks=v9"),
    ],
)
def test_what_is_chosen_goes_over_by_its_id_in_its_shape(field: str, text: str, value: Any, said: str) -> None:
    held = world().type(**{f"extra.{field}": text}).load()
    assert held.view.is_reviewable, held.view.wrong
    spec = wish(held.state, held.catalogue)
    assert spec is not None and spec.extra == {field: value}
    assert said in held.view.line
    assert read(held.view.line) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("moon", "There is no network 'moon'."),
        ("labb", "Did you mean lab?"),
        ("twin", "2 networks match 'twin'"),
        ("far", "is in west, not in east"),
        ("n4", "is in west, not in east"),
    ],
)
def test_what_isnt_there_is_said_at_its_field_and_can_be_left(text: str, said: str) -> None:
    held = world().type(**{"extra.nets": text}).load()
    control = held.view.controls["extra.nets"]
    assert control.error and said in control.message and held.view.wrong == ("nets",)
    assert control.options[-1] == (f"{text}: not there", text) and control.value == text
    assert held.type(**{"extra.nets": "n1"}).view.is_reviewable


def test_another_location_is_asked_anew_and_what_is_chosen_has_to_be_there() -> None:
    held = world().type(**{"extra.nets": "n1"}).load()
    assert held.view.is_reviewable
    held.choose(location="west")
    assert "There is no network 'n1'" in held.message("extra.nets")
    held.type(**{"extra.nets": "n4"})
    assert held.message("extra.nets") == "networks"


def test_a_listing_that_fails_leaves_a_text_and_says_why_in_one_line() -> None:
    held = world().tell(Opened("more"))
    for question, stamp in held.ask().items():
        held.fail(question, stamp)
    control = held.view.controls["extra.nets"]
    assert (control.options, control.error) == ((), False)
    assert control.message == "Not listed: no answer Type its id."
    assert held.view.troubles == ()
    assert held.type(**{"extra.nets": "n1"}).view.is_reviewable
    held.tell(Opened("more")).load()
    assert len(held.view.controls["extra.nets"].options) == 3


def test_a_backend_that_isnt_ready_is_asked_for_no_choices() -> None:
    held = World(answers={**ANSWERS, ("b1", "needs"): (Needs(said=True, fields=FIELDS),)}).load()
    held.tell(Opened("more")).choose(backend="b1")
    assert asked(held) == []
    assert machine.wanted(held.state, held.catalogue) == ()


# ---------------------------------------------------------------------------------------------------------- the sandbox


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))
    held = runtime.acquire()
    session = Session()
    try:
        add_key(held.sandbox(boot_seconds=0.02))
        yield session
    finally:
        session.close()
        runtime.release(held)


def unfold(page: Page) -> Page:
    """Open More, as a click on its line does."""
    return page.say(page.find("mist-form-more"), is_open=True)


def test_ec2s_subnets_and_groups_are_lists_and_what_vanishes_is_refused_at_review(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(session, backend="EC2", size="m1.small", location="us-east-1a", name="web")
    assert not page.sees("mist-form-extra-subnet-id-list")
    unfold(page)
    assert page.options("extra-subnet-id-list") == [
        "as usual",
        "us-east-1a · default · 172.31.0.0/20 · us-east-1a (subnet-5a9d1c3e0)",
        "us-east-1a · lab · 10.20.0.0/20 · us-east-1a (subnet-0be2714f0)",
        "something else …",
    ]
    assert page.options("extra-volumes-list")[1] == "data · 20 GB"
    page.choose("extra-subnet-id-list", "lab").choose("extra-security-group-list", "mistio")
    assert "--network subnet-0be2714f0" in page.form.line and "security_group=sg-2f7c1a44" in page.form.line
    page.review()
    assert "subnet-0be2714f0" in page.text("mist-form-receipt")
    page.click("mist-form-back")
    usual = MistAdapter.list_choices

    def without(adapter: MistAdapter, field: str, location: Any = None) -> Any:
        listing = usual(adapter, field, location)
        return listing and type(listing)(
            backend=listing.backend,
            records=[one for one in listing.records if one.id != "subnet-0be2714f0"],
            fetched_at=listing.fetched_at,
        )

    monkeypatch.setattr(MistAdapter, "list_choices", without)
    page.review()
    assert page.sees("mist-form-fields") and page.is_error("extra-subnet-id")
    assert "There is no subnet 'subnet-0be2714f0'." in page.message("extra-subnet-id")
    page.choose("extra-subnet-id-list", "172.31").review()
    assert "subnet-5a9d1c3e0" in page.text("mist-form-receipt")


def test_a_listing_that_is_refused_leaves_texts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise ApiError("EC2 doesn't let you list that (UnauthorizedOperation).", "Ask whose account it is.")

    monkeypatch.setattr(MistAdapter, "list_choices", refused)
    page = unfold(opened(session, backend="EC2", size="m1.small", location="us-east-1a", name="web"))
    assert page.sees("mist-form-extra-subnet-id") and not page.sees("mist-form-extra-subnet-id-list")
    assert page.message("extra-subnet-id").startswith("Not listed: EC2 doesn't let you list that")
    page.type(extra_subnet_id="subnet-1").review()
    assert "subnet-1" in page.text("mist-form-receipt")


def test_something_else_is_typed_below_the_list(session: Session) -> None:
    page = unfold(opened(session, backend="EC2", size="m1.small", location="us-east-1a", name="web"))
    page.choose("extra-volumes-list", "something else")
    assert page.sees("mist-form-extra-volumes")
    page.type(extra_volumes='[{"size": 10}]')
    assert page.sees("mist-form-extra-volumes") and "volumes" in page.form.line
    found = page.find("mist-form-extra-volumes-list")
    assert found.options[found.index] == "something else …"
    page.choose("extra-volumes-list", "data")
    assert not page.sees("mist-form-extra-volumes") and page.find("mist-form-extra-volumes").value == ""
    page.choose("extra-volumes-list", "as usual")
    assert "volumes" not in page.form.line


def test_a_form_begins_with_a_network_by_name_where_its_backend_is_named(session: Session) -> None:
    page = opened(session, backend="EC2", network="lab", location="us-east-1a")
    assert page.find("mist-form-extra-subnet-id-list").index == 2
    for given in ({"network": "lab"}, {"network": "lab", "backend": "NephoScale"}):
        with pytest.raises(BadValueError):
            opened(session, **given)
    assert SUBNET == "subnet"
