"""`%mist refresh`: listings read afresh, and price lists fetched, each only when it is named."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError, MistUsageError, NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, did_you_mean
from mist_notebook.ground.text import brief

from .arrange import OUTPUT
from .follow import say
from .table import Answer, Argument, command

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.backend import Backend
    from mist_notebook.client.session import Session
    from mist_notebook.prices.catalogue.refresh import Refreshed

PRICE_LISTS = ("azure", "linode", "vultr")
_BY_PROVIDER = {PROVIDER_ALIASES.get(name, name): name for name in PRICE_LISTS}


@command(
    "refresh",
    Argument(
        "what",
        "a backend, or a price list: azure, linode, vultr; several; nothing means every listing",
        values="backend",
        also=PRICE_LISTS,
        many=True,
    ),
    Argument("--region", "only this region of a price list, of azure's; may be given again", "REGION", many=True),
    OUTPUT,
    group="set up",
    summary="forget the listings kept from before; a price list that is named is fetched, and what changed shown",
    examples=(
        "%mist refresh",
        "%mist refresh EC2",
        "%mist refresh azure --region eastus",
        "%mist refresh linode vultr",
    ),
    returns="frame",
)
def refresh(session: Session, options: Namespace) -> Answer:
    lists = list(dict.fromkeys(name for name in map(_list_named, options.what) if name))
    if options.region and not lists:
        raise MistUsageError("--region is for a price list.", "For example: %mist refresh azure --region eastus")
    if not options.what:
        return Answer(None, (_forgotten(session.forget()),))
    _check_regions(lists, options.region)
    backends, notes = _backends(session, options.what)
    if backends:
        dropped = sum(session.forget(backend) for backend in backends)
        notes.append(_forgotten(dropped, [backend.name for backend in backends]))
    if not lists:
        return Answer(None, tuple(notes))
    frame, more = _fetched(session, lists, options.region, notes)
    return Answer(frame, more)


def _list_named(word: str) -> str | None:
    """The price list of that name, or of the provider of that name."""
    folded = word.casefold()
    return folded if folded in PRICE_LISTS else _BY_PROVIDER.get(PROVIDER_ALIASES.get(folded, folded))


def _check_regions(lists: Sequence[str], regions: Sequence[str]) -> None:
    """Every list is asked for these regions, or none is."""
    if regions:
        from mist_notebook.prices.catalogue.lists import PRICE_LISTS as KNOWN

        for name in lists:
            for region in regions:
                KNOWN[name].region(region)


def _backends(session: Session, words: Sequence[str]) -> tuple[list[Backend], list[str]]:
    """The backends that the words name, each once; a price list need not be one, nor the server answer for it."""
    found: dict[str, Backend] = {}
    notes: list[str] = []
    for word in words:
        try:
            backend = session.backend(word)
        except NotFoundError as error:
            if not _list_named(word):
                raise NotFoundError(error.message, _meant(session, word)) from None
        except MistError as error:
            if not _list_named(word):
                raise
            notes.append(f"Whether a backend is called {brief(word)} is not known: {error.message}")
        else:
            found[backend.id] = backend
    return list(found.values()), notes


def _meant(session: Session, word: str) -> str:
    names = [*(backend.name for backend in session.known_backends()), *PRICE_LISTS]
    return did_you_mean(word, names, "backend")


def _forgotten(dropped: int, names: Sequence[str] = ()) -> str:
    of = f" of {', '.join(names)}" if names else ""
    return f"{dropped} listing{'' if dropped == 1 else 's'}{of} forgotten; the next ones are read afresh."


def _fetched(
    session: Session, lists: Sequence[str], regions: Sequence[str], notes: Sequence[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """What the lists changed, in one frame; one that fails among several is left out with a note."""
    import pandas as pd

    from mist_notebook.prices.catalogue import changes
    from mist_notebook.prices.catalogue.refresh import StoppedError

    done: list[Refreshed] = []
    failed: list[MistError] = []
    for name in lists:
        try:
            done.append(_fetch(session, name, regions))
        except MistError as error:
            failed.append(error)
            if isinstance(error, StoppedError):
                break
    said = (*notes, *(note for one in done for note in one.notes))
    if failed and (not done or isinstance(failed[-1], StoppedError)):
        for note in said:
            say(note)
        raise failed[-1] if done else failed[0]
    frame = changes.in_order(pd.concat([one.changes for one in done], ignore_index=True))
    frame.attrs["mist"] = {"kind": "price changes", "question": f"%mist refresh {' '.join(lists)}"}
    return frame, (*said, *(" ".join((error.message, error.hint)).strip() for error in failed))


def _fetch(session: Session, name: str, regions: Sequence[str]) -> Refreshed:
    from mist_notebook.prices import catalogue
    from mist_notebook.prices.catalogue import lists
    from mist_notebook.prices.catalogue import refresh as fetching
    from mist_notebook.prices.catalogue.reading import Means

    settings, wanted = session.client.settings, lists.PRICE_LISTS[name]
    say(f"{name}  asking {wanted.url}: no key, nothing of yours is sent.")
    means = Means(page_s=settings["refresh_seconds"], verify=settings["ca_file"] or True, tell=say)
    return fetching.refresh(wanted, catalogue.snapshot("current"), regions, means=means)
