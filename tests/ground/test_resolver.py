"""The one resolver: exact id, exact name, the only match without regard to case; else an error that helps."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from mist_notebook.ground.errors import AmbiguousError, BadValueError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean, pick


@dataclass(frozen=True)
class Thing:
    id: str
    name: str
    mist_id: str = ""


THINGS = (
    Thing("3", "Linux CentOS 5.5 32-bit", "m3"),
    Thing("5", "Debian", "m5"),
    Thing("7", "debian", "m7"),
    Thing("web", "9", "m9"),
    Thing("9", "web", "m10"),
    Thing("11", "Straße", "m11"),
    Thing("13", "twin", "m13"),
    Thing("15", "twin", "m15"),
)


def found(wanted: Any, things: tuple[Thing, ...] = THINGS) -> Thing:
    return pick(
        wanted,
        list(things),
        what="image",
        ids=lambda thing: (thing.id, *([thing.mist_id] if thing.mist_id else [])),
        names=lambda thing: (thing.name,),
    )


@pytest.mark.parametrize(
    ("wanted", "thing_id"),
    [
        ("3", "3"),
        ("m3", "3"),
        ("Debian", "5"),
        ("debian", "7"),
        ("9", "9"),
        ("web", "web"),
        ("LINUX CENTOS 5.5 32-BIT", "3"),
        ("STRASSE", "11"),
        ("M5", "5"),
        (" 3 ", "3"),
        (3, "3"),
        ({"id": "5", "name": "whatever"}, "5"),
        (pd.Series({"id": "7", "name": "whatever"}), "7"),
        (SimpleNamespace(id="11"), "11"),
        (Thing("13", "twin"), "13"),
    ],
)
def test_a_reference_finds_by_id_then_by_name_then_without_regard_to_case(wanted: Any, thing_id: str) -> None:
    assert found(wanted).id == thing_id


@pytest.mark.parametrize("wanted", ["", "   ", None, [], {}, object(), pd.Series({"name": "x"}), 1.5, {"id": ""}])
def test_what_refers_to_nothing_is_refused_as_empty(wanted: Any) -> None:
    with pytest.raises(BadValueError) as caught:
        found(wanted)
    assert str(caught.value) == "The image is empty.\nGive a name or an id."


def test_two_exact_names_are_ambiguous_and_all_are_named() -> None:
    with pytest.raises(AmbiguousError) as caught:
        found("twin")
    assert str(caught.value) == "2 images match 'twin'.\nSay which by its id: twin (13), twin (15)."


def test_two_names_that_differ_in_case_only_are_ambiguous_for_a_third_spelling() -> None:
    with pytest.raises(AmbiguousError) as caught:
        found("DEBIAN")
    assert str(caught.value) == "2 images match 'DEBIAN'.\nSay which by its id: Debian (5), debian (7)."


@pytest.mark.parametrize("wanted", ["Linux", "centos", "Debia", "3 ; rm", "*", ".", "%", "web*", "^web$"])
def test_a_part_or_a_pattern_of_a_name_finds_nothing(wanted: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        found(wanted)
    assert caught.value.message == f"No image named '{wanted}'."
    assert caught.value.hint


def test_nothing_near_names_what_there_is() -> None:
    with pytest.raises(NotFoundError) as caught:
        found("zzz", THINGS[:2])
    assert str(caught.value) == "No image named 'zzz'.\nThere are Linux CentOS 5.5 32-bit, Debian."


def test_nothing_at_all_says_so() -> None:
    with pytest.raises(NotFoundError) as caught:
        found("x", ())
    assert str(caught.value) == "No image named 'x'.\nThere is no image at all."


HOSTILE = [
    "{__import__('os').system('id')}", "$HOME", "a;b", "`id`", "!rm -rf ~", "%run x", "a\nb", "{{x}}", "$(id)", "a|b",
    "a&b", "a>b", "a\x1b[31mb", "web\u202egpj", 'a" --yes "b',
]  # fmt: skip
UNSAFE = set('{}$;`!%|&<>"\n\x1b\u202e')


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_never_stands_in_a_hint(name: str) -> None:
    near = name[:-1] + "x" if len(name) > 3 else name + "x"
    for wanted in (near, name[:3], "zzzzzz"):
        hint = did_you_mean(wanted, [name, "harmless"], "image")
        assert not UNSAFE & set(hint)
        with pytest.raises(NotFoundError) as caught:
            found(f"{wanted}~", (Thing("i-1", name), Thing("i-2", "harmless")))
        assert not UNSAFE & set(caught.value.hint)
    with pytest.raises(AmbiguousError) as ambiguous:
        found(name, (Thing("i-1", name), Thing("i-2", name)))
    assert not UNSAFE & set(ambiguous.value.hint)
    assert "i-1" in ambiguous.value.hint


def test_a_thing_with_a_hostile_name_is_named_by_its_id() -> None:
    with pytest.raises(NotFoundError) as caught:
        found("zzz", (Thing("i-1", "{evil}"), Thing("i-2", "harmless")))
    assert caught.value.hint == "There are i-1, harmless."
