"""One offer of a provider's price list, and many of them as a frame: figures in our units, unknown as missing.

Leaves to each price list how its fields are named, and to `specs` what another list knows of the same size.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
import pandas as pd
from msgspec import structs

from mist_notebook.ground.amounts import gpu_models
from mist_notebook.ground.errors import ApiError, MistUsageError
from mist_notebook.ground.text import NAME_LIMIT, brief
from mist_notebook.records.columns import DAY, OFFERS, PANDAS_3, TEXT

ON_DEMAND, SPOT, RESERVED_1Y, RESERVED_3Y = "on-demand", "spot", "reserved-1y", "reserved-3y"
LISTED, COMPUTED = "list", "computed"
LINUX, WINDOWS = "linux", "windows"
_LARGEST = 1e6


class PriceRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A size at a region at a price, in the currency of its list; `None` is unknown, and 0 GPUs are none."""

    id: str
    region: str
    name: str | None = None
    family: str | None = None
    vcpus: float | None = None
    ram_gb: float | None = None
    disk_gb: float | None = None
    gpus: float | None = None
    gpu_name: str | None = None
    gpu_ram_gb: float | None = None
    gpu_form: str | None = None
    arch: str | None = None
    burstable: bool | None = None
    bare_metal: bool | None = None
    net_gbps: float | None = None
    kind: str = ON_DEMAND
    os: str = LINUX
    price_hourly: float | None = None
    price_monthly: float | None = None
    cap_hours: float | None = None
    confidence: str = LISTED
    spec_source: str | None = None


def figure(value: float | None) -> float | None:
    """A figure above 0; `None` for 0, which stands for unknown, and for what can't be."""
    return float(value) if value is not None and 0 < value < _LARGEST else None


def from_mb(value: float | None) -> float | None:
    """MB, as the lists count memory, in GB."""
    known = value is not None and 0 < value < _LARGEST * 1024
    return value / 1024 if known and value is not None else None


def frame(rows: Sequence[PriceRow], *, provider: str, as_of: date, source: str, currency: str = "USD") -> pd.DataFrame:
    """The rows as offers, each of its own key. Raises ApiError for an id or a region that can't be one."""
    rows = [_with_gpu(row) for row in rows]
    for row in rows:
        _check(row.id, "id")
        _check(row.region, "region")
    same = {"backend": None, "provider": provider, "currency": currency, "source": source}
    data: dict[str, Any] = {}
    for column in OFFERS:
        if column.name == "as_of":
            data["as_of"] = pd.Series(pd.Timestamp(as_of), index=range(len(rows)), dtype=DAY)
        elif column.name in same:
            data[column.name] = pd.Series(same[column.name], index=range(len(rows)), dtype=column.dtype)
        else:
            data[column.name] = _series(list(map(attrgetter(column.attribute), rows)), column.dtype)
    return pd.DataFrame(data)


def _with_gpu(row: PriceRow) -> PriceRow:
    """The row with its GPU in the words of the table of models, and with what the name says of memory and form."""
    gpu = gpu_models.read(row.gpu_name) if row.gpu_name else None
    if gpu is None:
        return row
    memory = row.gpu_ram_gb or (gpu.sold_gb and gpu.sold_gb * min(row.gpus or 1, 1))
    return structs.replace(row, gpu_name=gpu.model, gpu_form=row.gpu_form or gpu.form or None, gpu_ram_gb=memory)


def empty() -> pd.DataFrame:
    """No offers, with all columns and dtypes."""
    return pd.DataFrame({column.name: pd.Series([], dtype=column.dtype) for column in OFFERS})


def only_whole(name: str, region: str) -> MistUsageError:
    """The error of asking for a region of a list that is read whole."""
    return MistUsageError(
        f"The price list of {name} is read whole, not for '{brief(region)}' alone.", "Leave out --region: it is short."
    )


def _check(text: str, what: str) -> None:
    if not text.isprintable() or not text.strip() or len(text) > NAME_LIMIT:
        raise ApiError(f"The price list has '{brief(text)}' as {what}, which can't be one.")


def _series(values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == TEXT and not PANDAS_3:
        return pd.Series(values, dtype="object")
    return pd.Series(values, dtype=dtype)
