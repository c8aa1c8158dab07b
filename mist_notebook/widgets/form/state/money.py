"""What a size costs, in one line, as the fields stand."""

from __future__ import annotations

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.provision import guard
from mist_notebook.provision.costs import price_a_month
from mist_notebook.records.model import Price


def cost(price: Price, hours: str, *, example: bool, count: int = 1) -> str:
    """An hour, a month, and the whole with a time limit, of so many; unknown where nobody says."""
    hourly = guard.usd_per_hour(price)
    if hourly is None:
        free = "; on the sandbox nothing costs anything" if example else ""
        return f"unknown: nobody says what this size costs{free}"
    hourly, monthly = hourly * count, (price_a_month(price) or 0.0) * count
    words = [f"{hourly:.4f} USD an hour", f"{monthly:,.2f} USD a month"]
    limit = _hours(hours)
    if limit is not None:
        words.append(f"{hourly * limit:,.2f} USD at most in {limit:g} h")
    several = f" for {count} machines" if count > 1 else ""
    return f"{' · '.join(words)}{several}{' (example prices)' if example else ''}"


def _hours(text: str) -> float | None:
    try:
        return quantity.hours(text) if text.strip() else None
    except BadValueError:
        return None
