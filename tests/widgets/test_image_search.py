"""The choice of an image: as one types the list follows, at a bounded cost, and what is chosen stays in sight."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mist_notebook.ground.text import clean
from mist_notebook.records.model import BackendInfo, Image, Listing
from mist_notebook.sandbox.world import big
from mist_notebook.widgets.lists.image_search import ImageSearch
from tests.rigs import page_rig
from tests.rigs.foreign import CANARIES
from tests.rigs.widget_rig import buttons, click, markup, one, text

KEYSTROKE_BYTES = 16 << 10
MANY = [
    Image(id=row.external_id, name=row.name, starred=row.starred, arch="x86_64", owner="099720109477")
    for row in big.images(3_000, 1, stars={})
]
FEW = [
    Image(id="ami-1", name="Ubuntu 22.04", arch="x86_64", owner="099720109477"),
    Image(id="ami-2", name="Debian 12", arch="arm64", owner="136693071363", starred=True),
    Image(id="ami-3", name="Ubuntu 22.04 hardened", arch="x86_64", owner="555", origin="Community"),
    Image(id="fedora", name="fedora"),
]


@pytest.fixture
def search() -> Iterator[ImageSearch]:
    made = ImageSearch()
    yield made
    made.close()


def type_in(search: ImageSearch, query: str) -> None:
    """What the page says after one letter more, and what comes of it."""
    page_rig.say(one(search.widget, "mist-image-query"), value=query)
    search.join()


def lines(search: ImageSearch) -> list[str]:
    """What a person reads of each row."""
    return [row.replace("\t", "  ").strip() for row in one(search.widget, "mist-image-list").options]


def count(search: ImageSearch) -> str:
    return text(search.widget, "mist-image-count")


def chosen(search: ImageSearch) -> str:
    return text(search.widget, "mist-image-chosen")


def click_on(search: ImageSearch, line: int) -> None:
    page_rig.say(one(search.widget, "mist-image-list"), index=line)
    search.join()


def show(search: ImageSearch, images: Sequence[Image], **more: Any) -> None:
    search.set_images(images, **more)
    search.join()


def test_the_list_shows_name_architecture_owner_and_id_starred_ones_first_and_community_ones_marked(
    search: ImageSearch,
) -> None:
    show(search, FEW)
    assert lines(search) == [
        "Ubuntu 22.04  x86_64      099720109477  ami-1",
        "Ubuntu 22.04 hardened  x86_64    COMMUNITY  555  ami-3",
        "★  Debian 12  arm64      136693071363  ami-2",
        "fedora",
    ]
    assert one(search.widget, "mist-image-list").groups == ((0, "Ubuntu"), (2, "Debian"), (3, "Fedora"))
    assert count(search) == "4 images."


OLD = [Image(id=f"u{year}", name=f"Ubuntu {year:02}.04", arch="x86_64") for year in range(8, 26, 2)]


def test_old_ones_are_folded_away_and_unfolded_by_a_click_on_their_system(search: ImageSearch) -> None:
    show(search, [*OLD, *FEW[1:2]])
    listed = one(search.widget, "mist-image-list")
    assert len(lines(search)) == 7 and listed.groups == ((0, "Ubuntu", "3 older"), (6, "Debian"))
    assert not any(line.startswith("Ubuntu 08.04") for line in lines(search))
    listed._heard(None, {"event": "unfold", "group": 0}, [])
    search.join()
    assert listed.groups == ((0, "Ubuntu", "fold old ones away"), (9, "Debian"))
    assert [line.split()[1] for line in lines(search)][:9] == [f"{year:02}.04" for year in range(24, 6, -2)]
    click_on(search, 8)
    assert search.value == "u8"
    listed._heard(None, {"event": "unfold", "group": 0}, [])
    search.join()
    assert lines(search)[0].startswith("✓  Ubuntu 08.04") and listed.groups[0] == (1, "Ubuntu", "3 older")


def test_by_keys_a_control_beside_the_list_does_the_same_and_is_gone_where_nothing_is_folded(
    search: ImageSearch,
) -> None:
    show(search, OLD)
    older = one(search.widget, "mist-image-older")
    assert older.options == ("folded away", "Ubuntu: 3 older") and older.index == 0
    for index, count in ((1, 9), (0, 6), (1, 9)):
        page_rig.say(older, index=index)
        search.join()
        assert (len(lines(search)), older.index) == (count, index)
    for place in (-1, 7, 1 << 40):
        one(search.widget, "mist-image-list")._heard(None, {"event": "unfold", "group": place}, [])
    one(search.widget, "mist-image-list")._heard(None, {"event": "unfold", "group": "0"}, [])
    search.join()
    assert len(lines(search)) == 9
    type_in(search, "ubuntu")
    assert older.layout.display == "none"
    type_in(search, "")
    assert older.layout.display is None and len(lines(search)) == 9
    show(search, FEW)
    assert older.layout.display == "none"


def test_a_family_of_thousands_unfolds_within_bounds(search: ImageSearch) -> None:
    show(search, [Image(id=f"ami-{n}", name=f"Ubuntu 22.04 build {n}") for n in range(3000)])
    search.unfold("Ubuntu")
    search.join()
    assert len(lines(search)) == 150 and count(search).startswith("3,000 images; the newest 150 are shown")


def test_a_letter_more_narrows_the_list(search: ImageSearch) -> None:
    show(search, FEW)
    type_in(search, "ubuntu h")
    assert (lines(search), count(search)) == (
        ["Ubuntu 22.04 hardened  x86_64    COMMUNITY  555  ami-3"],
        "1 of 4 images.",
    )
    assert search.query == "ubuntu h"


def test_the_newest_of_each_system_are_shown_and_the_count_says_what_would_show_others(search: ImageSearch) -> None:
    show(search, MANY)
    assert len(lines(search)) == 30
    assert count(search) == "3,000 images; the newest 30 are shown: type some words for others."
    type_in(search, "ubuntu")
    found = sum("ubuntu" in image.name for image in MANY)
    assert len(lines(search)) == 50
    assert count(search) == f"{found:,} of 3,000 images; the first 50 are shown: type more words."


def test_a_mistyped_word_shows_the_nearest_and_says_so(search: ImageSearch) -> None:
    show(search, FEW)
    type_in(search, "debain")
    assert count(search) == "Nothing holds 'debain'; showing debian. 1 of 4 images."
    assert len(lines(search)) == 1


def test_what_finds_nothing_says_of_how_many(search: ImageSearch) -> None:
    show(search, FEW)
    type_in(search, "zzzz")
    assert count(search) == "None of 4 images holds 'zzzz'."
    type_in(search, "debian 22.04")
    assert count(search) == "None of 4 images holds 'debian 22.04' together."
    assert (lines(search), one(search.widget, "mist-image-list").disabled) == ([], True)


def test_a_keystroke_costs_at_most_16_kib_even_where_names_are_long_and_strange() -> None:
    wide, zalgo, long = "系统" * 80, "z" + "\u0301" * 300, "n" * 10_000
    strange = [
        Image(id=f"{place}-{wide}", name=name, arch=name, owner=name, origin="community")
        for place, name in enumerate([wide, zalgo, long, "\u202e" * 200, "<&>" * 100] * 40)
    ]
    with page_rig.opened() as page:
        search = ImageSearch(search_more=print)
        for images in (MANY, strange):
            show(search, images)
            for phrase in ("ubuntu 22.04 arm64", "系统", "z", "n" * 12, "<"):
                for end in range(len(phrase) + 1):
                    page.forget()
                    type_in(search, phrase[:end])
                    assert page.size_bytes() <= KEYSTROKE_BYTES + len(phrase), phrase[:end]
            click_on(search, 0)
        search.close()


class _Held(list[Image]):
    """Images that can't be read before `gate` is open."""

    def __init__(self, images: Sequence[Image]) -> None:
        super().__init__(images)
        self.gate, self.reached = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[Image]:
        self.reached.set()
        self.gate.wait()
        return super().__iter__()


