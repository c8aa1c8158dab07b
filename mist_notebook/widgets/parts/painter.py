"""The one thread that sets a widget's traits: drawn when something has changed, and each second while it is live.

State is changed by whoever learns of it, on any thread, under a lock; `poke` then has it drawn. There is no thread
while nothing is live and nothing is due.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from mist_notebook.ground.threads import join_newest

from .thread_context import carried

_EVERY_S = 1.0
_REST_S = 0.2


def never() -> bool:
    """For what has no figure that ticks."""
    return False


class Painter:
    """Calls `draw`, never twice at once and at most five times a second; `is_live` says whether a figure ticks.

    To be made where a cell or a click runs, not on a thread of one's own.
    """

    def __init__(self, draw: Callable[[], object], *, name: str, is_live: Callable[[], bool] = never) -> None:
        self._draw = draw
        self._name = name
        self._is_live = is_live
        self._paint_here = carried(self._paint_one)
        self._changed = threading.Condition()
        self._drawing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_at_work = False
        self._is_due = False
        self._is_closed = False

    def poke(self) -> None:
        """Something has changed: have it drawn, soon; nothing after `close`."""
        with self._changed:
            if self._is_closed:
                return
            self._is_due = True
            if not self._is_at_work:
                self._is_at_work = True
                self._thread = threading.Thread(target=self._paint, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def paint_now(self) -> None:
        """Draw on the caller's thread: before it is shown, and after `close`."""
        self._paint_one()

    def join(self) -> None:
        """Wait until nothing is live and everything is drawn; its thread has ended then."""
        join_newest(self._started)

    def close(self) -> None:
        """Draw no more; its thread has ended when this returns, and everything that was due is drawn."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self.join()

    def _started(self) -> threading.Thread | None:
        with self._changed:  # a thread is started before this is let go
            return self._thread

    def _paint(self) -> None:
        try:
            while self._is_to_draw():
                self._paint_here()
                with self._changed:
                    self._changed.wait_for(lambda: self._is_closed, _REST_S)
        except BaseException:
            with self._changed:
                self._is_at_work = False
            raise

    def _paint_one(self) -> None:
        with self._drawing:
            self._draw()

    def _is_to_draw(self) -> bool:
        """Wait until something is due, or a second has passed while it is live; `False` where the thread can end."""
        with self._changed:
            pause_s = _EVERY_S if self._is_live() else 0.0
            self._changed.wait_for(lambda: self._is_due or self._is_closed, pause_s)
            is_to_draw = self._is_due or (self._is_live() and not self._is_closed)
            self._is_due = False
            self._is_at_work = is_to_draw
            return is_to_draw
