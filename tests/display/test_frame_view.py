"""How frames show in a real shell: foreign text inert, constant columns said once, other frames left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mist_notebook.display import frame_view
from mist_notebook.frames import frames
from mist_notebook.records.model import BackendInfo, Image, Listing, Price, Size

NEPHO = BackendInfo(id="b1", name="NephoScale", provider="nephoscale", server="https://a.example", sandbox=True)
EC2 = BackendInfo(id="b2", name="EC2", provider="ec2", server="https://a.example")
HOSTILE = {
    "image": "<img src=x onerror=alert(1)>",
    "script": "</td></table><script>alert(1)</script>",
    "attribute": "\" onmouseover='alert(1)",
    "entity": "&lt;b&gt;",
    "mathjax": r"$\href{javascript:alert(1)}{x}$",
    "mathjax-display": r"\[\unicode{x}\] $$x$$",
    "ansi": "\x1b[31mred\x1b[0m",
    "osc": "\x1b]8;;http://x\x07link\x1b]8;;\x07",
    "carriage": "good\rbad",
    "newline": "one\ntwo",
    "bidi": "ubuntu\u202etxt.exe",
    "zero-width": "ub\u200buntu",
    "nul": "a\x00b",
    "formula": "=1+1",
    "surrogate": "a\ud800b",
    "long": "x" * 10_000,
    "markdown": "[x](javascript:alert(1)) **b** `c`",
}
ELEMENTS = {"div", "table", "thead", "tbody", "tr", "th", "td"}


class Elements(HTMLParser):
    """The elements, attributes and text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def shell(bare_shell: InteractiveShell) -> Iterator[InteractiveShell]:
    """The shell with the display of our frames, and nothing else of ours."""
    undo = frame_view.install(bare_shell)
    try:
        yield bare_shell
    finally:
        undo()


def shown(shell: InteractiveShell, value: Any) -> tuple[str, str]:
    """What the value shows as, in HTML and in plain text."""
    data, _ = shell.display_formatter.format(value)
    assert set(data) == {"text/html", "text/plain"}
    return data["text/html"], data["text/plain"]


def images(*records: Image, backend: BackendInfo = NEPHO) -> pd.DataFrame:
    return frames.listings("images", [Listing(backend=backend, records=list(records), fetched_at=datetime.now(UTC))])


def sizes(*records: Size, backend: BackendInfo = NEPHO) -> pd.DataFrame:
    return frames.listings("sizes", [Listing(backend=backend, records=list(records), fetched_at=datetime.now(UTC))])


def priced(size_id: str, hourly: float | None, **more: Any) -> Size:
    price = Price(hourly=hourly, currency="USD", as_of=date(2014, 4, 10), source="list", confidence="list")
    return Size(id=size_id, name=f"size {size_id}", price=price if hourly else Price(), **more)


# ------------------------------------------------------------------------------------------------------------- inert


def views(shell: InteractiveShell, text: str) -> list[tuple[str, str]]:
    """Every way a foreign text can come into a frame of ours."""
    backend = BackendInfo(id=text, name=text, provider=text, server=text, state=text, region=text)
    image = Image(id=text, name=text, os=text, arch=text, owner=text, origin=text)
    one = images(image, backend=backend)
    two = images(image, Image(id="2", name="b"), backend=backend)
    renamed = images(image).rename(columns={"name": text})
    indexed = images(image, Image(id="2", name="b")).set_index("name")
    return [
        shown(shell, frame)
        for frame in (one, two, two[["name", "id"]], renamed, indexed, frames.backends([backend]), two.assign(own=text))
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_foreign_text_never_becomes_markup(shell: InteractiveShell, text: str) -> None:
    for html, _ in views(shell, text):
        found = Elements(html)
        assert found.tags <= ELEMENTS
        assert found.attributes <= {"class", "style", "title"}
        assert "mathjax_ignore" in html and "tex2jax_ignore" in html
        html.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_foreign_text_has_no_control_or_invisible_character_in_any_view(shell: InteractiveShell, text: str) -> None:
    for html, plain in views(shell, text):
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", html + plain
        )
        plain.encode("utf-8")