def test_fast_typing_is_searched_for_once_it_can_be_and_only_the_newest() -> None:
    with page_rig.opened() as page:
        search = ImageSearch()
        show(search, MANY)
        held = _Held(MANY)
        search.set_images(held)
        held.reached.wait()
        page.forget()
        field = one(search.widget, "mist-image-query")
        for end in range(1, 19):
            page_rig.say(field, value="ubuntu 22.04 arm64"[:end])
        assert [state for state in page.states() if "_options_labels" in state] == []
        held.gate.set()
        search.join()
        filled = [state["_options_labels"] for state in page.states() if "_options_labels" in state]
        assert len(filled) == 1
        assert all("arm64" in line for line in filled[0])
        search.close()


def test_the_chosen_image_stays_in_the_list_whatever_is_typed(search: ImageSearch) -> None:
    show(search, FEW)
    click_on(search, 0)
    type_in(search, "debian")
    assert lines(search) == [
        "✓  Ubuntu 22.04  x86_64    (chosen)  099720109477  ami-1",
        "★  Debian 12  arm64      136693071363  ami-2",
    ]
    assert one(search.widget, "mist-image-list").index == 0
    type_in(search, "ubuntu")
    assert (len(lines(search)), one(search.widget, "mist-image-list").index) == (2, 0)


