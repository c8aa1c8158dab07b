"""Where the providers' regions are, and the words that a person has for it: a part of the world, a country, a city.

`eu`, `Germany`, `DE`, `Frankfurt` and `Oregon` mean every region there, of all providers; `eu` is Europe, Switzerland
and the United Kingdom included. A government's regions are meant only by words that say so (`gov`, `us-gov`). The
facts are in `regions.csv` and `countries.csv`; a region that isn't there is where its name begins, or nowhere.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

_MOST_REGIONS = 4096
_FOLDER = Path(__file__).with_name("data")
_WORDS = {
    "europe": "eu europe european-union",
    "north-america": "na north-america northamerica",
    "south-america": "sa south-america southamerica latam latin-america",
    "asia": "asia",
    "oceania": "oceania",
    "middle-east": "me middle-east middleeast",
    "africa": "af africa",
    "asia oceania": "ap apac asia-pacific",
}
_SAME = {"uk": "gb", "usa": "us", "eur": "europe"}
_OTHER_NAMES = {"bombay": "mumbai", "new delhi": "delhi", "dc": "washington dc", "peking": "beijing"}
_GOVERNMENT = {"gov", "government", "govcloud", "us gov", "usgov", "us government", "dod", "usdod"}
_GOVERNMENTS = re.compile(r"(?:^|-)gov-|^us(?:gov|dod)|^us-(?:langley|luke)-")
# The providers that have a list of prices, now or in 2014: what can be compared.
LISTED = (
    *("ec2", "azure_arm", "gce", "linode", "vultr", "oci", "digitalocean", "hetzner", "ovh", "scaleway", "upcloud"),
    *("verda", "nephoscale", "rackspace", "softlayer"),
)
CONTINENT_WORDS = ("eu", "us", "asia", "na", "sa", "apac", "oceania", "me", "africa")


@dataclass(frozen=True)
class Place:
    """Where a region is: the code of its country, and what people call its city or state, the usual name first."""

    country: str
    names: tuple[str, ...] = ()

    @cached_property
    def words(self) -> frozenset[str]:
        """The names without letter case, accents and punctuation."""
        return frozenset(map(_folded, self.names))

    @property
    def city(self) -> str:
        return self.names[0] if self.names else ""


_NOWHERE = Place("")


@dataclass(frozen=True)
class _Meaning:
    """What a word of a person means: countries, or one city or state; a government's regions or all others."""

    countries: frozenset[str] = field(default_factory=frozenset)
    name: str = ""
    is_government: bool = False


@lru_cache(maxsize=_MOST_REGIONS)
def place(region: str, provider: str = "") -> Place:
    """Where the region is; providers may have the same name for different places. Nowhere, if it isn't known."""
    key = region.casefold()
    return _listed(key, provider) or _by_its_name(key, provider)


def country(region: str, provider: str = "") -> str:
    """The code of the country that the region is in; nothing where it isn't known."""
    return place(region, provider).country


def part(region: str, provider: str = "") -> str:
    """The part of the world that the region is in: `europe`, `north-america`, …; nothing where it isn't known."""
    return _part_of_country().get(country(region, provider), "")


def continents(word: str) -> frozenset[str]:
    """The codes of the countries that a word for a country or a part of the world means; none for any other word."""
    meant = _meaning(word)
    return meant.countries if meant else frozenset()


def is_place(word: str) -> bool:
    """Whether the word means a place: a part of the world, a country, a city or a state."""
    return _meaning(word) is not None


def is_in(region: str, word: str, provider: str = "") -> bool:
    """Whether the region is in the place that the word means."""
    meant = _meaning(word)
    if meant is None or _is_governments(region) != meant.is_government:
        return False
    there = place(region, provider)
    if meant.name:
        return meant.name in there.words
    if there.country:
        return there.country in meant.countries
    first = _folded(region).partition(" ")[0]
    return bool(wider := continents(first)) and wider <= meant.countries


