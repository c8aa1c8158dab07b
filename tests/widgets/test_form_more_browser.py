"""More of the form in a real browser: keys that are pasted, buttons that copy, and what a reader finds after a reload.

One sandbox runs beside all kernels, in this process.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from mist_notebook.sandbox import Sandbox
from tests.rigs.form_page import FormPage, Sheet, connect, expect, looked_at
from tests.rigs.jupyterlab import Lab

pytestmark = pytest.mark.browser

_KEYS = itertools.count(1)
KEY = asyncssh.generate_private_key("ssh-ed25519", comment="anna@laptop")
LINE = KEY.export_public_key().decode().strip()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox beside all kernels."""
    with Sandbox.start(boot_seconds=0.5) as sandbox:
        yield sandbox


@pytest.fixture
def form(sheet: Sheet, sandbox: Sandbox, tmp_path: Path) -> FormPage:
    """A form of that sandbox, with a key whose private half is here."""
    key = f"key-{next(_KEYS)}"
    line = f"%mist add-key {key} --generate"
    sheet.run(connect(sandbox.url, sandbox.token, tmp_path), line, f"form = %mist form --key {key}\nform")
    expect(sheet.form.button("Review")).to_be_enabled()
    return sheet.form


# ------------------------------------------------------------------------------------------------------ pasted keys


def test_a_pasted_private_half_never_leaves_the_page_and_a_public_one_is_looked_at(
    sheet: Sheet, form: FormPage, faults: Callable[[Any], list[str]]
) -> None:
    sent: list[str] = []
    secret = KEY.export_private_key("openssh").decode()
    middle = secret.splitlines()[2]
    form.page.evaluate(_HEARD)
    form.button("Paste a public key").click()
    box = form.root.get_by_role("textbox", name="Public key")
    expect(box).to_be_focused()
    for text in (secret, f"{LINE}\n{secret}", middle):
        box.fill(text)
        expect(box).to_have_value("")
        expect(form.message("paste")).to_contain_text(
            "may be, a private key: it was removed, and nothing of it is kept"
        )
    box.fill("https://github.com/anna.keys")
    expect(form.message("paste")).to_contain_text("is an address, and nothing is fetched from there")
    expect(form.button("Use this key")).to_be_disabled()
    expect(form.button("Review")).to_be_disabled()
    box.fill(f"{LINE}\n")
    expect(form.message("paste")).to_contain_text("ED25519 · anna@laptop · SHA256:")
    expect(form.button("Use this key")).to_be_enabled()
    looked_at(form.root, "form-paste")
    assert faults(form.root) == []
    box.press("Enter")
    expect(form.message("key")).to_contain_text("A Mist server wants the private half of a key")
    box.fill("")
    expect(form.button("Review")).to_be_enabled()
    sheet.save()
    sent += form.page.evaluate("() => window.mistSent")
    told = sheet.page.evaluate("() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.toJSON())")
    assert any(LINE.split()[1] in message for message in sent), "what was sent is seen at all"
    for text in (*sent, told, form.page.content()):
        assert middle not in text and "PRIVATE KEY--" not in text


# ------------------------------------------------------------------------------------------------- sizes by location

TABLE = """
from datetime import date
from mist_notebook.records.model import Location, Price, Size
from mist_notebook.widgets.lists.placed_size import placed, taken_apart
from mist_notebook.widgets.lists.size_table import SizeTable
at = lambda hourly: Price(hourly=hourly, currency="EUR", as_of=date(2026, 11, 30), source="a list")
sizes = [Size(id=f"cx{n}2", name=f"CX{n}2", vcpus=2 * n, ram_mb=4096 * n, disk_gb=40 * n) for n in range(1, 9)]
names = ("Nuremberg", "Helsinki", "Falkenstein", "Ashburn", "Singapore")
places = [Location(id=name[:3].lower(), name=name) for name in names]
euros = {"nur": 6, "hel": 6, "fal": 6, "ash": 9}
prices = {size.id: {**{place: at(n * cost / 1000) for place, cost in euros.items()}, "sin": Price()}
          for n, size in enumerate(sizes, 1)}
table = SizeTable()
table.set_sizes(placed(sizes, prices, places, "hel", lambda *_: True))
table
"""


def test_a_row_of_the_sizes_names_its_locations_and_one_click_chooses_both(sheet: Sheet) -> None:
    sheet.run(TABLE)
    root = sheet.page.locator(".mist-notebook").last
    rows = root.get_by_role("listbox", name="Sizes").get_by_role("option")
    expect(rows.first).to_contain_text("Nuremberg, Helsinki, Falkenstein")
    expect(rows.first).to_contain_text("◀ cheapest")
    expect(root.locator(".mist-size-count")).to_contain_text(
        "24 of 24 sizes by location. Prices in EUR, of 2026-11-30."
    )
    rows.filter(has_text="Ashburn").first.click()
    expect(root.locator(".mist-size-chosen")).to_contain_text("at Ashburn")
    assert sheet.told("taken_apart(table.value)") == "('cx12', 'ash')"
    for width in (840, 420):
        sheet.page.set_viewport_size({"width": width, "height": 1800})
        looked_at(root, f"sizes-by-place-{width}")
        for cell in (".place", ".price"):
            expect(rows.first.locator(cell).first).to_be_visible()


