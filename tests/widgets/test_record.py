"""The account of a provision, and the static output that keeps it: in a kernel, in a saved notebook, converted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import ipykernel
import ipywidgets
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter

from mist_notebook.display.page import Page, Section
from mist_notebook.fleet import account
from mist_notebook.fleet.account import Event
from mist_notebook.ground.errors import JournalError, MistError, ProvisionError
from mist_notebook.provision.snapshots import CANCELLED, DONE, FAILED, RUNNING, Snapshot
from mist_notebook.records.model import (
    BackendInfo,
    Image,
    Key,
    Location,
    Machine,
    MachineSpec,
    Price,
    ProbeReport,
    Size,
    Step,
)
from mist_notebook.widgets.parts.record import Record, show_widget
from tests.rigs.kernels import Kernel, started, stop

BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LINE = "%mist create NephoScale --name web --image 5 --size 48"
PRICE = Price(hourly=0.15, monthly=108.0, currency="USD", as_of=BEGAN.date(), source="a list")
MACHINE = Machine(id="340001", name="web", state="running", public_ips=("192.0.2.1",), private_ips=("10.0.0.1",))
EVIL = "<script>a()</script><img src=x onerror=y>\x1b[31m$\\href{x}$\u202e"


def spec(*, sandbox: bool = True, price: Price = PRICE) -> MachineSpec:
    return MachineSpec(
        backend=BackendInfo(id="b1", name="NephoScale", provider="nephoscale", sandbox=sandbox),
        name="web",
        image=Image(id="5", name="CentOS", owner="centos"),
        size=Size(id="48", name="CS4.2", price=price),
        location=Location(id="86945", name="SJC-1"),
        key=Key(id="k1", name="demo"),
    )


def report(**more: Any) -> ProbeReport:
    usual = {"outcome": "ok", "host": "192.0.2.1", "port": 22, "user": "root", "via": "ssh", "seconds": 0.4}
    return ProbeReport(**usual | {"probed_at": BEGAN + timedelta(seconds=60), "load1": 0.1, "cores": 2} | more)


def step(state: str, seconds: float, message: str, **more: Any) -> Step:
    return Step(state=state, message=message, fraction=0.5, seconds=seconds, **more)


VALIDATED = step("validated", 0.0, "web: CS4.2, CentOS.")
RECORDED = step("recorded", 0.1, "Recorded as 3f9a1c20, before anything is sent.")
SUBMITTED = step("submitted", 0.5, "NephoScale took it as 340001.", machine=MACHINE)
RAN = step("running", 40.0, "web runs at 192.0.2.1.", machine=MACHINE)
PROBED = step("probed", 42.0, "The probe says ok.", machine=MACHINE, report=report())


def job(state: str, *steps: Step, seconds: float = 42.0, error: MistError | None = None) -> Snapshot:
    ended = None if state == RUNNING else BEGAN + timedelta(seconds=seconds)
    return Snapshot("1", "web", state, BEGAN, ended, steps, error)


def titles(page: Page) -> list[str]:
    return [section.title for section in page.sections]


def fact(page: Page, label: str) -> str | None:
    return dict(page.sections[0].facts).get(label)


# ------------------------------------------------------------------------------------------------ the account


def test_the_whole_account() -> None:
    page = account.account(
        job(DONE, VALIDATED, RECORDED, SUBMITTED, RAN, PROBED),
        spec(),
        LINE,
        events=(Event(BEGAN + timedelta(hours=2), "Asked NephoScale to stop web; it is stopping."),),
        login="ssh -p 22 -i key root@192.0.2.1",
    )
    assert str(page) == (
        """\
SANDBOX · web at NephoScale: done
  machine            web (340001)
  public addresses   192.0.2.1
  private addresses  10.0.0.1
  started            2026-01-02 03:04:05 UTC
  took               42.0 s
  price              example: 0.1500 USD an hour, 108.00 USD a month, of 2026-01-02, from a list
  worst case         108.00 USD each month until it is destroyed
  cost so far        0.3000 USD (an example price), until 2026-01-02 05:04:05 UTC