def regions(providers: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Every region of the table, or of these providers, each with its provider."""
    chosen = {name: own for name, own in _spelled().items() if not providers or name in providers}
    return [(name, provider) for provider, own in chosen.items() for name in own]


def words() -> list[str]:
    """The words for places: parts of the world, countries and cities, as people write them."""
    cities = sorted({name for _, there, _ in _facts() for name in there.names})
    return list(dict.fromkeys([*CONTINENT_WORDS, *(names[0] for names in _countries().values()), *cities]))


@lru_cache(maxsize=_MOST_REGIONS)
def _is_governments(region: str) -> bool:
    return bool(_GOVERNMENTS.search(region.casefold()))


@lru_cache(maxsize=_MOST_REGIONS)
def _meaning(word: str) -> _Meaning | None:
    folded = _folded(word)
    folded = _SAME.get(folded, _OTHER_NAMES.get(folded, folded))
    if folded in _GOVERNMENT:
        return _Meaning(frozenset({"us", "gb"} if "us" not in folded else {"us"}), is_government=True)
    if found := _by_word().get(folded):
        return _Meaning(found)
    return _Meaning(name=folded) if folded in _place_names() else None


def _listed(key: str, provider: str) -> Place | None:
    """Where the table has it: of this provider, else of the first that has such a region."""
    own = _table().get(provider, {})
    return own.get(key) or next((there[key] for there in _table().values() if key in there), None)


def _by_its_name(key: str, provider: str) -> Place:
    """Where a name that isn't in the table says that it is: `us-west-2-lax-1` is a part of `us-west-2`."""
    if ", " in key or key.rstrip(" 0123456789") in _place_names():  # `London, England, UK`, `New York 1`
        return _spelled_out(key)
    for length in range(len(key) - 1, 0, -1):
        whole = key[length - 1].isdigit() and not key[length].isdigit()
        if whole and (found := _listed(key[:length], provider)):  # `eu-west` is one, and no beginning of `eu-west-4`
            return Place(found.country)
    parts = [_SAME.get(part, part) for part in re.split(r"[-_/ ]", key)]
    known = [part for part in parts[:2] if part in _codes() and part not in _by_part()]
    return Place(known[0]) if known and (known[0] == parts[0] or parts[0] in _by_word()) else _NOWHERE


def _spelled_out(key: str) -> Place:
    """The city at the beginning of a name, and the country at its end, or that of the city."""
    names = tuple(part.rstrip(" 0123456789") for part in key.split(", "))
    last = _SAME.get(names[-1], names[-1])
    if last in _codes():
        return Place(last, names[:-1])
    country = next((there.country for _, there, _ in _facts() if names[0] in there.words), "")
    return Place(country, names[:1]) if country else _NOWHERE


def _folded(text: str) -> str:
    """Without letter case, accents and punctuation."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.sub(r"[-_ ]+", " ", plain.casefold().replace(".", "")).strip()


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _several(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


@cache
def _facts() -> list[tuple[str, Place, list[str]]]:
    return [
        (row["provider"], Place(row["country"], _several(row["places"])), row["regions"].split())
        for row in _rows("regions.csv")
    ]


@cache
def _spelled() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for provider, _, names in _facts():
        found.setdefault(provider, []).extend(names)
    return found


@cache
def _table() -> dict[str, dict[str, Place]]:
    found: dict[str, dict[str, Place]] = {}
    for provider, there, names in _facts():
        found.setdefault(provider, {}).update({name.casefold(): there for name in names})
    return found


@cache
def _place_names() -> frozenset[str]:
    return frozenset(word for _, there, _ in _facts() for word in there.words)


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    return {row["country"]: _several(row["names"]) for row in _rows("countries.csv")}


@cache
def _part_of_country() -> dict[str, str]:
    return {row["country"]: row["part"] for row in _rows("countries.csv")}


@cache
def _codes() -> frozenset[str]:
    return frozenset(_countries())


@cache
def _by_part() -> dict[str, frozenset[str]]:
    """The countries of each word for a part of the world."""
    parts: dict[str, set[str]] = {}
    for row in _rows("countries.csv"):
        parts.setdefault(row["part"], set()).add(row["country"])
    return {
        _folded(word): frozenset(code for part in names.split() for code in parts[part])
        for names, said in _WORDS.items()
        for word in said.split()
    }


@cache
def _by_word() -> dict[str, frozenset[str]]:
    codes = {code: frozenset({code}) for code in _codes()}
    names = {_folded(name): frozenset({code}) for code, all_names in _countries().items() for name in all_names}
    return codes | names | _by_part()
