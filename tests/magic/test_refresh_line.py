"""`%mist refresh` in a real shell: what it forgets, which price lists it fetches, and what it says of both."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mist_notebook.ground.errors import ApiError, MistUsageError, NotFoundError, UnavailableError
from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import fetched, lists, overlay, rates, refresh
from mist_notebook.prices.catalogue.side_by_side import StoppedAmongError
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.linode import Linode
from mist_notebook.prices.catalogue.sources.vultr import Vultr
from tests.conftest import Notebook
from tests.rigs import hostile, price_lists

SOURCES = {
    "azure": (Azure, price_lists.azure),
    "linode": (Linode, price_lists.linode),
    "vultr": (Vultr, price_lists.vultr),
}


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, **steps: hostile.Step) -> Iterator[dict[str, hostile.Server]]:
    """The price lists on loopback; one that isn't named here is where nobody answers."""
    for name, one in list(lists.PRICE_LISTS.items()):
        monkeypatch.setitem(lists.PRICE_LISTS, name, replace(one, url="http://127.0.0.1:1"))
    monkeypatch.setattr(rates, "URL", "http://127.0.0.1:1")
    with ExitStack() as stack:
        running = {name: stack.enter_context(hostile.serve(step)) for name, step in steps.items()}
        for name, server in running.items():
            monkeypatch.setitem(lists.PRICE_LISTS, name, SOURCES[name][0](server.url))
        yield running


# Azure's recorded rows are a handful, and thousands are embedded: only a region of which few are can be read from them.
LITTLE = [price_lists.meter("Standard_D2s_v3", 0.101, "newregion"), price_lists.meter("Standard_New", 1.5, "newregion")]


