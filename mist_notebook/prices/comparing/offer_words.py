"""An offer and its price in a few words, as every sentence about prices says them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from mist_notebook.prices.known import clouds
from mist_notebook.records.provider_names import called


def place_of(offer: pd.Series[Any]) -> str:
    """An offer in a few words: `EC2 m5.xlarge in us-east-1`."""
    owner = next(text for text in (offer["backend"], offer["provider"], "") if isinstance(text, str))
    region = f" in {offer['region']}" if isinstance(offer["region"], str) and offer["region"] else ""
    named = f" ({offer['name']})" if str(offer["id"]).isdigit() and isinstance(offer["name"], str) else ""
    return f"{called(owner)} {offer['id']}{named}{region}".strip()


def dated(offer: pd.Series[Any]) -> str:
    """Of which day an offer's price is, and whether it was worked out rather than listed."""
    if pd.isna(offer["as_of"]):
        return "undated price"
    return f"{'computed ' if offer['confidence'] == 'computed' else ''}price of {offer['as_of']:%Y-%m-%d}"


def money(amount: float) -> str:
    """An hour's price with as many digits as it needs."""
    return f"{amount:,.4f}" if amount >= 0.001 else f"{amount:,.6f}"


def percent(part: float) -> str:
    """A part in percent, without decimals where it has none to speak of."""
    return f"{100 * part:,.0f} %" if part >= 0.01 else f"{100 * part:.1g} %"


def beyond(absent: Sequence[str], day: Any, today: date) -> str:
    """What could not be looked at: the clouds that a table has nothing of; nothing where there are none.

    Also how to have more, where a list could bring a cloud of these, or a later price than one of that day.
    """
    if not absent:
        return ""
    named = ", ".join(absent[:_MOST_ABSENT])
    more = f" and {len(absent) - _MOST_ABSENT} more" if len(absent) > _MOST_ABSENT else ""
    is_of_today = not pd.isna(day) and pd.Timestamp(day) >= pd.Timestamp(today)
    brings = "" if is_of_today and clouds.WITHOUT_A_LIST.issuperset(absent) else "; %mist refresh brings today's"
    return f"; not in this table: {named}{more}{brings}"


_MOST_ABSENT = 6
