"""The explorer without widgets: filters into a wish and back, and the line of every state gives its frame."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mist_notebook.charts import Chart
from mist_notebook.ground.amounts.quantity import Range
from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.magic.commands.parts import conditions
from mist_notebook.magic.line import reading as line
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import GROUPS, Ranking, compare
from mist_notebook.prices.wishes import places, wish
from mist_notebook.prices.wishes.wish import Wish
from mist_notebook.widgets.explorer.state import choices, ladder, offer_lines, sorting, state
from mist_notebook.widgets.explorer.state.answer import (
    AXES,
    Answer,
    World,
    answered,
    chart,
    count_line,
    drawn_line,
    misses,
)
from mist_notebook.widgets.explorer.state.choices import Choices
from mist_notebook.widgets.explorer.state.ladder import Ladder
from mist_notebook.widgets.explorer.state.state import FILTERS, State, opened, put, ranking_of, troubles, value, wish_of
from tests.rigs.offer_rows import offers as rows

TODAY = date(2026, 11, 25)
BIG = {
    "provider": "ec2",
    "id": "big",
    "name": "big",
    "vcpus": 8,
    "ram_gb": 32,
    "disk_gb": 0,
    "gpus": 0,
    "arch": "x86_64",
}
BIG |= {"region": "us-east-1", "price_hourly": 0.4, "price_monthly": 292.0, "family": "b"}
SMALL = BIG | {"id": "small", "name": "small", "vcpus": 2, "ram_gb": 4, "price_hourly": 0.05, "price_monthly": 36.5}
FAR = SMALL | {"region": "eu-west-1", "price_hourly": 0.06, "price_monthly": 43.8}
GPU = BIG | {
    "provider": "gce",
    "id": "g",
    "name": "g",
    "gpus": 2,
    "gpu_name": "A100",
    "gpu_ram_gb": 40,
    "region": "us-east1",
}
GPU |= {"price_hourly": 5.0, "price_monthly": 3650.0}
UNPRICED = BIG | {"id": "new", "name": "new", "price_hourly": math.nan, "price_monthly": math.nan}


@cache
def world() -> World:
    """The embedded catalogue, on a fixed day."""
    return World(catalogue.snapshot(), today=TODAY)


@cache
def offered() -> Choices:
    return choices.of(world().offers, TODAY)


def small_world(*more: dict[str, Any]) -> World:
    return World(rows(BIG, SMALL, FAR, GPU, *more), today=TODAY)


def read_line(text: str) -> tuple[Wish, Ranking]:
    """What `%mist compare` understands by this line."""
    typed, _ = line.statement(text.removeprefix("%mist "))
    _, options = line.read(line.words_of(typed, {}))
    return conditions.wished(options), conditions.ranked(options)


def said(ranking: Ranking) -> tuple[Any, ...]:
    """The ranking, with the text of its expression: two readings of one are two trees."""
    return ranking.by and ranking.by.text, replace(ranking, by=None)


# ------------------------------------------------------------------------------------------------------- the ladders


FIGURES = st.lists(st.floats(0.001, 1e7), min_size=2, max_size=300)


@given(FIGURES, st.data())
def test_a_slider_stands_where_it_was_put(figures: list[float], data: st.DataObject) -> None:
    steps = ladder.of_figures(np.array(figures))
    low = data.draw(st.integers(0, steps.last))
    high = data.draw(st.integers(low, steps.last))
    assert steps.places(steps.wanted(low, high)) == (low, high)


@given(FIGURES)
def test_the_steps_are_figures_that_occur_and_both_ends_are_among_them(figures: list[float]) -> None:
    steps = ladder.of_figures(np.array(figures)).steps
    assert set(steps) <= set(figures)
    assert steps[0] == min(figures) and math.isclose(steps[-1], max(figures), rel_tol=1e-4)
    assert list(steps) == sorted(steps) and len(steps) <= ladder.MOST_STEPS


@given(FIGURES, st.data())
def test_what_is_between_the_handles_is_in_the_range_that_is_asked_for(
    figures: list[float], data: st.DataObject
) -> None:
    steps = ladder.of_figures(np.array(figures))
    low = data.draw(st.integers(0, steps.last))
    high = data.draw(st.integers(low, steps.last))
    wanted = steps.wanted(low, high)
    assert wanted is None or all(wanted.low <= step <= wanted.high for step in steps.steps[low : high + 1])


@given(FIGURES, st.floats(0.001, 1e7), st.floats(0.001, 1e7))
def test_a_slider_can_stand_at_any_range_that_was_typed(figures: list[float], one: float, other: float) -> None:
    typed = Range(min(one, other), max(one, other))
    steps = ladder.of_figures(np.array(figures)).reaching(typed)
    low, high = steps.places(typed)
    assert math.isclose(steps.steps[low], typed.low, rel_tol=1e-4)
    assert math.isclose(steps.steps[high], typed.high, rel_tol=1e-4)


@given(FIGURES)
def test_a_price_at_any_step_leaves_something_and_the_last_leaves_all(figures: list[float]) -> None:
    steps = ladder.of_prices(np.array(figures)).steps
    assert min(figures) < steps[0] and max(figures) <= steps[-1]
    assert all(float(f"{step:.12g}") == step for step in steps)


def test_few_figures_are_all_steps_and_open_ends_ask_for_nothing() -> None:
    steps = ladder.of_figures(np.array([4.0, 1.0, np.nan, 2.0, 4.0]))
    assert steps == Ladder((1.0, 2.0, 4.0))
    assert steps.wanted(0, 2) is None
    assert steps.wanted(1, 2) == Range(2.0)
    assert steps.wanted(0, 1) == Range(0.0, 2.0)
    assert steps.wanted(1, 1) == Range(2.0, 2.0)


@pytest.mark.parametrize("figures", [[], [math.nan], [2.0], [2.0, 2.0]])
def test_where_nothing_differs_there_is_nothing_to_choose(figures: list[float]) -> None:
    assert not ladder.of_figures(np.array(figures, dtype=float)).is_useful


def test_a_range_beyond_a_ladder_without_steps_can_be_shown_all_the_same() -> None:
    assert Ladder().reaching(Range(10.0)) == Ladder((0.0, 10.0))


# ------------------------------------------------------------------------------------------------------- the choices


def test_the_choices_are_those_of_the_data() -> None:
    found = choices.of(small_world(UNPRICED).offers, TODAY)
    assert found.providers == (("EC2", "ec2"), ("GCE", "gce"))
    assert found.parts == (("Europe", "eu"), ("United States", "us"), ("North America", "na"))
    assert found.regions_of(("gce",)) == (("us-east1 · GCE", "us-east1"),)
    assert [word for _, word in found.regions_of(())] == ["eu-west-1", "us-east-1", "us-east1"]
    assert (found.gpus, found.arch, found.systems) == (
        (("A100", "A100"),),
        (("x86_64", "x86_64"),),
        (("linux", "linux"),),
    )
    assert found.kinds == (("on-demand", "on-demand"), ("any", "any"))
    assert found.ladders["cpus"] == Ladder((2.0, 8.0)) and found.ladders["ratio"] == Ladder((2.0, 4.0))
    assert not found.ladders["gib"].is_useful and not found.ladders["net"].is_useful
    assert (found.sizes, found.offers, found.ages) == (4, 5, ())


def test_names_that_a_line_can_not_say_are_no_choices() -> None:
    odd = [
        BIG | {"backend": "A, B", "id": "1"},
        BIG | {"backend": "EC2", "id": "2"},
        GPU | {"gpu_name": "2", "id": "3"},
    ]
    found = choices.of(rows(*odd), TODAY)
    assert [word for _, word in found.providers] == ["EC2", "gce"]
    assert found.gpus == ()


def test_the_regions_of_2014_are_named_by_what_stands_before_their_comma() -> None:
    found = choices.of(catalogue.snapshot("2014"), TODAY)
    assert ("Dallas, TX, USA · Linode", "Dallas") in found.regions_of(())
    dallas = put(State(), "region", "Dallas")
    assert wish_of(dallas) == Wish(regions=("Dallas",))
    there = set(answered(World(catalogue.snapshot("2014"), "2014", today=TODAY), dallas).frame["region"])
    assert "Dallas, TX, USA" in there and all(places.is_in(region, "Dallas") for region in there)


def test_what_was_typed_becomes_the_word_that_is_offered() -> None:
    typed = wish.read(providers="Azure,EC2", region="europe,US,nowhere")
    assert offered().in_our_words(typed) == Wish(providers=("azure_arm", "ec2"), regions=("eu", "us", "nowhere"))


def test_an_age_leaves_out_something() -> None:
    ages = [age for _, age in offered().ages]
    assert ages == sorted(ages)
    oldest = pd.Timestamp(TODAY) - world().offers["as_of"].min()
    assert all(0 < age < oldest.days for age in ages)


# -------------------------------------------------------------------------------------------------------- the states


def spans(name: str) -> st.SearchStrategy[Range | None]:
    """What a slider over this ladder can be put at."""
    steps = offered().ladders[name]
    places = st.lists(st.integers(0, steps.last), min_size=2, max_size=2).map(sorted)
    return places.map(lambda pair: steps.wanted(*pair))


def one_of(options: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([word for _, word in options])


def some_of(options: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(one_of(options), unique=True, max_size=3).map(tuple)


TYPED = st.text("abcxlarge24. -_'\"{}$;#\\%é", max_size=12)
EXPRESSIONS = (
    "price_hourly / gpus",
    "-ram_gb",
    "usd_vcpu_h",
    "max(vcpus, ram_gb)",
    "price_monthly - 1.5",
    "1 +",
    "vcpu",
)


@cache
def chosen() -> dict[str, st.SearchStrategy[Any]]:
    """For each filter, what a person can choose there."""
    found = offered()
    either = st.sampled_from([None, True, False])
    return {
        **{name: spans(name) for name in ("cpus", "disk", "net", "gpus", "gib")},
        "ram": st.one_of(spans("ram"), spans("ratio")),
        "ratio": st.booleans(),
        "gpu": st.sampled_from(["", state.NO_GPU, state.ANY_GPU, *(word for _, word in found.gpus)]),
        "max_price": st.sampled_from([None, *found.ladders["price"].steps]),
        "max_age": st.sampled_from([None, *(age for _, age in found.ages)]),
        "providers": some_of(found.providers),
        "parts": some_of(found.parts),
        "region": st.sampled_from(["", *(word for _, word in found.regions_of(()))]),
        "arch": some_of(found.arch),
        "kind": one_of(found.kinds),
        "os": st.sampled_from(["", "linux"]),
        "burstable": either,
        "bare_metal": either,
        "search": TYPED,
        "hours": st.sampled_from(["", "200", "90m", "30d", "1,5", "-1", " 12 "]),
        "by": st.sampled_from(["", *EXPRESSIONS]),
        "order": st.sampled_from(list(state.ORDERS)),
        "per": st.sampled_from(list(GROUPS)),
        "limit": st.sampled_from([1, 20, 50, 200, None]),
        "descending": st.booleans(),
    }


@st.composite
def states(draw: st.DrawFn) -> State:
    """A state that a person can come to: some filters changed, one after the other."""
    found = State()
    for name in draw(st.lists(st.sampled_from(FILTERS), max_size=7)):
        found = put(found, name, draw(chosen()[name]))
    return found


def test_every_filter_is_tried() -> None:
    assert set(chosen()) == set(FILTERS)


@settings(max_examples=120)
@given(states())
def test_a_state_opened_from_what_it_asks_asks_the_same(found: State) -> None:
    again = opened(wish_of(found), ranking_of(found))
    assert (wish_of(again), said(ranking_of(again))) == (wish_of(found), said(ranking_of(found)))
    assert troubles(again) == {}


@settings(max_examples=120)
@given(states(), st.data())
def test_a_filter_stands_at_what_was_chosen_in_it(found: State, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILTERS))
    wanted = data.draw(chosen()[name])
    stands = value(put(found, name, wanted), name)
    if name == "gpus" and wanted is not None:
        assert stands in (None, Range(max(wanted.low, 1.0), wanted.high))
    elif name in ("gpus", "gib") and wanted is None:
        assert stands is None
    else:
        assert stands == wanted


@settings(max_examples=50)
@given(states())
def test_the_line_of_a_state_gives_the_frame_of_the_explorer(found: State) -> None:
    """Also where a text can't be read: then the line doesn't have it, and the frame neither."""
    try:
        shown = answered(world(), found)
    except NotFoundError as error:
        assert error.message == "No column named 'vcpu' in 'vcpu'."
        return
    wanted, ranking = read_line(shown.line)
    assert (wanted, said(ranking)) == (wish_of(found), said(ranking_of(found)))
    typed = compare(world().offers, wanted, ranking, today=TODAY)
    pd.testing.assert_frame_equal(shown.frame, typed.frame)
    about = {"sandbox": False, "snapshot": "current"}
    assert shown.frame.attrs["mist"] == typed.frame.attrs["mist"] | about
    assert (shown.why, shown.fits, shown.of) == (typed.notes, typed.fits, typed.of)


@settings(max_examples=40)
@given(states())
def test_where_nothing_fits_the_wish_that_asks_less_finds_something(found: State) -> None:
    try:
        shown = answered(world(), found)
    except NotFoundError:
        return
    assert (shown.miss is None) == bool(shown.fits)
    if shown.miss is not None:
        less = state.with_wish(found, shown.miss.relaxed)
        assert answered(world(), less).fits > 0
        assert said(ranking_of(less)) == said(ranking_of(found))
        assert misses(shown.miss)


# ----------------------------------------------------------------------------------------------- counts, list and chart


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "4 of 4 sizes fit; 1 offer unpriced."),
        ({"cpus": Range(8.0)}, "3 of 4 sizes fit; 1 offer unpriced."),
        ({"limit": 1, "providers": ("ec2",)}, "3 of 4 sizes fit; 1 offer unpriced; the first 1 in the frame."),
        ({"per": "offer"}, "5 of 5 offers fit; 1 offer unpriced."),
        ({"per": "provider"}, "2 providers have something that fits, 5 offers in all; 1 offer unpriced."),
        ({"per": "family", "gpu": "A100"}, "1 family has something that fits, 1 offer in all."),
        ({"search": "nothing"}, "0 of 4 sizes fit."),
    ],
)
def test_the_count_says_how_many_fit_how_many_have_no_price_and_how_many_are_shown(
    changes: dict[str, Any], said: str
) -> None:
    here = small_world(UNPRICED)
    found = State()
    for name, chosen_value in changes.items():
        found = put(found, name, chosen_value)
    assert count_line(answered(here, found), choices.of(here.offers, TODAY)) == said


def test_a_list_shows_two_hundred_rows_of_a_longer_frame() -> None:
    shown = answered(world(), put(State(), "limit", None))
    assert re.search(r"sizes fit; \d+ offers unpriced; the first 200 shown here\.$", count_line(shown, offered()))
    assert len(shown.frame) == offered().sizes


def drawn(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The titles, and the cells of each row under them."""
    columns = offer_lines.table(frame)
    return [tuple(one.title for one in columns), *zip(*(one.cells for one in columns), strict=True)]


