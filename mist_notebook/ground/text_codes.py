"""A column of text as small numbers, one for each different text: what filters and groups a million rows quickly."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    Codes = np.ndarray[Any, np.dtype[Any]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]


_FEW = 12  # so many comparisons of small numbers cost less than one look-up for each row


def coded(column: pd.Series[Any]) -> tuple[Codes, list[str]]:
    """The place of each row's text in the list of texts, -1 where it is missing; free for a categorical column."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes), list(map(str, column.cat.categories.tolist()))
    codes, texts = pd.factorize(column)
    return np.asarray(codes), [str(text) for text in texts]


def present(column: pd.Series[Any]) -> list[str]:
    """The texts that stand in the column, and none that it could hold."""
    codes, texts = coded(column)
    used = np.bincount(codes.astype(np.int64) + 1, minlength=len(texts) + 1)[1:]
    return [text for text, count in zip(texts, used, strict=True) if count]


def where(column: pd.Series[Any], wanted: Callable[[str], bool]) -> Flags:
    """The rows whose text is wanted; a missing one never is."""
    codes, texts = coded(column)
    chosen = [code for code, text in enumerate(texts) if wanted(text)]
    if len(chosen) > _FEW:
        return np.array([*map(wanted, texts), False], dtype=np.bool_)[codes]
    found = np.zeros(len(codes), dtype=np.bool_)
    for code in chosen:
        found |= codes == code
    return found


def ranks(column: pd.Series[Any]) -> Codes:
    """The place of each row's text in alphabetical order; missing ones last."""
    codes, texts = coded(column)
    order = sorted(range(len(texts)), key=texts.__getitem__)
    places = np.empty(len(texts) + 1, dtype=np.int64)
    places[order] = np.arange(len(texts))
    places[-1] = len(texts)
    return places[codes]