def test_a_price_list_is_fetched_when_it_is_named_and_what_changed_is_a_frame(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(catalogue.offers())
    with served(monkeypatch, azure=price_lists.azure(*LITTLE)) as servers:
        cell = notebook.run("found = %mist refresh azure --region NewRegion")
    assert cell.error is None
    found = notebook["found"]
    assert found[["provider", "id", "region", "change", "price_now"]].to_numpy().tolist() == [
        ["azure_arm", "Standard_D2s_v3", "newregion", "new", 0.101],
        ["azure_arm", "Standard_New", "newregion", "new", 1.5],
    ]
    assert found.attrs["mist"] == {"kind": "price changes", "question": "%mist refresh azure"}
    lines = cell.printed.splitlines()
    assert lines[0] == "Asking 1 price list: nothing of yours is sent."
    assert lines[1].endswith("1 page, 2 rows")
    assert "newregion" in servers["azure"].ledger[0].target
    assert ": 0 changed, 2 new, 0 gone. None was known before." in cell.printed
    assert len(catalogue.offers()) == before + 2
    joined = catalogue.offers().query("region == 'newregion' and id == 'Standard_D2s_v3'").iloc[0]
    assert (joined["vcpus"], joined["ram_gb"], joined["source"]) == (2.0, 8.0, "Azure Retail Prices")


def test_prices_fetched_show_at_once_and_in_the_next_session(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(monkeypatch, vultr=price_lists.vultr(plans=many_plans())):
        notebook.value("%mist refresh vultr")
    kept = catalogue.refreshed()
    assert set(kept["provider"]) == {"vultr"} and len(kept) == 806
    assert catalogue.refresh_notes() == ()
    now = catalogue.offers()
    assert set(now[now["provider"] == "vultr"]["source"]) == {"Vultr API v2"}
    assert set(catalogue.snapshot()["source"]) & {"Vultr API v2"} == set()
    assert catalogue.offers("2014") is catalogue.snapshot("2014")


def many_plans() -> list[price_lists.Json]:
    """As many plans as are embedded, and more: a shorter list would not be taken."""
    return [price_lists.PLANS[0] | {"id": f"vc2-{number}"} for number in range(400)]


def test_the_frame_shows_with_a_line_above_it(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch, azure=price_lists.azure(*LITTLE)):
        frame = notebook.value("%mist refresh azure --region newregion")
    formatter = notebook.shell.display_formatter
    assert formatter is not None
    shown, _ = formatter.format(frame)
    assert shown["text/plain"].startswith("2 price changes")
    assert "Standard_New" in shown["text/html"] and "<script" not in shown["text/html"]
    assert type(frame) is pd.DataFrame and not any(isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes)


def test_several_lists_are_fetched_one_after_another_and_one_that_fails_is_a_note(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(monkeypatch, linode=price_lists.linode(types=many_types()), vultr=hostile.answer("<html>")):
        cell = notebook.run("found = %mist refresh vultr linode")
    assert cell.error is None
    assert set(notebook["found"]["provider"]) == {"linode"}
    assert "The answer to /plans is not JSON. No price of vultr changed. A login page or proxy?" in cell.printed


def many_types() -> list[price_lists.Json]:
    return [price_lists.TYPES[0] | {"id": f"g6-{number}"} for number in range(400)]


def test_a_list_that_fails_alone_is_an_error(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch, azure=hostile.answer("<html>login</html>", content_type="text/html")):
        cell = notebook.run("%mist refresh azure")
    assert type(cell.error) is ApiError
    assert cell.error.hint.startswith("No price of azure changed.")
    assert len(str(cell.error).splitlines()) == 2
    assert len(catalogue.refreshed()) == 0


def test_an_interrupt_ends_all_of_it_and_keeps_what_was_done(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = threading.Event()
    put = fetched.put

    def told(news: fetched.Kept, path: Path | None = None) -> Path:
        done = put(news, path)
        if path is not None:  # what differs is kept last
            kept.set()
        return done

    def interrupted(exchange: hostile.Exchange) -> None:
        kept.wait(60)
        os.kill(os.getpid(), signal.SIGINT)
        exchange.hold()

    with served(monkeypatch, azure=price_lists.azure(*LITTLE), vultr=interrupted) as servers:
        cell = notebook.run("%mist refresh azure vultr --region newregion")
        assert type(cell.error) is MistUsageError, "vultr has no regions"
        assert servers["azure"].ledger == []
        monkeypatch.setattr(refresh, "_LEAST_OF_BEFORE", 0.0)
        monkeypatch.setattr(fetched, "put", told)
        cell = notebook.run("%mist refresh azure vultr")
    assert type(cell.error) is StoppedAmongError
    assert cell.error.message == "Interrupted while reading price lists."
    assert "vultr" in cell.error.hint.partition("As before: ")[2]
    assert set(catalogue.refreshed()["provider"]) == {"azure_arm"}


def test_without_a_network_it_is_one_error_and_the_rest_works(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(monkeypatch):
        cell = notebook.run("%mist refresh linode")
    assert type(cell.error) is UnavailableError
    assert "refused the connection" in cell.error.message
    assert len(notebook.value("%mist images NephoScale")) == 18


def test_a_backend_spelled_just_so_has_its_listings_forgotten_and_only_that(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.value("%mist images EC2;")
    with served(monkeypatch) as _:
        cell = notebook.run("%mist refresh EC2 NephoScale")
    assert (cell.value, cell.printed) == (
        None,
        "1 listing of EC2, NephoScale forgotten; the next ones are read afresh.\n",
    )


def test_without_a_word_every_list_is_asked_and_each_that_fails_says_so_in_its_line(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(monkeypatch, azure=price_lists.azure(*LITTLE), linode=price_lists.linode(types=many_types())):
        monkeypatch.setattr(refresh, "_LEAST_OF_BEFORE", 0.0)
        cell = notebook.run("found = %mist refresh")
    assert cell.error is None
    assert set(notebook["found"]["provider"]) == {"azure_arm", "linode"}
    lines = {line.split()[0]: line for line in cell.printed.splitlines()}
    assert "offers of" in lines["linode"] and "changed" in lines["linode"]
    assert {name for name, line in lines.items() if " failed after " in line} == {
        *lists.PRICE_LISTS, "azure", "linode",
    } - {"azure", "linode", "hetzner"}  # fmt: skip
    assert "No price of gce changed." in lines["gce"]
    assert lines["rates"].startswith("rates     failed: ")
    assert "hetzner wants a token. Set HCLOUD_TOKEN." in cell.printed
    assert "No list that a program can read: CoreWeave, Nebius, Crusoe, Lambda." in cell.printed


@pytest.mark.parametrize("word", ["coreweave", "Nebius", "LAMBDA"])
def test_a_cloud_without_a_list_says_so_and_nothing_of_listings(notebook: Notebook, word: str) -> None:
    cell = notebook.run(f"%mist refresh {word}")
    assert type(cell.error) is NotFoundError
    assert "publishes no list of prices that a program can read." in cell.error.hint


def test_what_differs_from_day_to_day_goes_on_the_history(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch, vultr=price_lists.vultr(plans=many_plans())):
        notebook.value("%mist refresh vultr")
    frame = notebook.value("%mist history vultr:vc2-7 --no-chart")
    assert set(frame["source"]) == {"Vultr API v2"} and set(frame["region"]) == {"ams", "ewr"}


@pytest.mark.parametrize("days", ["0", "-3", "many", "1.5", ""])
def test_a_number_of_days_that_is_none_is_refused(notebook: Notebook, days: str) -> None:
    assert isinstance(notebook.run(f"%mist refresh linode --keep '{days}'").error, MistUsageError)


def test_a_word_that_is_neither_is_told_with_what_there_is(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch, azure=price_lists.azure()) as servers:
        cell = notebook.run("%mist refresh azur")
        both = notebook.run("%mist refresh azure nope")
    assert type(cell.error) is NotFoundError
    assert str(cell.error) == "No backend named 'azur'.\nDid you mean azure?"
    assert type(both.error) is NotFoundError
    assert servers["azure"].ledger == []


@pytest.mark.parametrize("line", ["refresh --region eastus", "refresh NephoScale --region eastus"])
def test_a_region_without_a_price_list_is_refused(notebook: Notebook, line: str) -> None:
    cell = notebook.run(f"%mist {line}")
    assert type(cell.error) is MistUsageError
    assert cell.error.message == "--region is for a price list."


def test_a_region_of_a_list_that_has_none_is_refused_unasked(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(monkeypatch, vultr=price_lists.vultr()) as servers:
        cell = notebook.run("%mist refresh vultr --region fra")
    assert type(cell.error) is MistUsageError
    assert "is read whole" in cell.error.message
    assert servers["vultr"].ledger == []


def test_a_list_is_fetched_though_the_server_does_not_answer(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("MIST_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("MIST_API_TOKEN", "canary")
    with served(monkeypatch, azure=price_lists.azure(*LITTLE)) as servers:
        cell = notebook.run("found = %mist refresh azure --region newregion")
    assert cell.error is None and len(notebook["found"]) == 2
    assert all("canary" not in str(request) for request in servers["azure"].ledger)


def test_the_names_of_the_price_lists_are_completed_before_anything_ran(notebook: Notebook) -> None:
    from IPython.core.completer import provisionalcompleter

    line = "%mist refresh a"
    with provisionalcompleter():
        texts = [found.text for found in notebook.shell.Completer.completions(line, len(line))]
    assert texts[0] == "azure"


def test_no_offer_of_the_real_catalogue_stands_twice_after_a_list_was_fetched(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(monkeypatch, linode=price_lists.linode(types=many_types())):
        notebook.value("%mist refresh linode;")
    now = catalogue.offers()
    assert not now.duplicated([*overlay.KEY]).any()
    assert set(now[now["provider"] == "linode"]["source"]) == {"Linode API v4"}
    others = catalogue.snapshot()
    assert len(now) - (now["provider"] == "linode").sum() == (others["provider"] != "linode").sum()
    assert (now["price_hourly"].dropna() > 0).all()
