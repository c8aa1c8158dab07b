"""What an explorer's table is sorted by: a figure, as the line says it, or a text of the rows shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from . import state as states
from .offer_lines import Column
from .state import OWN, State

_NONE, _UP, _DOWN = "none", "asc", "desc"


@dataclass(frozen=True)
class Sorting:
    """How the rows stand: by the state's own order, or by the cells of the column `title`."""

    order: str
    descending: bool
    title: str = ""
    backwards: bool = False

    def of(self, column: Column) -> str:
        """What the column's title shows."""
        if self.title:
            return (_DOWN if self.backwards else _UP) if column.title == self.title else _NONE
        if column.order is None or column.order != self.order:
            return _NONE
        return _DOWN if self.descending else _UP

    def sorted(self, rows: pd.DataFrame, columns: list[Column]) -> pd.DataFrame:
        """The rows as they are, or by the cells of its column."""
        cells = next((column.cells for column in columns if column.title == self.title), None)
        if not self.title or cells is None or len(cells) != len(rows):
            return rows
        places = sorted(range(len(rows)), key=lambda place: cells[place].casefold(), reverse=self.backwards)
        return rows.iloc[places]


def of(state: State, title: str = "", *, backwards: bool = False) -> Sorting:
    """How a state's rows stand; by the column `title`, where there is one."""
    by = states.ranking_of(state).by
    return Sorting(by.text if by else "", state.ranking.descending, title, backwards)


def clicked(state: State, column: Column) -> State:
    """The state after the title of a column of figures was clicked: by it, or the other way round."""
    assert column.order is not None  # noqa: S101 - of texts the state knows nothing
    now = of(state)
    if now.order == column.order:
        return replace(state, ranking=replace(state.ranking, descending=not now.descending))
    fresh = replace(state, ranking=replace(state.ranking, descending=False))
    if not column.order:
        is_a_columns = state.texts.get("by", "").isidentifier()
        return replace(fresh, order="", texts={**state.texts, "by": ""} if is_a_columns else state.texts)
    return replace(fresh, order=OWN, texts={**state.texts, "by": column.order})
