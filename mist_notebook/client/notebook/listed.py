"""The listings that one notebook has seen of its backends, and asking for those that it hasn't, side by side.

Listings of images, sizes, locations and networks are kept until `--refresh`; their age is shown with each frame.
Completion reads what is kept here, and never asks the network.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.client.waiting import Question, Waits, ask_all
from mist_notebook.ground.errors import MistError
from mist_notebook.records.model import Listing

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend

_Asked = tuple[str, str, str, bool]
Failed = list[tuple["Backend", MistError]]


class Listed:
    """What was listed, by backend and question; an answer may come on a thread, long after."""

    def __init__(self) -> None:
        self.waits = Waits()
        self._kept: dict[_Asked, Listing[Any]] = {}
        self._ends = 0

    def ask(
        self,
        kind: str,
        backends: Sequence[Backend],
        *,
        search: str = "",
        everything: bool = False,
        refresh: bool = False,
        stored: bool = False,
    ) -> tuple[list[Listing[Any]], Failed]:
        """What each has of `kind`, kept from before or asked now, side by side; and which failed: both in their order.

        Where what is `stored` will do, a slow server's own stored listing stands in, and its live one is kept later.
        """
        ends = self._ends
        answers: dict[str, Listing[Any] | MistError] = {}
        open_questions: dict[str, Question[Listing[Any]]] = {}
        for backend in backends:
            key = (backend.id, kind, search.casefold(), everything)
            if not refresh and key in self._kept:
                answers[backend.id] = self._kept[key]
                continue
            open_questions[backend.id] = Question(
                backend.name,
                partial(backend.listing, kind, search=search, everything=everything),
                stored=partial(_stored, backend, kind) if stored else _nothing,
                late=partial(self._keep, key, ends),
            )
        asked = ask_all(list(open_questions.values()), kind, self.waits)
        for backend_id, answer in zip(open_questions, asked, strict=True):
            answers[backend_id] = answer
            if isinstance(answer, Listing) and answer.stored_at is None:
                self._keep((backend_id, kind, search.casefold(), everything), ends, answer)
        pairs = [(backend, answers[backend.id]) for backend in backends]
        found = [answer for _, answer in pairs if isinstance(answer, Listing)]
        return found, [(backend, answer) for backend, answer in pairs if isinstance(answer, MistError)]

    def records(self, kind: str, backend_ids: Collection[str]) -> dict[str, Any]:
        """The records of `kind` seen so far, by `BACKEND/ID`, of these backends, or of all; never a request."""
        return {
            f"{backend_id}/{record.id}": record
            for (backend_id, kept_kind, _, _), listing in list(self._kept.items())  # workers add to them
            if kept_kind == kind and (not backend_ids or backend_id in backend_ids)
            for record in listing.records
        }

    def forget(self, backend: Backend | None = None) -> int:
        """Drop what is kept, of one backend or of all, and say how many listings that were."""
        left = {asked: listing for asked, listing in list(self._kept.items()) if backend and asked[0] != backend.id}
        dropped = len(self._kept) - len(left)
        self._kept = left
        return dropped

    def end(self) -> None:
        """Forget all, and what comes late of what was asked by now."""
        self.forget()
        self._ends += 1

    def _keep(self, asked: _Asked, ends: int, listing: Listing[Any]) -> None:
        if ends == self._ends:
            self._kept[asked] = listing


def _stored(backend: Backend, kind: str) -> Listing[Any] | None:
    return backend.adapter.stored(kind)


def _nothing() -> None:
    return None
