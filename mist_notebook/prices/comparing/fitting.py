"""Which offers fit a wish, and what each of its conditions left over: a frame and a wish → row numbers and counts.

A row of which the figure isn't known never fits a condition on it, and is counted. Words for providers, regions and
GPUs are looked up among the offers there are: NotFoundError with the nearest where nothing is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.amounts.quantity import Range
from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.ground.text_codes import coded, where
from mist_notebook.prices.known import clouds
from mist_notebook.prices.known.ages import price_ages
from mist_notebook.prices.wishes import gpus, regions
from mist_notebook.prices.wishes.wish import ANY, DEFAULTS, LINUX, Wish, flag
from mist_notebook.records.provider_names import key_of

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Figures = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Step:
    """One condition, as typed: the rows left after it, those it took, and how many of these are unknown."""

    name: str
    said: str
    left: int
    taken: int
    unknown: int


@dataclass(frozen=True)
class Fit:
    """The numbers of the rows that fit, out of `total`, and the steps that led there."""

    rows: Codes
    total: int
    steps: tuple[Step, ...]


def fit(offers: pd.DataFrame, wish: Wish, today: date) -> Fit:
    """The rows of `offers` that fit, in their order."""
    kept = np.ones(len(offers), dtype=np.bool_)
    left, steps = len(offers), []
    for name in conditions(wish):
        fits = CONDITIONS[name](offers, wish, today)
        unknown = _unknown(offers, kept, name)
        kept &= fits
        before, left = left, int(np.count_nonzero(kept))
        steps.append(Step(name, said(wish, name), left, before - left, unknown))
    return Fit(np.flatnonzero(kept), len(offers), tuple(steps))


def conditions(wish: Wish) -> list[str]:
    """The conditions that the wish has, in the order in which they are looked at."""
    return [name for name in DEFAULTS if getattr(wish, name) not in (None, (), "", ANY)]


def said(wish: Wish, name: str) -> str:
    """A condition in a sentence: as typed, or its default."""
    return wish.spelled(name) or f"{flag(name)} {getattr(wish, name)}"


def figure(offers: pd.DataFrame, name: str) -> Figures:
    """A column of figures."""
    return offers[name].to_numpy()


def _unknown(offers: pd.DataFrame, kept: Flags, name: str) -> int:
    """Of how many of the rows that were left the figure isn't known that the condition looks at: none of them fits."""
    column = offers[COLUMNS[name]]
    if isinstance(column.dtype, pd.CategoricalDtype):
        missing = column.cat.codes.to_numpy() < 0
    elif column.dtype.kind == "f":
        missing = np.isnan(column.to_numpy())
    else:
        missing = column.isna().to_numpy()
    return int(np.count_nonzero(kept & missing))


def inside(values: Figures, wanted: Range) -> Flags:
    """Which values lie in the range; an unknown one never does."""
    found = values >= wanted.low
    return found if wanted.high == np.inf else found & (values <= wanted.high)


