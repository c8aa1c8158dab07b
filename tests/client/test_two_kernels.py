"""Two kernels of one account do the same thing at the same moment: one of them does it, the other says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from mist_notebook.backends.mist.adapter import MistAdapter
from mist_notebook.client.notebook.session import Session
from mist_notebook.fleet import upkeep
from mist_notebook.ground.errors import MistError
from mist_notebook.provision import provision
from tests.rigs import hostile, live_mist


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[live_mist.LiveMist]:
    monkeypatch.setattr(MistAdapter, "sees_new_after_s", 0.0)
    monkeypatch.setattr(provision, "_LOOK_EVERY_S", 0.02)
    with live_mist.serve() as live:
        monkeypatch.setenv("MIST_URL", live.url)
        monkeypatch.setenv("MIST_API_TOKEN", live.token)
        yield live


@pytest.fixture
def kernels(live: live_mist.LiveMist) -> Iterator[list[Session]]:
    held = [Session(), Session()]
    yield held
    for session in held:
        session.close()


def at_once(live: live_mist.LiveMist, kernels: list[Session], work: Callable[[Session], object]) -> list[object]:
    """What each gets, where both have looked before either is answered."""
    both = threading.Barrier(2)

    def machines(exchange: hostile.Exchange) -> None:
        if exchange.request.method == "GET":
            with suppress(threading.BrokenBarrierError):
                both.wait(0.5)
        live._machines(exchange.request)(exchange)

    def tried(session: Session) -> object:
        try:
            return work(session)
        except MistError as error:
            return error

    live.broken["machines"] = machines
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(tried, kernels))
    del live.broken["machines"]
    return found


def make(session: Session) -> str:
    return str(session.backend("Live").create_machine("web", "demo", "debian", "east", "small").id)


def test_two_that_make_one_name_make_one_machine(live: live_mist.LiveMist, kernels: list[Session]) -> None:
    found = at_once(live, kernels, make)
    assert "m-1" in found and len(live.created) == 1
    assert [make(session) for session in kernels] == ["m-1", "m-1"]
    assert len(live.created) == 1


def test_two_that_forget_one_operation_close_it_once_and_then_make_one_machine(
    live: live_mist.LiveMist, kernels: list[Session]
) -> None:
    def lost(exchange: hostile.Exchange) -> None:
        is_create = exchange.request.method == "POST"
        (hostile.answer(status=504) if is_create else live._machines(exchange.request))(exchange)

    live.broken["machines"] = lost
    with pytest.raises(MistError, match="may or may not exist"):
        make(kernels[0])
    (record,) = kernels[1].client.journal.opened()
    found = at_once(live, kernels, lambda session: upkeep.forget(session, record.op, "web"))
    assert sum("is closed: forgotten" in str(one) for one in found) >= 1
    assert [one.state for one in kernels[0].client.journal.records()] == ["forgotten"]
    assert "m-1" in at_once(live, kernels, make)
    assert len(live.created) == 1


def test_two_that_destroy_one_machine_end_it_and_say_so(live: live_mist.LiveMist, kernels: list[Session]) -> None:
    make(kernels[0])

    def gone(exchange: hostile.Exchange) -> None:
        live.rows["machines"].clear()
        hostile.json({})(exchange)

    live.broken["m-1"] = gone
    at_once(live, kernels, lambda session: session.backend("Live").machine_from_name("web").destroy())
    assert live.rows["machines"] == []
    assert [one.state for one in kernels[0].client.journal.records()] == ["gone"]
