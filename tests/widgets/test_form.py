"""The form used as its page uses it, against the real sandbox and a live server: one machine for one click."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client import runtime
from mist_notebook.client.notebook.session import Session
from mist_notebook.fleet import account
from mist_notebook.ground.errors import AmbiguousError, BadValueError, MistError, MistUsageError, NotFoundError
from mist_notebook.provision import provision
from mist_notebook.sandbox import Sandbox
from mist_notebook.ssh.probing.probe import Patience, probe_when_up
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.form.state.model import EDIT, ENDED, MAKING, REVIEW
from tests.conftest import Notebook
from tests.rigs import hostile, live_mist
from tests.rigs.form_rig import Page, opened, walk
from tests.rigs.line_rig import add_key, client_of

pytestmark = pytest.mark.long(50)

NASTY = '<img src=x onerror="alert(1)">'
MATH = r"$\href{javascript:alert(1)}{x}$"
BIDI = "web\u202etxt.exe\x1b[31m"


@pytest.fixture(autouse=True)
def at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Machines are looked at often, nothing of this computer is used; and nothing may be in the log afterwards."""
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.03)
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    monkeypatch.setitem(probe_when_up.__kwdefaults__, "patience", Patience(pause_s=0.03))
    monkeypatch.setenv("MIST_DATA_DIR", str(tmp_path / "data"))
    with caplog.at_level(logging.WARNING):
        yield
        assert [record.getMessage() for record in caplog.records] == []


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    held = runtime.acquire()
    try:
        found = held.sandbox(boot_seconds=0.02)
        yield found
    finally:
        runtime.release(held)


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    held = Session()
    try:
        yield held
    finally:
        held.close()


@pytest.fixture
def page(session: Session, sandbox: Sandbox) -> Page:
    """A form of the sandbox, which has a key."""
    add_key(sandbox)
    return opened(session)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    """A server that is no sandbox, and that the settings lead to."""
    with live_mist.serve() as server:
        monkeypatch.setenv("MIST_URL", server.url)
        monkeypatch.setenv("MIST_API_TOKEN", server.token)
        yield server


@pytest.fixture
def live_page(live: live_mist.LiveMist) -> Iterator[Page]:
    """A form of the live server in which nothing is missing."""
    held = Session()
    try:
        form = opened(held)
        yield form.pick(image="debian", size="small").type(name="web-1")
    finally:
        held.close()


def made(sandbox: Sandbox) -> list[str]:
    return [name for name, _, is_made in sandbox.ledger if is_made]


# --------------------------------------------------------------------------------------------------- the whole way


def test_from_an_empty_form_to_a_probed_machine(session: Session, sandbox: Sandbox) -> None:
    page = opened(session)
    assert page.sees("mist-form-fields") and not page.can_click("mist-form-review-button")
    assert page.text("mist-form-missing") == "Still missing: key."
    page.choose("backend", "NephoScale")
    assert page.options("location") == ["Choose a location", "SJC-1 · US, zone", "RIC-1 · US, zone"]
    assert page.message("key").startswith("There is no key yet")
    page.click("mist-form-make-key")
    assert page.message("key").startswith("Made, and given to the server. Its private half: ")
    page.fill()
    assert page.text("mist-form-missing") == "Nothing is sent before you press Create."
    assert page.text("mist-form-cost") == "Cost 0.1500 USD an hour · 109.50 USD a month (example prices)"
    page.review()
    assert not page.sees("mist-form-fields")
    receipt = page.text("mist-form-receipt")
    for fact in (
        "SANDBOX · Receipt: web-1 at NephoScale",
        "Linux CentOS 5.5 64-bit (5, owner unknown)",
        "SJC-1 (86945)",
        "example: 0.1500 USD an hour",
        "of 2014-04-10",
        "109.50 USD each month until it is destroyed",
    ):
        assert fact in receipt
    assert made(sandbox) == []
    page.create().wait()
    form = page.form
    assert made(sandbox) == ["web-1"]
    assert form.machine is not None and (form.machine.name, form.machine.state) == ("web-1", "running")
    assert form.report is not None and form.report.outcome == "ok"
    assert form.job is not None and form.job.wait().id == form.machine.id
    assert form.spec is not None and form.spec.name == "web-1"
    account = str(form.page())
    assert "SANDBOX · web-1 at NephoScale: done" in account
    assert form.line in account


