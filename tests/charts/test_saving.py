"""A chart as a file for a slide, and on paper: whole or not at all, and with no other program."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert import LatexExporter

from mist_notebook import charts
from mist_notebook.charts import pdf, theme
from mist_notebook.ground.errors import BadValueError
from tests.charts.test_charts import M4, TWO_CLOUDS, every_chart
from tests.rigs.chart_frames import offers

CHART = charts.of(offers(*TWO_CLOUDS))


def pixels(path: Path) -> tuple[int, int]:
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", content[16:24])
    return wide, high


@pytest.mark.parametrize("name", ["prices.svg", "prices.html", "PRICES.SVG"])
def test_a_chart_is_saved_as_a_picture_that_stands_alone(tmp_path: Path, name: str) -> None:
    path = CHART.save(tmp_path / name)
    text = path.read_text(encoding="utf-8")
    assert "<svg" in text and "m5.large" not in text.split("<svg")[0] and "var(--" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "") and "Drag to move" not in text
    assert "prefers-color-scheme" in text, "it follows the reader"


def test_a_file_that_is_there_stays_unless_force_is_given(tmp_path: Path) -> None:
    path = CHART.save(tmp_path / "prices.svg")
    was = path.read_bytes()
    with pytest.raises(BadValueError, match="is there already") as caught:
        charts.of(M4).save(path)
    assert "force=True" in caught.value.hint and path.read_bytes() == was
    assert charts.of(M4).save(str(path), force=True) == path and path.read_bytes() != was
    assert [each.name for each in tmp_path.iterdir()] == ["prices.svg"]


def test_a_theme_gives_the_picture_its_ground_and_its_colours(tmp_path: Path) -> None:
    for name, ground in theme.GROUNDS.items():
        for ending in (".svg", ".html"):
            text = CHART.save(tmp_path / f"{name}{ending}", theme=name).read_text(encoding="utf-8")
            assert f'fill="{ground}"' in text and "prefers-color-scheme" not in text
    light, dark = (CHART.save(tmp_path / f"{name}.png", theme=name) for name in theme.GROUNDS)
    assert pixels(light) == pixels(dark) and light.read_bytes() != dark.read_bytes()


def test_a_png_is_as_large_as_it_is_asked_for(tmp_path: Path) -> None:
    wide, high = pixels(CHART.save(tmp_path / "usual.png"))
    assert (wide, high) == pixels(CHART.save(tmp_path / "two.PNG", scale=2)) and wide == 2 * 760
    assert pixels(CHART.save(tmp_path / "one.png", width=1200, scale=1))[0] == 1200
    assert 'width="1200"' in CHART.save(tmp_path / "w.svg", width=1200).read_text(encoding="utf-8")


def test_a_png_without_its_library_names_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # as if it weren't installed
    with pytest.raises(BadValueError, match="vl-convert") as caught:
        CHART.save(tmp_path / "prices.png")
    assert "mist-notebook[png]" in caught.value.hint and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *[
            (name, ".svg, .png or .html")
            for name in ("prices", "prices.pdf", "prices.jpg", "prices.svg.gz", ".svg", "")
        ],
        *[("nowhere/prices.svg", "Make it first"), ("a\0b.svg", "ends in"), ("C:\\prices.png", "ends in")],
        *[("~nobody-at-all/prices.svg", "ends in"), (".", "ends in"), ("x" * 300 + ".svg", "another file")],
    ],
)
def test_what_cannot_be_saved_is_said_in_two_lines_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadValueError) as caught:
        CHART.save(name)
    assert said in caught.value.hint and list(tmp_path.iterdir()) == []


def test_a_folder_what_is_no_path_and_a_place_that_takes_no_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.svg").mkdir()
    for path in (tmp_path / "a.svg", tmp_path):
        with pytest.raises(BadValueError, match="is a folder"):
            CHART.save(path, force=True)
    with pytest.raises(BadValueError, match="is no file"):
        CHART.save(3)  # type: ignore[arg-type]
    if Path("/proc").is_dir():
        with pytest.raises(BadValueError, match="can't be written"):
            CHART.save("/proc/prices.svg")


@pytest.mark.parametrize(
    "more", [{"scale": 0}, {"scale": -1}, {"scale": "2"}, {"scale": True}, {"scale": float("nan")}]
)
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_scale_that_is_none_is_refused(tmp_path: Path, more: dict[str, float], ending: str) -> None:
    with pytest.raises(BadValueError):
        CHART.save(tmp_path / f"a.{ending}", **more)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [{"width": 0}, {"width": 1e9}, {"theme": "drak"}, {"theme": 3}, {"scale": 100}])
def test_a_size_or_a_theme_that_cannot_be_is_refused(tmp_path: Path, more: dict[str, float]) -> None:
    with pytest.raises(BadValueError) as caught:
        CHART.save(tmp_path / "a.png", **more)  # type: ignore[arg-type]
    assert caught.value.hint and list(tmp_path.iterdir()) == []


def test_a_home_folder_and_a_text_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert CHART.save("~/prices.svg") == tmp_path / "prices.svg"
    assert (tmp_path / "prices.svg").stat().st_mode & 0o777 == 0o666 & ~os.umask(os.umask(0o022))


def test_latex_takes_charts_and_frames_with_no_other_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # neither Inkscape nor pandoc
    drawn = [*every_chart(offers(*TWO_CLOUDS)), charts.of(M4)]
    outputs = [nbformat.v4.new_output("display_data", chart.bundle()) for chart in drawn]
    outputs.append(nbformat.v4.new_output("display_data", {"text/html": "<b>t</b>", "text/plain": "m5.large 0.0960"}))
    cells = [nbformat.v4.new_code_cell("offers.mist.chart()", outputs=outputs)]
    text, resources = LatexExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    figures = [content for name, content in resources["outputs"].items() if name.endswith(".pdf")]
    assert len(figures) == len(drawn) == text.count("adjustimage{max size")
    assert all(content.startswith(b"%PDF-") for content in figures) and "m5.large 0.0960" in text


@pytest.mark.parametrize("place", range(5))
def test_the_figure_on_paper_has_all_words_and_marks_of_the_picture(place: int) -> None:
    import zlib

    chart = [*every_chart(offers(*TWO_CLOUDS)), charts.of(M4)][place]
    made = pdf.of(chart.svg)
    assert made == pdf.of(chart.svg) and made.endswith(b"%%EOF\n")
    drawn = zlib.decompress(made.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]).decode("cp1252")
    assert drawn.count(" Tj ET") == chart.svg.count("<text ")
    assert drawn.count(" w [") == chart.svg.count("<path ") + chart.svg.count("<rect ")
    assert "USD per hour" in drawn


def test_letters_that_the_papers_font_lacks_are_marked() -> None:
    frame = offers({"id": "größe-µ", "provider": "云"}, {"id": "b(c)\\", "provider": "云", "price_hourly": 0.05})
    assert pdf.of(charts.of(frame).svg).startswith(b"%PDF-")


def test_every_chart_says_the_same_in_words() -> None:
    for chart in [*every_chart(offers(*TWO_CLOUDS)), charts.of(M4)]:
        title = chart.spec["title"]["text"]
        said = " ".join(chart.spec["title"]["subtitle"])
        assert chart.spec["description"].startswith(title) and said in chart.spec["description"].replace("\n", " ")
        assert f'role="img" aria-label="{title}"' in chart.svg and f"<title>{title}</title>" in chart.svg
        assert title in chart.text and "per hour" in chart.text and "2025-03-02" in chart.text
        assert "Drag" not in chart.text + chart.svg + said, "what one does with it stands beside it"
        assert "Drag to move" in chart.spec["usermeta"]["embedOptions"]["i18n"]["CLICK_TO_VIEW_ACTIONS"] or (
            "region" in title
        )
