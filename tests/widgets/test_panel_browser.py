"""The fleet panel in a real browser: machines in every state, what is done to them, and what is not shown as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mist_notebook.ground.text import clean
from mist_notebook.sandbox import Sandbox
from tests.rigs import hostile, live_mist
from tests.rigs.foreign import CANARIES, TYPESET
from tests.rigs.form_page import (
    NARROW,
    WIDE,
    Sheet,
    connect,
    expect,
    looked_at,
    narrow,
    nothing_but_text,
    picture,
)
from tests.rigs.line_rig import WHAT, add_key, client_of

pytestmark = pytest.mark.browser

PANEL = "panel = %mist panel\npanel"
# A test clicks sooner than people do.
AT_ONCE = "\nfrom mist_notebook.widgets.panel import panel as panels\npanels._JUST_NOW_S = -1.0"
FAULTS = (
    {"do": "slow-boot", "name": "slow", "seconds": 600},
    {"do": "never-answers", "name": "silent", "how": "refuse"},
    {"do": "no-public-address", "name": "inside"},
)
OURS = ("web-1", "db", "inside")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with a key, beside the kernel, whose machines misbehave by their names."""
    with Sandbox.start(boot_seconds=0.05, faults=FAULTS) as sandbox:
        add_key(sandbox)
        yield sandbox


class PanelPage:
    """The last panel of a notebook."""

    def __init__(self, page: Any) -> None:
        self.root = page.locator(".mist-panel").last

    @property
    def cards(self) -> Any:
        return self.root.locator(".mist-panel-card")

    def card(self, name: str) -> Any:
        return self.cards.filter(has=self.root.page.get_by_role("heading", name=name, exact=True))

    def button(self, name: str) -> Any:
        return self.root.get_by_role("button", name=name, exact=True)

    def names(self) -> list[str]:
        names: list[str] = self.root.locator(".mist-machine-name").all_inner_texts()
        return names

    def open_destroy(self, name: str) -> Any:
        """Have the field shown that wants what is typed; the field."""
        self.card(name).get_by_role("button", name="Destroy…").click()
        field = self.card(name).locator(".mist-destroy-name input")
        expect(field).to_be_focused()
        return field


def opened(sheet: Sheet, sandbox: Sandbox, folder: Path) -> PanelPage:
    """Six machines, three of them made from here, and the panel that shows them."""
    make_elsewhere(sandbox, "NephoScale", "slow", "silent")
    make_elsewhere(sandbox, "EC2", "theirs")
    lines = [f"%mist create NephoScale --name {name} {WHAT} --key demo --no-probe" for name in OURS]
    sheet.run(connect(sandbox.url, sandbox.token, folder) + AT_ONCE, "\n".join([*lines, "%mist stop db"]), PANEL)
    panel = PanelPage(sheet.page)
    expect(panel.cards).to_have_count(6)
    return panel


def make_elsewhere(sandbox: Sandbox, backend: str, *names: str) -> None:
    with client_of(sandbox) as client:
        found = client.backend_from_name(backend)
        first = {"image": found.images[0]["id"], "size": found.sizes[0]["id"], "location": found.locations[0]["id"]}
        spec = found.spec("elsewhere", key="demo", **first)
        for name in names:
            found.adapter.submit(replace(spec, name=name))


def asked(sandbox: Sandbox, method: str, end: str) -> int:
    """How often something was asked for."""
    return sum(one == method and path.endswith(end) for one, path in sandbox.requests)


