"""What the embedded catalogue costs in a warm process: its load, and a typical question, each against the plain way.

plain load    one CSV of the same offers, text and all, read by pandas
load          the catalogue's own tables, put together
plain filter  the same question on columns of text
filter        4 vCPUs, 16 GiB, x86_64, on demand: the cheapest 20, on the loaded catalogue
"""

from __future__ import annotations

import argparse
import io

import pandas as pd
from rounds import cpu_seconds, interleaved, report

from mist_notebook.prices import catalogue
from mist_notebook.prices.catalogue import embedded
from mist_notebook.records.columns import TEXT

BUDGET_MS = 60


def as_text(offers: pd.DataFrame) -> pd.DataFrame:
    """The offers as a person would read them from a file: plain columns of text."""
    names = [name for name in offers if isinstance(offers[name].dtype, pd.CategoricalDtype)]
    return offers.astype(dict.fromkeys(names, TEXT))


def cheapest(offers: pd.DataFrame) -> pd.DataFrame:
    """The question of the README."""
    fits = (
        (offers["vcpus"] >= 4)
        & (offers["ram_gb"] >= 16)
        & (offers["arch"] == "x86_64")
        & (offers["kind"] == "on-demand")
    )
    return offers[fits].nsmallest(20, "price_hourly")


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    offers = catalogue.snapshot()
    plain = as_text(offers)
    text = plain.to_csv(index=False)
    assert list(cheapest(offers)["price_hourly"]) == list(cheapest(plain)["price_hourly"]), "a faster wrong frame"
    read = {
        "plain load: one CSV": lambda: cpu_seconds(lambda: pd.read_csv(io.StringIO(text), parse_dates=["as_of"])),
        "load: the catalogue's tables": lambda: cpu_seconds(lambda: embedded.read("current")),
    }
    report(f"load, {len(offers):,} offers", interleaved(read, rounds), against="plain load: one CSV")
    ask = {
        "plain filter: text": lambda: cpu_seconds(lambda: cheapest(plain)),
        "filter: categories": lambda: cpu_seconds(lambda: cheapest(offers)),
    }
    report("filter, cheapest 20", interleaved(ask, rounds), against="plain filter: text")
    print(f"  the budget of %mist compare, load included: {BUDGET_MS} ms")


if __name__ == "__main__":
    main()
