"""A frame as a file: CSV that no spreadsheet computes with, Parquet, or a page; never in another file's place unasked.

A spreadsheet takes text for a formula that begins with `= + - @`, their wide forms, `|` or `%`, white space before it
or not, or with a tab or a line's end; and what follows `; ,` or a quote begins a cell where another sign parts cells.
There the text gets a `'`, one more where it had some: `read_csv` takes just that away, so that the file gives back the
frame. Numbers are written with all their digits.
"""

from __future__ import annotations

import csv
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.files import named
from mist_notebook.records.columns import DAY, FIGURE, FLAG, OFFERS, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

GUARD = "'"
PREFIXES: tuple[str, ...] = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
)
PREFIXES += ("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}", "\N{MINUS SIGN}", "|", "%")
_CELL = r"(?:^|(?<=[;,\"\t\r\n]))"
_FORMULA = rf"(?:(?![\t\r\n])[\s\0\ufeff\u200b])*[{re.escape(''.join(PREFIXES))}]"
_BARE = re.compile(rf"{_CELL}(?={GUARD}*{_FORMULA})")
_GUARDED = re.compile(rf"{_CELL}{GUARD}(?={GUARD}*{_FORMULA})")
_FORMS = "Name a file that ends in .csv, .parquet or .html: offers.csv"
_INSTEAD = "Name another file, or add --force to replace it."


def save(frame: pd.DataFrame, path: str | Path, *, force: bool = False) -> Path:
    """Write the frame, by the end of the file's name as CSV, Parquet or a page, and say where.

    Raises BadValueError, and changes nothing, where the name, the folder or the frame won't do, where the file is there
    already and `force` is not given, or where Parquet's library is missing.
    """
    target = check(path, force=force)
    named.write(target, WRITERS[target.suffix.casefold()](frame), force=force, instead=_INSTEAD)
    return target


def check(path: str | Path, *, force: bool = False) -> Path:
    """The file of that name, if it can be written. Raises BadValueError as `save` does, for all but the frame."""
    target = named.checked(path, WRITERS, forms=_FORMS, force=force, instead=_INSTEAD)
    if target.suffix.casefold() == ".parquet":
        _need_pyarrow()
    return target


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV in UTF-8, without its index; texts and column names are guarded."""
    plain = pd.DataFrame({place: _guarded(frame.iloc[:, place]) for place in range(frame.shape[1])})
    plain.columns = pd.Index([guard(str(name)) for name in frame.columns])
    text = plain.to_csv(index=False, lineterminator="\r\n")  # so that a lone CR in a text is quoted too
    return text.encode("utf-8", errors="backslashreplace")


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as Parquet, without its index. Raises BadValueError where pyarrow isn't installed."""
    _need_pyarrow()
    buffer = BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()


def _need_pyarrow() -> None:
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise BadValueError(
            "Parquet needs the package pyarrow, which is not installed.",
            "Run %pip install pyarrow, or name a file that ends in .csv.",
        )


def html_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as a page of its own: filters, a table and a chart, without a server. Raises BadValueError."""
    from .html import page_bytes

    return page_bytes(frame)


WRITERS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    ".csv": csv_bytes,
    ".parquet": parquet_bytes,
    ".html": html_bytes,
}


def read_csv(path: str | Path) -> pd.DataFrame:
    """The frame that `save` wrote as CSV: columns of offers with their dtypes, guards taken away again."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    known = {column.name: column.dtype for column in OFFERS}
    cells = zip(*rows, strict=True) if rows else ((),) * len(header)
    names = [unguard(name) for name in header]
    columns = [[cell or None for cell in column] for column in cells]
    return pd.DataFrame({name: _typed(column, known.get(name)) for name, column in zip(names, columns, strict=True)})


def guard(text: str) -> str:
    """The text as a cell that is only text to a spreadsheet."""
    return _BARE.sub(GUARD, text)


def unguard(cell: str) -> str:
    """The text that `guard` made the cell of."""
    return _GUARDED.sub("", cell)


def _guarded(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column with every text in it guarded; figures, flags and days as they are."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("object").map(_guarded_value)
    is_plain = column.dtype.kind in "biufcM" or str(column.dtype) == FLAG
    return column if is_plain else column.astype("object").map(_guarded_value)


def _guarded_value(value: Any) -> Any:
    return guard(value) if isinstance(value, str) else value


def _typed(cells: list[str | None], dtype: str | None) -> pd.Series[Any]:
    """A column as it was read, with its dtype; one that isn't known is figures where every text of it is one."""
    if dtype == FLAG:
        return pd.Series([None if cell is None else cell == "True" for cell in cells], dtype=FLAG)
    if dtype == DAY:
        return pd.Series(pd.to_datetime(pd.Series(cells, dtype="object")).to_numpy(dtype=DAY), dtype=DAY)
    if dtype == FIGURE or (dtype is None and _are_figures(cells)):
        return pd.Series([float(cell or "nan") for cell in cells], dtype=FIGURE)
    return pd.Series([None if cell is None else unguard(cell) for cell in cells], dtype=TEXT)


def _are_figures(cells: list[str | None]) -> bool:
    try:
        [float(cell) for cell in cells if cell is not None]
    except ValueError:
        return False
    return True
