"""The choice of a size: filters, order and the cheapest, as a list of rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mist_notebook.ground.text import clean
from mist_notebook.records.model import Price, Size
from mist_notebook.widgets.lists import size_choice
from mist_notebook.widgets.lists.size_choice import AXES, Wish
from mist_notebook.widgets.lists.size_table import SizeTable
from tests.rigs import page_rig
from tests.rigs.foreign import CANARIES
from tests.rigs.widget_rig import all_of, click, markup, one, text

DAY = date(2014, 4, 10)


def size(
    name: str, vcpus: float | None, ram_gb: float | None, disk_gb: float | None, hourly: float | None, **more: Any
) -> Size:
    ram_mb = None if ram_gb is None else ram_gb * 1024
    price = Price(hourly=hourly, currency="USD", as_of=DAY, confidence="example") if hourly is not None else Price()
    return Size(**{"id": name, "name": name, "price": price} | more, vcpus=vcpus, ram_mb=ram_mb, disk_gb=disk_gb)


SIZES = [
    size("large", 4, 8, 160, 0.2),
    size("small", 1, 0.5, 20, 0.01),
    size("medium", 2, 2, 80, 0.05),
    size("strange", None, 2, None, None),
    size("medium2", 2, 4, 80, 0.05),
]


@pytest.fixture
def table() -> Iterator[SizeTable]:
    made = SizeTable()
    yield made
    made.close()


def show(table: SizeTable, sizes: Sequence[Size] = SIZES, **more: Any) -> None:
    table.set_sizes(sizes, **more)
    table.join()


def lines(table: SizeTable) -> list[str]:
    """What a person reads of each row."""
    return [row.replace("\t", "  ").strip() for row in one(table.widget, "mist-size-list").options]


def names(table: SizeTable) -> list[str]:
    """The first word of each line."""
    return [line.replace("✓", "").split()[0] for line in lines(table)]


def count(table: SizeTable) -> str:
    return text(table.widget, "mist-size-count")


def chosen(table: SizeTable) -> str:
    return text(table.widget, "mist-size-chosen")


def slide(table: SizeTable, name: str, index: Any) -> None:
    """What the page says when somebody moves this slider."""
    page_rig.say(slider(table, name), index=index)
    table.join()


def slider(table: SizeTable, name: str) -> Any:
    (found,) = [part for part in all_of(table.widget, "mist-size-filter") if part.description == name]
    return found


def set_control(table: SizeTable, css: str, **state: Any) -> None:
    page_rig.say(one(table.widget, css), **state)
    table.join()


def click_on(table: SizeTable, line: int) -> None:
    set_control(table, "mist-size-list", index=line)


# What is offered, without a widget.

figures = st.sampled_from([None, 0.0, 0.5, 1.0, 2.0, 8.0])
some_sizes = st.lists(
    st.builds(
        size,
        st.sampled_from(["a", "b2", "b10", "B2"]),
        figures,
        figures,
        figures,
        st.sampled_from([None, 0.0, 0.001, 1.0, 2.5]),
        id=st.uuids().map(str),
    ),
    max_size=9,
)
limits = st.none() | st.tuples(st.sampled_from([0.0, 0.5, 2.0]), st.sampled_from([0.5, 2.0, 8.0]))
wishes = st.builds(
    Wish,
    words=st.sampled_from(["", "b", "B 2", "zz"]),
    ranges=st.tuples(limits, limits, limits),
    most_hourly=st.sampled_from([None, 0.001, 1.0, 5.0]),
    sort=st.sampled_from(size_choice.SORTS),
    descending=st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_sizes, wishes)
def test_what_is_offered_meets_every_limit_and_unknown_meets_none(sizes: list[Size], wish: Wish) -> None:
    found, unknown = size_choice.offered(sizes, wish)
    left = [record for record in sizes if record not in found]
    assert all(_meets(record, wish) for record in found)
    assert not any(_meets(record, wish) for record in left)
    assert sum(unknown.values()) <= len(left)


def _meets(record: Size, wish: Wish) -> bool:
    pairs = [(axis.of(record), limits) for axis, limits in zip(AXES, wish.ranges, strict=True)]
    price = None if wish.most_hourly is None else (0.0, wish.most_hourly)
    pairs.append((size_choice.hourly(record, "USD"), price))
    inside = all(limits is None or (value is not None and limits[0] <= value <= limits[1]) for value, limits in pairs)
    spoken = f"{record.name}\n{record.id}".casefold()
    return inside and all(word in spoken for word in wish.words.casefold().split())


@given(some_sizes, wishes)
def test_unknown_sorts_last_either_way_and_is_never_the_cheapest(sizes: list[Size], wish: Wish) -> None:
    found, _ = size_choice.offered(sizes, wish)
    figure = {axis.name: axis.of for axis in AXES}.get(wish.sort, lambda record: size_choice.hourly(record, "USD"))
    if wish.sort != "name":
        values = [figure(record) for record in found]
        known = [value for value in values if value is not None]
        assert values == [*sorted(known, reverse=wish.descending), *[None] * (len(values) - len(known))]
    cheapest = size_choice.cheapest(found, "USD")
    prices = {record.id: size_choice.hourly(record, "USD") for record in found}
    known_prices = [price for price in prices.values() if price is not None]
    assert cheapest == {size_id for size_id, price in prices.items() if known_prices and price == min(known_prices)}


def test_equal_sizes_keep_the_listings_order_both_ways() -> None:
    for descending in (False, True):
        found, _ = size_choice.offered(SIZES, Wish(sort="price", descending=descending))
        assert [record.id for record in found if record.price.hourly == 0.05] == ["medium", "medium2"]


def test_names_sort_by_their_figures_however_long_they_are() -> None:
    sizes = [size(name, 1, 1, 1, None) for name in ("16GB", "2GB", "1GB", f"{'9' * 10_000}GB", "b", "A")]
    found, _ = size_choice.offered(sizes, Wish(sort="name"))
    assert [record.name[:4] for record in found] == ["1GB", "2GB", "16GB", "9999", "A", "b"]


def test_a_month_alone_makes_an_hour_and_another_currency_is_unknown() -> None:
    monthly = Size(id="m", name="m", price=Price(monthly=73.0, currency="USD"))
    euros = Size(id="e", name="e", price=Price(hourly=0.1, currency="EUR"))
    odd = [Size(id="n", name="n", price=Price(hourly=value)) for value in (float("nan"), float("inf"), -1.0)]
    assert [size_choice.hourly(record, "USD") for record in (monthly, euros, *odd)] == [0.1, None, None, None, None]
    assert size_choice.currency_of([euros, monthly, euros]) == "EUR"


@given(st.lists(st.floats(1e-6, 1e5), max_size=6))
def test_every_step_of_the_price_slider_leaves_something(prices: list[float]) -> None:
    steps = size_choice.price_steps(prices)
    assert list(steps) == sorted(set(steps))
    assert all(any(price <= step for price in prices) for step in steps)
    assert not steps or steps[-1] >= max(prices)


# The list.


def test_the_table_has_titles_figures_with_as_many_decimals_and_the_cheapest_marked(table: SizeTable) -> None:
    show(table)
    titles = [title for title, *_ in one(table.widget, "mist-size-list").columns if title]
    assert titles == ["name", "vCPU", "RAM GB", "disk GB", "$/h", "$/month"]
    assert lines(table) == [
        "small  1  0.5  20  0.0100  7.30  ◀ cheapest",
        "medium  2  2.0  80  0.0500  36.50",
        "medium2  2  4.0  80  0.0500  36.50",
        "large  4  8.0  160  0.2000  146.00",
        "strange  –  2.0  –  unknown  –",
    ]
    assert count(table) == "5 of 5 sizes. Example prices in USD, of 2014-04-10."


def test_where_people_say_the_id_it_comes_first(table: SizeTable) -> None:
    show(table, [size("Small Instance", 1, 1.7, 160, 0.044, id="m1.small"), size("Large", 2, 7.5, 850, 0.1, id="m1")])
    assert lines(table) == [
        "m1.small  1  1.7  160  0.0440  32.12  ◀ cheapest  Small Instance",
        "m1  2  7.5  850  0.1000  73.00    Large",
    ]


def test_all_that_cost_the_least_are_marked_and_small_prices_keep_their_figures(table: SizeTable) -> None:
    show(table, [size("a", 1, 1, 1, 0.00042), size("b", 1, 1, 1, 0.00042), size("c", 1, 1, 1, None)])
    assert [line.split()[4:] for line in lines(table)] == [
        ["0.000420", "0.31", "◀", "cheapest"],
        ["0.000420", "0.31", "◀", "cheapest"],
        ["unknown", "–"],
    ]


@pytest.mark.parametrize(
    ("name", "index", "left"),
    [
        ("vCPUs", (1, 2), ["medium", "medium2", "large"]),
        ("RAM", (1, 1), ["medium", "strange"]),
        ("Disk", (0, 1), ["small", "medium", "medium2"]),
        ("At most", 0, ["small"]),
        ("At most", 4, ["small", "medium", "medium2"]),
    ],
)
def test_a_slider_goes_over_the_figures_there_are_and_filters(
    table: SizeTable, name: str, index: Any, left: list[str]
) -> None:
    show(table)
    assert slider(table, "vCPUs").options == (("1", 1.0), ("2", 2.0), ("4", 4.0))
    assert slider(table, "RAM").options == (("0.5 GB", 0.5), ("2 GB", 2.0), ("4 GB", 4.0), ("8 GB", 8.0))
    assert [label for label, _ in slider(table, "At most").options] == [
        "0.01 $/h",
        "0.015 $/h",
        "0.02 $/h",
        "0.03 $/h",
        "0.05 $/h",
        "0.07 $/h",
        "0.1 $/h",
        "0.15 $/h",
        "0.2 $/h",
        "any price",
    ]
    slide(table, name, index)
    assert names(table) == left


def test_what_a_filter_can_not_judge_is_counted(table: SizeTable) -> None:
    show(table)
    slide(table, "vCPUs", (1, 2))
    slide(table, "At most", 0)
    assert count(table).startswith("0 of 5 sizes. 1 left out: vCPUs unknown.")
    assert (lines(table), one(table.widget, "mist-size-list").disabled) == ([], True)
    click(one(table.widget, "mist-size-reset"))
    table.join()
    slide(table, "At most", 2)
    assert count(table).startswith("1 of 5 sizes. 1 left out: prices unknown.")


def test_the_cheapest_is_that_of_what_is_left(table: SizeTable) -> None:
    show(table)
    slide(table, "vCPUs", (2, 2))
    assert lines(table) == ["large  4  8  160  0.2000  146.00  ◀ cheapest"]


@pytest.mark.parametrize(
    ("sort", "descending", "order"),
    [
        ("price", True, ["large", "medium", "medium2", "small", "strange"]),
        ("vCPUs", False, ["small", "medium", "medium2", "large", "strange"]),
        ("RAM", True, ["large", "medium2", "medium", "strange", "small"]),
        ("Disk", True, ["large", "medium", "medium2", "small", "strange"]),
        ("name", False, ["large", "medium", "medium2", "small", "strange"]),
        ("name", True, ["strange", "small", "medium2", "medium", "large"]),
    ],
)
def test_it_sorts_both_ways_and_unknown_is_last(
    table: SizeTable, sort: str, descending: bool, order: list[str]
) -> None:
    show(table)
    set_control(table, "mist-size-sort", index=size_choice.SORTS.index(sort))
    set_control(table, "mist-size-direction", value=descending)
    assert names(table) == order
    assert one(table.widget, "mist-size-direction").description == ("▼ descending" if descending else "▲ ascending")


def test_words_narrow_the_list(table: SizeTable) -> None:
    show(table)
    set_control(table, "mist-size-query", value="DIUM 2")
    assert names(table) == ["medium2"]


def test_a_reset_takes_every_filter_away_and_keeps_the_order(table: SizeTable) -> None:
    show(table)
    set_control(table, "mist-size-sort", index=1)
    set_control(table, "mist-size-query", value="medium")
    slide(table, "RAM", (1, 1))
    slide(table, "At most", 0)
    assert names(table) == []
    click(one(table.widget, "mist-size-reset"))
    table.join()
    assert names(table) == ["small", "medium", "medium2", "large", "strange"]
    assert (one(table.widget, "mist-size-query").value, slider(table, "RAM").index) == ("", (0, 3))
    assert slider(table, "At most").label == "any price"


def test_a_row_fills_the_form_and_stays_through_sorting_and_filtering(table: SizeTable) -> None:
    told: list[str] = []
    table.on_change(told.append)
    show(table)
    click_on(table, 1)
    assert (told, table.value) == (["medium"], "medium")
    assert chosen(table) == ("✓ medium 2 vCPUs · 2 GB of RAM · 80 GB of disk · 0.0500 $/h, 36.50 $/month")
    set_control(table, "mist-size-direction", value=True)
    assert one(table.widget, "mist-size-list").index == 1
    slide(table, "vCPUs", (0, 0))
    assert lines(table) == [
        "✓  medium  2  2.0  80  0.0500  36.50  (chosen, outside the filters)",
        "small  1  0.5  20  0.0100  7.30  ◀ cheapest",
    ]
    assert (one(table.widget, "mist-size-list").index, table.value, told) == (0, "medium", ["medium"])


def test_unfit_sizes_are_left_out_and_counted_with_their_reasons(table: SizeTable) -> None:
    unfit = {
        "small": "too little RAM for the image",
        "medium": "too little RAM for the image",
        "large": "not in this location",
    }
    table.choose("small")
    show(table, unfit=unfit)
    assert names(table) == ["medium2", "strange"]
    assert table.value is None
    assert count(table) == (
        "2 of 5 sizes. Not offered: 2 (too little RAM for the image), 1 (not in this location). "
        "Example prices in USD, of 2014-04-10."
    )
    show(table, unfit={record.id: "not in this location" for record in SIZES})
    assert (lines(table), count(table)) == (["–"], "Not offered: 5 (not in this location).")


def test_the_choice_and_the_filters_are_kept_as_far_as_they_make_sense_among_other_sizes(table: SizeTable) -> None:
    show(table)
    table.choose("medium")
    slide(table, "vCPUs", (1, 2))
    slide(table, "RAM", (3, 3))
    show(table, [size("medium", 2, 2, 10, 0.1), size("tiny", 1, 1, 10, 0.1), size("huge", 64, 512, 10, 0.1)])
    assert (table.value, names(table)) == ("medium", ["medium"])
    assert (slider(table, "vCPUs").label, slider(table, "RAM").label) == (("2", "2"), ("1 GB", "512 GB"))
    assert (slider(table, "Disk").disabled, slider(table, "At most").disabled) == (True, True)
    show(table, SIZES[:2])
    assert table.value is None


def test_the_first_two_hundred_of_many_are_shown(table: SizeTable) -> None:
    show(table, [size(f"m{place}", 1 + place % 32, 1 + place % 64, place, place / 100) for place in range(1_400)])
    assert len(lines(table)) == 200
    assert count(table).startswith("1,400 of 1,400 sizes; the first 200 are shown: filter further.")


def test_prices_in_another_currency_say_so(table: SizeTable) -> None:
    euros = [Size(id="e", name="e", vcpus=1, price=Price(hourly=0.5, currency="EUR", as_of=DAY))]
    show(table, euros)
    assert lines(table) == ["e  1  0.5000  365.00  ◀ cheapest"]
    assert [title for title, *_ in one(table.widget, "mist-size-list").columns if title] == [
        *("name", "vCPU", "€/h", "€/month")
    ]
    assert count(table) == "1 of 1 size. Prices in EUR, of 2014-04-10."
    show(table, euros, currency="USD")
    assert lines(table) == ["e  1  unknown"]
    assert (count(table), chosen(table)) == ("1 of 1 size. No price is known.", "No size is chosen yet.")


def test_loading_error_and_what_is_needed_first_are_said_in_place(table: SizeTable) -> None:
    table.set_loading()
    table.choose("large")
    table.join()
    assert (lines(table), one(table.widget, "mist-size-list").disabled) == (["The sizes are being read …"], True)
    table.set_error("No answer from <i>EC2</i>.")
    table.join()
    assert (count(table), table.value) == ("No answer from <i>EC2</i>.", None)
    assert "<i>" not in markup(table.widget)
    table.set_waiting("Choose a backend first.")
    table.join()
    assert count(table) == "Choose a backend first."
    show(table)
    assert table.value == "large"


def test_hostile_names_are_cleaned_text_in_every_place(table: SizeTable) -> None:
    canaries = [name.format(beacon="http://127.0.0.1/beacon") for name in CANARIES]
    odd = [size(name, 1, 1, 1, None, id=f"s{place}") for place, name in enumerate(canaries)]
    show(table, odd)
    assert [line for line in lines(table) if not line.isprintable()] == []
    for place, name in enumerate(canaries):
        assert clean(name) in lines(table)[place]
        click_on(table, place)
        assert f"✓ {' '.join(clean(name).split())} " in chosen(table)
        shown = one(table.widget, "mist-size-chosen").value
        assert shown.count("<") == shown.count("</") * 2, "no tag but our own"


def test_a_slider_that_moved_on_an_older_list_is_no_error(table: SizeTable) -> None:
    show(table)
    slide(table, "vCPUs", (7, 9))
    slide(table, "At most", 77)
    click_on(table, 99)
    assert (len(lines(table)), table.value) == (5, None)


def test_closing_ends_its_thread(table: SizeTable) -> None:
    show(table)
    table.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "mist-size-table"] == []


def test_every_control_has_a_label(table: SizeTable) -> None:
    css = ("mist-size-query", "mist-size-sort", "mist-size-list")
    assert [one(table.widget, name).description for name in css] == ["Find", "Sort by", "Sizes"]
    assert [part.description for part in all_of(table.widget, "mist-size-filter")] == [
        "vCPUs",
        "RAM",
        "Disk",
        "At most",
    ]


def test_a_filter_that_was_set_on_other_sizes_meanwhile_is_no_error(table: SizeTable) -> None:
    show(table)
    moved = slider(table, "RAM")
    table.set_sizes([size("a", 1, 1, 1, 1), size("b", 2, 3, 2, 2), size("c", 4, 16, 4, 4)])
    page_rig.say(moved, index=(1, 2))
    table.join()
    assert "can't be shown" not in count(table)
    click(one(table.widget, "mist-size-reset"))
    table.join()
    assert (names(table), moved.index) == (["a", "b", "c"], (0, 2))
