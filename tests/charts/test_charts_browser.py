"""Charts where people see them: JupyterLab, Notebook 7 and Voila draw them, offline, quietly, in light and in dark."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.conftest import need
from tests.rigs import jupyterlab
from tests.rigs.form_page import Sheet, kept, picture
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

CHARTS = {
    "ram": 'offers.mist.chart("ram")',
    "vcpus": 'offers[offers.provider == "ec2"].mist.chart("vcpus")',
    "region": 'offers[offers.family == "m5"].mist.chart("region")',
    "history": "%mist history EC2:m4.large",
    "one": 'offers[(offers.id == "m5.large") & (offers.region == "us-east-1")].mist.chart("ram")',
}
KEPT = ("ram", "history")  # in docs/
START = "%reload_ext mist_notebook\nfrom mist_notebook.prices import catalogue\noffers = catalogue.snapshot()"
START += '\noffers = offers[(offers.kind == "on-demand") & (offers.currency == "USD")]'
DRAWN = "canvas.marks, svg.marks"
# Where a picture is neither white, grey nor black, from above; every fourth such place, as a mark is some ten wide.
COLOURED = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const places = Array.from({ length: width * height }, (_, place) => place).filter(place => {
    const rgb = data.slice(4 * place, 4 * place + 3);
    return Math.max(...rgb) - Math.min(...rgb) > 20;
  });
  const scale = canvas.clientWidth / width;
  return places.filter((_, n) => n % 4 === 0).map(place => [place % width, Math.floor(place / width)])
    .map(point => point.map(along => along * scale));
}"""
HOSTILE = """
bad = "<img src='https://mist.invalid/x.png' onerror=alert(1)>"
offers.assign(id=bad, provider=bad, region=bad, source=bad, title=2.0, image=3.0).mist.chart("image")
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_is_drawn_in_both_themes_and_asks_nobody(sheet: Sheet, theme: str) -> None:
    warned: list[str] = []

    def hear(message: Any) -> None:
        if "vega" in message.text.lower():
            warned.append(message.text)

    sheet.use(theme)
    sheet.page.on("console", hear)
    sheet.run(START, *CHARTS.values())
    assert [output for output in jupyterlab.outputs(sheet.page) if output["output_type"] == "error"] == []
    for place, chart in enumerate(CHARTS, start=1):
        cell = sheet.page.locator(".jp-CodeCell").nth(place)
        cell.locator(DRAWN).wait_for()
        cell.scroll_into_view_if_needed()
        if chart in KEPT:
            kept(cell.locator(".vega-embed").first, f"chart-{chart}-{theme}-1280")
        else:
            cell.screenshot(path=picture(f"chart-{chart}-{theme}"))
    sheet.page.remove_listener("console", hear)
    assert warned == []


def test_a_mark_says_what_it_is_and_the_menu_leads_nowhere(sheet: Sheet) -> None:
    sheet.run(START, CHARTS["one"])
    canvas = sheet.page.locator(DRAWN)
    canvas.wait_for()
    said = _pointed_at(sheet.page, canvas)
    for fact in ("m5.large", "EC2", "us-east-1", "0.096"):
        assert fact in said
    sheet.page.screenshot(path=picture("chart-tooltip"))
    sheet.page.locator(".vega-embed summary").click()
    assert sheet.page.locator(".vega-actions a").all_inner_texts() == ["Save as SVG", "Save as PNG"]


def test_hostile_names_stay_text_in_tooltips(sheet: Sheet) -> None:
    sheet.run(START, HOSTILE)
    canvas = sheet.page.locator(DRAWN)
    canvas.wait_for()
    assert "<img src='https://mist.invalid/x.png'" in _pointed_at(sheet.page, canvas)
    assert sheet.page.locator("#vg-tooltip-element img, #vg-tooltip-element h2").count() == 0


@pytest.mark.parametrize("front_end", ["notebook", "voila"])
def test_the_other_front_ends_draw_it_too(lab: Lab, front_end: str) -> None:
    need(find_spec(front_end), f"{front_end} is not installed")
    name = lab.server.write(f"charts-{front_end}.ipynb", START, CHARTS["ram"], CHARTS["history"])
    with jupyterlab.opened(lab.context, lab.server, name, front_end=front_end) as (page, seen):
        if front_end != "voila":
            jupyterlab.run_all(page)
        for place in range(2):
            page.locator(DRAWN).nth(place).wait_for()
        page.screenshot(path=picture(f"chart-{front_end}"), full_page=True)
        assert "Error" not in page.locator("body").inner_text()
        assert (seen.elsewhere(), seen.errors(), seen.dialogs) == ([], [], [])


def test_a_saved_chart_is_drawn_again_without_a_kernel_and_printed_as_svg(lab: Lab, sheet: Sheet) -> None:
    sheet.run(START, CHARTS["ram"])
    sheet.page.locator(DRAWN).wait_for()
    sheet.save()
    name = "saved.ipynb"
    shutil.copy(lab.server.folder / sheet.name, lab.server.folder / name)
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        page.locator(DRAWN).wait_for()
        assert (seen.elsewhere(), seen.console, seen.dialogs) == ([], [], [])
    body, _ = HTMLExporter(embed_images=True).from_filename(str(lab.server.folder / name))
    page = lab.context.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content(body)
    printed = page.locator(".jp-RenderedSVG img")
    printed.wait_for()
    assert printed.evaluate("image => image.decode().then(() => image.naturalWidth)") == 760
    printed.screenshot(path=picture("chart-printed"))
    page.close()
    assert nbformat.read(lab.server.folder / name, as_version=4).cells[1].outputs[0].data["text/plain"]


def _pointed_at(page: Any, canvas: Any) -> str:
    """What the tooltip says, the pointer moved to what is coloured in the picture until there is one."""
    box = canvas.bounding_box()
    for across, down in canvas.evaluate(COLOURED):
        page.mouse.move(box["x"] + across, box["y"] + down)
        if page.locator("#vg-tooltip-element.visible").count():
            said: str = page.locator("#vg-tooltip-element").inner_text()
            return said
    raise AssertionError("no mark has a tooltip")
