"""How offers stand in a table, column by column; and the chosen one in a sentence.

Names are foreign text: cleaned, cut, and never HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mist_notebook.client.notebook.makeable import Makeable
from mist_notebook.display.headers import SIGNS
from mist_notebook.ground.text import NAME_LIMIT, clean
from mist_notebook.records.provider_names import called

_NOT_HERE = "not here"
_NAME_LIMIT = 40
_UNKNOWN, _NO_FIGURE = "unknown", "–"
_IDENTITY = ("backend", "provider", "id", "region", "kind", "os")
_AMOUNTS = (("vCPUs", "vcpus", "vCPUs"), ("RAM GB", "ram_gb", "GB RAM"), ("disk GB", "disk_gb", "GB disk"))
_SMALLEST_FOR_4 = 0.001


def keys(frame: pd.DataFrame) -> list[str]:
    """What tells the offers of a frame apart."""
    columns = [frame[name] for name in _IDENTITY]
    return ["\n".join(cell if isinstance(cell, str) else "" for cell in row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Column:
    """One column of the table: its title and kind, what a row is ordered by, its cells, and its unit where narrow.

    `order` is the filter's word for it (`""`: the price of an hour), or `None` where only these rows can be sorted.
    """

    title: str
    kind: str
    cells: Sequence[str]
    order: str | None = None
    unit: str = ""


def table(frame: pd.DataFrame, here: Sequence[str] = ()) -> list[Column]:
    """The columns that say something of these offers; `here` names where each can be made."""
    found = [Column("size", "words", [_size(row) for _, row in frame[["id", "name"]].iterrows()])]
    found.insert(0, Column("provider", "arch", [_owner(row) for _, row in frame[["backend", "provider"]].iterrows()]))
    found += [_prices(frame)[0], Column("price of", "date", _days(frame["as_of"]))]
    found += [Column(title, "figure", _figures(frame[name]), name, unit) for title, name, unit in _AMOUNTS]
    if (frame["gpus"] > 0).any():
        rows = frame[["gpus", "gpu_name"]].iterrows()
        found.append(Column("GPUs", "note", [_gpu(row) if row["gpus"] > 0 else "" for _, row in rows], "gpus"))
    found += [Column("arch", "arch", _texts(frame["arch"])), Column("region", "arch", _texts(frame["region"]))]
    if frame["kind"].nunique() > 1:
        found.append(Column("kind", "arch", _texts(frame["kind"])))
    found += _prices(frame)[1:]
    if "by" in frame:
        found.append(Column("formula", "figure", _significant(frame["by"]), unit="by formula"))
    if "sizes" in frame:
        found.append(Column("sizes", "figure", _figures(frame["sizes"]), unit="sizes"))
    if here:
        found.append(Column("can be made at", "less", [clean(text, _NAME_LIMIT) or _NOT_HERE for text in here]))
    return found


def tips(frame: pd.DataFrame) -> tuple[str, ...]:
    """What the mark of each offer says when it is pointed at."""
    facts = (
        zip(*(_texts(frame[name]) for name in ("provider", "id", "region")), strict=True),
        zip(_figures(frame["vcpus"]), _figures(frame["ram_gb"]), strict=True),
        zip(_money(frame["price_hourly"]), _texts(frame["currency"]), _days(frame["as_of"]), strict=True),
    )
    return tuple(
        f"{called(owner)} {size} in {region} · {vcpus} vCPUs · {ram} GB of RAM · {price} {unit}/h, price of {day}"
        for (owner, size, region), (vcpus, ram), (price, unit, day) in zip(*facts, strict=True)
    )


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


def _days(column: pd.Series[Any]) -> list[str]:
    return [_NO_FIGURE if pd.isna(day) else f"{day:%Y-%m-%d}" for day in column]


def _prices(frame: pd.DataFrame) -> list[Column]:
    """The columns of money, that of an hour first; of a person's own currency too."""
    known = set(frame["currency"].dropna())
    unit = known.pop() if len(known) == 1 else ""
    sign = SIGNS.get(unit, unit)
    found = [
        Column(f"{sign}/h", "price", _money(frame["price_hourly"]), ""),
        Column(f"{sign}/month", "figure", _money(frame["price_monthly"], 2), "price_monthly", f"{sign}/month"),
    ]
    own = [str(name) for name in frame.columns if str(name).endswith("_hourly") and name != "price_hourly"]
    for name in own:
        title = f"{name.removesuffix('_hourly').upper()}/h"
        found.append(Column(title, "figure", _money(frame[name]), unit=title))
    for name, title in (("monthly_total", "month in all"), ("total", f"{sign} total".strip())):
        if name in frame:
            found.append(Column(title, "figure", _money(frame[name], 2), unit=title))
    return found


def _owner(offer: pd.Series[Any]) -> str:
    """Whose it is: the backend, where one has it, else the provider, as people call it."""
    return _text(offer, "backend") or called(_text(offer, "provider"))


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
