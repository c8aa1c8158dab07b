"""The form's states without widgets: what limits what, what is kept, what is dropped and said, and what is ignored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from mist_notebook.display.page import Page
from mist_notebook.records.model import Key, MachineSpec, Price
from mist_notebook.widgets.form.state import state as machine
from mist_notebook.widgets.form.state.cascade import settled
from mist_notebook.widgets.form.state.catalogue import BACKENDS, KEYS, Question, Shelf
from mist_notebook.widgets.form.state.checks import script_kind
from mist_notebook.widgets.form.state.events import (
    Answered,
    Asked,
    Backed,
    Checked,
    CheckFailed,
    Chose,
    Confirmed,
    Disconnected,
    Ended,
    Event,
    Filled,
    Renewed,
    Reread,
    Retried,
    Reviewed,
    Searched,
    Started,
    Told,
    Typed,
)
from mist_notebook.widgets.form.state.facts import Fill, Problem, Trouble, Verdict
from mist_notebook.widgets.form.state.model import CONFIRMING, EDIT, GO, KINDS, LOCKED, REVIEW, State, record_of
from mist_notebook.widgets.form.state.view import view
from mist_notebook.widgets.form.state.wish import wish
from tests.rigs.form_world import ANSWERS, IMAGES, ONE, SIZES, World, complete, image, size

# ---------------------------------------------------------------------------------------------------- what limits what


def test_a_new_form_asks_for_backends_then_for_keys_and_misses_the_backend() -> None:
    world = World()
    assert machine.wanted(world.state, world.catalogue) == (BACKENDS,)
    assert world.view.missing == ("backend",)
    world.answer(BACKENDS, world.ask()[BACKENDS])
    assert machine.wanted(world.state, world.catalogue) == (KEYS,)


def test_a_backend_is_asked_what_it_needs_before_anything_else() -> None:
    world = World().load().tell(Chose("backend", "b1"))
    assert world.ask() == {("b1", "needs"): 3}
    world.answer(("b1", "needs"), 3)
    kinds = {question[1] for question in world.ask()}
    assert kinds == {"locations", "images", "sizes", "names"}


def test_a_backend_without_locations_is_not_asked_for_any_and_shows_none() -> None:
    world = World().load().choose(backend="b3")
    assert ("b3", "locations") not in world.state.asks
    assert not world.view.controls["location"].visible
    assert "location" not in world.view.missing


def test_a_location_limits_the_sizes_and_says_how_many_it_leaves_out() -> None:
    world = World().load().choose(backend="b1", location="west")
    assert [record.id for record in world.view.controls["size"].records] == ["small", "arm"]
    assert world.view.controls["size"].unfit == ((SIZES[1], "Place west doesn't have it"),)


def test_an_image_limits_the_sizes_by_memory_disk_architecture_and_what_they_allow() -> None:
    fitting = {
        record.id: [
            fit.id for fit in World().load().choose(backend="b1", image=record.id).view.controls["size"].records
        ]
        for record in IMAGES
    }
    assert fitting == {
        "debian": ["small", "large"],
        "fat": ["large"],
        "pi": ["arm"],
        "local": ["small", "large"],
    }


def test_a_location_limits_the_images() -> None:
    world = World().load().choose(backend="b1", location="north")
    assert [record.id for record in world.view.controls["image"].records] == ["debian"]
    assert world.message("image") == "1 of 4 images: those that Place north has."


def test_the_cheapest_size_that_fits_is_marked_and_an_unknown_price_never_is() -> None:
    world = World().load().choose(backend="b1", image="debian")
    assert world.view.controls["size"].best == "small"
    world = World().load().choose(backend="b1", image="pi")
    assert world.view.controls["size"].best is None
    assert [why for _, why in world.view.controls["size"].unfit] == ["the image is for arm64"] * 2


def test_a_choice_that_is_still_valid_is_kept() -> None:
    world = complete().choose(location="west")
    assert world.chosen == {"location": "west", "image": "debian", "size": "small", "key": "k1"}
    assert world.view.missing == ()


def test_a_choice_that_is_no_longer_valid_is_dropped_and_said_so_at_its_field() -> None:
    world = complete().choose(size="large", location="west")
    assert world.chosen["size"] is None
    assert world.message("size").startswith("Size large (large) can't be chosen: Place west doesn't have it.")
    assert world.view.controls["size"].error
    assert world.view.missing == ("size",)
    assert (
        complete()
        .choose(image="fat")
        .message("size")
        .startswith("Size small (small) can't be chosen: the image needs 2 GB of memory.")
    )


def test_a_note_goes_when_the_field_is_chosen_anew() -> None:
    world = complete().choose(size="large", location="west").choose(size="small")
    assert not world.view.controls["size"].error
    assert world.view.missing == ()


# ---------------------------------------------------------------------------------------------- from backend to backend


def test_another_backend_of_the_same_provider_keeps_what_is_the_same_there() -> None:
    world = complete().choose(backend="b2")
    assert world.chosen == {"location": "east", "image": "debian", "size": "small", "key": "k1"}


def test_what_only_has_the_same_id_is_not_the_same() -> None:
    world = complete().choose(location="west", backend="b2")
    assert world.chosen["location"] is None
    assert world.message("location") == "'Place west' is another location at Twin: choose one."


def test_another_provider_takes_nothing_along_though_its_ids_are_alike() -> None:
    world = complete().choose(backend="b3")
    assert world.chosen == {"location": None, "image": None, "size": None, "key": "k1"}
    assert world.message("image") == "Image debian is of One: choose one of Other."
    assert world.message("size").startswith("Size small is of One")


def test_going_back_brings_back_what_was_chosen_there() -> None:
    world = complete().choose(backend="b3", image="debian").choose(backend="b1")
    assert world.chosen == {"location": "east", "image": "debian", "size": "small", "key": "k1"}
    assert [world.state.notes.get(kind) for kind in KINDS] == [None] * 4
    assert world.choose(backend="b3").chosen["image"] == "debian"


def test_what_was_typed_is_kept_whatever_the_backend() -> None:
    texts = {"name": "web", "script": "#!/bin/sh", "hours": "2h", "user": "ubuntu", "port": "22", "extra.group": "g"}
    world = World().load().type(**texts)
    for backend in ("b1", "b3", "b2", "b4", None):
        assert {name: world.choose(backend=backend).state.text(name) for name in texts} == texts


def test_a_backend_that_is_gone_is_dropped_and_said_so() -> None:
    world = complete()
    world.answers[BACKENDS] = ANSWERS[BACKENDS][1:]
    world.tell(Reread((BACKENDS,))).load()
    assert world.state.backend is None
    assert world.message("backend") == "The backend that was chosen is no longer there: choose another."


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        ("b4", "Bare (other) makes no machines: choose another."),
        ("b5", "Off is disabled on the server: choose another, or enable it there."),
    ],
)
def test_a_backend_that_can_make_nothing_says_so_and_is_asked_for_nothing(backend: str, says: str) -> None:
    world = World().load().choose(backend=backend)
    assert (world.message("backend"), world.view.missing) == (says, ("backend",))
    assert {question for question in world.state.asks if question[0] == backend} <= {(backend, "needs")}


# ------------------------------------------------------------------------------------------------- what stands alone


def test_the_only_backend_and_location_and_the_default_key_are_chosen_and_shown() -> None:
    world = World()
    world.answers |= {BACKENDS: (ONE,), ("b1", "locations"): ANSWERS[("b1", "locations")][:1]}
    world.load()
    assert (world.state.backend, world.chosen["location"], world.chosen["key"]) == ("b1", "east", "k1")
    assert world.view.controls["backend"].value == "b1"


def test_what_a_person_took_away_stays_away() -> None:
    world = complete().choose(key=None)
    assert world.chosen["key"] is None
    assert world.tell(Reread((KEYS,))).load().chosen["key"] is None
    assert world.view.missing == ("key",)


def test_without_any_key_the_form_offers_to_make_one() -> None:
    world = World()
    world.answers[KEYS] = ()
    world.load().choose(backend="b1")
    assert world.view.can_make_key
    assert world.message("key") == "There is no key yet, so nobody could log in: make one here."
    world.answers[KEYS] = (Key(id="k9", name="demo"),)
    assert world.tell(Reread((KEYS,))).load().chosen["key"] == "k9"


def test_a_key_that_is_not_needed_is_not_missing() -> None:
    world = World()
    world.answers[KEYS] = ()
    world.load().choose(backend="b3")
    assert "key" not in world.view.missing


# ------------------------------------------------------------------------------------------------------ loading


def test_what_loads_is_shown_as_loading_and_can_not_be_chosen_yet() -> None:
    world = World().load().tell(Chose("backend", "b1"))
    world.answer(("b1", "needs"), world.ask()[("b1", "needs")])
    world.ask()
    control = world.view.controls["size"]
    assert (control.loading, control.enabled, control.message) == (True, False, "Loading the sizes …")


def test_a_late_answer_is_ignored() -> None:
    world = World().load().tell(Chose("backend", "b1"))
    world.answer(("b1", "needs"), world.ask()[("b1", "needs")])
    first = world.ask()[("b1", "sizes")]
    world.tell(Reread((("b1", "sizes"),)))
    second = world.ask()[("b1", "sizes")]
    before = (world.state, world.catalogue)
    world.tell(Answered(("b1", "sizes"), first, Shelf((size("stale"),))))
    assert (world.state, world.catalogue) == before
    world.answer(("b1", "sizes"), second)
    assert [record.id for record in world.view.controls["size"].records] == ["small", "large", "arm"]


def test_a_failure_of_one_listing_is_told_with_its_hint_and_the_rest_can_be_used() -> None:
    world = World().load().tell(Chose("backend", "b1"))
    world.answer(("b1", "needs"), world.ask()[("b1", "needs")])
    asked = world.ask()
    world.fail(("b1", "sizes"), asked[("b1", "sizes")])
    world.answer(("b1", "images"), asked[("b1", "images")])
    assert world.view.troubles == (Trouble("no answer", "look"),)
    assert (world.message("size"), world.view.controls["size"].error) == ("Not loaded: see above.", True)
    assert world.choose(image="debian").chosen["image"] == "debian"
    assert machine.wanted(world.state, world.catalogue) == ()
    world.tell(Retried()).load()
    assert world.view.troubles == ()
    assert world.chosen["image"] == "debian"


def test_the_trouble_of_another_backend_is_not_shown() -> None:
    world = World().load().tell(Chose("backend", "b1"))
    world.fail(("b1", "needs"), world.ask()[("b1", "needs")])
    assert world.view.troubles
    assert world.tell(Chose("backend", "b3")).view.troubles == ()


def test_a_refused_token_is_told_once_and_nothing_more_is_asked_until_retry() -> None:
    world = complete().tell(Chose("backend", "b2"))
    world.fail(("b2", "needs"), world.ask()[("b2", "needs")], refused=True)
    assert len(world.view.troubles) == 1
    world.tell(Chose("backend", "b3"), Reread((KEYS,)))
    assert machine.wanted(world.state, world.catalogue) == ()
    world.tell(Retried())
    assert set(machine.wanted(world.state, world.catalogue)) == {BACKENDS, KEYS, ("b3", "needs")}
    assert world.load().state.text("name") == "web-2"


def test_a_connection_that_is_closed_makes_what_is_on_its_way_late_and_keeps_what_was_typed() -> None:
    world = complete().tell(Chose("backend", "b2"))
    stamp = world.ask()[("b2", "needs")]
    world.tell(Disconnected(Trouble("closed", "retry")), Chose("backend", "b3"))
    known = world.catalogue
    world.answer(("b2", "needs"), stamp)
    assert world.catalogue is known
    assert machine.wanted(world.state, world.catalogue) == ()
    assert world.view.troubles == (Trouble("closed", "retry"),)
    world.tell(Retried()).load()
    assert (world.view.troubles, world.state.text("name")) == ((), "web-2")


def test_what_is_told_at_a_field_is_no_error() -> None:
    world = complete().tell(Told("key", "Making a key …"))
    control = world.view.controls["key"]
    assert (control.message, control.error) == ("Making a key …", False)
    assert world.tell(Told("key", "")).message("key") == ""


def test_images_are_searched_for_beyond_the_list_and_join_it() -> None:
    world = World().load().choose(backend="b2")
    assert world.view.has_more_images
    world.tell(Searched("pi"))
    assert world.ask() == {("b2", "found pi"): 8}
    assert world.view.controls["image"].loading
    world.answer(("b2", "found pi"), 8)
    assert [record.id for record in world.view.controls["image"].records] == ["debian", "pi", "local"]
    assert world.tell(Reread((("b2", "images"),))).load().choose(image="pi").chosen["image"] == "pi"
    assert not World().load().choose(backend="b1").view.has_more_images


# ----------------------------------------------------------------------------------------------- what it begins with


def test_words_are_resolved_once_what_they_name_is_known() -> None:
    fill = Fill({"backend": "one", "image": "IMAGE DEBIAN", "size": "large", "location": "Place east", "key": "spare"})
    world = World().tell(Filled(fill))
    assert world.chosen == dict.fromkeys(KINDS)
    assert world.load().chosen == {"location": "east", "image": "debian", "size": "large", "key": "k2"}


@pytest.mark.parametrize(
    ("words", "kind", "says"),
    [
        ({"backend": "b9"}, "backend", "No backend is called 'b9': choose one."),
        ({"backend": "b1", "image": "nope"}, "image", "There is no image 'nope' at One: choose one."),
        ({"backend": "b1", "key": "nope"}, "key", "There is no key 'nope': choose one."),
        ({"backend": "b1", "location": "west", "size": "large"}, "size",
         "Size large (large) can't be chosen: Place west doesn't have it."),
    ],
)  # fmt: skip
def test_a_word_that_names_nothing_is_said_so_at_its_field(words: dict[str, str], kind: str, says: str) -> None:
    world = World().tell(Filled(Fill(words))).load()
    assert world.message(kind).startswith(says)
    assert world.view.controls[kind].value is None


def test_a_word_for_several_is_said_so() -> None:
    world = World().tell(Filled(Fill({"backend": "b1", "image": "twins"})))
    world.answers[("b1", "images")] = (image("a", name="Twins"), image("b", name="twins "), image("c", name="TWINS"))
    assert world.load().message("image") == "2 images are called 'twins' at One: choose one."


def test_an_image_outside_of_the_backends_own_list_is_searched_for() -> None:
    world = World().tell(Filled(Fill({"backend": "b2", "image": "pi"}))).load()
    assert world.chosen["image"] == "pi"
    assert (
        World().tell(Filled(Fill({"backend": "b2", "image": "no"}))).load().message("image").startswith("There is no")
    )


# ------------------------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "", "Name is needed."),
        ("name", "  ", "Name is needed."),
        ("name", "web", "One has a machine of this name. Choose another name, such as web-2."),
        ("name", "a b", "'a b' can't be a machine's name at alike. It takes letters, digits"),
        ("name", "7", "'7' is only digits, as ids are. Add a letter."),
        ("name", "x" * 64, f"'{'x' * 60}…' has 64 characters."),
        ("name", "u\u202eb", "'u\\u202eb' can't be a machine's name"),
        ("script", "echo", "Begin it with #! for a script"),
        ("script", " #!/bin/sh", "Begin it with #! for a script"),
        ("script", "#!/bin/sh\n" + "x" * 70_000, "It is over 64 KiB"),
        ("hours", "soon", "'soon' is not a time from 12 minutes to 366 days."),
        ("hours", "5m", "'5m' is not a time"),
        ("port", "70000", "'70000' can't be a port. A port is a number, 1 to 65535."),
        ("port", "ssh", "'ssh' can't be a port."),
        ("port", "0", "'0' can't be a port."),
        ("user", "a;b", "'a;b' can't be a user"),
    ],
)
def test_a_text_that_can_not_be_sent_is_said_so_at_its_field(field: str, text: str, says: str) -> None:
    world = complete().type(**{field: text})
    control = world.view.controls[field]
    assert control.message.startswith(says), control.message
    assert control.error
    assert world.view.missing == (field,)
    assert world.type(**{field: {"name": "ok"}.get(field, "")}).view.missing == ()


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("#!/bin/sh\necho", "script", "A script: it runs once the machine is up."),
        ("#cloud-config\npackages: []", "cloud-init", "cloud-init: done as it boots."),
        ("#cloud-config", "cloud-init", "cloud-init: done as it boots."),
        ("", "", ""),
        ("\n", "", ""),
    ],
)
def test_the_field_says_what_its_text_is(text: str, kind: str, says: str) -> None:
    assert (script_kind(text), complete().type(script=text).message("script")) == (kind, says)


def test_cloud_init_where_it_is_not_taken_is_said_so() -> None:
    world = World().load().choose(backend="b3").type(script="#cloud-config\n")
    assert world.message("script") == "Other takes no cloud-init: give a script that begins with #!."


def test_a_field_that_the_backend_needs_is_missing_and_one_that_it_takes_is_not() -> None:
    world = World().load().choose(backend="b3", image="debian", size="small").type(name="web-2")
    assert world.view.missing == ("group",)
    assert world.message("extra.group") == "the group (needed)"
    assert world.type(**{"extra.group": "g1"}).view.missing == ()
    assert world.type(**{"extra.nets": '["a"'}).view.missing == ("nets",)
    assert "is not JSON" in world.message("extra.nets")


def test_an_empty_name_is_told_only_after_it_was_touched_or_asked_for() -> None:
    world = complete().type(name="")
    fresh = World().load().choose(backend="b1", location="east", image="debian", size="small")
    assert (fresh.message("name"), fresh.view.missing) == ("", ("name",))
    assert fresh.tell(Reviewed("op")).message("name") == world.message("name") == "Name is needed."
    assert fresh.state.review.phase == EDIT


# ------------------------------------------------------------------------------------------------------------- money


def test_the_cost_is_live_and_an_unknown_price_is_unknown() -> None:
    world = complete()
    assert world.view.cost == "0.1000 USD an hour · 73.00 USD a month"
    assert world.type(hours="2h").view.cost.endswith(" · 0.20 USD at most in 2 h")
    assert World().load().choose(backend="b1", size="arm").view.cost == "unknown: no price is known for this size"
    assert World().view.cost == ""


# ------------------------------------------------------------------------------------------------------------ review


def verdict(world: World, **changes: Any) -> Verdict:
    from msgspec.structs import replace

    spec = wish(world.state, world.catalogue)
    assert spec is not None
    problems = changes.pop("problems", ())
    consent = changes.pop("consent", False)
    return Verdict(replace(spec, **changes), Page(), problems, consent)


def reviewing(**changes: Any) -> World:
    world = complete().tell(Reviewed("op"))
    return world.tell(Checked("op", verdict(world, **changes), "op2"))


def test_a_review_is_worth_one_click_and_no_more() -> None:
    world = reviewing()
    assert world.state.review.phase == REVIEW
    world.tell(*[Confirmed("op")] * 10)
    assert world.state.review.phase == CONFIRMING
    world.tell(Checked("op", verdict(world), "op2"))
    assert world.state.review.phase == GO
    world.tell(Started("op"), Confirmed("op"), Started("op"))
    assert world.state.review.phase == "making"
    world.tell(Ended("op"))
    assert world.state.review.phase == "ended"


def test_a_click_on_an_older_receipt_is_worth_nothing() -> None:
    world = reviewing().tell(Backed(), Reviewed("new"))
    world.tell(Checked("new", verdict(world), "n2"), Confirmed("op"))
    assert (world.state.review.phase, world.state.review.op) == (REVIEW, "new")


def test_what_changed_between_receipt_and_click_is_said_and_has_to_be_confirmed_anew() -> None:
    dearer = size("small", 0.2, ram_mb=512.0, disk_gb=10.0, arch="x86")
    world = reviewing().tell(Confirmed("op"))
    world.tell(Checked("op", verdict(world, size=dearer), "op2"))
    review = world.state.review
    assert (review.phase, review.op) == (REVIEW, "op2")
    assert review.changes == ("price: 0.1 USD an hour then, 0.2 USD an hour now",)
    assert world.tell(Confirmed("op")).state.review.phase == REVIEW
    world.tell(Confirmed("op2"), Checked("op2", verdict(world, size=dearer)))
    assert world.state.review.phase == GO


def test_a_problem_of_a_field_goes_back_to_it_with_everything_kept() -> None:
    problem = Problem("key", "The key 'demo' is gone.", "Choose another.")
    world = reviewing().tell(Confirmed("op"))
    world.tell(Checked("op", verdict(world, problems=(problem,)), "op2"))
    assert world.state.review.phase == EDIT
    assert world.message("key") == "The key 'demo' is gone. Choose another."
    assert world.chosen == {"location": "east", "image": "debian", "size": "small", "key": None}
    assert KEYS not in world.state.asks


def test_a_limit_is_shown_with_the_receipt_and_nothing_can_be_created() -> None:
    world = reviewing(problems=(Problem("", "Over the limit.", "%mist budget"),))
    assert world.tell(Confirmed("op")).state.review.phase == REVIEW


def test_an_unknown_price_needs_the_exact_name() -> None:
    world = reviewing(consent=True)
    assert world.tell(Confirmed("op")).state.review.phase == REVIEW
    assert world.tell(Typed("accept", "web"), Confirmed("op")).state.review.phase == REVIEW
    assert world.tell(Typed("accept", "web-2"), Confirmed("op")).state.review.phase == CONFIRMING


def test_a_look_that_failed_says_so_and_nothing_was_sent() -> None:
    trouble = Trouble("no answer", "again")
    world = complete().tell(Reviewed("op"), CheckFailed("op", trouble, "op2"))
    assert (world.state.review.phase, world.state.review.trouble) == (EDIT, trouble)
    world = reviewing().tell(Confirmed("op"), CheckFailed("op", trouble, "op2"))
    assert (world.state.review.phase, world.state.review.op) == (REVIEW, "op2")


def test_an_edit_ends_a_review_and_one_that_comes_too_late_changes_nothing() -> None:
    assert complete().tell(Reviewed("op"), Typed("name", "web-3")).state.review.phase == EDIT
    world = reviewing().tell(Confirmed("op"))
    before = world.state
    assert world.tell(Typed("name", "web-3"), Chose("size", "large"), Backed()).state == before


def test_a_new_machine_begins_with_all_choices_and_no_name() -> None:
    world = reviewing().tell(Confirmed("op"))
    world.tell(Checked("op", verdict(world)), Started("op"), Ended("op"), Renewed())
    assert (world.state.review.phase, world.state.text("name")) == (EDIT, "")
    assert world.chosen == {"location": "east", "image": "debian", "size": "small", "key": "k1"}
    assert (world.view.missing, world.message("name")) == (("name",), "")
    assert ("b1", "names") in machine.wanted(world.state, world.catalogue)


def test_what_would_be_sent_is_what_is_chosen() -> None:
    world = complete().type(script="#!/bin/sh", hours="90m", **{"extra.nets": '["a"]'})
    spec = wish(world.state, world.catalogue)
    assert spec == MachineSpec(
        backend=ONE,
        name="web-2",
        image=IMAGES[0],
        size=SIZES[0],
        location=ANSWERS[("b1", "locations")][0],
        key=ANSWERS[KEYS][0],
        script="#!/bin/sh",
        hours=1.5,
    )
    other = World().load().choose(backend="b3", image="debian", size="small", key=None)
    other.type(name="web-2", **{"extra.group": "g", "extra.nets": '["a"]'})
    spec = wish(other.state, other.catalogue)
    assert spec is not None and (spec.location, spec.key, spec.extra) == (None, None, {"group": "g", "nets": ["a"]})
    assert wish(World().state, World().catalogue) is None


# -------------------------------------------------------------------------------------------- whatever anybody does

ids = st.sampled_from(["b1", "b2", "b3", "b4", "b5", "east", "west", "north", "debian", "fat", "pi", "small", "large",
                       "arm", "k1", "k2", "nothing"])  # fmt: skip
kinds = st.sampled_from(["backend", *KINDS])
fields = st.sampled_from(["name", "script", "hours", "user", "port", "accept", "extra.group", "extra.nets"])
texts = st.sampled_from(["", "web", "web-2", "#!/bin/sh", "#cloud-config", "2h", "22", "x y", '["a"]', "[", "\u202e$"])
ops = st.sampled_from(["op1", "op2", "op3"])
questions = st.sampled_from([*ANSWERS])


class Anything(RuleBasedStateMachine):
    """People and servers do anything, in any order; what must hold holds after each step."""

    asked = Bundle("asked")

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.gone: list[str] = []

    def do(self, event: Event) -> None:
        before, known = self.world.state, self.world.catalogue
        self.world.tell(event)
        after = self.world.state
        self.check_texts(before, after, event)
        self.check_choices(before, after, event)
        if after.review.phase == GO and before.review.phase != GO:
            assert before.review.phase == CONFIRMING and isinstance(event, Checked)
            self.gone.append(after.review.op)
        assert view(before, known) == view(before, known)

    def check_texts(self, before: State, after: State, event: Event) -> None:
        kept = {name: text for name, text in before.texts.items() if name != "accept"}
        if isinstance(event, Filled | Renewed):
            return
        changed = {event.field} if isinstance(event, Typed) else set()
        assert all(after.text(name) == text for name, text in kept.items() if name not in changed)

    def check_choices(self, before: State, after: State, event: Event) -> None:
        """What was chosen and can stay, stays; what can't is said so."""
        if isinstance(event, Filled) or before.backend != after.backend:
            return
        for kind in KINDS:
            was, now = before.chosen(kind), after.chosen(kind)
            if was is None or was == now or (isinstance(event, Chose) and event.kind == kind):
                continue
            assert now is None and after.notes.get(kind), (kind, event)

    @rule(kind=kinds, record_id=ids | st.none())
    def choose(self, kind: str, record_id: str | None) -> None:
        self.do(Chose(kind, record_id))

    @rule(field=fields, text=texts)
    def type(self, field: str, text: str) -> None:
        self.do(Typed(field, text))

    @rule(kind=kinds, word=ids, field=fields, text=texts)
    def fill(self, kind: str, word: str, field: str, text: str) -> None:
        self.do(Filled(Fill({kind: word}, {field: text})))

    @rule()
    def load(self) -> None:
        self.world.load()

    @rule(target=asked, question=questions)
    def ask(self, question: Question) -> tuple[Question, int]:
        self.do(Asked(question))
        return question, self.world.state.asks[question].stamp

    @rule(one=consumes(asked), fails=st.booleans(), refused=st.booleans())
    def answer(self, one: tuple[Question, int], fails: bool, refused: bool) -> None:
        question, stamp = one
        ask = self.world.state.asks.get(question)
        is_late = ask is None or (ask.stamp, ask.phase) != (stamp, "loading")
        before = (self.world.state, self.world.catalogue)
        if fails:
            self.world.fail(question, stamp, refused=refused)
        else:
            self.world.answer(question, stamp)
        if is_late:
            assert (self.world.state, self.world.catalogue) == before

    @rule(question=questions)
    def reread(self, question: Question) -> None:
        self.do(Reread((question,)))

    @rule(event=st.sampled_from([Retried(), Searched("pi"), Backed(), Renewed(), Disconnected(Trouble("closed"))]))
    def click(self, event: Event) -> None:
        self.do(event)

    @rule(op=ops)
    def review(self, op: str) -> None:
        if op not in self.gone:
            self.do(Reviewed(op))

    @rule(op=ops, kind=st.sampled_from([Confirmed, Started, Ended]))
    def operate(self, op: str, kind: Any) -> None:
        self.do(kind(op))

    @rule(op=ops, next_op=ops, problems=st.sampled_from([(), (Problem("key", "gone"),), (Problem("", "limit"),)]),
          price=st.sampled_from([0.1, 0.2]), consent=st.booleans(), fails=st.booleans())  # fmt: skip
    def check(
        self, op: str, next_op: str, problems: tuple[Problem, ...], price: float, consent: bool, fails: bool
    ) -> None:
        spec = wish(self.world.state, self.world.catalogue)
        if fails or spec is None:
            self.do(CheckFailed(op, Trouble("no"), next_op))
        else:
            from msgspec.structs import replace

            dear = replace(spec.size, price=Price(hourly=price, currency="USD"))
            self.do(Checked(op, Verdict(replace(spec, size=dear), Page(), problems, consent), next_op))

    @invariant()
    def shows_only_what_can_be_chosen(self) -> None:
        shown = self.world.view
        for kind in ("backend", *KINDS):
            control = shown.controls[kind]
            options = {option for _, option in control.options} | {record.id for record in control.records}
            assert control.value is None or control.value in options

    @invariant()
    def is_reviewable_or_says_what_is_missing(self) -> None:
        shown = self.world.view
        if shown.review.phase == EDIT:
            assert shown.is_reviewable == (not shown.missing)
            assert (wish(self.world.state, self.world.catalogue) is not None) or shown.missing
        else:
            assert not shown.is_reviewable

    @invariant()
    def settling_again_changes_nothing(self) -> None:
        assert settled(self.world.state, self.world.catalogue) == self.world.state

    @invariant()
    def nothing_is_asked_while_refused_or_twice(self) -> None:
        wanted = machine.wanted(self.world.state, self.world.catalogue)
        assert not (wanted and self.world.state.refused)
        assert len(set(wanted)) == len(wanted)
        assert not set(wanted) & set(self.world.state.asks)

    @invariant()
    def what_is_locked_is_drawn(self) -> None:
        review = self.world.state.review
        assert review.phase not in LOCKED or review.drawn is not None


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=60, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow])


@settings(max_examples=60)
@given(st.lists(st.builds(Chose, kinds, ids | st.none()) | st.builds(Typed, fields, texts), max_size=12))
def test_doing_the_same_twice_is_as_once(events: list[Event]) -> None:
    world = World().load()
    for event in events:
        once = world.tell(event).load().state
        again = machine.step(once, event, world.catalogue)
        assert (again.choices, again.texts, again.backend) == (once.choices, once.texts, once.backend)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["west", "east", "north"]) | st.sampled_from(["debian", "fat", "pi", "local"]), max_size=8)
)
def test_a_chosen_size_always_goes_with_the_location_and_the_image(choices: list[str]) -> None:
    from mist_notebook.widgets.form.state import fits

    world = World().load().choose(backend="b1")
    for one in choices:
        world.choose(**{"location" if one in ("west", "east", "north") else "image": one})
        for record in SIZES:
            world.choose(size=record.id)
        chosen = record_of("size", world.state, world.catalogue)
        if chosen is not None:
            places = {kind: record_of(kind, world.state, world.catalogue) for kind in ("location", "image")}
            assert fits.unfit_size(chosen, **places) == ""
