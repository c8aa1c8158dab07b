"""The choice of an image and of a size in JupyterLab: typed, clicked, and by keys that stay the list's."""

from __future__ import annotations

from typing import Any

import pytest

from mist_notebook.ground.text import clean
from tests.rigs import jupyterlab
from tests.rigs.foreign import CANARIES, FORBIDDEN
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

FORM = ".mist-notebook"
IMAGES, SIZES = ".mist-image-list [role=option]", ".mist-size-list [role=option]"
MADE = """
from mist_notebook.records.model import Image, Price, Size
from mist_notebook.sandbox.world import big
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.lists.image_search import ImageSearch
from mist_notebook.widgets.lists.size_table import SizeTable

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


KEYS = (
    "r",
    "e",
    "d",
    "d",
    "d",
    "a",
    "b",
    "m",
    "x",
    "z",
    "0",
    "ArrowUp",
    "ArrowDown",
    "End",
    "Home",
    "PageDown",
    "Space",
)
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .map(cell => [cell.model.type, cell.model.sharedModel.source.length])"""
AT = "() => [...document.querySelectorAll('%s [role=option]')].findIndex(row => row.ariaSelected === 'true')"


def test_one_chooses_by_typing_by_clicking_and_with_the_keyboard_alone(lab: Lab) -> None:
    beacon = f"{lab.server.url}beacon"
    names = [name.format(beacon=beacon) for name in CANARIES]
    name = lab.server.write("choosers.ipynb", MADE.replace("NAMES", repr(names)), "1", "2")
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        jupyterlab.run_all(page)
        before = page.evaluate(CELLS)
        _image_by_keyboard(page)
        _size_by_mouse(page, names)
        _keys_stay_in_every_list(page)
        _sliders_have_names(page)
        assert page.evaluate(CELLS) == before, "no key of these was the notebook's"
        assert page.locator(FORM).count() == 1
        assert (seen.elsewhere(), seen.errors(), seen.dialogs) == ([], [], [])
        assert [url for url in seen.requests if "beacon" in url] == []


def _image_by_keyboard(page: Any) -> None:
    page.locator(".mist-image-count").get_by_text("20,000 images; the newest").wait_for()
    page.locator(".mist-image-query input").focus()
    page.keyboard.type("debian arm64", delay=20)
    _wait(page, "document.querySelector('.mist-image-count').textContent.includes(' of 20,000 images')")
    rows = page.locator(".mist-image-list [role=option]")
    _wait(page, f"[...document.querySelectorAll({IMAGES!r})].every(row => row.textContent.includes('arm64'))")
    first, second = rows.all_inner_texts()[:2]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    _wait(page, f"({AT % '.mist-image-list'})() === 0")
    page.keyboard.press("ArrowDown")
    _wait(page, f"({AT % '.mist-image-list'})() === 1")
    page.locator(".mist-image-chosen").get_by_text(second.split()[-1]).wait_for()
    page.locator(".mist-image-query input").fill(first.split()[-1])
    rows.get_by_text("(chosen)").wait_for(state="attached")
    assert rows.count() == 2


def _size_by_mouse(page: Any, names: list[str]) -> None:
    rows = page.locator(SIZES)
    rows.nth(199).wait_for(state="attached")
    assert [text for name, text in zip(names, rows.all_inner_texts(), strict=False) if clean(name) not in text] == []
    assert page.locator(".mist-size-table").locator(FORBIDDEN).count() == 0
    rows.nth(3).click()
    page.locator(".mist-size-chosen").get_by_text("m3.3").wait_for()
    page.locator(".mist-size-query input").fill("plain 29")
    page.locator(".mist-size-list").get_by_text("(chosen, outside the filters)").wait_for()
    assert "m3.3" in page.locator(f"{SIZES}[aria-selected=true]").inner_text()
    page.locator(".mist-size-reset").click()
    _wait(page, f"document.querySelectorAll({SIZES!r}).length === 200")
    page.locator(f"{SIZES}[aria-selected=true]").get_by_text("m3.3").wait_for()


def _keys_stay_in_every_list(page: Any) -> None:
    """What JupyterLab would take for commands changes no cell; the list hears it."""
    page.locator(".mist-image-query input").fill("")
    page.locator(".mist-image-count").get_by_text("20,000 images; the newest").wait_for()
    for name in ("Images found", "Sizes"):
        found = page.get_by_role("listbox", name=name)
        found.focus()
        for key in KEYS:
            page.keyboard.press(key)
        page.keyboard.press("End")
        last = found.get_by_role("option").count() - 1
        _wait(page, f"({AT % '.mist-rows[class*=-list]:focus-within'})() === {last}")
        page.keyboard.press("Home")
        _wait(page, f"({AT % '.mist-rows[class*=-list]:focus-within'})() === 0")
        assert found.evaluate("node => node === document.activeElement")
    page.keyboard.type("plain 7", delay=10)
    page.locator(".mist-size-chosen").get_by_text("plain 7").wait_for()
    order = page.get_by_label("Sort by")
    order.focus()
    for key in ("d", "d", "x", "a", "End"):
        page.keyboard.press(key)
    assert order.evaluate("node => [node === document.activeElement, node.value]") == [True, "name"]
    page.keyboard.press("Home")


def _sliders_have_names(page: Any) -> None:
    start = page.get_by_role("slider", name="vCPUs from")
    start.focus()
    for key in ("d", "d", "ArrowRight"):
        page.keyboard.press(key)
    page.locator(".mist-size-count").get_by_text(" of 330 sizes").wait_for()
    _wait(page, "document.querySelector('.mist-slider .widget-readout').textContent === '2 – 8'")
    assert start.get_attribute("aria-valuetext") == "2"
    assert page.get_by_role("slider", name="At most").get_attribute("aria-valuetext") == "any price"


def _wait(page: Any, holds: str) -> None:
    page.wait_for_function(f"() => {holds}")