def test_the_list_has_a_column_for_what_there_is() -> None:
    assert drawn(answered(small_world(UNPRICED), State()).frame) == [
        ("provider", "size", "$/h", "price of", "vCPUs", "RAM GB", "disk GB", "GPUs", "arch", "region", "$/month"),
        ("EC2", "small", "0.0500", "2025-03-02", "2", "4", "0", "", "x86_64", "us-east-1", "36.50"),
        ("EC2", "big", "0.4000", "2025-03-02", "8", "32", "0", "", "x86_64", "us-east-1", "292.00"),
        ("GCE", "g", "5.0000", "2025-03-02", "8", "32", "0", "2 A100", "x86_64", "us-east1", "3,650.00"),
        ("EC2", "new", "unknown", "–", "8", "32", "0", "", "x86_64", "us-east-1", "unknown"),
    ]


def test_the_list_shows_what_was_asked_for_besides() -> None:
    spot = GPU | {"kind": "spot", "price_hourly": 1.0, "gpu_name": None, "backend": "Google", "id": "7", "name": "g-7"}
    found = put(put(put(State(), "hours", "10"), "by", "price_hourly / vcpus"), "kind", "any")
    header, *lines = drawn(answered(small_world(spot), found).frame)
    row = dict(zip(header, lines[2], strict=True))
    assert (row["provider"], row["size"], row["kind"]) == ("Google", "7 (g-7)", "spot")
    assert (row["$ total"], row["formula"]) == ("10.00", "0.125")


