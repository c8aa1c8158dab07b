"""Our widgets in a browser, used as people use them, with a mouse or with keys; and what must hold of all of them.

A `Sheet` is one notebook in JupyterLab whose cells are replaced for each test, as opening a page takes longer than most
tests. Waiting is for what stands on the page, never for time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rigs import jupyterlab
from tests.rigs.foreign import FORBIDDEN, POOR_CONTRAST
from tests.rigs.jupyterlab import Lab

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = Path(__file__).with_name("axe") / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 60_000
WIDE = {"width": 1120, "height": 1800}
NARROW = {"width": 420, "height": 2600}
SIZE_LINES = ".mist-size-list [role=option]"
IMAGE_LINES = ".mist-image-list [role=option]"
KEPT = ROOT / os.environ.get("MIST_SCREENSHOTS", "screenshots")  # read here: tests don't see such variables
_PUT = """sources => {
  const model = window.jupyterapp.shell.currentWidget.content.model.sharedModel;
  const before = model.cells.length;
  model.transact(() => {
    model.insertCells(before, sources.map(source => ({ cell_type: 'code', source })));
    if (before) model.deleteCellRange(0, before);
  });
}"""
# At once, as what has the focus, perhaps a form's field by and by, makes its own cell the active one.
_BEGIN = """source => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.model.sharedModel.addCell({ cell_type: 'code', source });
  content.activeCellIndex = content.widgets.length - 1;
  content.deselectAll();
  void window.jupyterapp.commands.execute('notebook:run-cell');
  return content.widgets.length - 1;
}"""
_RAN = """place => {
  const { model } = window.jupyterapp.shell.currentWidget.content.widgets[place];
  return model.executionCount !== null && model.executionState === 'idle' && model.outputs.toJSON();
}"""
_FOREIGN = ", ".join(tag for tag in (*FORBIDDEN.split(", "), "a") if tag not in ("style", "details"))
_ACTIVE = """root => [...root.querySelectorAll('*')].flatMap(node => [
  ...node.getAttributeNames().filter(name => name.startsWith('on')),
  ...(node.tagName === 'STYLE' && !node.textContent.includes('mist-') ? [node.textContent] : []),
])"""
READABLE = ".mist-notebook :is(td, th, div, code, b, label, span, h4, li, pre, button:enabled, option, summary)"
READABLE += ":not([aria-disabled=true])"
# ipywidgets gives the handles of a slider no name, and takes none: its visible label has to do.
_UNNAMED = """root => [...root.querySelectorAll('input, select, textarea, button, [role=slider], [tabindex="0"]')]
  .filter(node => node.getClientRects().length)
  .filter(node => ![node.getAttribute('aria-label'), ...[...(node.labels || [])].map(label => label.textContent),
    ['INPUT', 'SELECT', 'TEXTAREA'].includes(node.tagName) ? '' : node.textContent,
    node.closest('.widget-slider')?.querySelector('.widget-label')?.textContent,
    ...(node.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id)?.textContent)]
    .some(text => text?.trim()))
  .map(node => node.outerHTML.slice(0, 200))"""
_FAULTS = """async root => (await axe.run(root, { resultTypes: ['violations'] })).violations
  .map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 5).map(node => node.html.slice(0, 200)) }))"""
_TOO_WIDE = """root => {
  const edge = root.getBoundingClientRect().right + 1;
  const scrolls = node => node !== root
    && (getComputedStyle(node).overflowX !== 'visible' || scrolls(node.parentElement));
  return [...root.querySelectorAll('*')]
    .filter(node => node.getClientRects().length && !scrolls(node.parentElement))
    .map(node => [node.className, node.getBoundingClientRect().right - edge])
    .filter(([, beyond]) => beyond > 0);
}"""


def expect(subject: Any) -> Any:
    """Playwright's assertions that wait, with our patience."""
    from playwright.sync_api import expect as waits

    waits.set_options(timeout=PATIENCE_MS)
    return waits(subject)


def picture(name: str, folder: Path = ROOT / "screenshots") -> str:
    """Where a screenshot goes: to be looked at, never compared."""
    folder.mkdir(exist_ok=True)
    return str(folder / f"{name}.png")


def connect(url: str, token: str, folder: Path) -> str:
    """The source of a cell after which the notebook speaks to that server, and keeps its data in that folder."""
    variables = {"MIST_URL": url, "MIST_API_TOKEN": token, "MIST_DATA_DIR": str(folder)}
    return f"import os\nos.environ |= {variables!r}\n%reload_ext mist_notebook"


