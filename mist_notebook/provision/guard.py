"""The spending guard: what may be asked for, checked against everything that is open, before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from mist_notebook.ground import text
from mist_notebook.ground.errors import BadValueError, LimitError
from mist_notebook.records.model import MachineSpec, Price

from .costs import costly, price_a_month, price_of
from .journal import Record

_SHORTEST_H = 0.2
_LONGEST_H = 24 * 366


@dataclass(frozen=True)
class Limits:
    """The most that may run at once of what was made from here: an hour's cost in USD, and a number of machines."""

    usd_per_hour: float
    count: int


def usd_per_hour(price: Price) -> float | None:
    """What an hour costs, in the currency of the limits; `None` for whatever is no such figure."""
    hourly, worth = price.hourly, _worth(price)
    is_known = hourly is not None and math.isfinite(hourly) and hourly >= 0
    return hourly * worth if is_known and hourly is not None and worth is not None else None


def usd_per_month(price: Price) -> float | None:
    """What a month costs, by the same rule."""
    monthly, worth = price_a_month(price), _worth(price)
    return None if monthly is None or worth is None else monthly * worth


def counted(spec: MachineSpec) -> dict[str, Any]:
    """What a record says that its machine costs: in USD where that is known."""
    price = price_of(spec)
    hourly = usd_per_hour(price)
    return {
        "price_hourly": hourly,
        "price_monthly": usd_per_month(price) if hourly is not None else None,
        "currency": "USD" if hourly is not None and price.currency else price.currency,
    }


def _worth(price: Price) -> float | None:
    """What one of its currency is in USD; `None` where no rate says so."""
    if price.currency in (None, "USD"):
        return 1.0
    return price.usd if price.usd is not None and math.isfinite(price.usd) and price.usd > 0 else None


def check_price(spec: MachineSpec, *, accepted: bool) -> None:
    """Refuse an unknown price on a live backend, unless it was accepted by name: unknown is not free."""
    if usd_per_hour(price_of(spec)) is not None or accepted or spec.backend.sandbox:
        return
    more = f" with {text.brief(', '.join(costly(spec.extra)))}" if costly(spec.extra) else ""
    price = price_of(spec)
    if price.hourly is not None and price.currency:
        raise LimitError(
            f"{spec.size.name} costs {price.hourly:.4f} {price.currency} an hour at {spec.backend.name}, and no rate "
            f"says what that is in USD; nothing was created.",
            f"%mist refresh fetches the day's rate; or add --accept-unknown-price {spec.name}",
        )
    raise LimitError(
        f"What {spec.size.name} costs at {spec.backend.name}{more} is unknown, so nothing was created.",
        f"To create it all the same, add --accept-unknown-price {spec.name}",
    )


def check_total(own: Record, opened: Sequence[Record], limits: Limits) -> None:
    """Refuse if all that is open, this one included, is over a limit; `own` must be on disk before `opened` is read.

    Written first and summed then: two kernels at once may both be refused, but never both pass.
    """
    together = {record.op: record for record in (*opened, own)}.values()
    if len(together) > limits.count:
        raise LimitError(
            f"'{own.name}' would be machine number {len(together)}; the limit is {limits.count} at once.",
            f"Destroy one, or raise it: %mist budget --count {len(together)}",
        )
    total = sum((Decimal(str(record.price_hourly or 0)) for record in together), Decimal())
    limit = Decimal(str(limits.usd_per_hour))
    if total > limit:
        raise LimitError(
            f"With '{own.name}' everything open would cost {total:f} USD/h; the limit is {limit:f}.",
            f"Destroy one, or raise it: %mist budget --usd-per-hour {total.quantize(Decimal('0.01'), ROUND_UP):f}",
        )


def check_together(specs: Sequence[MachineSpec], opened: Sequence[Record], limits: Limits) -> None:
    """Refuse several before the first is sent, if they are too many or too dear together; they differ in name alone."""
    there = {record.name for record in opened if record.backend == specs[0].backend.id}
    new = [spec for spec in specs if spec.name not in there]
    if len(new) < 2:
        return
    count = len(opened) + len(new)
    if count > limits.count:
        raise LimitError(
            f"That would be {text.counted(count, 'machine')}; the limit is {limits.count}.",
            f"%mist budget --count {count}",
        )
    each = usd_per_hour(price_of(specs[0])) or 0.0
    total = sum(record.price_hourly or 0.0 for record in opened) + each * len(new)
    if total > limits.usd_per_hour:
        raise LimitError(
            f"Together they would cost {total:.4f} USD/h; the limit is {limits.usd_per_hour:g}. Nothing was sent.",
            f"Destroy some, or raise it: %mist budget --usd-per-hour {int(total * 100 + 1) / 100:.2f}",
        )


def check_hours(hours: float | None) -> None:
    """Refuse a time limit that is none."""
    if hours is not None and not _SHORTEST_H <= hours <= _LONGEST_H:
        raise BadValueError(f"A time limit of {hours:g} h is not possible.", "Give hours from 0.2 (12 min) to 8784.")


def worst_case(spec: MachineSpec, count: int = 1) -> str:
    """What so many of the machine cost until their time limit, or each month without one."""
    price = price_of(spec)
    hourly = usd_per_hour(price)
    if hourly is None:
        return "unknown"
    if spec.hours is None:
        until = "it is" if count == 1 else "they are"
        return f"{(usd_per_month(price) or 0.0) * count:,.2f} USD each month until {until} destroyed"
    return f"{hourly * spec.hours * count:,.2f} USD at most, in {spec.hours:g} h"