def test_prices_of_several_currencies_and_a_persons_own_are_told_apart() -> None:
    frame = answered(small_world(SMALL | {"id": "euro", "currency": "EUR"}), State()).frame
    assert "/h" in drawn(frame)[0] and "$/h" not in drawn(frame)[0]
    own = frame.assign(eur_hourly=frame["price_hourly"] * 0.9, monthly_total=40.0)
    assert {"EUR/h", "month in all"} <= set(drawn(own)[0])


@pytest.mark.parametrize(
    ("title", "line", "first"),
    [
        ("vCPUs", "%mist compare --by vcpus", ["small", "big"]),
        ("RAM GB", "%mist compare --by ram_gb", ["small", "big"]),
        ("$/month", "%mist compare --by price_monthly", ["small", "big"]),
    ],
)
def test_the_title_of_a_figure_orders_by_it_and_then_the_other_way_round(
    title: str, line: str, first: list[str]
) -> None:
    here, found = small_world(), State()
    (column,) = [one for one in offer_lines.table(answered(here, found).frame) if one.title == title]
    found = sorting.clicked(found, column)
    answer = answered(here, found)
    assert answer.line == line
    assert list(answer.frame["id"])[:2] == first
    assert sorting.of(found).of(column) == "asc"
    turned = sorting.clicked(found, column)
    assert answered(here, turned).line == f"{line} --desc"
    assert sorting.of(turned).of(column) == "desc"
    (price,) = [one for one in offer_lines.table(answer.frame) if one.title == "$/h"]
    assert sorting.of(turned).of(price) == "none"
    assert answered(here, sorting.clicked(turned, price)).line == "%mist compare"


