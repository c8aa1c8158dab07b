"""What the euro is worth: the European Central Bank's rate of the day, fetched when a person asks, and kept dated.

A rate that isn't one, 0 or text, changes nothing. The rates of a day come with the catalogue, for those who never ask.
"""

from __future__ import annotations

import math
import re
from datetime import date
from functools import cache

import msgspec

from mist_notebook.ground.errors import ApiError, MistError
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.files.own import read_own

from . import fetched, table_file
from .reading.pages import Means, Reader

URL = "https://www.ecb.europa.eu"
_PATH = "/stats/eurofxref/eurofxref-daily.xml"
_FILE = "rates.json"
_TOTAL_S = 30.0
_LARGEST_FILE = 1 << 16
_DAY = re.compile(r"""<Cube\s+time=['"]([0-9]{4}-[0-9]{2}-[0-9]{2})['"]""")
_RATE = re.compile(r"""<Cube\s+currency=['"]([A-Z]{3})['"]\s+rate=['"]([0-9.]+)['"]""")
_SOURCE = "European Central Bank"
_EMBEDDED = f"{_SOURCE} (%mist refresh rates brings today's)"


class Rates(msgspec.Struct, frozen=True):
    """What one euro is worth in other currencies, on a day."""

    day: date
    rates: dict[str, float]
    source: str = _SOURCE

    def usd_in(self, code: str) -> float | None:
        """How much of a currency a dollar is; `None` where it isn't known."""
        usd = self.rates.get("USD")
        other = 1.0 if code == "EUR" else self.rates.get(code)
        return other / usd if usd and other else None


def kept() -> Rates | None:
    """The rates that were fetched last; `None` where none were, or the file can't be used."""
    try:
        content, mode = read_own(fetched.folder() / _FILE, _LARGEST_FILE)
        if mode & 0o022:
            return None
        found = msgspec.json.decode(content, type=Rates)
    except (OSError, MistError, ValueError, msgspec.DecodeError, RecursionError):
        return None
    return found if found.rates and all(_is_one(rate) for rate in found.rates.values()) else None


@cache
def embedded() -> Rates:
    """The rates that came with the catalogue, of the day that they say."""
    found = msgspec.json.decode((table_file.DATA / _FILE).read_bytes(), type=Rates)
    return Rates(found.day, found.rates, _EMBEDDED)


def refresh(means: Means, url: str = URL) -> str:
    """Fetch the rates of the day and keep them; the answer is the line that says so, or why not."""
    try:
        found = _read(means, url)
        path = fetched.folder() / _FILE
        whole_file.own_folder(path.parent)
        whole_file.put(path, msgspec.json.encode(found))
    except MistError as error:
        return f"rates     failed: {error.message} The rate is as before."
    except OSError as error:
        return f"rates     can't be kept ({error.strerror}). The rate is as before."
    return f"rates     1 EUR is {found.rates['USD']:.4f} USD on {found.day} ({_SOURCE})"


def _read(means: Means, url: str) -> Rates:
    with Reader(url, "rates", _TOTAL_S, means.today(), means) as reader:
        text = reader.text(_PATH)
    day, pairs = _DAY.search(text), _RATE.findall(text)
    rates = {code: value for code, said in pairs if _is_one(value := _number(said))}
    if not day or "USD" not in rates:
        raise ApiError("The bank's file has no rate of the dollar: its shape has changed.")
    return Rates(date.fromisoformat(day[1]), rates)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _is_one(rate: float) -> bool:
    return math.isfinite(rate) and rate > 0
