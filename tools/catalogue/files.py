"""What is committed: tables of numbers and codes as CSV, compressed without a date, and the manifest that names them.

A snapshot is four tables. ``sizes`` and ``terms`` are read by people and joined by row number, ``regions`` too;
``offers`` has a row per size, region and kind: the row of its size, of its region (-1: none), of its terms, and its
prices in millionths of the currency of its terms, which as whole numbers are read fast and exactly. An empty price is
unknown.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pinned import Pin

from .history import Span
from .rows import Offer, Size, Snapshot

FORMAT = 2
MICRO = 1_000_000
SIZE_FIELDS = [one.name for one in fields(Size)]
TERM_FIELDS = ("kind", "os", "cap_hours", "currency", "as_of", "source", "confidence")
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Table:
    """One CSV file: its name without the ending, its header and its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]

    @property
    def text(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([[_cell(value) for value in row] for row in self.rows])
        return out.getvalue()


def snapshot_tables(name: str, snapshot: Snapshot) -> list[Table]:
    """A snapshot as its four tables."""
    offers = sorted(snapshot.offers.values(), key=lambda offer: offer.key)
    offered = {(offer.provider, offer.id) for offer in offers}
    sizes = [size for key, size in sorted(snapshot.sizes.items()) if key in offered]
    regions = sorted({offer.region for offer in offers if offer.region})
    terms = sorted({_terms(offer) for offer in offers}, key=str)
    place = {size.key: row for row, size in enumerate(sizes)}
    region_row = {region: row for row, region in enumerate(regions)} | {None: -1}
    term_row = {term: row for row, term in enumerate(terms)}
    rows = [
        (place[offer.provider, offer.id], region_row[offer.region], term_row[_terms(offer)], *_prices(offer))
        for offer in offers
    ]
    return [
        Table(f"{name}/sizes", SIZE_FIELDS, [[getattr(size, field) for field in SIZE_FIELDS] for size in sizes]),
        Table(f"{name}/regions", ("region",), [(region,) for region in regions]),
        Table(f"{name}/terms", TERM_FIELDS, terms),
        Table(f"{name}/offers", ("size", "region", "terms", "hourly_micro", "monthly_micro"), rows),
    ]


def history_tables(spans: Sequence[Span]) -> list[Table]:
    """The spans, with their series and their sources as row numbers, and their days as days."""
    series = sorted({span.series for span in spans})
    sources = sorted({span.source for span in spans})
    days = sorted({day for span in spans for day in (span.since, span.until)})
    row = {one: number for number, one in enumerate(series)}
    source = {one: number for number, one in enumerate(sources)}
    day = {one: number for number, one in enumerate(days)}
    return [
        Table("history/series", ("provider", "id", "region"), series),
        Table("history/sources", ("source",), [(one,) for one in sources]),
        Table("history/days", ("as_of",), [(one,) for one in days]),
        Table(
            "history/spans",
            ("series", "since", "until", "hourly_micro_usd", "source"),
            [(row[s.series], day[s.since], day[s.until], micro(s.price), source[s.source]) for s in spans],
        ),
    ]


def manifest(tables: Iterable[Table], pins: Iterable[Pin], snapshots: dict[str, Snapshot]) -> dict[str, Any]:
    """What the files hold: the format, the rows of each, each snapshot's counts, and each package."""
    sources = Counter(
        offer.source.partition(" (")[0] for snapshot in snapshots.values() for offer in snapshot.offers.values()
    )
    shapes = Counter(size.spec_source for snapshot in snapshots.values() for size in snapshot.sizes.values())
    return {
        "format": FORMAT,
        "tables": {table.name: len(table.rows) for table in tables},
        "snapshots": {name: _counts(snapshot) for name, snapshot in snapshots.items()},
        "sources": [
            {
                "package": pin.package,
                "version": pin.version,
                "registry": pin.registry,
                "sha256": pin.sha256,
                "licence": pin.licence,
                "date": pin.date,
                "taken": pin.taken,
                "rows": sources[pin.label],
                "sizes": shapes[pin.label],
            }
            for pin in pins
        ],
    }


def _counts(snapshot: Snapshot) -> dict[str, Any]:
    offers = snapshot.offers.values()
    priced = [offer for offer in offers if offer.hourly]
    return {
        "offers": len(snapshot.offers),
        "priced": len(priced),
        "sizes": len({(offer.provider, offer.id) for offer in offers}),
        "regions": len({(offer.provider, offer.region) for offer in offers if offer.region}),
        "oldest": min(offer.as_of for offer in offers),
        "newest": max(offer.as_of for offer in offers),
        "providers": dict(sorted(Counter(offer.provider for offer in offers).items())),
    }


def content(tables: Iterable[Table], listed: dict[str, Any]) -> dict[str, str]:
    """Every file by its path below the data folder, with its uncompressed text."""
    files = {f"{table.name}.csv.gz": table.text for table in tables}
    return files | {MANIFEST: json.dumps(listed, indent=1) + "\n"}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write each file; a compressed one carries no date and no name."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = text.encode("utf-8")
        path.write_bytes(gzip.compress(raw, 9, mtime=0) if name.endswith(".gz") else raw)


def read(folder: Path) -> dict[str, str]:
    """The files of a folder as `content` gives them."""
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.name.endswith(".gz") else raw
        found[path.relative_to(folder).as_posix()] = text.decode("utf-8")
    return found


def micro(price: float) -> int:
    """An amount as millionths; no price is so small that nothing is left of it."""
    whole = round(price * MICRO)
    if whole <= 0:
        raise ValueError(f"a price of {price}")
    return whole


def _prices(offer: Offer) -> tuple[int | None, int | None]:
    return (offer.hourly and micro(offer.hourly)) or None, (offer.monthly and micro(offer.monthly)) or None


def _terms(offer: Offer) -> tuple[object, ...]:
    return tuple(getattr(offer, name) for name in TERM_FIELDS)


def _cell(value: object) -> object:
    """A value as CSV has it: nothing for unknown, 1 and 0 for flags, no point in a whole number."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return "" if value is None else value
