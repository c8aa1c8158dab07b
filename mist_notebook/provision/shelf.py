"""Where a journal's records stand: files in a folder, or this process's memory. Knows names and bytes, no records."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.files.own import read_own

from .record import RECORD_LIMIT

_MOST_AT_ONCE = 1000


class Shelf(Protocol):
    """Where records stand. Raises OSError where the disk fails."""

    notes: list[str]

    def add(self, name: str, content: bytes) -> bool:
        """Put a new one, durably; `False`, and nothing changed, if there is one of that name."""

    def names(self) -> list[str]:
        """What there is, in no order."""

    def read(self, name: str) -> bytes:
        """The content of one."""

    def stamp(self, name: str) -> object:
        """What changes when its content does."""

    def set_aside(self, name: str) -> None:
        """Keep one where it is no longer read."""

    def remove(self, name: str) -> None:
        """Take one away."""

    def thin(self, names: Sequence[str]) -> bool:
        """Take away those of them that are old, and what killed writes left; whether none is left to take away."""

    @property
    def place(self) -> str:
        """Where it is, in words."""


class FolderShelf:
    """Records as files, 0600, in a folder of mode 0700. A file stays as it was made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.notes: list[str] = []

    @property
    def place(self) -> str:
        return str(self._folder)

    def add(self, name: str, content: bytes) -> bool:
        if whole_file.own_folder(self._folder):
            self.notes.append(f"Others could read the journal in {self._folder}; now they can't.")
        return whole_file.add(self._folder / name, content)

    def names(self) -> list[str]:
        try:
            with os.scandir(self._folder) as entries:
                return [entry.name for entry in entries if entry.name.endswith(".json")]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def read(self, name: str) -> bytes:
        content, _ = read_own(self._folder / name, RECORD_LIMIT, follow_links=False)
        return content

    def stamp(self, name: str) -> object:
        about = os.lstat(f"{self._folder}/{name}")
        return about.st_mtime_ns, about.st_size, about.st_ino

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def thin(self, names: Sequence[str]) -> bool:
        whole_file.sweep(self._folder)
        old = [name for name in names if whole_file.age_s(f"{self._folder}/{name}") > whole_file.OLD_S]
        for name in old[:_MOST_AT_ONCE]:
            self.remove(name)
        return len(old) <= _MOST_AT_ONCE

    def set_aside(self, name: str) -> None:
        (self._folder / name).rename(self._folder / f"{name}.{secrets.token_hex(4)}.aside")


class MemoryShelf:
    """Records that end with this process: the embedded sandbox's, whose machines do too."""

    place = "memory"

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._content: dict[str, bytes] = {}

    def add(self, name: str, content: bytes) -> bool:
        return self._content.setdefault(name, content) is content

    def names(self) -> list[str]:
        return list(self._content)

    def read(self, name: str) -> bytes:
        return self._content[name]

    def stamp(self, name: str) -> object:
        return self._content[name]  # of the same length may be another operation's, where a sandbox began anew

    def set_aside(self, name: str) -> None:
        del self._content[name]

    def remove(self, name: str) -> None:
        self._content.pop(name, None)

    def thin(self, names: Sequence[str]) -> bool:
        for name in names:
            self.remove(name)
        return True