What was asked
  name        web
  image       CentOS (5, owner centos)
  size        CS4.2 (48)
  location    SJC-1 (86945)
  key         demo (k1)
  time limit  none: it runs until it is destroyed

Steps
  0.0 s validated  web: CS4.2, CentOS.
  0.1 s recorded   Recorded as 3f9a1c20, before anything is sent.
  0.5 s submitted  NephoScale took it as 340001.
  40.0 s running   web runs at 192.0.2.1.
  42.0 s probed    The probe says ok.

The probe
  outcome    ok: root@192.0.2.1 answers (over SSH, 0.4 s)
  cores      2
  looked at  2026-01-02 03:05:05 UTC

Since then
  2026-01-02 05:04:05 UTC  Asked NephoScale to stop web; it is stopping.

Log in
ssh -p 22 -i key root@192.0.2.1

To do it again, or to find the same machine while that exists
This form needs a running kernel: run the cell again.
%mist create NephoScale --name web --image 5 --size 48"""
    )


@pytest.mark.parametrize(("snapshot", "what"), [(None, spec()), (job(RUNNING), None), (None, None)])
def test_while_nothing_has_happened_it_says_what_a_dead_form_needs(
    snapshot: Snapshot | None, what: MachineSpec | None
) -> None:
    page = account.account(snapshot, what, LINE)
    assert "This form needs a running kernel: run the cell again." in str(page)
    assert LINE in str(page) and LINE in page._repr_html_()


def test_what_is_under_way_goes_on_without_the_notebook_and_costs_up_to_its_last_step() -> None:
    page = account.account(job(RUNNING, VALIDATED, RECORDED, SUBMITTED, RAN), spec(), LINE)
    assert titles(page)[0] == "SANDBOX · web at NephoScale: under way"
    assert fact(page, "cost so far") == "0.0016 USD (an example price), until 2026-01-02 03:04:45 UTC"
    assert fact(page, "it goes on") == "What you asked for goes on without this notebook: %mist machines"
    assert page == account.account(job(RUNNING, VALIDATED, RECORDED, SUBMITTED, RAN), spec(), LINE)


def test_a_failure_says_what_was_said_and_what_may_cost() -> None:
    doubt = ProvisionError("'web' may or may not exist: no answer.", "%mist journal looks again.")
    page = account.account(job(FAILED, VALIDATED, RECORDED, seconds=3600.1, error=doubt), spec(sandbox=False), LINE)
    assert titles(page)[0] == "web at NephoScale: failed"
    assert (fact(page, "error"), fact(page, "next")) == (doubt.message, doubt.hint)
    assert fact(page, "cost so far") == "0.1500 USD, if it exists, until 2026-01-02 04:04:05 UTC"


@pytest.mark.parametrize(
    "snapshot",
    [
        job(RUNNING, VALIDATED),
        job(FAILED, VALIDATED, error=MistError("No.")),
        job(FAILED, VALIDATED, RECORDED, error=JournalError("The disk is full.")),
        job(CANCELLED, VALIDATED, RECORDED, error=MistError("Cancelled.")),
    ],
)
def test_what_was_never_sent_costs_nothing(snapshot: Snapshot) -> None:
    assert account.cost(snapshot, spec(), BEGAN + timedelta(hours=9)) == "nothing: nothing was sent"


def test_an_unknown_price_stays_unknown() -> None:
    page = account.account(job(DONE, VALIDATED, RECORDED, SUBMITTED, PROBED), spec(price=Price()), LINE)
    assert str(fact(page, "cost so far")).startswith("unknown: no price is known for this size, until")


def test_a_machine_found_again_has_cost_since_it_was_made() -> None:
    found = step("submitted", 0.2, "It was already asked for.", machine=_made(BEGAN - timedelta(hours=10)))
    assert account.asked_at(job(DONE, VALIDATED, found)) == BEGAN - timedelta(hours=10)
    new = step("submitted", 0.2, "It took it.", machine=_made(BEGAN - timedelta(minutes=5)))
    assert account.asked_at(job(DONE, VALIDATED, new)) == BEGAN + timedelta(seconds=0.2), "a clock that is a bit off"


def _made(created: datetime) -> Machine:
    return Machine(id="1", name="web", created=created)


def test_the_newest_probe_counts_and_what_is_gone_has_no_login() -> None:
    steps = (VALIDATED, RECORDED, SUBMITTED, PROBED)
    late = report(outcome="timeout", detail="Nothing came.", probed_at=BEGAN + timedelta(days=1))
    page = account.account(job(DONE, *steps), spec(), LINE, report=late, login="ssh x")
    assert "timeout: Nothing came." in str(page) and "ssh x" in str(page)
    gone = (Event(BEGAN + timedelta(hours=1), "web was destroyed.", gone=True),)
    page = account.account(job(DONE, *steps), spec(), LINE, events=gone, login="ssh x")
    assert titles(page)[0] == "SANDBOX · web at NephoScale: gone"
    assert "ssh x" not in str(page) and "web was destroyed." in str(page)


def test_many_steps_are_bounded_and_said_to_be() -> None:
    steps = tuple(step("pending", number, f"look {number}") for number in range(100))
    page = account.account(job(RUNNING, *steps), spec(), LINE)
    assert "Steps (the first 40 are left out)" in titles(page)
    assert len(str(page)) < 6000


def test_what_others_said_is_inert() -> None:
    evil = step(
        "pending", 1.0, EVIL, machine=Machine(id=EVIL, name=EVIL, public_ips=(EVIL,)), report=report(detail=EVIL)
    )
    page = account.account(job(FAILED, evil, error=MistError(EVIL, EVIL)), spec(), EVIL, events=(Event(BEGAN, EVIL),))
    html = page._repr_html_()
    assert "<script" not in html and "<img" not in html and "mathjax_ignore" in html
    assert not set("\x1b\u202e") & set(html + str(page))


# ------------------------------------------------------------------------------------------------ the output of it


def test_without_a_kernel_a_change_prints_nothing(
    bare_shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    record = Record()
    record.show(Page((Section("begins"),)))
    record.update(Page((Section("goes on"),)))
    assert capsys.readouterr().out == "begins\n"
    assert str(record.page) == "goes on"
    show_widget(_Fake(), "A sentence.")
    assert capsys.readouterr().out == "A sentence.\n"


def test_in_voila_it_is_not_shown_as_it_could_not_change(
    bare_shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    record = Record()
    record.show(Page((Section("begins"),)))
    record.update(Page((Section("goes on"),)))
    assert capsys.readouterr().out == "" and str(record.page) == "goes on"


def test_a_widget_hides_its_own_record_alone_and_only_while_it_lives() -> None:
    record, other, root = Record(), Record(), ipywidgets.VBox([ipywidgets.HTML("shown")])
    record.hide_beside(root)
    (own,) = root._dom_classes
    sheet = root.children[-1].value
    page = Page((Section("begins"),))
    name = own.replace("mist-live-", "mist-record-")
    assert own.startswith("mist-live-") and root.children[0].value == "shown"
    assert sheet == f"<style>:root:not(:has(.{own}.jupyter-widgets-disconnected)) .{name} {{ display: none; }}</style>"
    assert name in record._bundle(page)["text/html"] and name not in other._bundle(page)["text/html"]
    assert "display" not in record._bundle(page)["text/html"], "without its widget it is there"


class _Fake:
    model_id = "m1"


WORK = """
import threading
from mist_notebook.fleet.account import waiting
from mist_notebook.display.page import Page, Section
from mist_notebook.widgets.parts.painter import Painter
from mist_notebook.widgets.parts.record import Record

