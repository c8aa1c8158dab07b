"""Frames of offers and of dated prices, as small as a test can tell apart, and what is read back from a chart."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from mist_notebook.charts import Chart
from mist_notebook.records.columns import DAY, OFFERS, PANDAS_3, TEXT

DEFAULTS: dict[str, Any] = {
    "provider": "ec2",
    "id": "m5.large",
    "vcpus": 2.0,
    "ram_gb": 8.0,
    "region": "us-east-1",
    "kind": "on-demand",
    "os": "linux",
    "price_hourly": 0.1,
    "currency": "USD",
    "as_of": "2025-03-02",
    "source": "apache-libcloud 3.9.1",
}
SVG = "{http://www.w3.org/2000/svg}"


def offers(*rows: dict[str, Any]) -> pd.DataFrame:
    """A frame of offers: each row is what differs from an EC2 m5.large of 0.1 USD."""
    filled = [DEFAULTS | {"name": row.get("id", DEFAULTS["id"])} | row for row in rows]
    return pd.DataFrame(
        {column.name: _series([row.get(column.name) for row in filled], column.dtype) for column in OFFERS}
    )


def history(*rows: tuple[str, str, float], provider: str = "ec2", size: str = "m4.large") -> pd.DataFrame:
    """Dated prices of a size: (region, day, price)."""
    data = {
        "provider": [provider] * len(rows),
        "id": [size] * len(rows),
        "region": [region for region, _, _ in rows],
        "as_of": pd.to_datetime([day for _, day, _ in rows]).astype(DAY),
        "price_hourly": [price for _, _, price in rows],
        "currency": ["USD"] * len(rows),
        "source": ["apache-libcloud 2.0.0"] * len(rows),
    }
    return pd.DataFrame(data)


def svg(chart: Chart) -> ElementTree.Element:
    """The picture, as XML that parses."""
    return ElementTree.fromstring(chart.svg)


def words(chart: Chart) -> list[str]:
    """The texts in the picture, in order."""
    return [element.text or "" for element in svg(chart).iter(f"{SVG}text")]


def caption(chart: Chart) -> str:
    """What stands with the picture, in all of its forms the same."""
    said: str = " ".join(chart.spec["title"]["subtitle"])
    return said


def values(chart: Chart) -> list[dict[str, Any]]:
    """The data in the spec, which is JSON without NaN."""
    spec = json.loads(json.dumps(chart.spec, allow_nan=False))
    found: list[dict[str, Any]] = spec["data"]["values"]
    return found


def _series(cells: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == DAY:
        return pd.Series(pd.to_datetime(pd.Series(cells)), dtype=DAY)
    return pd.Series(cells, dtype="object" if dtype == TEXT and not PANDAS_3 else dtype)
