"""Networks, groups and volumes that a create names: by id or by name, as a backend lists them at a location.

Where it lists none, or can't just now, what was said goes over as it stands: then the service decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mist_notebook.ground.errors import BadValueError, MistError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean, pick
from mist_notebook.ground.text import brief
from mist_notebook.records.model import Choice, Location

from .base import Adapter
from .needs import Needs
from .provider_fields import IDS, NETWORK, OBJECT, SUBNET, VOLUMES, Field

_MOST_NAMED = 6


def field_for(kind: str, needs: Needs, backend: str) -> Field:
    """The backend's field that names a network, a group or a volume. Raises BadValueError where it has none."""
    kinds = (NETWORK, SUBNET) if kind == NETWORK else (kind,)
    for one in kinds:
        for field in needs.fields:
            if field.lists == one:
                return field
    raise BadValueError(f"{backend} takes no {kind} from here.", "Leave it out; nothing was sent.")


def resolved(extra: Mapping[str, Any], adapter: Adapter, location: Location | None) -> dict[str, Any]:
    """The extra fields with ids in the place of names, each in the shape that goes over.

    Raises BadValueError, with the nearest or for what is at another location, and AmbiguousError with all.
    """
    kept = dict(extra)
    if not kept:
        return kept
    for field in adapter.needs().fields:
        if field.lists and field.name in kept:
            kept[field.name] = meant(kept[field.name], field, adapter, location)
    return kept


def meant(value: Any, field: Field, adapter: Adapter, location: Location | None) -> Any:
    """One of these fields with ids in the place of names; a value that says more than that stays as it is."""
    words = words_of(value)
    if words is None:
        return value
    there = listed(adapter, field, location)
    return shaped(field, [picked(word, there, field, location).id for word in words] if there else words)


def listed(adapter: Adapter, field: Field, location: Location | None) -> Sequence[Choice]:
    """What there is to choose from; nothing where that isn't known."""
    with suppress(MistError):
        listing = adapter.list_choices(field.name, location)
        return listing.records if listing is not None else ()
    return ()


def picked(word: str, choices: Sequence[Choice], field: Field, location: Location | None) -> Choice:
    """The one that a word means, among those of the location if any of those is meant."""
    here = [one for one in choices if is_at(one, location)]
    for among in (here, choices):
        if any(_means(word, one) for one in among) or among is choices:
            found = _picked(word, among, field)
            break
    if not is_at(found, location) and location is not None:
        places = ", ".join(sorted(found.location_ids or ()))
        near = ", ".join(_called(one) for one in here[:_MOST_NAMED])
        raise BadValueError(
            f"The {field.lists} {_called(found)} is in {places}, not in {location.id}.",
            f"There {'are' if len(here) != 1 else 'is'} {near or 'none'} there. Nothing was sent.",
        )
    return found


def is_at(choice: Choice, location: Location | None) -> bool:
    """Whether it can be used at that location."""
    if location is None or choice.location_ids is None:
        return True
    return bool(choice.location_ids & {location.id, location.mist_id})


def shaped(field: Field, ids: Sequence[str]) -> Any:
    """Ids as they go over."""
    if field.shape == IDS:
        return list(ids)
    if field.shape == VOLUMES:
        return [{"volume_id": one} for one in ids]
    if len(ids) > 1:
        raise BadValueError(f"{field.name} takes one, and {len(ids)} are named.", "Name one; nothing was sent.")
    return {"id": ids[0]} if field.shape == OBJECT else ids[0]


def words_of(value: Any) -> list[str] | None:
    """The words of a value that names things, in whichever shape; `None` of one that says more than that."""
    words = [_plain(one) for one in (value if isinstance(value, (list, tuple)) else [value])]
    is_plain = bool(words) and all(isinstance(one, str) and one.strip() for one in words)
    return [str(one) for one in words] if is_plain else None


def _plain(one: Any) -> Any:
    """The id of an object that says nothing else."""
    is_object = isinstance(one, dict) and len(one) == 1 and next(iter(one)) in ("id", "volume_id")
    return next(iter(one.values())) if is_object else one


def _called(choice: Choice) -> str:
    name = brief(choice.name)
    return name if choice.name == choice.id else f"{name} ({choice.id})"


def _means(word: str, choice: Choice) -> bool:
    return word.strip().casefold() in (one.casefold() for one in (choice.id, choice.mist_id, choice.name, *choice.also))


def _picked(word: str, among: Sequence[Choice], field: Field) -> Choice:
    try:
        return pick(
            word,
            among,
            what=field.lists,
            ids=lambda one: tuple(filter(None, (one.id, one.mist_id))),
            names=lambda one: (one.name, *one.also),
        )
    except NotFoundError:
        known = list(dict.fromkeys(name for one in among for name in (*one.also, one.name)))
        hint = did_you_mean(word.strip(), known, field.lists)
        raise BadValueError(f"There is no {field.lists} '{brief(word)}'.", f"{hint} Nothing was sent.") from None
