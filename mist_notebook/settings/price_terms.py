"""What a person may set about prices, read from the settings file or the environment: each kind as one record.

    [discounts]               # parts off the list price, by provider or by a backend's name: below 100%
    ec2 = "10%"
    azure_arm = 0.15

    [own_prices.openstack]    # what a vCPU, a GiB and a GB of disk cost where no list says so
    usd_per_vcpu_hour = 0.01
    usd_per_gib_hour = 0.005
    usd_per_disk_gb_month = 0.05

    [extras]                  # what every machine needs beside its size, for the monthly total
    disk_gb = 50
    usd_per_disk_gb_month = 0.08
    public_addresses = 1
    usd_per_address_hour = 0.005
    traffic_gb = 1000
    usd_per_traffic_gb = "list"    # each cloud's list price, where that is known

    [currency]                # a rate of your own, so much for 1 USD, and the day that it is of
    code = "EUR"
    rate = 0.92
    as_of = 2026-11-01

An environment variable says the same in one line: `MIST_DISCOUNTS="ec2=10%, azure_arm=0.15"`,
`MIST_OWN_PRICES="openstack.usd_per_vcpu_hour=0.01"`. What the terms do to prices is `own_prices`' business.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.text import brief, nearest

_LARGEST = 1e6
_LARGEST_RATE = 1e9
_PART_FORMS = 'Write the part that is taken off, from 0% and below 100%: "10%" or 0.1.'
_USD_FORMS = "It should be an amount in USD, 0 or more."


@dataclass(frozen=True)
class Discounts:
    """Parts taken off list prices, by provider or by a backend's name: 0.1 is 10 %."""

    parts: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        return ", ".join(f"{name} {percent(part)}" for name, part in self.parts)


@dataclass(frozen=True)
class Rates:
    """What the parts of a machine cost; a rate of 0 takes no part in its price."""

    usd_per_vcpu_hour: float = 0.0
    usd_per_gib_hour: float = 0.0
    usd_per_disk_gb_month: float = 0.0

    def __str__(self) -> str:
        units = ("vCPU-hour", "GiB-hour", "GB of disk a month")
        amounts = (self.usd_per_vcpu_hour, self.usd_per_gib_hour, self.usd_per_disk_gb_month)
        parts = [f"{amount:g} USD per {unit}" for amount, unit in zip(amounts, units, strict=True) if amount]
        return " + ".join(parts) or "no rate above 0"


@dataclass(frozen=True)
class OwnRates:
    """Rates by provider or by a backend's name."""

    rates: tuple[tuple[str, Rates], ...]

    def __str__(self) -> str:
        return "; ".join(f"{name}: {rates}" for name, rates in self.rates)


@dataclass(frozen=True)
class Extras:
    """What every machine has beside its size; a rate that is `None` is each cloud's list price, where that is known."""

    disk_gb: float = 0.0
    usd_per_disk_gb_month: float | None = 0.0
    public_addresses: float = 0.0
    usd_per_address_hour: float | None = 0.0
    traffic_gb: float = 0.0
    usd_per_traffic_gb: float | None = 0.0

    @property
    def is_priced(self) -> bool:
        """Whether everything in it has a rate of the person's own."""
        pairs = ((getattr(self, amount), getattr(self, rate)) for amount, rate in EXTRA_PAIRS)
        return all(rate is not None for amount, rate in pairs if amount)

    def __str__(self) -> str:
        address = f"public address{'' if self.public_addresses == 1 else 'es'}"
        parts = (
            _extra(self.disk_gb, "GB of disk", self.usd_per_disk_gb_month, "a month"),
            _extra(self.public_addresses, address, self.usd_per_address_hour, "an hour"),
            _extra(self.traffic_gb, "GB of traffic", self.usd_per_traffic_gb, "each"),
        )
        return ", ".join(part for part in parts if part)


EXTRA_PAIRS = (
    ("disk_gb", "usd_per_disk_gb_month"),
    ("public_addresses", "usd_per_address_hour"),
    ("traffic_gb", "usd_per_traffic_gb"),
)


def _extra(amount: float, what: str, rate: float | None, per: str) -> str:
    if not amount:
        return ""
    price = "each cloud's list price" if rate is None else f"{rate:g} USD {per}"
    return f"{amount:g} {what} at {price}"


@dataclass(frozen=True)
class Currency:
    """Another currency: how much of it is 1 USD, by whoever set it, and when."""

    code: str
    rate: float
    as_of: date

    def __str__(self) -> str:
        return f"{self.code} at {self.rate:g} for 1 USD, of {self.as_of:%Y-%m-%d}"


def percent(part: float) -> str:
    """A part of 1 in percent, with no more digits than it has."""
    return f"{100 * part:.6g}%"


def discounts(value: Any) -> Discounts:
    """`[discounts]`, or its text form. Raises SettingsError, naming the key."""
    table = _table(value, 'ec2 = "10%"')
    return Discounts(tuple((name, _part(name, given)) for name, given in table.items()))


