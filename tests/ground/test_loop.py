"""Where coroutines meet blocking code: what is interrupted ends, however early the interrupt came."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mist_notebook.ground.loop import LoopThread, _Call


def test_a_call_that_is_cancelled_before_it_begins_never_begins() -> None:
    begun: list[bool] = []

    async def work() -> None:
        begun.append(True)

    call = _Call(work())
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(call.begin())
    assert begun == []


def test_a_waiting_that_takes_too_long_cancels_what_it_waits_for() -> None:
    loop = LoopThread("test-loop")
    begun, ended = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    for timeout_s in (0.01, 0.1, 1, 10):  # what didn't even begin in that time never does
        with pytest.raises(TimeoutError):
            loop.run(work(), timeout_s)
        if begun.is_set():
            break
    assert ended.wait(30)
    loop.close()


def test_closing_ends_what_still_runs_and_the_thread() -> None:
    loop = LoopThread("test-loop")
    cancelled = loop.submit(asyncio.Event().wait())
    loop.close()
    loop.close()
    assert cancelled.cancelled()
    assert "test-loop" not in {thread.name for thread in threading.enumerate()}
