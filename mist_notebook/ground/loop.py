"""The one place where coroutines meet blocking code: an event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LoopThread:
    """An event loop that runs on a daemon thread until it is closed."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T], timeout_s: float | None = None) -> T:
        """The coroutine's result, waited for on the caller's thread; an interrupt or a timeout there cancels it."""
        call = _Call(coroutine)
        try:
            return self.submit(call.begin()).result(timeout_s)
        finally:
            with suppress(RuntimeError):  # the loop was closed meanwhile, which cancels everything
                self._loop.call_soon_threadsafe(call.cancel)

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """The coroutine's result to be; cancelling that cancels the coroutine."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Cancel what still runs, stop the loop and join its thread; more than once is fine."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._cancel_everything()
            self._loop.close()

    def _cancel_everything(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())


class _Call(Generic[T]):
    """A coroutine that can be cancelled before it begins: an interrupt may come while it is being handed over."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._task: asyncio.Task[Any] | None = None
        self._is_cancelled = False

    async def begin(self) -> T:
        """Run the coroutine, unless it was cancelled by now."""
        if self._is_cancelled:
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        return await self._coroutine

    def cancel(self) -> None:
        """Cancel it, whether it runs, is to begin, or has ended; on the loop's thread."""
        self._is_cancelled = True
        if self._task is None:
            self._coroutine.close()
        else:
            self._task.cancel()