record, states = Record(), iter(range(1, 4))
def draw():
    record.update(Page((Section(f"state {next(states, 3)} of 3"), Section("The line", typed="%mist create X"))))
painter = Painter(draw, name="mist-card-test")
"""
SHOW = "record.show(waiting('%mist create X', sandbox=True))"
GO = "for _ in range(4):\n    painter.poke()\n    painter.join()"
STOCK = ("status", "execute_input")
SAME = "for _ in range(50):\n    record.update(record.page)"


in_place = pytest.mark.skipif(
    ipykernel.version_info[:2] == (7, 0),
    reason="ipykernel 7.0 tells a worker's change as its maker's cell's, which runners no longer hear",
)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    manager, client = started(tmp_path_factory.mktemp("kernel"))
    try:
        yield Kernel(manager, client)
    finally:
        stop(manager, client)


@in_place
def test_a_worker_changes_the_output_in_place_and_only_when_something_changed(kernel: Kernel) -> None:
    assert kernel.run(WORK).content["status"] == "ok"
    ((kind, shown),) = [one for one in kernel.run(SHOW).published if one[0] not in STOCK]
    assert kind == "display_data" and "This form needs a running kernel" in shown["data"]["text/plain"]
    assert set(shown["data"]) == {"text/plain", "text/html"}
    changes = [content for kind, content in kernel.run(GO).published if kind == "update_display_data"]
    assert [change["data"]["text/plain"].splitlines()[0] for change in changes] == [
        "state 1 of 3", "state 2 of 3", "state 3 of 3",
    ]  # fmt: skip
    assert {change["transient"]["display_id"] for change in changes} == {shown["transient"]["display_id"]}
    reply = kernel.run(SAME)
    assert [kind for kind, _ in reply.published if kind not in STOCK] == [] and reply.streams == {}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A notebook whose second cell shows a record, which a worker changes while later ones run; executed, read back."""
    folder = tmp_path_factory.mktemp("saved")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (WORK, SHOW, GO, "1 + 1")])
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    nbformat.write(notebook, folder / "saved.ipynb")
    return nbformat.read(folder / "saved.ipynb", as_version=4)


