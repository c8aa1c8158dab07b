"""Foreign text made safe: what becomes an escape, what stays as it is, and which names are near."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.ground.text import beginning_alike, clean, counted, escape_html, nearest

DANGEROUS = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@cache
def every_code_point() -> list[tuple[str, str]]:
    return [(unicodedata.category(chr(code)), chr(code)) for code in range(sys.maxunicode + 1)]


def code_points(*categories: str) -> list[str]:
    return [character for category, character in every_code_point() if category in categories]


def escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@pytest.mark.parametrize("category", ["Cc", "Cf", "Cs", "Zl", "Zp"])
def test_every_character_of_the_category_becomes_an_escape(category: str) -> None:
    characters = code_points(category)
    assert characters
    assert [clean(f"a{one}b") for one in characters] == [f"a{escape(one)}b" for one in characters]
    assert [escape_html(one) for one in characters] == [escape(one) for one in characters]


@pytest.mark.parametrize("character", ["\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\ue000", "\U000f0000"])
def test_letters_that_are_blank_and_private_ones_become_escapes(character: str) -> None:
    assert clean(character) == escape(character)


SCRIPTS = [
    "Ubuntu 12.04 LTS", "Größe übermäßig", "Εικόνα Ελληνικά", "образ Дебиан", "תמונה עברית", "صورة عربية",
    "चित्र नाम", "ছবি নাম", "ਤਸਵੀਰ", "છબી", "படம் பெயர்", "చిత్రం", "ಚಿತ್ರ", "ചിത്രം", "ภาพ", "ຮູບພາບ",
    "სურათი", "պատկեր", "イメージ", "이미지", "镜像 名称", "ምስል", "រូបភាព", "ပုံရိပ်",
]  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_plain_name_of_any_script_stays_as_it_is(name: str) -> None:
    assert clean(name) == name
    assert escape_html(name) == name


@given(st.text())
def test_what_was_cleaned_has_nothing_dangerous_left_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert not {unicodedata.category(character) for character in cleaned} & DANGEROUS
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("abcdef", 3) == "abc…"
    assert clean("abc", 3) == "abc"
    assert clean("\x1b" * 1_000_000, 4) == "\\x1b…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("\" onmouseover='x", "&quot; onmouseover=&#x27;x"),
        ("&amp;", "&amp;amp;"),
        ("\x1b]8;;http://x\x07text", "\\x1b]8;;http://x\\x07text"),
        ("ubuntu\u202etxt", "ubuntu\\u202etxt"),
        (None, "None"),
        (3, "3"),
    ],
)
def test_html_is_escaped_after_cleaning(text: object, shown: str) -> None:
    assert escape_html(text) == shown


NAMES = ["NephoScale", "EC2", "DigitalOcean", "Linode", "Rackspace", "SoftLayer"]


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("NefoScale", ["NephoScale"]),
        ("nepho", ["NephoScale"]),
        ("EC3", ["EC2"]),
        ("digital-ocean", ["DigitalOcean"]),
        ("SOFTLAYER", ["SoftLayer"]),
        ("zzz", []),
        ("ra", ["Rackspace"]),
        ("", []),
    ],
)
def test_the_nearest_names_are_found_whatever_the_case(wanted: str, near: list[str]) -> None:
    assert nearest(wanted, NAMES) == near


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("lintel", ["Linode"]), ("LI", ["Linode"]), ("lz", []), ("rack-99", ["Rackspace"]), ("zzz", []), ("", [])],
)
def test_names_that_begin_like_it_are_found(wanted: str, near: list[str]) -> None:
    assert beginning_alike(wanted, NAMES) == near
    assert len(beginning_alike("web-x", [f"web-{number}" for number in range(50)])) == 3


def test_at_most_three_names_are_near_and_each_only_once() -> None:
    names = [f"web-{number}" for number in range(50)]
    found = nearest("web-", names)
    assert len(found) == len(set(found)) == 3


def test_the_nearest_of_nothing_is_nothing() -> None:
    assert nearest("x", []) == []


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "row", "0 rows"),
        (1, "row", "1 row"),
        (1852, "offer", "1,852 offers"),
        (2, "family", "2 families"),
        (1, "family", "1 family"),
        (3, "day", "3 days"),
        (1, "plain word", "1 plain word"),
    ],
)
def test_a_number_of_things_is_said_as_one_says_it(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said
