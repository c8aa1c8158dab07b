"""The explorer as widgets: what the page chooses, what is drawn for it, and what the next cell finds in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.utils.capture import capture_output

import mist_notebook
from mist_notebook.client.notebook.session import Session
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError
from mist_notebook.magic.magics import _SLOT
from mist_notebook.prices.wishes.wish import Wish
from mist_notebook.widgets.explorer.explorer import Explorer
from mist_notebook.widgets.explorer.state import answer as answers
from mist_notebook.widgets.explorer.state import state as states
from mist_notebook.widgets.explorer.state.answer import World
from mist_notebook.widgets.explorer.state.state import State
from tests.conftest import Notebook
from tests.rigs.offer_rows import offers as rows
from tests.rigs.widget_rig import all_of, buttons, click, every, one, text
from tests.widgets.test_explorer_state import BIG, FAR, GPU, SMALL, UNPRICED

pytestmark = pytest.mark.long(27)

EVIL = "<img src=x onerror=alert(1)>$\\href{x}$\u202e\x1b[31m"


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(("mist-explore", "mist-form"))}


@pytest.fixture
def session() -> Iterator[Session]:
    found = Session()
    try:
        yield found
    finally:
        found.close()
        assert threads() == set()


@pytest.fixture
def explorer(session: Session) -> Explorer:
    """An explorer of five offers."""
    return Explorer(session, World(rows(BIG, SMALL, FAR, GPU, UNPRICED)), State())


def session_of(notebook: Notebook) -> Session:
    found: Session = getattr(notebook.shell, _SLOT)[0].session
    return found


def control(held: Explorer, label: str) -> Any:
    """The control under this label."""
    (found,) = [part for part in every(held.widget) if getattr(part, "description", "") == label]
    return found


def choose(held: Explorer, label: str, **said: Any) -> None:
    """What arrives when the page has changed a control, and the wait until it is drawn."""
    control(held, label).set_state(said)
    held.join()


def pick(held: Explorer, label: str, option: str) -> None:
    """Choose this option of a list."""
    choose(held, label, index=list(control(held, label)._options_labels).index(option))


def press(held: Explorer, label: str) -> None:
    click(control(held, label))
    held.join()


def listed(held: Explorer) -> list[str]:
    """The sizes in the list, from the top."""
    return [line.split()[1] for line in one(held.widget, "mist-explore-list").options]


def count(held: Explorer) -> str:
    return text(held.widget, "mist-explore-count")


# ------------------------------------------------------------------------------------------------- what a person sees


def test_it_opens_with_everything_that_is_there_and_says_how_much(explorer: Explorer) -> None:
    assert listed(explorer) == ["small", "big", "g", "new"]
    assert count(explorer) == "4 of 4 sizes fit; 1 offer unpriced."
    assert text(explorer.widget, "mist-explore-line") == "The line for the same frame: %mist compare"
    assert "Cheapest: EC2 small in us-east-1, 0.0500 USD/h, price of" in text(explorer.widget, "mist-explore-why")
    assert one(explorer.widget, "mist-explore-chart").value.startswith("<svg")
    assert buttons(explorer.widget) == ["Clear filters", "(Provision this size …)"]
    assert list(explorer.frame["id"]) == ["small", "big", "g", "new"]
    assert explorer.selected is None and explorer.form is None
    assert repr(explorer) == "<Explorer: %mist compare>"
    lists = [part for part in every(explorer.widget) if type(part).__mro__[1].__name__ == "Dropdown"]
    assert [part.description for part in lists if part.index is None] == []


def test_a_slider_that_moves_changes_count_list_line_and_chart_together(explorer: Explorer) -> None:
    before = one(explorer.widget, "mist-explore-chart").value
    choose(explorer, "vCPUs", index=[1, 1])
    assert listed(explorer) == ["big", "g", "new"]
    assert count(explorer) == "3 of 4 sizes fit; 1 offer unpriced."
    assert text(explorer.widget, "mist-explore-line").endswith("%mist compare --cpus 8+")
    assert one(explorer.widget, "mist-explore-chart").value != before
    choose(explorer, "vCPUs", index=[0, 1])
    assert explorer.line == "%mist compare" and len(listed(explorer)) == 4


def test_every_filter_of_the_first_row_does_what_it_says(explorer: Explorer) -> None:
    choose(explorer, "$/h at most", index=0)
    assert explorer.line == "%mist compare --max-price 0.07"
    choose(explorer, "EC2", value=True)
    assert explorer.line == "%mist compare --providers ec2 --max-price 0.07"
    choose(explorer, "Europe", value=True)
    assert listed(explorer) == ["small"]
    choose(explorer, "Hours of use", value="200")
    pick(explorer, "Sort by", "total for the hours of use")
    pick(explorer, "Show", "every offer")
    assert explorer.line == (
        "%mist compare --providers ec2 --region eu --max-price 0.07 --by total --hours 200 --all-regions"
    )
    assert list(explorer.frame["total"]) == [pytest.approx(12.0)]


def test_seldom_needed_filters_open_with_a_button_that_counts_them(explorer: Explorer) -> None:
    toggle = one(explorer.widget, "mist-explore-toggle")
    rest = one(explorer.widget, "mist-explore-more")
    assert rest.layout.display == "none"
    toggle.set_state({"value": True})
    assert rest.layout.display is None and toggle.description == "▾ Fewer filters"
    choose(explorer, "Name contains", value="small")
    assert listed(explorer) == ["small"]
    assert toggle.description == "▾ Fewer filters (1 set)"
    toggle.set_state({"value": False})
    assert toggle.description == "▸ More filters (1 set)"


def test_seldom_needed_filters_that_are_set_from_the_start_are_in_sight(session: Session) -> None:
    held = Explorer(session, World(rows(BIG, SMALL)), states.put(State(), "search", "small"))
    assert one(held.widget, "mist-explore-more").layout.display is None
    assert control(held, "Name contains").value == "small"


def test_filters_that_leave_nothing_to_choose_are_not_there(explorer: Explorer) -> None:
    labels = {getattr(part, "description", "") for part in every(explorer.widget)}
    assert {"vCPUs", "RAM, GB", "GPUs", "EC2", "GCE"} <= labels
    assert labels.isdisjoint({"Network, Gbit/s", "GPU RAM, GB", "System", "x86_64", "Prices of"})


def test_ram_counts_for_each_vcpu_on_a_ladder_of_its_own(explorer: Explorer) -> None:
    choose(explorer, "RAM, GB", index=[1, 1])
    assert explorer.line == "%mist compare --ram 32GB"
    pick(explorer, "RAM of", "each vCPU")
    assert explorer.line == "%mist compare"
    slider = control(explorer, "RAM, GB/vCPU")
    assert (slider._options_labels, slider.index) == (("2", "4"), (0, 1))
    choose(explorer, "RAM, GB/vCPU", index=[1, 1])
    assert explorer.line == "%mist compare --ram 4x"


def test_choosing_a_number_of_gpus_asks_for_some(session: Session) -> None:
    held = Explorer(session, World(rows(BIG, GPU, GPU | {"id": "g1", "gpus": 1})), State())
    choose(held, "GPUs a machine", index=[1, 1])
    assert held.line == "%mist compare --gpu 2"
    assert control(held, "GPUs").label == "any model"
    pick(held, "GPUs", "A100")
    assert held.line == "%mist compare --gpu A100:2"
    pick(held, "GPUs", "none")
    assert (held.line, control(held, "GPUs a machine").index) == ("%mist compare --gpu =0", (0, 1))


def test_the_regions_offered_are_those_of_the_providers_that_are_ticked(explorer: Explorer) -> None:
    assert control(explorer, "Region")._options_labels == (
        "anywhere",
        "eu-west-1 · EC2",
        "us-east-1 · EC2",
        "us-east1 · GCE",
    )
    choose(explorer, "GCE", value=True)
    assert control(explorer, "Region")._options_labels == ("anywhere", "us-east1 · GCE")
    pick(explorer, "Region", "us-east1 · GCE")
    choose(explorer, "GCE", value=False)
    choose(explorer, "EC2", value=True)
    assert control(explorer, "Region").label == "us-east1"
    assert explorer.line == "%mist compare --providers ec2 --region us-east1"


# -------------------------------------------------------------------------------------------------- what can't be read


@pytest.mark.parametrize(
    ("label", "typed", "message"),
    [
        ("Hours of use", "1,5", "'1,5' is not a time above 0 and up to 10 years. Such as 200 or 200h, 90m or 30d."),
        ("Formula", "os.system", "'os.system' can't be computed: a dot after a name can't be used."),
        ("Formula", "1 +", "'1 +' can't be computed: it is no expression."),
        ("Name contains", "-x", "A search can't begin with '-'. Leave the first '-' out."),
    ],
)
def test_what_can_not_be_read_is_said_at_its_field_and_asks_for_nothing(
    explorer: Explorer, label: str, typed: str, message: str
) -> None:
    choose(explorer, label, value=typed)
    said = [
        text(part) for part in all_of(explorer.widget, "mist-explore-words") if control(explorer, label) in every(part)
    ]
    assert said[0].startswith(message) if said else message in text(explorer.widget)
    assert explorer.line == "%mist compare" and len(explorer.frame) == 4
    choose(explorer, label, value="")
    assert message not in text(explorer.widget)


def test_a_total_without_hours_says_what_it_needs(explorer: Explorer) -> None:
    pick(explorer, "Sort by", "total for the hours of use")
    assert "A total needs hours of use." in text(explorer.widget)
    choose(explorer, "Hours of use", value="10")
    assert "A total needs" not in text(explorer.widget) and explorer.line == "%mist compare --by total --hours 10"


def test_a_column_that_there_is_none_of_leaves_frame_and_line_as_they_were(explorer: Explorer) -> None:
    choose(explorer, "vCPUs", index=[1, 1])
    choose(explorer, "Formula", value="price_hourly / nosuch")
    assert "No column named 'nosuch' in 'price_hourly / nosuch'." in count(explorer)
    assert (explorer.line, len(explorer.frame)) == ("%mist compare --cpus 8+", 3)
    assert text(explorer.widget, "mist-explore-line").endswith("%mist compare --cpus 8+")
    choose(explorer, "Formula", value="price_hourly / gpus")
    assert explorer.line == '%mist compare --cpus 8+ --by "price_hourly / gpus"'
    assert listed(explorer)[0] == "g"


def test_nothing_fits_says_why_and_a_button_asks_for_just_so_much_less(explorer: Explorer) -> None:
    choose(explorer, "$/h at most", index=0)
    choose(explorer, "vCPUs", index=[1, 1])
    assert count(explorer) == "0 of 4 sizes fit."
    why = text(explorer.widget, "mist-explore-why")
    assert "Nothing fits. Of 5 offers" in why and "Nearest: EC2 small in us-east-1" in why
    assert one(explorer.widget, "mist-explore-list").disabled
    assert "This frame is empty: there is no price to draw." in one(explorer.widget, "mist-explore-chart").value
    relax = control(explorer, "Ask with --cpus 2+ instead")
    press(explorer, "Ask with --cpus 2+ instead")
    assert explorer.line == "%mist compare --cpus 2+ --max-price 0.07"
    assert listed(explorer) == ["small"] and control(explorer, "vCPUs").index == (0, 1)
    choose(explorer, "vCPUs", index=[1, 1])
    click(relax)
    explorer.join()
    assert explorer.line == "%mist compare --cpus 8+ --max-price 0.07"


def test_an_error_that_nobody_foresaw_is_said_and_the_next_change_is_answered(session: Session) -> None:
    frame = rows(BIG, SMALL)
    held = Explorer(session, World(frame), State())
    column = frame.pop("gpus")
    choose(held, "vCPUs", index=[1, 1])
    assert count(held) == "KeyError: 'gpus'"
    assert listed(held) == ["small", "big"]
    frame["gpus"] = column
    choose(held, "vCPUs", index=[0, 0])
    assert count(held) == "1 of 2 sizes fit."


def test_clearing_the_filters_keeps_rows_and_order(explorer: Explorer) -> None:
    choose(explorer, "vCPUs", index=[1, 1])
    choose(explorer, "EC2", value=True)
    pick(explorer, "Sort by", "price for each vCPU")
    press(explorer, "Clear filters")
    assert explorer.line == "%mist compare --by usd_vcpu_h"
    assert control(explorer, "vCPUs").index == (0, 1) and control(explorer, "EC2").value is False


# ------------------------------------------------------------------------------------------------------ a picked offer


def test_a_picked_offer_stays_picked_while_it_is_in_the_frame(explorer: Explorer) -> None:
    choose(explorer, "Offers that fit", index=1)
    assert explorer.selected is not None and explorer.selected["id"] == "big"
    assert text(explorer.widget, "mist-explore-chosen").startswith(
        "✓ big in us-east-1 · EC2 · 8 vCPUs · 32 GiB of RAM · 0 GB of disk · 0.4000 USD/h, 292.00 USD/month, "
        "price of 2025-03-02 · No backend is open yet: the button looks for one that has it."
    )
    choose(explorer, "vCPUs", index=[1, 1])
    assert one(explorer.widget, "mist-explore-list").index == 0
    assert explorer.selected["id"] == "big"
    choose(explorer, "GCE", value=True)
    assert explorer.selected is None
    assert buttons(explorer.widget)[-1] == "(Provision this size …)"


def test_an_offer_of_no_connected_backend_is_answered_in_a_sentence(explorer: Explorer) -> None:
    choose(explorer, "Offers that fit", index=1)
    press(explorer, "Provision this size …")
    said = text(explorer.widget, "mist-explore-outcome")
    assert said.startswith(
        "EC2 here is the sandbox's, which has sizes of 2014 and no big of today: %mist explore --snap"
    )
    assert explorer.form is None and "No backend" not in text(explorer.widget, "mist-explore-chosen")
    choose(explorer, "Offers that fit", index=2)
    press(explorer, "Provision this size …")
    assert explorer.selected is not None and explorer.selected["provider"] == "gce"
    assert "No backend of 'gce' is connected" in text(explorer.widget, "mist-explore-outcome")


def test_the_line_of_the_form_gives_the_explorers_answer(notebook: Notebook) -> None:
    held: Explorer = notebook.value("%mist explore --providers EC2,GCE --cpus 4")
    notebook.shell.user_ns["held"] = held
    for place in range(0, 12, 3):
        choose(held, "Offers that fit", index=place)
        press(held, "Provision this size …")
        error = notebook.run("%mist form --row held.selected").error
        assert isinstance(error, NotFoundError) and error.message in text(held.widget, "mist-explore-outcome")
    own: Explorer = notebook.value("%mist explore --snapshot 2014 --providers EC2")
    notebook.shell.user_ns["own"] = own
    choose(own, "Offers that fit", index=0)
    press(own, "Provision this size …")
    assert own.form is not None and notebook.run("form = %mist form --row own.selected").error is None
    own.form.join()
    notebook["form"].join()
    assert own.form.line.split(" --name")[0] == notebook["form"].line.split(" --name")[0]


def test_an_offer_of_a_connected_backend_goes_to_the_form(notebook: Notebook) -> None:
    held: Explorer = notebook.value("%mist explore --snapshot 2014 --providers NephoScale --ram 4GB")
    choose(held, "Offers that fit", index=0)
    picked = held.selected
    assert picked is not None
    assert "can be made at" in {title for title, *_ in one(held.widget, "mist-explore-list").columns}
    assert "can be made at NephoScale" in text(held.widget, "mist-explore-chosen")
    press(held, "Provision this size …")
    assert held.form is not None
    held.form.join()
    assert f"--size {picked['id']}" in held.form.line and "%mist create NephoScale" in held.form.line
    assert held.form.widget in every(held.widget)
    first = held.form
    press(held, "Provision this size …")
    assert held.form is not first and first.widget not in every(held.widget)
    held.form.join()


# -------------------------------------------------------------------------------------------- frame and line, together


LINES = (
    "",
    "--cpus 4+ --ram 16GB",
    "--cpus 4..16 --ram 4x --arch arm64 --providers EC2,GCE,Azure --region eu --all-regions --limit 50",
    '--gpu A100 --by "price_hourly / gpus" --hours 200',
    "--cpus 8 --ram 32GB --group provider",
    "--kind any --burstable no --net 10..25 --desc --limit 5",
    '--search "xlarge" --max-age 700 --max-price 0.5 --bare-metal no --os linux --region us-east-1,europe',
    "--ram 900TB --region africa",
    "--snapshot 2014 --ram 1GB",
    "--offline --disk =0 --group region",
)


@pytest.mark.parametrize("words", LINES)
def test_the_frame_is_what_the_line_gives_when_it_is_typed(notebook: Notebook, words: str) -> None:
    held: Explorer = notebook.value(f"%mist explore {words}")
    again: pd.DataFrame = notebook.value(held.line)
    typed: pd.DataFrame = notebook.value(f"%mist compare {words}")
    pd.testing.assert_frame_equal(held.frame, again)
    pd.testing.assert_frame_equal(held.frame, typed)
    assert held.frame.attrs == again.attrs
    session_of(notebook).close()
    assert threads() == set()


def test_the_frame_is_current_as_soon_as_a_filter_has_changed(explorer: Explorer) -> None:
    explorer._painter.close()
    control(explorer, "vCPUs").set_state({"index": [1, 1]})
    assert list(explorer.frame["id"]) == ["big", "g", "new"] and explorer.line == "%mist compare --cpus 8+"


def test_what_is_done_to_the_frame_does_not_reach_the_explorer(explorer: Explorer) -> None:
    changed = explorer.frame
    changed["id"] = "x"
    assert list(explorer.frame["id"]) == ["small", "big", "g", "new"]


def test_of_many_states_the_newest_is_answered_and_drawn(explorer: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[State] = []
    goes_on = threading.Event()
    answered = answers.answered

    def slowly(world: World, state: State) -> answers.Answer:
        asked.append(state)
        goes_on.wait(30)
        return answered(world, state)

    monkeypatch.setattr(answers, "answered", slowly)
    for place in (1, 0, 1, 0, 1):
        control(explorer, "vCPUs").set_state({"index": [place, 1]})
    goes_on.set()
    explorer.join()
    assert listed(explorer) == ["big", "g", "new"]
    assert len(asked) <= 2


def test_filters_that_change_on_many_threads_are_all_in_the_frame(explorer: Explorer) -> None:
    changes: list[Callable[[], object]] = [
        lambda: control(explorer, "vCPUs").set_state({"index": [1, 1]}),
        lambda: control(explorer, "EC2").set_state({"value": True}),
        lambda: control(explorer, "Hours of use").set_state({"value": "5"}),
        lambda: control(explorer, "$/h at most").set_state({"index": 3}),
    ]
    workers = [threading.Thread(target=change) for change in changes]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    explorer.join()
    assert explorer.line == "%mist compare --providers ec2 --cpus 8+ --max-price 0.2 --hours 5"
    assert text(explorer.widget, "mist-explore-line").endswith(explorer.line)


# --------------------------------------------------------------------------------------------------- shown and closed


def test_it_is_shown_as_a_widget_and_its_frame_as_a_record(notebook: Notebook) -> None:
    with capture_output() as shown:
        held: Explorer = notebook.value("explorer = %mist explore --cpus 4+ --ram 16GB\nexplorer")
        notebook.shell.display_formatter.format(held)
    widget, record = shown.outputs[:2]
    assert widget.data["text/plain"] == (
        "The explorer of sizes and prices, made of widgets: run the cell again, with a kernel. What it showed follows."
    )
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert record.data["text/plain"].startswith("What the explorer showed: %mist compare --cpus 4+ --ram 16GB\n")
    for mime in ("text/plain", "text/html"):
        assert "t4g.xlarge" in record.data[mime] and "Cheapest: Hetzner cx43" in record.data[mime]
    assert (
        "<div>What the explorer showed: %mist compare" in record.data["text/html"]
        and "<script" not in record.data["text/html"]
    )


def test_after_its_session_has_closed_it_keeps_its_frame_and_does_nothing(notebook: Notebook) -> None:
    held: Explorer = notebook.value("%mist explore --cpus 4+")
    session_of(notebook).close()
    assert threads() == set()
    assert "Its session is closed" in count(held)
    assert buttons(held.widget) == []
    control(held, "vCPUs").set_state({"index": [0, 5]})
    assert threads() == set() and "Its session is closed" in count(held)
    assert held.line == "%mist compare --cpus 4+" and len(held.frame) == 20
    held.close()


def test_foreign_names_are_text_wherever_they_stand(session: Session) -> None:
    odd = BIG | {"provider": EVIL, "id": EVIL, "name": EVIL, "region": EVIL, "gpu_name": "A1", "gpus": 1}
    held = Explorer(session, World(rows(odd, SMALL)), State(), notes=(EVIL,))
    choose(held, "Offers that fit", index=1)
    html = "".join(part.value for part in every(held.widget) if type(part).__name__ == "HTML")
    assert "<img" not in html and "&lt;img src=x onerror=alert(1)&gt;" in html
    shown = "".join(
        "".join(getattr(part, "_options_labels", ())) + str(getattr(part, "description", ""))
        for part in every(held.widget)
    )
    assert "\x1b" not in shown + html and "\u202e" not in shown + html
    assert not any(getattr(part, "description_allow_html", False) for part in every(held.widget))


def test_the_sandbox_is_marked(notebook: Notebook) -> None:
    held: Explorer = notebook.value("%mist explore --snapshot 2014")
    assert text(held.widget, "mist-explore-title") == "SANDBOX Sizes and prices, snapshot 2014"
    assert one(held.widget, "mist-explore-chart").value.count("SANDBOX") >= 1
    assert held.frame.attrs["mist"]["sandbox"] is True
    current: Explorer = notebook.value("%mist explore")
    title = text(current.widget, "mist-explore-title")
    assert title.startswith("Sizes and prices") and "SANDBOX" not in title


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--cpus 8..4", "--cpus: '8..4' is an empty range."),
        ("--region Nowhere", "No region named 'Nowhere'."),
        ("--providers ec3", "No offers of a provider named 'ec3'."),
        ("--by nosuch", "No column named 'nosuch' in 'nosuch'."),
        ("--gpu B1000", "No offer has a GPU named 'B1000'."),
        ("--group provider --all-regions", "--all-regions and --group don't go together."),
        ("--pivot", "explore has no option --pivot."),
        ("more", "explore takes no plain words; there are more, or a value with a space needs quotes."),
    ],
)
def test_a_line_that_can_not_be_explored_is_one_error(notebook: Notebook, words: str, message: str) -> None:
    cell = notebook.run(f"%mist explore {words}")
    assert isinstance(cell.error, NotFoundError | BadValueError | MistUsageError)
    assert cell.error.message == message
    assert threads() == set()


def test_explore_from_python_takes_the_words_of_the_line(notebook: Notebook) -> None:
    held = mist_notebook.explore(cpus="4+", ram="16GB", region="eu", by="price_hourly / vcpus", hours=200, limit=5)
    assert held.line == (
        '%mist compare --region eu --cpus 4+ --ram 16GB --by "price_hourly / vcpus" --hours 200 --limit 5'
    )
    assert held in session_of(notebook).page.kept(Explorer)
    more = mist_notebook.explore(cpus="4+", currency="EUR", with_="ipv4", kind="spot,on-demand", group="provider")
    assert more.line == "%mist compare --kind on-demand,spot --cpus 4+ --group provider --with ipv4 --currency EUR"
    assert set(more.frame["currency"]) == {"EUR"} and "monthly_total" in more.frame


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"per": "sizes"}, "There is no group 'sizes'."),
        ({"cpu": 4}, "There is no condition 'cpu'."),
        ({"curency": "EUR"}, "There is no condition 'curency'."),
        ({"currency": "EUT"}, "No rate is known for a currency 'EUT'."),
        ({"hours": "1,5"}, "'1,5' is not a time above 0 and up to 10 years."),
        ({"limit": 0}, "'0' is not a number of rows."),
        ({"snapshot": "2013"}, "No snapshot named '2013'."),
        ({"ram": "16 apples"}, "ram: '16 apples' can't be read as an amount."),
    ],
)
def test_what_python_can_not_explore_is_one_error(notebook: Notebook, words: dict[str, Any], message: str) -> None:
    notebook.value("%mist config;")
    with pytest.raises((NotFoundError, BadValueError, MistUsageError)) as raised:
        mist_notebook.explore(**words)
    assert raised.value.message == message


def test_a_wish_that_is_not_the_usual_one_is_shown_in_every_filter(session: Session) -> None:
    wanted = Wish(providers=("gce",), regions=("us", "us-east1"), kind="any", max_price=7.25, burstable=False)
    held = Explorer(session, World(rows(BIG, SMALL, GPU | {"burstable": False})), states.opened(wanted))
    assert control(held, "GCE").value and not control(held, "EC2").value
    assert control(held, "United States").value and control(held, "Region").label == "us-east1 · GCE"
    assert (control(held, "Price").label, control(held, "$/h at most").label) == ("any", "7.25")
    assert control(held, "Burstable").label == "no"
    assert listed(held) == ["g"]


# ------------------------------------------------------------------------------------------------ the table, the chart


def sort_by(held: Explorer, title: str) -> None:
    """What arrives when a person clicks on the title of a column."""
    table = one(held.widget, "mist-explore-list")
    place = [head[0] for head in table.columns].index(title)
    table._handle_custom_msg({"event": "sort", "column": place}, [])
    held.join()


def orders(held: Explorer) -> dict[str, str]:
    return {head[0]: head[3] for head in one(held.widget, "mist-explore-list").columns if head[3] != "none"}


def test_a_title_sorts_the_table_and_the_line_says_so(explorer: Explorer) -> None:
    assert orders(explorer) == {"$/h": "asc"}
    sort_by(explorer, "RAM GB")
    sort_by(explorer, "RAM GB")
    assert explorer.line == "%mist compare --by ram_gb --desc"
    assert (listed(explorer)[-1], orders(explorer)) == ("small", {"RAM GB": "desc"})
    sort_by(explorer, "size")
    assert (listed(explorer), orders(explorer)) == (["big", "g", "new", "small"], {"size": "asc"})
    sort_by(explorer, "size")
    assert listed(explorer) == ["small", "new", "g", "big"]
    assert explorer.line == "%mist compare --by ram_gb --desc"
    sort_by(explorer, "$/h")
    assert (explorer.line, orders(explorer)) == ("%mist compare", {"$/h": "asc"})


@pytest.mark.parametrize("said", [{"event": "sort", "column": 99}, {"event": "sort", "column": -40}, {"event": "sort"},
                                  {"event": "sort", "column": "size"}, "sort", None])  # fmt: skip
def test_a_page_that_says_what_makes_no_sense_changes_nothing(explorer: Explorer, said: Any) -> None:
    before = (explorer.line, listed(explorer))
    one(explorer.widget, "mist-explore-list")._handle_custom_msg(said, [])
    one(explorer.widget, "mist-explore-chart")._handle_custom_msg(said, [])
    explorer.join()
    assert (explorer.line, listed(explorer)) == before


def test_a_mark_of_the_chart_picks_its_row_and_a_row_its_mark(explorer: Explorer) -> None:
    plot = one(explorer.widget, "mist-explore-chart")
    assert len(plot.spots) == len(plot.tips) == 3
    at = next(place for place, tip in enumerate(plot.tips) if tip.startswith("GCE g in us-east1"))
    plot._handle_custom_msg({"event": "pick", "mark": at}, [])
    explorer.join()
    assert explorer.selected is not None and explorer.selected["id"] == "g"
    assert listed(explorer)[one(explorer.widget, "mist-explore-list").index] == "g"
    assert plot.picked == at
    one(explorer.widget, "mist-explore-list").set_state({"index": listed(explorer).index("small")})
    explorer.join()
    assert plot.tips[plot.picked].startswith("EC2 small")


def test_what_is_picked_in_the_chart_and_not_in_the_table_stands_at_its_top(session: Session) -> None:
    many = [SMALL | {"id": f"s{number:03}", "price_hourly": 0.01 + number / 1000} for number in range(230)]
    with_last = Explorer(session, World(rows(*many)), State())
    plot = one(with_last.widget, "mist-explore-chart")
    at = next(place for place, tip in enumerate(plot.tips) if tip.startswith("EC2 s229 "))
    plot._handle_custom_msg({"event": "pick", "mark": at}, [])
    with_last.join()
    assert with_last.selected is not None and with_last.selected["id"] == "s229"
    assert (listed(with_last)[0], len(listed(with_last))) == ("s229", 201)
    assert one(with_last.widget, "mist-explore-list").index == 0
