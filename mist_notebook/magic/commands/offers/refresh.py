"""`%mist refresh`: today's prices of every cloud that publishes them, or of those named; listings of a backend anew."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import MistError, MistUsageError, NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, did_you_mean
from mist_notebook.ground.text import brief, counted
from mist_notebook.magic.commands.machines.follow import say
from mist_notebook.magic.commands.parts.arrange import OUTPUT
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.prices.catalogue.lists import PriceList
    from mist_notebook.prices.catalogue.side_by_side import Outcome

PRICE_LISTS = (
    *("ec2", "ec2-spot", "azure", "gce", "oci", "linode", "vultr", "scaleway", "ovh", "hetzner", "verda", "runpod"),
)
RATES = "rates"
WITH_WINDOWS = ("ec2", "azure")
_WITH = {"ec2": ("ec2", "ec2-spot")}
_BY_PROVIDER = {PROVIDER_ALIASES.get(name, name): name for name in PRICE_LISTS}
_KEEP_DAYS = 400


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise MistUsageError(f"'{brief(text)}' isn't a number of days.", "For example: --keep 90")
    return int(text)


@command(
    "refresh",
    Argument(
        "what",
        f"a price list ({', '.join(PRICE_LISTS)}), {RATES}, or a backend; several; nothing means every price list",
        values="backend",
        also=(*PRICE_LISTS, RATES),
        many=True,
    ),
    Argument("--region", "only this region of a list that is read by region; may be repeated", "REGION", many=True),
    Argument("--windows", "Windows too, where a list has it: ec2 (another file a region), azure", switch=True),
    Argument("--keep", "for how many days %mist history keeps what was fetched; 400 unless given", "DAYS", read=_days),
    OUTPUT,
    group="set up",
    summary="fetch today's prices, side by side, of every cloud that publishes them or of those named; "
    "a backend that is named has its listings read anew",
    examples=(
        "%mist refresh",
        "%mist refresh ec2 gce",
        "%mist refresh azure --region eastus",
        "%mist refresh ec2 --windows",
        "%mist refresh EC2",
    ),
    returns="frame",
)
def refresh(session: Session, options: Namespace) -> Answer:
    lists, backends, notes = _meant(session, options.what)
    if options.region and not (lists and options.what):
        raise MistUsageError("--region is for a price list.", "For example: %mist refresh azure --region eastus")
    _check_regions(lists, options.region)
    if options.windows and lists and not {*lists} & {*WITH_WINDOWS}:
        raise MistUsageError(
            f"{', '.join(lists)} has no prices of Windows.", f"--windows is for {' and '.join(WITH_WINDOWS)}."
        )
    if backends:
        dropped = sum(session.forget(backend) for backend in backends)
        notes.append(_forgotten(dropped, [backend.name for backend in backends]))
    if not lists and not _wants_rates(options.what):
        return Answer(None, tuple(notes))
    frame, more = _fetched(session, lists, options, is_all=not options.what)
    return Answer(frame, (*notes, *more))


def if_daily(session: Session) -> tuple[str, ...]:
    """Where the settings say `refresh = "daily"`, the first comparison of a day fetches every list; what came of it."""
    from datetime import UTC, datetime

    from mist_notebook.prices.catalogue import overlay

    today = datetime.now(UTC).date()
    if session.client.settings["refresh"] != "daily" or session.refreshed_on == today or overlay.newest() == today:
        return ()
    session.refreshed_on = today
    try:
        _fetched(session, PRICE_LISTS, Namespace(what=[], region=[], keep=None, windows=False), is_all=True)
    except MistError as error:
        return (f"Today's prices were not fetched: {error.message}",)
    return ()


def _wants_rates(words: Sequence[str]) -> bool:
    return not words or any(word.casefold() == RATES for word in words)


def _meant(session: Session, words: Sequence[str]) -> tuple[list[str], list[Backend], list[str]]:
    """The lists and the backends that the words name. An exact name of a backend is that backend, and no list."""
    if not words:
        return list(PRICE_LISTS), [], []
    lists: dict[str, None] = {}
    backends: dict[str, Backend] = {}
    notes: list[str] = []
    for word in words:
        named = _list_named(word)
        backend = _backend_named(session, word, is_list=bool(named), notes=notes)
        if backend is not None:
            backends[backend.id] = backend
        elif named:
            lists |= dict.fromkeys(_WITH.get(named, (named,)))
    return list(lists), list(backends.values()), notes


def _backend_named(session: Session, word: str, *, is_list: bool, notes: list[str]) -> Backend | None:
    """The backend of that name: for a word that is a list's too, only one spelled just so."""
    if word.casefold() == RATES or (is_list and word in PRICE_LISTS):
        return None
    try:
        backend = session.backend(word)
    except NotFoundError as error:
        if not is_list:
            raise NotFoundError(error.message, _nearest(session, word)) from None
        return None
    except MistError as error:
        if not is_list:
            raise
        notes.append(f"Whether a backend is called {brief(word)} is not known: {error.message}")
        return None
    return backend if not is_list or word in (backend.name, backend.id) else None