def test_the_title_of_a_text_sorts_the_rows_that_are_shown() -> None:
    rows = answered(small_world(UNPRICED), State()).frame
    by_size = sorting.of(State(), "size")
    assert list(by_size.sorted(rows, offer_lines.table(rows))["id"]) == ["big", "g", "new", "small"]
    other = sorting.of(State(), "provider", backwards=True)
    assert list(other.sorted(rows, offer_lines.table(rows))["provider"]) == ["gce", "ec2", "ec2", "ec2"]
    assert list(sorting.of(State(), "gone").sorted(rows, offer_lines.table(rows))["id"]) == list(rows["id"])


def test_marks_say_what_they_are_and_the_chart_and_the_count_come_to_the_same() -> None:
    answer = answered(small_world(UNPRICED), State())
    found = chart(answer, "ram_gb")
    assert isinstance(found, Chart) and found.rows is not None and len(found.spots) == len(found.rows) == 3
    assert offer_lines.tips(found.rows)[0] == (
        "EC2 small in us-east-1 · 2 vCPUs · 4 GB of RAM · 0.0500 USD/h, price of 2025-03-02"
    )
    assert drawn_line(answer, found, "ram_gb") == (
        "3 marks for 4 sizes that fit; without a mark: 1 size without a known price. Click a mark to pick its size."
    )


