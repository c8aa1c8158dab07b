"""Fetching a provider's own price list, when a person asks for it: read whole, checked, and kept in one move.

Until all of it is read and looks like a price list, nothing changes: not by a broken answer, not by an interrupt, not
by a list that is suddenly half as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from mist_notebook.ground.errors import ApiError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief

from . import changes, fetched, overlay, price_row, specs
from .fetched import WHOLE, Kept, UnusableError
from .lists import PriceList
from .reading import USUAL, Means, Reader

_LEAST_OF_BEFORE = 0.5


class StoppedError(MistError):
    """A person has interrupted the reading."""


@dataclass(frozen=True)
class Refreshed:
    """What fetching a list changed, one row for each offer that differs, and the lines that say it in short."""

    changes: pd.DataFrame
    notes: tuple[str, ...]


def refresh(
    wanted: PriceList, embedded: pd.DataFrame, regions: Sequence[str] = (), *, means: Means = USUAL
) -> Refreshed:
    """Fetch the list, or these regions of it, and keep it; `embedded` is the current snapshot as it came.

    Raises what reading raises, and SettingsError where it can't be kept; the list kept before is untouched, then.
    """
    try:
        return _refreshed(wanted, embedded, list(dict.fromkeys(map(wanted.region, regions))), means)
    except MistError as error:
        error.hint = f"{_unchanged(wanted)} {error.hint}".strip()
        raise
    except KeyboardInterrupt:
        raise StoppedError(f"Interrupted while reading the price list of {wanted.name}.", _unchanged(wanted)) from None


def _unchanged(wanted: PriceList) -> str:
    return f"No price of {wanted.name} changed."


def _refreshed(wanted: PriceList, embedded: pd.DataFrame, regions: list[str], means: Means) -> Refreshed:
    today = means.today()
    old, doubts = _old(wanted.name)
    fresh = _read(wanted, embedded, regions, means, today)
    news = Kept(wanted.name, wanted.provider, wanted.url, dict.fromkeys(regions or [WHOLE], today), fresh)
    before = overlay.overlaid(embedded, [old] if old else [])
    before = before[overlay.spoken_for(before, news)]
    _check_length(wanted.name, len(before), len(fresh))
    path = fetched.put(_merged(old, news))
    found = changes.between(before, fresh)
    return Refreshed(found, (*doubts, _summary(news, before, found), *_shapeless(news), f"Kept in {path}"))


def _old(name: str) -> tuple[Kept | None, tuple[str, ...]]:
    """The list as it was kept before, and a line where it can't be used."""
    path = fetched.file_of(name)
    try:
        return fetched.read(path), ()
    except FileNotFoundError:
        return None, ()
    except UnusableError as error:
        return None, (f"{path} {error}: it was not used, and is replaced.",)


def _read(wanted: PriceList, embedded: pd.DataFrame, regions: list[str], means: Means, today: date) -> pd.DataFrame:
    """The list's offers, read whole, with what the embedded catalogue knows of their sizes."""
    with Reader(wanted.url, wanted.name, wanted.total_s, today, means) as reader:
        rows = wanted.rows(reader, regions)
    offers = price_row.frame(rows, provider=wanted.provider, as_of=today, source=wanted.source)
    missing = [region for region in regions if not (offers["region"] == region).any()]
    if missing:
        known = embedded["region"][(embedded["provider"] == wanted.provider).to_numpy(dtype=bool)].dropna().unique()
        hint = did_you_mean(missing[0], sorted(map(str, known)), "region")
        raise NotFoundError(f"{wanted.name} lists nothing in '{brief(missing[0])}'.", hint)
    if not len(offers):
        raise ApiError(f"The price list of {wanted.name} has no offer in it.")
    told = specs.named(specs.joined(offers, embedded, wanted.provider), wanted.provider)
    return told.drop_duplicates([*overlay.KEY], ignore_index=True)


def _check_length(name: str, before: int, now: int) -> None:
    if now < _LEAST_OF_BEFORE * before:
        raise ApiError(
            f"The price list of {name} has {now:,} offers, where {before:,} were known: it looks incomplete.",
            f"Try again later. If it is so, remove {fetched.file_of(name)} first.",
        )


def _merged(old: Kept | None, news: Kept) -> Kept:
    """The regions that were read in the place of the old ones; the whole list in the place of everything."""
    if old is None or WHOLE in news.scopes:
        return news
    rest = old.offers[~old.offers["region"].isin(list(news.scopes))]
    offers = pd.concat([rest, news.offers], ignore_index=True)
    return Kept(news.name, news.provider, news.url, {**old.scopes, **news.scopes}, offers)


def _summary(news: Kept, before: pd.DataFrame, found: pd.DataFrame) -> str:
    counts = found["change"].value_counts()
    said = ", ".join(f"{counts.get(change, 0):,} {change}" for change in changes.ORDER)
    days = before["as_of"].dropna().dt.strftime("%Y-%m-%d")
    known = f"Known before: {len(before):,} of {days.min()} to {days.max()}." if len(days) else "None was known before."
    return f"{news.name}: {len(news.offers):,} offers of {max(news.scopes.values())}: {said}. {known}"


def _shapeless(news: Kept) -> tuple[str, ...]:
    """A line on the sizes of which nobody knows the shape."""
    sizes = news.offers.drop_duplicates("id")
    missing = int(sizes["vcpus"].isna().sum())
    if not missing:
        return ()
    return (f"The shape of {missing:,} of {len(sizes):,} sizes is not known: they fit no wish for vCPUs or memory.",)
