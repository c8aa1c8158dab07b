"""How each choice limits those after it: backend, location, image, size. The key belongs to the account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mist_notebook.ground.text import brief

from . import fits, suggest
from .catalogue import BACKENDS, FOUND, Catalogue, Shelf
from .events import Found
from .model import KINDS, LOADING, OF_BACKEND, Choice, State, owner_of, record_of, searching, shelf_of, without


def settled(state: State, catalogue: Catalogue) -> State:
    """The state with every choice looked at again, from the first to the last; twice is as once."""
    state = _settled_backend(state, catalogue)
    for kind in KINDS:
        state = _settled_kind(kind, state, catalogue)
    return _with_name(state, catalogue)


def chose(state: State, kind: str, record_id: str | None, catalogue: Catalogue) -> State:
    """The choice as a person made it; one of what isn't there changes nothing."""
    if kind not in KINDS:
        return state
    if record_id is None:
        state = replace(state, guessed=state.guessed - {kind})
    if record_id is None:
        choices, emptied = without(state.choices, kind), state.emptied | {kind}
        return replace(state, choices=choices, notes=without(state.notes, kind), emptied=emptied)
    shelf = shelf_of(kind, state, catalogue)
    record = shelf.by_id.get(record_id) if shelf else None
    if record is None:
        return state
    choice = Choice(record.id, record.name, owner_of(kind, state))
    return replace(
        state,
        choices={**state.choices, kind: choice},
        notes=without(state.notes, kind),
        emptied=state.emptied - {kind},
        guessed=state.guessed - {kind},
        told=without(state.told, "size") if kind == "size" else state.told,
    )


def left_for(state: State, backend_id: str | None, catalogue: Catalogue) -> State:
    """Another backend: what was chosen there before comes back, else what may be valid there too goes along."""
    if backend_id is not None and catalogue.backend(backend_id) is None:
        return state
    emptied = state.emptied | {"backend"} if backend_id is None else state.emptied - {"backend"}
    notes, guessed = without(state.notes, "backend"), state.guessed - {"backend"}
    state = replace(state, backend_word="", notes=notes, emptied=emptied, guessed=guessed)
    if backend_id == state.backend:
        return state
    chosen = without(state.choices, *state.guessed)
    mine = {kind: choice for kind, choice in chosen.items() if kind in OF_BACKEND}
    left = {**state.left, state.backend: mine} if state.backend is not None else state.left
    back = left.get(backend_id, mine) if backend_id is not None else mine
    return replace(
        state,
        backend=backend_id,
        left=left,
        choices={**without(chosen, *OF_BACKEND), **back},
        notes=without(state.notes, *OF_BACKEND, "name"),
        told=without(state.told, "size"),
        emptied=emptied - set(OF_BACKEND),
    )


def found_at(state: State, found: Found, catalogue: Catalogue) -> State:
    """At the backend of what was found, with that size; what was chosen for another one is suggested anew."""
    if catalogue.backend(found.backend) is None:
        return state
    is_elsewhere = found.backend != state.backend
    state = left_for(state, found.backend, catalogue)
    kept = without(state.choices, *(OF_BACKEND if is_elsewhere else ("size",)))
    return replace(
        state,
        choices={**kept, "size": Choice(found.size, is_word=True)},
        notes=without(state.notes, *OF_BACKEND),
        told={**state.told, "size": found.said},
        guessed=state.guessed - {"size"},
    )


def _settled_backend(state: State, catalogue: Catalogue) -> State:
    shelf = catalogue.shelves.get(BACKENDS)
    if shelf is None:
        return state
    if state.backend is not None and state.backend not in shelf.by_id:
        gone = "The backend that was chosen is no longer there: choose another."
        state = replace(state, backend=None, notes={**state.notes, "backend": gone})
    if state.backend is not None and "backend" not in state.guessed:
        return state
    if state.backend_word:
        return _with_backend_word(state, shelf, catalogue)
    if "backend" in state.emptied or "backend" in state.notes:
        return state
    return _suggested_backend(state, shelf, catalogue)


def _suggested_backend(state: State, shelf: Shelf, catalogue: Catalogue) -> State:
    """The state at the backend that stands alone, or that is suggested as long as it makes machines."""
    if state.hints is None or len(shelf.usable) == 1:
        return state if len(shelf.usable) != 1 else left_for(state, shelf.usable[0].id, catalogue)
    found = suggest.backend(state, catalogue)
    if found is None:
        return state
    state = left_for(state, found.id, catalogue)
    return replace(state, guessed=state.guessed | {"backend"})


def _with_backend_word(state: State, shelf: Shelf, catalogue: Catalogue) -> State:
    found = _meant(state.backend_word, shelf)
    if len(found) == 1:
        return left_for(state, found[0].id, catalogue)
    many = f"{len(found)} backends are called" if found else "No backend is called"
    why = f"{many} '{brief(state.backend_word)}': choose one."
    return replace(state, backend_word="", notes={**state.notes, "backend": why})


