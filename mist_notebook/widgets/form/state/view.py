"""What a form shows: its controls, what is missing, what is chosen in a line each, the cost, and the line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mist_notebook.backends.provider_fields import Field
from mist_notebook.records.model import BackendInfo, Size

from . import glance, money, places
from .catalogue import BACKENDS, CHOICES, Catalogue
from .checks import lacks, needs_of
from .controls import Control, controls
from .facts import Trouble
from .line import create_line
from .model import (
    EDIT,
    EXTRA,
    FAILED,
    SEND_KEY,
    Review,
    State,
    record_of,
    shelf_of,
)
from .more import several


@dataclass(frozen=True)
class View:
    """All that the form shows. `found` is what the search for the cheapest came to. `missing` are the labels of
    what keeps it from being reviewed, in order; `wrong` those of them in which something can't be sent.
    """

    controls: Mapping[str, Control]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    cost: str
    line: str
    troubles: tuple[Trouble, ...]
    review: Review
    backend: BackendInfo | None
    is_sandbox: bool
    can_make_key: bool
    asks_to_send_key: bool
    has_more_images: bool
    fills: int
    pastes: int
    accept: str
    extras: tuple[Field, ...]
    glance: Mapping[str, str]
    guessed: frozenset[str]
    can_compare: bool
    found: str

    @property
    def is_reviewable(self) -> bool:
        """Whether Review would draw a receipt."""
        return self.review.phase == EDIT and not self.missing


def view(state: State, catalogue: Catalogue) -> View:
    """What the form shows in this state, with what is known by now."""
    info, needs = catalogue.backend(state.backend), needs_of(state, catalogue)
    found = lacks(state, catalogue)
    keys = shelf_of("key", state, catalogue)
    return View(
        controls=controls(state, catalogue, {lack.field: lack for lack in found}),
        missing=tuple(lack.label for lack in found),
        wrong=tuple(lack.label for lack in found if lack.why),
        cost=_cost(state, catalogue),
        line=create_line(state, catalogue),
        troubles=_troubles(state),
        review=state.review,
        backend=info,
        is_sandbox=info.sandbox if info else _all_sandbox(catalogue),
        can_make_key=keys is not None and not keys.records and needs.key,
        asks_to_send_key=SEND_KEY in state.told,
        has_more_images=needs.lists_a_part,
        extras=needs.fields if info else (),
        glance=_glance(state, catalogue),
        guessed=state.guessed,
        can_compare=bool(state.wishes) or state.chosen("size") is not None,
        found=state.told.get("size", ""),
        fills=state.fills,
        pastes=state.pastes,
        accept=state.text("accept"),
    )


def _glance(state: State, catalogue: Catalogue) -> dict[str, str]:
    """What is chosen, a line each; empty where nothing is."""
    info, needs = catalogue.backend(state.backend), needs_of(state, catalogue)
    location, image, size = (record_of(kind, state, catalogue) for kind in ("location", "image", "size"))
    size = places.here(size, state, catalogue)
    currency = size.price.currency if size is not None and size.price.currency else "USD"
    rest = (
        *(name for name in ("tags", "hours", "user", "port", "script")),
        *(EXTRA + field.name for field in needs.fields),
    )
    return {
        "where": glance.where(info, location, needs_location=needs.location),
        "image": glance.image(image),
        "size": glance.size(size, currency),
        "more": glance.more({name.removeprefix(EXTRA): state.text(name) for name in rest}, several.names(state)),
    }


def _all_sandbox(catalogue: Catalogue) -> bool:
    """Whether whatever is chosen is a sandbox's."""
    every = catalogue.records(BACKENDS)
    return bool(every) and all(backend.sandbox for backend in every)


def _troubles(state: State) -> tuple[Trouble, ...]:
    """What failed for this backend and for the account, each once; of a refused token only that."""
    if state.refused is not None:
        return (state.refused,)
    mine = ("", state.backend or "")
    found = [
        ask.trouble
        for (backend, kind), ask in state.asks.items()
        if ask.phase == FAILED and ask.trouble is not None and backend in mine and not kind.startswith(CHOICES)
    ]
    return tuple(dict.fromkeys(found))


def _cost(state: State, catalogue: Catalogue) -> str:
    size: Size | None = places.here(record_of("size", state, catalogue), state, catalogue)
    info = catalogue.backend(state.backend)
    if size is None or info is None:
        return ""
    return money.cost(size.price, state.text("hours"), example=info.sandbox, count=several.count(state))
