"""What a thread asks for which nobody waits any more: its doors are closed, those that it makes later too."""

from __future__ import annotations

import threading

import pytest

from mist_notebook.ground.errors import UnavailableError
from mist_notebook.net import doors
from mist_notebook.net.http import Http
from tests.rigs import hostile


def test_a_door_that_is_made_after_nobody_waits_any_more_asks_nothing() -> None:
    ready, go_on = threading.Event(), threading.Event()
    heard: list[Exception] = []

    def work() -> None:
        before = Http(server.url)
        ready.set()
        go_on.wait(30)
        for door in (before, Http(server.url)):
            with pytest.raises(UnavailableError, match="is closed") as refused:
                door.get("/late")
            heard.append(refused.value)
            door.close()

    with hostile.serve(hostile.hang) as server:
        thread = threading.Thread(target=work)
        thread.start()
        assert ready.wait(30)
        doors.close_made_on(thread)
        go_on.set()
        thread.join(30)
        assert len(heard) == 2
        assert server.ledger == []


def test_the_doors_of_other_threads_stay_open() -> None:
    other = threading.Thread(target=lambda: None)
    doors.close_made_on(other)
    with hostile.serve(hostile.json([1])) as server:
        door = Http(server.url)
        assert door.get("/now") == b"[1]"
        door.close()
