"""The files of a journal as chains of records: which ones say how things stand, each read once, and the next one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from msgspec.structs import replace

from mist_notebook.ground.errors import JournalError

from .record import Broken, Record, chain_of, chains, content_of, file_name, read, turn_of
from .shelf import Shelf

_TIDY_EVERY_S = 3600.0


class Files:
    """The records of one account in a shelf. Raises JournalError where it can't be listed or written."""

    def __init__(self, shelf: Shelf, account: str) -> None:
        self._shelf = shelf
        self._account = account
        self._known: dict[str, tuple[object, Record | Broken]] = {}
        self._tidied_at: float | None = None
        self._sorted: tuple[list[str], list[list[str]]] = ([], [])
        self._still = threading.local()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Within, this thread reads the folder once, and again after it wrote: for several questions in one breath."""
        before = getattr(self._still, "names", None)
        self._still.names = before or []
        try:
            yield
        finally:
            self._still.names, self._still.tops = before, ([], [])

    def names(self) -> list[str]:
        """The names of all files."""
        held: list[str] | None = getattr(self._still, "names", None)
        if held:
            return held
        try:
            names = sorted(self._shelf.names())
        except OSError as error:
            raise self.unusable("read", error) from None
        if held is not None:
            self._still.names = names
            self._still.seen = set()
        return names

    def tops(self, names: Iterable[str]) -> list[Record | Broken]:
        """The last file of each chain: what may be open is among them."""
        names = names if isinstance(names, list) else list(names)
        known: tuple[list[str], list[Record | Broken]] = getattr(self._still, "tops", ([], []))
        if names and known[0] is names:
            return known[1]
        tops = _told_apart([self.at(chain[-1]) for chain in self._chains(names)])
        if getattr(self._still, "names", None) is names:
            self._still.tops = (names, tops)
        return tops

    def every(self, names: Iterable[str]) -> list[Record | Broken]:
        """The last file of each operation."""
        return _told_apart([record for chain in self._chains(names) for record in self._walked(chain)])

    def _chains(self, names: Iterable[str]) -> list[list[str]]:
        """The files of each chain; sorted once for one and the same folder."""
        names = names if isinstance(names, list) else list(names)
        if names != self._sorted[0]:
            self._sorted = (names, chains(names))
        return self._sorted[1]

    def tidy(self) -> None:
        """Take away what a later file of its operation stands for, and what killed writes left: an hour old or more.

        At most a thousand at a time, and seldom.
        """
        now = time.monotonic()
        if self._tidied_at is not None and now - self._tidied_at < _TIDY_EVERY_S:
            return
        with suppress(OSError):
            is_done = self._shelf.thin(self._superseded())
            self._tidied_at = now if is_done else None

    def _superseded(self) -> list[str]:
        """The files that a later one of their own operation stands for, the oldest of each chain first."""
        found = []
        for chain in self._chains(self.names()):
            if len(chain) == 1:
                continue
            held = [record for record in self._walked(chain) if isinstance(record, Record)]
            spans = [range(record.begun, record.turn) for record in held if record.begun]
            found += [name for name in chain if any(turn_of(name) in span for span in spans)]
        return found

    def at(self, name: str) -> Record | Broken:
        """What one file holds; not read again while its file is the same."""
        known = self._known.get(name)
        seen: set[str] | None = self._still.seen if getattr(self._still, "names", None) else None
        if known is not None and seen is not None and name in seen:
            return known[1]
        try:
            stamp = self._shelf.stamp(name)
            if seen is not None:
                seen.add(name)
            if known is None or known[0] != stamp:
                known = self._known[name] = (stamp, read(name, self._shelf.read(name), self._account))
        except OSError as error:
            return Broken(name, error.strerror or type(error).__name__)
        return known[1]

    def add(self, record: Record) -> bool:
        """Write the record as the next of its chain; `False` if another kernel has written that turn, or a later one.

        A turn that was thinned can be written once more: then there is a later one, and ours is taken back.
        """
        content, name = content_of(record), file_name(record)
        if getattr(self._still, "names", None) is not None:
            self._still.names = []
        try:
            if not self._shelf.add(name, content):
                return False
            own = chain_of(record)
            if all(turn_of(other) <= record.turn for other in self._shelf.names() if other.startswith(own)):
                return True
            self._shelf.remove(name)
            return False
        except OSError as error:
            raise self.unusable("written", error, unsent=record.state in ("intent", "sent")) from None

    def last(self, record: Record) -> Record | None:
        """The last record of that backend and name, whichever operation it is."""
        own = chain_of(record)
        names = [name for name in self.names() if name.startswith(own)]
        for found in [self.at(chain[-1]) for chain in chains(names)]:
            if isinstance(found, Broken):
                raise JournalError(f"The record of '{record.name}' can't be read: {found.why}.", "See %mist journal.")
            return found
        return None

    def unusable(self, what: str, error: OSError, *, unsent: bool = False) -> JournalError:
        return JournalError(
            f"The journal can't be {what}: {self._shelf.place} ({error.strerror}).{' Nothing was sent.' * unsent}",
            "Make room there, or set MIST_DATA_DIR to a folder that can be written.",
        )

    def _walked(self, chain: list[str]) -> Iterator[Record | Broken]:
        """The last file of each operation of a chain, the newest first; all files where they don't say where to go on.

        An earlier operation that is open was never the last one: another kernel was faster, and nothing was sent.
        """
        left = list(chain)
        is_top = True
        while left:
            record = self.at(left.pop())
            begun = record.begun if isinstance(record, Record) else 0
            left = [name for name in left if turn_of(name) < begun] if begun > 1 else left * (not begun)
            if isinstance(record, Record) and not is_top and record.is_open and begun:
                record = replace(record, state="dropped")
            yield record
            is_top = False


def _told_apart(found: list[Record | Broken]) -> list[Record | Broken]:
    """Records of one operation under several names contradict each other: none of them is taken."""
    under: dict[str, set[str]] = {}
    for record in found:
        if isinstance(record, Record):
            under.setdefault(record.op, set()).add(record.name)
    return [
        Broken(file_name(record), "its operation is another record's too")
        if isinstance(record, Record) and len(under[record.op]) > 1
        else record
        for record in found
    ]
