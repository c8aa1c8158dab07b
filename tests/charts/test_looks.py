"""One name, one colour and one mark a provider, everywhere; told apart by everyone, on any ground."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mist_notebook import charts
from mist_notebook.charts import look
from mist_notebook.charts.chart import Chart
from mist_notebook.frames.html import page_bytes
from mist_notebook.prices import catalogue
from mist_notebook.records.provider_names import NAMES, called, key_of
from tests.rigs.chart_frames import offers, values

GROUNDS = ("#ffffff", "#333333", "#111111")
# What people without one of the three kinds of cones see, of linear RGB, after Machado and others, 2009.
SEEN = {
    "with all three": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
# From linear RGB to cones, and from these to Oklab, after Ottosson, 2020.
_CONES = ((0.41222, 0.53633, 0.05145), (0.2119, 0.6807, 0.1074), (0.0883, 0.28172, 0.62998))
_OKLAB = ((0.21045, 0.79362, -0.00407), (1.978, -2.42859, 0.45059), (0.0259, 0.78277, -0.80868))


def _linear_rgb(colour: str) -> Any:
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _oklab(linear: Any) -> Any:
    return np.array(_OKLAB) @ np.cbrt(np.array(_CONES) @ np.clip(linear, 0, 1))


@pytest.mark.parametrize("seen", SEEN)
def test_any_two_colours_differ_for_everyone(seen: str) -> None:
    colours = [_oklab(np.clip(np.array(SEEN[seen]) @ _linear_rgb(colour), 0, 1)) for colour in look.COLOURS]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(colours, 2)) > 0.08


@pytest.mark.parametrize("colour", [*look.COLOURS, look.NEUTRAL])
def test_every_mark_is_seen_on_white_on_vegas_dark_and_on_jupyterlabs(colour: str) -> None:
    assert min(look.contrast(colour, ground) for ground in GROUNDS) >= 3


def test_no_two_providers_share_colour_and_mark_and_no_two_lines_a_dash() -> None:
    looks = [look.look(place) for place in range(48)]
    assert len({(each.colour, each.shape) for each in looks}) == 48 > len(NAMES)
    assert len({look.look(place).dash for place in range(look.MOST_LINES)}) == look.MOST_LINES


@pytest.mark.parametrize(
    ("said", "name"),
    [("ec2", "EC2"), ("EC2", "EC2"), ("aws", "EC2"), ("azure_arm", "Azure"), ("Azure", "Azure"), ("gcp", "GCE")],
)
def test_a_provider_has_one_name_however_it_is_spelled(said: str, name: str) -> None:
    frame = offers({"provider": said, "backend": None}, {"provider": "vultr", "id": "v", "price_hourly": 0.01})
    assert {row["whose"] for row in values(charts.of(frame))} == {name, "Vultr"}


def test_a_backend_and_the_catalogue_of_one_provider_are_one_series() -> None:
    frame = offers({"backend": "EC2", "id": "a"}, {"id": "b", "price_hourly": 0.01})
    assert {row["whose"] for row in values(charts.of(frame))} == {"EC2"}


def colours(*names: str) -> dict[str, tuple[str, str]]:
    return {name: (each.colour, each.shape) for name, each in zip(names, look.looks_of(names), strict=True)}


def test_a_provider_has_its_colour_and_mark_in_every_company_and_order() -> None:
    together = colours("Vultr", "Our own", "EC2", "Azure", "GCE", "others")
    for name in ("EC2", "Azure", "GCE", "Vultr"):
        assert colours(name)[name] == colours("Linode", name, "mine")[name] == together[name]
    assert len(set(together.values())) == len(together)
    assert colours("Our own", "EC2") == colours("EC2", "Our own")


def test_spot_prices_have_the_providers_colour_and_another_mark() -> None:
    of_both = colours("EC2", "EC2 spot")
    assert of_both["EC2"][0] == of_both["EC2 spot"][0] and of_both["EC2"][1] != of_both["EC2 spot"][1]


@given(st.lists(st.sampled_from(["EC2", "GCE", "Azure"]) | st.text(min_size=1, max_size=6), unique=True, max_size=12))
def test_no_two_series_of_a_chart_look_alike(names: list[str]) -> None:
    assert len({(each.colour, each.shape) for each in look.looks_of(names)}) == len(names)


def drawn(chart: Chart) -> dict[str, tuple[str, str]]:
    """Each series' colour and mark, as the spec has them."""
    text = json.dumps(chart.spec)
    colour, shape = (
        json.loads(found[1])
        for found in (
            re.search(r'"color": \{"field": "whose".*?"scale": (\{.*?\})', text),
            re.search(r'"shape": \{"field": "whose".*?"scale": (\{.*?\})', text),
        )
        if found
    )
    assert colour["domain"] == shape["domain"]
    return dict(zip(colour["domain"], zip(colour["range"], shape["range"], strict=True), strict=True))


