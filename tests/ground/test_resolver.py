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


@pytest.mark.parametrize(
    ("what", "way"), [("key", "%mist add-key NAME --generate"), ("machine", "%mist form"), ("backend", "%mist connect")]
)
def test_where_there_is_none_yet_the_way_to_the_first_one_is_said(what: str, way: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        pick("demo", (), what=what, ids=lambda thing: (thing,), names=lambda thing: (thing,))
    assert caught.value.hint.startswith(f"There is no {what} yet. {way} ")


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


SPACED = (
    Thing("1", "web-1"),
    Thing("2", "web-1 "),
    Thing("3", " web-1"),
    Thing("4", "WEB-1"),
    Thing("5 ", "other"),
    Thing("5", "others"),
    Thing("6", "a\u00a0b"),
    Thing("7", "a b"),
    Thing("8", "only one "),
)


@pytest.mark.parametrize(
    ("wanted", "thing_id"),
    [
        ("web-1", "1"),
        ("web-1 ", "2"),
        (" web-1", "3"),
        ("WEB-1", "4"),
        ("  web-1  ", "1"),
        ("5 ", "5 "),
        ("5", "5"),
        (" 5", "5"),
        ("a\u00a0b", "6"),
        ("a b", "7"),
        ("only one", "8"),
        ("ONLY  ONE", "8"),
        ({"id": "5 "}, "5 "),
        (pd.Series({"id": "5"}), "5"),
    ],
)
def test_exact_ids_and_names_come_before_anything_is_trimmed_or_folded(wanted: Any, thing_id: str) -> None:
    assert found(wanted, SPACED).id == thing_id


@pytest.mark.parametrize("wanted", ["Web-1", "web-1\t ", "a\u2009b"])
def test_what_is_only_near_to_several_is_ambiguous_or_the_trimmed_one(wanted: str) -> None:
    if wanted.strip() == "web-1":
        assert found(wanted, SPACED).id == "1"
        return
    with pytest.raises(AmbiguousError):
        found(wanted, SPACED)


SIZES = (Thing("3", "CS1 - 1GB, 1Core"), Thing("1", "CS16 - 16GB"), Thing("221", "CS1-SSD - 1GB"), Thing("9", "B 1"))
SIZES += (Thing("10", "B 2"),)


def by_beginning(wanted: str) -> Thing:
    return pick(wanted, SIZES, what="size", ids=lambda one: (one.id,), names=lambda one: (one.name,), by_beginning=True)


def test_the_only_size_that_begins_so_as_a_word_is_taken() -> None:
    assert by_beginning("CS1").id == by_beginning("cs1").id == "3"
    assert by_beginning("CS16").id == "1"
    assert by_beginning("CS1-SSD").id == "221"
    with pytest.raises(AmbiguousError):
        by_beginning("B")
    with pytest.raises(NotFoundError):
        by_beginning("CS")


@pytest.mark.parametrize(
    ("wanted", "names", "first"),
    [
        ("debian", ["Debian 5 64-bit", "Debian 7.1 64-bit", "Debian 6.0.3 64-bit"], "Debian 7.1 64-bit"),
        ("debian", ["Debian 9", "Debian 10", "Debian"], "Debian 10"),
        ("ubuntu", ["Ubuntu 12.04 LTS", "Ubuntu 14.04 LTS", "Ubuntu 14.10"], "Ubuntu 14.10"),
        ("centos", ["CentOS 5.5 64-bit", "CentOS 6.2 32-bit"], "CentOS 6.2 32-bit"),
    ],
)
def test_an_image_that_is_not_named_wholly_names_the_newest_first(wanted: str, names: list[str], first: str) -> None:
    assert did_you_mean(wanted, names, "image").startswith(f"Did you mean {first} or ")