@contextmanager
def sheet_in(lab: Lab) -> Iterator[Sheet]:
    """An empty notebook, open in JupyterLab."""
    with jupyterlab.opened(lab.context, lab.server, lab.server.write("sheet.ipynb", "")) as (page, seen):
        page.set_viewport_size(WIDE)
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        yield Sheet(page, seen)
        page.evaluate("() => window.jupyterapp.shell.expandLeft()")


def quiet(seen: jupyterlab.Seen) -> None:
    """Nothing has left this computer, the console holds no error, and no dialog came."""
    loud = [*seen.elsewhere(), *seen.errors(), *seen.dialogs]
    assert not loud, "\n".join(loud)


# A picture that is kept names no folder of the computer that it was taken on.
_AT_HOME = r"""root => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    node.data = node.data.replace(/\/\S*\/home\/(?=\.local\/)/g, '/home/anna/');
  }
}"""


def kept(root: Any, name: str) -> None:
    """A picture of it among those that are kept: `MIST_SCREENSHOTS=docs` renews them, with 256 colours each."""
    path = picture(name, KEPT)
    root.page.mouse.move(1, 1)
    if KEPT.name != "screenshots":
        root.evaluate(_AT_HOME)
    root.screenshot(path=path)
    if KEPT.name != "screenshots":
        from PIL import Image

        with Image.open(path) as taken:
            few = taken.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def looked_at(root: Any, name: str) -> None:
    """It can be read in this theme, by whoever uses a screen reader too; `MIST_SCREENSHOTS=docs` renews its picture."""
    kept(root, name)
    assert root.page.evaluate(POOR_CONTRAST, READABLE) == []
    assert root.evaluate(_UNNAMED) == []
    assert root.evaluate(_TOO_WIDE) == []


def faults(root: Any) -> list[str]:
    """What axe-core finds wrong in it, for whoever uses a screen reader or sees little contrast."""
    root.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = root.evaluate(_FAULTS)
    return [f"{one['id']}: {one['help']}: {node}" for one in found for node in one["nodes"]]


def narrow(root: Any) -> None:
    """Nothing sticks out of it at the right, and nothing of it makes the page wider."""
    assert root.evaluate(_TOO_WIDE) == []
    assert root.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0


def nothing_but_text(shown: Any) -> None:
    """Nothing in it was made of foreign text but text."""
    found = shown.locator(_FOREIGN)
    assert found.count() == 0, found.first.evaluate("node => node.outerHTML")
    assert shown.evaluate(_ACTIVE) == []


@dataclass
class Sheet:
    """A notebook that is open in JupyterLab, and what the browser did meanwhile."""

    page: Any
    seen: jupyterlab.Seen

    def settle(self) -> None:
        """Light and wide, as the first test finds it."""
        jupyterlab.use(self.page, "light")
        self.page.set_viewport_size(WIDE)

    def use(self, theme: str) -> None:
        """Light or dark, which lasts until another is chosen."""
        jupyterlab.use(self.page, theme)

    def put(self, *sources: str) -> None:
        """These cells in place of all."""
        self.page.evaluate(_PUT, list(sources))
        self.page.wait_for_function(
            "count => window.jupyterapp.shell.currentWidget.content.widgets.length === count", arg=len(sources)
        )

    def run(self, *sources: str) -> None:
        """These cells in place of all, and each of them run."""
        self.put(*sources)
        jupyterlab.run_all(self.page)

    def begin(self, source: str) -> int:
        """One more cell, and have it run; its place. Doesn't wait for its end."""
        place: int = self.page.evaluate(_BEGIN, source)
        return place

    def ended(self, place: int) -> str:
        """What a cell printed and gave, once it has ended."""
        found: list[dict[str, Any]] = self.page.wait_for_function(_RAN, arg=place).json_value()
        return "".join(_text(output) for output in found)

    def prompt(self, place: int) -> Any:
        """What stands before a cell: [*] while it runs."""
        return self.page.locator(".jp-CodeCell").nth(place).locator(".jp-InputPrompt")

    def save(self) -> None:
        """To the disk, outputs and all."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def restart(self) -> None:
        """The kernel, as the menu does, and the wait until it is there again."""
        jupyterlab.run(self.page, "kernelmenu:restart")
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        jupyterlab.until_idle(self.page)

    @property
    def name(self) -> str:
        """Its file in the server's folder."""
        path: str = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        return path

    def told(self, source: str) -> str:
        """What one more cell prints and gives."""
        return self.ended(self.begin(source))

    @property
    def form(self) -> FormPage:
        """The last form on the page."""
        return FormPage(self.page)


