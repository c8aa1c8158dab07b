"""A snapshot's tables put together as one frame of offers: codes into rows, codes into categories, no text copied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mist_notebook.frames import accessor as accessor  # a frame from here has `.mist`, whoever asks for it
from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.records.columns import OFFERS, TEXT

from . import table_file

_MICRO = 1e6
_NOWHERE = -1
_CODE = "int32"
_FIGURE = "float64"
_SIZE_FLAGS = ("burstable", "bare_metal")
_SIZE_FIGURES = ("vcpus", "ram_gb", "disk_gb", "gpus", "gpu_ram_gb", "net_gbps")
_SIZES = {
    column: _FIGURE if column in (*_SIZE_FIGURES, *_SIZE_FLAGS) else "object"
    for column in (
        *("provider", "id", "name", "family", "vcpus", "ram_gb", "disk_gb", "gpus", "gpu_name", "gpu_ram_gb"),
        "gpu_form",
        *("arch", "burstable", "bare_metal", "net_gbps", "spec_source"),
    )
}
_REGIONS = {"region": "object"}
_TERMS = {
    "kind": "object",
    "os": "object",
    "cap_hours": _FIGURE,
    "currency": "object",
    "as_of": "object",
    "source": "object",
    "confidence": "object",
}
_OFFERS = {
    "size": _CODE,
    "region": _CODE,
    "terms": _CODE,
    "hourly_micro": _FIGURE,
    "monthly_micro": _FIGURE,
}
Codes = np.ndarray[Any, np.dtype[np.int32]]
Figures = np.ndarray[Any, np.dtype[np.float64]]


def read(name: str, folder: Path = table_file.DATA) -> pd.DataFrame:
    """The snapshot of that name, in the columns of OFFERS; its text columns are categoricals."""
    listed = table_file.manifest(folder)
    sizes = table_file.read(folder, f"{name}/sizes", _SIZES, listed)
    regions = table_file.read(folder, f"{name}/regions", _REGIONS, listed)
    terms = table_file.read(folder, f"{name}/terms", _TERMS, listed)
    rows = table_file.read(folder, f"{name}/offers", _OFFERS, listed)
    found = _from_sizes(sizes, table_file.codes(rows, "size", len(sizes), f"{name}/offers"))
    found |= _from_terms(terms, table_file.codes(rows, "terms", len(terms), f"{name}/offers"))
    places = table_file.codes(rows, "region", len(regions), f"{name}/offers", _NOWHERE)
    found["region"] = _categories(regions["region"], places)
    found["backend"] = pd.Categorical.from_codes(np.full(len(rows), -1), pd.Index([], dtype=TEXT))
    found |= _prices(rows, found["cap_hours"])
    return pd.DataFrame({column.name: found[column.name] for column in OFFERS}, copy=False)


def _prices(rows: pd.DataFrame, cap_hours: Figures) -> dict[str, Figures]:
    """Amounts from millionths, which division makes exact; a month that has no price of its own is 730 hours."""
    hourly = rows["hourly_micro"].to_numpy() / _MICRO
    own = rows["monthly_micro"].to_numpy() / _MICRO
    computed = hourly * np.fmin(HOURS_A_MONTH, cap_hours)
    return {"price_hourly": hourly, "price_monthly": np.where(np.isnan(own), computed, own)}


def _from_sizes(sizes: pd.DataFrame, codes: Codes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, dtype in _SIZES.items():
        if name in _SIZE_FLAGS:
            found[name] = _flags(sizes[name].to_numpy()[codes])
        elif dtype == _FIGURE:
            found[name] = sizes[name].to_numpy()[codes]
        else:
            found[name] = _categories(sizes[name], codes)
    return found


def _from_terms(terms: pd.DataFrame, codes: Codes) -> dict[str, Any]:
    texts = (name for name in _TERMS if name not in ("as_of", "cap_hours"))
    found: dict[str, Any] = {name: _categories(terms[name], codes) for name in texts}
    found["as_of"] = terms["as_of"].to_numpy(dtype="datetime64[s]")[codes]
    found["cap_hours"] = terms["cap_hours"].to_numpy()[codes]
    return found


def _categories(texts: pd.Series[Any], codes: Codes) -> pd.Categorical:
    """The texts of a table, at the rows that the codes name; no text where a code is -1 or the table has none."""
    own, known = pd.factorize(texts, use_na_sentinel=True)
    padded = np.append(own, -1)
    return pd.Categorical.from_codes(padded[codes], pd.Index(known, dtype=TEXT))


def _flags(values: Figures) -> pd.arrays.BooleanArray:
    """1, 0 and NaN as nullable booleans."""
    missing = np.isnan(values)
    return pd.arrays.BooleanArray(np.where(missing, 0, values).astype(bool), missing)
