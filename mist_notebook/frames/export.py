"""A frame as a file: CSV that no spreadsheet computes with, Parquet, or a page; never in another file's place unasked.

A spreadsheet takes text for a formula that begins with `= + - @`, their wide forms, `|` or `%`, white space before it
or not, or with a tab or a line's end; and what follows `; ,` or a quote begins a cell where another sign parts cells.
There the text gets a `'`, one more where it had some: `read_csv` takes just that away, so that the file gives back the
frame. Numbers are written with all their digits.
"""

from __future__ import annotations

import csv
import os
import re
import secrets
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
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
_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|.*\\", re.DOTALL)
_FORMS = "Name a file that ends in .csv, .parquet or .html: offers.csv"


def save(frame: pd.DataFrame, path: str | Path, *, force: bool = False) -> Path:
    """Write the frame, by the end of the file's name as CSV, Parquet or a page, and say where.

    Raises BadValueError, and changes nothing, where the name, the folder or the frame won't do, where the file is there
    already and `force` is not given, or where Parquet's library is missing.
    """
    target = check(path, force=force)
    _put(target, WRITERS[target.suffix.casefold()](frame), force=force)
    return target


def check(path: str | Path, *, force: bool = False) -> Path:
    """The file of that name, if it can be written. Raises BadValueError as `save` does, for all but the frame."""
    target = _path(path)
    if target.suffix.casefold() == ".parquet":
        _need_pyarrow()
    try:
        is_folder, is_there = target.is_dir(), target.exists()
    except OSError as error:
        raise _unwritable(target, error) from None
    if is_folder:
        raise BadValueError(f"{brief(str(path))} is a folder.", _FORMS)
    if is_there and not force:
        raise BadValueError(f"{brief(str(path))} is there already.", "Name another file, or add --force to replace it.")
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


def _path(path: str | Path) -> Path:
    if os.name != "nt" and _OF_WINDOWS.match(str(path)):  # here it would be a file of that whole name
        raise BadValueError(f"'{brief(str(path))}' is a path of Windows, which this computer hasn't.", _FORMS)
    try:
        target = Path(path).expanduser()
    except RuntimeError:
        raise BadValueError(f"{brief(str(path))} names no home folder of anyone.", _FORMS) from None
    if target.suffix.casefold() not in WRITERS or not target.stem.strip(".") or "\0" in str(path):
        raise BadValueError(f"'{brief(str(path))}' is no file that can be written.", _FORMS)
    if not target.parent.is_dir():
        raise BadValueError(f"There is no folder {brief(str(target.parent))}.", "Make it first, or name another file.")
    return target


def _put(target: Path, content: bytes, *, force: bool) -> None:
    """The whole file, or none; one that is there is replaced only by a whole one."""
    path = target.with_name(f".{secrets.token_hex(8)}.tmp") if force else target
    try:
        with path.open("xb") as file:
            try:
                file.write(content)
            except OSError:
                path.unlink(missing_ok=True)
                raise
        if force:
            path.replace(target)
    except FileExistsError:
        raise BadValueError(f"{brief(str(target))} is there already.", "Add --force to replace it.") from None
    except OSError as error:
        raise _unwritable(target, error) from None


def _unwritable(target: Path, error: OSError) -> BadValueError:
    return BadValueError(f"{brief(str(target))} can't be written: {error.strerror}.", "Name another file.")


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
