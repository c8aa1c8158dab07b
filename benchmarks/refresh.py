"""Fetching full-sized price lists, and what loading and comparing cost after it.

Lists of the size that they have in the world, in the shape of the recorded ones, are served on loopback; then
`refresh_all` reads them side by side, a fresh process loads what was kept, and a comparison is answered.

refresh     wall time and memory of all lists together, and the bytes that came
load        the kept offers laid over the embedded ones, in a fresh process
compare     4 vCPUs and 16 GB over all of it: the first answer, the load included, and later ones; their ratio to pandas
            alone, and to DuckDB where `pip install duckdb` has put it there
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mist_notebook.prices import catalogue  # noqa: E402
from mist_notebook.prices.catalogue import fetched  # noqa: E402
from mist_notebook.prices.catalogue import refresh as one_list  # noqa: E402
from mist_notebook.prices.catalogue.lists import PRICE_LISTS  # noqa: E402
from mist_notebook.prices.catalogue.reading.pages import Means  # noqa: E402
from mist_notebook.prices.catalogue.side_by_side import refresh_all  # noqa: E402
from tests.rigs import hostile, market_lists, price_lists  # noqa: E402

SIZES, AZURE_SIZES, AZURE_REGIONS, GOOGLE_SIZES, GOOGLE_REGIONS = 1200, 1300, 55, 1000, 45
AFTER = """
import importlib.util, statistics, time
from mist_notebook.prices import catalogue, wish
from mist_notebook.prices.catalogue import overlay
from mist_notebook.prices.comparing.compare import compare
wish.read(cpus="4", ram="16GB")
began = time.process_time()
offers = catalogue.offers()
loaded = time.process_time()
asked = wish.read(cpus="4", ram="16GB")
first = compare(offers, asked)
answered = time.process_time()
SQL = (
    "SELECT provider, id, min(price_hourly) AS price FROM offers WHERE kind = 'on-demand' AND vcpus >= 4 "
    "AND ram_gb >= 16 GROUP BY provider, id ORDER BY price LIMIT 20"
)
def ours():
    compare(offers, asked)
def pandas():
    fits = offers[(offers.vcpus >= 4) & (offers.ram_gb >= 16) & (offers.kind == "on-demand")]
    fits.sort_values("price_hourly").drop_duplicates(["provider", "id"]).head(20)
def duck():
    duckdb.sql(SQL).df()
ways = [ours, pandas]
if importlib.util.find_spec("duckdb"):
    import duckdb
    ways.append(duck)
seconds = {way: [] for way in ways}
for turn in range(8):
    for way in ways:
        again = time.process_time()
        way()
        if turn:
            seconds[way].append(time.process_time() - again)
later, plain, *rest = (statistics.median(own) for own in seconds.values())
print(len(offers), loaded - began, answered - began, later, plain, rest[0] if rest else 0)
"""


def ec2() -> hostile.Step:
    rows = {
        f"m{n} {n}": market_lists.sold(f"m{n}.{n % 9}xlarge", f"{0.02 + n / 997:.10f}", vCPU=str(1 + n % 96))
        for n in range(SIZES)
    }
    return market_lists.ec2(rows)


def azure() -> hostile.Step:
    items = [
        price_lists.meter(f"Standard_X{size}s_v{size % 7}", 0.01 + size / 991 + place / 1e4, f"region{place}")
        for size in range(AZURE_SIZES)
        for place in range(AZURE_REGIONS)
    ]
    return price_lists.azure(*items)


def gce() -> hostile.Step:
    lines = [market_lists.GOOGLE.splitlines()[0]]
    for size in range(GOOGLE_SIZES):
        for place in range(GOOGLE_REGIONS):
            hour = 0.02 + size / 983 + place / 1e4
            lines.append(
                f"z{size}-standard-{size},region{place},x,us,{1 + size % 96},{4 + size % 400},0,,"
                f"{hour:.5f},{hour / 3:.5f},{hour * 460:.2f},{hour * 330:.2f}"
            )
    return market_lists.gce("\n".join(lines))


def main() -> int:
    """Fetch, then measure what comes after in fresh processes."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ["MIST_CACHE_DIR"] = folder
        one_list._LEAST_OF_BEFORE = 0.0  # what is served is made up, and has other sizes than what is embedded
        steps = {"ec2": ec2(), "azure": azure(), "gce": gce(), "oci": market_lists.oracle(), "ovh": market_lists.ovh()}
        steps |= {"linode": price_lists.linode(), "vultr": price_lists.vultr(), "scaleway": market_lists.scaleway()}
        wanted: list[Any] = []
        for name, step in steps.items():
            url = stack.enter_context(hostile.serve(step)).url
            one: Any = PRICE_LISTS[name]
            more = {"shapes_url": url} if name == "oci" else {}
            wanted.append(replace(one, url=url, **more))
        embedded = catalogue.snapshot()
        began = time.perf_counter()
        outcomes = refresh_all(wanted, embedded, means=Means(), total_s=600.0)
        took_s = time.perf_counter() - began
        failed = [f"{one.wanted.name}: {one.error}" for one in outcomes if one.error]
        rows = sum(len(one.refreshed.news.offers) for one in outcomes if one.refreshed)
        if os.environ.get("KEEP"):
            import shutil

            shutil.copytree(folder, os.environ["KEEP"], dirs_exist_ok=True)
        kept = sum(path.stat().st_size for path in fetched.folder().iterdir())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"refresh   {rows:,} offers of {len(wanted)} lists in {took_s:.1f} s, {kept / 1e6:.1f} MB kept")
        print(f"          peak memory, the servers in the same process: {peak:,.0f} MB", *failed, sep="\n")
        runs = [
            json.loads("[" + subprocess.run(
                [sys.executable, "-c", AFTER], capture_output=True, text=True, check=True, cwd=ROOT
            ).stdout.replace(" ", ",") + "]")
            for _ in range(5)
        ]  # fmt: skip
        count, load, first, later, plain, duck = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"load      {count:,.0f} offers in {1000 * load:.0f} ms of CPU")
        print(f"compare   first answer, load included, {1000 * first:.0f} ms, later ones {1000 * later:.1f} ms of CPU")
        print(f"          pandas alone {1000 * plain:.1f} ms: ratio {later / plain:.2f}")
        if duck:
            print(f"          DuckDB {1000 * duck:.1f} ms: ratio {later / duck:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