def test_a_newline_in_a_name_makes_no_further_line(shell: InteractiveShell) -> None:
    plain = [shown(shell, images(Image(id="1", name=name), Image(id="2", name="b")))[1] for name in ("a", "a\nb\r\nc")]
    assert plain[0].count("\n") == plain[1].count("\n")


@pytest.mark.parametrize("key", ["image", "attribute", "mathjax", "entity", "formula", "markdown"])
def test_hostile_names_are_visible_as_the_text_they_are(shell: InteractiveShell, key: str) -> None:
    html, plain = shown(shell, images(Image(id="1", name=HOSTILE[key]), Image(id="2", name="b")))
    assert HOSTILE[key] in Elements(html).text
    assert HOSTILE[key] in plain


def test_a_page_with_foreign_text_is_inert_too(shell: InteractiveShell) -> None:
    from mist_notebook.display.page import Page, Section

    for text in HOSTILE.values():
        page = Page((Section(title=text, lines=(text,), rows=((text, text),)),))
        html, plain = shown(shell, page)
        assert Elements(html).tags <= ELEMENTS | {"b", "code"}
        assert "mathjax_ignore" in html
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u200b\u202e\ud800-\udfff]", html + plain)


def test_names_of_other_scripts_show_as_they_are(shell: InteractiveShell) -> None:
    html, plain = shown(shell, images(Image(id="1", name="образ 镜像 イメージ"), Image(id="2", name="b")))
    assert "образ 镜像 イメージ" in html and "образ 镜像 イメージ" in plain


# ----------------------------------------------------------------------------------------------------------- folding


