"""The `%mist create` line of a form, read back as a person's line would be; and what a form begins with."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mist_notebook.frames import frames
from mist_notebook.ground.errors import AmbiguousError, BadValueError, MistError, NotFoundError
from mist_notebook.magic.line import reading as line
from mist_notebook.records.model import BackendInfo, Key, Listing
from mist_notebook.widgets.form.state import fill
from mist_notebook.widgets.form.state.catalogue import BACKENDS, KEYS
from mist_notebook.widgets.form.state.checks import extra_value
from mist_notebook.widgets.form.state.facts import Fill
from mist_notebook.widgets.form.state.line import quoted
from tests.rigs.form_world import ANSWERS, ONE, OTHER, TWIN, World, complete, image, location, size


def read(text: str) -> Any:
    """The options of a `%mist` line, as the magic reads it."""
    statement, silent = line.statement(text.removeprefix("%mist "))
    assert not silent
    command, options = line.read(line.words_of(statement, {"x": "filled in"}))
    assert command.name == "create"
    return options


def test_the_line_names_what_is_chosen_and_what_is_missing_in_capitals() -> None:
    world = World()
    assert world.view.line == (
        "%mist create BACKEND --name NAME --image IMAGE --size SIZE --location LOCATION --key KEY"
    )
    assert complete().view.line == (
        "%mist create One --name web-2 --image debian --size small --location 'Place east' --key demo"
    )


def test_the_line_of_a_backend_that_wants_less_says_less() -> None:
    world = World().load().choose(backend="b3", image="debian", size="small", key=None)
    assert world.type(name="web").view.line == (
        "%mist create Other --name web --image debian --size small --accept-unknown-price web"
    )


def test_texts_go_along_and_a_script_stands_in_a_file_of_its_own(tmp_path: Any, monkeypatch: Any) -> None:
    world = complete().type(hours="2h", user="ubuntu", port="2222", script="#!/bin/sh\necho hello")
    shown = world.view.line
    assert shown.endswith(
        "--hours 2h --user ubuntu --port 2222 --script web-2.sh  # the script above, saved as that file"
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web-2.sh").write_text("#!/bin/sh\necho hello")
    options = read(shown)
    assert (options.script, options.hours, options.user, options.port) == ("#!/bin/sh\necho hello", 2.0, "ubuntu", 2222)
    assert "--cloud-init web-2.yaml" in complete().type(script="#cloud-config\n").view.line


def test_a_name_that_several_have_is_given_by_its_id() -> None:
    world = World()
    world.answers |= {
        BACKENDS: (ONE, BackendInfo(id="b2", name="one", provider="alike")),
        KEYS: (Key(id="k1", name="demo"), Key(id="k2", name="DEMO")),
    }
    world.load().choose(backend="b1", key="k1")
    assert "create b1 " in world.view.line
    assert "--key k1" in world.view.line


hostile = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=1, max_size=12).filter(
    lambda text: text.isprintable()
)


@settings(max_examples=100)
@given(image_id=hostile, size_id=hostile, place=hostile, value=hostile)
def test_reading_the_line_gives_the_same_words_back(image_id: str, size_id: str, place: str, value: str) -> None:
    world = World()
    world.answers |= {
        ("b3", "needs"): tuple(ANSWERS[("b3", "needs")]),
        ("b1", "images"): (image(image_id),),
        ("b1", "sizes"): (size(size_id),),
        ("b1", "locations"): (location(place, name=place),),
    }
    world.load().choose(backend="b1", location=place, image=image_id, size=size_id).type(name="web-2")
    options = read_unless_refused(world.view.line)
    if options is not None:
        assert (options.image, options.size, options.location) == (image_id, size_id, place)
    other = World().load().choose(backend="b3", image="debian", size="small").type(name="web-2")
    options = read_unless_refused(other.type(**{"extra.group": value}).view.line)
    if options is not None:
        assert options.extra == ([("group", extra_value(value.strip()))] if value.strip() else [])


def read_unless_refused(text: str) -> Any:
    """The options, but of a line that no person may type either: with what looks like a secret, or `latest`."""
    try:
        return read(text)
    except MistError as error:
        assert "password or token" in error.message or "is no one image" in error.message, text
        return None


@pytest.mark.parametrize("word", ["{1+1}", "$x", "$$", "{{", "a'b", 'a"b', "a\\", "a;b", "# no", "-x", "", "a b", "~"])
def test_a_word_is_quoted_so_that_nothing_in_it_is_filled_in(word: str) -> None:
    words = line.words_of(line.statement(f"create --name {quoted(word)} end")[0], {"x": "filled in"})
    assert words == ["create", "--name", word, "end"]


# ------------------------------------------------------------------------------------------------- what it begins with

INFO = BackendInfo(id="b1", name="One", provider="alike", server="s")
SIZE = size("large", 0.4, ram_mb=4096.0, vcpus=2.0)


def frame(kind: str, *records: Any) -> pd.DataFrame:
    from datetime import UTC, datetime

    return frames.listings(kind, [Listing(backend=INFO, records=list(records), fetched_at=datetime.now(UTC))])


BACKENDS_OF_THE_TEST = (ONE, OTHER)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (frame("sizes", SIZE), {"size": "large", "backend": "b1"}),
        (frame("images", image("debian")), {"image": "debian", "backend": "b1"}),
        (frame("locations", location("east")), {"location": "east", "backend": "b1"}),
        (frames.keys([Key(id="k1", name="demo")], sandbox=True), {"key": "demo"}),
        (frames.backends([INFO]), {"backend": "One"}),
    ],
)
def test_a_row_of_a_frame_is_what_the_form_begins_with(rows: pd.DataFrame, words: dict[str, str]) -> None:
    assert fill.of_row(rows.iloc[0], BACKENDS_OF_THE_TEST) == Fill(words)
    assert fill.of_row(rows, BACKENDS_OF_THE_TEST) == Fill(words)
    assert fill.of_row(dict(rows.iloc[0]), BACKENDS_OF_THE_TEST) == Fill(words)


MACHINE = {"backend": "One", "provider": "alike", "id": "m1", "name": "web", "size_id": "small", "image_id": "debian",
           "location_id": "east", "state": "running"}  # fmt: skip
OFFER = {"backend": float("nan"), "provider": "linode", "id": "g6", "region": "us-east", "price_hourly": 0.1}


def test_a_machine_gives_one_more_like_it_and_a_journal_row_its_key_and_time_too() -> None:
    words = {"image": "debian", "size": "small", "location": "east", "backend": "b1"}
    assert fill.of_row(MACHINE, BACKENDS_OF_THE_TEST) == Fill(words)
    row = MACHINE | {"machine_id": "m1", "key": "demo", "hours": 2.5}
    assert fill.of_row(pd.Series(row), BACKENDS_OF_THE_TEST) == Fill(words | {"key": "demo"}, {"hours": "2.5"})


def test_an_offer_of_the_embedded_prices_finds_the_only_backend_of_its_provider() -> None:
    assert fill.of_row(pd.Series(OFFER), BACKENDS_OF_THE_TEST) == Fill(
        {"size": "g6", "location": "us-east", "backend": "b3"}
    )
    named = fill.of_row(OFFER | {"provider": "gce"}, BACKENDS_OF_THE_TEST, within=ONE)
    assert named.words["backend"] == "b1"


@pytest.mark.parametrize(
    ("row", "kind", "says"),
    [
        (
            OFFER | {"provider": "gce"},
            NotFoundError,
            "No backend of 'gce' is connected, so no machine of it can be made.",
        ),
        (MACHINE | {"backend": "Gone", "provider": "zzz"}, NotFoundError, "No backend 'Gone' is connected"),
        ({"size_id": "a", "image_id": "b"}, NotFoundError, "The row names no backend"),
        (OFFER | {"provider": "alike"}, AmbiguousError, "2 backends are of alike: One, Twin."),
        ("df", BadValueError, "'df' isn't a row of a frame."),
        (None, BadValueError, "'None' isn't a row of a frame."),
        ({"a": 1}, BadValueError, "A row of a says nothing about a new machine."),
        ({}, BadValueError, "A row of nothing says nothing about a new machine."),
        (frame("sizes", SIZE, SIZE), BadValueError, "That is a frame of 2 rows."),
        (frame("sizes"), BadValueError, "That is a frame of 0 rows."),
        (frame("sizes", SIZE)["id"], BadValueError, "A row of 0 says nothing"),
    ],
)
def test_a_row_that_says_nothing_usable_is_refused_in_one_line(row: Any, kind: type[MistError], says: str) -> None:
    with pytest.raises(kind) as refused:
        fill.of_row(row, (ONE, TWIN))
    assert refused.value.message.startswith(says)
    assert refused.value.hint


def test_words_may_be_records_dicts_and_rows() -> None:
    given = {"backend": "One", "size": SIZE, "image": {"id": "debian"}, "key": pd.Series({"id": "k1"}), "hours": 2,
             "name": "web", "location": None, "extra.group": "g"}  # fmt: skip
    assert fill.of_words(given) == Fill(
        {"backend": "One", "size": "large", "image": "debian", "key": "k1"},
        {"hours": "2", "name": "web", "extra.group": "g"},
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"siez": "x"}, "A form has no field 'siez'."),
        ({"accept": "x"}, "A form has no field 'accept'."),
        ({"size": 7}, "size= is a int."),
        ({"name": ["a"]}, "name= is a list."),
        ({"hours": float("nan")}, "hours= is a float."),
    ],
)
def test_words_that_can_not_be_one_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(BadValueError) as refused:
        fill.of_words(given)
    assert refused.value.message == says