def _kind(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    return where(offers["kind"], wish.kinds.__contains__)


def _os(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    wanted = wish.os.casefold()
    if wanted == LINUX:  # what no list says more of
        return ~where(offers["os"], lambda text: text.casefold() != LINUX)
    texts = coded(offers["os"])[1]
    if not any(text.casefold() == wanted for text in texts):
        raise NotFoundError(f"No offer is for '{brief(wish.os)}'.", did_you_mean(wish.os, texts, "operating system"))
    return where(offers["os"], lambda text: text.casefold() == wanted)


def _providers(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    found = np.zeros(len(offers), dtype=np.bool_)
    for word in wish.providers:
        found |= of_provider(offers, word)
    return found


def of_provider(offers: pd.DataFrame, word: str) -> Flags:
    """The rows of a backend of that name, else of a provider of that id or alias."""
    folded = word.casefold()
    backends, providers = coded(offers["backend"])[1], coded(offers["provider"])[1]
    if any(name.casefold() == folded for name in backends):
        return where(offers["backend"], lambda text: text.casefold() == folded)
    key = key_of(word)
    for wanted in (folded, key):
        if wanted in providers:
            return where(offers["provider"], lambda text, wanted=wanted: text == wanted)  # type: ignore[misc]
    if key in clouds.NAMES and _is_of_now(offers):
        from mist_notebook.prices.known import covered

        raise NotFoundError(f"No offers of a provider named '{brief(word)}'.", covered.missing(key))
    known = [*backends, *providers]
    aliases = [alias for alias, provider in PROVIDER_ALIASES.items() if provider in providers]
    hint = did_you_mean(word, [*known, *aliases], "provider")
    if not hint.startswith("Did"):
        hint = did_you_mean(word, known, "provider")
    raise NotFoundError(f"No offers of a provider named '{brief(word)}'.", hint)


def _is_of_now(offers: pd.DataFrame) -> bool:
    """Whether it is the table that price lists are fetched into, and not one of years ago."""
    return bool(offers["as_of"].max() >= pd.Timestamp(clouds.SINCE))


def _regions(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    return in_regions(offers, wish.regions)


def in_regions(offers: pd.DataFrame, words: Sequence[str]) -> Flags:
    """The rows in a region that one of the words means at its provider; NotFoundError for a word that means none."""
    return regions.rows(offers, words)


def _search(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    wanted = wish.search.casefold()

    def holds(text: str) -> bool:
        return wanted in text.casefold()

    return where(offers["id"], holds) | where(offers["name"], holds)


def _arch(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    return where(offers["arch"], wish.arch.__contains__)


def _gpu(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    assert wish.gpu is not None  # noqa: S101 - `conditions` saw to it
    return gpus.fits(offers, wish.gpu)


def _ram(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    assert wish.ram is not None  # noqa: S101 - `conditions` saw to it
    gib = figure(offers, "ram_gb")
    if wish.ram.per_vcpu:
        with np.errstate(divide="ignore", invalid="ignore"):
            gib = gib / figure(offers, "vcpus")
    return inside(gib, wish.ram.gib)


def _burstable(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    return _is(offers["burstable"], wish.burstable)


def _bare_metal(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    return _is(offers["bare_metal"], wish.bare_metal)


def _is(flags: pd.Series[Any], wanted: bool | None) -> Flags:
    return (flags == wanted).to_numpy(dtype=np.bool_, na_value=False)


def _max_price(offers: pd.DataFrame, wish: Wish, _: date) -> Flags:
    assert wish.max_price is not None  # noqa: S101 - `conditions` saw to it
    return figure(offers, "price_hourly") <= wish.max_price


def _max_age(offers: pd.DataFrame, wish: Wish, today: date) -> Flags:
    assert wish.max_age is not None  # noqa: S101 - `conditions` saw to it
    return price_ages(offers, today) <= wish.max_age


def _figure(column: str, name: str) -> Callable[[pd.DataFrame, Wish, date], Flags]:
    """The condition that a column lies in the range that the wish has under `name`."""
    return lambda offers, wish, _: inside(figure(offers, column), getattr(wish, name))


CONDITIONS: dict[str, Callable[[pd.DataFrame, Wish, date], Flags]] = {
    "kind": _kind,
    "os": _os,
    "providers": _providers,
    "regions": _regions,
    "search": _search,
    "arch": _arch,
    "gpu": _gpu,
    "cpus": _figure("vcpus", "cpus"),
    "ram": _ram,
    "disk": _figure("disk_gb", "disk"),
    "net": _figure("net_gbps", "net"),
    "burstable": _burstable,
    "bare_metal": _bare_metal,
    "max_price": _max_price,
    "max_age": _max_age,
}
COLUMNS: dict[str, str] = {
    "kind": "kind",
    "os": "os",
    "providers": "provider",
    "regions": "region",
    "search": "id",
    "arch": "arch",
    "gpu": "gpus",
    "cpus": "vcpus",
    "ram": "ram_gb",
    "disk": "disk_gb",
    "net": "net_gbps",
    "burstable": "burstable",
    "bare_metal": "bare_metal",
    "max_price": "price_hourly",
    "max_age": "as_of",
}
