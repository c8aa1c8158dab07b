"""The threads of one owner: all of them are waited for, however they began."""

from __future__ import annotations

import threading

import pytest

from mist_notebook.ground.threads import Threads


def test_a_thread_whose_start_was_interrupted_is_waited_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, begun, let_go, start = Threads(), threading.Event(), threading.Event(), threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        begun.wait(30)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        threads.start(lambda: (begun.set(), let_go.wait(30)), "of-a-test")
    assert [thread.name for thread in threads.running()] == ["of-a-test"]
    let_go.set()
    threads.join(30)
    assert threads.running() == []


def test_one_whose_start_was_interrupted_before_it_began_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, done, begun = Threads(), threading.Event(), threading.Event()
    start, run = threading.Thread.start, threading.Thread.run
    late: list[threading.Thread] = []

    def held(thread: threading.Thread) -> None:
        begun.wait(30)
        run(thread)

    def interrupted(thread: threading.Thread) -> None:
        monkeypatch.setattr(thread, "run", lambda: held(thread))
        late.append(thread)
        start(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        threads.start(done.set, "of-a-test")
    assert threads.running() == []
    begun.set()
    late[0].join(30)
    assert not done.is_set()


def test_one_that_never_began_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Threads()

    def impossible(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as here:
        here.setattr(threading.Thread, "start", impossible)
        with pytest.raises(RuntimeError):
            threads.start(list, "of-a-test")
    threads.start(list, "of-a-test")
    threads.join(30)
    assert threads.running() == []
