"""What of a wish a cloud with a token can do, checked before anything is sent."""

from __future__ import annotations

from mist_notebook.backends import tag_rules
from mist_notebook.backends.parts import start
from mist_notebook.backends.provider_fields import check_name
from mist_notebook.ground.errors import BadValueError
from mist_notebook.records.model import MachineSpec

from .facts import Facts, Terms
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
    start.refuse_hours(backend, spec)
    start.check(backend, spec, most_bytes=facts.most_user_data)
    for name in spec.extra.keys() - {tag_rules.WORD, *(one.field.name for one in facts.choices)}:
        raise BadValueError(f"{backend} takes no '{name}' from here.", _NOTHING_SENT)
