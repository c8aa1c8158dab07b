"""The embedded table of what a machine costs beside its size: disk, public address, traffic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from mist_notebook.records.columns import DAY, PANDAS_3, TEXT

from . import table_file

_TEXTS = ("provider", "region", "size", "part", "name", "unit", "currency", "as_of", "source")
_COLUMNS: tuple[str, ...] = ("provider", "region", "size", "part", "name", "price", "unit", "included", "up_to")
_COLUMNS += ("currency", "as_of", "source")


def read(folder: Path = table_file.DATA) -> pd.DataFrame:
    """The table, texts as texts and days as days."""
    dtypes = {name: "object" if name in _TEXTS else "float64" for name in _COLUMNS}
    frame = table_file.read(folder, "parts", dtypes, table_file.manifest(folder))
    days = pd.to_datetime(frame["as_of"]).to_numpy().astype(DAY)
    return frame.assign(as_of=days, **{name: _text(frame[name]) for name in _TEXTS if name != "as_of"})


def _text(column: pd.Series[Any]) -> pd.Series[Any]:
    known = [None if missing else value for value, missing in zip(column, column.isna(), strict=True)]
    return pd.Series(known, dtype=TEXT if PANDAS_3 else "object")
