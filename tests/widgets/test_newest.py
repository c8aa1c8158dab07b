"""The newest state is drawn, what it was meanwhile never, and no thread stays."""

from __future__ import annotations

import threading

import pytest

from mist_notebook.widgets.parts.newest import Newest
from mist_notebook.widgets.parts.painter import Painter

NAME = "newest-of-a-test"


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == NAME]


class Held:
    """Work that waits at its first turn until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.turns = 0

    def __call__(self) -> bool:
        self.turns += 1
        self.begun.set()
        assert self.let_go.wait(60)
        return False


def test_all_that_comes_while_it_is_at_work_makes_one_turn_more() -> None:
    work = Held()
    newest = Newest(work, name=NAME)
    newest.poke()
    work.begun.wait()
    for _ in range(100):
        newest.poke()
    work.let_go.set()
    newest.join()
    assert (work.turns, threads()) == (2, [])


def test_closing_waits_for_what_was_begun_and_drops_what_is_due() -> None:
    work = Held()
    newest = Newest(work, name=NAME)
    newest.poke()
    work.begun.wait()
    newest.poke()
    closing = threading.Thread(target=newest.close)
    closing.start()
    assert newest._closed.wait(60)
    work.let_go.set()
    closing.join()
    newest.poke()
    newest.join()
    assert (work.turns, threads()) == (1, [])


def test_a_page_that_takes_its_time_is_given_it_unless_one_closes() -> None:
    turns: list[int] = []
    answers = [False, True, True]

    def work() -> bool:
        turns.append(1)
        return answers[len(turns) - 1]

    newest = Newest(work, name=NAME, clock=lambda: 7.0)
    newest.rest_s = 3600.0
    for _ in range(2):
        newest.poke()
        newest.join()
    assert len(turns) == 2, "nothing waits before the page had much to do, nor who joins when nothing is due"
    newest.poke()
    newest.close()
    assert (len(turns), threads()) == (2, [])


def test_many_threads_may_poke_and_the_last_state_is_drawn() -> None:
    state, drawn = [0], [0]
    newest = Newest(lambda: bool(drawn.append(state[-1])), name=NAME)

    def change(number: int) -> None:
        state.append(number)
        newest.poke()

    changers = [threading.Thread(target=change, args=(number,)) for number in range(50)]
    for changer in changers:
        changer.start()
    for changer in changers:
        changer.join()
    newest.join()
    assert (drawn[-1], threads()) == (state[-1], [])


@pytest.mark.parametrize("kind", [Newest, Painter])
def test_whoever_joins_while_the_thread_is_being_started_waits_for_it(
    kind: type[Newest] | type[Painter], monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []
    worker = kind(lambda: turns.append(1), name=NAME)
    start, failed = threading.Thread.start, []

    def join() -> None:
        try:
            worker.join()
        except RuntimeError as error:
            failed.append(error)

    joiner = threading.Thread(target=join)

    def joined_meanwhile(thread: threading.Thread) -> None:
        if thread.name == NAME:
            start(joiner)
            joiner.join(0.2)  # it has asked by then, or asks later, which is no trouble either
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", joined_meanwhile)
    worker.poke()
    joiner.join()
    assert (failed, turns, threads()) == ([], [1], [])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_raised_is_begun_anew_at_the_next_poke() -> None:
    turns: list[int] = []

    def work() -> bool:
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("the first turn fails")
        return False

    newest = Newest(work, name=NAME)
    newest.poke()
    newest.join()
    newest.poke()
    newest.join()
    assert (len(turns), threads()) == (2, [])