def test_a_click_tells_whoever_asked_and_shows_all_there_is_to_know(search: ImageSearch) -> None:
    told: list[str] = []
    search.on_change(told.append)
    record = Image(
        id="ami-9",
        name="Debian",
        arch="arm64",
        owner="1",
        origin="community",
        created=date(2024, 5, 6),
        min_ram_mb=2048,
        min_disk_gb=8,
    )
    show(search, [*FEW, record])
    type_in(search, "ami-9")
    click_on(search, 0)
    click_on(search, 0)
    assert (told, search.value) == (["ami-9"], "ami-9")
    assert chosen(search).splitlines() == [
        "✓ Debian id ami-9 · arm64 · owner 1 · of 2024-05-06 · needs 2,048 MB of RAM · needs 8 GB of disk "
        "COMMUNITY image: anybody can publish one, so make sure whose it is."
    ]


def test_picking_changes_nothing_in_the_list_that_is_clicked_into() -> None:
    with page_rig.opened() as page:
        search = ImageSearch()
        show(search, FEW)
        search.choose("fedora")
        type_in(search, "ubuntu")
        page.forget()
        for line in (1, 2):
            click_on(search, line)
        assert [state for state in page.states() if "_options_labels" in state] == []
        search.close()


@pytest.mark.parametrize(("place", "picked"), [(0, "ami-1"), (1, "ami-3"), (2, "ami-2"), (3, "fedora")])
def test_a_click_that_was_on_its_way_while_the_list_changed_is_of_the_row_that_was_seen(
    search: ImageSearch, place: int, picked: str
) -> None:
    show(search, FEW)
    rows = one(search.widget, "mist-image-list")
    seen = rows.stamp
    type_in(search, "debian")
    page_rig.say(rows, index=place, seen=seen)
    search.join()
    assert search.value == picked


@pytest.mark.parametrize(
    ("query", "chosen", "then"),
    [("ubuntu h", None, "ami-3"), ("debian", "ami-1", "ami-2"), ("ubuntu", "ami-3", "ami-3"), ("zzzz", None, None)],
)
def test_enter_in_the_field_takes_the_best_that_was_found_and_is_done(
    search: ImageSearch, query: str, chosen: str | None, then: str | None
) -> None:
    done: list[str | None] = []
    search.entered = lambda: done.append(search.value)
    show(search, FEW)
    search.choose(chosen)
    page_rig.say(one(search.widget, "mist-image-query"), value=query, enters=1)
    assert done == [then]


def test_a_click_on_a_line_that_is_not_there_any_more_is_no_error(search: ImageSearch) -> None:
    show(search, FEW)
    type_in(search, "debian")
    click_on(search, 40)
    assert (search.value, one(search.widget, "mist-image-list").index) == (None, None)


def test_a_callback_may_choose_and_list_anew(search: ImageSearch) -> None:
    search.on_change(lambda image_id: (search.set_images(FEW[:2]), search.choose("ami-2")))
    show(search, FEW)
    click_on(search, 1)
    assert (search.value, len(lines(search))) == ("ami-2", 2)


def test_choose_calls_nobody_and_what_is_not_listed_is_not_chosen(search: ImageSearch) -> None:
    search.on_change(lambda image_id: pytest.fail("a person picked nothing"))
    show(search, FEW)
    search.choose("ami-1")
    search.join()
    assert (search.value, one(search.widget, "mist-image-list").index) == ("ami-1", 0)
    search.choose("ami-77")
    search.join()
    assert (search.value, chosen(search)) == (None, "No image is chosen yet.")


def test_what_was_chosen_is_kept_where_it_is_listed_again_and_gone_where_it_is_not(search: ImageSearch) -> None:
    show(search, FEW)
    search.choose("ami-2")
    show(search, FEW[1:])
    assert search.value == "ami-2"
    show(search, FEW[2:])
    assert search.value is None
    show(search, FEW)
    assert search.value is None


def test_what_is_typed_and_chosen_while_images_are_read_counts_once_they_are_there(search: ImageSearch) -> None:
    search.set_loading()
    search.choose("ami-1")
    type_in(search, "ubuntu")
    assert (lines(search), search.value) == (["The images are being read …"], None)
    assert one(search.widget, "mist-image-list").disabled
    show(search, FEW[1:], loading=True)
    assert count(search) == "1 of 3 images. More are being read …"
    show(search, FEW)
    assert (search.value, len(lines(search))) == ("ami-1", 2)


