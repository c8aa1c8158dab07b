"""What a month of a machine costs with what it needs beside its size: disk, public addresses, traffic to the internet.

Each part has a dated list price of its own, by provider, and by region and size where these differ. A part whose price
isn't known makes the month unknown, and is named: it is never taken for free. A month is 730 hours, a TB 1024 GB.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.text_codes import coded
from mist_notebook.ground.typed_word import option
from mist_notebook.records.provider_names import called

from .currencies import HOME, NO_RATES, Exchange
from .needs import ADDRESS, DISK, TRAFFIC, Needs

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes
    from mist_notebook.settings.price_terms import Extras

    Column = np.ndarray[Any, np.dtype[np.float64]]

_Price = dict[str, Any]  # a row of the table of parts
_TIMES = {"hour": HOURS_A_MONTH, "month": 1.0, "GB month": 1.0, "GB": 1.0}


@dataclass(frozen=True)
class Beside:
    """What is needed beside the size, the table of the parts' prices, and the currency to have it in.

    `own` are a person's rates in USD, by part: of a month for a GB of disk or an address, of a GB of traffic. They go
    before the table's. Where it `decides`, the month in all is what the smallest of is best.
    """

    needs: Needs
    parts: pd.DataFrame
    rates: Exchange = NO_RATES
    home: str = HOME
    own: tuple[tuple[str, float], ...] = ()
    decides: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        return (option("--with", str(self.needs)),) if self.decides else ()

    def costs(self, offers: pd.DataFrame, rows: Codes) -> dict[str, Cost]:
        """What each part costs a month, at the provider, region and size of each row."""
        own, places = dict(self.own), _Places(offers, rows)
        found: dict[str, Cost] = {}
        for part in self.needs.parts:
            if part in own:
                amount = getattr(self.needs, part) * own[part] * self.rates.factor(HOME, self.home)
                found[part] = Cost(np.full(len(rows), amount), np.full(len(rows), -1), {})
            else:
                found[part] = self._cost(part, places)
        return found

    def _cost(self, part: str, places: _Places) -> Cost:
        cost, chosen = np.full(places.count, np.nan), np.full(places.count, -1, dtype=np.int64)
        ranks = np.full(places.count, -1)
        named: dict[int, _Price] = {}
        for group in _groups(self.parts[self.parts["part"] == part]):
            amount = group.amount(getattr(self.needs, part)) * self.rates.factor(group.first["currency"], self.home)
            here = places.of(group.first)
            better = here[(ranks[here] < group.rank) | np.isnan(cost[here]) | (cost[here] > amount)]
            cost[better], chosen[better], ranks[better] = amount, len(named), group.rank
            named[len(named)] = group.first
        return Cost(cost, chosen, named)


class _Places:
    """Where rows of offers are: found by provider, region and size without looking at each of them again."""

    def __init__(self, offers: pd.DataFrame, rows: Codes) -> None:
        self.count = len(rows)
        self._columns = {}
        for name in ("provider", "region", "id"):
            codes, texts = coded(offers[name])
            meant: dict[str, list[int]] = {}
            for code, text in enumerate(texts):
                meant.setdefault(text.casefold(), []).append(code)
            self._columns[name] = (codes[rows], meant)
        self._of_provider: dict[str, Codes] = {}

    def of(self, price: _Price) -> Codes:
        """The places of the rows that a price is for."""
        provider = price["provider"]
        if provider not in self._of_provider:
            self._of_provider[provider] = np.flatnonzero(self._is("provider", provider))
        here = self._of_provider[provider]
        for column, name in (("region", "region"), ("id", "size")):
            if len(here) and isinstance(price[name], str):
                here = here[self._is(column, price[name], here)]
        return here

    def _is(self, column: str, text: str, here: Codes | slice = slice(None)) -> Any:
        codes, meant = self._columns[column]
        return np.isin(codes[here], meant.get(text.casefold(), []))


@dataclass(frozen=True)
class Cost:
    """What a part costs a month in each row, NaN where it isn't known, and the table's row that each was taken from."""

    monthly: Column
    chosen: Codes
    named: dict[int, _Price]

    def source(self, place: int) -> _Price | None:
        """The table's row; nothing where the price is a person's own, or isn't known."""
        return self.named.get(int(self.chosen[place])) if not np.isnan(self.monthly[place]) else None


@dataclass(frozen=True)
class _Group:
    """The rows of one price: one, or the steps of a price that falls with the amount, the smallest amount first."""

    steps: list[_Price]

    @property
    def first(self) -> _Price:
        return self.steps[0]

    @property
    def rank(self) -> int:
        """How narrowly it is meant: for all of the provider's, a size, a region, or both."""
        return int(isinstance(self.first["size"], str)) + 2 * int(isinstance(self.first["region"], str))

    def amount(self, needed: float) -> float:
        """What so much costs a month: what is included is free, each step costs what is in it."""
        total, below = 0.0, float(self.first["included"])
        for step in self.steps:
            top = needed if math.isnan(step["up_to"]) else min(needed, step["up_to"])
            total += max(0.0, top - below) * step["price"] * _TIMES.get(step["unit"], math.nan)
            below = max(below, top)
        return total if below >= needed else math.nan


