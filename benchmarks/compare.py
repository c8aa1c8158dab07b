"""What `%mist compare` costs: on 1,000,000 offers against plain pandas, and on the embedded catalogue, load included.

pandas   the offers with text as pandas' own strings: a boolean mask over five columns, sort_values, the first twenty
ours     the same offers with text as categories: `compare`, every offer a row, the twenty cheapest
per size the same, one row for each size at its best region, as `%mist compare` shows it
month    the same, ordered by the month in all: with an address, 100 GB of disk and 1 TB out
DuckDB   the question of `ours` in SQL over the same frame, where `pip install duckdb` has put it there
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
from rounds import cpu_seconds, interleaved, report

from mist_notebook.prices import catalogue
from mist_notebook.prices.comparing.compare import compare
from mist_notebook.prices.comparing.ranking import EVERY_OFFER, Ranking
from mist_notebook.prices.costs import currencies, month, needs
from mist_notebook.prices.wishes import wish
from mist_notebook.records.columns import OFFERS, TEXT

TODAY = date(2026, 11, 25)
WISH = wish.read(cpus="4..16", ram="16GB+", arch="arm64", providers="ec2,gce,azure_arm")
FEWEST = 20


def offers(rows: int, seed: int) -> pd.DataFrame:
    """So many offers with the catalogue's columns and values, drawn anew: sizes times regions times price."""
    draw = np.random.default_rng(seed)
    known = currencies.in_one(catalogue.snapshot())[0]
    sample = known.iloc[draw.integers(0, len(known), rows)].reset_index(drop=True)
    hourly = np.round(draw.lognormal(-1.5, 1.3, rows), 6)
    hourly[draw.random(rows) < 0.05] = np.nan
    return sample.assign(price_hourly=hourly, price_monthly=hourly * 730)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with text as pandas has it by itself."""
    text = {column.name: TEXT for column in OFFERS if column.dtype == TEXT}
    return frame.astype(text)


def by_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """What one writes without us."""
    fits = frame[
        (frame["kind"] == "on-demand")
        & frame["provider"].isin(["ec2", "gce", "azure_arm"])
        & (frame["arch"] == "arm64")
        & frame["vcpus"].between(4, 16)
        & (frame["ram_gb"] >= 16)
    ]
    return fits.sort_values("price_hourly").head(FEWEST)


def ours(frame: pd.DataFrame, per: str = EVERY_OFFER) -> pd.DataFrame:
    """The same question."""
    return compare(frame, WISH, Ranking(per=per, limit=FEWEST), today=TODAY).frame


def by_month(frame: pd.DataFrame) -> pd.DataFrame:
    """The same question, ordered by what a month of it costs with what it needs beside the size."""
    beside = month.Beside(needs.read("ipv4, 100GB disk, 1TB out"), catalogue.parts())
    return compare(frame, WISH, Ranking(limit=FEWEST, beside=beside), today=TODAY).frame


def by_duckdb(frame: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001 - the SQL names it
    """The same question as one writes it in SQL."""
    import duckdb

    found: pd.DataFrame = duckdb.sql(
        "SELECT * FROM frame WHERE kind = 'on-demand' AND provider IN ('ec2', 'gce', 'azure_arm') AND arch = 'arm64' "
        f"AND vcpus BETWEEN 4 AND 16 AND ram_gb >= 16 ORDER BY price_hourly LIMIT {FEWEST}"
    ).df()
    return found


def megabytes(frame: pd.DataFrame) -> float:
    return float(frame.memory_usage(deep=True).sum()) / 1e6


def large(rows: int, rounds: int) -> None:
    """Print the ratios for so many offers."""
    coded = offers(rows, seed=1)
    text = plain(coded)
    assert list(ours(coded)["price_hourly"]) == list(by_pandas(text)["price_hourly"]), "a faster wrong frame is no gain"
    against = "pandas: mask and sort_values on text"
    candidates = {
        against: lambda: cpu_seconds(lambda: by_pandas(text)),
        "ours: categories, all regions": lambda: cpu_seconds(lambda: ours(coded)),
        "ours: categories, one row per size": lambda: cpu_seconds(lambda: ours(coded, "size")),
        "ours: by a month of it": lambda: cpu_seconds(lambda: by_month(coded)),
    }
    if importlib.util.find_spec("duckdb"):
        candidates["DuckDB: SQL over the frame"] = lambda: cpu_seconds(lambda: by_duckdb(coded))
    report(f"{rows:,} offers, twenty cheapest under five conditions", interleaved(candidates, rounds), against=against)
    ratio = megabytes(coded) / megabytes(text)
    print(f"  memory {megabytes(coded):,.0f} MB, ratio to text {ratio:.3f} (text {megabytes(text):,.0f} MB)")


def embedded(rounds: int) -> None:
    """Print what the first comparison on the catalogue costs, its load included, and what the next one does."""
    loads = [float(_child()) for _ in range(rounds)]
    catalogue.snapshot()
    asked = wish.read(cpus="4+", ram="16GB")
    after = [cpu_seconds(lambda: compare(catalogue.snapshot(), asked, today=TODAY)) for _ in range(4 * rounds)]
    print(f"embedded catalogue, {len(catalogue.snapshot()):,} offers (CPU, median of {rounds} processes)")
    print(f"  load and compare {statistics.median(loads) * 1000:9.1f} ms   aim 60")
    print(f"  compare after    {statistics.median(after[1:]) * 1000:9.1f} ms   aim 15")


def _child() -> str:
    """A warm kernel's first comparison, in a process of its own: what `%mist compare` imports is there already."""
    script = (
        "from rounds import cpu_seconds\n"
        "from mist_notebook.frames import frames\nfrom mist_notebook.prices import catalogue, wish\n"
        "from mist_notebook.prices.comparing.compare import compare\n"
        "asked = wish.read(cpus='4+', ram='16GB')\n"
        "print(cpu_seconds(lambda: compare(catalogue.snapshot(), asked)))"
    )
    return subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=sys.path[0]
    ).stdout


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=int, nargs="+", default=[300_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    embedded(options.rounds)
    for rows in options.offers:
        large(rows, options.rounds)


if __name__ == "__main__":
    main()
