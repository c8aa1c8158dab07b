"""The form's choices, tags and count in a real browser, and the button for the cheapest: seen, typed, and by keys."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.sandbox import Sandbox
from tests.rigs.form_page import FormPage, Sheet, connect, expect, looked_at
from tests.widgets.test_choosers_browser import CELLS

pytestmark = pytest.mark.browser

KEYS = ("r", "e", "d", "d", "d", "m", "x", "0", "ArrowDown", "ArrowUp", "End", "Home", "PageDown")
LISTS = ("location", "key", "extra-subnet-id-list", "extra-security-group-list", "extra-volumes-list")
_KEYS = itertools.count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox beside all kernels."""
    with Sandbox.start(boot_seconds=1.0) as sandbox:
        yield sandbox


def formed(sheet: Sheet, sandbox: Sandbox, folder: Path, line: str) -> FormPage:
    key = f"many-{next(_KEYS)}"
    sheet.run(
        connect(sandbox.url, sandbox.token, folder),
        f"%mist add-key {key} --generate",
        f"form = {line} --key {key}\nform",
    )
    return sheet.form


def pictures(sheet: Sheet, form: FormPage, name: str, widths: tuple[int, ...]) -> None:
    """Of all these widths in the light, and of the last in the dark."""
    for theme in ("light", "dark"):
        sheet.use(theme)
        expect(form.page.locator("#jupyterlab-splash")).to_have_count(0)
        for width in widths if theme == "light" else widths[-1:]:
            form.page.set_viewport_size({"width": width, "height": 2600})
            looked_at(form.root, f"form-{name}-{theme}-{width}")
    sheet.settle()


def test_networks_tags_and_a_count_lead_to_several_machines_side_by_side(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path, faults: Callable[[Any], list[str]]
) -> None:
    asked = len(sandbox.requests)
    form = formed(sheet, sandbox, tmp_path, "%mist form EC2 --location us-east-1a --name web")
    expect(form.button("Review")).to_be_enabled()
    assert not any("volumes" in path or "groups" in path for _, path in sandbox.requests[asked:])
    form.unfold("more").unfold("where")
    subnets = form.part("form-extra-subnet-id-list").locator("select")
    expect(subnets.locator("option")).to_have_count(4)
    before = sheet.page.evaluate(CELLS)
    _keys_stay_in_every_list(form)
    assert sheet.page.evaluate(CELLS) == before, "no key of these was the notebook's"
    form.choose("extra-subnet-id-list", "lab")
    form.choose("extra-security-group-list", "mistio").choose("extra-volumes-list", "as usual")
    form.part("form-count").locator("input").fill("two")
    expect(form.message("count")).to_contain_text("'two' is not a number of machines.")
    expect(form.part("form-missing")).to_contain_text("To correct: count.")
    form.part("form-count").locator("input").fill("3")
    form.part("form-tags").locator("input").fill("team=web, env=dev")
    expect(form.part("form-cost")).to_contain_text("for 3 machines")
    expect(form.part("form-line")).to_contain_text("--network subnet-0be2714f0")
    pictures(sheet, form, "more", (1280, 840, 420))
    wrong = faults(form.root)
    form.part("form-tags").locator("input").press("Enter")
    for fact in ("web-1 to web-3, one request for each", "all 3 together", "team=web, env=dev", "sg-2f7c1a44"):
        expect(form.part("form-receipt")).to_contain_text(fact)
    expect(form.button("Create")).to_be_enabled()
    pictures(sheet, form, "several-review", (840,))
    wrong += faults(form.root)
    form.create()
    expect(form.card).to_have_count(3)
    pictures(sheet, form, "several", (1280,))
    expect(form.card.locator(".mist-progress-watching:visible")).to_have_count(0)
    expect(form.card.filter(has_text="The probe says")).to_have_count(3)
    assert [*wrong, *faults(form.root)] == []
    told = sheet.told("[machine.name for machine in form.machines], dict(form.machine.tags)['team']")
    assert told == "(['web-1', 'web-2', 'web-3'], 'web')"


def test_the_cheapest_that_fits_is_looked_for_everywhere_and_a_miss_says_what_is_near(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path
) -> None:
    form = formed(sheet, sandbox, tmp_path, "%mist form NephoScale --cpus 2+ --ram 4GB")
    expect(form.glance("size")).to_contain_text("0.1500 $/h")
    form.button("Cheapest that fits").click()
    expect(form.part("form-found")).to_contain_text("the cheapest of ")
    expect(form.part("form-found")).to_contain_text("with 2+ vCPUs and 4GB of RAM")
    expect(form.glance("where")).not_to_contain_text("NephoScale")
    expect(form.button("Review")).to_be_enabled()
    where = form.glance("where").inner_text()
    form.part("form-name").locator("input").press("Enter")
    expect(form.part("form-receipt")).to_contain_text(f"at {where.partition(' · ')[0]}")
    form = formed(sheet, sandbox, tmp_path, "%mist form --cpus 900 --ram 4TB")
    form.button("Cheapest that fits").click()
    expect(form.part("form-found")).to_contain_text("No size of your backends has 900+ vCPUs and 4TB of RAM")
    expect(form.part("form-found")).to_contain_text("The nearest is at ")


def _keys_stay_in_every_list(form: FormPage) -> None:
    for name in LISTS:
        found = form.part(f"form-{name}").locator("select")
        expect(found).to_be_enabled()
        found.focus()
        for key in KEYS:
            form.page.keyboard.press(key)
        expect(found).to_be_enabled()
        assert found.evaluate("node => node === document.activeElement"), name
        if name == "location":  # another one has other subnets
            form.choose("location", "us-east-1a")
            expect(form.part("form-extra-subnet-id-list").locator("option")).to_have_count(4)
            continue
        for key, place in (("Home", 0), ("End", found.locator("option").count() - 1)):
            form.page.keyboard.press(key)
            form.page.wait_for_function(
                "([node, place]) => node.selectedIndex === place", arg=[found.element_handle(), place]
            )
    expect(form.part("form-extra-volumes").locator("input")).to_be_visible()