def test_an_offer_in_a_sentence_says_what_is_unknown() -> None:
    frame = answered(small_world(UNPRICED | {"disk_gb": math.nan, "region": None}), State()).frame
    assert offer_lines.sentence(frame.iloc[-1]) == "new · EC2 · 8 vCPUs · 32 GiB of RAM · price unknown"
    undated = answered(World(rows(SMALL | {"as_of": None}), today=TODAY), State()).frame
    assert offer_lines.sentence(undated.iloc[0]).endswith("0.0500 USD/h, 36.50 USD/month, undated price")


def test_offers_that_differ_in_one_thing_are_told_apart() -> None:
    frame = answered(small_world(UNPRICED), put(State(), "per", "offer")).frame
    assert len(set(offer_lines.keys(frame))) == len(frame) == 5


@pytest.mark.parametrize(("title", "by"), AXES)
def test_a_chart_draws_every_size_that_fits_and_not_only_those_in_the_list(title: str, by: str) -> None:
    shown = answered(world(), put(put(State(), "limit", 5), "gpu", "any"))
    drawn = chart(shown, by)
    assert isinstance(drawn, Chart)
    assert drawn.svg.startswith("<svg") and title != ""
    if by == "ram_gb":
        assert f"{shown.of - len(unpriced_sizes(shown)):,} sizes, each at its cheapest region" in drawn.text


def unpriced_sizes(shown: Answer) -> set[tuple[str, str]]:
    """The sizes of which no price is known anywhere."""
    fits = shown.candidates.offers.iloc[shown.candidates.found.rows]
    priced = fits[fits["price_hourly"].notna()]
    return set(zip(fits["provider"], fits["id"], strict=True)) - set(zip(priced["provider"], priced["id"], strict=True))


def test_a_chart_by_region_has_the_sizes_of_the_list_in_its_order() -> None:
    found = put(put(State(), "providers", ("ec2",)), "cpus", Range(4.0))
    shown = answered(world(), put(found, "limit", 3))
    drawn = chart(shown, "region")
    assert isinstance(drawn, Chart)
    places = [drawn.text.index(size) for size in shown.frame["id"]]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (put(State(), "search", "nothing"), "This frame is empty: there is no price to draw."),
        (put(State(), "search", "new"), "No row of this frame has a known price."),
    ],
)
def test_where_there_is_nothing_to_draw_the_chart_says_so(found: State, why: str) -> None:
    for _, by in AXES:
        drawn = chart(answered(small_world(UNPRICED), found), by)
        assert isinstance(drawn, MistError) and drawn.message == why
