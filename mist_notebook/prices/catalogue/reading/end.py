"""The common end of price lists that are read side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import UnavailableError

if TYPE_CHECKING:
    from .pages import Reader


class End:
    """The common end of lists that are read side by side: after it nothing is asked any more, and nothing is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: set[Reader] = set()
        self.is_over = False

    def now(self) -> None:
        """End it: what is on its way is cut, what is being kept is kept whole."""
        with self._lock:
            self.is_over = True
            readers = tuple(self._readers)
        for reader in readers:
            reader.close()

    def joined(self, reader: Reader) -> None:
        with self._lock:
            self._readers.add(reader)

    def left(self, reader: Reader) -> None:
        with self._lock:
            self._readers.discard(reader)

    @contextmanager
    def before_it(self, name: str) -> Iterator[None]:
        """Within, the end waits. Raises UnavailableError where it has come."""
        with self._lock:
            if self.is_over:
                raise UnavailableError(f"The price list of {name} came too late.")
            yield
