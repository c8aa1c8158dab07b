"""Fetching a provider's own price list, when a person asks for it: read whole, checked, and kept in one move.

Until all of it is read and looks like a price list, nothing changes: not by a broken answer, not by an interrupt, not
by a list that is suddenly half as long.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from mist_notebook.ground.errors import ApiError, AuthError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.secret import Secret
from mist_notebook.ground.text import brief, counted

from . import changes, fetched, overlay, own_past, specs
from .fetched import WHOLE, Kept, UnusableError
from .lists import PriceList, token_variable
from .reading import price_row
from .reading.pages import USUAL, Means, Reader

_LEAST_OF_BEFORE = 0.5
_FAR = 0.3
_ENOUGH = 3


class StoppedError(MistError):
    """A person has interrupted the reading."""


@dataclass(frozen=True)
class Refreshed:
    """What fetching a list changed, one row for each offer that differs, and the lines that say it in short."""

    changes: pd.DataFrame
    notes: tuple[str, ...]
    news: Kept


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
    news, notes = _read(wanted, embedded, regions, means)
    waits = f"{wanted.name}  waits for another notebook that is keeping it"
    with fetched.alone(wanted.name, lambda: means.tell(waits)):
        return _kept(wanted, embedded, news, notes, means)


def _kept(wanted: PriceList, embedded: pd.DataFrame, news: Kept, notes: tuple[str, ...], means: Means) -> Refreshed:
    """What was read beside what is there by now, and what that changed."""
    old, doubts = _old(wanted.name)
    before = overlay.overlaid(embedded, [old] if old else [])
    before = before[overlay.spoken_for(before, news)]
    _check_length(wanted.name, len(before[before["price_hourly"].notna()]), len(news.offers))
    with means.end.before_it(wanted.name):
        path = fetched.put(_merged(old, news))
    found = changes.between(before, news.offers)
    own_past.keep(news, found)
    said = (*doubts, _summary(news, before, found), *notes, *_shapeless(news), f"Kept in {path}")
    return Refreshed(found, said, news)


def _old(name: str) -> tuple[Kept | None, tuple[str, ...]]:
    """The list as it was kept before, and a line where it can't be used."""
    path = fetched.file_of(name)
    try:
        return fetched.read(path), ()
    except FileNotFoundError:
        return None, ()
    except UnusableError as error:
        return None, (f"{path} {error}: it was not used, and is replaced.",)


def _read(wanted: PriceList, embedded: pd.DataFrame, regions: list[str], means: Means) -> tuple[Kept, tuple[str, ...]]:
    """The list, read whole, with what the embedded catalogue knows of its sizes; and what is to be said of it."""
    today = means.today()
    with Reader(wanted.url, wanted.name, wanted.total_s, today, means, token=_token(wanted)) as reader:
        rows = wanted.rows(reader, regions)
    day, notes = _day(wanted.name, reader.published, today)
    offers = price_row.frame(rows, provider=wanted.provider, as_of=day, source=wanted.source, currency=wanted.currency)
    missing = [region for region in regions if not (offers["region"] == region).any()]
    if missing:
        there = embedded["region"][(embedded["provider"] == wanted.provider).to_numpy(dtype=bool)].dropna().unique()
        hint = did_you_mean(missing[0], sorted(map(str, there)), "region")
        raise NotFoundError(f"{wanted.name} lists nothing in '{brief(missing[0])}'.", hint)
    if not len(offers):
        raise ApiError(f"The price list of {wanted.name} has no offer in it.")
    offers, dropped = _plausible(
        specs.named(specs.joined(specs.with_gpus(offers), embedded, wanted.provider), wanted.provider)
    )
    offers = offers.drop_duplicates([*overlay.KEY], ignore_index=True)
    read = sorted(map(str, offers["region"].dropna().unique())) if reader.missing and not regions else regions
    scopes = dict.fromkeys(read or [WHOLE], day)
    kept = Kept(wanted.name, wanted.provider, wanted.url, scopes, offers, wanted.kinds)
    return kept, (*notes, *reader.notes, *dropped)


def _token(wanted: PriceList) -> Secret | None:
    """The token that the list wants, from its variable. Raises AuthError where there is none."""
    variable = token_variable(wanted)
    if not variable:
        return None
    value = os.environ.get(variable, "").strip()
    if not value:
        raise AuthError(
            f"The price list of {wanted.name} wants a token.", f"Set {variable} to one that may read, and ask again."
        )
    return Secret(f"Bearer {value}")


def _day(name: str, published: date | None, today: date) -> tuple[date, tuple[str, ...]]:
    """The day of the prices: the list's own, where it says one; and a line where this computer's clock is wrong."""
    if published is None:
        return today, ()
    if published > today + timedelta(days=1):
        return published, (f"{name} is of {published}, and this computer's clock says {today}: the clock is wrong.",)
    return published, ()


def _plausible(offers: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Without prices that are far from what the same size costs in other regions: a slip, and never the cheapest."""
    of_size = offers.groupby(["id", "kind", "os"], observed=True, dropna=False)["price_hourly"]
    ratio = offers["price_hourly"] / of_size.transform("median")
    odd = ((ratio < _FAR) | (ratio > 1 / _FAR)).to_numpy() & (of_size.transform("count") >= _ENOUGH).to_numpy()
    if not odd.any():
        return offers, ()
    count = int(odd.sum())
    return offers[~odd].reset_index(drop=True), (
        f"{counted(count, 'price')} left out: far from what the same size costs in other regions.",
    )


def _check_length(name: str, before: int, now: int) -> None:
    if now < _LEAST_OF_BEFORE * before:
        raise ApiError(
            f"The price list of {name} has {now:,} offers, where {before:,} were known: it looks incomplete.",
            f"Try again later. If it is so, remove {fetched.file_of(name)} first.",
        )


def _merged(old: Kept | None, news: Kept) -> Kept:
    """What was read in the place of the old: its regions, or everything; other systems stay as they were."""
    if old is None:
        return news
    there = overlay.of_systems(old.offers, news)
    if WHOLE not in news.scopes:
        there &= old.offers["region"].isin(list(news.scopes)).to_numpy(dtype=bool)
    elif there.all():
        return news
    offers = pd.concat([old.offers[~there], news.offers], ignore_index=True)
    scopes = dict(news.scopes) if WHOLE in news.scopes else {**old.scopes, **news.scopes}
    return Kept(news.name, news.provider, news.url, scopes, offers, news.kinds)


def _summary(news: Kept, before: pd.DataFrame, found: pd.DataFrame) -> str:
    counts = found["change"].value_counts()
    said = ", ".join(f"{counts.get(change, 0):,} {change}" for change in changes.ORDER)
    days = before["as_of"].dropna().dt.strftime("%Y-%m-%d")
    known = f"Known before: {len(before):,} of {days.min()} to {days.max()}." if len(days) else "None was known before."
    return f"{news.name}: {counted(len(news.offers), 'offer')} of {max(news.scopes.values())}: {said}. {known}"


def _shapeless(news: Kept) -> tuple[str, ...]:
    """A line on the sizes of which nobody knows the shape."""
    sizes = news.offers.drop_duplicates("id")
    missing = int(sizes["vcpus"].isna().sum())
    if not missing:
        return ()
    of = counted(len(sizes), "size")
    return (f"The shape of {missing:,} of {of} is not known: they fit no wish for vCPUs or memory.",)
