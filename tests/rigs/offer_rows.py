"""Frames of offers for tests, written down row by row: what a row doesn't say is unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mist_notebook.records.columns import DAY, OFFERS, PANDAS_3, TEXT

USUAL = {"kind": "on-demand", "os": "linux", "currency": "USD", "as_of": "2025-03-02", "source": "a list"}
USUAL |= {"confidence": "list"}
LOW_CARDINALITY = (
    *("backend", "provider", "family", "gpu_name", "arch", "region", "kind", "os", "currency", "source"),
    *("confidence", "spec_source"),
)


def offers(*rows: dict[str, Any], categories: bool = False) -> pd.DataFrame:
    """One offer a row, with every column and its dtype; `categories` as the catalogue may keep them."""
    full = [USUAL | row for row in rows]
    frame = pd.DataFrame(
        {column.name: _column([row.get(column.name) for row in full], column.dtype) for column in OFFERS}
    )
    return frame.astype(dict.fromkeys(LOW_CARDINALITY, "category")) if categories else frame


def _column(values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == DAY:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"))).astype("datetime64[s]")
    if dtype == TEXT and not PANDAS_3:
        return pd.Series(values, dtype="object")
    return pd.Series(values, dtype=dtype)