def test_what_is_sent_is_what_the_receipt_says(page: Page, sandbox: Sandbox) -> None:
    page.fill().type(hours="2h", script="#!/bin/sh\necho hello", user="root").review()
    assert "2 h: NephoScale is asked to destroy it then" in page.text("mist-form-receipt")
    page.create().wait()
    machine = page.form.machine
    assert machine is not None and machine.record.expires is not None
    assert page.form.spec is not None and page.form.spec.script == "#!/bin/sh\necho hello"


def test_the_probe_logs_in_as_the_user_that_was_typed(session: Session, sandbox: Sandbox) -> None:
    page = opened(session)
    page.click("mist-form-make-key").fill().type(user="stranger").review().create().wait()
    assert page.form.report is not None and page.form.report.user == "stranger"
    assert "--user stranger" in page.form.line
    card = page.form._card
    assert card is not None
    first = page.form.report
    assert card._actions.look()
    card._actions._errands.join()
    assert page.form.report is not first
    assert page.form.report is not None and page.form.report.user == "stranger"


def test_a_new_machine_keeps_the_choices_and_the_record_keeps_both(page: Page, sandbox: Sandbox) -> None:
    page.fill().review().create().wait()
    page.click("mist-form-new")
    assert page.text("mist-form-earlier").startswith("Made here before: SANDBOX · web-1 at NephoScale")
    assert page.form._desk.state.review.phase == EDIT
    assert page.find("mist-form-name").value == "centos-1"
    assert page.can_click("mist-form-review-button")
    page.type(name="web-1")
    assert "already has a machine of this name" in page.message("name")
    page.type(name="web-2").review().create().wait()
    assert made(sandbox) == ["web-1", "web-2"]
    assert page.form.machine is not None and page.form.machine.name == "web-2"
    account = str(page.form.page())
    assert account.index("web-1 at NephoScale: done") < account.index("web-2 at NephoScale: done")


def test_several_are_made_side_by_side_each_with_its_card(page: Page, sandbox: Sandbox) -> None:
    page.fill().review().create()
    first = page.form._card
    assert first is not None
    page.until(lambda: page.form._desk.state.review.phase in (MAKING, ENDED))
    page.click("mist-form-new").type(name="web-2").review().create()
    page.wait()
    first.job.join()
    assert made(sandbox) == ["web-1", "web-2"]
    assert page.form.machine is not None and page.form.machine.name == "web-2"
    assert first.machine is not None and first.machine.name == "web-1"
    account = str(page.form.page())
    assert account.index("web-1 at NephoScale: done") < account.index("web-2 at NephoScale: done")


def test_back_keeps_every_field(page: Page) -> None:
    page.fill().type(script="#!/bin/sh").review().click("mist-form-back")
    assert page.sees("mist-form-fields")
    assert page.find("mist-form-script").value == "#!/bin/sh"
    assert page.find("mist-form-name").value == "web-1"
    assert page.can_click("mist-form-review-button")


# ---------------------------------------------------------------------------------------------- one machine for a click


@pytest.mark.parametrize("clicks", [1, 2, 3, 10])
def test_queued_clicks_make_one_machine(page: Page, sandbox: Sandbox, clicks: int) -> None:
    page.fill().review()
    button = page.find("mist-form-create")
    for _ in range(clicks):
        button.click()
    page.form._desk.join()
    page.wait()
    assert made(sandbox) == ["web-1"]
    button.click()
    page.form._desk.join()
    assert made(sandbox) == ["web-1"]


def test_two_forms_of_the_same_name_make_one_machine(page: Page, session: Session, sandbox: Sandbox) -> None:
    other = opened(session).fill()
    page.fill().review()
    other.review()
    pages = (page, other)
    for one in pages:
        one.find("mist-form-create").click()
    for one in pages:
        one.form._desk.join()
    for one in pages:
        if one.form.job is not None:
            one.wait()
    assert made(sandbox) == ["web-1"]


