"""Prices over time: one row per change, since when and until when, in percent; and the line that asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from IPython.utils.capture import capture_output

from mist_notebook.charts.chart import VEGA_LITE
from mist_notebook.display import frame_view
from mist_notebook.ground.errors import AmbiguousError, BadValueError, MistError, MistUsageError, NotFoundError
from mist_notebook.magic.commands.offers.history import day
from mist_notebook.prices import catalogue
from mist_notebook.prices.known import history as price_history
from mist_notebook.records.columns import COLUMNS
from tests.conftest import Notebook
from tests.rigs import chart_frames
from tests.rigs.chart_frames import history

M4 = ("ec2", "m4.large")
KNOWN = pd.concat(
    [
        history(
            ("us-east-1", "2015-12-02", 0.125),
            ("us-east-1", "2016-05-20", 0.125),
            ("us-east-1", "2017-05-09", 0.1),
            ("us-east-1", "2025-03-02", 0.1),
            ("eu-west-1", "2015-12-02", 0.15),
            ("eu-west-1", "2020-08-30", 0.12),
        ),
        history(("us-east-1", "2014-04-10", 0.044), size="m1.small"),
        history(("sjc", "2013-01-01", 0.06), provider="nephoscale", size="m1.small"),
        history((None, "2013-01-01", 0.5), (None, "2014-01-01", 0.4), provider="softlayer", size="12"),  # type: ignore[arg-type]
    ],
    ignore_index=True,
)


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows, days as text and figures rounded."""
    shown = frame[list(columns)].copy()
    for name in shown:
        if shown[name].dtype.kind == "M":
            shown[name] = shown[name].dt.strftime("%Y-%m-%d")
        elif shown[name].dtype.kind == "f":
            shown[name] = shown[name].round(4)
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in shown.itertuples(index=False)]


def test_equal_prices_one_after_another_are_one_row() -> None:
    found = price_history.series(KNOWN, [M4])
    assert rows(found, "region", "as_of", "last_seen", "price_hourly", "change_percent") == [
        ("eu-west-1", "2015-12-02", "2015-12-02", 0.15, None),
        ("eu-west-1", "2020-08-30", "2020-08-30", 0.12, -20.0),
        ("us-east-1", "2015-12-02", "2016-05-20", 0.125, None),
        ("us-east-1", "2017-05-09", "2025-03-02", 0.1, -20.0),
    ]


def test_the_summary_has_a_row_per_region_from_first_to_last() -> None:
    found = price_history.summary(price_history.series(KNOWN, [M4]))
    columns = ("region", "first_seen", "as_of", "price_first", "price_hourly", "change_percent", "changes")
    assert rows(found, *columns) == [
        ("eu-west-1", "2015-12-02", "2020-08-30", 0.15, 0.12, -20.0, 1.0),
        ("us-east-1", "2015-12-02", "2025-03-02", 0.125, 0.1, -20.0, 1.0),
    ]


def test_a_price_that_holds_everywhere_has_no_region() -> None:
    found = price_history.series(KNOWN, [("softlayer", "12")])
    assert rows(found, "region", "price_hourly", "change_percent") == [(None, 0.5, None), (None, 0.4, -20.0)]
    assert rows(price_history.summary(found), "region", "changes") == [(None, 1.0)]


@pytest.mark.parametrize(
    ("words", "regions"),
    [
        (["us-east-1"], {"us-east-1"}),
        (["EU-WEST-1"], {"eu-west-1"}),
        (["eu"], {"eu-west-1"}),
        (["us", "eu"], {"us-east-1", "eu-west-1"}),
        (["us-e"], {"us-east-1"}),
    ],
)
def test_regions_are_names_or_parts_of_the_world(words: list[str], regions: set[str]) -> None:
    assert set(price_history.series(KNOWN, [M4], regions=words)["region"]) == regions


@pytest.mark.parametrize(
    ("since", "prices"),
    [
        (date(2015, 1, 1), [0.15, 0.12, 0.125, 0.1]),
        (date(2016, 6, 1), [0.15, 0.12, 0.125, 0.1]),
        (date(2018, 1, 1), [0.15, 0.12, 0.1]),
        (date(2020, 8, 30), [0.12, 0.1]),
        (date(2025, 3, 2), [0.1]),
    ],
)
def test_since_keeps_the_price_that_held_on_that_day(since: date, prices: list[float]) -> None:
    assert price_history.series(KNOWN, [M4], since=since)["price_hourly"].tolist() == prices


