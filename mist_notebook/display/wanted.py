"""What a person has asked of pandas' own display options, which our pictures honour; where they kept still, our choice.

An option that stands at pandas' default was not asked for: then frames of ours show more rows and longer cells than
pandas, and as many columns as matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .view import terminal_width

_PANDAS_ROWS, _PANDAS_ROWS_OF_MANY, _PANDAS_CELL, _PANDAS_WIDTH = 60, 10, 50, 80
_PANDAS_COLUMNS = (0, 20)  # in a terminal, in a notebook
_ROWS_OF_MANY = 20
_CELL = 256
_COLUMNS = 100  # where nothing else was asked for: a page scrolls sideways, and a terminal takes what it has room for
_MOST_ASKED = 1000  # rows of `--limit`: more than that is a frame to work with, not one to look at


@dataclass(frozen=True)
class Wanted:
    """How much is shown, and how figures look. `None` is no limit."""

    precision: int = 6
    float_format: Callable[[float], str] | None = None
    rows: int | None = _PANDAS_ROWS
    rows_of_many: int | None = _ROWS_OF_MANY
    columns: int | None = _COLUMNS
    are_columns_asked: bool = False
    cell: int | None = _CELL
    width: int | None = 120

    def shown_rows(self, there: int, asked: Any = None) -> int:
        """How many of so many rows are drawn; `asked` is the number that the person's own line gave."""
        whole = self.rows
        if isinstance(asked, int) and whole is not None:
            whole = max(whole, min(asked, _MOST_ASKED))
        if whole is None or there <= whole:
            return there
        return min(there, whole, self.rows_of_many or whole)


def wanted() -> Wanted:
    """The options as they are now."""
    from pandas import get_option

    rows, of_many = get_option("display.max_rows"), get_option("display.min_rows")
    columns, cell = get_option("display.max_columns"), get_option("display.max_colwidth")
    are_asked = columns not in _PANDAS_COLUMNS
    return Wanted(
        precision=get_option("display.precision"),
        float_format=get_option("display.float_format"),
        rows=_PANDAS_ROWS if rows == 0 else rows,
        rows_of_many=_ROWS_OF_MANY if of_many == _PANDAS_ROWS_OF_MANY else of_many,
        columns=columns if are_asked else _COLUMNS,
        are_columns_asked=are_asked,
        cell=_CELL if cell == _PANDAS_CELL else cell,
        width=_width(get_option("display.width"), is_one_line=not get_option("display.expand_frame_repr")),
    )


def _width(said: int | None, *, is_one_line: bool) -> int | None:
    if is_one_line:
        return None
    return said if said not in (None, 0, _PANDAS_WIDTH) else terminal_width()
