"""The documentation's table of what the embedded catalogue covers, counted from the committed data."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

BEGIN = "<!-- coverage: begin (written by tools/make_catalogue.py) -->"
END = "<!-- coverage: end -->"
NAMES = {
    "azure_arm": "Azure",
    "digitalocean": "DigitalOcean",
    "ec2": "EC2",
    "gce": "Google Compute Engine",
    "hetzner": "Hetzner",
    "linode": "Linode",
    "nephoscale": "NephoScale",
    "oci": "Oracle Cloud",
    "openstack": "OpenStack",
    "rackspace": "Rackspace",
    "softlayer": "SoftLayer",
    "vultr": "Vultr",
}
HEAD = ("provider", "offers", "sizes (with a price)", "regions", "kinds", "systems", "in", "prices of")


def section(frames: dict[str, pd.DataFrame], history: pd.DataFrame) -> str:
    """The lines from BEGIN to END: a table for each snapshot, and how much history there is."""
    lines = [BEGIN]
    for name, frame in frames.items():
        lines += ["", f"The snapshot `{name}`: {len(frame):,} offers.", "", *table(frame)]
    series = len(history[["provider", "id", "region"]].drop_duplicates())
    first = history["as_of"].min()
    lines += ["", f"Beside these, {series:,} series of what prices were, from {first:%Y} on: `%mist history`."]
    return "\n".join([*lines, "", END]) + "\n"


def table(frame: pd.DataFrame) -> list[str]:
    """A row for each provider, the one with most offers first."""
    frame = frame.assign(provider=frame["provider"].astype("object"))
    counts = frame["provider"].value_counts()
    order = sorted(counts.index, key=lambda provider: (-counts[provider], provider))
    rows = [_row(provider, frame[frame["provider"] == provider]) for provider in order]
    return [_line(HEAD), _line(["---"] * len(HEAD)), *map(_line, rows)]


def _row(provider: str, offers: pd.DataFrame) -> list[str]:
    priced = offers[offers["price_hourly"].notna()]
    sizes, with_price = offers["id"].nunique(), priced["id"].nunique()
    kinds, systems = (", ".join(sorted(set(priced[column]))) for column in ("kind", "os"))
    return [
        NAMES[provider],
        f"{len(offers):,}",
        f"{sizes:,}" if sizes == with_price else f"{sizes:,} ({with_price:,})",
        f"{offers['region'].nunique():,}",
        kinds,
        systems,
        ", ".join(sorted(set(priced["currency"]))),
        _days(priced),
    ]


def _days(priced: pd.DataFrame) -> str:
    if not len(priced):
        return ""
    first, last = (f"{day:%Y-%m}" for day in (priced["as_of"].min(), priced["as_of"].max()))
    return first if first == last else f"{first} to {last}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
