"""What a form asks its session: a question becomes a shelf of records, read anew where it was read before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.records.model import Location, Price, Size

from . import looking
from .state import recheck
from .state.catalogue import BACKENDS, CHOICES, FOUND, KEYS, Question, Shelf
from .state.events import Event, Hinted
from .state.more import offered

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.notebook.session import Session


class Asking:
    """The questions of one form. `tell` is told what comes beside an answer, `find` gives a record that is known."""

    def __init__(
        self, session: Session, *, tell: Callable[[Event], object], find: Callable[[Question, str], Any]
    ) -> None:
        self._session, self._tell, self._find = session, tell, find
        self._lock = threading.Lock()
        self._read: set[Question] = set()

    def read(self, question: Question) -> Shelf:
        """What there is. Raises whatever keeps it from being known."""
        with self._lock:
            again = question in self._read
        shelf = (
            self._shared(question, again=again) if question in (BACKENDS, KEYS) else self._own(question, again=again)
        )
        with self._lock:
            self._read.add(question)
        return shelf

    def backend(self, backend_id: str) -> Backend:
        """The backend of that id. Raises NotFoundError where it is gone."""
        found = self._session.connected.backends.get(backend_id)
        if found is None:
            raise NotFoundError("The server no longer has this backend.", "Retry reads the backends again.")
        return found

    def prices(
        self, backend_id: str, sizes: Sequence[Size], places: Sequence[Location]
    ) -> Mapping[str, Mapping[str, Price]]:
        """What the sizes cost by location, once both are known; that nobody says it is no trouble."""
        if not sizes or len(places) < 2:
            return {}
        try:
            return self.backend(backend_id).prices_at(sizes, places)
        except MistError:
            return {}

    def _shared(self, question: Question, *, again: bool) -> Shelf:
        """What belongs to the account."""
        client = self._session.connected
        if question == KEYS:
            return Shelf(tuple(client.list_keys()))
        backends = client.update_backends() if again else client.backends
        self._tell(Hinted(looking.hints(self._session)))
        return Shelf(tuple(backend.record for backend in backends.values()))

    def _own(self, question: Question, *, again: bool) -> Shelf:
        """What belongs to a backend."""
        backend_id, kind = question
        backend = self.backend(backend_id)
        if kind == "needs":
            return Shelf((backend.adapter.needs(),))
        if kind.startswith(CHOICES):
            return self._choices(backend, question)
        if kind == "names":
            return Shelf(recheck.taken(backend, self._session.connected.journal.opened()))
        search = kind.removeprefix(FOUND) if kind.startswith(FOUND) else ""
        (listing,) = self._session.listings("images" if search else kind, [backend], search=search, refresh=again)
        return Shelf(tuple(listing.records), listing.notes)

    def _choices(self, backend: Backend, question: Question) -> Shelf:
        """What a field can name; nothing where the backend doesn't list it."""
        field, location_id = offered.asked(question)
        location = self._find((backend.id, "locations"), location_id)
        listing = backend.adapter.list_choices(field, location)
        return Shelf(tuple(listing.records), listing.notes) if listing is not None else Shelf()
