"""What `%mist create` asks for, made of its line: one spec for each machine, and what is refused before it is sent."""

from __future__ import annotations

import secrets
from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import choices, provider_fields
from mist_notebook.client.waiting import waited
from mist_notebook.ground.errors import BadValueError, MistUsageError, NotFoundError
from mist_notebook.ground.numbered import free, several
from mist_notebook.ground.text import brief

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.records.model import MachineSpec

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u


def specs_of(session: Session, backend: Backend, options: Namespace) -> list[MachineSpec]:
    """One spec for each machine; they differ in their names alone."""
    from msgspec.structs import replace

    if options.another and (options.count or options.unique):
        raise MistUsageError("--another goes with neither --count nor --unique.", "Choose one of them.")
    if options.accept_unknown_price not in (None, options.name):
        raise BadValueError(
            f"--accept-unknown-price says '{brief(options.accept_unknown_price)}', not the machine's name.",
            "Give the exact name again: nothing was sent.",
        )
    name = f"{options.name}-{_short_id()}" if options.unique and options.name.strip() else options.name
    for one in (name, *_names(name, options.count)[-1:]):
        provider_fields.check_name(one, backend.provider)
    if options.count:
        _check_count(session, backend, options.count)
    spec = _with_key(backend, _spec(session, backend, options))
    name = _free_name(session, backend, name) if options.another else name
    return [replace(spec, name=one) for one in _names(name, options.count)]


def _names(name: str, count: int | None) -> list[str]:
    return [name] if count is None else [*several(name, count)]


def _short_id() -> str:
    """Six characters that tell names apart, none of which is taken for another."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))


def _free_name(session: Session, backend: Backend, name: str) -> str:
    """The name, else the first of NAME-2, NAME-3 … that neither a machine nor an open record has."""
    taken = {machine.name for machine in backend.adapter.list_machines().records if machine.state != "terminated"}
    taken |= {record.name for record in session.client.journal.opened() if record.backend == backend.id}
    return free(name, taken)


def _spec(session: Session, backend: Backend, options: Namespace) -> MachineSpec:
    """The spec of one; what another backend is known to have is said so."""
    wanted = {kind: getattr(options, kind) for kind in ("image", "size", "location")}
    more = {"script": options.script, "cloud_init": options.cloud_init, "hours": options.hours}
    more |= {"together": options.name} if options.together else {}
    more |= {"tags": options.tag} if options.tag else {}
    more |= _network(backend, options) if options.network else {}
    try:
        make = partial(backend.spec, options.name, key=options.key, **wanted, **more, **dict(options.extra))
        return waited(make, backend.name)
    except NotFoundError as error:
        kind = next((kind for kind in wanted if error.message.startswith(f"No {kind} ")), None)
        owner = kind and _owner(session, backend, kind, wanted[kind])
        raise NotFoundError(
            error.message, f"It belongs to {owner}, not to {backend.name}." if owner else error.hint
        ) from None


def _network(backend: Backend, options: Namespace) -> dict[str, Any]:
    """The networks that are named, as the field that the backend has for them."""
    field = choices.field_for(provider_fields.NETWORK, backend.adapter.needs(), backend.name).name
    if not all(word.strip() for word in options.network):
        raise BadValueError("The network is empty.", f"Give its name or id: %mist networks {backend.name}")
    if field in dict(options.extra):
        raise MistUsageError(f"--network and --extra {field}= say the same.", "Give one of them.")
    return {field: options.network if len(options.network) > 1 else options.network[0]}


def _with_key(backend: Backend, spec: MachineSpec) -> MachineSpec:
    """The spec with a key in it where its provider wants one: the one that was named, else the server's default."""
    from msgspec.structs import replace

    if spec.key is not None or not provider_fields.wants_key(spec.backend.provider):
        return spec
    known = backend.usable_keys()
    default = next((key for key in known if key.default), known[0] if len(known) == 1 else None)
    if default is None:
        raise MistUsageError("create needs --key: nobody could log in.", "Make one: %mist add-key demo --generate")
    return replace(spec, key=default)


def _owner(session: Session, backend: Backend, kind: str, wanted: str) -> str | None:
    """Another backend that is known to have it; from memory."""
    for other in session.known_backends():
        known = session.known(f"{kind}s", [other.name]) if other.id != backend.id else []
        if any(wanted in (record.id, record.name) for record in known):
            return other.name
    return None


def _check_count(session: Session, backend: Backend, count: int) -> None:
    most = session.client.limits(backend.record.sandbox).count
    if count > most:
        raise BadValueError(
            f"--count is {count}; the limit is {most} at once.", f"Raise it: %mist budget --count {count}"
        )
