"""What a price in another currency is in USD, by the bank's rate that was fetched last: guard and budget count so."""

from __future__ import annotations

from msgspec.structs import replace

from mist_notebook.records.model import Size


def with_usd(size: Size) -> Size:
    """The size with its price's worth in USD; as it was where it needs none, or no rate is kept."""
    price = size.price
    if price.hourly is None or price.currency in (None, "USD"):
        return size
    from mist_notebook.prices.catalogue import rates

    kept = rates.kept()
    of_a_dollar = kept.usd_in(price.currency or "") if kept else None
    if kept is None or not of_a_dollar:
        return size
    return replace(size, price=replace(price, usd=1 / of_a_dollar, usd_as_of=kept.day))
