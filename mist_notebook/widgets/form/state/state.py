"""The form as a machine of states: a state, an event and what is known give the next state. Pure: no widgets, no I/O.

What was chosen is kept as long as it is, or may still be, an option; what isn't is dropped and said so at its field.
Texts are kept whatever happens. Nothing is chosen without a person but what stands alone: the only backend or location,
the only or the server's default key; and a person can take that away.
"""

from __future__ import annotations

from dataclasses import replace

from mist_notebook.ssh.keys.public_key import is_secret

from .cascade import chose, found_at, left_for, settled
from .catalogue import BACKENDS, KEYS, OWN_KEYS, PRICES, Catalogue, Question, Shelf
from .events import (
    Answered,
    Asked,
    Chose,
    Disconnected,
    Event,
    Failed,
    Filled,
    Found,
    FoundOwn,
    FoundPrices,
    Hinted,
    Opened,
    Reread,
    Retried,
    Searched,
    Told,
    Took,
    Typed,
    Wiped,
)
from .facts import Fill
from .model import (
    EDIT,
    FAILED,
    KINDS,
    LOADING,
    LOCKED,
    PASTE,
    READY,
    Ask,
    Choice,
    Review,
    State,
    is_text,
    searches_of,
    searching,
    without,
)
from .more import offered
from .review import reviewed

__all__ = ["State", "advance", "step", "wanted"]


_WIPED = (
    "That is, or may be, a private key: it was removed, and nothing of it is kept. Paste the line of the .pub file."
)


def advance(state: State, catalogue: Catalogue, event: Event) -> tuple[State, Catalogue]:
    """The next state, and what is known by then; a late answer changes neither."""
    if isinstance(event, Answered) and _is_awaited(state, event):
        catalogue = catalogue.with_shelf(event.question, event.shelf)
    if isinstance(event, FoundOwn):
        catalogue = catalogue.with_shelf(OWN_KEYS, event.shelf)
    if isinstance(event, FoundPrices):
        catalogue = catalogue.with_shelf((event.backend, PRICES), Shelf((event.prices,)))
    if isinstance(event, Took):
        keys = catalogue.shelves.get(KEYS, Shelf())
        catalogue = catalogue.with_shelf(KEYS, keys.joined(Shelf((event.key,))))
    return step(state, event, catalogue), catalogue


def step(state: State, event: Event, catalogue: Catalogue) -> State:
    """The state after the event, with what is known by then.

    An edit ends a review: what is drawn is what is sent. One that comes when nothing can be changed any more, as what
    was on its way when Create was clicked, changes nothing.
    """
    if isinstance(event, Chose | Typed | Filled | Found) and not _is_consent(event):
        if state.review.phase in LOCKED:
            return state
        state = replace(state, review=Review()) if state.review.phase != EDIT else state
    return settled(_changed(state, event, catalogue), catalogue)


def wanted(state: State, catalogue: Catalogue) -> tuple[Question, ...]:
    """What has to be asked now: everything about the chosen backend once its needs are known. Nothing while refused."""
    if state.refused is not None:
        return ()
    questions = [BACKENDS, *([KEYS] if BACKENDS in catalogue.shelves else [])]
    info, needs = catalogue.backend(state.backend), catalogue.needs(state.backend)
    if info is not None and info.enabled:
        questions.append((info.id, "needs"))
        if needs is not None and needs.machines:
            kinds = ["locations"] if needs.location else []
            questions += [(info.id, kind) for kind in (*kinds, "images", "sizes", "names")]
            questions += offered.wanted(state, catalogue)
            questions += searches_of(state) if (info.id, "images") in catalogue.shelves else []
    return tuple(question for question in questions if question not in state.asks)


def _is_consent(event: Chose | Typed | Filled | Found) -> bool:
    return isinstance(event, Typed) and event.field == "accept"


