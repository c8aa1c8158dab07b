"""Whether a machine of an offer's size can be made here: which connected backend has it, or why none has.

By what the session has listed already: nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.resolver import PROVIDER_ALIASES
from mist_notebook.ground.text import brief
from mist_notebook.prices.known.offers import belongs
from mist_notebook.records.model import BackendInfo, Size

if TYPE_CHECKING:
    from .session import Session

SAYS = ("backend", "provider", "id", "region", "kind", "os")  # the columns of an offer that tell


@dataclass(frozen=True)
class Makeable:
    """The backends at which it can be made, and what is to be said of it: why not, or what differs there."""

    backends: tuple[BackendInfo, ...] = ()
    why: str = ""

    @property
    def here(self) -> str:
        """The names, as a column has them; nothing where it can't be made."""
        return ", ".join(backend.name for backend in self.backends)


class Makeables:
    """The backends of one moment, and the sizes that each was seen to have."""

    def __init__(self, known: Iterable[tuple[BackendInfo, Iterable[Size]]], addable: frozenset[str]) -> None:
        self._known = [
            (backend, {word: size for size in sizes for word in (size.name, size.id)}) for backend, sizes in known
        ]
        self._addable = addable

    def of(self, offer: Any) -> Makeable:
        """Where that offer's size can be made; `offer` is a row of a frame of offers."""
        provider = _text(offer, "provider")
        provider = PROVIDER_ALIASES.get(provider, provider)
        named = _text(offer, "backend")
        alike = [one for one in self._known if one[0].provider == provider and named in ("", one[0].name)]
        if not alike:
            return Makeable(why=self._no_backend(provider))
        size, region = _text(offer, "id"), _text(offer, "region")
        having = [backend for backend, sizes in alike if size in sizes]
        unseen = [backend.name for backend, sizes in alike if not sizes]
        if not having and unseen:
            return Makeable(why=f"Whether {', '.join(unseen)} has it was not looked at yet.")
        if not having:
            names = ", ".join(backend.name for backend, _ in alike)
            return Makeable(why=f"{names} lists no {brief(size)}, so none can be made there.")
        there = [backend for backend in having if not (backend.region and region) or backend.region == region]
        if not there:
            where = ", ".join(f"{backend.name} in {backend.region}" for backend in having)
            return Makeable(why=f"Not in {brief(region)}: {where} has {brief(size)}.")
        return Makeable(tuple(there), _differs(offer))

    def _no_backend(self, provider: str) -> str:
        if provider in self._addable:
            return f"No backend of {provider} is connected: %mist add {provider}"
        return f"No backend of {brief(provider or 'that provider')} is connected, so none can be made here."


def makeables(session: Session, snapshot: str) -> Makeables:
    """Of the backends that a session has opened, and the sizes that it has seen there."""
    from mist_notebook.backends import discovery

    making = [one for one in session.known_backends() if one.enabled and not one.adapter.only_there]
    known = [(one.record, session.known("sizes", (one.name,))) for one in making if belongs(one.record, snapshot)]
    return Makeables(known, frozenset(discovery.addable()))


def _differs(offer: Any) -> str:
    """What a machine that is made here has otherwise than the offer."""
    kind, system = _text(offer, "kind"), _text(offer, "os")
    if kind not in ("", "on-demand"):
        return f"Made here it is on-demand, not {kind}: at another price."
    return f"The price is with {system}: the image decides." if system not in ("", "linux") else ""


def _text(offer: Any, name: str) -> str:
    value = offer.get(name)
    return value if isinstance(value, str) else ""
