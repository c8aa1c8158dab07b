"""What can be chosen among these offers: the steps of each slider, and the words of each list. All of it from the data.

A word that a line could not say is not offered: names with a comma, and GPUs whose name reads as an amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.resolver import PROVIDER_ALIASES
from mist_notebook.ground.text_codes import coded
from mist_notebook.prices.comparing.ranking import GROUPS
from mist_notebook.prices.comparing.selection import distinct, grouped
from mist_notebook.prices.wishes import places
from mist_notebook.prices.wishes.wish import ANY, ARCHITECTURES, KINDS, Wish
from mist_notebook.records.provider_names import called

from . import ladder
from .ladder import Ladder

if TYPE_CHECKING:
    import pandas as pd

Option = tuple[str, str]  # the text, and the word of the line

FIGURES = {"cpus": "vcpus", "ram": "ram_gb", "disk": "disk_gb", "net": "net_gbps", "gpus": "gpus", "gib": "gpu_ram_gb"}
_PARTS = {
    "eu": "Europe",
    "us": "United States",
    "na": "North America",
    "sa": "South America",
    "asia": "Asia",
    "oceania": "Oceania",
    "me": "Middle East",
    "africa": "Africa",
}
_MOST_AGES = 12


@dataclass(frozen=True)
class Choices:
    """What every filter offers. `ladders` has one for each of FIGURES, for `ratio` (GiB of RAM a vCPU) and `price`.

    `ages` are days since which prices may be, and the words for them; `regions` come with their provider. `sizes` and
    `offers` count what there is.
    """

    ladders: Mapping[str, Ladder]
    providers: tuple[Option, ...]
    parts: tuple[Option, ...]
    regions: tuple[tuple[str, str, str], ...]
    arch: tuple[Option, ...]
    gpus: tuple[Option, ...]
    systems: tuple[Option, ...]
    kinds: tuple[Option, ...]
    ages: tuple[tuple[str, float], ...]
    sizes: int
    offers: int

    def regions_of(self, providers: tuple[str, ...]) -> tuple[Option, ...]:
        """The regions of these providers, of all where none is named."""
        wanted = {word.casefold() for word in providers}
        return tuple((text, word) for text, word, owner in self.regions if not wanted or owner.casefold() in wanted)

    def in_our_words(self, wish: Wish) -> Wish:
        """The same wish, in the words that are offered here: `Azure` is `azure_arm`, and `europe` is `eu`."""
        providers = tuple(_offered(word, self.providers, _same_provider) for word in wish.providers)
        regions = tuple(_offered(word, self.parts, _same_part) for word in wish.regions)
        return replace(wish, providers=tuple(dict.fromkeys(providers)), regions=tuple(dict.fromkeys(regions)))


def _offered(word: str, options: tuple[Option, ...], is_same: Callable[[str, str], bool]) -> str:
    """The word that is offered for it, else itself."""
    return next((known for _, known in options if is_same(word.casefold(), known)), word)


def _same_provider(folded: str, known: str) -> bool:
    return known.casefold() in (folded, PROVIDER_ALIASES.get(folded))


def _same_part(folded: str, known: str) -> bool:
    return bool(meant := places.continents(folded)) and meant == places.continents(known)


def of(offers: pd.DataFrame, today: date) -> Choices:
    """The choices that these offers leave a person."""
    regions = _regions(offers)
    known, providers = _texts(offers["region"]), _texts(offers["provider"])
    return Choices(
        _ladders(offers),
        tuple(
            (called(word) if word in providers else text, word)
            for text, word in _options(name for column in ("backend", "provider") for name in _texts(offers[column]))
        ),
        tuple((text, word) for word, text in _PARTS.items() if any(places.is_in(name, word) for name in known)),
        regions,
        _options(name for name in _texts(offers["arch"]) if name in ARCHITECTURES),
        _options(name for name in _texts(offers["gpu_name"]) if _is_gpu(name)),
        _options(name for name in _texts(offers["os"]) if name.strip() == name),
        _options([kind for kind in KINDS if kind == ANY or kind in _texts(offers["kind"])]),
        _ages(offers, today),
        distinct(numbers) if (numbers := grouped(offers, np.arange(len(offers)), GROUPS["size"])) is not None else 0,
        len(offers),
    )


def _ladders(offers: pd.DataFrame) -> dict[str, Ladder]:
    figures = {name: offers[column].to_numpy() for name, column in FIGURES.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        figures["ratio"] = figures["ram"] / figures["cpus"]
    figures["gpus"] = figures["gpus"][figures["gpus"] >= 1]  # a part of a GPU is none that one asks for
    found = {name: ladder.of_figures(values) for name, values in figures.items()}
    return found | {"price": ladder.of_prices(offers["price_hourly"].to_numpy())}


def _texts(column: pd.Series[Any]) -> list[str]:
    """The different texts of the column that a row has, in alphabetical order."""
    codes, texts = coded(column)
    used = np.zeros(len(texts) + 1, dtype=np.bool_)
    used[codes] = True
    return sorted(text for text, is_used in zip(texts, used[:-1], strict=True) if is_used)


def _options(words: Iterable[str]) -> tuple[Option, ...]:
    """The words that a line can say, each once: what differs only in its capitals means the same there."""
    sayable = {word.casefold(): word for word in reversed(list(words)) if word and "," not in word}
    return tuple((word, word) for word in reversed(sayable.values()))


def _regions(offers: pd.DataFrame) -> tuple[tuple[str, str, str], ...]:
    """The text of each region, its word, and whose it is: the backend, else the provider."""
    found: dict[tuple[str, str], str] = {}
    owners = [_paired(offers, column) for column in ("backend", "provider")]
    for name, owner in sorted(pair for pairs in owners for pair in pairs):
        word = name.partition(",")[0].strip()
        if word:
            found.setdefault((word, owner), f"{name} · {called(owner)}")
    return tuple((text, word, owner) for (word, owner), text in found.items())


def _paired(offers: pd.DataFrame, column: str) -> list[tuple[str, str]]:
    """Every region with every owner that it has in that column."""
    regions, names = coded(offers["region"])
    owners, whose = coded(offers[column])
    known = (regions >= 0) & (owners >= 0)
    pairs = np.unique(owners[known].astype(np.int64) * max(len(names), 1) + regions[known])
    return [(names[pair % len(names)], whose[pair // len(names)]) for pair in pairs.tolist()]


def _is_gpu(name: str) -> bool:
    try:
        return quantity.gpu(name).models == (name,)
    except MistError:
        return False


def _ages(offers: pd.DataFrame, today: date) -> tuple[tuple[str, float], ...]:
    """The days of the prices but for the oldest, the newest first, a dozen of them at most."""
    days = np.unique(offers["as_of"].to_numpy().astype("datetime64[D]"))
    days = days[~np.isnat(days)][:0:-1]
    ages = [(str(day), float((np.datetime64(today) - day).astype(int))) for day in days]
    every = -(-len(ages) // _MOST_AGES) or 1
    return tuple((f"{day} or later", age) for day, age in ages[::every] if age > 0)