def test_a_click_on_the_button_of_an_older_receipt_makes_nothing(page: Page, sandbox: Sandbox) -> None:
    page.fill().review()
    old = page.find("mist-form-create")
    page.click("mist-form-back").type(name="web-2").review()
    old.click()
    page.form._desk.join()
    assert page.form._desk.state.review.phase == REVIEW
    assert made(sandbox) == []


def test_a_click_after_the_session_has_closed_sends_nothing(live: live_mist.LiveMist, live_page: Page) -> None:
    live_page.review()
    live.token = "another"
    live_page.form.close()
    live_page.form._desk.join()
    live_page.create()
    assert live.created == []
    assert "did not accept the token" in live_page.text("mist-form-review-said")


# ------------------------------------------------------------------------------------- reviewed is what is sent (R27)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda live: live.change("sizes", extra={"price_hourly": 0.02, "price_monthly": 14.0}),
         "price: 0.01 USD an hour, 7 a month then, 0.02 USD an hour, 14 a month now"),
        (lambda live: live.change("sizes", ram=512), "its figures: 1 vCPUs, 1024 MB, 20 GB then, 1 vCPUs, 512 MB"),
        (lambda live: live.change("images", name="Debian 12, mended"), "image: Debian 12 (debian, owner vendor"),
        (lambda live: live.change("images", extra={"owner_id": "stranger"}), "owner stranger"),
        (lambda live: live.change("locations", name="Far East"), "location: East (east) then, Far East (east) now"),
        (lambda live: live.change("keys", name="other"), "key: demo (k1) then, other (k1) now"),
    ],
)  # fmt: skip
def test_what_changed_after_the_receipt_stops_it_and_is_asked_again(
    live: live_mist.LiveMist, live_page: Page, change: object, says: str
) -> None:
    live_page.review()
    first = live_page.find("mist-form-create")
    change(live)  # type: ignore[operator]
    live_page.create()
    assert live.created == []
    assert says in live_page.text("mist-form-review-said")
    first.click()
    live_page.form._desk.join()
    assert live.created == []
    live_page.create().wait()
    assert len(live.created) == 1


@pytest.mark.parametrize(
    ("kind", "field", "says"),
    [
        ("sizes", "size", "The size 'Small' is no longer there. Choose another."),
        ("images", "image", "The image 'Debian 12' is no longer there. Choose another."),
        ("locations", "location", "The location 'East' is no longer there. Choose another."),
        ("keys", "key", "The key 'demo' is no longer there. Choose another."),
    ],
)
def test_what_went_away_after_the_receipt_is_said_at_its_field(
    live: live_mist.LiveMist, live_page: Page, kind: str, field: str, says: str
) -> None:
    live_page.review()
    live.rows[kind] = []
    live_page.create()
    assert live.created == []
    assert live_page.sees("mist-form-fields")
    assert (live_page.message(field), live_page.is_error(field)) == (says, True)
    assert live_page.find("mist-form-name").value == "web-1"


def test_a_name_that_was_taken_meanwhile_is_said_at_its_field(live: live_mist.LiveMist, live_page: Page) -> None:
    live_page.review()
    live.rows["machines"].append({"id": "m9", "name": "web-1", "state": "running"})
    live_page.create()
    assert live.created == []
    assert live_page.message("name").startswith("Live already has a machine of this name (m9, not made from here).")


def test_an_unknown_price_needs_the_exact_name(live: live_mist.LiveMist, live_page: Page) -> None:
    live_page.pick(size="vague").review()
    assert "unknown: no price is known for this size" in live_page.text("mist-form-receipt")
    assert live_page.sees("mist-form-accept")
    assert not live_page.can_click("mist-form-create")
    assert not live_page.type(accept="web").can_click("mist-form-create")
    assert live_page.form.line.endswith("--accept-unknown-price web-1")
    live_page.type(accept="web-1").create().wait()
    assert [body["name"] for body in live.created] == ["web-1"]