def _settled_kind(kind: str, state: State, catalogue: Catalogue) -> State:
    if kind in state.guessed:
        state = replace(state, choices=without(state.choices, kind), guessed=state.guessed - {kind})
    choice, shelf = state.choices.get(kind), shelf_of(kind, state, catalogue)
    if choice is not None and _is_foreign(choice, state, catalogue):
        return _dropped(kind, state, _foreign(choice, state, catalogue))
    if shelf is None or choice is None:
        return _alone(kind, shelf, state, catalogue)
    found = _found(choice, shelf)
    if not found and _may_be_found(kind, choice, state, catalogue):
        return searching(state, choice.id)
    why = _why_not(kind, choice, found, state, catalogue)
    if why:
        return _dropped(kind, state, why)
    now = Choice(found[0].id, found[0].name, owner_of(kind, state))
    return state if now == choice else replace(state, choices={**state.choices, kind: now})


def _is_foreign(choice: Choice, state: State, catalogue: Catalogue) -> bool:
    """Whether it was made for another provider, where the same id is another thing."""
    if choice.backend is None or state.backend is None or choice.backend == state.backend:
        return False
    then, now = catalogue.backend(choice.backend), catalogue.backend(state.backend)
    return then is None or now is None or then.provider != now.provider


def _foreign(choice: Choice, state: State, catalogue: Catalogue) -> str:
    then, now = catalogue.backend(choice.backend), catalogue.backend(state.backend)
    whose = f"is of {then.name}" if then else "is of another backend"
    return f"{brief(choice.name or choice.id)} {whose}: choose one of {now.name if now else 'this one'}."


def _found(choice: Choice, shelf: Shelf) -> list[Any]:
    """What the choice means here: the record of its id, or what a person can mean by its word."""
    if choice.is_word:
        return _meant(choice.id, shelf)
    record = shelf.by_id.get(choice.id)
    return [record] if record is not None else []


def _meant(word: str, shelf: Shelf) -> list[Any]:
    """The records that a word means: by id, else by name, else by either whatever its case."""
    if word in shelf.by_id:
        return [shelf.by_id[word]]
    folded = word.casefold()
    named = [record for record in shelf.usable if word in (record.name, record.mist_id)]
    return named or [record for record in shelf.usable if folded in (record.name.casefold(), record.id.casefold())]


def _may_be_found(kind: str, choice: Choice, state: State, catalogue: Catalogue) -> bool:
    """Whether an image that the backend doesn't list by itself may yet be found by a search for it."""
    needs = catalogue.needs(state.backend)
    if kind != "image" or needs is None or not needs.lists_a_part or not choice.id.strip():
        return False
    asked = state.asks.get((state.backend or "", FOUND + choice.id))
    return asked is None or asked.phase == LOADING


def _why_not(kind: str, choice: Choice, found: list[Any], state: State, catalogue: Catalogue) -> str:
    """Why a choice can't stay; empty if it can."""
    info, shown = catalogue.backend(state.backend), brief(choice.name or choice.id)
    where = f" at {info.name}" if info and kind in OF_BACKEND else ""
    if len(found) > 1:
        return f"{len(found)} {kind}s are called '{shown}'{where}: choose one."
    if not found:
        return f"There is no {kind} '{shown}'{where}: choose one."
    if not choice.is_word and choice.backend != owner_of(kind, state) and choice.name != found[0].name:
        return f"'{shown}' is another {kind}{where}: choose one."
    why = _unfit(kind, found[0], state, catalogue)
    return f"{_named(found[0])} can't be chosen: {why}." if why else ""


def _named(record: Any) -> str:
    """Its name and its id, as several can have one name."""
    return brief(record.name) + (f" ({brief(record.id)})" if record.id != record.name else "")


def _unfit(kind: str, record: Any, state: State, catalogue: Catalogue) -> str:
    location, image = (record_of(other, state, catalogue) for other in ("location", "image"))
    if kind == "image":
        return fits.unfit_image(record, location)
    return fits.unfit_size(record, location=location, image=image) if kind == "size" else ""


def _alone(kind: str, shelf: Shelf | None, state: State, catalogue: Catalogue) -> State:
    """The state with what stands alone, is the server's default, or is suggested: it is shown, and can be changed.

    Where something was taken away, a person has to choose.
    """
    is_left_alone = kind in state.choices or kind in state.emptied or kind in state.notes
    if shelf is None or is_left_alone:
        return state
    record = _only(kind, shelf) or suggest.record(kind, shelf, state, catalogue)
    if record is None:
        return state
    choice = Choice(record.id, record.name, owner_of(kind, state))
    guessed = state.guessed | ({kind} if state.hints is not None else set())
    return replace(state, choices={**state.choices, kind: choice}, guessed=guessed)


def _only(kind: str, shelf: Shelf) -> Any:
    """The location or key that needs no choosing."""
    if kind not in ("location", "key"):
        return None
    usual = [record for record in shelf.usable if getattr(record, "default", None) is True]
    alone = usual if len(usual) == 1 else list(shelf.usable)
    return alone[0] if len(alone) == 1 else None


def _with_name(state: State, catalogue: Catalogue) -> State:
    """The state with a suggested name, until a person types one."""
    if state.hints is None or "name" in state.touched:
        return replace(state, guessed=state.guessed - {"name"}) if "name" in state.guessed else state
    found = suggest.name(state, catalogue)
    if not found or found == state.text("name"):
        return state
    return replace(state, texts={**state.texts, "name": found}, guessed=state.guessed | {"name"})


def _dropped(kind: str, state: State, why: str) -> State:
    return replace(state, choices=without(state.choices, kind), notes={**state.notes, kind: why})
