"""What a person's own terms and fetched price lists add to the offers, in CPU, against copying the frame once.

copy     the current snapshot copied, nothing more: the floor of anything that gives another frame
terms    two discounts, own rates, extras and a currency over the current snapshot
today    the discounts alone, as one types them with `.loc`
whole    Azure's whole list read from its file and laid over the snapshot: once in a process
next     the same asked again, while no file has changed
"""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import date

import numpy as np
import pandas as pd
from rounds import cpu_seconds, interleaved, report

from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import fetched, overlay
from mist_notebook.prices.catalogue.reading.price_row import PriceRow, frame
from mist_notebook.prices.known import own_prices
from mist_notebook.settings.price_terms import Currency, Discounts, Extras, OwnRates, Rates

TODAY = date(2026, 11, 25)
TERMS = own_prices.Terms(
    Discounts((("ec2", 0.1), ("azure_arm", 0.15))),
    OwnRates((("openstack", Rates(0.01, 0.005)),)),
    Extras(50, 0.08, 1, 0.005),
    Currency("EUR", 0.92, TODAY),
)


def by_hand(offers: pd.DataFrame) -> pd.DataFrame:
    """Two discounts as one would type them."""
    found = offers.copy()
    for provider, part in (("ec2", 0.1), ("azure_arm", 0.15)):
        rows = found["provider"] == provider
        found.loc[rows, ["price_hourly", "price_monthly"]] *= 1 - part
        found["source"] = (
            found["source"].astype("object").where(~rows, f"{part:.0%} off " + found["source"].astype("object"))
        )
    return found


def azure(regions: int, sizes: int) -> pd.DataFrame:
    """A list of Azure's shape: each size on demand and as spot in each region."""
    rows = [
        PriceRow(id=f"Standard_X{size}s_v9", region=f"region{region}", kind=kind, price_hourly=0.1 + size / 100)
        for region in range(regions)
        for size in range(sizes)
        for kind in ("on-demand", "spot")
    ]
    return frame(rows, provider="azure_arm", as_of=TODAY, source="Azure Retail Prices")


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    offers = catalogue.snapshot()
    ours, _ = own_prices.apply(offers, own_prices.Terms(TERMS.discounts))
    assert np.allclose(ours["price_hourly"], by_hand(offers)["price_hourly"], equal_nan=True), (
        "a faster wrong frame is no gain"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ[fetched.CACHE_VARIABLE] = folder
        listed = azure(57, 1100)
        path = fetched.put(fetched.Kept("azure", "azure_arm", "https://prices.azure.com", {"": TODAY}, listed))
        overlay.current_with_refreshed()
        candidates = {
            "copy": lambda: cpu_seconds(lambda: offers.copy(deep=True)),
            "terms": lambda: cpu_seconds(lambda: own_prices.apply(offers, TERMS, today=TODAY)),
            "today": lambda: cpu_seconds(lambda: by_hand(offers)),
            "whole": lambda: cpu_seconds(lambda: overlay.overlaid(offers, [fetched.read(path)])),
            "next": lambda: cpu_seconds(overlay.current_with_refreshed),
        }
        measured = interleaved(candidates, options.rounds)
    report(f"{len(offers):,} offers, {len(listed):,} fetched", measured, against="copy")


if __name__ == "__main__":
    main()
