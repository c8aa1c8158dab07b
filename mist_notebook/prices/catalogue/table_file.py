"""The embedded catalogue's files: found, checked against the manifest, and read. One error for whatever is wrong.

The data is part of the package, so a file that can't be read means a broken installation, and the hint says so.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mist_notebook.ground.errors import MistError

FORMAT = 2
DATA = Path(__file__).resolve().parent / "data"
_MANIFEST = "manifest.json"
_REINSTALL = "Install mist_notebook again: its data files come with it."


def manifest(folder: Path = DATA) -> dict[str, Any]:
    """What the catalogue holds: its format, the rows of each table, the counts of each snapshot, its sources.

    Raises MistError where it is missing, damaged, or of a format that a newer mist_notebook writes.
    """
    try:
        listed = json.loads((folder / _MANIFEST).read_bytes())
        written = listed["format"]
    except FileNotFoundError:
        raise MistError("The embedded catalogue is missing.", _REINSTALL) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(_MANIFEST) from None
    if not isinstance(written, int):
        raise _damaged(_MANIFEST)
    if written != FORMAT:
        raise MistError(
            f"The embedded catalogue is of format {written}; this mist_notebook reads format {FORMAT}.",
            "Update mist_notebook, or install it again.",
        )
    return dict(listed)


def read(folder: Path, name: str, dtypes: Mapping[str, str], listed: Mapping[str, Any]) -> pd.DataFrame:
    """A table with these columns. Raises MistError where the file is missing, cut off, or not what `listed` says."""
    path = folder / f"{name}.csv.gz"
    try:
        text = gzip.decompress(path.read_bytes())
        table = pd.read_csv(io.BytesIO(text), dtype=dict(dtypes), engine="c", keep_default_na=False, na_values=[""])
        rows = listed["tables"][name]
    except FileNotFoundError:
        raise MistError(f"The embedded catalogue has no file {name}.csv.gz.", _REINSTALL) from None
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        raise _damaged(f"{name}.csv.gz") from None
    if len(table) != rows or list(table.columns) != list(dtypes):
        raise _damaged(f"{name}.csv.gz")
    return table


def codes(
    table: pd.DataFrame, column: str, rows: int, name: str, least: int = 0
) -> np.ndarray[Any, np.dtype[np.int32]]:
    """A column that names rows of another table, which has so many. Raises MistError where one isn't there."""
    found = table[column].to_numpy()
    if len(found) and not least <= found.min() <= found.max() < rows:
        raise _damaged(f"{name}.csv.gz")
    return found


def _damaged(name: str) -> MistError:
    return MistError(f"The embedded catalogue's file {name} is damaged.", _REINSTALL)
