"""Offers as bytes and back: each column as what differs in it and which row has which, so that a million load fast.

Nothing in it is code: numbers by numpy without pickle, texts as JSON.
"""

from __future__ import annotations

import io
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from mist_notebook.records.columns import DAY, FIGURE, FLAG, OFFERS, TEXT

_RAW = ("price_hourly", "price_monthly")  # nearly every row differs
_UNKNOWN_DAY = np.datetime64("NaT", "s")


def packed(offers: pd.DataFrame) -> bytes:
    """The offers, whose columns are those of OFFERS."""
    texts: dict[str, list[str]] = {}
    arrays = io.BytesIO()
    for column in OFFERS:
        values = offers[column.name]
        if column.name in _RAW:
            _put(arrays, values.to_numpy(dtype=np.float64))
        elif column.dtype == TEXT:
            codes, known = pd.factorize(values.astype("object"))
            texts[column.name] = [str(text) for text in known]
            _put(arrays, _small(codes))
        else:
            codes, distinct = pd.factorize(_plain(values, column.dtype))
            _put(arrays, np.asarray(distinct, dtype=_kept_as(column.dtype)))
            _put(arrays, _small(codes))
    return msgspec.json.encode(texts) + b"\n" + arrays.getvalue()


def unpacked(content: bytes, rows: int) -> pd.DataFrame:
    """The offers; text columns are categoricals. Raises ValueError for what is not `rows` offers in today's columns."""
    line, _, rest = content.partition(b"\n")
    texts = msgspec.json.decode(line, type=dict[str, list[str]])
    if set(texts) != {column.name for column in OFFERS if column.dtype == TEXT}:
        raise ValueError("other columns")
    arrays = io.BytesIO(rest)
    found: dict[str, Any] = {}
    for column in OFFERS:
        if column.name in _RAW:
            found[column.name] = _get(arrays)
        elif column.dtype == TEXT:
            codes = _get(arrays).astype(np.int32) - 1
            found[column.name] = pd.Categorical.from_codes(codes, pd.Index(texts[column.name], dtype=TEXT))
        else:
            distinct, codes = _get(arrays), _get(arrays).astype(np.int32)
            found[column.name] = _typed(distinct, codes, column.dtype)
    if arrays.read(1) or any(len(values) != rows for values in found.values()):
        raise ValueError("other rows")
    return pd.DataFrame(found, copy=False)


def _put(arrays: io.BytesIO, values: np.ndarray[Any, Any]) -> None:
    np.lib.format.write_array(arrays, values, allow_pickle=False)


def _get(arrays: io.BytesIO) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = np.lib.format.read_array(arrays, allow_pickle=False)
    return found


def _small(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Codes from 0, which is unknown, in as few bytes as hold them."""
    most = int(codes.max(initial=0)) + 1
    return (codes + 1).astype(np.min_scalar_type(most))


def _plain(values: pd.Series[Any], dtype: str) -> Any:
    """Figures and flags as floats, days as days; unknown is missing, which factorize leaves out."""
    if dtype == DAY:
        return values.to_numpy(dtype="datetime64[s]")
    if dtype == FLAG:
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.to_numpy(dtype=np.float64)


def _kept_as(dtype: str) -> str:
    return "datetime64[s]" if dtype == DAY else "float64"


def _typed(distinct: np.ndarray[Any, Any], codes: np.ndarray[Any, Any], dtype: str) -> Any:
    if dtype == DAY:
        return np.concatenate([[_UNKNOWN_DAY], distinct.astype("datetime64[s]")])[codes]
    values = np.concatenate([[np.nan], distinct.astype(np.float64)])[codes]
    if dtype == FIGURE:
        return values
    if dtype != FLAG:
        raise ValueError("other columns")
    missing = np.isnan(values)
    return pd.arrays.BooleanArray(np.where(missing, 0, values).astype(bool), missing)
