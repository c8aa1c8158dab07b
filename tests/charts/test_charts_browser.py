"""Charts where people see them: JupyterLab, Notebook 7 and Voila draw them, offline, quietly, in light and in dark."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.conftest import need
from tests.rigs import jupyterlab
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "screenshots"
CHARTS = {
    "ram": 'offers.mist.chart("ram")',
    "vcpus": 'offers[offers.provider == "ec2"].mist.chart("vcpus")',
    "region": 'offers[offers.family == "m5"].mist.chart("region")',
    "history": "%mist history EC2:m4.large",
    "one": 'offers[(offers.id == "m5.large") & (offers.region == "us-east-1")].mist.chart("ram")',
}
START = "%load_ext mist_notebook\nfrom mist_notebook.prices import catalogue\noffers = catalogue.snapshot()"
START += '\noffers = offers[(offers.kind == "on-demand") & (offers.currency == "USD")]'
DRAWN = "canvas.marks, svg.marks"
# Where a picture is neither white, grey nor black, from above; every fourth such place, as a mark is some ten wide.
COLOURED = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const places = Array.from({ length: width * height }, (_, place) => place).filter(place => {
    const rgb = data.slice(4 * place, 4 * place + 3);
    return Math.max(...rgb) - Math.min(...rgb) > 60;
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
def test_every_chart_is_drawn_in_both_themes_and_asks_nobody(lab: Lab, theme: str) -> None:
    name = lab.server.write(f"charts-{theme}.ipynb", START, *CHARTS.values())
    with jupyterlab.opened(lab.context, lab.server, name, theme) as (page, seen):
        warned: list[str] = []
        page.on("console", lambda message: warned.append(message.text) if "vega" in message.text.lower() else None)
        jupyterlab.run_all(page)
        assert [output for output in jupyterlab.outputs(page) if output["output_type"] == "error"] == []
        for place, chart in enumerate(CHARTS, start=1):
            cell = page.locator(".jp-CodeCell").nth(place)
            cell.locator(DRAWN).wait_for()
            cell.scroll_into_view_if_needed()
            cell.screenshot(path=_picture(f"chart-{chart}-{theme}"))
        assert (seen.elsewhere(), seen.console, seen.dialogs, warned) == ([], [], [], [])


def test_a_mark_says_what_it_is_and_the_menu_leads_nowhere(lab: Lab) -> None:
    name = lab.server.write("tooltip.ipynb", START, CHARTS["one"])
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        jupyterlab.run_all(page)
        canvas = page.locator(DRAWN)
        canvas.wait_for()
        said = _pointed_at(page, canvas)
        for fact in ("m5.large", "EC2", "us-east-1", "0.096"):
            assert fact in said
        page.screenshot(path=_picture("chart-tooltip"))
        page.locator(".vega-embed summary").click()
        assert page.locator(".vega-actions a").all_inner_texts() == ["Save as SVG", "Save as PNG"]
        assert (seen.elsewhere(), seen.console, seen.dialogs) == ([], [], [])


def test_hostile_names_stay_text_in_tooltips(lab: Lab) -> None:
    name = lab.server.write("hostile-chart.ipynb", START, HOSTILE)
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        jupyterlab.run_all(page)
        canvas = page.locator(DRAWN)
        canvas.wait_for()
        assert "<img src='https://mist.invalid/x.png'" in _pointed_at(page, canvas)
        assert page.locator("#vg-tooltip-element img, #vg-tooltip-element h2").count() == 0
        assert (seen.elsewhere(), seen.console, seen.dialogs) == ([], [], [])


@pytest.mark.parametrize("front_end", ["notebook", "voila"])
def test_the_other_front_ends_draw_it_too(lab: Lab, front_end: str) -> None:
    need(find_spec(front_end), f"{front_end} is not installed")
    name = lab.server.write(f"charts-{front_end}.ipynb", START, CHARTS["ram"], CHARTS["history"])
    with jupyterlab.opened(lab.context, lab.server, name, front_end=front_end) as (page, seen):
        if front_end != "voila":
            jupyterlab.run_all(page)
        for place in range(2):
            page.locator(DRAWN).nth(place).wait_for()
        page.screenshot(path=_picture(f"chart-{front_end}"), full_page=True)
        assert "Error" not in page.locator("body").inner_text()
        assert (seen.elsewhere(), seen.errors(), seen.dialogs) == ([], [], [])


def test_a_saved_chart_is_drawn_again_without_a_kernel_and_printed_as_svg(lab: Lab) -> None:
    name = lab.server.write("saved.ipynb", START, CHARTS["ram"])
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        jupyterlab.run_all(page)
        page.locator(DRAWN).wait_for()
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        jupyterlab.run(page, "kernelmenu:shutdown")
    with jupyterlab.opened(lab.context, lab.server, name) as (page, seen):
        page.locator(DRAWN).wait_for()
        assert (seen.elsewhere(), seen.console, seen.dialogs) == ([], [], [])
    body, _ = HTMLExporter(embed_images=True).from_filename(str(lab.server.folder / name))
    page = lab.context.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content(body)
    picture = page.locator(".jp-RenderedSVG img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 760
    picture.screenshot(path=_picture("chart-printed"))
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


def _picture(name: str) -> str:
    """Where a screenshot goes: to be looked at, never compared."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return str(SCREENSHOTS / f"{name}.png")
