"""Charts: what is drawn and what is left out, in all three forms; inert, readable on any ground, and never cheaper."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert import HTMLExporter, MarkdownExporter

from mist_notebook import charts
from mist_notebook.charts import look, marks, reading, scale
from mist_notebook.charts.chart import VEGA_LITE
from mist_notebook.charts.front import front, spread
from mist_notebook.charts.vega import GROUNDED_TEXT
from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.text import clean
from tests.rigs import chart_frames
from tests.rigs.chart_frames import SVG, caption, history, offers, values

TWO_CLOUDS = (
    {"id": "m5.large", "price_hourly": 0.096},
    {"id": "m5.xlarge", "vcpus": 4.0, "ram_gb": 16.0, "price_hourly": 0.192},
    {"id": "r5.large", "ram_gb": 16.0, "price_hourly": 0.126},
    {"provider": "gce", "id": "e2-standard-2", "region": "us-central1", "price_hourly": 0.067},
    {
        "provider": "gce",
        "id": "e2-standard-4",
        "region": "us-central1",
        "vcpus": 4.0,
        "ram_gb": 16.0,
        "price_hourly": 0.134,
    },
)
M4 = history(
    ("us-east-1", "2015-12-02", 0.126),
    ("us-east-1", "2017-05-09", 0.1),
    ("us-east-1", "2025-03-02", 0.1),
    ("us-west-2", "2015-12-02", 0.126),
    ("us-west-2", "2017-05-09", 0.1),
    ("us-west-2", "2025-03-02", 0.1),
    ("eu-west-1", "2015-12-02", 0.139),
    ("eu-west-1", "2025-03-02", 0.111),
)
FIELDS = {"x", "price", "whose", "front", "word", "id", "region", "vcpus", "ram_gb", "price_monthly", "day", "date"}
FIELDS |= {"change", "size", "above", "best"}
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</text><script>alert(2)</script>",
    '"/><foreignObject><body onload="alert(3)"/>',
    "]]><b>",
    "<?xml-stylesheet href='https://a.example'?>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "a\x00b\x1b[31m",
    "one\ntwo",
    "txt\u202eexe",
    "a\ud800b",
    "datum.price > 0",
    "price[0].x",
    "__proto__",
    "x" * 500,
)


def _everywhere(part: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a spec with what stands under it, however deep."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield key, value
            yield from _everywhere(value)
    elif isinstance(part, list):
        for value in part:
            yield from _everywhere(value)


def every_chart(frame: pd.DataFrame) -> list[charts.Chart]:
    return [charts.of(frame, by) for by in ("ram", "vcpus", "region", "as_of")]


def test_one_call_gives_the_three_forms_one_for_paper_and_no_html() -> None:
    chart = charts.of(offers(*TWO_CLOUDS))
    forms = chart._repr_mimebundle_()
    assert base64.b64decode(forms.pop("application/pdf")).startswith(b"%PDF-")
    assert forms == {VEGA_LITE: chart.spec, "image/svg+xml": chart.svg, "text/plain": chart.text}
    assert repr(chart) == chart.text


def test_under_voila_the_renderer_finds_the_png_that_it_would_fail_to_make(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    forms = {VEGA_LITE, "image/svg+xml", "text/plain", "application/pdf", "image/png"}
    assert set(charts.of(offers({})).bundle()) == forms


def test_a_printed_notebook_has_the_svg() -> None:
    chart = charts.of(offers(*TWO_CLOUDS))
    output = nbformat.v4.new_output("display_data", chart.bundle())
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("chart", outputs=[output])])
    nbformat.validate(notebook)
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert base64.b64encode(chart.svg.encode()).decode() in page.replace("\n", "")
    text, resources = MarkdownExporter().from_notebook_node(notebook)
    assert resources["outputs"]["output_0_0.svg"] == chart.svg.encode() and "![svg](output_0_0.svg)" in text


def test_the_front_is_marked_in_every_form() -> None:
    chart = charts.of(offers(*TWO_CLOUDS), "ram")
    on_front = {row["id"]: row["front"] for row in values(chart)}
    assert on_front == {
        "m5.large": False,
        "m5.xlarge": False,
        "r5.large": True,
        "e2-standard-2": True,
        "e2-standard-4": False,
    }
    assert [line.split()[2] for line in chart.text.splitlines()[-2:]] == ["e2-standard-2", "r5.large"]
    line = chart.spec["layer"][1]
    assert line["data"]["values"] == [{"x": 8.0, "price": 0.067}, {"x": 16.0, "price": 0.126}]
    assert [word for word in chart_frames.words(chart) if word in on_front] == ["e2-standard-2", "r5.large"]


def test_a_chart_says_currency_dates_source_and_what_is_left_out() -> None:
    frame = offers(
        *TWO_CLOUDS,
        {"id": "t3.large", "price_hourly": None},
        {"id": "u-6tb1", "ram_gb": None},
        {"id": "old", "as_of": "2020-08-30", "source": "apache-libcloud 3.3.0", "ram_gb": 4.0},
    )
    expected = (
        "6 sizes, each at its cheapest region · USD per hour · prices of 2020-08-30 to 2025-03-02 · "
        "source: apache-libcloud (2 versions)",
        "Left out: 1 row without a known price and 1 row without RAM.",
    )
    chart = charts.of(frame, "ram_gb")
    picture = " ".join(element.text or "" for element in chart_frames.svg(chart).iter(f"{SVG}desc"))
    for form in (caption(chart), picture, chart.text):
        assert [line for line in expected if line not in form] == []


def test_each_size_is_drawn_once_at_its_cheapest_region() -> None:
    frame = offers(
        {"region": "eu-west-1", "price_hourly": 0.107}, {"price_hourly": 0.096}, {"kind": "spot", "price_hourly": 0.03}
    )
    drawn = [(row["whose"], row["region"], row["price"]) for row in values(charts.of(frame, "ram"))]
    assert drawn == [("EC2 spot", "us-east-1", 0.03), ("EC2", "us-east-1", 0.096)]


def test_the_account_comes_before_the_provider() -> None:
    frame = offers({"backend": "EC2 Oregon"}, {"id": "m5.xlarge"})
    assert {row["whose"] for row in values(charts.of(frame))} == {"EC2 Oregon", "EC2"}


def test_a_size_whose_id_is_a_number_is_shown_with_its_name() -> None:
    chart = charts.of(offers({"provider": "nephoscale", "id": "219", "name": "CS1 - 1GB"}))
    assert values(chart)[0]["id"] == "219 (CS1 - 1GB)"


@pytest.mark.parametrize("price", [None, math.nan, math.inf, 0.0, -1.0])
def test_an_unknown_price_is_never_drawn_and_is_counted(price: float | None) -> None:
    frame = offers(*TWO_CLOUDS, {"id": "free", "price_hourly": price})
    for chart in every_chart(frame):
        assert "free" not in json.dumps(values(chart)) + chart.text + chart.svg
        assert "Left out: 1 row without a known price" in caption(chart)


@pytest.mark.parametrize("by", ["ram", "vcpus", "region", "as_of"])
@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (offers(), "This frame is empty: there is no price to draw."),
        (offers({"price_hourly": None}), "No row of this frame has a known price."),
        (offers({}, {"currency": "EUR"}), "Prices in EUR and USD don't belong in one order."),
        (offers({}).rename(columns={"price_hourly": "price"}), "This frame has no column 'price_hourly'."),
        (offers({}).drop(columns="id"), "This frame has no column 'id'."),
        (pd.concat([offers({})] * 2, axis=1), "This frame has columns of several levels, or two of one name."),
        (pd.concat({"a": offers({})}, axis=1), "This frame has columns of several levels, or two of one name."),
    ],
)
def test_what_cant_be_drawn_is_said_in_one_line(frame: pd.DataFrame, message: str, by: str) -> None:
    with pytest.raises(MistError) as raised:
        charts.of(frame, by)
    assert raised.value.message == message and raised.value.hint


@pytest.mark.parametrize(
    ("frame", "by", "message", "hint"),
    [
        (offers({}), "ram_bg", "This frame has no column 'ram_bg'.", "Did you mean ram_gb or gpu_ram_gb?"),
        (offers({"ram_gb": None}), "ram", "No row with a price has RAM above 0.", "Draw against another column."),
        (offers({"gpus": 0.0}), "gpus", "No row with a price has GPUs above 0.", "Draw against another column."),
        (offers({}), "arch", "No row with a price has arch above 0.", "Draw against another column."),
        (offers({"as_of": None}), "as_of", "No row with a price has a date.", "A price over time needs as_of."),
        (offers({"region": None}), "region", "No row with a price has a region.", "A price by region needs one."),
    ],
)
def test_a_column_that_is_missing_or_empty_is_named(frame: pd.DataFrame, by: str, message: str, hint: str) -> None:
    with pytest.raises((NotFoundError, BadValueError)) as raised:
        charts.of(frame, by)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_without_a_word_the_frame_decides() -> None:
    assert charts.of(offers({})).spec["title"]["text"] == "Price against RAM"
    assert charts.of(offers({}).drop(columns="ram_gb")).spec["title"]["text"] == "Price against vCPUs"
    assert charts.of(M4).spec["title"]["text"] == "Price of EC2 m4.large over time"
    with pytest.raises(NotFoundError, match="nothing to draw prices against"):
        charts.of(offers({})[["id", "price_hourly"]])


def test_a_frame_that_a_person_has_changed_gives_the_same_chart() -> None:
    frame = offers(*TWO_CLOUDS)
    plain = charts.of(frame, "ram")
    assert charts.of(frame.sample(frac=1, random_state=1), "ram") == plain
    assert charts.of(frame.assign(mine=[{}] * 5).set_index("name"), "ram") == plain
    assert charts.of(frame.assign(as_of="2025-03-02", price_hourly=frame.price_hourly.astype(str)), "ram") == plain
    assert charts.of(frame.assign(as_of=pd.to_datetime(frame.as_of).dt.tz_localize("UTC")), "ram") == plain
    assert charts.of(frame.astype({"provider": "category", "id": "category", "source": "category"}), "ram") == plain
    few = frame[["provider", "id", "ram_gb", "price_hourly"]]
    assert "unknown currency per hour · prices of unknown date · source: unknown" in caption(charts.of(few))


def test_drawing_leaves_the_frame_as_it_was() -> None:
    frame = offers(*TWO_CLOUDS)
    before = frame.copy()
    every_chart(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_the_sandboxs_frames_are_marked_and_their_prices_are_examples() -> None:
    frame = offers({})
    frame.attrs["mist"] = {"kind": "sizes", "sandbox": True}
    chart = charts.of(frame[frame.price_hourly > 0])
    assert chart.spec["title"]["text"] == "SANDBOX · Price against RAM"
    assert chart.text.startswith("SANDBOX · ") and "example prices of 2025-03-02" in chart.text


@pytest.mark.parametrize("by", ["ram", "vcpus", "region", "as_of"])
def test_one_offer_makes_a_picture(by: str) -> None:
    chart = charts.of(offers({}), by)
    assert len(values(chart)) == 1
    inside = [float(number) for number in chart_frames.svg(chart).get("viewBox", "").split()]
    assert all(0 <= float(text.get("x", 0)) <= inside[2] for text in chart_frames.svg(chart).iter(f"{SVG}text"))


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=30))
def test_the_front_is_what_no_other_offer_beats(pairs: list[tuple[int, int]]) -> None:
    amounts, prices = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    expected = [
        not any((a >= amount and p < price) or (a > amount and p <= price) for a, p in pairs) for amount, price in pairs
    ]
    assert front(amounts, prices).tolist() == expected


@given(st.integers(1, 4000), st.integers(1, 12), st.integers(50, 1000), st.integers(0, 9))
def test_a_crowd_is_thinned_to_what_can_be_seen(count: int, kinds: int, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = rng.integers(0, kinds, count)
    kept = spread(rng.random(count), rng.random(count), series, most)
    assert kept.sum() <= most and set(series[kept]) == set(series)
    assert count > most or kept.all()


def test_a_large_frame_says_what_is_not_drawn_and_keeps_its_front() -> None:
    rng = np.random.default_rng(1)
    ram = 2.0 ** rng.integers(0, 10, 30_000)
    frame = pd.DataFrame({"provider": "ec2", "id": [f"s{n}" for n in range(30_000)], "ram_gb": ram})
    frame["price_hourly"] = ram * rng.lognormal(0, 0.5, 30_000) / 50
    chart = charts.of(frame)
    drawn = values(chart)
    assert len(drawn) <= marks.MOST_MARKS + sum(row["front"] for row in drawn)
    assert f"Not drawn: {30_000 - len(drawn):,} marks that would lie under others." in caption(chart)
    cheapest = frame.loc[frame.price_hourly.idxmin(), "id"]
    assert cheapest in {row["id"] for row in drawn if row["front"]}
    assert len(chart.svg) < 120_000 and len(json.dumps(chart.spec)) < 250_000


def test_many_providers_share_the_last_look() -> None:
    frame = offers(*({"provider": f"cloud-{n}", "id": "a"} for n in range(30)))
    chart = charts.of(frame)
    assert len({row["whose"] for row in values(chart)}) == look.MOST_KINDS_OF_MARK
    assert sum(row["whose"] == marks.OTHERS for row in values(chart)) == 30 - look.MOST_KINDS_OF_MARK + 1


def test_lines_that_went_the_same_way_are_one() -> None:
    chart = charts.of(M4)
    drawn: dict[str, list[tuple[str, float]]] = {}
    for row in values(chart):
        drawn.setdefault(row["whose"], []).append((row["day"], row["price"]))
    assert drawn == {
        "us-east-1, us-west-2": [("2015-12-02", 0.126), ("2017-05-09", 0.1), ("2025-03-02", 0.1)],
        "eu-west-1": [("2015-12-02", 0.139), ("2025-03-02", 0.111)],
    }
    assert chart.text.splitlines()[-2:] == [
        "us-east-1, us-west-2  2015-12-02  2025-03-02  0.1260  0.1000  -20.6 %  ████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁",
        "eu-west-1             2015-12-02  2025-03-02  0.1390  0.1110  -20.1 %  ███████████████████████▁",
    ]


def test_a_line_ends_on_the_last_day_that_is_known_of_it() -> None:
    frame = history(("a", "2014-01-01", 0.1), ("b", "2020-01-01", 0.2))
    assert [row["day"] for row in values(charts.of(frame))] == ["2014-01-01", "2020-01-01"]
    held = frame.assign(last_seen=pd.to_datetime(["2016-01-01", None]))
    assert [row["day"] for row in values(charts.of(held))] == ["2014-01-01", "2016-01-01", "2020-01-01"]


def test_only_the_cheapest_lines_are_drawn_and_that_is_said() -> None:
    frame = history(*((f"r{n:02}", day, 0.1 + n / 100) for n in range(20) for day in ("2020-01-01", "2021-01-01")))
    chart = charts.of(frame)
    assert list(dict.fromkeys(row["whose"] for row in values(chart))) == [f"r{n:02}" for n in range(8)]
    assert "8 of 20 lines are drawn, those that end cheapest." in caption(chart)


def test_sizes_and_providers_are_named_where_they_differ() -> None:
    frame = pd.concat([M4, history(("us-east-1", "2020-01-01", 0.2), size="m5.xlarge")])
    labels = {row["whose"] for row in values(charts.of(frame))}
    assert labels == {"m4.large us-east-1, us-west-2", "m4.large eu-west-1", "m5.xlarge us-east-1"}
    assert charts.of(frame).spec["title"]["text"] == "Price of 2 sizes over time"


def test_a_price_axis_that_does_not_start_at_0_says_so() -> None:
    assert "The price axis starts at 0.09, not at 0." in caption(charts.of(M4))
    far = history(("a", "2020-01-01", 0.1), ("a", "2021-01-01", 0.5))
    assert "not at 0" not in caption(charts.of(far))


def test_a_heat_map_has_a_cell_per_size_and_region_and_marks_the_cheapest() -> None:
    frame = offers(
        {"price_hourly": 0.096},
        {"region": "eu-west-1", "price_hourly": 0.107},
        {"id": "m5.xlarge", "region": "eu-west-1", "price_hourly": 0.214},
    )
    chart = charts.of(frame, "region")
    cells = [(row["size"], row["region"], row["price"], row.get("best", False)) for row in values(chart)]
    assert cells == [
        ("m5.large", "eu-west-1", 0.107, False),
        ("m5.large", "us-east-1", 0.096, True),
        ("m5.xlarge", "eu-west-1", 0.214, True),
    ]
    assert chart.text.splitlines()[-3:] == [
        "           eu-west-1  us-east-1",
        "m5.large     0.1070     0.0960*",
        "m5.xlarge    0.2140*          –",
    ]
    fills = [rectangle.get("fill") for rectangle in chart_frames.svg(chart).iter(f"{SVG}rect")]
    assert fills == [fills[0], look.HEAT[0], "none", look.HEAT[0], "none"] and fills[0] in look.HEAT[1:]


def test_a_large_heat_map_is_cut_and_says_so() -> None:
    frame = offers(*({"id": f"s{size}", "region": f"r{place}"} for size in range(40) for place in range(30)))
    chart = charts.of(frame, "region")
    assert len(values(chart)) == 25 * 12
    assert "Not shown: 15 sizes and 18 regions." in caption(chart)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("by", ["ram", "region", "as_of"])
def test_hostile_text_stays_text(text: str, by: str) -> None:
    names = dict.fromkeys(("backend", "provider", "id", "name", "region", "source", "currency", "kind"), text)
    chart = charts.of(offers(names, {**names, "region": "b", "as_of": "2020-01-01"}), by)
    allowed = {"svg", "title", "desc", "style", "text", "path", "g", "rect"}
    assert {element.tag.removeprefix(SVG) for element in chart_frames.svg(chart).iter()} <= allowed
    assert not any(name.startswith("on") or "href" in name for e in chart_frames.svg(chart).iter() for name in e.attrib)
    assert clean(text, 48) in chart.text.replace("…", "") + " ".join(row.get("region", "") for row in values(chart))
    assert "\x1b" not in chart.text and "\u202e" not in chart.text + chart.svg + json.dumps(values(chart))


@pytest.mark.parametrize("text", ["image", "title", "https://a.example/x.png", "datum['x']", "a.b[c]"])
def test_a_spec_has_no_address_no_path_and_no_expression_from_data(text: str) -> None:
    frame = offers({"id": text, "provider": text, "region": text, "source": text}).assign(**{text: 3.0})
    for chart in [*every_chart(frame), charts.of(frame, text)]:
        parts = list(_everywhere(chart.spec))
        assert {key for key, _ in parts} & {"$schema", "url", "href", "signal", "test", "calculate"} == set()
        assert [value for key, value in parts if key == "expr"] in ([], [GROUNDED_TEXT["expr"]])
        assert {value for key, value in parts if key == "field"} <= FIELDS
        tooltips = [part for key, value in parts if key == "tooltip" and value for part in value]
        assert {part["title"] for part in tooltips} & {"image", "title"} == set()


def test_an_svg_asks_for_nothing_from_anywhere() -> None:
    for chart in every_chart(offers(*TWO_CLOUDS)):
        assert "http" not in chart.svg.replace("http://www.w3.org/2000/svg", "")
        assert "<script" not in chart.svg and "url(" not in chart.svg and "@import" not in chart.svg
        styles = "".join(style.text or "" for style in chart_frames.svg(chart).iter(f"{SVG}style"))
        selectors = re.findall(r"([^{}]+)\{", re.sub(r"@media[^{]*\{", "", styles))
        assert {selector.split()[0] for selector in selectors} == {".mist-chart"}, "no rule is the page's"


def test_every_text_is_read_on_its_halo_and_on_its_cell() -> None:
    assert look.contrast(look.TEXT_ON_LIGHT, look.HALO_ON_LIGHT) >= 4.5
    assert look.contrast(look.TEXT_ON_DARK, look.HALO_ON_DARK) >= 4.5
    assert min(look.contrast(look.CELL_TEXT, colour) for colour in look.HEAT) >= 4.5
    shades = [look.contrast(colour, "#000000") for colour in look.HEAT]
    assert shades == sorted(shades, reverse=True), "darker is dearer, also without colour"


def test_no_one_colour_of_text_could_be_read_on_white_and_on_black() -> None:
    """Why text has a halo: the best grey there is stays under 4.5 on one of them."""
    greys = (f"#{level:02x}{level:02x}{level:02x}" for level in range(256))
    assert max(min(look.contrast(grey, "#ffffff"), look.contrast(grey, "#111111")) for grey in greys) < 4.5


def test_contrast_is_as_wcag_has_it() -> None:
    assert round(look.contrast("#000000", "#ffffff"), 2) == 21
    assert round(look.contrast("#767676", "#ffffff"), 2) == 4.54


positive = st.floats(1e-4, 1e5, allow_nan=False)


@given(st.lists(positive, min_size=1, max_size=20), st.sampled_from([scale.amounts, scale.prices]))
def test_every_figure_has_a_place_on_its_axis(figures: list[float], make: Any) -> None:
    axis = make(figures)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value in figures)
    ticks = [axis.place(value) for value, _ in axis.ticks]
    assert 2 <= len(ticks) <= 12 and ticks == sorted(ticks)
    assert all(-1e-9 <= tick <= 1 + 1e-9 for tick in ticks)
    labels = [text for _, text in axis.ticks]
    assert len(set(labels)) == len(labels)


@given(st.lists(st.dates(date(1980, 1, 1), date(2100, 1, 1)), min_size=1, max_size=8))
def test_every_day_has_a_place_on_its_axis(found: list[date]) -> None:
    axis = scale.days([day.toordinal() for day in found])
    assert all(0 <= axis.place(day.toordinal()) <= 1 for day in found)
    assert 1 <= len(axis.ticks) <= 11
    assert len({text for _, text in axis.ticks}) == len(axis.ticks)


def test_round_figures_stand_along_the_axes() -> None:
    assert [text for _, text in scale.amounts([0.5, 64]).ticks] == ["0.5", "1", "2", "4", "8", "16", "32", "64"]
    assert [text for _, text in scale.prices([0.003, 4]).ticks] == [
        "0.003",
        "0.01",
        "0.03",
        "0.1",
        "0.3",
        "1",
        "3",
        "10",
    ]
    assert [text for _, text in scale.prices([0.1, 0.126]).ticks] == ["0.09", "0.1", "0.11", "0.12", "0.13"]
    years = scale.days([date(2012, 10, 8).toordinal(), date(2025, 3, 2).toordinal()])
    assert [text for _, text in years.ticks] == ["2014", "2016", "2018", "2020", "2022", "2024"]


def test_what_a_person_may_have_put_into_a_frame_is_read_as_unknown() -> None:
    frame = pd.DataFrame({"x": ["1", "a", None, math.inf, 2.5, {}]}, dtype="object")
    assert np.nan_to_num(reading.figures(frame, "x"), nan=-1).tolist() == [1, -1, -1, -1, 2.5, -1]
    assert reading.texts(frame, "y") == ["–"] * 6
