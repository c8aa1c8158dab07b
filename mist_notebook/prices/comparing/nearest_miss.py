"""When nothing fits: the offer that misses by least, and the wish with just as much less in it that this one fits.

A miss is measured condition by condition: a figure by how many times too small or too large it is, a word by a fixed
amount. So a machine of half the RAM is nearer than one of another provider.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.amounts.quantity import GpuWish, RamWish, Range
from mist_notebook.prices.known.ages import price_ages
from mist_notebook.prices.wishes import gpus
from mist_notebook.prices.wishes.wish import ANY, DEFAULTS, Wish

from .fitting import CONDITIONS, conditions

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[np.float64]]

_OTHER_WORD = 1.5
_UNKNOWN = 3.0
_UNPRICED = 0.5
_SMALLEST = {"cpus": 0.25, "ram": 0.25, "disk": 10.0, "net": 0.1, "max_price": 1e-4, "max_age": 1.0}


@dataclass(frozen=True)
class Miss:
    """The row of the offers that misses by least, the conditions that it misses, and the wish that it would fit."""

    row: int
    missed: tuple[str, ...]
    relaxed: Wish


def nearest_miss(offers: pd.DataFrame, wish: Wish, today: date) -> Miss | None:
    """The nearest offer to a wish that none fits; nothing where there is no offer. Of equal ones the cheapest."""
    if not len(offers):
        return None
    cost = np.zeros(len(offers))
    misses = {name: ~CONDITIONS[name](offers, wish, today) for name in conditions(wish)}
    for name, missed in misses.items():
        cost += np.where(missed, _cost(offers, wish, name, today), 0.0)
    price = offers["price_hourly"].to_numpy()
    cost += np.where(np.isnan(price), _UNPRICED, 0.0)
    row = int(np.lexsort([price, np.round(cost, 6)])[0])
    missed_by = tuple(name for name, missed in misses.items() if missed[row])
    relaxed = wish
    for name in missed_by:
        relaxed = replace(relaxed, **{name: _relaxed(offers.iloc[[row]], wish, name, today)})
    return Miss(row, missed_by, relaxed)


def _cost(offers: pd.DataFrame, wish: Wish, name: str, today: date) -> Column:
    """By how much each row misses a condition, wherever it does."""
    if name == "gpu":
        return _gpu_cost(offers, wish)
    if name not in _SMALLEST:
        return np.full(len(offers), _OTHER_WORD)
    return _ratio(_values(offers, wish, name, today), _range(wish, name), _SMALLEST[name])


def _gpu_cost(offers: pd.DataFrame, wish: Wish) -> Column:
    assert wish.gpu is not None  # noqa: S101 - it is a condition
    cost = _ratio(offers["gpus"].to_numpy(), wish.gpu.count, 0.5)
    if wish.gpu.nominal_gib:
        cost = cost + _ratio(offers["gpu_ram_gb"].to_numpy(), wish.gpu.nominal_gib, 1.0)
    named = gpus.is_any(offers, wish.gpu.models) if wish.gpu.models else offers["gpus"].to_numpy() >= 0
    return cost + np.where(named, 0.0, _OTHER_WORD)


def _ratio(values: Column, wanted: Range, smallest: float) -> Column:
    """How many times too small or too large, as a logarithm; 0 inside the range."""
    with np.errstate(divide="ignore"):
        least = np.log((wanted.low + smallest) / (values + smallest))
        most = np.log((values + smallest) / (wanted.high + smallest))
    return np.where(np.isnan(values), _UNKNOWN, np.maximum(np.maximum(least, most), 0.0))


def _values(offers: pd.DataFrame, wish: Wish, name: str, today: date) -> Column:
    if name == "max_age":
        return price_ages(offers, today)
    column = {"cpus": "vcpus", "ram": "ram_gb", "disk": "disk_gb", "net": "net_gbps", "max_price": "price_hourly"}[name]
    values: Column = offers[column].to_numpy()
    if name == "ram" and wish.ram and wish.ram.per_vcpu:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(values / offers["vcpus"].to_numpy())
    return values


def _range(wish: Wish, name: str) -> Range:
    value = getattr(wish, name)
    if isinstance(value, RamWish):
        return value.gib
    return value if isinstance(value, Range) else Range(0.0, value)


def _relaxed(offer: pd.DataFrame, wish: Wish, name: str, today: date) -> Any:
    """The condition with so much less in it that the one offer fits; none at all where that is the only way."""
    if name == "kind":
        return ANY
    if name == "gpu":
        return _relaxed_gpu(offer, wish)
    if name not in _SMALLEST:
        return DEFAULTS[name]
    value = float(_values(offer, wish, name, today)[0])
    if math.isnan(value):
        return DEFAULTS[name]
    wider = _widened(_range(wish, name), value, 4 if name == "max_price" else 2)
    if name == "ram" and wish.ram:
        return RamWish(wider, wish.ram.per_vcpu)
    return wider.high if name in ("max_price", "max_age") else wider


def _relaxed_gpu(offer: pd.DataFrame, wish: Wish) -> GpuWish | None:
    assert wish.gpu is not None  # noqa: S101 - it is a condition
    count, gib = (float(offer[name].iloc[0]) for name in ("gpus", "gpu_ram_gb"))
    if not count > 0:
        return None
    name = offer["gpu_name"].iloc[0]
    is_one = bool(wish.gpu.models) and isinstance(name, str) and bool(gpus.is_any(offer, wish.gpu.models)[0])
    models = wish.gpu.models if is_one else ()
    memory = None if math.isnan(gib) or wish.gpu.gib is None else _widened(wish.gpu.gib, gib, 2)
    return GpuWish(_widened(wish.gpu.count, count, 2), models, memory)


def _widened(wanted: Range, value: float, digits: int) -> Range:
    """The range with the value in it too, rounded away from it so that it stays inside."""
    scale = 10.0**digits
    return Range(min(wanted.low, math.floor(value * scale) / scale), max(wanted.high, math.ceil(value * scale) / scale))
