"""The picture of one of our frames: its table, the line above it and those below.

A listing that still has its columns is drawn in the order of reading, under a person's words. Whatever else was made
of it is drawn as it is: its own names, its index with its names, all levels of both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mist_notebook.records.provider_names import called

from . import caption, figures, headers
from .folding import Folded, folded, is_constant, is_plain
from .frame_axes import index_cells, titles
from .view import Table
from .wanted import Wanted, wanted

if TYPE_CHECKING:
    import pandas as pd

_MONEY = ("price_", "cost_")
_MONEY_OF = ("_hourly", "_monthly", "total")  # in whatever currency: eur_hourly
_MONTHS = ("_monthly", "total")
_PER = "_per_"  # what df.mist.per adds: usd_per_vcpus
_OF_AN_HOUR, _OF_A_MONTH = 4, 2  # decimals that a price has at least


@dataclass(frozen=True)
class Picture:
    """`names` are the table's columns as the frame has them, `more` those that the table hasn't.

    `added` are those that a person added or asked for.
    """

    table: Table
    above: str
    below: tuple[str, ...]
    names: tuple[str, ...]
    more: tuple[str, ...]
    added: frozenset[str]
    is_listing: bool
    is_worked_on: bool
    wanted: Wanted


def picture(frame: pd.DataFrame) -> Picture:
    """What is to be seen of the frame, as pandas' display is set now."""
    about, want = frame.attrs["mist"], wanted()
    listed = folded(frame, about)
    if listed is not None and {*frame.columns} <= {*about.get("asked", [])}:
        want = replace(want, are_columns_asked=True, columns=None)
    if listed is not None and want.are_columns_asked:
        listed = Folded(drawn=tuple(frame.columns), rates=listed.rates, own=listed.own)
    shown = frame if listed is None else frame[list(listed.drawn)]
    rows = want.shown_rows(len(shown), about.get("limit") or about.get("rows"))
    most = shown.shape[1] if want.columns is None else want.columns
    names = tuple(map(str, shown.columns))
    return Picture(
        _table(shown.iloc[:rows, :most], listed, want, _currency(frame)),
        caption.above(frame, about, listed),
        tuple(caption.below(frame, about, listed, rows)),
        names[:most],
        (*names[most:], *(listed.hidden if listed else ())),
        listed.added if listed else frozenset(),
        listed is not None,
        bool(listed and listed.added - listed.own),
        want,
    )


def _table(frame: pd.DataFrame, listed: Folded | None, want: Wanted, currency: str | None) -> Table:
    """The frame as text, the levels of its index before its columns."""
    names = [str(name) for name in frame.columns]
    keys, left = index_cells(frame.index, want)
    header, over = titles(frame, want)
    hints: tuple[str, ...] = ()
    if listed is not None:
        words = [
            _header(name, currency, column) if name in listed.own else name
            for name, column in zip(names, (frame[name] for name in names), strict=True)
        ]
        header = (*header[: len(keys)], *words)
        hints = tuple("" if name == word else name for name, word in zip(names, words, strict=True))
    columns = [frame.iloc[:, place] for place in range(len(names))]
    drawn = [_cells(column, name, want, listed, is_plain(frame)) for column, name in zip(columns, names, strict=True)]
    return Table(
        header=header,
        rows=tuple(zip(*keys, *drawn, strict=True)),
        left=(*left, *(not figures.is_figures(column) for column in columns)),
        keys=len(keys),
        above=over,
        hints=("",) * len(keys) + hints if hints else (),
        whole=(True,) * len(keys) + tuple(map(headers.is_whole, names)),
    )


def _header(name: str, currency: str | None, column: pd.Series[Any]) -> str:
    """A column of ours in a person's words; times of day are UTC's in a frame, which is said."""
    word = headers.header(name, currency)
    return f"{word} UTC" if column.dtype.kind == "M" and figures.has_times(column) else word


def _cells(column: pd.Series[Any], name: str, want: Wanted, listed: Folded | None, is_plain: bool) -> list[str]:
    """The column as text; a price that nobody gave is unknown, of a rate or a place without one there is nothing."""
    is_money = name.startswith(_MONEY) or name.endswith(_MONEY_OF)
    is_rate = _PER in name or (listed is not None and name in listed.rates)
    least = _OF_A_MONTH if name.endswith(_MONTHS) else _OF_AN_HOUR if is_money or is_rate else 0
    missing = "unknown" if is_money and not is_rate and is_plain else figures.UNKNOWN
    if name == "provider" and listed is not None and listed.names_providers:
        column = column.map(lambda value: called(value) if isinstance(value, str) else value)
    return figures.cells(column, want, least=least if figures.is_figures(column) else 0, missing=missing)


def _currency(frame: pd.DataFrame) -> str | None:
    """The currency of all the prices; `None` where they have none, or several."""
    if "currency" not in frame.columns or frame.columns.nlevels > 1 or not frame.columns.is_unique:
        return None
    known = frame["currency"].dropna()
    return str(known.iloc[0]) if len(known) and is_constant(known) else None