def test_an_acceptance_counts_for_one_click(live: live_mist.LiveMist, live_page: Page) -> None:
    live_page.pick(size="vague").review().type(accept="web-1")
    live.broken = {"sizes": hostile.reset}
    live_page.create()
    assert "Nothing was sent." in live_page.text("mist-form-review-said")
    live.broken = {}
    assert live_page.find("mist-form-accept").value == ""
    assert not live_page.can_click("mist-form-create")


def test_what_runs_on_the_machine_stands_in_the_receipt(page: Page) -> None:
    page.fill().type(script=f"#!/bin/sh\necho {NASTY}\n").review()
    assert page.text("mist-form-receipt").endswith(f"The script#!/bin/sh\necho {NASTY}")
    assert "<img" not in page.find("mist-form-receipt").value


def test_what_is_over_a_limit_is_shown_and_can_not_be_created(
    live: live_mist.LiveMist, live_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_page.form._session.set_limits({"max_usd_per_hour": 0.001})
    live_page.review()
    assert "With 'web-1' everything open would cost 0.01 USD/h; the limit is 0.001." in live_page.text(
        "mist-form-review-said"
    )
    assert not live_page.can_click("mist-form-create")
    live_page.find("mist-form-create").click()
    live_page.form._desk.join()
    assert live.created == []


# --------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "", "Name is needed."),
        ("name", "a b", "'a b' can't be a machine's name at nephoscale."),
        ("name", NASTY, "can't be a machine's name at nephoscale."),
        ("name", BIDI, r"'web\u202etxt.exe\x1b[31m' can't be a machine's name"),
        ("port", "70000", "'70000' can't be a port. A port is a number, 1 to 65535."),
        ("user", "a;b", "'a;b' can't be a user."),
        ("hours", "soon", "'soon' is not a time from 12 minutes to 366 days. Such as 2h, 90m or 3d."),
        ("script", "echo hello", "Begin it with #! for a script (#!/bin/sh), or with the line #cloud-config."),
        ("script", "#cloud-config\n", "NephoScale takes no cloud-init: give a script that begins with #!."),
        ("extra-ips", "[1", "'[1' is not JSON: use double quotes, and close every bracket."),
    ],
)
def test_bad_input_is_a_message_at_its_field_and_nothing_can_be_reviewed(
    page: Page, field: str, text: str, says: str
) -> None:
    page.fill().type(**{field: text})
    assert says in page.message(field)
    assert page.is_error(field)
    assert not page.can_click("mist-form-review-button")
    assert "<img" not in page.find(f"mist-form-{field}-message").value


def test_a_taken_name_is_said_at_once_with_one_that_is_free(page: Page, session: Session, sandbox: Sandbox) -> None:
    page.fill().review().create().wait()
    other = opened(session).fill()
    assert other.message("name").endswith("made from here). Choose another name, such as web-1-2.")


def test_a_backend_that_goes_away_between_review_and_create_is_said_at_its_field(page: Page, sandbox: Sandbox) -> None:
    page.fill().review()
    with client_of(sandbox) as client:
        client.backend_from_name("NephoScale").delete()
    page.create()
    assert made(sandbox) == []
    assert page.sees("mist-form-fields")
    assert page.is_error("backend")
    assert "Cloud does not exist" in page.message("backend") or "no longer" in page.message("backend")
    assert page.find("mist-form-name").value == "web-1"


def test_a_backend_that_fails_is_told_with_a_retry_and_what_was_typed_is_kept(live: live_mist.LiveMist) -> None:
    live.broken = {word: hostile.answer("the provider is down", status=502, content_type="text/plain")
                   for word in ("sizes", "images")}  # fmt: skip
    session = Session()
    page = opened(session).type(name="web-1")
    assert page.sees("mist-form-trouble")
    assert page.text("mist-form-trouble-said").count("the provider is down") == 2
    assert (page.message("size"), page.is_error("size")) == ("Not loaded: see above.", True)
    live.broken = {}
    page.click("mist-form-retry")
    assert not page.sees("mist-form-trouble")
    assert page.find("mist-form-name").value == "web-1"
    page.pick(image="debian", size="small")
    assert page.can_click("mist-form-review-button")
    session.close()


