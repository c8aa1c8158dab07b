"""That this computer's clock is off, said once: times that are sent and shown are the server's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mist_notebook.client.backend import Backend
from mist_notebook.client.notebook.session import Session


def notes(session: Session, backends: Iterable[Backend]) -> Iterator[str]:
    """A line for each server whose clock is more than a minute from this computer's, the first time."""
    for backend in backends:
        difference, place = backend.adapter.clock_difference(), backend.record.server or backend.name
        if difference and f"clock {place}" not in session.said:
            session.said.add(f"clock {place}")
            yield f"This computer's clock is {difference} {place}'s: times sent and shown are the server's."
