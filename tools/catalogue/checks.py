"""The check on what is made: rows of price lists that none of it was made from, each with its source and its day.

`checks.csv` has them. A price that differs by more than half a percent is wrong (a market's by more than 30 %), and
so is one in another currency; a row that isn't there is absent, which is no error: unknown is better than wrong.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .rows import Offer, Size, Snapshot

FILE = Path(__file__).with_name("checks.csv")
RIGHT, WRONG, ABSENT = "right", "wrong", "absent"
OUTCOMES = (RIGHT, WRONG, ABSENT)
TOLERANCE, MARKET_TOLERANCE = 0.005, 0.3
_MARKET = "market price"
_FLEXIBLE = "Flex"


@dataclass(frozen=True)
class Check:
    """One row of another list."""

    provider: str
    size: str
    region: str
    os: str
    kind: str
    price: float
    currency: str
    vcpus: float | None
    ram_gb: float | None
    tolerance: float = TOLERANCE

    def __str__(self) -> str:
        return f"{self.provider} {self.size} in {self.region} ({self.os}, {self.kind})"


def read(path: Path = FILE) -> list[Check]:
    """The rows of the file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [_check(row) for row in csv.DictReader(lines)]


def _check(row: dict[str, str]) -> Check:
    shape = {name: float(row[name]) if row[name] else None for name in ("vcpus", "ram_gb")}
    same = {name: row[name] for name in ("provider", "size", "region", "os", "kind", "currency")}
    tolerance = MARKET_TOLERANCE if _MARKET in row["note"] else TOLERANCE
    return Check(price=float(row["price"]), tolerance=tolerance, **shape, **same)


def outcome(check: Check, snapshot: Snapshot) -> tuple[str, float | None]:
    """Whether the snapshot has that price, and what it has."""
    found = [offer for offer in _candidates(check, snapshot) if offer.hourly]
    if not found:
        return ABSENT, None
    price = found[0].hourly or 0.0
    is_right = found[0].currency == check.currency and abs(price / check.price - 1) <= check.tolerance
    return (RIGHT if is_right else WRONG), price


def _candidates(check: Check, snapshot: Snapshot) -> Iterable[Offer]:
    """The offers of that size; a flexible shape has one for each count of vCPUs and GB."""
    rest = (check.region, check.kind, check.os)
    if _FLEXIBLE not in check.size:
        offer = snapshot.offers.get((check.provider, check.size, *rest))
        return [offer] if offer else []
    sizes = (size for size in snapshot.sizes.values() if _is_shape(check, size))
    offers = (snapshot.offers.get((check.provider, size.id, *rest)) for size in sizes)
    return [offer for offer in offers if offer]


def _is_shape(check: Check, size: Size) -> bool:
    is_it = size.provider == check.provider and size.id.startswith(check.size)
    return is_it and size.vcpus == check.vcpus and size.ram_gb == check.ram_gb


def report(checks: Iterable[Check], snapshot: Snapshot) -> tuple[list[str], int]:
    """Right, wrong and absent by provider, a line for each wrong one, and how many those are."""
    counts: dict[str, Counter[str]] = {}
    wrong = []
    for check in checks:
        said, price = outcome(check, snapshot)
        counts.setdefault(check.provider, Counter())[said] += 1
        if said == WRONG:
            wrong.append(f"wrong: {check}: {price:g}, and should be {check.price:g} {check.currency}")
    total = sum(counts.values(), Counter())
    lines = [_line(provider, [found[name] for name in OUTCOMES]) for provider, found in sorted(counts.items())]
    head = _line("", OUTCOMES)
    return [head, *lines, _line("all", [total[name] for name in OUTCOMES]), *wrong], total[WRONG]


def _line(name: str, cells: Iterable[object]) -> str:
    return f"{name:<14}" + "".join(f"{cell:>8}" for cell in cells)