def own_rates(value: Any) -> OwnRates:
    """`[own_prices.NAME]` for one name or several, or its text form. Raises SettingsError, naming the key."""
    tables = _table(value, "[own_prices.openstack] with usd_per_vcpu_hour = 0.01")
    return OwnRates(tuple((name, _rates(name, given)) for name, given in tables.items()))


def extras(value: Any) -> Extras:
    """`[extras]`, or its text form. Raises SettingsError, naming the key."""
    table = _table(value, "disk_gb = 50 and usd_per_disk_gb_month = 0.08")
    _check_keys(table, _names(Extras), "")
    for amount, rate in EXTRA_PAIRS:
        if (amount in table) != (rate in table):
            given, missing = (amount, rate) if amount in table else (rate, amount)
            hint = f'Set both of them, or neither; {rate} = "list" is each cloud\'s list price.'
            raise SettingsError(f"{given} is set, and {missing} is not.", hint)
    values: dict[str, Any] = {key: _extra_number(key, given) for key, given in table.items()}
    return Extras(**values)


def _extra_number(key: str, given: Any) -> float | None:
    """An amount, or a rate, which `list` leaves to each cloud's list."""
    if key.startswith("usd_") and isinstance(given, str) and given.strip().casefold() == "list":
        return None
    return _number(key, given, "It should be a number, 0 or more.")


def currency(value: Any) -> Currency:
    """`[currency]`, or its text form. Raises SettingsError, naming the key."""
    table = _table(value, 'code = "EUR", rate = 0.92 and as_of = 2026-11-01')
    keys = _names(Currency)
    _check_keys(table, keys, "")
    for key in keys:
        if key not in table:
            raise SettingsError(f"{key} is missing.", 'A currency is code = "EUR", rate = 0.92, as_of = 2026-11-01.')
    rate = _number("rate", table["rate"], "It should be how much 1 USD is in that currency.", largest=_LARGEST_RATE)
    if rate == 0:
        raise SettingsError(f"rate can't be {_shown(table['rate'])}.", "It should be how much 1 USD is.")
    return Currency(_code(table["code"]), rate, _day(table["as_of"]))


def _part(name: str, given: Any) -> float:
    text = given.strip() if isinstance(given, str) else given
    in_percent = isinstance(text, str) and text.endswith("%")
    number = _number(name, text[:-1] if in_percent else text, _PART_FORMS, said=given)
    part = number / 100 if in_percent else number
    if part >= 1:
        raise SettingsError(f"{brief(name)} can't be {_shown(given)}.", _PART_FORMS)
    return part


def _rates(name: str, given: Any) -> Rates:
    if not isinstance(given, Mapping) or not given:
        raise SettingsError(
            f"{brief(name)} can't be {_shown(given)}.", f"It should have one of {', '.join(_names(Rates))}."
        )
    _check_keys(given, _names(Rates), f"{brief(name)}.")
    return Rates(**{key: _number(f"{name}.{key}", amount, _USD_FORMS) for key, amount in given.items()})


def _table(value: Any, example: str) -> dict[str, Any]:
    """A table of TOML, or the pairs of a variable's text."""
    table = _pairs(value) if isinstance(value, str) else value
    if not isinstance(table, Mapping) or not table:
        raise SettingsError(f"It can't be {_shown(value)}.", f"It should be a table, as in {example}.")
    return dict(table)


def _pairs(text: str) -> dict[str, Any]:
    """`a = 1, b.c = 2` as a table; a dot goes into a table of its own."""
    found: dict[str, Any] = {}
    for pair in filter(str.strip, text.split(",")):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            raise SettingsError(f"'{brief(pair.strip())}' is no pair.", "Write name=value, with commas between.")
        outer, _, inner = name.rpartition(".")
        inside = found.setdefault(outer, {}) if outer else found
        if not isinstance(inside, dict) or inner in inside:
            raise SettingsError(f"{brief(name)} is given twice.", "Keep one of them.")
        inside[inner] = value
    return found


def _check_keys(table: Iterable[str], known: tuple[str, ...], before: str) -> None:
    for key in table:
        if key not in known:
            close = nearest(key, known)
            meant = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
            raise SettingsError(f"No key named '{before}{brief(key)}'.", meant)


def _number(key: str, given: Any, forms: str, *, largest: float = _LARGEST, said: Any = None) -> float:
    """A number from 0; `said` is how the person wrote it."""
    try:
        number = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < largest:
        raise SettingsError(f"{brief(key)} can't be {_shown(given if said is None else said)}.", forms)
    return number


def _code(given: Any) -> str:
    code = given.strip().upper() if isinstance(given, str) else ""
    if not re.fullmatch(r"[A-Z]{3}", code) or code == "USD":
        raise SettingsError(
            f"code can't be {_shown(given)}.", "It should be three letters such as EUR; prices in USD stay."
        )
    return code


def _day(given: Any) -> date:
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given.strip())
    except (AttributeError, ValueError):
        pass
    raise SettingsError(f"as_of can't be {_shown(given)}.", "It should be the day of the rate, such as 2026-11-01.")


def _shown(value: Any) -> str:
    return brief(repr(value))


def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
