"""What a chart of N offers costs, from the frame to all three of its forms, against one sort of the frame by price.

sorted    frame.sort_values("price_hourly"): what any answer about prices does at least once
ram       df.mist.chart("ram"): every size at its cheapest region, the Pareto front, about 1,000 marks
region    df.mist.chart("region")
cheapest  df.mist.cheapest(10)
per       df.mist.per("vcpus")
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from rounds import cpu_seconds, interleaved, report

from mist_notebook.frames import accessor
from mist_notebook.prices import catalogue
from mist_notebook.records.columns import TEXT

assert accessor.NAME == "mist"  # importing it is what gives frames `.mist`


def offers(count: int) -> pd.DataFrame:
    """So many offers: those of the catalogue again and again, each time as other sizes at other prices."""
    known = catalogue.snapshot()
    known = known[known["price_hourly"].notna() & (known["currency"] == "USD")]
    rng = np.random.default_rng(1)
    many = known.iloc[rng.integers(0, len(known), count)].reset_index(drop=True)
    many = many.astype({name: TEXT for name in many.columns if many[name].dtype == "category"})
    many["id"] = many["id"] + "-" + pd.Series(rng.integers(0, 20, count).astype("str"))
    many["price_hourly"] *= rng.lognormal(0, 0.3, count)
    return many


def compare(count: int, rounds: int) -> None:
    """Print the ratios for so many offers."""
    frame = offers(count)
    work: dict[str, Callable[[], object]] = {
        "sorted": lambda: frame.sort_values("price_hourly"),
        "ram": lambda: frame.mist.chart("ram"),
        "region": lambda: frame.mist.chart("region"),
        "cheapest": lambda: frame.mist.cheapest(10),
        "per": lambda: frame.mist.per("vcpus"),
    }
    candidates = {name: (lambda run=run: cpu_seconds(run)) for name, run in work.items()}
    report(f"{count:,} offers", interleaved(candidates, rounds), against="sorted")


def main() -> None:
    """Read the arguments and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=int, nargs="*", default=[20_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    for count in options.offers:
        compare(count, options.rounds)


if __name__ == "__main__":
    main()
