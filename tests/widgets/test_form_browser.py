"""The form in real browsers and kernels: from choosing to the probe, by mouse and by keys, and whatever comes between.

The sandboxes run in this process: their ledgers say what was made, whoever clicked, in whatever tab and kernel.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter

from mist_notebook.ground.text import clean
from mist_notebook.sandbox import Sandbox
from tests.rigs import hostile, jupyterlab, live_mist
from tests.rigs.foreign import CANARIES, TYPESET
from tests.rigs.form_page import (
    IMAGE_LINES,
    NARROW,
    SIZE_LINES,
    WIDE,
    FormPage,
    Sheet,
    connect,
    expect,
    looked_at,
    narrow,
    nothing_but_text,
    picture,
    quiet,
)
from tests.rigs.jupyterlab import Lab
from tests.rigs.line_rig import add_key, client_of
from tests.test_notebooks import text_of

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOK = "04-provision-form.ipynb"
OF_THE_SANDBOX = "import os\nos.environ.pop('MIST_URL', None)\n%reload_ext mist_notebook"
FORM = "form = %mist form\nform"
NO_MODEL = "Error displaying widget: model not found"
FACTS = (
    "SANDBOX · web-1 at NephoScale: done",
    "Linux CentOS 5.5 64-bit (5, owner unknown)",
    "0.1500 USD an hour",
    "submitted",
    "The probe says ok.",
    "%mist create NephoScale --name web-1 --image 5 --size 48 --location SJC-1 --key demo",
    "192.0.2.1",
)
DEAD = "This form needs a running kernel: run the cell again."


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with a key, beside all kernels."""
    with Sandbox.start(boot_seconds=0.5) as sandbox:
        add_key(sandbox)
        yield sandbox


@pytest.fixture
def live() -> Iterator[live_mist.LiveMist]:
    """A server that isn't a sandbox, of one backend."""
    with live_mist.serve() as live:
        yield live


def made(sandbox: Sandbox) -> list[str]:
    """The names of the machines that were really made."""
    return [name for name, _, is_made in sandbox.ledger if is_made]


def opened(sheet: Sheet, server: Sandbox | live_mist.LiveMist, folder: Path, line: str = FORM) -> FormPage:
    """A form of that server."""
    sheet.run(connect(server.url, server.token, folder), line)
    return sheet.form


# ------------------------------------------------------------------------------------------------- the whole way


WIDTHS = (1280, 840, 420)


