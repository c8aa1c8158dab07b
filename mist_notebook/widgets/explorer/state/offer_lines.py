"""How offers stand in a list: a header, and an aligned line for each; and the chosen one in a sentence.

Names are foreign text: cleaned, cut, and never HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mist_notebook.client.makeable import Makeable
from mist_notebook.display.view import aligned
from mist_notebook.ground.text import NAME_LIMIT, clean

WIDTH = 118
_NAME_LIMIT = 40
_UNKNOWN, _NO_FIGURE = "unknown", "–"
_IDENTITY = ("backend", "provider", "id", "region", "kind", "os")
_AMOUNTS = (("vCPUs", "vcpus"), ("RAM GiB", "ram_gb"), ("disk GB", "disk_gb"))
_SMALLEST_FOR_4 = 0.001


def keys(frame: pd.DataFrame) -> list[str]:
    """What tells the offers of a frame apart."""
    columns = [frame[name] for name in _IDENTITY]
    return ["\n".join(cell if isinstance(cell, str) else "" for cell in row) for row in zip(*columns, strict=True)]


def table(frame: pd.DataFrame, here: Sequence[str] = ()) -> tuple[str, list[str]]:
    """The header, and a line for each row under it; `here` names where each can be made."""
    made = [("can be made at", [clean(text, _NAME_LIMIT) for text in here], True)] if any(here) else []
    titles, columns, is_left = zip(*_columns(frame), *made, strict=True)
    header, *lines = aligned([titles, *zip(*columns, strict=True)], is_left, WIDTH)
    return header, lines


def sentence(offer: pd.Series[Any], made: Makeable | None = None) -> str:
    """All that one should know of a chosen offer, and whether it can be `made` here."""
    facts = [
        " in ".join(part for part in (_size(offer), _text(offer, "region")) if part),
        _owner(offer),
        _amount(offer, "vcpus", "vCPUs"),
        _amount(offer, "ram_gb", "GiB of RAM"),
        _amount(offer, "disk_gb", "GB of disk"),
        _gpu(offer) if offer["gpus"] > 0 else "",
        _price(offer),
        *((f"can be made at {made.here}" if made.backends else "", made.why) if made else ()),
    ]
    return " · ".join(filter(None, facts))


def _columns(frame: pd.DataFrame) -> list[tuple[str, list[str], bool]]:
    found = [("provider", [_owner(row) for _, row in frame[["backend", "provider"]].iterrows()], True)]
    found.append(("size", [_size(row) for _, row in frame[["id", "name"]].iterrows()], True))
    found += [(title, _figures(frame[name]), False) for title, name in _AMOUNTS]
    if (frame["gpus"] > 0).any():
        rows = frame[["gpus", "gpu_name"]].iterrows()
        found.append(("GPUs", [_gpu(row) if row["gpus"] > 0 else "" for _, row in rows], True))
    found += [(title, _texts(frame[name]), True) for title, name in (("arch", "arch"), ("region", "region"))]
    if frame["kind"].nunique() > 1:
        found.append(("kind", _texts(frame["kind"]), True))
    found += [(title, _money(frame[name], decimals), False) for name, title, decimals in _prices(frame)]
    hourly = next(place for place, (title, _, _) in enumerate(found) if title.endswith("/h"))
    found.insert(hourly + 1, ("price of", _days(frame["as_of"]), True))
    if "by" in frame:
        found.append(("by", _significant(frame["by"]), False))
    if "sizes" in frame:
        found.append(("sizes", _figures(frame["sizes"]), False))
    return found


def _days(column: pd.Series[Any]) -> list[str]:
    return [_NO_FIGURE if pd.isna(day) else f"{day:%Y-%m-%d}" for day in column]


def _prices(frame: pd.DataFrame) -> list[tuple[str, str, int | None]]:
    """The columns of money, their titles and decimals; of a person's own currency too."""
    known = set(frame["currency"].dropna())
    unit = known.pop() if len(known) == 1 else ""
    found: list[tuple[str, str, int | None]]
    found = [("price_hourly", f"{unit}/h", None), ("price_monthly", f"{unit}/month", 2)]
    own = [str(name) for name in frame.columns if str(name).endswith("_hourly") and name != "price_hourly"]
    found += [(name, f"{name.removesuffix('_hourly').upper()}/h", None) for name in own]
    more = (("monthly_total", "month in all"), ("total", f"{unit} total".strip()))
    return [*found, *((name, title, 2) for name, title in more if name in frame)]


def _owner(offer: pd.Series[Any]) -> str:
    """Whose it is: the backend, where one has it, else the provider."""
    return _text(offer, "backend") or _text(offer, "provider")


def _size(offer: pd.Series[Any]) -> str:
    """Its id; where that is a mere number, its name too."""
    size, name = _text(offer, "id"), _text(offer, "name")
    return clean(f"{size} ({name})" if size.isdigit() and name not in ("", size) else size, _NAME_LIMIT)


def _text(offer: pd.Series[Any], name: str) -> str:
    value = offer[name]
    return clean(value, NAME_LIMIT) if isinstance(value, str) else ""


def _texts(column: pd.Series[Any]) -> list[str]:
    return [clean(value, _NAME_LIMIT) if isinstance(value, str) else _NO_FIGURE for value in column]


def _gpu(offer: pd.Series[Any]) -> str:
    name = offer["gpu_name"]
    model = clean(name, _NAME_LIMIT) if isinstance(name, str) else ""
    return f"{offer['gpus']:g} {model}".strip()


def _amount(offer: pd.Series[Any], name: str, unit: str) -> str:
    value = offer[name]
    return "" if np.isnan(value) else f"{value:,.4g} {unit}"


def _price(offer: pd.Series[Any]) -> str:
    hourly, day = offer["price_hourly"], offer["as_of"]
    if np.isnan(hourly):
        return "price unknown"
    dated = ", undated price" if pd.isna(day) else f", price of {day:%Y-%m-%d}"
    unit = _text(offer, "currency")
    return f"{_money([hourly])[0]} {unit}/h, {_money([offer['price_monthly']], 2)[0]} {unit}/month{dated}"


def _figures(values: Sequence[float] | pd.Series[Any]) -> list[str]:
    """With as many decimals each, so that they stand under each other."""
    known = [value for value in values if not np.isnan(value)]
    decimals = next((places for places in (0, 1) if all(value == round(value, places) for value in known)), 2)
    return [_NO_FIGURE if np.isnan(value) else f"{value:,.{decimals}f}" for value in values]


def _money(values: Sequence[float] | pd.Series[Any], decimals: int | None = None) -> list[str]:
    if decimals is None:
        decimals = 4 if all(value >= _SMALLEST_FOR_4 for value in values if not np.isnan(value)) else 6
    return [_UNKNOWN if np.isnan(value) else f"{value:,.{decimals}f}" for value in values]


def _significant(values: Sequence[float] | pd.Series[Any]) -> list[str]:
    return [_NO_FIGURE if np.isnan(value) else f"{value:,.5g}" for value in values]
