"""Listings that are wrong for a moment, from a server with a ledger: nothing is lost, taken, doubled or destroyed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.ground.errors import MistError
from tests.conftest import Notebook
from tests.rigs import hostile, live_mist

NAMES = ("web-1", "web-2", "web-3")
MAKE = "%mist create Live --name {} --image debian --size small --location east --key demo --no-probe"
Rows = list[dict[str, Any]]
Change = Callable[[Rows], object]


@pytest.fixture
def live(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    """A server with three machines of ours, which are as many as the budget lets be."""
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        monkeypatch.setenv("MIST_MAX_USD_PER_HOUR", "0.03")
        for name in NAMES:
            notebook.value(MAKE.format(name))
        yield live


def listed_as(live: live_mist.LiveMist, *changes: Change) -> None:
    """Listings are changed so, one after the other, again and again."""
    turns = cycle(changes)

    def machines(exchange: hostile.Exchange) -> None:
        if exchange.request.method != "GET":
            return live._machines(exchange.request)(exchange)
        return live.listing(next(turns)([dict(row) for row in live.rows["machines"]]))(exchange)

    live.broken["machines"] = machines


def opened(notebook: Notebook) -> dict[str, str]:
    """The names of the records that are open, and their machines."""
    frame = notebook.value("%mist journal")
    is_open = frame["state"].isin(["sent", "unknown", "created", "ready", "destroying"])
    return dict(zip(frame["name"][is_open], frame["machine_id"][is_open], strict=True))


def check_budget(live: live_mist.LiveMist, notebook: Notebook) -> None:
    """Another create sends nothing: what there is counts."""
    assert isinstance(notebook.run(MAKE.format("more")).error, MistError)
    assert len(live.created) == len(NAMES)


def right(rows: Rows) -> Rows:
    return rows


def others(_rows: Rows) -> Rows:
    return [{"id": f"x{n}", "external_id": f"x-{n}", "name": f"theirs-{n}", "state": "running"} for n in range(4)]


def others_of_our_names(rows: Rows) -> Rows:
    return [{**row, "id": f"x{row['id']}", "external_id": f"x{row['external_id']}", "tags": {}} for row in rows]


def changed(**fields: Callable[[dict[str, Any]], object]) -> Change:
    return lambda rows: [{**row, **{name: of(row) for name, of in fields.items()}} for row in rows]


MOMENTS: dict[str, list[Change]] = {
    "empty once": [lambda _: [], right],
    "all but one": [lambda rows: rows[1:], right],
    "one alone": [lambda rows: rows[:1], lambda rows: rows[1:2], lambda rows: rows[2:]],
    "alternating": [lambda _: [], lambda _: [], right],
    "another backend's": [others],
    "another backend's of our names": [others_of_our_names],
    "another backend's, then ours": [others, right, others_of_our_names],
    "twice": [lambda rows: rows + rows],
    "twice, one terminated": [lambda rows: rows + [{**row, "state": "terminated"} for row in rows]],
    "upper case ids": [changed(external_id=lambda row: row["external_id"].upper())],
    "numbers for ids": [changed(external_id=lambda row: int(row["id"][1:]) + 7730), right],
    "ids that change each time": [changed(external_id=lambda row: f"{row['external_id']}-new"), right],
    "without tags": [changed(tags=lambda _: {}), right],
    "tags of another type": [changed(tags=lambda row: [{"key": k, "value": v} for k, v in row["tags"].items()])],
    "rows that are no machines": [lambda rows: [None, 7, "x", {}, *rows], right],
    "an error object": [lambda _: {"error": "database is locked"}, right],
    "a page of a list": [lambda rows: {"items": rows, "next": "…"}, right],
    "null": [lambda _: None, right],
}  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_a_listing_says_for_a_moment_closes_nothing_and_frees_no_budget(
    live: live_mist.LiveMist, notebook: Notebook, moment: str
) -> None:
    listed_as(live, *MOMENTS[moment])
    for ahead_s in (1.0, 20.0, 40.0, 60.0):  # within a minute, whatever it says
        live.ahead_s = ahead_s
        notebook.run("%mist machines")
    check_budget(live, notebook)
    listed_as(live, right)
    notebook.value("%mist machines")
    assert opened(notebook) == {name: f"m-{number}" for number, name in enumerate(NAMES, 1)}
    assert list(notebook.value("%mist machines")["mine"]) == [True, True, True]
    assert notebook.value(MAKE.format("web-1")).name == "web-1"
    assert len(live.created) == len(NAMES)


@pytest.mark.parametrize("moment", ["alternating", "all but one", "another backend's, then ours", "one alone"])
def test_what_is_listed_now_and_then_is_never_gone_however_long_that_goes_on(
    live: live_mist.LiveMist, notebook: Notebook, moment: str
) -> None:
    listed_as(live, *MOMENTS[moment])
    for look in range(12):
        live.ahead_s = 100.0 * look
        notebook.run("%mist machines")
    listed_as(live, right)
    notebook.value("%mist machines")
    assert set(opened(notebook)) == set(NAMES)
    check_budget(live, notebook)


@pytest.mark.parametrize("moment", ["twice", "another backend's of our names", "an error object"])
def test_nothing_is_destroyed_by_a_listing_that_is_no_good(
    live: live_mist.LiveMist, notebook: Notebook, moment: str
) -> None:
    listed_as(live, *MOMENTS[moment][:1])
    sent = [request for request in live.ledger if request.method == "POST"]
    error = notebook.run("%mist destroy web-1 --yes web-1").error
    assert isinstance(error, MistError)
    assert [request for request in live.ledger if request.method == "POST"] == sent
