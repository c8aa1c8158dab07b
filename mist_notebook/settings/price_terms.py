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

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.text import brief

from . import tables

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
    table = tables.read(value, 'ec2 = "10%"')
    return Discounts(tuple((name, _part(name, given)) for name, given in table.items()))


def own_rates(value: Any) -> OwnRates:
    """`[own_prices.NAME]` for one name or several, or its text form. Raises SettingsError, naming the key."""
    named = tables.read(value, "[own_prices.openstack] with usd_per_vcpu_hour = 0.01")
    return OwnRates(tuple((name, _rates(name, given)) for name, given in named.items()))


def extras(value: Any) -> Extras:
    """`[extras]`, or its text form. Raises SettingsError, naming the key."""
    table = tables.read(value, "disk_gb = 50 and usd_per_disk_gb_month = 0.08")
    tables.check_keys(table, tables.keys_of(Extras), "")
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
    return tables.number(key, given, "It should be a number, 0 or more.")


def currency(value: Any) -> Currency:
    """`[currency]`, or its text form. Raises SettingsError, naming the key."""
    table = tables.read(value, 'code = "EUR", rate = 0.92 and as_of = 2026-11-01')
    keys = tables.keys_of(Currency)
    tables.check_keys(table, keys, "")
    for key in keys:
        if key not in table:
            raise SettingsError(f"{key} is missing.", 'A currency is code = "EUR", rate = 0.92, as_of = 2026-11-01.')
    rate = tables.number(
        "rate", table["rate"], "It should be how much 1 USD is in that currency.", largest=_LARGEST_RATE
    )
    if rate == 0:
        raise SettingsError(f"rate can't be {tables.shown(table['rate'])}.", "It should be how much 1 USD is.")
    return Currency(_code(table["code"]), rate, _day(table["as_of"]))


def _part(name: str, given: Any) -> float:
    text = given.strip() if isinstance(given, str) else given
    in_percent = isinstance(text, str) and text.endswith("%")
    number = tables.number(name, text[:-1] if in_percent else text, _PART_FORMS, said=given)
    part = number / 100 if in_percent else number
    if part >= 1:
        raise SettingsError(f"{brief(name)} can't be {tables.shown(given)}.", _PART_FORMS)
    return part


def _rates(name: str, given: Any) -> Rates:
    if not isinstance(given, Mapping) or not given:
        raise SettingsError(
            f"{brief(name)} can't be {tables.shown(given)}.",
            f"It should have one of {', '.join(tables.keys_of(Rates))}.",
        )
    tables.check_keys(given, tables.keys_of(Rates), f"{brief(name)}.")
    return Rates(**{key: tables.number(f"{name}.{key}", amount, _USD_FORMS) for key, amount in given.items()})


def _code(given: Any) -> str:
    code = given.strip().upper() if isinstance(given, str) else ""
    if not re.fullmatch(r"[A-Z]{3}", code) or code == "USD":
        raise SettingsError(
            f"code can't be {tables.shown(given)}.", "It should be three letters such as EUR; prices in USD stay."
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
    raise SettingsError(
        f"as_of can't be {tables.shown(given)}.", "It should be the day of the rate, such as 2026-11-01."
    )