def _groups(parts: pd.DataFrame) -> list[_Group]:
    """The prices of a part, those meant for all before those that are for a region or a size."""
    found: dict[tuple[str, ...], list[_Price]] = {}
    for price in parts.sort_values("up_to", na_position="last", kind="stable").to_dict("records"):
        key = tuple(str(price[name]) for name in ("provider", "region", "size", "name"))
        found.setdefault(key, []).append({str(name): value for name, value in price.items()})
    return sorted(map(_Group, found.values()), key=lambda group: group.rank)


def columns(costs: dict[str, Cost], places: Codes) -> dict[str, Any]:
    """The columns of these rows: each part's month; which parts are unknown; of which day and from where they are."""
    found: dict[str, Any] = {f"{part}_monthly": cost.monthly[places] for part, cost in costs.items()}
    unknown, days, sources = [], [], []
    for place in map(int, places):
        unknown.append(", ".join(part for part, cost in costs.items() if np.isnan(cost.monthly[place])) or None)
        rows = {part: row for part, cost in costs.items() if (row := cost.source(place)) is not None}
        days.append(min((row["as_of"] for row in rows.values()), default=pd.NaT))
        sources.append("; ".join(_sourced(part, row) for part, row in rows.items()) or None)
    return found | {"parts_unknown": unknown, "parts_as_of": days, "parts_source": sources}


def _sourced(part: str, row: _Price) -> str:
    """`disk gp3 at 0.08 USD a GB month, of 2026-10-13 (finops-mcp 0.12.0)`."""
    name = "" if part == TRAFFIC else f" {row['name']}"
    price = f"{row['price']:g} {row['currency']} a {row['unit']}"
    return f"{part}{name} at {price}, of {row['as_of']:%Y-%m-%d} ({row['source']})"


def in_words(costs: dict[str, Cost], place: int) -> str:
    """The parts of a month in a sentence: `disk 8.00, address 3.65, traffic 82.80`."""
    return ", ".join(f"{part} {cost.monthly[place]:,.2f}" for part, cost in costs.items())


def unknown(costs: dict[str, Cost]) -> str:
    """Of how many offers each part has no known price; nothing where all have one."""
    counts = {part: int(np.count_nonzero(np.isnan(cost.monthly))) for part, cost in costs.items()}
    said = [f"{part} of {count:,}" for part, count in counts.items() if count]
    return f"A month isn't known where a part of it has no known price: {', '.join(said)}." if said else ""


def asked(
    needs: Needs | None, extras: Extras | None, parts: pd.DataFrame, rates: Exchange, home: str = HOME
) -> Beside | None:
    """What a line asks to have beside the size, else the settings; the settings' own rates count for both.

    Nothing where neither says anything, or where the settings' own rates have made a `monthly_total` of it already.
    """
    if needs is None and (extras is None or extras.is_priced):
        return None
    own = () if extras is None else _own_rates(extras)
    of_settings = Needs(extras.disk_gb, extras.public_addresses, extras.traffic_gb) if extras else Needs()
    return Beside(needs or of_settings, parts, rates, home, own, decides=needs is not None)


def _own_rates(extras: Extras) -> tuple[tuple[str, float], ...]:
    """A person's own prices of a month, by part, in USD."""
    hourly = extras.usd_per_address_hour
    address = None if hourly is None else hourly * HOURS_A_MONTH
    said = (
        (DISK, extras.disk_gb, extras.usd_per_disk_gb_month),
        (ADDRESS, extras.public_addresses, address),
        (TRAFFIC, extras.traffic_gb, extras.usd_per_traffic_gb),
    )
    return tuple((part, rate) for part, amount, rate in said if amount and rate is not None)


def note(beside: Beside) -> str:
    """The line that says what a month in all has in it, and of which days the parts' prices are."""
    own = dict(beside.own)
    listed = [part for part in beside.needs.parts if part not in own]
    rows = beside.parts[beside.parts["part"].isin(listed)]
    days = f"{rows['as_of'].min():%Y-%m-%d} to {rows['as_of'].max():%Y-%m-%d}" if len(rows) else ""
    prices = (
        f", at list prices of {days}, known of {', '.join(sorted(map(called, set(rows['provider']))))}" if days else ""
    )
    mine = [part for part in own if part in beside.needs.parts]
    rest = f"; {' and '.join(mine)} at your own" if mine else ""
    return f"monthly_total is a month with {beside.needs}{prices}{rest}."