def pictures(form: FormPage, name: str, theme: str, widths: Sequence[int] = WIDTHS) -> None:
    """It can be read at every width, and the pictures of it are kept."""
    for width in widths:
        form.page.set_viewport_size({"width": width, "height": 3600})  # as high as all of it, unfolded
        looked_at(form.root, f"form-{name}-{theme}-{width}")
    form.page.set_viewport_size(WIDE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_from_the_first_sight_to_the_probe_and_on_in_the_next_cell(
    sheet: Sheet, theme: str, faults: Callable[[Any], list[str]]
) -> None:
    sheet.use(theme)
    sheet.run(OF_THE_SANDBOX, FORM)
    form = sheet.form
    expect(form.glance("image")).to_contain_text("Ubuntu Server 12.04 LTS")
    expect(form.glance("size")).to_contain_text("0.0310 $/h")
    expect(form.glance("where")).to_have_text("NephoScale · SJC-1 · US")
    form.make_key()
    assert form.root.bounding_box()["height"] < 400
    expect(form.button("Review")).to_be_enabled()
    pictures(form, "first", theme)
    wrong = faults(form.root)
    form.find_image("centos 64", "Linux CentOS 5.5 64-bit").pick_size("CS4.2").type("name", f"web-{theme}")
    expect(form.part("form-missing")).to_have_text("Nothing is sent before you press Create.")
    form.unfold("where").unfold("more").part("image-query").locator("input").fill("")
    expect(form.part("image-list").get_by_role("group", name="CentOS")).to_have_count(1)
    pictures(form, "choosing", theme)
    for column in ("price", "date"):  # what matters is there at 420 px too
        form.page.set_viewport_size(NARROW)
        expect(form.root.locator(f".mist-list [role=option] > .{column}").first).to_be_visible()
    wrong += faults(form.root)
    form.part("form-name").locator("input").press("Enter")
    for fact in (f"SANDBOX · Receipt: web-{theme} at NephoScale", "SJC-1 (86945)", "example: 0.1500 USD an hour"):
        expect(form.part("form-receipt")).to_contain_text(fact)
    pictures(form, "review", theme)
    wrong += faults(form.root)
    form.create()
    expect(form.card.locator(".mist-step-now")).to_contain_text("boot")
    expect(form.card.get_by_role("button", name="Stop watching")).to_be_enabled()
    pictures(form, "progress", theme, (1280,))
    form.until_done()
    for fact in ("SANDBOX", f"web-{theme} at NephoScale", "The probe says ok.", "running", "CentOS Linux 5.5", "ssh "):
        expect(form.card).to_contain_text(fact)
    pictures(form, "done", theme)
    assert [*wrong, *faults(form.root)] == []
    assert sheet.told("form.machine.name, form.machine.state, form.report.outcome") == (
        f"('web-{theme}', 'running', 'ok')"
    )


@pytest.mark.parametrize("front_end", ["notebook", "voila"])
def test_the_whole_way_elsewhere_and_on_a_narrow_page(lab: Lab, front_end: str) -> None:
    shutil.copy(ROOT / "notebooks" / NOTEBOOK, lab.server.folder)
    with jupyterlab.opened(lab.context, lab.server, NOTEBOOK, front_end=front_end) as (page, seen):
        page.set_viewport_size(NARROW)
        if front_end == "notebook":
            jupyterlab.run_all(page)
        form = FormPage(page)
        form.fill("web-1")
        if form.button("Make a key").is_visible():
            form.make_key()
        narrow(form.root)
        form.review()
        narrow(form.root)
        form.create()
        expect(form.card.locator(".mist-step-now")).to_contain_text("boot")
        narrow(form.root)
        form.until_done()
        expect(form.card).to_contain_text("The probe says ok.")
        narrow(form.root)
        page.locator(".mist-panel").get_by_role("button", name="Refresh").click()
        expect(page.locator(".mist-panel-card")).to_contain_text("web-1")
        page.screenshot(path=picture(f"form-{front_end}"), full_page=True)
        quiet(seen)


# ----------------------------------------------------------------------------------------------- one click, one machine


@pytest.mark.parametrize("clicks", ["a double click", "ten fast clicks"])
def test_fast_clicks_make_one_machine(sheet: Sheet, sandbox: Sandbox, tmp_path: Path, clicks: str) -> None:
    form = opened(sheet, sandbox, tmp_path)
    form.fill("web-1").review()
    if clicks == "a double click":
        form.button("Create").dblclick()
    else:
        form.button("Create").evaluate("button => { for (let click = 0; click < 10; click += 1) button.click(); }")
    form.until_done()
    assert made(sandbox) == ["web-1"]
    with client_of(sandbox) as client:
        assert [machine.name for machine in client.backend_from_name("NephoScale").machines.values()] == ["web-1"]
    assert sheet.told("%mist journal").count("web-1") == 1


def test_two_tabs_that_click_at_once_make_one_machine(lab: Lab, sheet: Sheet, sandbox: Sandbox, tmp_path: Path) -> None:
    first = opened(sheet, sandbox, tmp_path)
    first.fill("web-1").review()
    sheet.save()
    with tab(lab, sheet.name) as (page, seen):
        second = FormPage(page)
        expect(second.button("Create")).to_be_enabled()
        for form in (first, second):
            form.button("Create").evaluate("button => button.click()")
        for form in (first, second):
            form.until_done()
            expect(form.card).to_contain_text("The probe says ok.")
        assert made(sandbox) == ["web-1"]
        quiet(seen)


@contextmanager
def tab(lab: Lab, name: str) -> Iterator[tuple[Any, jupyterlab.Seen]]:
    """A notebook in another tab of the browser, with the kernel that it has, or a new one that has run nothing."""
    page, seen = lab.context.new_page(), jupyterlab.Seen()
    seen.watch(page)
    try:
        page.goto(f"{lab.server.url}lab/workspaces/other/tree/{name}?reset")
        yield page, seen
    finally:
        page.close()


# ------------------------------------------------------------------------------------------- kernels that are busy


@pytest.mark.parametrize("blocked", ["time.sleep(0.05)", "pass"], ids=["sleeping", "spinning"])
def test_a_machine_comes_up_while_a_cell_blocks_the_kernel(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path, blocked: str
) -> None:
    form = opened(sheet, sandbox, tmp_path)
    form.fill("web-1").review().create()
    expect(form.card).to_be_visible()
    flag = tmp_path / "go-on"
    place = sheet.begin(f"import pathlib, time\nwhile not pathlib.Path({str(flag)!r}).exists(): {blocked}")
    expect(form.card).to_contain_text("The probe says ok.")
    expect(sheet.prompt(place)).to_have_text("[*]:")
    flag.touch()
    sheet.ended(place)
    assert sheet.told("form.machine.name, form.report.outcome") == "('web-1', 'ok')"


def test_clicks_on_create_while_a_cell_blocks_make_one_machine(sheet: Sheet, sandbox: Sandbox, tmp_path: Path) -> None:
    form = opened(sheet, sandbox, tmp_path)
    form.fill("web-1").review()
    flag = tmp_path / "go-on"
    place = sheet.begin(f"import pathlib, time\nwhile not pathlib.Path({str(flag)!r}).exists(): time.sleep(0.05)")
    expect(sheet.prompt(place)).to_have_text("[*]:")
    form.button("Create").evaluate("button => { for (let click = 0; click < 10; click += 1) button.click(); }")
    flag.touch()
    sheet.ended(place)
    form.until_done()
    assert made(sandbox) == ["web-1"]


def test_a_kernel_that_restarts_in_the_middle_makes_nothing_twice(sheet: Sheet, tmp_path: Path) -> None:
    with Sandbox.start(boot_seconds=600) as sandbox:
        add_key(sandbox)
        form = opened(sheet, sandbox, tmp_path).fill("web-1").review().create()
        expect(form.card.locator(".mist-step-now")).to_contain_text("boot")
        record = sheet.page.locator(".jp-RenderedHTMLCommon", has_text="web-1 at NephoScale: under way")
        expect(record).to_be_attached()
        expect(record).to_be_hidden()
        sheet.restart()
        expect(form.root.get_by_text(DEAD)).to_be_visible()
        expect(record).to_be_visible()
        expect(record).to_contain_text(DEAD)
        form.page.screenshot(path=picture("form-dead"))
        assert made(sandbox) == ["web-1"]
        jupyterlab.run_all(sheet.page)
        again = sheet.form
        expect(again.glance("image")).to_contain_text("Ubuntu")
        again.fill("web-1")
        expect(again.message("name")).to_contain_text("already has a machine of this name")
        expect(again.button("Review")).to_be_disabled()
        assert made(sandbox) == ["web-1"]


# --------------------------------------------------------------------------------------------------- what is saved


def test_a_reloaded_page_has_its_form_again(sheet: Sheet, sandbox: Sandbox, tmp_path: Path) -> None:
    opened(sheet, sandbox, tmp_path).fill("web-1")
    sheet.save()
    sheet.page.reload()
    form = sheet.form
    expect(form.part("form-name").locator("input")).to_have_value("web-1")
    expect(form.part("image-chosen")).to_contain_text("Linux CentOS 5.5 64-bit")
    expect(form.part("size-chosen")).to_contain_text("CS4.2")
    form.review().create().until_done()
    assert made(sandbox) == ["web-1"]


def test_a_saved_notebook_holds_the_account_trusted_or_not_and_printed(
    lab: Lab, sheet: Sheet, sandbox: Sandbox, tmp_path: Path
) -> None:
    form = opened(sheet, sandbox, tmp_path)
    form.fill("web-1").review().create().until_done()
    expect(sheet.page.locator(".jp-RenderedHTMLCommon", has_text="web-1 at NephoScale: done")).to_have_count(1)
    sheet.save()
    shutil.copy(lab.server.folder / sheet.name, lab.server.folder / "trusted.ipynb")
    saved = nbformat.read(lab.server.folder / sheet.name, as_version=4)
    assert "widgets" not in saved.metadata
    saved.metadata["changed"] = "so that it is another's"
    nbformat.write(saved, lab.server.folder / "untrusted.ipynb")
    for kind, instead in (("trusted", NO_MODEL), ("untrusted", DEAD)):
        with tab(lab, f"{kind}.ipynb") as (page, seen):
            account = page.locator(".jp-RenderedHTMLCommon", has_text="web-1 at NephoScale: done")
            for fact in FACTS:
                expect(account).to_contain_text(fact)
            expect(account).to_be_visible()
            expect(page.locator(".jp-OutputArea-output").first).to_contain_text(instead)
            seen.console = [text for text in seen.console if "widget model not found" not in text]  # that's the above
            quiet(seen)
    for exporter in (HTMLExporter, MarkdownExporter):
        body, _ = exporter().from_notebook_node(saved)
        printed = text_of(body)
        assert [fact for fact in (*FACTS, DEAD) if fact not in printed] == []


# ---------------------------------------------------------------------------------------------- what changes meanwhile


def test_a_price_that_changed_after_the_receipt_is_shown_and_asked_for_again(
    sheet: Sheet, live: live_mist.LiveMist, tmp_path: Path
) -> None:
    form = opened(sheet, live, tmp_path).chosen_of_live("web-1").review()
    live.change("sizes", extra={"price_hourly": 0.02, "price_monthly": 14.0})
    form.create()
    told = form.root.get_by_role("alert")
    expect(told).to_contain_text("Something changed since this was drawn. Nothing was sent; look again:")
    expect(told.get_by_role("listitem")).to_have_text(
        "price: 0.01 USD an hour, 7 a month then, 0.02 USD an hour, 14 a month now"
    )
    assert live.created == []
    form.root.screenshot(path=picture("form-changed"))
    expect(form.button("Create")).to_be_enabled()
    form.create().until_done()
    assert [body["name"] for body in live.created] == ["web-1"]


def test_a_size_that_went_away_after_the_receipt_is_said_at_its_field(
    sheet: Sheet, live: live_mist.LiveMist, tmp_path: Path
) -> None:
    form = opened(sheet, live, tmp_path).chosen_of_live("web-1").review()
    del live.rows["sizes"][0]
    form.create()
    expect(form.message("size")).to_have_text("The size 'Small' is no longer there. Choose another.")
    expect(form.part("form-name").locator("input")).to_have_value("web-1")
    assert live.created == []


def test_a_token_that_expired_is_asked_for_once_and_the_form_goes_on(
    sheet: Sheet, live: live_mist.LiveMist, tmp_path: Path
) -> None:
    form = opened(sheet, live, tmp_path).chosen_of_live("web-1")
    live.token = "second-token"
    form.button("Review").click()
    expect(form.part("form-missing")).to_contain_text("did not accept the token")
    expect(form.part("form-missing")).to_contain_text("%mist connect")
    place = sheet.begin(f"del os.environ['MIST_API_TOKEN']\n%mist connect {live.url}")
    asked = sheet.page.locator(".jp-Stdin-input")
    expect(asked).to_have_attribute("type", "password")
    asked.fill(live.token)
    asked.press("Enter")
    assert live.url in sheet.ended(place)
    expect(asked).to_have_count(0)
    form.button("Retry").click()
    expect(form.button("Retry")).to_be_hidden()
    expect(form.part("form-name").locator("input")).to_have_value("web-1")
    expect(form.part("size-chosen")).to_contain_text("Small")
    form.review().create().until_done()
    assert [body["name"] for body in live.created] == ["web-1"]


def test_a_backend_that_fails_says_so_and_after_a_retry_what_was_typed_is_there(
    sheet: Sheet, live: live_mist.LiveMist, tmp_path: Path
) -> None:
    live.broken = {"images": hostile.answer("the provider is down", status=502, content_type="text/plain")}
    form = opened(sheet, live, tmp_path).type("name", "web-1")
    expect(form.part("form-trouble-said")).to_contain_text("the provider is down")
    expect(form.message("image")).to_have_text("Not loaded: see above.")
    expect(form.button("Review")).to_be_disabled()
    form.root.screenshot(path=picture("form-trouble"))
    live.broken = {}
    form.button("Retry").click()
    expect(form.part("form-trouble-said")).to_be_hidden()
    expect(form.part("form-name").locator("input")).to_have_value("web-1")
    form.chosen_of_live("web-1").review()


def test_nothing_jumps_while_the_lists_are_read(sheet: Sheet, live: live_mist.LiveMist, tmp_path: Path) -> None:
    go_on = threading.Event()
    rows = dict(live.rows)

    def late(kind: str) -> hostile.Step:
        def step(exchange: hostile.Exchange) -> None:
            go_on.wait()
            hostile.json(rows[kind])(exchange)

        return step

    live.broken = {kind: late(kind) for kind in ("images", "sizes", "locations")}
    try:
        form = opened(sheet, live, tmp_path)
        expect(form.glance("image")).to_have_text("Loading …")
        expect(form.button("Review")).to_be_disabled()
        form.unfold("image").unfold("size")
        expect(form.root.locator(IMAGE_LINES)).to_have_text("The images are being read …")
        expect(form.root.locator(SIZE_LINES)).to_have_text("The sizes are being read …")
        before = tops(form)
    finally:
        go_on.set()
    expect(form.root.locator(SIZE_LINES).filter(has_text="Small")).to_have_count(1)
    expect(form.root.locator(IMAGE_LINES).filter(has_text="Debian 12")).to_have_count(1)
    assert tops(form) == pytest.approx(before, abs=2)


def tops(form: FormPage) -> list[float]:
    """How far below the top of the form its parts stand."""
    parts = ("fold-where", "image-list", "size-table", "form-name", "form-review-button")
    top = form.root.bounding_box()["y"]
    return [form.part(part).bounding_box()["y"] - top for part in parts]


# ------------------------------------------------------------------------------------------------------- keys alone


def test_keys_alone_lead_from_the_backend_to_the_machine(sheet: Sheet, sandbox: Sandbox, tmp_path: Path) -> None:
    form = opened(sheet, sandbox, tmp_path)
    keys = sheet.page.keyboard
    expect(form.glance("image")).to_contain_text("Ubuntu")
    form.part("fold-where").locator("button").focus()
    keys.press("Enter")
    expect(form.part("form-backend")).to_be_visible()
    keys.press("Tab")
    pick_with_keys(form, "backend", "NephoScale")
    keys.press("Tab")
    pick_with_keys(form, "location", "SJC-1 · US, zone")
    keys.press("Tab")
    keys.press("Enter")
    expect(form.part("image-query").locator("input")).to_be_focused()
    keys.type("centos 5.5 64")
    expect(form.part("image-count")).to_contain_text("1 of 18 images")
    keys.press("Enter")
    expect(form.glance("image")).to_contain_text("Linux CentOS 5.5 64-bit")
    expect(form.part("fold-image").locator("button")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(form.root.get_by_role("listbox", name="Sizes")).to_be_focused()
    keys.type("CS4.2", delay=20)
    expect(form.glance("size")).to_contain_text("CS4.2")
    keys.press("Enter")
    expect(form.part("fold-size").locator("button")).to_be_focused()
    tab_to(form, "form-name")
    keys.press("Control+a")
    keys.type("web-1")
    expect(form.button("Review")).to_be_enabled()
    keys.press("Enter")
    expect(form.button("Back")).to_be_focused()
    keys.press("Shift+Tab")
    expect(form.button("Create")).to_be_focused()
    keys.press("Enter")
    form.until_done()
    assert made(sandbox) == ["web-1"]


def pick_with_keys(form: FormPage, kind: str, option: str) -> None:
    """Open the list that has the focus, and take its first line but one."""
    for key in ("Space", "Home", "ArrowDown", "Enter"):
        form.page.keyboard.press(key)
    expect(form.part(f"form-{kind}").locator("select")).to_have_value(option)
    expect(form.part(f"form-{kind}").locator("select")).to_be_focused()


def tab_to(form: FormPage, part: str) -> None:
    """Press Tab until the focus is there; not once more than there are controls."""
    for _ in range(30):
        form.page.keyboard.press("Tab")
        if form.page.evaluate("part => Boolean(document.activeElement.closest(part))", f".mist-{part}"):
            return
    raise AssertionError(f"Tab never came to {part}")


# ------------------------------------------------------------------------------------------------------- hostile text


class HostileMist(live_mist.LiveMist):
    """A server all of whose words are `names`; what it refuses to make, it refuses with one of them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names
        self.rows |= {kind: [self._row(kind, name) for name in names] for kind in ("images", "sizes", "locations")}
        self.rows["keys"] = [{"id": f"k{place}", "name": name} for place, name in enumerate(names)]
        clouds = [self.rows["clouds"][0] | {"id": f"c{place}", "name": name} for place, name in enumerate(names)]
        self.rows["clouds"] = clouds

    def _row(self, kind: str, name: str) -> dict[str, Any]:
        its_id = (
            name if name.isprintable() else f"id-{self.names.index(name)}"
        )  # an id that can't be shown as it is isn't taken
        return self.rows[kind][0] | {"id": f"wire-{its_id}", "external_id": its_id, "name": name, "country": name}

    def _machines(self, request: hostile.Request) -> hostile.Step:
        if request.method == "POST" and b"refused" in request.body:
            return hostile.answer(self.names[2] + self.names[0], status=400, content_type="text/plain")
        step = super()._machines(request)
        for machine in self.rows["machines"]:
            machine |= {"public_ips": [self.names[0]], "extra": {"size_name": self.names[2]}}
        return hostile.json(self.rows["machines"][-1]) if request.method == "POST" else step


def test_hostile_text_stays_text_in_form_receipt_card_and_record(sheet: Sheet, tmp_path: Path) -> None:
    names: list[str] = []
    with hostile.serve(lambda exchange: live.step(exchange)) as server:
        names += [name.format(beacon=f"{server.url}/beacon") for name in CANARIES]
        live = HostileMist(names)
        form = opened(sheet, live_at(live, server), tmp_path)
        sheet.begin(TYPESET)
        sheet.page.locator("#typeset mjx-container").wait_for()  # MathJax is at work: what it left alone stays so
        form.unfold("where").unfold("image").unfold("size")
        choose_hostile(form, "form-backend", names[0])
        lists = ("form-backend", "form-location", "image-list", "size-list", "form-key")
        for part in lists:
            expect(lines_in(form, part).filter(has_text="alert(2)")).to_have_count(1)
            shown = lines_of(form, part)
            assert [name for name in names if not any(begins(name) in line for line in shown)] == [], part
        form.type("name", names[0])
        expect(form.message("name")).to_contain_text(names[0])
        form.type("name", "web-1")
        for place in range(0, len(names), 4):
            chosen = [*names[place:], *names[:4]][:4]
            for part, name in zip(lists[1:], chosen, strict=True):
                choose_hostile(form, part, name)
            form.review()
            for name in (names[0], *chosen):
                expect(form.part("form-receipt")).to_contain_text(clean(name))
            nothing_but_text(form.root)
            form.button("Back").click()
        form.review().create().until_done()
        nothing_but_text(form.root)
        record = sheet.page.locator(".jp-RenderedHTMLCommon", has_text="web-1 at").last
        for shown, told in ((form.card, chosen[:3]), (record, chosen)):
            for name in (names[0], *told):
                expect(shown).to_contain_text(clean(name))
        nothing_but_text(record)
        form.button("New machine").click()
        form.type("name", "refused").review().create().until_done()
        for shown in (form.card, sheet.page.locator(".jp-RenderedHTMLCommon", has_text="refused at").last):
            expect(shown).to_contain_text(names[2])
            nothing_but_text(shown)
        live.broken = {"sizes": hostile.answer(names[2], status=502, content_type="text/plain")}
        form = opened(sheet, live, tmp_path).unfold("where")
        choose_hostile(form, "form-backend", names[0])
        expect(form.part("form-trouble-said")).to_contain_text(names[2])
        nothing_but_text(form.root)
        assert [request.path for request in live.ledger if not request.path.startswith("/api/v1/")] == []


def live_at(live: live_mist.LiveMist, server: hostile.Server) -> live_mist.LiveMist:
    live.url, live.ledger = server.url, server.ledger
    return live


def lines_in(form: FormPage, part: str) -> Any:
    """The lines of a dropdown, or the rows of a list."""
    return form.part(part).locator("option, [role=option]")


def lines_of(form: FormPage, part: str) -> list[str]:
    """What stands in a list, in order."""
    found: list[str] = lines_in(form, part).all_text_contents()
    return found


def begins(name: str) -> str:
    """What a list shows of a name at least: long ones are cut in lines of columns."""
    return clean(name)[:20]


def choose_hostile(form: FormPage, part: str, name: str) -> None:
    """Choose the line that holds this name."""
    expect(lines_in(form, part).filter(has_text="alert(2)")).to_have_count(1)
    place = next(place for place, line in enumerate(lines_of(form, part)) if begins(name) in line)
    if part.endswith("-list"):
        lines_in(form, part).nth(place).click()
    else:
        form.part(part).locator("select").select_option(index=place)
