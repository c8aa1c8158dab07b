"""What a size costs at a location, as its cloud says it: hour and month, currency, date and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from mist_notebook.records.model import MachineSpec, Price

from .facts import Amount, Facts, Row, Terms


def least(facts: Facts, row: Row, terms: Terms, today: date) -> Price:
    """The least price of a size, and where that is if it isn't the same everywhere."""
    known = {place: one for place, one in facts.prices(row, terms).items() if one.hourly is not None}
    if not known:
        return Price()
    cheapest = min(known, key=lambda place: known[place].hourly or 0.0)
    dearest = max(one.hourly or 0.0 for one in known.values())
    differs = dearest > (known[cheapest].hourly or 0.0)
    where = f" at {cheapest or 'most locations'}, elsewhere up to {dearest:.4f} an hour" if differs else ""
    return _price(facts, known[cheapest], terms, today, where)


def at(facts: Facts, spec: MachineSpec, terms: Terms, today: date) -> Price:
    """The price at the location that was asked for; unknown where the cloud names none."""
    amount = amount_at(facts.prices(spec.size.extra, terms), spec.location.id if spec.location else "")
    if amount is None or amount.hourly is None:
        return Price()
    return _price(facts, amount, terms, today, f" at {spec.location.id}" if spec.location else "")


def by_place(facts: Facts, row: Row, terms: Terms, today: date, places: Sequence[str]) -> dict[str, Price]:
    """The price at each of these locations that has the size; unknown where it has it and says no price."""
    prices = facts.prices(row, terms)
    found = {place: amount for place in places if (amount := amount_at(prices, place)) is not None}
    return {
        place: _price(facts, amount, terms, today, f" at {place}") if amount.hourly is not None else Price()
        for place, amount in found.items()
    }


def amount_at(prices: Mapping[str, Amount], location: str) -> Amount | None:
    """What is said of a location, else of everywhere."""
    return prices.get(location, prices.get(""))


def together(one: Amount, more: Amount | None) -> Amount:
    """Both at once; unknown if either is."""
    if more is None:
        return one
    hourly = None if one.hourly is None or more.hourly is None else one.hourly + more.hourly
    monthly = None if one.monthly is None or more.monthly is None else one.monthly + more.monthly
    return Amount(hourly, monthly, one.computed or more.computed)


def by_zone(rows: Sequence[Row]) -> list[Row]:
    """One row a size, with what each zone says of it under `zones`."""
    found: dict[str, Row] = {}
    for row in rows:
        kept = found.setdefault(str(row.get("name")), {**row, "zones": {}})
        kept["zones"][row.get("zone")] = row
    return list(found.values())


def _price(facts: Facts, amount: Amount, terms: Terms, today: date, where: str) -> Price:
    return Price(
        hourly=amount.hourly,
        monthly=amount.monthly,
        currency=terms.currency,
        as_of=today,
        source=f"{facts.name}'s API{where}{terms.about}",
        confidence="computed" if amount.computed else "list",
    )
