"""The networks, groups and volumes that a backend lists for its fields: asked for once they are in sight. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mist_notebook.backends import choices, extra_fields
from mist_notebook.backends.provider_fields import Field
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.text import brief, clean
from mist_notebook.records.model import Choice, Location
from mist_notebook.widgets.form.state.catalogue import CHOICES, Catalogue, Question, Shelf
from mist_notebook.widgets.form.state.model import EXTRA, FAILED, LOADING, State, record_of, without

_LIMIT = 80
_AT = " at "


@dataclass(frozen=True)
class Listed:
    """What a field offers: texts and ids, none where it stays a text; what is chosen of it; and what is to be said."""

    value: str | None
    options: tuple[tuple[str, str], ...] = ()
    is_loading: bool = False
    said: str = ""


def opened(state: State, part: str) -> State:
    """The state once a person has unfolded that part; what failed to be listed is asked for again."""
    failed = (
        question for question, ask in state.asks.items() if question[1].startswith(CHOICES) and ask.phase == FAILED
    )
    return replace(state, opened=state.opened | {part}, asks=without(state.asks, *failed))


def wanted(state: State, catalogue: Catalogue) -> Iterator[Question]:
    """What has to be asked for the fields that are in sight, or hold something; not before it is known where."""
    needs = catalogue.needs(state.backend)
    if needs is None or (needs.location and state.chosen("location") is None):
        return
    for field in needs.fields:
        if field.lists and (field.needed or "more" in state.opened or state.text(EXTRA + field.name).strip()):
            yield question(field, state)


def question(field: Field, state: State) -> Question:
    """What that field can name at the chosen location."""
    return state.backend or "", f"{CHOICES}{field.name}{_AT}{state.chosen('location') or ''}"


def asked(of: Question) -> tuple[str, str]:
    """The field's name and the location's id that such a question is about."""
    field, _, location_id = of[1].removeprefix(CHOICES).partition(_AT)
    return field, location_id


def listed(field: Field, state: State, catalogue: Catalogue) -> Listed:
    """How the field stands by now."""
    text = state.text(EXTRA + field.name)
    ask, there = state.asks.get(question(field, state)), _there(field, state, catalogue)
    if there and _is_more_than_a_name(text):
        return Listed(text, _options(there))
    if there:
        found = _found(text, field, state, catalogue)
        gone = ((f"{brief(text)}: not there", text),) if text.strip() and found is None else ()
        return Listed(found.id if found else text or None, (*_options(there), *gone))
    if ask is not None and ask.phase == LOADING:
        return Listed(text, is_loading=True)
    if ask is not None and ask.phase == FAILED and ask.trouble is not None:
        return Listed(text, said=f"Not listed: {ask.trouble.message} Type its id.")
    return Listed(text)


def wrong(field: Field, state: State, catalogue: Catalogue) -> str:
    """Why what stands in the field can't be meant there; empty where it can, or where nobody knows."""
    text = state.text(EXTRA + field.name).strip()
    shelf = catalogue.shelves.get(question(field, state))
    if not (field.lists and text and shelf and shelf.usable) or _is_more_than_a_name(text):
        return ""
    try:
        choices.picked(text, shelf.usable, field, _location(state, catalogue))
    except MistError as error:
        return f"{error.message} {error.hint.removesuffix(' Nothing was sent.')}".rstrip()
    return ""


def value(field: Field, state: State, catalogue: Catalogue) -> Any:
    """What goes over for what stands in the field."""
    text = state.text(EXTRA + field.name).strip()
    if _is_more_than_a_name(text):
        return extra_fields.value(field.name, text)
    found = _found(text, field, state, catalogue)
    return choices.shaped(field, [found.id if found else text])


def _there(field: Field, state: State, catalogue: Catalogue) -> list[Choice]:
    """Those of the chosen location."""
    shelf = catalogue.shelves.get(question(field, state), Shelf())
    location = _location(state, catalogue)
    return [one for one in shelf.usable if choices.is_at(one, location)]


def _found(text: str, field: Field, state: State, catalogue: Catalogue) -> Choice | None:
    shelf = catalogue.shelves.get(question(field, state), Shelf())
    if not text.strip() or not shelf.usable:
        return None
    try:
        return choices.picked(text, shelf.usable, field, _location(state, catalogue))
    except MistError:
        return None


def _location(state: State, catalogue: Catalogue) -> Location | None:
    found: Location | None = record_of("location", state, catalogue)
    return found


def _options(there: list[Choice]) -> tuple[tuple[str, str], ...]:
    """Texts and ids; a name that several have stands with the id."""
    names = [one.name for one in there]
    return tuple((_label(one, is_alone=names.count(one.name) == 1), one.id) for one in there)


def _label(one: Choice, *, is_alone: bool) -> str:
    said = " · ".join(clean(part, _LIMIT) for part in (one.name, one.about or "") if part)
    return said if is_alone or one.name == one.id else f"{said} ({one.id})"


def _is_more_than_a_name(text: str) -> bool:
    return text.strip().startswith(("[", "{"))
