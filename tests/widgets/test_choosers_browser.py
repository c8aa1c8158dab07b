"""The choice of an image and of a size in JupyterLab: typed, clicked and by keyboard; hostile names stay text."""

from __future__ import annotations

from typing import Any

import pytest

from mist_notebook.ground.text import clean
from tests.rigs import jupyterlab
from tests.rigs.foreign import CANARIES, FORBIDDEN
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

MADE = """
from mist_notebook.records.model import Image, Price, Size
from mist_notebook.sandbox.world import big
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.image_search import ImageSearch
from mist_notebook.widgets.parts.size_table import SizeTable

rows = big.images(20_000, 1, stars={})
images, sizes = ImageSearch(), SizeTable()
images.set_images([Image(id=row.external_id, name=row.name, starred=row.starred, arch="x86_64") for row in rows])
names = NAMES + [f"plain {place}" for place in range(300)]
sizes.set_sizes([
    Size(id=f"m{place}.{place}", name=name, vcpus=1 + place % 8, ram_mb=1024, disk_gb=1,
         price=Price(hourly=0.01 * (1 + place), currency="USD"))
    for place, name in enumerate(names)
])
style.root(images.widget, sizes.widget)
"""


def test_one_chooses_by_typing_by_clicking_and_with_the_keyboard_alone(lab: Lab) -> None:
    beacon = f"{lab.server.url}beacon"
    names = [name.format(beacon=beacon) for name in CANARIES]
    name = lab.server.write("choosers.ipynb", MADE.replace("NAMES", repr(names)), "")
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        jupyterlab.run_all(page)
        _image_by_keyboard(page)
        _size_in_the_grid(page, names)
        _size_in_the_list(page, names)
        assert (seen.elsewhere(), seen.errors(), seen.dialogs) == ([], [], [])
        assert [url for url in seen.requests if "beacon" in url] == []


def _image_by_keyboard(page: Any) -> None:
    page.locator(".mist-image-count").get_by_text("20,000 images; the first 50 are shown").wait_for()
    page.locator(".mist-image-query input").focus()
    page.keyboard.type("debian arm64", delay=20)
    _wait(page, "document.querySelector('.mist-image-count').textContent.includes(' of 20,000 images')")
    _wait(page, "[...document.querySelectorAll('.mist-image-list option')].every(o => o.text.includes('arm64'))")
    first, second = page.locator(".mist-image-list option").all_inner_texts()[:2]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    _wait(page, "document.querySelector('.mist-image-list select').selectedIndex === 0")
    page.keyboard.press("ArrowUp")
    _wait(page, "document.querySelector('.mist-image-list select').selectedIndex === 1")
    assert second.split()[-1] in page.locator(".mist-image-chosen").inner_text()
    page.locator(".mist-image-query input").fill(first.split()[-1])
    page.locator(".mist-image-list option").get_by_text("(chosen)").wait_for(state="attached")
    assert page.locator(".mist-image-list option").count() == 2


def _size_in_the_grid(page: Any, names: list[str]) -> None:
    rows = page.locator(".mist-size-grid tbody tr")
    rows.nth(9).wait_for()
    assert [text for name, text in zip(names, rows.all_inner_texts(), strict=False) if clean(name) not in text] == []
    assert page.locator(".mist-size-table").locator(FORBIDDEN).count() == 0
    rows.nth(3).click()
    chosen = page.locator(".mist-size-chosen").get_by_text("m3.3")
    chosen.wait_for()
    page.locator(".mist-size-query input").fill("plain 29")
    page.locator(".mist-size-grid").get_by_text("(chosen, outside the filters)").wait_for()
    assert "m3.3" in page.locator(".mist-size-grid tr.selected").inner_text()
    page.locator(".mist-size-reset").click()
    _wait(page, "document.querySelectorAll('.mist-size-grid tbody tr').length === 10")
    page.locator(".mist-size-grid tr.selected").get_by_text("m3.3").wait_for()


def _size_in_the_list(page: Any, names: list[str]) -> None:
    page.locator(".mist-size-view").click()
    page.locator(".mist-size-list option").nth(199).wait_for(state="attached")
    _wait(page, "document.querySelector('.mist-size-list select').selectedIndex === 3")
    line = page.locator(".mist-size-table .mist-line input")
    assert line.input_value() == "4"
    line.focus()
    page.keyboard.press("ArrowUp")
    page.locator(".mist-size-chosen").get_by_text("m4.4").wait_for()
    assert page.locator(".mist-size-table").locator(FORBIDDEN).count() == 0


def _wait(page: Any, holds: str) -> None:
    page.wait_for_function(f"() => {holds}")