def _list_named(word: str) -> str | None:
    """The price list of that name, or of the provider of that name."""
    folded = word.casefold()
    return folded if folded in PRICE_LISTS else _BY_PROVIDER.get(PROVIDER_ALIASES.get(folded, folded))


def _nearest(session: Session, word: str) -> str:
    from mist_notebook.prices.catalogue.lists import WITHOUT_A_LIST

    unlisted = next((name for name in WITHOUT_A_LIST if name.casefold() == word.casefold()), "")
    if unlisted:
        return f"{unlisted} publishes no list of prices that a program can read."
    names = [*(backend.name for backend in session.known_backends()), *PRICE_LISTS]
    return did_you_mean(word, names, "price list or backend")


def _check_regions(lists: Sequence[str], regions: Sequence[str]) -> None:
    """Every list is asked for these regions, or none is."""
    if regions:
        from mist_notebook.prices.catalogue.lists import PRICE_LISTS as KNOWN

        for name in lists:
            for region in regions:
                KNOWN[name].region(region)


def _forgotten(dropped: int, names: Sequence[str] = ()) -> str:
    of = f" of {', '.join(names)}" if names else ""
    return f"{counted(dropped, 'listing')}{of} forgotten; the next ones are read afresh."


def _fetched(
    session: Session, lists: Sequence[str], options: Namespace, *, is_all: bool
) -> tuple[object, tuple[str, ...]]:
    """What the lists changed, in one frame; a line each on the way. Raises where not one of them came."""
    import pandas as pd

    from mist_notebook.prices import catalogue
    from mist_notebook.prices.catalogue import changes, rates, side_by_side
    from mist_notebook.prices.catalogue.lists import PRICE_LISTS as KNOWN
    from mist_notebook.prices.catalogue.lists import WITHOUT_A_LIST, token_variable
    from mist_notebook.prices.catalogue.reading.pages import Means

    wanted: list[PriceList] = [_with_windows(KNOWN[name]) if options.windows else KNOWN[name] for name in lists]
    if is_all:
        wanted, tokenless = _with_tokens(wanted)
    settings = session.client.settings
    means = Means(page_s=settings["refresh_seconds"], verify=settings["ca_file"] or True, tell=say)
    if wanted:
        say(f"Asking {counted(len(wanted), 'price list')}: nothing of yours is sent.")
    outcomes = side_by_side.refresh_all(
        wanted,
        catalogue.snapshot("current"),
        options.region,
        means=means,
        total_s=settings["refresh_total_seconds"] if len(wanted) != 1 else max(wanted[0].total_s, 60.0),
        told=lambda one: say(_line(one)),
    )
    done = [one.refreshed for one in outcomes if one.refreshed]
    failed = [one.error for one in outcomes if one.error]
    if _wants_rates(options.what):
        say(rates.refresh(means, rates.URL))
    if failed and not done:
        raise failed[0]
    notes = [note for one in done for note in one.notes] if not is_all else []
    if is_all:
        notes += [f"{one.name} wants a token. Set {token_variable(one)}." for one in tokenless]
        notes.append(f"No list that a program can read: {', '.join(WITHOUT_A_LIST)}.")
    if not done:
        return None, tuple(notes)
    catalogue.forget_days(options.keep or _KEEP_DAYS)
    frame = changes.in_order(pd.concat([one.changes for one in done], ignore_index=True))
    frame.attrs["mist"] = {"kind": "price changes", "question": f"%mist refresh {' '.join(options.what)}".strip()}
    return frame, tuple(notes)


def _with_windows(wanted: PriceList) -> PriceList:
    """The same list, Windows too where it has that."""
    from dataclasses import replace

    known: Any = wanted
    return replace(known, systems=("linux", "windows")) if wanted.name in WITH_WINDOWS else wanted


def _with_tokens(wanted: Sequence[PriceList]) -> tuple[list[PriceList], list[PriceList]]:
    """Those that can be asked, and those that want a token which isn't set."""
    import os

    from mist_notebook.prices.catalogue.lists import token_variable

    lacking = [one for one in wanted if token_variable(one) and not os.environ.get(token_variable(one), "").strip()]
    return [one for one in wanted if one not in lacking], lacking


def _line(one: Outcome) -> str:
    """What became of a list, in one line."""
    name = f"{one.wanted.name:<9}"
    if one.error is not None:
        return f"{name} failed after {one.seconds:.0f} s: {one.error.message} {one.error.hint}".rstrip()
    assert one.refreshed is not None  # noqa: S101 - one of the two is there
    news = one.refreshed.news
    days = {str(day) for day in news.scopes.values()}
    counts = one.refreshed.changes["change"].value_counts()
    changed = ", ".join(f"{counts.get(change, 0):,} {change}" for change in ("changed", "new", "gone"))
    regions = counted(news.offers["region"].nunique(), "region")
    return f"{name} {len(news.offers):>7,} offers of {max(days)}, {regions}: {changed}"
