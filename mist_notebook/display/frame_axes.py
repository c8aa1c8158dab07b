"""The index of a frame and the names of its columns as text: every level, with its name, as pandas shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mist_notebook.ground.text import clean

from . import figures
from .wanted import Wanted

if TYPE_CHECKING:
    import pandas as pd


def index_cells(index: pd.Index[Any], want: Wanted) -> tuple[list[list[str]], list[bool]]:
    """Each level as a column of text, and whether it is words; of several levels a repeated label stands once."""
    levels = [index.get_level_values(place).to_series() for place in range(index.nlevels)]
    columns = [figures.cells(level, want) for level in levels]
    is_left = [not figures.is_figures(level) for level in levels]
    return (_sparse(columns) if index.nlevels > 1 else columns), is_left


def titles(frame: pd.DataFrame, want: Wanted) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The header, and the lines above it: names of the index and of the columns' levels stand as pandas has them."""
    columns, keys = frame.columns, _names(frame.index, want)
    levels = [[figures.cell(label, want) for label in columns.get_level_values(n)] for n in range(columns.nlevels)]
    over = _names(columns, want)
    if columns.nlevels == 1 and not over[0]:
        return (*keys, *levels[0]), ()
    shown = _sparse(levels) if columns.nlevels > 1 else levels
    lines = [(*("",) * (len(keys) - 1), name, *labels) for name, labels in zip(over, shown, strict=True)]
    if any(keys):
        lines.append((*keys, *("",) * len(columns)))
    return lines[-1], tuple(lines[:-1])


def _names(axis: pd.Index[Any], want: Wanted) -> list[str]:
    return ["" if name is None else clean(str(name), want.cell) for name in axis.names]


def _sparse(columns: list[list[str]]) -> list[list[str]]:
    """The levels without the labels that the line before has too; the last level is whole."""
    rows = list(zip(*columns, strict=True))
    found = [list(column) for column in columns]
    for place in range(1, len(rows)):
        for level in range(len(columns) - 1):
            if rows[place][level] != rows[place - 1][level]:
                break
            found[level][place] = ""
    return found
