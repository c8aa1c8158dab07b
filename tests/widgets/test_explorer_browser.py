"""The explorer in Chromium: a slider moved, a row picked and handed on, in JupyterLab and in Voila, by keyboard too."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need
from tests.rigs import jupyterlab
from tests.rigs.form_page import Sheet, expect, looked_at
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "screenshots"
SOURCE = "%reload_ext mist_notebook\nexplorer = %mist explore {}\nexplorer"
WIDE = {"width": 1400, "height": 1500}
# What the slider of the RAM for each vCPU has at its lower end here, in the kernel: its place, and the words for it.
RAM = "ram = explorer._view.filters._controls['ram'].widget\nprint(ram.index[0], ram.value[0])"


def shown(page: Any, front_end: str) -> Any:
    """The explorer on the page, once its chart is drawn."""
    if front_end != "voila":
        page.set_viewport_size(WIDE)
        jupyterlab.run_all(page)
    explorer = page.locator(".mist-explore")
    explorer.locator(".mist-explore-chart svg").wait_for()
    return explorer


def waits(page: Any, part: str, text: str) -> None:
    """Wait until that part of the explorer says this; the line is there and not to be seen on a page of its own."""
    page.locator(f".mist-explore-{part}", has_text=text).wait_for(state="attached" if part == "line" else "visible")


def facts(explorer: Any) -> tuple[str, str, str, str]:
    """Count, first line of the list, line and chart."""
    return (
        explorer.locator(".mist-explore-count").inner_text(),
        explorer.locator(".mist-explore-list [role=option]").first.inner_text(),
        explorer.locator(".mist-explore-line code").text_content(),
        explorer.locator(".mist-explore-chart svg").inner_html(),
    )


def shot(page: Any, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"explorer-{name}.png")


@pytest.mark.parametrize("front_end", ["lab", "voila"])
def test_a_moved_slider_changes_count_list_line_and_chart_and_a_row_is_picked(lab: Lab, front_end: str) -> None:
    need(front_end == "lab" or find_spec("voila"), "Voila is not installed")
    name = lab.server.write(f"move-{front_end}.ipynb", SOURCE.format(""))
    with jupyterlab.opened(lab.context, lab.server, name, front_end=front_end) as (page, seen):
        explorer = shown(page, front_end)
        before = facts(explorer)
        explorer.get_by_role("slider").first.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        waits(page, "line", "%mist compare --cpus 4+")
        page.wait_for_function(
            "old => document.querySelector('.mist-explore-chart svg').innerHTML !== old", arg=before[3]
        )
        after = facts(explorer)
        assert [one == other for one, other in zip(before, after, strict=True)] == [False] * 4
        explorer.get_by_label("EC2", exact=True).check()
        waits(page, "line", "%mist compare --providers ec2 --cpus 4+")
        explorer.get_by_role("listbox", name="Offers that fit").get_by_role("option").nth(1).click()
        waits(page, "chosen", "✓")
        second = explorer.locator(".mist-explore-list [role=option]").nth(1).inner_text().split()[1]
        assert explorer.locator(".mist-explore-chosen").inner_text().startswith(f"✓ {second} in ")
        explorer.get_by_role("button", name="Provision this size").click()
        waits(page, "outcome", "EC2 here is the sandbox's")
        shot(page, front_end)
        assert (seen.elsewhere(), seen.errors(), seen.dialogs) == ([], [], [])


def test_the_keyboard_alone_filters_picks_and_hands_to_the_form(sheet: Sheet) -> None:
    page = sheet.page
    sheet.put(SOURCE.format("--snapshot 2014 --providers NephoScale"), "explorer.form.line")
    page.set_viewport_size(WIDE)
    jupyterlab.run(page, "notebook:run-cell")
    explorer = page.locator(".mist-explore")
    explorer.locator(".mist-explore-chart svg").wait_for()
    explorer.get_by_role("listbox", name="Offers that fit").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    waits(page, "chosen", "✓")
    explorer.get_by_role("button", name="Provision this size").press("Enter")
    form = explorer.locator(".mist-form")
    form.wait_for()
    waits(page, "outcome", "The form is open below")
    shot(page, "form")


def test_a_slider_that_goes_over_other_steps_stands_and_moves_on_the_page_as_it_does_here(sheet: Sheet) -> None:
    """ipywidgets' own sliders lose new steps that come in one message with their place."""
    page = sheet.page
    sheet.put(SOURCE.format("--cpus 4+ --ram 16GB"))
    explorer = shown(page, "lab")
    explorer.get_by_label("RAM of").select_option("each vCPU")
    page.wait_for_function("() => document.querySelectorAll('input[type=range]')[2].value === '0'")
    explorer.get_by_role("slider").nth(2).focus()
    for place in range(1, 5):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "place => document.querySelectorAll('input[type=range]')[2].value === String(place)", arg=place
        )
    low = explorer.locator(".widget-readout").nth(1).inner_text().partition(" – ")[0]
    for _ in range(40):  # the kernel hears of each step in its own time
        if sheet.told(RAM).split() == ["4", low]:
            break
    assert sheet.told(RAM).split() == ["4", low]
    told = sheet.told("print(explorer.line)").strip()
    assert re.fullmatch(r"%mist compare --cpus 4\+ --ram [\d.]+x", told)
    page.locator(".mist-explore-line code", has_text=told).wait_for()
    assert sheet.told("print(explorer.line)").strip() == page.locator(".mist-explore-line code").inner_text()
    assert explorer.locator(".widget-readout").nth(0).inner_text().startswith("4 – ")
    explorer.get_by_role("button", name="Clear filters").click()
    page.locator(".mist-explore-line code", has_text=re.compile(r"^%mist compare$")).wait_for()
    page.wait_for_function("() => document.querySelectorAll('input[type=range]')[0].value === '0'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_titles_sort_marks_say_what_they_are_and_all_is_readable_in_the_theme(
    sheet: Sheet, theme: str, faults: Callable[[Any], list[str]]
) -> None:
    page = sheet.page
    sheet.use(theme)
    sheet.put(SOURCE.format("--cpus 4+ --ram 16GB --region eu"))
    explorer = shown(page, "lab")
    words = explorer.locator(".mist-explore-chart text").first
    colour = words.evaluate("element => getComputedStyle(element).fill")
    assert colour == explorer.evaluate("element => getComputedStyle(element).color")
    explorer.get_by_role("button", name="Sort by vCPUs").click()
    waits(page, "line", "--by vcpus")
    explorer.get_by_role("button", name="Sort by $/h").click()
    page.locator(".mist-explore-line code", has_text=re.compile(r"--ram 16GB$")).wait_for()
    row = explorer.locator(".mist-explore-list [role=option]").first
    row.click()
    ring = explorer.locator(".mist-plot-picked")
    ring.scroll_into_view_if_needed()
    ring.hover(force=True)
    size = row.locator(".words").inner_text()
    explorer.locator(".mist-plot-tip", has_text=size).wait_for()
    shot(page, theme)
    wrong = faults(explorer)
    for width in (1280, 840, 420):
        page.set_viewport_size({"width": width, "height": 4200 if width < 500 else 2600})
        expect(explorer.locator(".mist-explore-chart svg")).to_be_visible()
        looked_at(explorer, f"explorer-{theme}-{width}")
    assert wrong == []


def test_where_nothing_fits_one_click_asks_for_less(sheet: Sheet) -> None:
    page = sheet.page
    sheet.put(SOURCE.format("--ram 900TB --region eu --arch arm64"))
    page.set_viewport_size(WIDE)
    jupyterlab.run_all(page)
    waits(page, "why", "Nothing fits.")
    explorer = page.locator(".mist-explore")
    shot(page, "nothing")
    explorer.get_by_role("button", name="Ask with --ram").click()
    waits(page, "why", "Cheapest:")
    assert explorer.locator(".mist-explore-list [role=option]").count() > 0


def test_a_narrow_page_shows_all_of_it_without_scrolling_sideways(sheet: Sheet) -> None:
    page = sheet.page
    sheet.put(SOURCE.format(""))
    explorer = shown(page, "lab")
    page.set_viewport_size({"width": 560, "height": 2400})
    page.wait_for_function("() => document.querySelector('.mist-explore').clientWidth < 520")
    assert explorer.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
    shot(page, "narrow")
