"""The files of a journal as chains of records: which ones say how things stand, each read once, and the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from msgspec.structs import replace

from mist_notebook.ground.errors import JournalError

from .record import Broken, Record, chain_of, chains, content_of, file_name, read, turn_of
from .shelf import Shelf


class Files:
    """The records of one account in a shelf. Raises JournalError where it can't be listed or written."""

    def __init__(self, shelf: Shelf, account: str) -> None:
        self._shelf = shelf
        self._account = account
        self._known: dict[str, tuple[object, Record | Broken]] = {}
        self._is_tidy = False

    def names(self) -> list[str]:
        """The names of all files."""
        try:
            return sorted(self._shelf.names())
        except OSError as error:
            raise self.unusable("read", error) from None

    def tops(self, names: Iterable[str]) -> list[Record | Broken]:
        """The last file of each chain: what may be open is among them."""
        return _told_apart([self.at(chain[-1]) for chain in chains(names)])

    def every(self, names: Iterable[str]) -> list[Record | Broken]:
        """The last file of each operation."""
        return _told_apart([record for chain in chains(names) for record in self._walked(chain)])

    def tidy(self) -> None:
        """Take away what a later file of its operation stands for, and what killed writes left; once is enough.

        Only what is an hour old, and some thousands at a time.
        """
        if not self._is_tidy:
            with suppress(OSError):
                self._is_tidy = self._shelf.thin(self._superseded())

    def _superseded(self) -> list[str]:
        """The files that a later one of their own operation stands for, the oldest of each chain first."""
        found = []
        for chain in chains(self.names()):
            held = [record for record in self._walked(chain) if isinstance(record, Record)]
            spans = [range(record.begun, record.turn) for record in held if record.begun]
            found += [name for name in chain if any(turn_of(name) in span for span in spans)]
        return found

    def at(self, name: str) -> Record | Broken:
        """What one file holds; not read again while its file is the same."""
        try:
            stamp = self._shelf.stamp(name)
            known = self._known.get(name)
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
        for found in self.tops(name for name in self.names() if name.startswith(own)):
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
            left = [name for name in left if turn_of(name) < begun] if begun else left
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
