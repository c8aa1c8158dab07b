"""The explorer of sizes and prices: filters, a count, a list, a chart and the line that gives the frame, of one state.

A filter that changes gives the next state at once, on any thread; one worker answers the newest state, at most five
times a second, and draws it. What has to ask a server is an errand of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from mist_notebook.charts import Chart
from mist_notebook.client.notebook.makeable import Makeable, makeables, refuse
from mist_notebook.display.page import Page
from mist_notebook.ground.errors import MistError
from mist_notebook.prices.known import offers
from mist_notebook.prices.known.offers import CURRENT
from mist_notebook.prices.wishes.wish import Wish
from mist_notebook.widgets.form.form import Form
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.errands import Errands
from mist_notebook.widgets.parts.painter import Painter
from mist_notebook.widgets.parts.record import HasPage, Record, is_terminal, show_widget, tell_terminal
from mist_notebook.widgets.parts.thread_context import carried

from . import page
from .state import answer as answers
from .state import choices, offer_lines, sorting
from .state import state as states
from .state.answer import Answer, World
from .state.offer_lines import Column
from .state.sorting import Sorting
from .state.state import State
from .view import CHART, CLEAR, PROVISION, RELAX, Acts, ExplorerView

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

_INSTEAD = (
    "The explorer of sizes and prices, made of widgets: run the cell again, with a kernel. What it showed follows."
)
_FORM_OPEN = "The form is open below, with this size chosen."


class Explorer(HasPage):
    """One explorer. `frame` is what its line gives, `selected` the offer that is picked, `form` what it was handed to.

    Raises what the first state can't be answered with.
    """

    def __init__(self, session: Session, world: World, state: State, *, notes: Sequence[str] = ()) -> None:
        self._session, self._world = session, world
        self._makeables = makeables(session, world.snapshot)
        offered = choices.of(world.offers, world.day)
        state = states.with_wish(state, offered.in_our_words(states.wish_of(state)))
        self._lock = threading.Lock()
        self._answering = threading.Lock()
        self._state, self._axis, self._key = state, answers.AXES[0][1], ""
        self._column, self._backwards = "", False
        self._chart: Chart | MistError | None = None
        self._answer = answers.answered(world, state)
        self._tried: tuple[State, MistError | None] = (state, None)
        self._charted: tuple[Answer | None, str] = (None, "")
        self._is_closed = False
        self._forms: list[Form] = []
        self._record = Record()
        self._errands = Errands(self._poke, name="mist-explore-form")
        self._view = ExplorerView(
            offered,
            self._answer,
            title=style.title(_title(world), sandbox=world.sandbox),
            notes=notes,
            acts=Acts(self._changed, self._picked, self._clicked, self._made, self._sorted),
        )
        self.widget = self._view.widget
        self._record.hide_beside(self.widget)
        self._painter = Painter(self._draw, name="mist-explore")
        self._painter.paint_now()
        session.page.keep(self)

    @property
    def frame(self) -> pd.DataFrame:
        """The current frame, as the line gives it: as the filters stand, drawn or not."""
        return self._current()[0].frame.copy()

    @property
    def line(self) -> str:
        """The `%mist compare` line that gives the frame."""
        return self._current()[0].line

    @property
    def selected(self) -> pd.Series[Any] | None:
        """The offer that is picked, in the table or the chart; `None` where none is, or it fits no longer."""
        return _offer(self._row(self._current()[0]))

    @property
    def form(self) -> Form | None:
        """The newest form that an offer was handed to."""
        return self._forms[-1] if self._forms else None

    def page(self) -> Page:
        """What it shows, for a notebook without its kernel."""
        return page.of(self._current()[0])

    def join(self) -> None:
        """Wait until everything is answered and drawn."""
        self._errands.join()
        self._painter.join()

    def go_on(self) -> None:
        """There is another login: it needs none."""

    def settle(self, seconds: float) -> None:
        """Nothing of it is left once it is closed."""

    def close(self) -> None:
        """End its threads; nothing on it does anything from now on. Its frame stays."""
        self._errands.close()
        with self._lock:
            self._is_closed = True
        self._painter.close()
        self._view.close()

    def __repr__(self) -> str:
        return f"<Explorer: {self.line}>"

    def _ipython_display_(self) -> None:
        if is_terminal():
            return tell_terminal("explorer", self.line)
        show_widget(self.widget, _INSTEAD)
        self._record.show(self.page())

    # ------------------------------------------------------------------------------------------- on whatever thread

    def _changed(self, name: str, chosen: Any) -> None:
        """The page chose something: note it, and have whatever else that changes stand so too."""
        if name == CHART:
            self._axis = chosen
        else:
            self._step(lambda state: states.put(state, name, chosen), source=name)
        self._poke()

    def _step(self, change: Any, *, source: str = "") -> None:
        with self._lock:
            if self._is_closed:
                return
            before = self._state
            self._state = after = change(before)
        moved = {name for name in states.FILTERS if states.value(before, name) != states.value(after, name)}
        self._view.filters.show(after, moved, but=source)

    def _sorted(self, column: Column) -> None:
        """The title of a column was clicked: a figure is what the line goes by, a text sorts the rows shown."""
        if column.order is None:
            with self._lock:
                is_again = self._column == column.title
                self._column, self._backwards = column.title, is_again and not self._backwards
        else:
            with self._lock:
                self._column = ""
            self._step(lambda state: sorting.clicked(state, column))
        self._poke()

    def _made(self, offer: Any) -> Makeable:
        return self._makeables.of(offer)

    def _picked(self, key: str) -> None:
        with self._lock:
            self._key = key
        self._poke()

    def _clicked(self, key: str) -> None:
        if key == PROVISION:
            self._errands.start("Looking for a backend that has it …", carried(self._open_form))
        elif key == CLEAR:
            self._step(lambda state: states.with_wish(state, Wish()))
        elif key == RELAX and (miss := self._answer.miss):
            self._step(lambda state: states.with_wish(state, miss.relaxed))
        self._poke()

    def _poke(self) -> None:
        self._painter.poke()

    def _current(self) -> tuple[Answer, MistError | None]:
        """The answer to the newest state; the last good one, and why, where that can't be answered."""
        with self._lock:
            state = self._state
        with self._answering:
            if self._tried[0] is not state:
                try:
                    self._answer, trouble = answers.answered(self._world, state), None
                except MistError as error:
                    trouble = error
                self._tried = state, trouble
            return self._answer, self._tried[1]

    def _row(self, answer: Answer) -> pd.DataFrame | None:
        """The picked offer as a frame of one row."""
        drawn = self._chart.rows if isinstance(self._chart, Chart) and self._charted[0] is answer else None
        for rows in (answer.frame, answer.listed, drawn):
            if rows is not None and self._key in (keys := offer_lines.keys(rows)):
                return rows.iloc[[keys.index(self._key)]]
        return None

    def _rows(self, answer: Answer, picked: pd.DataFrame | None) -> pd.DataFrame:
        """What the table shows: the first that fit, and before them the picked one, where it is none of these."""
        rows = answer.listed.head(answers.MOST_LINES)
        if self._column:
            rows = self._sorting(answer).sorted(rows, offer_lines.table(rows))
        if picked is None or self._key in offer_lines.keys(rows):
            return rows
        return pd.concat([picked, rows])

    def _sorting(self, answer: Answer) -> Sorting:
        return sorting.of(answer.state, self._column, backwards=self._backwards)

    # -------------------------------------------------------------------------------------------- on the errand's

    def _open_form(self) -> str:
        """A form with the picked offer; raises where no backend has it."""
        from mist_notebook.widgets.form.state import fill

        offer = self.selected
        if offer is None:
            return ""
        backends = [backend.record for backend in self._session.client.backends.values()]
        self._makeables = makeables(self._session, self._world.snapshot)  # of the backends that are open by now
        refuse(self._session, offer, self._world.snapshot)
        made = self._made(offer)
        within = made.backends[0] if len(made.backends) == 1 else None
        begin = fill.of_row(offer, [one for one in backends if offers.belongs(one, self._world.snapshot)], within)
        self._forms = [*(form for form in self._forms if form.job is not None), Form(self._session, begin)]
        self._view.show_forms([form.widget for form in reversed(self._forms)])
        return f"{_FORM_OPEN} {made.why}".strip()

    # ------------------------------------------------------------------------------------------- on the painter alone

    def _draw(self) -> None:
        if self._is_closed:
            return
        try:
            self._draw_all()
        except Exception as error:
            self._view.fail(f"{type(error).__name__}: {error}")

    def _draw_all(self) -> None:
        answer, trouble = self._current()
        self._view.filters.say(self._tried[0])
        picked, outcome = self._row(answer), self._errands.outcome
        self._view.draw(answer, self._rows(answer, picked), self._sorting(answer), self._key, trouble)
        self._view.draw_chosen(answer, _offer(picked), self._errands.busy, outcome)
        asked = (answer, self._axis)
        if asked != self._charted and self._state is self._tried[0]:
            self._charted, self._chart = asked, answers.chart(*asked)
            self._view.draw_chart(self._chart, answers.drawn_line(answer, self._chart, self._axis), self._key)
            self._record.update(page.of(answer))


def _offer(picked: pd.DataFrame | None) -> pd.Series[Any] | None:
    return None if picked is None else picked.iloc[0]


def _title(world: World) -> str:
    return "Sizes and prices" if world.snapshot == CURRENT else f"Sizes and prices, snapshot {world.snapshot}"
