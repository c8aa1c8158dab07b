"""Whether a machine of an offer's size can be made here: which connected backend has it, or why none has.

By what the session has listed already: nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES
from mist_notebook.ground.text import brief
from mist_notebook.prices.known.offers import belongs
from mist_notebook.records.model import BackendInfo, Size
from mist_notebook.records.provider_names import called

if TYPE_CHECKING:
    from .session import Session

_NONE_OPEN = "No backend is open yet: the button looks for one that has it."
SAYS = ("backend", "provider", "id", "region", "kind", "os")  # the columns of an offer that tell


@dataclass(frozen=True)
class Makeable:
    """The backends at which it can be made, and what is to be said of it: why not, or what differs there.

    `is_refused` is where a backend is connected and certainly has no such size: a form would end in that.
    """

    backends: tuple[BackendInfo, ...] = ()
    why: str = ""
    is_refused: bool = False

    @property
    def here(self) -> str:
        """The names, as a column has them; nothing where it can't be made."""
        return ", ".join(backend.name for backend in self.backends)


class Makeables:
    """The backends of one moment, and the sizes that each was seen to have; `others` are of another time."""

    def __init__(
        self,
        known: Iterable[tuple[BackendInfo, Iterable[Size]]],
        addable: frozenset[str],
        others: Sequence[BackendInfo] = (),
    ) -> None:
        self._known = [
            (backend, {word: size for size in sizes for word in (size.name, size.id)}) for backend, sizes in known
        ]
        self._addable, self._others = addable, tuple(others)

    def of(self, offer: Any) -> Makeable:
        """Where that offer's size can be made; `offer` is a row of a frame of offers."""
        if not self._known and not self._others:
            return Makeable(why=_NONE_OPEN)
        provider = _text(offer, "provider")
        provider = PROVIDER_ALIASES.get(provider, provider)
        named = _text(offer, "backend")
        alike = [one for one in self._known if one[0].provider == provider and named in ("", one[0].name)]
        if not alike:
            others = [one for one in self._others if one.provider == provider]
            return self._of_another_time(others, offer) if others else Makeable(why=self._no_backend(provider))
        size, region = _text(offer, "id"), _text(offer, "region")
        having = [backend for backend, sizes in alike if size in sizes]
        unseen = [backend.name for backend, sizes in alike if not sizes]
        if not having and unseen:
            return Makeable(why=f"Whether {', '.join(unseen)} has it was not looked at yet.")
        if not having:
            names = ", ".join(backend.name for backend, _ in alike)
            return Makeable(why=f"{names} lists no {brief(size)}, so none can be made there.", is_refused=True)
        there = [backend for backend in having if not (backend.region and region) or backend.region == region]
        if not there:
            where = ", ".join(f"{backend.name} in {backend.region}" for backend in having)
            return Makeable(why=f"Not in {brief(region)}: {where} has {brief(size)}.")
        return Makeable(tuple(there), _differs(offer))

    def _no_backend(self, provider: str) -> str:
        name = brief(called(provider) or "that provider")
        if provider in self._addable:
            return f"No backend of {name} is connected: %mist add {provider}"
        return f"No backend of {name} is connected, so none can be made here."

    def _of_another_time(self, others: Sequence[BackendInfo], offer: Any) -> Makeable:
        """What is connected of that provider is the sandbox's, of 2014, and the offer of today; or the other way."""
        names, size = ", ".join(one.name for one in others), brief(_text(offer, "id"))
        if not others[0].sandbox:
            return Makeable(why=f"{names} sells today's sizes, not those of 2014.", is_refused=True)
        why = f"{names} here is the sandbox's, which has sizes of 2014 and no {size} of today"
        add = f"; %mist add {others[0].provider} connects an account of yours" if self._can_add(others[0]) else ""
        return Makeable(why=f"{why}: %mist explore --snapshot 2014 shows what it has{add}.", is_refused=True)

    def _can_add(self, backend: BackendInfo) -> bool:
        return backend.provider in self._addable


def makeables(session: Session, snapshot: str) -> Makeables:
    """Of the backends that a session has opened, and the sizes that it has seen there."""
    from mist_notebook.backends import discovery

    making = [one for one in session.known_backends() if one.enabled and not one.adapter.only_there]
    known = [(one.record, session.known("sizes", (one.name,))) for one in making if belongs(one.record, snapshot)]
    others = [one.record for one in making if not belongs(one.record, snapshot)]
    return Makeables(known, frozenset(discovery.addable()), others)


def refuse(session: Session, offer: Any, snapshot: str) -> None:
    """Raises NotFoundError where what is connected of the offer's provider certainly has no such size."""
    made = makeables(session, snapshot).of(offer)
    if made.is_refused:
        raise NotFoundError(made.why, "Choose a row that can be made here, or name a backend: %mist form BACKEND")


def _differs(offer: Any) -> str:
    """What a machine that is made here has otherwise than the offer."""
    kind, system = _text(offer, "kind"), _text(offer, "os")
    if kind not in ("", "on-demand"):
        return f"Made here it is on-demand, not {kind}: at another price."
    return f"The price is with {system}: the image decides." if system not in ("", "linux") else ""


def _text(offer: Any, name: str) -> str:
    value = offer.get(name)
    return value if isinstance(value, str) else ""