# --------------------------------------------------------------------------------------------------- buttons that copy

_PASTED = "() => navigator.clipboard.readText()"
_REFUSING = """() => {
  Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
  document.execCommand = () => false;
}"""
_SELECTED = """() => {
  const { value, selectionStart, selectionEnd } = document.activeElement;
  return value.slice(selectionStart, selectionEnd);
}"""


def test_each_button_copies_its_text_and_where_a_browser_refuses_it_is_selected(
    lab: Lab, sheet: Sheet, form: FormPage, faults: Callable[[Any], list[str]]
) -> None:
    lab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name, box in (("size", "listbox"), ("image", "textbox")):  # Escape leaves a chooser as it was
        before = form.glance(name).text_content()
        form.unfold(name)
        expect(form.root.get_by_role(box, name={"size": "Sizes", "image": "Image"}[name], exact=True)).to_be_focused()
        form.page.keyboard.press("Escape")
        expect(form.part(f"fold-{name}").locator("button")).to_be_focused()
        expect(form.glance(name)).to_have_text(before)
    form.type("name", "copied-1")
    expect(form.part("form-line")).to_contain_text("--name copied-1")
    form.button("Copy line").click()
    expect(form.button("Copied")).to_be_focused()
    assert form.page.evaluate(_PASTED) == sheet.told("print(form.line)").strip()
    form.review().create().until_done()
    for name, shown in (
        ("Copy address", "form.machine.record.public_ips[0]"),
        ("Copy ssh line", "form._card.login"),
    ):
        form.button(name).click()
        expect(form.root.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        assert form.page.evaluate(_PASTED) == sheet.told(f"print({shown})").strip()
        expect(form.button(name)).to_be_visible()
    form.page.evaluate(_REFUSING)
    form.button("Copy ssh line").click()
    field = form.root.get_by_role("textbox", name="Copy ssh line: the text")
    expect(field).to_be_focused()
    expect(form.root.locator(".mist-copy-hint:visible")).to_have_text(
        "The browser refused: it is selected, press Ctrl+C or ⌘C."
    )
    assert form.page.evaluate(_SELECTED) == sheet.told("print(form._card.login)").strip()
    looked_at(form.root, "form-copy-refused")
    assert faults(form.root) == []
    field.press("Escape")
    expect(form.button("Copy ssh line")).to_be_focused()
    expect(field).to_be_hidden()
    form.page.evaluate("() => { delete navigator.clipboard; delete document.execCommand; }")
    form.button("Copy address").click()
    expect(form.button("Copied")).to_be_focused()


# ------------------------------------------------------------------------------------------------- after a reload


def test_a_reloaded_page_has_the_facts_of_the_card_with_its_kernel_and_without(sheet: Sheet, form: FormPage) -> None:
    form.type("name", "kept-1").review().create().until_done()
    form.button("Stop").click()
    expect(form.card).to_contain_text("stopped")
    expect(form.button("Start")).to_be_visible()
    login = sheet.told("print(form._card.login)").strip()
    facts = ("kept-1 at NephoScale", "192.0.2.", "CS05 - 0.5GB, 1Core, 25GB", "0.0310 USD", "SJC-1 (86945)", login,
             "while it is off", "before it was off", "The probe says ok.")  # fmt: skip
    record = sheet.page.locator(".jp-RenderedHTMLCommon", has_text="kept-1 at NephoScale: done")
    for fact in facts:
        expect(form.card).to_contain_text(fact)
    expect(record).to_be_hidden()
    sheet.save()
    sheet.page.reload()
    for fact in facts:
        expect(sheet.form.card).to_contain_text(fact)
    expect(record).to_be_hidden()
    expect(sheet.form.button("Start")).to_be_enabled()
    sheet.restart()
    expect(record).to_be_visible()
    for fact in facts:
        expect(record).to_contain_text(fact)
    with sheet.page.expect_console_message(lambda message: "widget model not found" in message.text):
        sheet.page.reload()  # its kernel is another one, which knows nothing of the form: ipywidgets complains of that
    for fact in (*facts, "state", "stopped, as of "):
        expect(record).to_contain_text(fact)
    expect(record).to_be_visible()
    sheet.seen.console.pop()


_HEARD = """() => {
  window.mistSent = [];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    window.mistSent.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
    return send.call(this, data);
  };
}"""
