"""How far the shapes of two offers are apart, as a number and in words.

It adds up how far vCPUs, RAM and GPUs are, each as a part of the larger one; 0.5 for another GPU; and 0.1 for each of:
another architecture, less local disk, burstable or bare metal where the other one isn't. So 0 is the same shape, and
half the RAM is 0.5. More local disk is no difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.amounts import gpu_models
from mist_notebook.ground.text_codes import where

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Column = np.ndarray[Any, np.dtype[np.float64]]

OTHER = {"arch": 0.1, "gpu_name": 0.5, "burstable": 0.1, "bare_metal": 0.1, "disk_gb": 0.1}
_SHAPE = ("vcpus", "ram_gb", "gpus")
_FLAGS = ("burstable", "bare_metal")


def distances(offers: pd.DataFrame, rows: Codes, own: pd.Series[Any]) -> Column:
    """How far each row is from the reference's shape; NaN where one of its figures is unknown."""
    distance = np.zeros(len(rows))
    if not {"vcpus", "ram_gb"} & {*known(own)}:
        return distance + np.nan
    for name in known(own):
        values = offers[name].to_numpy()[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.abs(values - own[name]) / np.maximum(values, own[name])
        distance += np.where((values == 0) & (own[name] == 0), 0.0, part)
    for name, other in _other(offers.iloc[rows], own).items():
        distance += OTHER[name] * other
    return np.round(distance, 6)


def known(own: pd.Series[Any]) -> list[str]:
    """The figures of the reference's shape that are known, and are compared."""
    return [name for name in _SHAPE if not np.isnan(own[name])]


def _other(rows: pd.DataFrame, own: pd.Series[Any]) -> dict[str, Flags]:
    """What counts as another kind of thing, and for which rows; what is unknown on either side never does."""
    found = {"arch": _is_other(rows["arch"], own["arch"]), "gpu_name": _is_other_gpu(rows["gpu_name"], own["gpu_name"])}
    found |= {name: (rows[name] != own[name]).to_numpy(dtype=np.bool_, na_value=False) for name in _flags(own)}
    disk = rows["disk_gb"].to_numpy()
    found["disk_gb"] = ~(disk >= own["disk_gb"]) if own["disk_gb"] > 0 else np.zeros(len(rows), dtype=np.bool_)
    return found


def _is_other(texts: pd.Series[Any], own: Any) -> Flags:
    if not isinstance(own, str):
        return np.zeros(len(texts), dtype=np.bool_)
    return where(texts, lambda text: text != own)


def _is_other_gpu(texts: pd.Series[Any], own: Any) -> Flags:
    if not isinstance(own, str):
        return np.zeros(len(texts), dtype=np.bool_)
    return where(texts, lambda text: not gpu_models.is_same(text, own))


def _flags(own: pd.Series[Any]) -> list[str]:
    return [name for name in _FLAGS if not pd.isna(own[name])]


def differs(rows: pd.DataFrame, own: pd.Series[Any]) -> list[str]:
    """In words what counted as another kind of thing: `arm64, burstable`; an empty text where nothing did."""
    other = _other(rows, own)
    words: list[str] = []
    for place, (_, row) in enumerate(rows.iterrows()):
        said = [_said(name, row[name]) for name, flags in other.items() if flags[place]]
        words.append(", ".join(said))
    return words


def _said(name: str, value: Any) -> str:
    if name in _FLAGS:
        return f"{'' if value else 'not '}{name.replace('_', ' ')}"
    return "less disk" if name == "disk_gb" else str(value)