def _changed(state: State, event: Event, catalogue: Catalogue) -> State:
    match event:
        case Filled(fill):
            return _filled(state, fill)
        case Chose("backend", backend_id):
            return left_for(state, backend_id, catalogue)
        case Chose(kind, record_id):
            return chose(state, kind, record_id, catalogue)
        case Typed(name, text):
            return _typed(state, name, text)
        case Searched() | Opened():
            return searching(state, event.query) if isinstance(event, Searched) else offered.opened(state, event.part)
        case Hinted() | Found() | FoundOwn() | FoundPrices() | Told() | Took() | Wiped():
            return _told(state, event, catalogue)
        case Asked() | Answered() | Failed() | Retried() | Reread() | Disconnected():
            return _asked(state, event)
        case _:
            return reviewed(state, event, catalogue)


def _told(state: State, event: Event, catalogue: Catalogue) -> State:
    match event:
        case Hinted(hints):
            return replace(state, hints=hints)
        case Found():
            return found_at(state, event, catalogue)
        case Took():
            return _took(state, event, catalogue)
        case Wiped():
            return _wiped(state)
        case Told(name, text):
            return replace(state, told={**without(state.told, name), **({name: text} if text else {})})
    return state


def _took(state: State, event: Took, catalogue: Catalogue) -> State:
    """The key is chosen, and the box it may have been pasted into is empty again; unless all is on its way by now."""
    if state.review.phase in LOCKED:
        return state
    told = {**without(state.told, PASTE), "key": event.said}
    state = replace(state, told=told, texts=without(state.texts, PASTE), pastes=state.pastes + 1)
    return chose(state, "key", event.key.id, catalogue)


def _wiped(state: State) -> State:
    told = {**state.told, PASTE: _WIPED}
    return replace(state, told=told, texts=without(state.texts, PASTE), pastes=state.pastes + 1)


def _filled(state: State, fill: Fill) -> State:
    words = {kind: Choice(word, is_word=True) for kind, word in fill.words.items() if kind in KINDS and word}
    texts = {name: text for name, text in fill.texts.items() if is_text(name)}
    word = fill.words.get("backend", "")
    return replace(
        state,
        backend=None if word else state.backend,
        backend_word=word or state.backend_word,
        choices={**state.choices, **words},
        texts={**state.texts, **texts},
        touched=state.touched | texts.keys(),
        fills=state.fills + 1,
        wishes=fill.wishes or state.wishes,
        guessed=state.guessed - words.keys() - texts.keys() - ({"backend"} if word else set()),
        notes=without(state.notes, *words, *texts, "backend" if word else ""),
    )


def _typed(state: State, name: str, text: str) -> State:
    if not is_text(name):
        return state
    if name == PASTE:
        if is_secret(text):
            return _wiped(state)
        state = replace(state, told=without(state.told, PASTE))
    texts, touched = {**state.texts, name: text}, state.touched | {name}
    return replace(state, texts=texts, touched=touched, notes=without(state.notes, name))


def _asked(state: State, event: Asked | Answered | Failed | Retried | Reread | Disconnected) -> State:
    match event:
        case Asked(question):
            stamp = state.stamp + 1
            return replace(state, stamp=stamp, asks={**state.asks, question: Ask(stamp, LOADING)})
        case Retried():
            lost = (FAILED, LOADING) if state.refused else (FAILED,)  # what is on its way may have been given up
            again = [question for question, ask in state.asks.items() if ask.phase in lost]
            again += [BACKENDS, KEYS] if state.refused else []
            return replace(state, asks=without(state.asks, *again), refused=None)
        case Reread(questions):
            return replace(state, asks=without(state.asks, *questions))
        case Disconnected(trouble):
            on_its_way = [question for question, ask in state.asks.items() if ask.phase == LOADING]
            return replace(state, asks=without(state.asks, *on_its_way), refused=trouble)
    return _heard(state, event) if _is_awaited(state, event) else state


def _heard(state: State, event: Answered | Failed) -> State:
    """The state after the answer that was waited for, or none."""
    trouble = event.trouble if isinstance(event, Failed) else None
    ask = Ask(event.stamp, FAILED if trouble else READY, trouble)
    refused = trouble if trouble and trouble.refused else state.refused
    again = searches_of(state) if event.question == (state.backend, "images") else []
    return replace(state, asks={**without(state.asks, *again), event.question: ask}, refused=refused)


def _is_awaited(state: State, event: Answered | Failed) -> bool:
    ask = state.asks.get(event.question)
    return ask is not None and (ask.stamp, ask.phase) == (event.stamp, LOADING)
