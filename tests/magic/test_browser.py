"""JupyterLab in Chromium: the quickstart runs and shows, completion pops up, and hostile names stay text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.ground.text import clean
from tests.rigs import hostile, jupyterlab, scripted_mist
from tests.rigs.foreign import CANARIES, FORBIDDEN, POOR_CONTRAST, TYPESET
from tests.rigs.form_page import Sheet, picture
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
QUICKSTART = "01-quickstart.ipynb"
SANDBOX = """import os
for name in ('MIST_URL', 'MIST_API_TOKEN'):
    os.environ.pop(name, None)
%reload_ext mist_notebook
"""
VIEWS = {
    "overview": f"{SANDBOX}%mist",
    "help": "%mist sizes --help",
    "images": "%mist images NephoScale",
    "sizes": "%mist sizes NephoScale EC2 --cpus 2+ --ram 4GB..16GB --sort price",
    "backends": "%mist backends",
    "many": "%mist images EC2 --search ubuntu",
    "chosen": "%mist images NephoScale --columns id,name,extra.uri --limit 3",
    "config": "%mist config",
    "error": "%mist imges NephoScale",
}


def test_the_quickstart_runs_and_shows_its_frames(lab: Lab) -> None:
    shutil.copy(ROOT / "notebooks" / QUICKSTART, lab.server.folder)
    with jupyterlab.opened(lab.context, lab.server, QUICKSTART) as (page, seen):
        jupyterlab.run_all(page)
        outputs = jupyterlab.outputs(page)
        assert [
            output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"
        ] == []
        shown = _visible(page)
        for fact in ("SANDBOX", "Linux CentOS 5.5 32-bit", "Debian 7.1 64-bit", "SJC-1", "DigitalOcean", "0.1500"):
            assert fact in shown
        for fact in ("The probe says ok.", "ssh -p ", "production.server | Linux", "was destroyed", "gone"):
            assert fact in shown
        page.locator(".jp-Cell").last.scroll_into_view_if_needed()
        page.screenshot(path=picture("machine-end"))
        page.get_by_text("Log in").last.scroll_into_view_if_needed()
        page.screenshot(path=picture("machine-probe"))
        assert page.locator(".jp-OutputArea-output table.dataframe").count() >= 5
        assert (seen.elsewhere(), seen.console, seen.dialogs) == ([], [], [])


def test_completion_pops_up_and_completes(sheet: Sheet) -> None:
    sheet.run(SANDBOX, "%mist images NephoScale;", "")
    page = sheet.page
    jupyterlab.complete(page, "%mist images ")
    popup = page.locator(".jp-Completer:not(.lm-mod-hidden)")
    popup.get_by_text("Rackspace", exact=True).wait_for()
    assert "NephoScale" in popup.inner_text()
    assert "nephoscale" in popup.inner_text(), "the kind is shown beside the name"
    page.screenshot(path=picture("completion"))
    page.keyboard.press("Escape")
    for text, whole in (
        ("df = %mist images Ne", "df = %mist images NephoScale"),
        ("%%mist\nbackends\nimages Ne", "%%mist\nbackends\nimages NephoScale"),
        (
            '%mist images NephoScale --search "Linux Ubuntu Server 12',
            '%mist images NephoScale --search "Linux Ubuntu Server 12.04 LTS 64-bit"',
        ),
    ):
        jupyterlab.complete(page, text)
        page.wait_for_function(
            "whole => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source === whole"
            " || document.querySelector('.jp-Completer:not(.lm-mod-hidden) .jp-Completer-item')",
            arg=whole,
        )
        if jupyterlab.source(page) != whole:
            page.keyboard.press("Enter")
        assert jupyterlab.source(page) == whole


def test_hostile_names_stay_text_in_every_view(sheet: Sheet) -> None:
    beacon = hostile.answer(b"", content_type="image/png")
    step = scripted_mist.answers({"beacon": beacon})
    served: list[str] = []

    def answer(exchange: hostile.Exchange) -> None:
        kind = exchange.request.path.rpartition("/")[2]
        if kind == "images":
            rows = [{"id": f"i{place}", "name": name} for place, name in enumerate(served)]
            hostile.json(rows)(exchange)
        elif kind == "clouds":
            clouds = [{"id": f"h{place}", "title": name, "provider": "p"} for place, name in enumerate(served)]
            hostile.json([*scripted_mist.CLOUDS, *clouds])(exchange)
        else:
            step(exchange)

    with hostile.serve(answer) as server:
        served += [name.format(beacon=f"{server.url}/beacon") for name in CANARIES]
        connect = f"import os\nos.environ |= {{'MIST_URL': {server.url!r}, 'MIST_API_TOKEN': 'token-of-a-test'}}"
        views = (
            "%mist images Slow",
            "%mist",
            "%mist backends",
            "df = %mist images Slow\ndf[['name']]",
            "df.set_index('name')",
            "df.pivot_table(index='id', columns='name', values='backend', aggfunc='count')",
            "df.rename(columns={'name': df.name[0]})",
        )
        sheet.run(f"{connect}\n%reload_ext mist_notebook", *views, TYPESET, "%mist images nowhere", "")
        page = sheet.page
        expected = [clean(name) for name in served]
        for place, view in enumerate(views, start=1):
            shown = _outputs_of(page, place)
            assert [text for text in expected if text not in shown] == [], view
        assert jupyterlab.outputs(page)[-1]["output_type"] == "error"
        page.locator("#typeset mjx-container").wait_for()  # MathJax has been at work: what it left alone stays so
        found = page.locator(".jp-OutputArea-output:not(:has(#typeset))").locator(FORBIDDEN)
        assert found.count() == 0, found.first.evaluate("node => node.outerHTML")
        assert page.locator(".jp-OutputArea-output a").count() == 0
        jupyterlab.complete(page, "%mist images Slow --search ")
        popup = page.locator(".jp-Completer:not(.lm-mod-hidden)")
        popup.get_by_text("alert(1)").first.wait_for()
        assert popup.locator("img, script, iframe").count() == 0
        page.screenshot(path=picture("hostile"))
        assert (sheet.seen.dialogs, sheet.seen.elsewhere()) == ([], [])
        assert [url for url in sheet.seen.requests if "beacon" in url] == []
        assert [request.path for request in server.ledger if not request.path.startswith("/api/v1/")] == []


def test_every_view_is_readable_in_both_themes(sheet: Sheet) -> None:
    sheet.run(*VIEWS.values())
    page = sheet.page
    for theme in ("light", "dark"):
        sheet.use(theme)
        for place, view in enumerate(VIEWS):
            cell = page.locator(".jp-CodeCell").nth(place)
            cell.scroll_into_view_if_needed()
            cell.screenshot(path=picture(f"{view}-{theme}"))
            assert cell.locator(".jp-OutputArea-output").count(), view
        assert page.evaluate(POOR_CONTRAST, ".jp-OutputArea-output :is(td, th, div, code, b)") == []


def _visible(page: Any) -> str:
    text: str = page.locator(".jp-Notebook").inner_text()
    return text


def _outputs_of(page: Any, place: int) -> str:
    texts: list[str] = page.locator(".jp-CodeCell").nth(place).locator(".jp-OutputArea-output").all_inner_texts()
    return "\n".join(texts)


def test_on_a_narrow_page_the_id_the_price_and_its_day_are_in_sight(sheet: Sheet) -> None:
    lines = ("%mist sizes NephoScale", "%mist compare --cpus 4+ --ram 16GB --limit 5", "%mist like EC2:m5.xlarge")
    page = sheet.page
    page.set_viewport_size({"width": 840, "height": 900})
    sheet.run(f"{SANDBOX}{lines[0]}", *lines[1:])
    for place, line in enumerate(lines):
        cell = page.locator(".jp-CodeCell").nth(place)
        table = cell.locator("table")
        in_sight = {*table.evaluate(IN_SIGHT)}
        assert {"id", "$/h"} <= in_sight, line
        one_day = re.search(r"prices in USD of \d{4}-\d\d-\d\d", cell.inner_text())  # said above where it is one
        assert place == 0 or "price of" in in_sight or one_day, line
        assert table.locator("th[title='price_hourly']").inner_text() == "$/h"
    page.screenshot(path=picture("narrow"))


IN_SIGHT = """table => {
  const edge = table.closest('.jp-OutputArea-output').getBoundingClientRect().right;
  const headers = [...table.querySelectorAll('thead tr:last-child th')];
  return headers.filter(th => th.getBoundingClientRect().right <= edge).map(th => th.textContent);
}"""