def test_an_expired_token_is_told_once_and_after_connecting_anew_the_form_goes_on(
    live: live_mist.LiveMist, live_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.token = "second-token"
    live_page.review()
    assert live.refused <= 2
    said = live_page.text("mist-form-missing")
    assert said.startswith("Nothing was sent. ") and "%mist connect" in said
    asked = live.refused
    live_page.type(name="web-2")
    assert live.refused == asked
    monkeypatch.setenv("MIST_API_TOKEN", live.token)
    live_page.form._session.connect(live.url)
    live_page.form._desk.join()
    assert live_page.sees("mist-form-trouble")
    live_page.click("mist-form-retry")
    assert not live_page.sees("mist-form-trouble")
    assert live_page.find("mist-form-name").value == "web-2"
    live_page.review().create().wait()
    assert [body["name"] for body in live.created] == ["web-2"]


def test_a_token_that_is_refused_from_the_start_asks_for_nothing_more(live: live_mist.LiveMist) -> None:
    live.token = "another"
    session = Session()
    page = opened(session).type(name="web-1")
    assert "did not accept the token" in page.text("mist-form-trouble-said")
    assert page.text("mist-form-trouble-said").count("accept the token") == 1
    assert live.refused <= 2
    session.close()


def test_names_of_every_kind_are_shown_as_text(live: live_mist.LiveMist) -> None:
    for kind in ("clouds", "keys", "images", "sizes", "locations"):
        live.change(kind, name=f"{kind} {NASTY} {MATH} {BIDI}")
    live.rows["machines"] = [{"id": NASTY, "name": "web", "state": "running"}]
    session = Session()
    page = opened(session).pick(image="debian", size="small").type(name="web", script=NASTY, hours=NASTY)
    assert page.is_error("name")
    page.type(name="web-1", script="", hours="").review()
    for one in walk(page.form.widget):
        state = one.get_state()
        if "HTML" in state.get("_model_name", ""):
            assert "<img" not in state["value"] and "\u202e" not in state["value"] and "\x1b" not in state["value"]
            assert "$" not in state["value"] or "mathjax_ignore" in one._dom_classes
        assert state.get("_model_name") not in ("LabelModel", "HTMLMathModel")
        assert not state.get("description_allow_html")
        for text in (state.get("description"), *(state.get("_options_labels") or ())):
            assert "\u202e" not in str(text) and "\x1b" not in str(text)
    session.close()


def test_no_secret_is_in_any_widget(live: live_mist.LiveMist, live_page: Page) -> None:
    live_page.review()
    assert live.token not in live_page.everything()


# ------------------------------------------------------------------------------------------------- what it begins with


def test_the_line_opens_a_form_with_words_in_it(notebook: Notebook, sandbox: Sandbox) -> None:
    add_key(sandbox)
    form = notebook.value("%mist form NephoScale --name web-1 --image 5 --size 48 --location SJC-1 --hours 2h")
    assert isinstance(form, Form)
    page = Page(form)
    assert page.can_click("mist-form-review-button"), page.text("mist-form-missing")
    assert page.find("mist-form-hours").value == "2h"
    assert page.sees("mist-form-more-fields")


def test_a_row_of_any_frame_opens_a_form_of_its_backend(notebook: Notebook, sandbox: Sandbox) -> None:
    notebook.value("df = %mist sizes EC2")
    form = notebook.value("%mist form --row \"df[df.id == 'm1.small'].iloc[0]\"")
    form.join()
    assert (form._desk.state.chosen("size"), form._desk.view.backend.name) == ("m1.small", "EC2")
    form = notebook.value("%mist form NephoScale --row df.iloc[0]")
    form.join()
    assert "There is no size" in form._desk.view.controls["size"].message


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        ("form NefoScale", NotFoundError, "No backend named 'NefoScale'."),
        ("form --row nope", MistUsageError, "--row 'nope' has no value: NameError"),
        ("form --row df.iloc[99]", MistUsageError, "--row 'df.iloc[99]' has no value: IndexError"),
        ("form --row df[", MistUsageError, "--row 'df[' isn't an expression."),
        ("form --row {df.iloc[0]}", MistUsageError, "--row got the text of a value."),
        ("form --row df", BadValueError, "That is a frame of 35 rows."),
        ("form --row 7", BadValueError, "'7' isn't a row of a frame."),
        ("form --row offer", NotFoundError, "No backend of 'gce' is connected, so no machine of it can be made."),
        ("form --siez x", MistUsageError, "form has no option --siez."),
    ],
)
def test_a_form_that_can_not_begin_so_is_one_line_of_an_error(
    notebook: Notebook, sandbox: Sandbox, line: str, kind: type[MistError], says: str
) -> None:
    notebook.value("df = %mist sizes EC2")
    notebook.run("offer = {'provider': 'gce', 'id': 'n1', 'region': 'us', 'price_hourly': 0.1, 'backend': None}")
    cell = notebook.run(f"%mist {line}")
    assert type(cell.error) is kind, cell.printed
    assert isinstance(cell.error, MistError) and cell.error.message.startswith(says)
    assert len(str(cell.error).splitlines()) <= 2