def there(sandbox: Sandbox) -> set[str]:
    with client_of(sandbox) as client:
        machines = [machine for backend in client.backends.values() for machine in backend.machines.values()]
        return {machine.name for machine in machines if machine.state != "terminated"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_machines_in_every_state_are_readable_cards_on_wide_and_narrow_pages(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path, theme: str, faults: Callable[[Any], list[str]]
) -> None:
    sheet.use(theme)
    panel = opened(sheet, sandbox, tmp_path)
    assert panel.names() == ["db", "inside", "silent", "slow", "web-1", "theirs"]
    for name, state in (("web-1", "running"), ("db", "stopped"), ("slow", "pending"), ("theirs", "running")):
        expect(panel.card(name).locator(".mist-state")).to_contain_text(state)
    expect(panel.card("inside")).to_contain_text("only 10.0.0.")
    expect(panel.root.locator(".mist-panel-summary")).to_contain_text("6 machines at 6 backends")
    panel.button("Probe all").click()
    expect(panel.root.locator(".mist-panel-message")).to_contain_text("answer over SSH")
    expect(panel.card("web-1")).to_contain_text("probe: ok")
    expect(panel.card("silent")).to_contain_text("probe: unreachable")
    panel.button("Choose some …").click()
    for name in ("db", "web-1"):
        panel.card(name).get_by_role("checkbox", name="Choose").check()
    expect(panel.root.locator(".mist-bulk-names")).to_have_text("2 chosen: db, web-1")
    for width in (1280, 840, 420):
        panel.root.page.set_viewport_size({"width": width, "height": 2600 if width > 500 else 4200})
        looked_at(panel.root, f"panel-{theme}-{width}")
    assert faults(panel.root) == []
    sheet.page.set_viewport_size(NARROW)
    narrow(panel.root)
    sheet.page.set_viewport_size(WIDE)


def test_a_machine_is_destroyed_by_its_typed_name_and_by_nothing_else(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path
) -> None:
    panel = opened(sheet, sandbox, tmp_path)
    field = panel.open_destroy("web-1")
    go = panel.card("web-1").get_by_role("button", name="Destroy for good")
    expect(go).to_be_disabled()
    field.fill("web-2")
    expect(go).to_be_disabled()
    go.evaluate("button => { button.disabled = false; button.click(); }")
    field.fill("web-1")
    expect(go).to_be_enabled()
    go.evaluate("button => { for (let click = 0; click < 10; click += 1) button.click(); }")
    expect(panel.card("web-1")).to_have_count(0)
    expect(panel.root.locator(".mist-panel-message")).to_contain_text("web-1 was destroyed")
    assert there(sandbox) == {"db", "inside", "silent", "slow", "theirs"}
    field = panel.open_destroy("theirs")
    go = panel.card("theirs").get_by_role("button", name="Destroy for good")
    field.fill("theirs")
    expect(go).to_be_disabled()  # it was not made from here: its place has to be typed
    panel.card("theirs").get_by_role("button", name="Keep it").click()
    expect(field).to_have_count(0)
    assert "theirs" in there(sandbox)


def test_what_is_done_elsewhere_is_seen_after_refresh_and_what_is_typed_stays(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path
) -> None:
    panel = opened(sheet, sandbox, tmp_path)
    field = panel.open_destroy("web-1")
    field.press_sequentially("web")
    make_elsewhere(sandbox, "EC2", "late")
    before = asked(sandbox, "GET", "/machines")
    panel.button("Refresh").click()
    expect(panel.cards).to_have_count(7)
    assert asked(sandbox, "GET", "/machines") > before
    expect(field).to_have_value("web")
    panel.card("late").get_by_role("button", name="Stop").click()
    expect(panel.card("late").locator(".mist-state")).to_contain_text("stopped")


def test_a_panel_reads_by_itself_while_a_cell_blocks_and_says_how_often(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path
) -> None:
    sheet.run(connect(sandbox.url, sandbox.token, tmp_path), "%mist panel --every 2")
    panel = PanelPage(sheet.page)
    expect(panel.root).to_contain_text("Read again every 2 s.")
    flag = tmp_path / "go-on"
    place = sheet.begin(f"import pathlib, time\nwhile not pathlib.Path({str(flag)!r}).exists(): time.sleep(0.05)")
    make_elsewhere(sandbox, "EC2", "late")
    expect(panel.card("late")).to_be_visible()
    expect(sheet.prompt(place)).to_have_text("[*]:")
    flag.touch()
    sheet.ended(place)


def test_a_backend_that_is_down_hides_no_other_and_is_back_after_refresh(sheet: Sheet, tmp_path: Path) -> None:
    with live_mist.serve() as live:
        live.rows["clouds"].append(live.rows["clouds"][0] | {"id": "c2", "name": "Down"})
        live.rows["machines"] = [{"id": "m1", "name": "web-1", "state": "running", "public_ips": ["192.0.2.1"]}]
        live.broken = {"machines": down(live, "c2")}
        sheet.run(connect(live.url, live.token, tmp_path) + AT_ONCE, PANEL)
        panel = PanelPage(sheet.page)
        expect(panel.cards).to_have_count(1)
        told = panel.root.locator(".mist-panel-trouble")
        expect(told).to_contain_text("Down is missing here")
        expect(told).to_contain_text("the provider is down")
        panel.root.screenshot(path=picture("panel-down"))
        live.broken = {}
        panel.button("Refresh").click()
        expect(told).to_be_hidden()
        expect(panel.cards).to_have_count(2)
        live.broken = {"machines": down(live, "c2")}
        panel.button("Refresh").click()
        expect(told).to_contain_text("Down did not answer, and is shown as it was before")
        expect(panel.cards).to_have_count(2)


def down(live: live_mist.LiveMist, cloud: str) -> hostile.Step:
    """The machines of that cloud can't be had."""
    fails = hostile.answer("the provider is down", status=503, content_type="text/plain")

    def step(exchange: hostile.Exchange) -> None:
        (fails if f"/{cloud}/" in exchange.request.path else hostile.json(live.rows["machines"]))(exchange)

    return step


def test_hostile_machines_stay_text_in_panel_and_record(sheet: Sheet, tmp_path: Path) -> None:
    with live_mist.serve() as live:
        names = [name.format(beacon=f"{live.url}/beacon") for name in CANARIES]
        live.rows["clouds"][0] |= {"name": names[0]}
        live.rows["machines"] = [
            {"id": f"m{place}", "external_id": f"x{place}", "name": name, "state": name, "public_ips": [name],
             "extra": {"size_name": name}, "actions": {"destroy": True}}
            for place, name in enumerate(names)
        ]  # fmt: skip
        sheet.run(connect(live.url, live.token, tmp_path), PANEL, TYPESET)
        sheet.page.locator("#typeset mjx-container").wait_for()  # MathJax is at work: what it left alone stays so
        panel = PanelPage(sheet.page)
        expect(panel.cards).to_have_count(len(names))
        shown = panel.names()
        assert [name for name in names if clean(name) not in shown] == []
        for card in (panel.cards.nth(place) for place in range(3)):
            card.get_by_role("button", name="Destroy…").click()
            expect(card.locator(".mist-destroy-name")).to_be_visible()
        nothing_but_text(panel.root)
        record = sheet.page.locator(".jp-RenderedHTMLCommon", has_text="This panel needs a running kernel")
        for name in names:
            expect(record).to_contain_text(clean(name))
        nothing_but_text(record)
        assert [request.path for request in live.ledger if not request.path.startswith("/api/v1/")] == []


def test_a_panel_without_its_kernel_says_so_and_lists_what_it_showed(
    sheet: Sheet, sandbox: Sandbox, tmp_path: Path
) -> None:
    make_elsewhere(sandbox, "EC2", "theirs")
    sheet.run(connect(sandbox.url, sandbox.token, tmp_path), PANEL)
    record = sheet.page.locator(".jp-RenderedHTMLCommon", has_text="This panel needs a running kernel")
    expect(PanelPage(sheet.page).card("theirs")).to_be_visible()
    expect(record).to_be_attached()
    expect(record).to_be_hidden()
    sheet.restart()
    expect(record).to_be_visible()
    expect(record).to_contain_text("theirs")
