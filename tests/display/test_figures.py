"""Figures of our frames, whatever was done to them: what isn't 0 never shows as 0, nothing is less true than pandas."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

from mist_notebook.display import figures, frame_view
from mist_notebook.display.frame_picture import picture
from mist_notebook.display.wanted import Wanted
from tests.display.test_frame_view import EC2, NEPHO, priced, shown, sizes

TINY = 0.0028
OFFERS = {"t4g.nano": 0.0028, "t3a.nano": 0.0031, "Standard_B1ls": 0.0052, "t3.nano": 0.0052}


@pytest.fixture
def shell(bare_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    undo = frame_view.install(bare_shell)
    try:
        yield bare_shell
    finally:
        undo()


def frame() -> pd.DataFrame:
    found = sizes(
        *(priced(name, price, vcpus=1 + place, ram_mb=512.0) for place, (name, price) in enumerate(OFFERS.items()))
    )
    return found.assign(region=["ap-south-1", "ap-south-1", "eastus", "us-east-1"], arch=["arm64", *["x86_64"] * 3])


WAYS: dict[str, tuple[Callable[[pd.DataFrame], Any], tuple[str, ...]]] = {
    "renamed": (
        lambda c: c[["id", "price_hourly"]].rename(columns={"price_hourly": "usd per hour"}),
        ("0.0028", "0.0052", "usd per hour"),
    ),
    "halved": (lambda c: c.assign(half=c.price_hourly / 2), ("0.0014", "0.00155", "half")),
    "pivoted": (
        lambda c: c.pivot_table(index="arch", columns="region", values="price_hourly"),
        ("0.0028", "0.0052", "region", "arch"),
    ),
    "turned": (lambda c: c.head(2).T, ("0.0028", "0.0031")),
    "described": (lambda c: c.drop(columns="price_monthly").describe(), ("0.0028", "0.0052", "25%")),
    "grouped": (lambda c: c.groupby("arch")[["price_hourly"]].mean(), ("0.0028", "0.0045", "arch", "price_hourly")),
    "grouped-twice": (lambda c: c.groupby(["arch", "region"])[["price_hourly"]].min(), ("0.0028", "arch", "region")),
    "aggregated": (lambda c: c.groupby("arch")[["price_hourly"]].agg(["min", "max"]), ("0.0028", "min", "max", "arch")),
    "aggregated-whole": (lambda c: c[["price_hourly"]].agg(["min", "mean"]), ("0.0028", "mean")),
    "joined": (
        lambda c: c[["id", "price_hourly"]].merge(pd.DataFrame({"id": ["t4g.nano"], "factor": [0.00012]}), on="id"),
        ("0.0028", "0.00012"),
    ),
    "stacked": (
        lambda c: pd.concat([c[["price_hourly"]], pd.DataFrame({"price_hourly": [0.00045]})]),
        ("0.0028", "0.00045"),
    ),
    "a-series": (lambda c: c.price_hourly, ("0.0028", "price_hourly")),
    "styled": (lambda c: c[["id", "price_hourly"]].style, ("0.0028",)),
    "indexed-by-price": (lambda c: c.set_index("price_hourly")[["id"]], ("0.0028", "price_hourly")),
    "unstacked": (
        lambda c: c.set_index(["arch", "region", "id"])[["price_hourly"]].unstack("region"),
        ("0.0028", "region"),
    ),
    "crossed": (
        lambda c: pd.crosstab(c.arch, c.region, values=c.price_hourly, aggfunc="sum"),
        ("0.0028", "arch", "region"),
    ),
    "as-objects": (lambda c: c[["id", "price_hourly"]].astype(object), ("0.0028",)),
    "nullable": (lambda c: c[["id", "price_hourly"]].convert_dtypes(), ("0.0028",)),
    "a-millionth": (
        lambda c: c.assign(price_hourly=c.price_hourly / 1000)[["id", "price_hourly"]],
        ("0.0000028", "0.0000052"),
    ),
    "twice-the-name": (lambda c: c[["price_hourly", "price_hourly"]], ("0.0028",)),
    "melted": (
        lambda c: c.melt(id_vars="id", value_vars=["price_hourly", "price_monthly"]),
        ("0.0028", "price_hourly"),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_was_done_to_a_frame_its_prices_keep_their_digits_and_names(shell: InteractiveShell, way: str) -> None:
    work, expected = WAYS[way]
    data = shell.display_formatter.format(work(frame()))[0]
    texts = [re.sub(r"<[^>]+>", " ", text) for kind, text in data.items() if kind == "text/html" or way != "styled"]
    for text in texts:
        assert [word for word in expected if word not in text] == []
        assert not re.search(r"(?<![\d.])0\.00(?![\d%])", text)


def test_a_column_of_prices_lines_up() -> None:
    lines = frame_view.plain(
        frame()[["id", "price_hourly"]].assign(price_hourly=[0.0028, 0.15, 1, 0.00155])
    ).splitlines()
    assert [line.split()[-1] for line in lines[2:]] == ["0.00280", "0.15000", "1.00000", "0.00155"]
    assert len({len(line) for line in lines[1:]}) == 1


def test_other_figures_stand_under_each_others_points() -> None:
    lines = frame_view.plain(frame()[["id"]].assign(share=[0.5, 0.612305, 16, 1.25])).splitlines()[2:]
    assert [line.split()[-1] for line in lines] == ["0.5", "0.612305", "16", "1.25"]
    assert len({line.rindex(".") for line in lines if not line.endswith(" 16")}) == 1


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.0028, 0.15], ["0.0028", "0.1500"]),
        ([2.0, 4.0], ["2", "4"]),
        ([2**63 - 1], ["9223372036854775807"]),
        ([1e300, 0.5], ["1e+300", "5e-01"]),
        ([1e-20], ["1e-20"]),
        ([-0.0, 0.25], ["0.00", "0.25"]),
        ([float("inf"), -0.5], ["inf", "-0.5"]),
        ([2014.0, 22222.0], ["2014", "22222"]),
        ([0.1 + 0.2], ["0.3"]),
        ([2.8e-6, 1.0], ["0.0000028", "1"]),
        ([1e5, 0.0078125, float("inf")], ["100000", "0.0078125", "inf"]),
    ],
)
def test_figures_have_the_digits_they_need(values: list[float], texts: list[str]) -> None:
    least = 4 if values == [0.0028, 0.15] else 0
    assert [text.rstrip() for text in figures.figures(values, Wanted(), least=least)] == texts


numbers = (
    st.floats(allow_nan=False) | st.floats(-1e6, 1e6) | st.floats(0, 0.01) | st.integers(-(2**60), 2**60).map(float)
)


@settings(max_examples=150)
@given(st.lists(numbers, min_size=1, max_size=6))
def test_any_figures_read_back_as_precisely_as_pandas_shows_them(values: list[float]) -> None:
    column = pd.Series(values, dtype="float64")
    assert_as_true(values, figures.cells(column, Wanted()), pandas_shows(column))


def pandas_shows(column: pd.Series[Any]) -> list[str]:
    return [line.strip() for line in column.to_frame().to_string(index=False, header=False).splitlines()]


def assert_as_true(values: list[Any], ours: list[str], theirs: list[str]) -> None:
    for value, text, other in zip(values, ours, theirs, strict=True):
        if not isinstance(value, float) or not math.isfinite(value):
            continue
        assert (float(text) == 0) == (value == 0), f"{value!r} shows as {text}"
        off, other_off = abs(float(text) - value), abs(float(other) - value)
        assert off <= other_off * (1 + 1e-9) + abs(value) * 1e-15, f"{value!r}: {text}, and pandas {other}"


def scaled(factor: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda c: c.assign(**{name: c[name] * factor for name in c.select_dtypes("float64").columns})


STEPS: list[Callable[[pd.DataFrame], pd.DataFrame]] = [
    scaled(1 / 3),
    scaled(1e-5),
    scaled(1e7),
    lambda c: c.assign(one=range(len(c))).T.T,
    lambda c: c.describe(),
    lambda c: c.head(2),
    lambda c: c.rename(columns=str.upper),
    lambda c: c.select_dtypes("float64").cumsum(),
    lambda c: c.select_dtypes("float64").T,
    lambda c: c.iloc[::-1],
    lambda c: c.select_dtypes("float64").corr(),
    lambda c: c.select_dtypes("float64").sem().to_frame("sem"),
    lambda c: c.select_dtypes("float64").agg(["min", "max", "std"]),
    lambda c: pd.concat([c, c]),
    lambda c: c.set_axis(pd.MultiIndex.from_arrays([range(len(c)), range(len(c))], names=["a", "b"])),
    lambda c: c.reset_index(),
    lambda c: c.convert_dtypes(),
    lambda c: c.astype(object),
]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(STEPS), max_size=4), st.lists(st.floats(1e-9, 1e5), min_size=4, max_size=4))
def test_no_number_of_any_frame_made_of_ours_is_less_precise_than_in_pandas_own_view(
    steps: list[Callable[[pd.DataFrame], pd.DataFrame]], prices: list[float]
) -> None:
    made = frame().assign(price_hourly=prices, price_monthly=[price * 730 for price in prices])
    about = dict(made.attrs)
    for step in steps:
        try:
            made = step(made)
        except (ValueError, TypeError):  # pandas can't do this after that
            break
    made.attrs = about
    if made.empty:
        return
    table = picture(made).table
    drawn = picture(made).names
    flat = [str(name) for name in made.columns]
    for place, name in enumerate(drawn):
        column = made.iloc[:, flat.index(name) if flat.count(name) == 1 else place]
        ours = [row[table.keys + place] for row in table.rows]
        values = [value if isinstance(value, float) and value == value else None for value in column.head(len(ours))]
        assert_as_true(values, ours, pandas_shows(column.head(len(ours)).reset_index(drop=True)))


# ------------------------------------------------------------------------------------------------ pandas' own options


def with_options(value: pd.DataFrame, **options: Any) -> str:
    if not options:
        return frame_view.plain(value)
    with pd.option_context(*(word for name, chosen in options.items() for word in (f"display.{name}", chosen))):
        return frame_view.plain(value)


def many(rows: int) -> pd.DataFrame:
    return sizes(*(priced(f"s{place}", 0.1, vcpus=1) for place in range(rows)))


def test_precision_and_float_format_are_honoured() -> None:
    share = frame()[["id"]].assign(share=[1 / 3, 2 / 3, 0.25, 1.0])
    assert "0.333333" in with_options(share) and "0.3333333333" in with_options(share, precision=10)
    assert re.search(r" 0\.33$", with_options(share, precision=2), re.M)
    assert "0.0028" in with_options(frame()[["price_hourly"]], precision=2), "a figure that isn't 0 is never 0"
    assert "33.3%" in with_options(share, float_format="{:.1%}".format)


@pytest.mark.parametrize(
    ("options", "rows"),
    [({}, 20), ({"max_rows": 200}, 100), ({"max_rows": None}, 100), ({"max_rows": 8}, 8), ({"min_rows": 5}, 5)],
)
def test_max_rows_and_min_rows_are_honoured(options: dict[str, Any], rows: int) -> None:
    lines = with_options(many(100), **options).splitlines()
    assert sum(bool(re.search(r" s\d+ ", line)) for line in lines) == rows
    cut = [line for line in lines if "more rows" in line]
    assert len(cut) == (rows < 100) and all("--limit" in line and "display.max_rows" in line for line in cut)


def test_as_many_rows_as_a_line_asked_for_are_drawn() -> None:
    asked = many(100)
    asked.attrs["mist"]["limit"] = 100
    assert "more rows" not in frame_view.plain(asked)


def test_max_colwidth_is_honoured() -> None:
    long = frame()[["id"]].assign(note="x" * 100)
    assert "x" * 90 in with_options(long, width=200) and "x" * 20 not in with_options(long, max_colwidth=12, width=200)
    assert "x" * 100 in with_options(long, max_colwidth=None, expand_frame_repr=False)


def test_max_columns_is_honoured_and_what_is_cut_is_said() -> None:
    whole = with_options(frame(), max_columns=None)
    assert all(word in whole for word in ("NephoScale", "confidence", "spec source"))
    cut = with_options(frame()[["id", "vcpus", "ram_gb", "price_hourly"]], max_columns=2)
    assert cut.splitlines()[1].split() == ["id", "vcpus"] and "2 more columns: ram_gb and price_hourly" in cut


def test_width_and_expand_frame_repr_are_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    wide = frame()[["id"]].assign(**{f"figure_{place}": 1 / 3 for place in range(15)})
    assert max(map(len, with_options(wide).splitlines()[1:6])) <= 80
    assert 80 < max(map(len, with_options(wide, width=120).splitlines()[1:6])) <= 120
    assert len(with_options(wide, expand_frame_repr=False).splitlines()[1].split()) == 16


def test_the_option_that_shows_no_html_is_honoured(shell: InteractiveShell) -> None:
    with pd.option_context("display.notebook_repr_html", False):
        assert set(shell.display_formatter.format(frame())[0]) == {"text/plain"}


@pytest.mark.parametrize("first", ["itables", "ours"])
def test_itables_wins_when_a_person_asks_for_it(bare_shell: InteractiveShell, first: str) -> None:
    itables = pytest.importorskip("itables")
    undo = frame_view.install(bare_shell) if first == "ours" else None
    try:
        itables.init_notebook_mode(all_interactive=True, connected=True)
        undo = undo or frame_view.install(bare_shell)
        assert "itables" in bare_shell.display_formatter.format(frame())[0]["text/html"]
        itables.init_notebook_mode(all_interactive=False)
        assert 'title="price_hourly"' in shown(bare_shell, frame())[0]
    finally:
        itables.init_notebook_mode(all_interactive=False)
        if undo:
            undo()


# ------------------------------------------------------------------------------------------------------- 80 columns


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_terminal_gets_whole_ids_and_prices_within_its_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    long = sizes(
        *(priced(f"VM.Standard.E5.Flex.{n}OCPU", 0.0028 * n, vcpus=n, ram_mb=2048.0 * n) for n in (2, 16, 128)),
        backend=EC2,
    )
    lines = frame_view.plain(long).splitlines()
    assert max(map(len, lines[1:5])) <= width
    assert "VM.Standard.E5.Flex.128OCPU" in lines[4] and "0.3584" in lines[4]


def test_printing_a_frame_shows_what_matters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print(frame())
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("SANDBOX", "t4g.nano", "0.0028", "$/h"))
    foreign = pd.DataFrame({"a": [0.5]})
    assert repr(foreign) == foreign.to_string() and str(frame()) == repr(frame()) == frame_view.plain(frame())


def test_captions_do_not_dangle() -> None:
    assert frame_view.plain(frame()[["id", "price_hourly"]]).splitlines()[0] == "SANDBOX · 4 sizes"
    for made in (frame().describe(), frame().pivot_table(index="arch", values="price_hourly")):
        assert frame_view.plain(made).splitlines()[0] == "SANDBOX"


def test_times_say_what_they_say() -> None:
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02"]))
    assert figures.cells(days, Wanted()) == ["2026-01-01", "2026-01-02"]
    assert figures.cells(days + pd.Timedelta("1min"), Wanted())[0] == "2026-01-01 00:01"
    assert figures.cells(days + pd.Timedelta("1s"), Wanted())[0] == "2026-01-01 00:00:01"
    assert figures.cells(days.dt.tz_localize("UTC"), Wanted())[0] == "2026-01-01 00:00:00+00:00"
    assert figures.cells(pd.Series(pd.period_range("2026-01", periods=1, freq="M")), Wanted()) == ["2026-01"]
    assert figures.cell(date(2026, 1, 2), Wanted()) == "2026-01-02"


def test_a_sandbox_is_marked_in_whatever_was_made_of_it() -> None:
    assert NEPHO.sandbox and frame_view.plain(frame().T).startswith("SANDBOX")


@pytest.mark.parametrize("dtype", ["float64", "Float64", "object"])
def test_a_figure_beyond_all_digits_is_a_number_in_every_kind_of_column(dtype: str) -> None:
    made = frame().assign(price_monthly=pd.Series([7.3e16, 9.271e18, 1e300, 5e-324], dtype="float64").astype(dtype))
    made.attrs = dict(frame().attrs)
    table = picture(made).table
    cells = [cell for row in table.rows for cell in row]
    assert not [cell for cell in cells if "float" in cell]
