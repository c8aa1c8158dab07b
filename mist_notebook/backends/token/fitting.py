"""What of a wish a cloud can do, checked before anything is sent; and the parts of a create that all have alike."""

from __future__ import annotations

from typing import Any

from mist_notebook.backends.provider_fields import check_name
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import MachineSpec

from .facts import Facts, Row, Terms
from .pricing import amount_at

_NOTHING_SENT = "Nothing was sent."
_MOST_PLACES = 12


def check(facts: Facts, backend: str, spec: MachineSpec) -> None:
    """Refuse what the cloud would refuse, or would leave out in silence. Raises BadValueError."""
    check_name(spec.name, facts.provider)
    places = sorted(place for place in facts.prices(spec.size.extra, Terms()) if place)
    has = f"{spec.size.name} is at {', '.join(places[:_MOST_PLACES])}." if places else f"See %mist locations {backend}."
    if spec.location is None:
        raise BadValueError(
            f"{backend} wants a location for '{spec.name}'.", f"{has} Add --location; nothing was sent."
        )
    if amount_at(facts.prices(spec.size.extra, Terms()), spec.location.id) is None and places:
        raise BadValueError(f"{backend} has no {spec.size.name} at {spec.location.id}.", f"{has} {_NOTHING_SENT}")
    if spec.hours is not None:
        raise BadValueError(
            f"{backend} ends no machine by itself: nobody would end '{spec.name}' after {spec.hours:g} h.",
            f"Leave out the time limit, and %mist destroy it when it is no longer needed. {_NOTHING_SENT}",
        )
    _check_start(facts, backend, spec)
    for name in spec.extra:
        raise BadValueError(f"{backend} takes no '{name}' from here.", _NOTHING_SENT)


def _check_start(facts: Facts, backend: str, spec: MachineSpec) -> None:
    if spec.script and spec.cloud_init:
        raise BadValueError(f"{backend} takes a script or cloud-init, not both.", _NOTHING_SENT)
    text = user_data(spec)
    size = len(text.encode()) if text else 0
    if size > facts.most_user_data:
        what = f"at most {facts.most_user_data:,} bytes" if facts.most_user_data else "none from here"
        raise BadValueError(
            f"{backend} takes {what} of script or cloud-init; this has {size:,}.",
            f"%mist run runs a script on a machine that is there. {_NOTHING_SENT}",
        )


def user_data(spec: MachineSpec) -> str | None:
    """What cloud-init does as the machine boots: a script is a program to it, once it says so."""
    if spec.script:
        return spec.script if spec.script.startswith("#!") else f"#!/bin/sh\n{spec.script}"
    return spec.cloud_init or None


def without_nothing(body: Row) -> dict[str, Any]:
    """A body without what nobody gave."""
    return {name: value for name, value in body.items() if value is not None}