@in_place
def test_a_saved_notebook_has_the_last_state_where_the_record_was_shown(saved: Any) -> None:
    outputs = [cell.outputs for cell in saved.cells]
    assert (outputs[0], outputs[2]) == ([], [])
    (output,) = outputs[1]
    assert output.output_type == "display_data"
    assert output.data["text/plain"] == "state 3 of 3\n\nThe line\n%mist create X"
    assert "state 3 of 3" in output.data["text/html"] and "%mist create X" in output.data["text/html"]
    assert "display_id" not in str(output), "what is transient is not saved"


@in_place
def test_converted_it_can_be_read_without_style_script_or_network(saved: Any) -> None:
    exporter = HTMLExporter()
    exporter.embed_images = True
    body, _ = exporter.from_notebook_node(saved)
    ours = re.search(r'<div class="mathjax_ignore tex2jax_ignore">.*?</code>', body, re.S)
    assert ours is not None
    page = _Read()
    page.feed(ours[0])
    assert "state 3 of 3" in page.text and "%mist create X" in page.text
    assert page.tags <= {"div", "b", "code", "table", "tr", "th", "td"}
    markdown, _ = MarkdownExporter().from_notebook_node(saved)
    assert "state 3 of 3" in markdown and "%mist create X" in markdown and "<script" not in markdown


class _Read(HTMLParser):
    """The text of a page, and the tags in it."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_many_threads_change_it_and_the_last_state_is_the_one_kept() -> None:
    record = Record()
    pages = [Page((Section(f"{number}"),)) for number in range(100)]
    threads = [threading.Thread(target=record.update, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert record.page in pages
