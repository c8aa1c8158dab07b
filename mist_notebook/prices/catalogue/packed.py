"""Offers as bytes and back, so that a million load fast: what a size's id decides is there once for each size.

A line of JSON has the texts of each column and says which arrays follow; these are plain numbers, one after the other.
A column is codes, from 1 on and 0 for unknown, of what differs in it: texts, figures, flags or days. Nothing in it is
code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.records.columns import DAY, FIGURE, FLAG, OFFERS, TEXT

Array = np.ndarray[Any, np.dtype[Any]]

_ID = "id"
_HOURLY, _MONTHLY = "price_hourly", "price_monthly"  # in which nearly every row differs
_CODED = [column for column in OFFERS if column.name not in (_HOURLY, _MONTHLY, _ID)]
_UNKNOWN_DAY = np.datetime64("NaT", "s")
_DTYPES = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "f8": "<f8", "M8": "<M8[s]"}


class _Head(msgspec.Struct, kw_only=True):
    """The texts of each column of text; the arrays in order, each with its kind of number and its length.

    Of a column in `by_id` there is a code for each text of the id, the unknown one first, of all others one for each
    row. The prices of a month are none where they are those of 730 hours.
    """

    texts: dict[str, list[str]]
    by_id: list[str]
    arrays: list[tuple[str, int]]


def packed(offers: pd.DataFrame) -> bytes:
    """The offers, whose columns are those of OFFERS."""
    ids, texts = _codes(offers[_ID], TEXT)
    head = _Head(texts={_ID: texts}, by_id=[], arrays=[])
    hourly, monthly = (offers[name].to_numpy(dtype="<f8") for name in (_HOURLY, _MONTHLY))
    is_plain = np.array_equal(monthly, hourly * HOURS_A_MONTH, equal_nan=True)
    arrays = [_small(ids), hourly, monthly[:0] if is_plain else monthly]
    rows, first = np.unique(ids, return_index=True)
    for column in _CODED:
        codes, distinct = _codes(offers[column.name], column.dtype)
        of_id = np.zeros(len(texts) + 1, dtype=codes.dtype)
        of_id[rows] = codes[first]
        if (of_id[ids] == codes).all():
            head.by_id.append(column.name)
            codes = of_id
        if column.dtype == TEXT:
            head.texts[column.name] = distinct
        else:
            arrays.append(np.asarray(distinct, dtype=_kept_as(column.dtype)))
        arrays.append(_small(codes))
    head.arrays = [(array.dtype.str[1:3], len(array)) for array in arrays]
    return msgspec.json.encode(head) + b"\n" + b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


def unpacked(content: bytes, rows: int, begin: int = 0) -> pd.DataFrame:
    """The offers from a place on; text columns are categoricals.

    Raises ValueError for what is not `rows` offers in today's columns.
    """
    end = content.find(b"\n", begin)
    head = msgspec.json.decode(memoryview(content)[begin:end], type=_Head)
    if set(head.texts) != {column.name for column in OFFERS if column.dtype == TEXT}:
        raise ValueError("other columns")
    arrays = _arrays(head, content, end + 1)
    ids = next(arrays).astype(np.intp)
    found: dict[str, Any] = {_ID: _categories(ids, head.texts[_ID])}
    hourly, monthly = (next(arrays).astype(np.float64, copy=False) for _ in range(2))
    found |= {_HOURLY: hourly, _MONTHLY: monthly if len(monthly) else hourly * HOURS_A_MONTH}
    for column in _CODED:
        distinct = None if column.dtype == TEXT else next(arrays)
        codes = next(arrays)
        if column.name in head.by_id:
            if len(codes) != len(head.texts[_ID]) + 1:
                raise ValueError("other rows")
            codes = codes[ids]
        found[column.name] = (
            _categories(codes, head.texts[column.name]) if distinct is None else _typed(distinct, codes, column.dtype)
        )
    if next(arrays, None) is not None or any(len(values) != rows for values in found.values()):
        raise ValueError("other rows")
    return pd.DataFrame({column.name: found[column.name] for column in OFFERS}, copy=False)


def _arrays(head: _Head, content: bytes, place: int) -> Iterator[Array]:
    """The arrays that the head names, from a place on; ValueError where there is another number of bytes."""
    for kind, length in head.arrays:
        dtype = np.dtype(_DTYPES.get(kind, "V1"))
        if kind not in _DTYPES or length < 0 or place + length * dtype.itemsize > len(content):
            raise ValueError("other arrays")
        yield np.frombuffer(content, dtype, length, place)
        place += length * dtype.itemsize
    if place != len(content):
        raise ValueError("other arrays")


def _codes(values: pd.Series[Any], dtype: str) -> tuple[Array, Any]:
    """A code from 1 for each row, 0 where it is unknown, and what they stand for."""
    if dtype == TEXT:
        codes, known = pd.factorize(values.astype("object"))
        return codes + 1, [str(text) for text in known]
    codes, distinct = pd.factorize(_plain(values, dtype))
    return codes + 1, distinct


def _small(codes: Array) -> Array:
    """Codes in as few bytes as hold them."""
    kind = np.min_scalar_type(int(codes.max(initial=0)))
    return codes.astype(f"<u{min(kind.itemsize, 4)}")


def _plain(values: pd.Series[Any], dtype: str) -> Any:
    """Figures and flags as floats, days as days; unknown is missing, which factorize leaves out."""
    if dtype == DAY:
        return values.to_numpy(dtype="datetime64[s]")
    if dtype == FLAG:
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return values.to_numpy(dtype=np.float64)


def _kept_as(dtype: str) -> str:
    return "<M8[s]" if dtype == DAY else "<f8"


def _categories(codes: Array, texts: list[str]) -> pd.Categorical:
    if len(codes) and codes.max() > len(texts):
        raise ValueError("other texts")
    return pd.Categorical.from_codes(codes.astype(np.int32) - 1, pd.Index(texts, dtype=TEXT))  # which a text twice ends


def _typed(distinct: Array, codes: Array, dtype: str) -> Any:
    """What the codes stand for; IndexError where there is no such thing."""
    if dtype == DAY:
        return np.concatenate([[_UNKNOWN_DAY], distinct.astype("datetime64[s]")])[codes]
    values = np.concatenate([[np.nan], distinct.astype(np.float64)])[codes]
    if dtype == FIGURE:
        return values
    if dtype != FLAG:
        raise ValueError("other columns")
    missing = np.isnan(values)
    return pd.arrays.BooleanArray(np.where(missing, 0, values).astype(bool), missing)