@pytest.mark.parametrize(
    ("word", "size"),
    [
        ("EC2:m4.large", M4),
        ("aws:M4.LARGE", M4),
        ("m4.large", M4),
        ("nephoscale:m1.small", ("nephoscale", "m1.small")),
        ("12", ("softlayer", "12")),
    ],
)
def test_a_size_is_found_by_provider_and_id(word: str, size: tuple[str, str]) -> None:
    assert price_history.find(KNOWN, word) == size


@pytest.mark.parametrize(
    ("word", "kind", "message", "hint"),
    [
        ("EC2:m4.lrge", NotFoundError, "No price is known over time for 'EC2:m4.lrge'.", "Did you mean ec2:m4.large"),
        ("m4.lareg", NotFoundError, "No price is known over time for 'm4.lareg'.", "Did you mean m4.large?"),
        ("ec3:m4.large", NotFoundError, "No price is known over time for a provider named 'ec3'.", "Did you mean ec2?"),
        ("m1.small", AmbiguousError, "2 sizes match 'm1.small'.", "Say which: ec2:m1.small or nephoscale:m1.small."),
        ("", BadValueError, "'' names no size.", "Give a provider and a size: EC2:m4.large"),
        ("ec2:", BadValueError, "'ec2:' names no size.", "Give a provider and a size: EC2:m4.large"),
        (":x", NotFoundError, "No price is known over time for a provider named ''.", "There are ec2"),
    ],
)
def test_a_size_that_isnt_there_has_its_nearest(word: str, kind: type[MistError], message: str, hint: str) -> None:
    with pytest.raises(kind) as raised:
        price_history.find(KNOWN, word)
    assert raised.value.message == message and raised.value.hint.startswith(hint)


def test_what_leaves_nothing_says_what_there_is() -> None:
    with pytest.raises(NotFoundError) as region:
        price_history.series(KNOWN, [M4], regions=["us-west-9"])
    assert str(region.value) == "No price is known in 'us-west-9'.\nDid you mean us-east-1 or eu-west-1?"
    with pytest.raises(BadValueError) as since:
        price_history.series(KNOWN, [M4], since=date(2030, 1, 1))
    assert str(since.value) == "No price since 2030-01-01.\nThe last known one is of 2025-03-02."


def test_a_release_without_a_price_is_no_price() -> None:
    gap = pd.concat([KNOWN, history(("us-east-1", "2019-01-01", float("nan")))], ignore_index=True)
    pd.testing.assert_frame_equal(price_history.series(gap, [M4]), price_history.series(KNOWN, [M4]))


@pytest.mark.parametrize("kind", [price_history.SERIES, price_history.SUMMARY])
def test_the_frames_have_the_columns_of_the_table(kind: str) -> None:
    frame = price_history.series(KNOWN.astype({"provider": "category", "source": "category"}), [M4])
    frame = frame if kind == price_history.SERIES else price_history.summary(frame)
    expected = {column.name: column.dtype for column in COLUMNS[kind]}
    assert {name: str(dtype) for name, dtype in frame.dtypes.items() if name in expected} == expected
    assert list(frame.columns) == ["backend", "provider", *expected] and frame.attrs["mist"] == {"kind": kind}


def test_a_history_shows_its_provider_currency_and_source_in_one_line() -> None:
    shown = frame_view.plain(price_history.series(KNOWN, [M4]))
    assert shown.splitlines()[0] == "EC2 · 4 dated prices · prices in USD (apache-libcloud 2.0.0)"
    assert "provider" not in shown


def test_the_embedded_history_has_the_prices_that_amazon_announced() -> None:
    m4 = price_history.series(catalogue.history(), [M4], regions=["us-east-1"])
    assert rows(m4, "as_of", "price_hourly") == [
        ("2015-12-02", 0.126),
        ("2016-05-20", 0.12),
        ("2017-04-04", 0.108),
        ("2017-05-09", 0.1),
    ]
    m1 = price_history.series(catalogue.history(), [("ec2", "m1.small")], regions=["us-east-1"])
    assert m1["price_hourly"].tolist() == [0.065, 0.044]