def test_two_backends_of_one_provider_have_to_be_told_apart(notebook: Notebook, sandbox: Sandbox) -> None:
    with client_of(sandbox) as client:
        client.add_backend(provider="ec2", title="Second", key="a", secret="b")
    notebook.run("offer = {'provider': 'ec2', 'id': 'm1.small', 'region': 'us-east-1', 'price_hourly': 0.1}")
    error = notebook.run("%mist form --row offer").error
    assert isinstance(error, AmbiguousError) and error.message == "2 backends are of ec2: EC2, Second."
    form = notebook.value("%mist form Second --row offer")
    form.join()
    assert form._desk.state.chosen("size") == "m1.small"
    assert form._desk.view.controls["location"].message.startswith("There is no location 'us-east-1' at Second")


def test_from_python_the_form_uses_the_notebooks_session(notebook: Notebook, sandbox: Sandbox) -> None:
    add_key(sandbox)
    form = notebook.value(
        "from mist_notebook import provision_form\n"
        "provision_form('EC2', size='m1.small', extra={'subnet_id': 's-1'}, name='web-1')"
    )
    form.join()
    assert form._session is notebook.shell._mist_notebook[0].session
    state = form._desk.state
    assert (state.chosen("size"), state.text("name"), state.text("extra.subnet_id")) == ("m1.small", "web-1", "s-1")
    error = notebook.run("provision_form(siez='x')").error
    assert isinstance(error, BadValueError) and error.message == "A form has no field 'siez'."


# ------------------------------------------------------------------------------------------------------ what is saved


def test_a_form_run_by_a_runner_makes_nothing_asks_for_nothing_and_says_what_it_needs(tmp_path: Path) -> None:
    from nbclient import NotebookClient

    cells = ["%load_ext mist_notebook\n%mist form NephoScale --name web-1", "%mist machines"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    first, second = notebook.cells
    (widget, record) = first.outputs
    line = "In a terminal, a line does the same: %mist create."
    assert widget["data"]["text/plain"] == f"This form needs a running kernel: run the cell again. {line}"
    assert account.NOT_YET in record["data"]["text/plain"]
    assert "This form needs a running kernel: run the cell again." in record["data"]["text/plain"]
    assert "<script" not in record["data"]["text/html"]
    assert "web-1" not in str(second.outputs)


def test_the_record_changes_only_when_something_has_happened(page: Page) -> None:
    before = str(page.form.page())
    page.fill()
    assert str(page.form.page()) == before
    page.review()
    assert page.form.line in str(page.form.page())
    page.create().wait()
    assert account.NOT_YET not in str(page.form.page())


def test_fifty_forms_in_one_kernel_leave_no_thread_behind(session: Session, sandbox: Sandbox) -> None:
    import threading

    before = threading.active_count()
    pages = [opened(session) for _ in range(50)]
    for page in pages:
        page.form.join()
    assert threading.active_count() <= before
    assert all(page.text("mist-form-missing") == "Still missing: key." for page in pages)


def test_the_phase_is_what_is_seen(page: Page) -> None:
    page.fill().review()
    assert repr(page.form) == "<Form (review)>"
    page.create().wait()
    assert page.form._desk.state.review.phase == ENDED
    assert repr(page.form) == "<Form (ended, made 'web-1')>"
