"""What is about to be asked for, and what it costs, before anything is sent: for `--dry-run` and every create."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from mist_notebook.backends import tag_rules
from mist_notebook.display.page import Page, Section
from mist_notebook.ground.secret import MASK, says_secret
from mist_notebook.ground.text import brief, counted
from mist_notebook.records.model import Image, MachineSpec, Price

from . import guard
from .costs import costly, price_a_month, price_of
from .journal import Record

_NOT_NAMED = "not named: the provider chooses"


def page(specs: Sequence[MachineSpec], limits: guard.Limits, opened: Sequence[Record]) -> Page:
    """The receipt of one create, or of several that differ in their names alone; `opened` is what is open by now."""
    spec = specs[0]
    mark = "SANDBOX · " if spec.backend.sandbox else ""
    title = f"{mark}Receipt: {f'{len(specs)} machines' if len(specs) > 1 else spec.name} at {spec.backend.name}"
    facts = (*asked(specs), *money(specs), ("limits", _limits(specs, limits, opened)))
    return Page((Section(title, facts=facts),))


def asked(specs: Sequence[MachineSpec]) -> tuple[tuple[str, str], ...]:
    """What will be sent, field by field."""
    spec = specs[0]
    several = f"{spec.name} to {specs[-1].name}, one request for each"
    rows = (
        ("name", several if len(specs) > 1 else spec.name),
        ("image", _image(spec.image)),
        ("size", f"{spec.size.name} ({spec.size.id})"),
        ("location", _where(spec)),
        ("key", f"{spec.key.name} ({spec.key.id})" if spec.key else "none"),
        ("logs in as", spec.login or ""),
        ("script", _extent(spec.script)),
        ("cloud-init", _extent(spec.cloud_init)),
        *((field, MASK if says_secret(field) else _value(field, value)) for field, value in spec.extra.items()),
        ("time limit", _time_limit(spec)),
        *spec.beside,
    )
    return tuple((label, text) for label, text in rows if text)


def _where(spec: MachineSpec) -> str:
    """Where it is to stand; of several that the next is asked only where the one before refuses for want of room."""
    places = [f"{one.location.name} ({one.location.id})" for one in spec.turns() if one.location]
    return "; without room there: ".join(places) or _NOT_NAMED


def _value(field: str, value: Any) -> str:
    return tag_rules.written(value) if field == tag_rules.WORD and isinstance(value, dict) else _said(value)


def _said(value: Any) -> str:
    """A value as it is sent; of a text that is empty, that it is one."""
    return value or '""' if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _image(image: Image) -> str:
    """The image with who made it: anybody can publish one that is called like another."""
    owner = f", owner {image.owner}" if image.owner else ", owner unknown"
    of_anybody = "community" in (image.origin or "").casefold()
    warning = " · a COMMUNITY image: anybody can publish one, so make sure whose it is" if of_anybody else ""
    return f"{image.name} ({image.id}{owner}){warning}"


def _extent(text: str | None) -> str:
    return f"{counted(len(text.splitlines()), 'line')}, {counted(len(text), 'character')}" if text else ""


def _time_limit(spec: MachineSpec) -> str:
    if spec.hours is None:
        return "none: it runs until it is destroyed"
    return f"{spec.hours:g} h: {spec.backend.name} is asked to destroy it then"


def money(specs: Sequence[MachineSpec]) -> tuple[tuple[str, str], ...]:
    """The price with its date and source, and the worst case; unknown where it is unknown."""
    spec = specs[0]
    price = price_of(spec)
    if guard.usd_per_hour(price) is None:
        free = " On the sandbox nothing costs anything." if spec.backend.sandbox else ""
        more = f" with {brief(', '.join(costly(spec.extra)))}" if costly(spec.extra) else ""
        if price.hourly is not None and price.currency:
            said = f"{price.hourly:.4f} {price.currency} an hour{_of(price)}"
            return (("price", f"{said}; unknown in USD, as no rate is kept here: %mist refresh"),)
        return (("price", f"unknown: no price is known for this size{more} at {spec.backend.name}.{free}"),)
    each = _price(price, example=spec.backend.sandbox)
    if len(specs) == 1:
        return (("price", each), ("worst case", guard.worst_case(spec)))
    return (
        ("price of each", each),
        (f"all {len(specs):,} together", _together(price, len(specs), example=spec.backend.sandbox)),
        ("worst case", f"{guard.worst_case(spec, len(specs))}, for all {len(specs):,}"),
    )


def _together(price: Price, count: int, *, example: bool) -> str:
    hourly, monthly = guard.usd_per_hour(price) or 0.0, guard.usd_per_month(price) or 0.0
    words = f"{hourly * count:.4f} USD an hour, {monthly * count:,.2f} USD a month"
    return f"{'example: ' if example else ''}{words}"


def _price(price: Price, *, example: bool) -> str:
    currency = price.currency or "USD"
    words = f"{price.hourly or 0.0:.4f} {currency} an hour, {price_a_month(price):,.2f} {currency} a month"
    rate = ""
    if currency != "USD":
        hourly, monthly = guard.usd_per_hour(price) or 0.0, guard.usd_per_month(price) or 0.0
        rate = f" · {hourly:.4f} USD an hour, {monthly:,.2f} USD a month, by the rate of {price.usd_as_of}"
    return f"{'example: ' if example else ''}{words}{_of(price)}{rate}"


def _of(price: Price) -> str:
    dated = f", of {price.as_of}" if price.as_of else ", undated"
    return dated + (f", from {price.source}" if price.source else "")


def _limits(specs: Sequence[MachineSpec], limits: guard.Limits, opened: Sequence[Record]) -> str:
    """What is open and what would be, against the limits."""
    names = {(record.backend, record.name) for record in opened}
    new = [spec for spec in specs if (spec.backend.id, spec.name) not in names]
    count = len(opened) + len(new)
    total = sum((Decimal(str(record.price_hourly or 0)) for record in opened), Decimal())
    total += sum((Decimal(str(guard.usd_per_hour(price_of(spec)) or 0)) for spec in new), Decimal())
    machines = f"{count:,} of {counted(limits.count, 'machine')}"
    return (
        f"with this {machines}, and {total:.4f} of {limits.usd_per_hour:.2f} USD an hour that are known (%mist budget)"
    )
