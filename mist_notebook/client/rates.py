"""What a price in another currency is in USD, by the bank's rate that was fetched last: guard and budget count so."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from mist_notebook.records.model import Price, Size


def with_usd(size: Size) -> Size:
    """The size with its price's worth in USD; as it was where it needs none, or no rate is kept."""
    price = _with_usd(size.price)
    return size if price is size.price else replace(size, price=price)


def each_with_usd(prices: Mapping[str, Price]) -> dict[str, Price]:
    """The same of prices, by whatever they stand under."""
    return {name: _with_usd(price) for name, price in prices.items()}


def _with_usd(price: Price) -> Price:
    if price.hourly is None or price.currency in (None, "USD"):
        return price
    from mist_notebook.prices.catalogue import rates

    kept = rates.kept()
    of_a_dollar = kept.usd_in(price.currency or "") if kept else None
    if kept is None or not of_a_dollar:
        return price
    return replace(price, usd=1 / of_a_dollar, usd_as_of=kept.day)
