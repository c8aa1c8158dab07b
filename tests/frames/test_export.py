"""Frames as files: inert in a spreadsheet, equal when read again, never over another file unasked."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mist_notebook.frames import export
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.files import named
from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import compare
from mist_notebook.prices.comparing.ranking import EVERY_OFFER, Ranking
from mist_notebook.prices.wishes import wish
from tests.prices.test_compare import market
from tests.rigs.offer_rows import offers

SIGNS = "'\"=+-@;,|% \t\r\n\0ax\ufeff"
# What a spreadsheet begins a formula with, whatever parts the cells of a line.
FORMULA = re.compile(rf"(?:^|[;,\t\r\n])\"?[\s\0\ufeff\u200b]*[{re.escape(''.join(export.PREFIXES[:4]))}]")


def texts(*cells: str | None) -> pd.DataFrame:
    return offers(*({"id": cell, "price_hourly": -1.5} for cell in cells))


def cells_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_there_are_fourteen_beginnings_of_a_formula() -> None:
    assert len(export.PREFIXES) == len(set(export.PREFIXES)) == 14


@pytest.mark.parametrize("prefix", export.PREFIXES, ids=ascii)
@pytest.mark.parametrize("before", ["", " ", "\ufeff", "a;", "a,", 'a"', "a\n"], ids=ascii)
def test_a_text_that_a_spreadsheet_would_compute_is_only_text(prefix: str, before: str) -> None:
    text = f"{before}{prefix}1+1"
    guarded = export.guard(text)
    assert guarded.replace("'", "") == text
    assert guarded[len(before) if before[:1] in "a" and before else 0] == "'"
    assert export.unguard(guarded) == text


@pytest.mark.parametrize("text", ["m5.xlarge", "a-b", "4 vCPU, 8 GB", "x=1", "it's", "'", "''", "", "5", "1 - 2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert export.guard(text) == text


@given(st.text(st.sampled_from(SIGNS), max_size=14))
def test_every_text_is_given_back_and_none_is_left_to_compute(text: str) -> None:
    guarded = export.guard(text)
    assert export.unguard(guarded) == text
    assert export.guard(guarded).count("'") >= guarded.count("'")
    assert not FORMULA.search(guarded)


def test_numbers_are_unchanged_and_names_of_columns_are_guarded() -> None:
    frame = texts("=1", "b").rename(columns={"name": "=name"})
    rows = cells_of(export.csv_bytes(frame))
    assert rows[0][3] == "'=name"
    place = rows[0].index("price_hourly")
    assert [row[place] for row in rows[1:]] == ["-1.5", "-1.5"]


def test_a_row_is_one_line_of_the_file_whatever_its_texts_hold(tmp_path: Path) -> None:
    frame = texts("a\rb", "a\nb", "a\r\nb", "tail\r", 'say "x"', "a,b")
    assert len(cells_of(export.csv_bytes(frame))) == 7
    path = export.save(frame, tmp_path / "a.csv")
    pd.testing.assert_frame_equal(export.read_csv(path), frame)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cells=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=5))
def test_every_text_in_a_frame_reads_the_same_again(cells: list[str], tmp_path: Path) -> None:
    path = export.save(texts(*cells), tmp_path / "a.csv", force=True)
    assert list(export.read_csv(path)["id"]) == cells


@pytest.mark.parametrize("name", catalogue.SNAPSHOTS)
def test_every_offer_of_the_catalogue_reads_the_same_again(name: str, tmp_path: Path) -> None:
    frame = compare(
        catalogue.snapshot(name), wish.Wish(kind="any"), Ranking(hours=9, per=EVERY_OFFER, limit=None)
    ).frame
    path = export.save(frame, tmp_path / "offers.csv")
    pd.testing.assert_frame_equal(export.read_csv(path), frame)


def test_a_frame_of_ones_own_reads_the_same_again(tmp_path: Path) -> None:
    own = pd.DataFrame({"what": ["=a", "5", None], "n": [1.5, None, -2.0], "kind": ["x", "x", "y"]})
    own["kind"] = own["kind"].astype("category")
    again = export.read_csv(export.save(own, tmp_path / "own.csv"))
    assert again["what"].tolist()[:2] == ["=a", "5"] and again["what"].isna().tolist() == [False, False, True]
    assert again["n"].tolist()[::2] == [1.5, -2.0]
    assert again["kind"].tolist() == ["x", "x", "y"]


def test_a_surrogate_that_is_alone_does_not_stop_it(tmp_path: Path) -> None:
    path = export.save(texts("a\ud800b"), tmp_path / "a.csv")
    assert "a\\ud800b" in path.read_text(encoding="utf-8")


def test_parquet_holds_the_frame_or_says_what_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = compare(market(), wish.Wish(kind="any")).frame
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        with pytest.raises(BadValueError) as caught:
            export.save(frame, path)
        assert str(caught.value) == (
            "Parquet needs the package pyarrow, which is not installed.\n"
            "Run %pip install pyarrow, or name a file that ends in .csv."
        )
        assert not path.exists()
    else:
        again = pd.read_parquet(export.save(frame, path))
        pd.testing.assert_frame_equal(again.astype(frame.dtypes.to_dict()), frame)


# --------------------------------------------------------------------------------------------------------------- files


def test_a_file_is_never_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(BadValueError) as caught:
        export.save(market(), path)
    assert str(caught.value).splitlines()[1] == "Name another file, or add --force to replace it."
    assert path.read_text() == "mine"
    assert export.save(market(), path, force=True) == path
    assert path.read_text().startswith("backend,provider,id,")
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix != ".toml"] == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "'' is no file that can be written."),
        ("offers", "offers' is no file that can be written."),
        ("offers.xlsx", "offers.xlsx' is no file that can be written."),
        (".csv", ".csv' is no file that can be written."),
        ("a\0.csv", "a\\x00.csv' is no file that can be written."),
        ("nope/offers.csv", "There is no folder "),
        ("folder.csv", "folder.csv is a folder."),
        ("~nobody-of-that-name/a.csv", "~nobody-of-that-name/a.csv names no home folder of anyone."),
    ],
)
def test_a_name_that_cannot_be_a_file_is_refused_and_nothing_is_written(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadValueError) as caught:
        export.save(market(), name)
    assert message in str(caught.value).splitlines()[0]
    assert [entry.name for entry in tmp_path.rglob("*") if entry.suffix != ".toml"] == ["folder.csv"]


def test_what_cannot_be_moved_into_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()  # since it was looked for
    with pytest.raises(BadValueError, match="can't be written"):
        named.write(tmp_path / "a.csv", b"x", force=True, instead="")
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix != ".toml"] == ["a.csv"]


def test_what_the_file_system_refuses_is_said_so(tmp_path: Path) -> None:
    for force in (False, True):
        with pytest.raises(BadValueError, match="can't be written: File name too long"):
            export.save(market(), tmp_path / f"{'x' * 300}.csv", force=force)
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix != ".toml"] == []


@pytest.mark.parametrize(
    "path", [r"C:\data\offers.csv", "d:/offers.csv", r"\\server\share\o.parquet", r"..\offers.csv", r"data\offers.csv"]
)
def test_a_path_of_another_system_is_refused_and_never_another_file(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadValueError) as caught:
        export.save(pd.DataFrame({"id": ["a"]}), path)
    assert "Windows" in str(caught.value) and list(tmp_path.iterdir()) == []