def headers(html: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<th[^>]*>([^<]*)</th>", html)]


def test_what_is_the_same_in_every_row_is_said_once_above(shell: InteractiveShell) -> None:
    html, plain = shown(shell, sizes(priced("1", 0.02, vcpus=1), priced("2", 0.04, vcpus=2)))
    assert headers(html) == ["", "id", "name", "$/h", "vCPUs", "RAM GB", "disk GB", "$/month"]
    above = plain.splitlines()[0]
    assert above.startswith("SANDBOX · NephoScale · 2 sizes · example prices in USD of 2014-04-10 (list) · read ")
    assert plain.splitlines()[1].split() == " ".join(headers(html)[1:]).split()
    assert plain.splitlines()[-1] == "Unknown for all of these: arch and spec source."


def test_what_differs_between_rows_stays_a_column(shell: InteractiveShell) -> None:
    both = [Listing(backend=one, records=[priced("1", 0.02)], fetched_at=datetime.now(UTC)) for one in (NEPHO, EC2)]
    html, plain = shown(shell, frames.listings("sizes", both))
    assert headers(html)[:4] == ["", "backend", "id", "name"], "the provider goes with the backend"
    assert "NephoScale and EC2" in plain.splitlines()[0]


def test_unknown_figures_show_as_unknown_and_never_as_zero(shell: InteractiveShell) -> None:
    html, plain = shown(shell, sizes(priced("1", None), priced("2", 0.04, vcpus=2)))
    row = plain.splitlines()[2]
    assert row.split().count("unknown") == 2
    assert "nan" not in plain.casefold() and "nan" not in Elements(html).text and "<NA>" not in plain


def test_an_empty_frame_shows_its_columns(shell: InteractiveShell) -> None:
    html, plain = shown(shell, images())
    assert len(headers(html)) == 1 + len(images().columns)
    assert "0 images" in plain.splitlines()[0]


def test_one_row_is_one_image(shell: InteractiveShell) -> None:
    assert " 1 image ·" in shown(shell, images(Image(id="1", name="a")))[1].splitlines()[0]


def test_the_age_of_an_old_listing_is_told(shell: InteractiveShell) -> None:
    for age, words in (
        (timedelta(seconds=1), None),
        (timedelta(minutes=5, seconds=3), "5 min ago"),
        (timedelta(hours=3, seconds=3), "3 h ago"),
        (timedelta(days=3, seconds=3), "3 days ago"),
        (timedelta(days=-3), None),
    ):
        part = Listing(backend=NEPHO, records=[], fetched_at=datetime.now(UTC) - age)
        above = shown(shell, frames.listings("images", [part]))[1].splitlines()[0]
        assert (words in above) if words else ("ago" not in above)


# ----------------------------------------------------------------------------- frames that a person has worked on


def test_frames_with_columns_dropped_or_added_are_shown_with_what_they_have(shell: InteractiveShell) -> None:
    frame = sizes(priced("1", 0.02, vcpus=1), priced("2", None, vcpus=2))
    kept = ["backend", "name", "source"]
    assert headers(shown(shell, frame[kept])[0]) == ["", *kept]
    assert headers(shown(shell, frame.assign(mine=[1, 2]))[0])[-1] == "mine"
    assert headers(shown(shell, frame.rename(columns={"id": "number"}))[0])[3] == "number"


def derived(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        "describe": frame.describe(),
        "transposed": frame.T,
        "grouped": frame.groupby("name").size().reset_index(),
        "grouped-index": frame.groupby(["backend", "name"])[["vcpus"]].mean(),
        "pivot": frame.pivot_table(index="name", columns="backend", values="vcpus"),
        "dummies": pd.get_dummies(frame["name"]),
        "twice": frame[["name", "name"]],
        "no-columns": frame[[]],
        "no-rows": frame[frame["id"] == "none"],
        "day-as-text": frame.assign(as_of=frame["as_of"].astype(str)),
        "day-as-number": frame.assign(as_of=3, currency=[1, 1], source=None),
        "infinite": frame.assign(vcpus=[float("inf"), float("-inf")], price_hourly=float("inf")),
        "text-in-figures": frame.assign(vcpus=["many", None], price_hourly=["0.02", "free"], price_monthly=[[1], {}]),
        "whole-figures": frame.assign(vcpus=[1, 2], price_hourly=[1, 2]),
        "nullable": frame.convert_dtypes(),
        "categories": frame.astype({"name": "category", "backend": "category", "source": "category"}),
        "lists": frame.assign(tags=[["a"], {"b": 1}], source=[["a"], ["a"]]),
        "numbers-as-names": frame.assign(**{}).rename(columns={"vcpus": 3, "name": None}),
        "days": frame.assign(when=pd.Timestamp("2026-01-01 12:00", tz="UTC"), since=pd.Timedelta("1h")),
        "periods": frame.assign(when=pd.period_range("2026-01", periods=2, freq="M")),
        "complex": frame.assign(z=[1j, 2]),
        "tiny": frame.assign(price_hourly=[1e-9, 1e12]),
        "negative": frame.assign(price_hourly=[-1.0, 0.0]),
        "two-rows-of-names": pd.concat({"a": frame, "b": frame}, axis=1),
        "index-named": frame.set_index("name"),
        "merged": frame.merge(frame, on="name"),
        "foreign-attrs": frame.set_flags(),
    }


@pytest.mark.parametrize("way", list(derived(sizes(priced("1", 0.02), priced("2", None)))))
def test_whatever_a_person_makes_of_a_frame_still_shows(
    shell: InteractiveShell, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = derived(sizes(priced("1", 0.02, vcpus=1), priced("2", None, vcpus=2)))[way]
    html, plain = shown(shell, frame)
    assert Elements(html).tags <= ELEMENTS | {"style", "p"}
    assert plain
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("way", ["describe", "transposed", "grouped", "index-named"])
def test_a_summary_of_a_listing_does_not_call_its_rows_sizes(shell: InteractiveShell, way: str) -> None:
    frame = derived(sizes(priced("1", 0.02, vcpus=1), priced("2", None, vcpus=2)))[way]
    assert f"{len(frame)} sizes" not in shown(shell, frame)[1] or way == "index-named"


def test_attrs_that_others_use_do_no_harm(shell: InteractiveShell) -> None:
    for attrs in (
        {"mist": "text"},
        {"mist": {}},
        {"mist": {"kind": "nonsense"}},
        {"mist": {"kind": None}},
        {"mist": None},
    ):
        frame = pd.DataFrame({"name": ["<b>"]})
        frame.attrs = attrs
        html, plain = shown(shell, frame)
        assert "<b>" not in html and plain


# ---------------------------------------------------------------------------------------------- frames of others


def test_frames_of_others_show_as_pandas_shows_them(shell: InteractiveShell) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=["r", "s"])
    assert shown(shell, frame) == (frame._repr_html_(), repr(frame))  # type: ignore[operator]
    with pd.option_context("display.notebook_repr_html", False):
        assert set(shell.display_formatter.format(frame)[0]) == {"text/plain"}


def test_a_class_of_others_that_shows_itself_goes_on_doing_so(shell: InteractiveShell) -> None:
    class Framed(pd.DataFrame):
        def _repr_html_(self) -> str:
            return "<i>mine</i>"

        def __repr__(self) -> str:
            return "mine"

    assert shown(shell, Framed({"a": [1]})) == ("<i>mine</i>", "mine")


def formatters(shell: InteractiveShell) -> dict[str, tuple[set[Any], set[Any]]]:
    return {
        mime: (set(formatter.type_printers), set(formatter.deferred_printers))
        for mime, formatter in shell.display_formatter.formatters.items()
    }


@pytest.mark.parametrize("used", [False, True])
def test_undo_leaves_the_formatters_as_they_were(bare_shell: InteractiveShell, used: bool) -> None:
    before = formatters(bare_shell)
    for _ in range(3):
        undo = frame_view.install(bare_shell)
        if used:
            shown(bare_shell, images(Image(id="1", name="a")))
        undo()
        assert formatters(bare_shell) == before
    frame = images(Image(id="1", name="a"))
    assert shown(bare_shell, frame) == (frame._repr_html_(), repr(frame))  # type: ignore[operator]


def test_undo_leaves_a_formatter_that_somebody_else_has_put_there_since(bare_shell: InteractiveShell) -> None:
    undo = frame_view.install(bare_shell)
    html = bare_shell.display_formatter.formatters["text/html"]
    before = html.for_type(pd.DataFrame, lambda frame: "theirs")
    try:
        undo()
        assert html.lookup_by_type(pd.DataFrame)(images()) == "theirs"
    finally:
        html.pop(pd.DataFrame)
    assert before is None or callable(before)


# ------------------------------------------------------------------------------------------------------------- large


class Unshowable:
    """A cell that must not be looked at."""

    def __str__(self) -> str:
        raise AssertionError("This cell is shown to nobody.")

    __repr__ = __format__ = __str__  # type: ignore[assignment]


def test_of_many_rows_only_the_first_are_looked_at(shell: InteractiveShell) -> None:
    many = 150_000
    frame = images(*(Image(id=str(number), name=f"image {number}") for number in range(many)))
    frame = frame.astype({"name": "object"})
    frame.loc[frame.index[20:], "name"] = Unshowable()
    html, plain = shown(shell, frame)
    assert plain.splitlines()[22].startswith("… and 149,980 more rows. ")
    assert len(plain.splitlines()) == 1 + 1 + 20 + 2
    assert html.count("<tr>") == 21
    assert "150,000 images" in plain.splitlines()[0]


@pytest.mark.parametrize(("rows", "shown_rows"), [(60, 60), (61, 20)])
def test_a_frame_of_a_page_is_shown_whole(shell: InteractiveShell, rows: int, shown_rows: int) -> None:
    html, _ = shown(shell, images(*(Image(id=str(number), name="a") for number in range(rows))))
    assert html.count("<tr>") == shown_rows + 1
