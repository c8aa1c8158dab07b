"""What a size costs, in one line, as the fields stand."""

from __future__ import annotations

import math

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import clean
from mist_notebook.provision.costs import price_a_month
from mist_notebook.records.model import Price


def cost(price: Price, hours: str, *, example: bool, count: int = 1) -> str:
    """An hour, a month, and the whole with a time limit, of so many, in the price's own currency; unknown where nobody
    says.
    """
    hourly, month = price.hourly, price_a_month(price)
    if hourly is None or month is None or not (math.isfinite(hourly) and hourly >= 0):
        free = "; on the sandbox nothing costs anything" if example else ""
        return f"unknown: no price is known for this size{free}"
    hourly, month, money = hourly * count, month * count, clean(price.currency or "USD", 8)
    words = [f"{hourly:.4f} {money} an hour", f"{month:,.2f} {money} a month"]
    limit = _hours(hours)
    if limit is not None:
        words.append(f"{hourly * limit:,.2f} {money} at most in {limit:g} h")
    several = f" for {count} machines" if count > 1 else ""
    return f"{' · '.join(words)}{several}{' (example prices)' if example else ''}"


def _hours(text: str) -> float | None:
    try:
        return quantity.hours(text) if text.strip() else None
    except BadValueError:
        return None
