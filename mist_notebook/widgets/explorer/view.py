"""How an explorer looks: its head, filters and count, the list of offers, the reasons, the line, forms and the chart.

Everything is drawn on one thread, from an answer as a whole, so that count, list and line always say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets

from mist_notebook.charts import Chart
from mist_notebook.client.notebook.makeable import SAYS, Makeable
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.text import escape_html
from mist_notebook.widgets.lists.chooser import OUTSIDE_A_KERNEL
from mist_notebook.widgets.lists.row_list import RowList
from mist_notebook.widgets.parts import front_end, style
from mist_notebook.widgets.parts.errands import Outcome
from mist_notebook.widgets.parts.one_click import Label, Offer, OneClick

from .chart_view import ChartView
from .controls import Choice, Tell
from .filters import Filters
from .state import offer_lines
from .state.answer import AXES, Answer, count_line, misses
from .state.choices import Choices
from .state.offer_lines import Column
from .state.sorting import Sorting

if TYPE_CHECKING:
    import pandas as pd

PROVISION, CLEAR, RELAX = "provision", "clear", "relax"
CHART = "chart"
_LINES_IN_SIGHT = 12
_CLOSED = "Its session is closed, so nothing here works any more. Run the cell again."
_PICK = "Pick a row, to make a machine of that size."
_NOTHING = "–"
_CLEAR = Label("Clear filters", "Clear every filter; rows and order stay", lasting=True)
_PROVISION = Label("Provision this size …", "Open the form with this size chosen", lasting=True, kind="primary")


@dataclass(frozen=True)
class Acts:
    """What a person can do: choose in a filter, pick an offer, click a button; on any thread, with no lock held.

    `made` tells whether an offer can be made here, and asks nobody; `sort` gets a column whose title was clicked.
    """

    tell: Tell
    pick: Callable[[str], object]
    click: Callable[[str], object]
    made: Callable[[Any], Makeable]
    sort: Callable[[Column], object]


class ExplorerView:
    """The widgets of one explorer."""

    def __init__(self, choices: Choices, answer: Answer, *, title: str, notes: Sequence[str], acts: Acts) -> None:
        self._choices, self._made = choices, acts.made
        self._drawn: tuple[Any, ...] = ()
        self._answers = 0
        self.filters = Filters(choices, answer.state, acts.tell)
        self._count = style.markup("", "mist-explore-count")
        self._actions = OneClick(acts.click, name="mist-explore")
        self._columns: list[Column] = []
        self._sort = acts.sort
        self._rows = RowList(
            "Offers that fit",
            acts.pick,
            rows=_LINES_IN_SIGHT,
            css="mist-explore-list",
            columns=(),
            on_sort=self._titled,
        )
        self._why = style.markup("", "mist-explore-why")
        self._chosen = style.markup("", "mist-explore-chosen")
        self._next = OneClick(acts.click, name="mist-explore")
        self._said = style.markup("", "mist-explore-outcome")
        self._form = ipywidgets.VBox(_dom_classes=["mist-explore-form"])
        self._line = style.markup("", "mist-explore-line")
        self._axis = Choice(CHART, "Chart by", AXES, acts.tell)
        self._axis.show(AXES[0][1])
        self._chart = ChartView(acts.pick)
        bar = ipywidgets.HBox(
            [self.filters.toggle, self._actions.widget, self._count],
            _dom_classes=["mist-explore-bar"],
        )
        hand_over = ipywidgets.HBox([self._next.widget, self._chosen], _dom_classes=["mist-explore-bar"])
        left = ipywidgets.VBox([self._rows.widget, self._why, hand_over, self._said, self._form, self._line])
        right = ipywidgets.VBox([self._axis.widget, self._chart.widget])
        self.widget = style.root(
            style.markup(title + "".join(map(style.message, notes)), "mist-explore-title"),
            style.markup(style.message(OUTSIDE_A_KERNEL, error=True), "mist-explore-dead"),
            self.filters.widget,
            bar,
            ipywidgets.Box([left, right], _dom_classes=["mist-explore-results"]),
        )
        self.widget.add_class("mist-explore")

    def draw(
        self, answer: Answer, rows: pd.DataFrame, sorting: Sorting, chosen: str, trouble: MistError | None
    ) -> None:
        """Show this answer and these rows of it, or why there is none to the newest question."""
        if (answer, sorting, chosen, trouble) == self._drawn:
            return
        self._answers += not self._drawn or answer is not self._drawn[0]
        self._drawn = answer, sorting, chosen, trouble
        said = f"{trouble.message} {trouble.hint}" if trouble else count_line(answer, self._choices)
        self._count.value = f'<div aria-live="polite">{style.message(said, error=bool(trouble))}</div>'
        self._fill(rows, sorting, chosen)
        self._chart.mark(chosen)
        self._why.value = _reasons(answer)
        self._actions.draw(Offer({CLEAR: _CLEAR}))
        self._line.value = f"<span>The line for the same frame:</span>{style.code(answer.line)}"

    def fail(self, why: str) -> None:
        """What can't be drawn at all; everything else stands as it did."""
        self._count.value, self._drawn = style.message(why, error=True), ()

    def draw_chosen(self, answer: Answer, offer: Any, busy: str, outcome: Outcome) -> None:
        """The chosen offer, and what became of handing it to the form."""
        self._offer_next(answer, is_off=offer is None or bool(busy))
        self._chosen.value = (
            _picked(offer, self._made(offer)) if offer is not None else style.message("" if answer.miss else _PICK)
        )
        said = busy or f"{outcome.text} {outcome.hint}".strip()
        self._said.value = style.message(said, error=outcome.failed) if said else ""

    def draw_chart(self, chart: Chart | MistError, said: str, chosen: str) -> None:
        """The chart, or why there is none; and what stands under it."""
        self._chart.draw(chart, said, chosen)

    def show_forms(self, forms: Sequence[Any]) -> None:
        """Put the widgets of forms under the list."""
        self._form.children = tuple(forms)

    def close(self) -> None:
        """Nothing on it does anything from now on, and it says so."""
        self.filters.close()
        self._rows.widget.disabled = True
        self._count.value = style.message(_CLOSED)
        for buttons in (self._actions, self._next):
            buttons.draw(Offer({}))

    def _titled(self, place: int) -> None:
        """The title of the column at that place was clicked."""
        columns = self._columns
        if 0 <= place < len(columns):
            self._sort(columns[place])

    def _offer_next(self, answer: Answer, *, is_off: bool) -> None:
        """What can be done with the answer: a machine of the picked size, or where nothing fits less to ask for."""
        if answer.miss is None:
            self._next.draw(Offer({PROVISION: _PROVISION}, busy=is_off))
        else:
            label = Label(f"Ask {misses(answer.miss)} instead", "Then the nearest one fits", kind="primary")
            self._next.draw(Offer({RELAX: label}, self._answers))

    def _fill(self, rows: pd.DataFrame, sorting: Sorting, chosen: str) -> None:
        if not len(rows):
            self._columns = []
            self._rows.say(_NOTHING)
            return
        made = [self._made(row).here for row in rows[list(SAYS)].to_dict("records")]
        self._columns = offer_lines.table(rows, made)
        heads = [(one.title, one.kind, one.unit, sorting.of(one)) for one in self._columns]
        cells = list(zip(*(column.cells for column in self._columns), strict=True))
        self._rows.fill(cells, offer_lines.keys(rows), chosen, columns=heads)


def _reasons(answer: Answer) -> str:
    """Why it is this answer; what can be typed stands as a line."""
    told = [line for line in answer.why if not (line.startswith("%mist ") and front_end.is_app())]
    lines = "".join(style.code(line) if line.startswith("%mist ") else _sentence(line) for line in told)
    return f'<div class="mist-explore-reasons">{lines}</div>'


def _sentence(line: str) -> str:
    return f"<div>{escape_html(front_end.said(line))}</div>"


def _picked(offer: Any, made: Makeable) -> str:
    return f'<div class="mist-message">✓ {escape_html(front_end.said(offer_lines.sentence(offer, made)))}</div>'