def test_every_provider_looks_the_same_alone_in_company_over_time_and_on_a_page() -> None:
    own = {NAMES[key]: (its.colour, its.shape) for key, its in zip(NAMES, map(look.look, range(48)), strict=False)}
    keys = list(NAMES)
    for start in range(0, len(keys), 7):
        some = keys[start : start + 7]
        rows = [{"provider": key, "id": f"s-{key}", "price_hourly": 0.1 + n / 10} for n, key in enumerate(some)]
        frame = offers(*rows, {"provider": "somebody's", "id": "own", "backend": "My own"})
        for chart in (charts.of(frame), charts.of(frame, "vcpus"), charts.of(frame, "as_of")):
            for key in some:
                said = next(name for name in drawn(chart) if name == NAMES[key] or name.startswith(f"{NAMES[key]} s-"))
                assert drawn(chart)[said] == own[NAMES[key]]
        data = json.loads(page_bytes(frame).decode().split(' id="data">')[1].split("</script>")[0])
        assert all(tuple(data["looks"][NAMES[key]]) == own[NAMES[key]] for key in some)


def test_every_provider_of_the_catalogue_has_a_name_that_people_use() -> None:
    found = {str(name) for name in catalogue.snapshot()["provider"].unique()}
    assert {name for name in found if key_of(name) is None} == set()
    assert all(called(name) == called(called(name)) == called(name.upper()) for name in NAMES)


def test_a_persons_backends_have_their_providers_colour_and_marks_of_their_own() -> None:
    mine = [{"backend": "Work", "id": "a"}, {"backend": "Home", "id": "b", "price_hourly": 0.2}]
    found = drawn(charts.of(offers(*mine, {"id": "c", "price_hourly": 0.3})))
    assert {colour for colour, _ in found.values()} == {look.look(0).colour} and len(set(found.values())) == 3
    assert found["EC2"] == (look.look(0).colour, look.look(0).shape)
    assert drawn(charts.of(offers(mine[0])))["Work"] == found["Work"], "also alone"


def test_lines_of_one_provider_over_time_have_marks_and_dashes_of_their_own() -> None:
    rows = [
        {"provider": provider, "region": region, "as_of": day, "price_hourly": price}
        for provider, region, price in (("gce", "a", 0.1), ("gce", "b", 0.2), ("ec2", "a", 0.3), ("ec2", "b", 0.4))
        for day in ("2020-01-01", "2021-01-01")
    ]
    both = charts.over_time(offers(*rows))
    assert {colour for colour, _ in drawn(both).values()} == {look.look(0).colour, look.look(1).colour}
    assert len(set(drawn(both).values())) == 4
    alone = charts.over_time(offers(*rows[:4]))
    assert drawn(alone)["a"] == (look.look(1).colour, look.look(1).shape) and len(set(drawn(alone).values())) == 2
    dashes = [layer["encoding"]["strokeDash"]["scale"]["range"] for layer in both.spec["layer"][:1]]
    assert len({tuple(dash) for dash in dashes[0]}) == 4


@given(st.lists(st.sampled_from([*NAMES.values(), "EC2 spot", "Azure spot"]), unique=True, min_size=1, max_size=12))
def test_a_provider_keeps_its_look_beside_whatever_else_there_is(names: list[str]) -> None:
    for name, its in zip(names, look.looks_of(names), strict=True):
        assert name.endswith(" spot") or its == look.looks_of([name])[0]


def test_what_is_shown_of_a_frame_is_not_what_it_holds() -> None:
    frame = offers({"provider": "azure_arm"})
    assert {row["whose"] for row in values(charts.of(frame))} == {"Azure"}
    assert isinstance(frame, pd.DataFrame) and set(frame["provider"]) == {"azure_arm"}