class FormPage:
    """A form. Its methods do what a person does, and wait until the form has heard it."""

    def __init__(self, page: Any, root: Any = None) -> None:
        self.page = page
        self.root = page.locator(".mist-form").last if root is None else root

    def part(self, name: str) -> Any:
        """What has that class of ours."""
        return self.root.locator(f".mist-{name}")

    @property
    def card(self) -> Any:
        """The card of the machine that is being made."""
        return self.root.locator(".mist-progress")

    def message(self, field: str) -> Any:
        """The line at a field."""
        return self.part(f"form-{field}-message")

    def button(self, name: str) -> Any:
        """A button by what stands on it."""
        return self.root.get_by_role("button", name=name, exact=True)

    def unfold(self, name: str) -> FormPage:
        """Open the chooser behind a line: where, image, size or more."""
        fold = f".{'mist-form-more' if name == 'more' else f'mist-fold-{name}'}"
        head = self.root.locator(f"{fold} > button")
        if head.get_attribute("aria-expanded") == "false":
            head.click()
        expect(self.root.locator(f"{fold} + *")).to_be_visible()
        return self

    def glance(self, name: str) -> Any:
        """What a line says that is chosen."""
        return self.root.locator(f".mist-fold-{name} .mist-fold-said")

    def choose(self, kind: str, words: str) -> FormPage:
        """Choose from a list that opens."""
        if kind in ("backend", "location"):
            self.unfold("where")
        chooser = self.part(f"form-{kind}").locator("select")
        option = chooser.locator("option", has_text=words)
        expect(option).to_have_count(1)
        chooser.select_option(index=option.evaluate("node => node.index"))
        return self

    def find_image(self, query: str, words: str) -> FormPage:
        """Type into the search, a letter after the other, and click the only line with these words."""
        self.unfold("image").part("image-query").locator("input").press_sequentially(query)
        lines = self.root.locator(IMAGE_LINES)
        expect(self.part("image-count")).to_contain_text(" of ")
        expect(lines.filter(has_text=words)).to_have_count(1)
        lines.filter(has_text=words).click()
        expect(self.part("image-chosen")).to_contain_text(words)
        return self

    def pick_size(self, words: str) -> FormPage:
        """Click a line of the table."""
        self.unfold("size")
        line = self.root.locator(SIZE_LINES).filter(has_text=words)
        expect(line).to_have_count(1)
        line.click()
        expect(self.part("size-chosen")).to_contain_text(words)
        return self

    def make_key(self) -> FormPage:
        self.button("Make a key").click()
        expect(self.part("form-key").locator("select")).to_have_value(re.compile("^demo"))
        return self

    def type(self, field: str, text: str) -> FormPage:
        """Write into a field, in place of what is there."""
        if field in ("hours", "script", "user", "port"):
            self.unfold("more")
        self.part(f"form-{field}").locator("input, textarea").fill(text)
        return self

    def fill(self, name: str) -> FormPage:
        """All that the sandbox's NephoScale needs."""
        self.choose("backend", "NephoScale").choose("location", "SJC-1")
        return self.find_image("centos 64", "Linux CentOS 5.5 64-bit").pick_size("CS4.2").type("name", name)

    def chosen_of_live(self, name: str) -> FormPage:
        """All that a `live_mist` server needs: what it has one of, the form has chosen already."""
        expect(self.part("form-location").locator("option", has_text="East")).to_have_count(1)
        return self.find_image("debian", "Debian 12").pick_size("Small").type("name", name)

    def review(self) -> FormPage:
        self.button("Review").click()
        expect(self.button("Create")).to_be_enabled()
        return self

    def create(self) -> FormPage:
        self.button("Create").click()
        return self

    def until_done(self) -> FormPage:
        """Wait until the machine is made, and was looked at."""
        expect(self.button("New machine")).to_be_visible()
        expect(self.card.locator(".mist-progress-watching").first).to_be_hidden()
        return self


def _text(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    found: str | Sequence[str] = output.get("text") or output.get("data", {}).get("text/plain", "")
    return found if isinstance(found, str) else "".join(found)
