"""EC2 in us-east-1 as cloudwright-ai read it from AWS's own price list in February 2026: over a thousand sizes.

All 840 that other lists have too cost the same there. Its figures of other clouds and regions are of nobody's list.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from pinned import Packages

from .pins import CLOUDWRIGHT

DATABASE = "cloudwright/data/catalog.db"
REGION = "us-east-1"
_PRICES = """
    SELECT instance_types.name, pricing.price_per_hour FROM pricing
    JOIN instance_types ON instance_types.id = pricing.instance_type_id
    JOIN regions ON regions.id = pricing.region_id
    WHERE instance_types.provider_id = 'aws' AND regions.code = ? AND pricing.os = 'linux'
      AND pricing.price_type = 'on_demand' AND pricing.price_per_hour > 0
"""
_DAY = "SELECT updated_at FROM catalog_metadata WHERE key = 'refresh:aws:instances'"


def as_of(packages: Packages) -> str:
    """The day on which the list was read."""
    return str(_rows(packages, _DAY)[0][0])[:10]


def on_demand(packages: Packages) -> dict[str, float]:
    """USD an hour by size, in REGION."""
    return {str(size): float(price) for size, price in _rows(packages, _PRICES, REGION)}


def _rows(packages: Packages, question: str, *values: str) -> list[tuple[object, ...]]:
    """The answer to a question; asked in a file, as its kind of database isn't read from memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        path.write_bytes(packages.files[CLOUDWRIGHT].read(DATABASE))
        with closing(sqlite3.connect(path)) as database:
            return database.execute(question, values).fetchall()
