"""Cards in a real kernel: drawn by workers while cells run, and clicked as front ends click, on whatever shell."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.kernels import REPLY_S, Kernel, started, stop

WHAT = "--image 5 --size 48 --location SJC-1 --key demo --no-probe"
SETUP = f"""
%load_ext mist_notebook
from mist_notebook.provision import provision
from mist_notebook.widgets.panel import panel as panels
from mist_notebook.widgets.parts import machine_actions
provision._LOOK_EVERY_S = machine_actions._LOOK_EVERY_S = 0.05
panels._JUST_NOW_S = -1.0
from mist_notebook.client import runtime
held = runtime.acquire()
sandbox = held.sandbox(boot_seconds=0.05)
%mist add-key demo --generate
for name in ("web", "db"):
    get_ipython().run_line_magic("mist", f"create NephoScale --name {{name}} {WHAT}")

import json

def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)

def ids(widget, name):
    print(json.dumps([part.model_id for part in every(widget) if name in part._dom_classes]))

def posts():
    print(json.dumps(sum(method == "POST" for method, path in sandbox.requests)))
"""
PANEL = "panel = %mist panel\npanel"
CARD = """
from functools import partial
from mist_notebook.widgets.form.progress import ProgressCard
from mist_notebook.widgets.parts.record import Record, show_widget
session = get_ipython()._mist_notebook[0].session
backend, record = session.backend("NephoScale"), Record()
spec = backend.spec("mail", key="demo", image="5", size="48", location="SJC-1")
job = session.jobs.start("mail", partial(backend.provision, spec), backend=backend.record)
card = ProgressCard(job, backend, spec, line="%mist create", record=record)
show_widget(card.widget, "A card.")
record.show(card.page())
"""


class Page:
    """A front end that sends what it would send to widgets."""

    def __init__(self, kernel: Kernel, shell: str | None) -> None:
        self.kernel, self.shell = kernel, shell
        self.sent: set[str] = set()

    def said(self, code: str) -> Any:
        """What a cell prints, as JSON."""
        reply = self.kernel.run(code)
        assert reply.content["status"] == "ok", reply
        return json.loads(reply.streams["stdout"])

    def settle(self) -> None:
        """Wait until what was sent has been heard, on every shell, and what it began is done and drawn."""
        while self.sent:
            said = self.kernel.client.get_iopub_msg(timeout=REPLY_S)
            if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                self.sent.discard(said["parent_header"].get("msg_id", ""))
        self.said("panel.join()\nprint(0)")

    def click(self, model: str, times: int = 1) -> None:
        for _ in range(times):
            self._send(model, {"method": "custom", "content": {"event": "click"}})

    def type(self, model: str, text: str) -> None:
        self._send(model, {"method": "update", "state": {"value": text}, "buffer_paths": []})

    def _send(self, model: str, data: dict[str, Any]) -> None:
        client = self.kernel.client
        message = client.session.msg("comm_msg", {"comm_id": model, "data": data})
        if self.shell:
            message["header"]["subshell_id"] = self.shell
        client.shell_channel.send(message)
        self.sent.add(message["header"]["msg_id"])


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("kernel")
    manager, client = started(folder, MIST_DATA_DIR=str(folder / "data"))
    kernel = Kernel(manager, client)
    try:
        reply = kernel.run(SETUP)
        assert reply.content["status"] == "ok", reply
        yield kernel
    finally:
        stop(manager, client)


def version(kernel: Kernel) -> str:
    said = kernel.run("import ipykernel\nprint('{}.{}'.format(*ipykernel.version_info))").streams["stdout"]
    return said.strip()


def subshell(kernel: Kernel) -> str | None:
    """A subshell of the kernel, as JupyterLab has one for its widgets; `None` where the kernel knows none."""
    client = kernel.client
    if version(kernel).startswith("6."):
        return None
    request = client.session.msg("create_subshell_request", {})
    client.control_channel.send(request)
    while True:
        reply = client.get_control_msg(timeout=REPLY_S)
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            found: str | None = reply["content"].get("subshell_id")
            return found


@pytest.fixture(params=["main", "subshell"])
def page(kernel: Kernel, request: pytest.FixtureRequest) -> Page:
    """With a panel on it."""
    if request.param == "main":
        shell = None
    else:
        shell = subshell(kernel)
        if shell is None:
            pytest.skip("this kernel has no subshells")
    assert kernel.run(PANEL).content["status"] == "ok"
    return Page(kernel, shell)


def test_the_cell_gets_a_widget_and_a_record(kernel: Kernel) -> None:
    shown = kernel.run(PANEL).data("display_data")
    assert ["application/vnd.jupyter.widget-view+json" in data for data in shown] == [True, False]
    assert "run the cell again" in shown[0]["text/plain"] and "(children" not in shown[0]["text/plain"]
    assert "db" in shown[1]["text/plain"] and "text/html" in shown[1]


def test_ten_clicks_reboot_once_and_late_ones_never(page: Page) -> None:
    before = page.said("posts()")
    (button,) = page.said("ids(panel._view._cards[next(iter(panel._view._cards))].widget, 'mist-action-reboot')")
    page.click(button, times=10)
    page.settle()
    page.click(button, times=10)
    page.settle()
    assert page.said("posts()") == before + 1


def test_clicks_that_waited_for_a_cell_are_one_action(page: Page, tmp_path: Path) -> None:
    before = page.said("posts()")
    (button,) = page.said("ids(panel._view._cards[next(iter(panel._view._cards))].widget, 'mist-action-reboot')")
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    page.kernel.client.execute(f"open({str(gate)!r}).read()")  # blocks until somebody writes there
    page.click(button, times=10)
    gate.write_text("go on")
    page.settle()
    assert page.said("posts()") == before + 1


def test_a_machine_is_destroyed_once_by_its_typed_name(page: Page) -> None:
    name = page.said("print(json.dumps(panel.look.sights[-1].row.name))")
    card = "panel._view._cards[panel.look.sights[-1].key].widget"
    before = page.said("posts()")
    (opens,) = page.said(f"card = {card}\nids(card, 'mist-action-destroy')")
    page.click(opens)
    page.settle()
    (field,) = page.said("ids(card, 'mist-destroy-name')")
    (go,) = page.said("ids(card, 'mist-destroy-go')")
    page.type(field, name[:-1])
    page.click(go, times=3)
    page.settle()
    page.type(field, name)
    page.settle()
    page.click(go, times=10)
    page.settle()
    assert page.said("posts()") == before + 1
    assert page.said("print(json.dumps([one.row.name for one in panel.look.sights]))").count(name) == 0


def test_a_card_and_its_record_go_on_while_another_cell_runs(kernel: Kernel) -> None:
    shown = kernel.run(CARD)
    assert shown.content["status"] == "ok"
    reply = kernel.run("job.join()\ncard.join()")
    assert reply.content["status"] == "ok" and reply.streams == {}
    changes = [content["data"]["text/plain"] for kind, content in reply.published if kind == "update_display_data"]
    late = [content for kind, content in reply.published if kind == "comm_msg"]
    ends = kernel.run("print(record.page)").streams["stdout"]
    assert ends.startswith("SANDBOX · mail at NephoScale: done") and "The probe" in ends
    if version(kernel) != "7.0":  # there both are told as the card's own cell's, which this one's reply leaves out
        assert changes[-1] == ends.removesuffix("\n") and late


def test_nothing_is_left_running_after_an_unload(kernel: Kernel) -> None:
    reply = kernel.run(
        "card.close()\n%unload_ext mist_notebook\nimport threading\n"
        "print([thread.name for thread in threading.enumerate() if thread.name.startswith('mist-') "
        "and thread.name not in ('mist-sandbox', 'mist-ssh')])"
    )
    assert reply.streams == {"stdout": "[]\n"}
