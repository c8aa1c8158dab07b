"""The index finds what a plain loop finds, in the same order; and the nearest word where a word is nowhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook.backends.image_index import Hits, Index
from mist_notebook.ground.spelling import Speller
from mist_notebook.records.model import Image
from mist_notebook.sandbox.world import big

LETTERS = "aAbB1 .-/é😀ßẞİıŁ中\t\n\x0b\u00a0\u202e\u0301\ud800"
QUERIES = LETTERS + "   "
MIB = 1 << 20


def image(image_id: str, name: str, *, starred: bool | None = None) -> Image:
    return Image(id=image_id, name=name, starred=starred)


def search(query: str, *images: Image, most: int = 50) -> Hits:
    return Index(images).search(query, most)


def names(hits: Hits) -> list[str]:
    return [record.name for record in hits.records]


def reference(images: Sequence[Image], query: str, most: int) -> tuple[list[int], int]:
    """The same by a plain loop: the places of the best, and how many hold every word."""
    words = list(dict.fromkeys(query.casefold().split()))
    keys = {}
    for place, record in enumerate(images):
        fields = [text.replace("\t", " ").replace("\n", " ").casefold() for text in (record.name, record.id)]
        classes = [min((_how(field, word) for field in fields), default=9) for word in words]
        if all(found < 9 for found in classes):
            is_whole = bool(words) and query.strip().casefold() in fields
            keys[place] = (record.starred is not True, 0 if is_whole else 1 + sum(classes), place)
    return sorted(keys, key=keys.__getitem__)[:most], len(keys)


def _how(field: str, word: str) -> int:
    """0 at the start of the field, 1 at the start of a word, 2 inside, 9 nowhere."""
    found = 9
    start = field.find(word)
    while start >= 0:
        before = field[start - 1] if start else ""
        is_letter = not before.isascii() or before.isalnum()
        found = min(found, 0 if not start else 2 if is_letter else 1)
        start = field.find(word, start + 1)
    return found


@st.composite
def listings(draw: st.DrawFn) -> list[Image]:
    texts = st.text(LETTERS, max_size=6)
    rows = draw(st.lists(st.tuples(texts, texts, st.sampled_from([True, False, None])), max_size=12))
    return [image(image_id, name, starred=starred) for image_id, name, starred in rows]


@given(listings(), st.lists(st.text(QUERIES, max_size=7), min_size=1, max_size=6), st.integers(1, 12))
def test_it_finds_and_ranks_as_a_plain_loop_does_whatever_was_typed_before(
    images: list[Image], queries: list[str], most: int
) -> None:
    index = Index(images)
    for typed in queries:
        for query in (typed[:end] for end in range(len(typed) + 1)):
            hits = index.search(query, most)
            if hits.fuzzy:
                assert reference(images, query, most) == ([], 0)
            else:
                assert (list(hits.places), hits.total) == reference(images, query, most)
            assert hits.records == tuple(images[place] for place in hits.places)


def test_a_catalogue_as_large_as_ec2s_is_ranked_as_by_a_plain_loop() -> None:
    images = [Image(id=row.external_id, name=row.name, starred=row.starred) for row in big.images(5_000, 1, stars={})]
    index = Index(images)
    for query in (
        "",
        "u",
        "ubuntu",
        "ubuntu 22.04",
        "22.04 ubuntu",
        "-",
        "arm64 DEBIAN",
        "0",
        images[7].id,
        "hvm ssd a",
    ):
        hits = index.search(query)
        assert (list(hits.places), hits.total) == reference(images, query, 50)


def test_starred_ones_come_first_then_by_how_the_word_stands_there() -> None:
    listed = (
        image("1", "my-xdebian"),
        image("2", "my debian"),
        image("3", "Debian 12"),
        image("4", "debian"),
        image("5", "old-debian", starred=True),
        image("debian-6", "another"),
    )
    assert names(search("debian", *listed)) == [
        "old-debian",
        "debian",
        "Debian 12",
        "another",
        "my debian",
        "my-xdebian",
    ]


def test_words_may_stand_in_any_order_and_in_name_or_id() -> None:
    listed = (
        image("ami-1", "ubuntu 22.04 arm64"),
        image("ami-2", "ubuntu 22.04 amd64"),
        image("ami-3", "debian arm64"),
    )
    for query in ("arm64 ubuntu", "UBUNTU arm64", " 22.04  arm64 ubuntu ", "ami-1 arm64 ubuntu"):
        assert names(search(query, *listed)) == ["ubuntu 22.04 arm64"]


def test_without_a_word_all_are_listed_starred_ones_first() -> None:
    listed = (image("1", "a"), image("2", "b", starred=True), image("3", "c", starred=False))
    hits = search("  ", *listed, most=2)
    assert (names(hits), hits.total, hits.note) == (["b", "a"], 3, "")


@pytest.mark.parametrize("bomb", ["(a+)+$", ".*", "[", "\\", "a|b", "^", "%", "$x^2$", "<b>", "*"])
def test_what_is_typed_is_text_and_no_pattern(bomb: str) -> None:
    listed = (image("1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), image("2", f"holds {bomb} itself"))
    assert names(search(bomb, *listed)) == [f"holds {bomb} itself"]


def test_letters_beyond_ascii_are_found_whatever_their_case() -> None:
    listed = (image("1", "STRASSE"), image("2", "Łódź Ubuntu"), image("3", "系统 中文"), image("4", "😀 smile"))
    for query, found in (("straße", "STRASSE"), ("łódź", "Łódź Ubuntu"), ("中文", "系统 中文"), ("😀", "😀 smile")):
        assert names(search(query, *listed)) == [found]
    assert search("\u00b3", *listed).total == 0, "a part of a letter is no letter"


def test_names_with_tabs_line_ends_and_lone_surrogates_stay_one_image_each() -> None:
    listed = (image("1", "a\tb\nc"), image("2\n3", "d"), image("4", "x\ud800y"))
    assert [hits.places for hits in (search(query, *listed) for query in ("a b c", "c", "3", "d", "\ud800", "y"))] == [
        (0,),
        (0,),
        (1,),
        (1,),
        (2,),
        (2,),
    ]


def test_a_name_of_ten_thousand_characters_is_found_by_its_end() -> None:
    listed = (image("1", "x" * 10_000 + "end"), image("2", "x"))
    assert search("xxend", *listed).places == (0,)
    assert search("x" * 10_000 + "end", *listed).places == (0,)
    assert search("x" * 20_000, *listed).total == 0


def test_of_nothing_nothing_is_found() -> None:
    assert Index([]).search("") == Index([]).search("debian") == Hits((), (), 0)
    assert len(Index([])) == 0


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("ubunto", "ubuntu"),
        ("debain", "debian"),
        ("UBNUTU", "ubuntu"),
        ("cenots", "centos"),
        ("debain-12", "debian-12"),
    ],
)
def test_a_mistyped_word_that_is_nowhere_finds_the_nearest_and_says_so(typed: str, instead: str) -> None:
    hits = search(typed, image("1", "ubuntu 22.04"), image("2", "debian-12"), image("3", "CentOS 7"))
    assert hits.total == 1 and instead in hits.records[0].name.casefold()
    assert hits.note == f"Nothing holds '{typed.casefold()}'; showing {instead}."


def test_only_the_mistyped_word_is_replaced() -> None:
    listed = (image("1", "ubuntu 22.04 arm64"), image("2", "ubuntu 20.04 arm64"), image("3", "debian arm64"))
    hits = search("ubunto 22.04", *listed)
    assert (hits.places, hits.replaced) == ((0,), (("ubunto", "ubuntu"),))


def test_nothing_is_replaced_where_the_words_are_there_but_never_together() -> None:
    hits = search("debian 22.04", image("1", "ubuntu 22.04"), image("2", "debian 12"))
    assert hits == Hits((), (), 0)


def test_what_is_near_to_nothing_finds_nothing() -> None:
    for query in ("zzzzzz", "99.99", "q" * 10_000, "ubunto zzzz"):
        assert search(query, image("1", "ubuntu 22.04")) == Hits((), (), 0)


def test_a_word_that_is_found_anywhere_is_never_replaced() -> None:
    hits = search("ubunt", image("1", "ubuntu 22.04"), image("2", "xubunt"))
    assert (hits.places, hits.fuzzy) == ((0, 1), False)


def test_the_speller_knows_the_most_frequent_words_only_so_that_a_look_is_bounded() -> None:
    source = random.Random(1)
    rare = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=9)) for _ in range(20_000)]
    speller = Speller([*rare, *["ubuntu server"] * 3])
    assert len(speller) == 5_000
    assert speller.corrected("ubunto-22") == "ubuntu-22"


def test_what_is_remembered_of_terms_is_bounded() -> None:
    images = [Image(id=row.external_id, name=row.name) for row in big.images(2_000, 1, stars={})]
    index = Index(images)
    for code in range(500):
        index.search(f"{code:x}")
    a_byte_and_some_positions_each = 2_000 * 64
    assert 0 < index.remembered_bytes <= 64 * a_byte_and_some_positions_each
    assert index.search("ubuntu").total == reference(images, "ubuntu", 50)[1]


def test_terms_that_take_too_much_are_forgotten_at_once() -> None:
    index = Index([image(str(place), "a" * 10_000) for place in range(1_000)])
    assert index.search("a").total == index.search("aa").total == 1_000
    assert index.remembered_bytes <= 32 * MIB


def test_many_threads_may_search_at_once() -> None:
    images = [Image(id=row.external_id, name=row.name) for row in big.images(2_000, 1, stars={})]
    queries = [
        phrase[:end] for phrase in ("ubuntu 22.04", "debian arm64", "rhel 9.2") for end in range(len(phrase))
    ] * 8
    alone = [Index(images).search(query) for query in queries]
    index = Index(images)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(index.search, queries)) == alone