def test_an_error_stands_at_the_field_and_keeps_what_was_typed_and_chosen(search: ImageSearch) -> None:
    show(search, FEW)
    type_in(search, "ubuntu")
    click_on(search, 1)
    search.set_error("EC2 did not answer: <b>timed out</b>.")
    search.join()
    assert 'role="alert"' in one(search.widget, "mist-image-count").value
    assert "<b>timed" not in markup(search.widget)
    assert (search.query, search.value) == ("ubuntu", None)
    show(search, FEW)
    assert (search.query, search.value) == ("ubuntu", "ami-3")


def test_what_is_needed_first_is_said(search: ImageSearch) -> None:
    search.set_waiting("Choose a backend first.")
    search.join()
    assert (count(search), one(search.widget, "mist-image-list").disabled) == ("Choose a backend first.", True)
    show(search, [])
    assert count(search) == "No image is listed here."


def test_a_listing_is_taken_as_it_is(search: ImageSearch) -> None:
    backend = BackendInfo(id="b", name="EC2")
    search.set_images(Listing(backend=backend, records=FEW, fetched_at=datetime.now(UTC)))
    search.join()
    assert len(lines(search)) == 4


def test_hostile_names_are_cleaned_text_in_every_place(search: ImageSearch) -> None:
    names = [name.format(beacon="http://127.0.0.1/beacon") for name in CANARIES]
    show(search, [Image(id=name, name=f"{name} x", arch=name, owner=name, origin=name) for name in names])
    assert [line for line in lines(search) if not line.isprintable()] == []
    show(search, [Image(id=f"ami-{place}", name=f"{name} x") for place, name in enumerate(names)])
    for place, name in enumerate(names):
        assert clean(name) in lines(search)[place]
        click_on(search, place)
        assert chosen(search).startswith(f"✓ {' '.join(clean(name).split())} x")
        shown = one(search.widget, "mist-image-chosen").value
        assert shown.count("<") == shown.count("</") * 2, "no tag but our own"
        type_in(search, name)
        assert clean(name) in "\n".join(lines(search))
        type_in(search, "")
    assert {"mathjax_ignore", "tex2jax_ignore"} <= set(one(search.widget, "mist-image-chosen")._dom_classes)


def test_a_name_of_ten_thousand_characters_is_cut_and_its_id_stands_beside_it(search: ImageSearch) -> None:
    show(search, [Image(id="ami-long", name="n" * 10_000, arch="x86_64")])
    (line,) = lines(search)
    assert len(line) <= 160
    assert "…" in line and line.endswith("ami-long")


def test_the_beginning_and_the_end_of_a_long_id_are_shown(search: ImageSearch) -> None:
    show(search, [Image(id="Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:22.04.202301140", name="jammy")])
    assert lines(search) == ["jammy          Canonical:0001-com-u…-gen2:22.04.202301140"]


def test_what_a_provider_only_finds_by_searching_can_be_asked_for() -> None:
    asked: list[str] = []
    search = ImageSearch(search_more=asked.append)
    assert buttons(search.widget) == ["(Search at the provider)"]
    show(search, FEW)
    more = one(search.widget, "mist-image-more")
    click(more)
    type_in(search, " arch linux ")
    assert buttons(search.widget) == ["Search at the provider"]
    click(more)
    show(search, FEW, loading=True)
    click(more)
    assert (asked, buttons(search.widget)) == (["arch linux"], ["(Search at the provider)"])
    search.close()


def test_closing_ends_its_thread_and_what_comes_later_does_nothing() -> None:
    search = ImageSearch()
    held = _Held(FEW)
    search.set_images(held)
    held.reached.wait()
    threading.Timer(0, held.gate.set).start()
    search.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "mist-image-search"] == []
    before = lines(search)
    type_in(search, "debian")
    search.close()
    assert lines(search) == before


def test_no_thread_is_kept_while_nothing_is_typed() -> None:
    many = [ImageSearch() for _ in range(50)]
    for search in many:
        show(search, FEW)
    assert [thread.name for thread in threading.enumerate() if thread.name == "mist-image-search"] == []
    for search in many:
        search.close()


def test_every_control_has_a_label(search: ImageSearch) -> None:
    named = [one(search.widget, name).description for name in ("mist-image-query", "mist-image-list")]
    assert named == ["Image", "Images found"]


def test_what_can_not_be_drawn_is_said_in_place_and_the_next_list_is_drawn(search: ImageSearch) -> None:
    class Broken(list[Image]):
        def __iter__(self) -> Iterator[Image]:
            raise RuntimeError("no <b>images</b>")

    search.set_images(Broken(FEW))
    search.join()
    assert count(search) == "This list can't be shown: RuntimeError: no <b>images</b>"
    show(search, FEW)
    assert (len(lines(search)), count(search)) == (4, "4 images.")
