"""Choosing one of many records: what is common to images and sizes, and knows of neither.

Whoever calls, a page, a form or a worker, only notes what is to be drawn. One worker draws the newest of it, and sets
nothing but traits. What is chosen stays in sight, whether it is found or not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import ipywidgets

from mist_notebook.ground.text import clean
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.newest import Newest
from mist_notebook.widgets.parts.record import show_widget

_TOLD_LIMIT = 300
OUTSIDE_A_KERNEL = "This needs a running kernel: run the cell again."


class View(Protocol):
    """What shows the records, and is picked from."""

    widget: Any

    @property
    def ids(self) -> tuple[str, ...]: ...

    def say(self, line: str) -> None: ...

    def mark(self, chosen: str | None) -> None: ...


class Named(Protocol):
    """A record that can be chosen."""

    @property
    def id(self) -> str: ...


Record = TypeVar("Record", bound=Named)
Wish = TypeVar("Wish")


@dataclass(frozen=True)
class State(Generic[Record, Wish]):
    """What is to be drawn. `left_out` says why records aren't offered, and how many.

    `listing` counts the changes of all that the list depends on: a pick in it isn't one.
    """

    wish: Wish
    records: Sequence[Record] = ()
    chosen: Record | None = None
    wanted: str | None = None
    is_loading: bool = False
    waiting: str = ""
    error: str = ""
    left_out: tuple[tuple[str, int], ...] = ()
    listing: int = 0

    @property
    def chosen_id(self) -> str | None:
        """The id of what is chosen."""
        return self.chosen.id if self.chosen else None


class Chooser(Generic[Record, Wish]):
    """One choice. `widget` is to stand under `style.root`; shown by itself it brings one.

    Any method may be called on any thread. A callback comes on any thread, with no lock held.
    """

    def __init__(self, wish: Wish, *, what: str, css: str) -> None:
        self._lock = threading.Lock()
        self._state: State[Record, Wish] = State(wish)
        self._listed = 0
        self._callbacks: list[Callable[[str], object]] = []
        self.entered: Callable[[], object] = bool  # when a person is done with it: Enter, or a double click
        self.left: Callable[[], object] = bool  # and when they leave it as it is: Escape
        self._worker = Newest(self._draw, name=css)
        self._count = style.markup(style.message(""), f"mist-{what}-count")
        self._chosen = style.markup(style.message(f"No {what} is chosen yet."), f"mist-{what}-chosen")
        self.widget = ipywidgets.VBox(_dom_classes=["mist-chooser", css])

    @property
    def value(self) -> str | None:
        """The id of what is chosen; `None` while nothing is."""
        return self._state.chosen_id

    def on_change(self, callback: Callable[[str], object]) -> None:
        """Call this with the id that a person picks; not for what a method here does."""
        self._callbacks.append(callback)

    def set_loading(self) -> None:
        """The records are asked for: what is typed and chosen is kept, and counts once they are there."""
        self._clear(is_loading=True, waiting="", error="")

    def set_waiting(self, text: str = "") -> None:
        """There can't be any records yet; `text` says what is needed first."""
        self._clear(is_loading=False, waiting=text, error="")

    def set_error(self, text: str) -> None:
        """The records couldn't be had; `text` says why."""
        self._clear(is_loading=False, waiting="", error=text)

    def choose(self, record_id: str | None) -> None:
        """Choose this one, without a callback; an id that isn't listed waits for the records that are being read."""
        with self._lock:
            if record_id == (self._state.chosen_id or self._state.wanted):
                return
            chosen = by_id(self._state.records, record_id)
            wanted = record_id if chosen is None and not self._state.records else None
            if (chosen, wanted) != (self._state.chosen, self._state.wanted):
                self._change(chosen=chosen, wanted=wanted)

    def pick(self, place: int) -> None:
        """As a person does who picks this row of the list, from 0; a row that isn't there changes nothing."""
        ids = self._view().ids
        if 0 <= place < len(ids):
            self._picked(ids[place])
        else:
            self._worker.poke()

    def join(self) -> None:
        """Wait until everything is drawn."""
        self._worker.join()

    def close(self) -> None:
        """Draw no more; its thread has ended when this returns. Not to be called with a lock that a callback takes."""
        self._worker.close()

    def _ipython_display_(self) -> None:
        show_widget(style.root(self.widget), OUTSIDE_A_KERNEL)

    def _set_records(
        self,
        records: Sequence[Record],
        *,
        loading: bool,
        wish: Callable[[Wish], Wish] = lambda wish: wish,
        left_out: tuple[tuple[str, int], ...] = (),
    ) -> None:
        """These are the records: what was chosen or wanted is kept if it is one of them, or may yet come."""
        with self._lock:
            wanted = self._state.chosen_id or self._state.wanted
            chosen = by_id(records, wanted)
            still_wanted = wanted if loading and chosen is None else None
            self._change(
                records=records,
                chosen=chosen,
                wanted=still_wanted,
                wish=wish(self._state.wish),
                is_loading=loading,
                left_out=left_out,
                waiting="",
                error="",
            )

    def _set_wish(self, wish: Callable[[Wish], Wish]) -> None:
        """Something else is looked for."""
        with self._lock:
            self._change(wish=wish(self._state.wish))

    def _picked(self, record_id: str) -> None:
        """A person picked this one."""
        with self._lock:
            chosen = by_id(self._state.records, record_id)
            if chosen is None or chosen == self._state.chosen:
                return
            self._state = replace(self._state, chosen=chosen, wanted=None)
        self._worker.poke()
        for callback in self._callbacks:
            callback(record_id)

    def _clear(self, **about: Any) -> None:
        with self._lock:
            wanted = self._state.chosen_id or self._state.wanted
            self._change(records=(), chosen=None, wanted=wanted, **about)

    def _change(self, **changes: Any) -> None:
        """The list is to be drawn anew; the lock is held."""
        self._state = replace(self._state, listing=self._state.listing + 1, **changes)
        self._worker.poke()

    def _draw(self) -> bool:
        """The worker's turn; whether there was another list to draw."""
        before, state = self._listed, self._state
        try:
            self._set(state)
        except Exception as error:
            told = f"This list can't be shown: {type(error).__name__}: {error}"
            self._count.value = style.message(clean(told, _TOLD_LIMIT), error=True)
        return before != state.listing

    def _set(self, state: State[Record, Wish]) -> None:
        """Set what has changed; what is outdated by then is left to the next turn."""
        if self._listed != state.listing:
            self._list(state)
            self._listed = state.listing
        self._view().mark(state.chosen_id)
        self._about(state)

    def _is_outdated(self, state: State[Record, Wish]) -> bool:
        """Whether the list would be another by now: the worker's next turn will draw that."""
        return self._state.listing != state.listing

    def _view(self) -> View:
        """What shows the records by now."""
        raise NotImplementedError

    def _list(self, state: State[Record, Wish]) -> None:
        """Fill the list."""
        raise NotImplementedError

    def _about(self, state: State[Record, Wish]) -> None:
        """Draw what is beside the list."""
        raise NotImplementedError


def by_id(records: Sequence[Record], record_id: str | None) -> Record | None:
    """The record of this id."""
    return next((record for record in records if record.id == record_id), None) if record_id else None