def test_the_line_gives_a_chart_and_a_frame(notebook: Notebook) -> None:
    with capture_output() as shown:
        frame = notebook.value("%mist history EC2:m4.large --region us-east-1")
    assert frame["price_hourly"].tolist() == [0.126, 0.12, 0.108, 0.1]
    assert frame.attrs["mist"] == {"kind": "history", "question": "history ec2:m4.large --region us-east-1"}
    pictures = [output.data for output in shown.outputs if VEGA_LITE in output.data]
    assert len(pictures) == 1 and set(pictures[0]) - {"application/pdf"} == {VEGA_LITE, "image/svg+xml", "text/plain"}
    assert "-20.6 %" in pictures[0]["text/plain"]


def test_a_size_without_a_price_there_is_named(notebook: Notebook) -> None:
    cell = notebook.run("%mist history EC2:m4.large gce:n1-standard-1 --region us-east-1 --no-chart")
    assert cell.error is None and set(cell.value["id"]) == {"m4.large"}
    assert "No price of gce:n1-standard-1 there." in cell.printed.splitlines()


def test_the_question_of_a_frame_gives_the_same_frame(notebook: Notebook) -> None:
    line = "history EC2:m4.large gce:n1-standard-1 --region us-east-1,us --since 2016 --summary --no-chart"
    frame = notebook.value(f"%mist {line}")
    again = notebook.value(f"%mist {frame.attrs['mist']['question']} --no-chart")
    pd.testing.assert_frame_equal(again, frame)


@pytest.mark.parametrize(
    ("source", "pictures", "value"),
    [
        ("%mist history EC2:m4.large;", 0, False),
        ("df = %mist history EC2:m4.large", 1, False),
        ("%mist history EC2:m4.large --no-chart", 0, True),
        ("%mist history EC2:m4.large -o kept", 1, False),
        ("%%mist\nhistory EC2:m4.large\nhistory EC2:m4.large;", 1, False),
    ],
)
def test_a_semicolon_hides_the_chart_too(notebook: Notebook, source: str, pictures: int, value: bool) -> None:
    with capture_output() as shown:
        cell = notebook.run(source)
    assert cell.error is None
    assert sum(VEGA_LITE in output.data for output in shown.outputs) == pictures
    assert (cell.value is not None) == value


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("history", MistUsageError, "history needs size."),
        ("history m1.smll", NotFoundError, "No price is known over time for 'm1.smll'."),
        ("history EC2:m4.large --since 20x", BadValueError, "--since: '20x' can't be a date."),
        ("history EC2:m4.large --region mars", NotFoundError, "No price is known in 'mars'."),
        ("history EC2:m4.large --sort pirce", NotFoundError, "No column named 'pirce' to sort by."),
        ("history EC2:m4.large --regin eu", MistUsageError, "history has no option --regin."),
    ],
)
def test_a_line_that_cant_be_answered_is_one_line(
    notebook: Notebook, line: str, kind: type[MistError], message: str
) -> None:
    cell = notebook.run(f"%mist {line}")
    assert isinstance(cell.error, kind) and cell.error.message == message and cell.error.hint


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2018", date(2018, 1, 1)),
        ("2018-06", date(2018, 6, 1)),
        (" 2018-6-15 ", date(2018, 6, 15)),
        ("2020-02-29", date(2020, 2, 29)),
    ],
)
def test_a_day_is_read(text: str, read: date) -> None:
    assert day(text) == read


@pytest.mark.parametrize(
    "text", ["", "18", "2018-13", "2018-02-30", "0000", "99999", "2018/06", "-1", "２０１８", "last year"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadValueError, match="can't be a date"):
        day(text)


def test_the_chart_of_a_history_reaches_to_the_last_day_seen() -> None:
    frame = price_history.series(KNOWN, [M4], regions=["us"])
    drawn = [(row["day"], row["price"]) for row in chart_frames.values(frame.mist.chart())]
    assert drawn == [("2015-12-02", 0.125), ("2017-05-09", 0.1), ("2025-03-02", 0.1)]
