"""How far countries are from this computer, by its time zone and the table of zones that comes with the system.

Where the clock says UTC, as on most servers, or the table isn't there, nothing is near.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

_ZONES = Path("/usr/share/zoneinfo")
_CLOCK = Path("/etc/localtime")
_PLACE = re.compile(r"([+-])(\d{2,3})(\d{2})(?:\d{2})?([+-])(\d{2,3})(\d{2})(?:\d{2})?")
_EARTH_KM = 6371.0
Point = tuple[float, float]


@cache
def distances_km() -> Mapping[str, float]:
    """By a country's code, in small letters: how far its nearest zone is; empty where it isn't known where we are."""
    return of_zone(_zone())


def of_zone(zone: str, table: Path = _ZONES / "zone1970.tab") -> dict[str, float]:
    """The same from the place of this zone."""
    rows = list(_rows(table))
    own = next((place for _, place, name in rows if name == zone), None)
    if own is None:
        return {}
    found: dict[str, float] = {}
    for countries, place, _ in rows:
        for country in countries:
            found[country] = min(found.get(country, _EARTH_KM * 4), _km(own, place))
    home = next(countries[0] for countries, _, name in rows if name == zone)
    return found | {home: 0.0}


def _zone() -> str:
    """The name of this computer's time zone, such as Europe/Berlin."""
    said = os.environ.get("TZ", "").removeprefix(":")
    if said:
        return said
    try:
        return str(_CLOCK.resolve(strict=True)).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _rows(table: Path) -> Iterator[tuple[list[str], Point, str]]:
    try:
        lines = table.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) > 2 and (place := _PLACE.fullmatch(cells[1])):
            yield cells[0].casefold().split(","), _point(place), cells[2]


def _point(place: re.Match[str]) -> Point:
    latitude, longitude = (
        (-1 if place[sign] == "-" else 1) * (int(place[sign + 1]) + int(place[sign + 2]) / 60) for sign in (1, 4)
    )
    return latitude, longitude


def _km(one: Point, other: Point) -> float:
    """Over the ground."""
    (lat, lon), (lat2, lon2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))
