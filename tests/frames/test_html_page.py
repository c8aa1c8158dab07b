"""An exported page: what stands in it, and what it does in Chromium from a file, with no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mist_notebook.frames import export
from mist_notebook.frames.html import page_bytes
from mist_notebook.ground.errors import BadValueError
from tests.conftest import Notebook

EVIL = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "@data@", "\u2028<!--", "=1+1", "a\x00b"]


def data_of(page: bytes) -> dict[str, Any]:
    """What the page's script reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.decode(), re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def cells(data: dict[str, Any], name: str) -> list[Any]:
    (column,) = [one for one in data["columns"] if one["name"] == name]
    if "words" not in column:
        return list(column["values"])
    return [None if code < 0 else column["words"][code] for code in column["values"]]


def test_a_page_holds_the_frame_with_unknown_as_unknown() -> None:
    frame = pd.DataFrame({
        "provider": ["ec2", "azure_arm", None],
        "id": ["a", "b", "c"],
        "price_hourly": [0.1, float("nan"), float("inf")],
        "vcpus": [2.0, 4.0, float("nan")],
        "as_of": pd.to_datetime(["2026-01-02", None, "2026-03-04"]),
        "empty": [None, None, None],
    })  # fmt: skip
    data = data_of(page_bytes(frame))
    assert data["rows"] == 3
    assert cells(data, "provider") == ["EC2", "Azure", None]
    assert cells(data, "price_hourly") == [0.1, None, None]
    assert cells(data, "vcpus") == [2, 4, None]
    assert cells(data, "as_of") == ["2026-01-02", None, "2026-03-04"]
    assert "empty" not in {one["name"] for one in data["columns"]}


@pytest.mark.parametrize("evil", EVIL)
def test_what_a_frame_holds_is_only_text_in_the_page(evil: str) -> None:
    page = page_bytes(pd.DataFrame({"id": [evil], evil: ["x"]})).decode()
    assert page.count("<script") == 2 and page.count("</script>") == 2
    assert "<img" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_an_empty_frame_and_one_of_ones_own_are_pages_too() -> None:
    assert data_of(page_bytes(pd.DataFrame()))["rows"] == 0
    own = pd.DataFrame({"cats": [1, 2], "when": pd.to_datetime(["2026-01-01", "2026-01-02"]), "ok": [True, False]})
    data = data_of(page_bytes(own))
    assert (cells(data, "cats"), cells(data, "ok")) == ([1, 2], ["True", "False"])


def test_more_rows_than_a_browser_likes_are_refused() -> None:
    with pytest.raises(BadValueError, match="100,001 rows are too many"):
        page_bytes(pd.DataFrame({"id": range(100_001)}))


def test_the_line_writes_a_page(notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = notebook.run("%mist export --html --cpus 4+ --ram 16GB --region eu --providers ec2 --kind on-demand")
    assert said.error is None and "offers.html" in said.printed
    data = data_of((tmp_path / "offers.html").read_bytes())
    assert min(cells(data, "vcpus")) >= 4 and set(cells(data, "provider")) == {"EC2"}
    assert "is there already" in str(notebook.run("%mist export --html --cpus 96+").error)
    assert "Which file?" in str(notebook.run("%mist export").error)
    assert "isn't a page" in str(notebook.run("%mist export x.csv --html").error)
    notebook.run("%mist export --html mine --cpus 96+ --ram 1TB")
    assert (tmp_path / "mine.html").exists()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, list[str]]]:
    """A page of offers in Chromium, from its file; and what it asked of any network, or complained of."""
    from mist_notebook.prices import catalogue
    from tests.conftest import need
    from tests.rigs import jupyterlab

    need(jupyterlab.chromium() is not None, "no Chromium here: apt-get install chromium")
    folder = tmp_path_factory.mktemp("page")
    every = catalogue.snapshot("current")
    large = every[(every["vcpus"] >= 64) & (every["kind"] == "on-demand")]
    both = [large[large["provider"] == name].sample(300, random_state=1) for name in ("ec2", "gce")]
    export.save(pd.concat(both), folder / "offers.html")
    heard: list[str] = []
    with jupyterlab.browser(folder / "browser") as context:
        page = context.new_page()
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto((folder / "offers.html").as_uri())
        yield page, heard


@pytest.mark.browser
def test_filters_titles_and_marks_work_in_a_browser_from_the_file_alone(opened: tuple[Any, list[str]]) -> None:
    page, heard = opened
    count = page.locator("#count")
    first = count.inner_text()
    assert re.fullmatch(r"\d+ of \d+ rows fit; the first 200 are shown\.", first)
    page.get_by_label("vCPUs, at least").fill("128")
    page.wait_for_function("old => document.querySelector('#count').textContent !== old", arg=first)
    assert page.locator("#chart path").count() > 0
    page.get_by_label("EC2", exact=True).check()
    page.get_by_role("button", name="vCPUs", exact=True).click()
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("vCPUs")
    assert set(page.locator("tbody tr td:first-child").all_inner_texts()) == {"EC2"}
    page.locator("tbody tr").first.click()
    assert page.locator("#picked").inner_text().startswith("✓")
    assert page.locator("#chart .ring").count() == 1
    page.locator("#chart path").nth(3).click(force=True)
    assert page.locator("tbody tr[aria-selected=true]").count() == 1
    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_function("old => document.querySelector('#count').textContent === old", arg=first)
    assert [url for url in heard if not url.startswith("file:")] == []
