"""A token that is refused in the middle is said within one look; with another one the same line goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mist_notebook.ground.errors import AuthError
from tests.conftest import Notebook
from tests.rigs import hostile, live_mist

LINE = "%mist create Live --name web --image debian --size small --location east --key demo --no-probe"


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        yield live


def pending_until_refused(live: live_mist.LiveMist) -> Any:
    """The machine stays pending, and the second look at it finds another token in force."""

    def machines(exchange: Any) -> None:
        if live.created and exchange.request.method == "GET":
            live.token = "second-token"
        if live.rows["machines"]:
            live.change("machines", state="pending")
        if exchange.request.method == "POST":
            live._machines(exchange.request)
            live.change("machines", state="pending")
            hostile.json(live.rows["machines"][0])(exchange)
        else:
            hostile.json(live.rows["machines"])(exchange)

    return machines


def test_following_says_so_within_one_look_and_goes_on_with_another_token(
    live: live_mist.LiveMist, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.broken["machines"] = pending_until_refused(live)
    cell = notebook.run(LINE)
    assert isinstance(cell.error, AuthError)
    assert "can't be followed just now" in cell.error.message
    assert "goes on, and costs" in cell.error.hint
    assert live.refused <= 2
    del live.broken["machines"]
    live.change("machines", state="running")
    monkeypatch.setattr("getpass.getpass", lambda _: "second-token")
    notebook.value(f"%mist connect {live.url}")
    assert notebook.value(LINE).state == "running"
    assert len(live.created) == 1


def test_connect_asks_again_where_the_environments_token_is_refused(
    live: live_mist.LiveMist, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "second-token")
    notebook.value(f"%mist connect {live.url}")
    assert asked == []
    live.token = "second-token"
    notebook.value(f"%mist connect {live.url}")
    assert len(asked) == 1
    assert list(notebook.value("%mist backends")["name"]) == ["Live"]


def test_a_token_that_is_refused_when_it_was_just_typed_is_an_error(
    live: live_mist.LiveMist, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.token = "second-token"
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "wrong")
    cell = notebook.run(f"%mist connect {live.url}")
    assert isinstance(cell.error, AuthError)
    assert len(asked) == 1
