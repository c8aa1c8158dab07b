"""Which host keys the known_hosts files know for a host: plain, hashed, by pattern, revoked, or by an authority."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from mist_notebook.ground.files.own import read_own

from .said import Said

TRUSTED = "trusted"
NEW = "new"
CHANGED = "changed"
REVOKED = "revoked"
_LARGEST = 16 << 20


@dataclass(frozen=True)
class Trust:
    """What is known of one host's keys, and whether one that nobody knows is taken.

    `host` is the name by which it is looked up, `name` that with its port, `files` where.
    """

    host: str
    name: str
    keys: tuple[asyncssh.SSHKey, ...] = field(default=(), repr=False)
    authorities: tuple[asyncssh.SSHKey, ...] = field(default=(), repr=False)
    revoked: tuple[asyncssh.SSHKey, ...] = field(default=(), repr=False)
    takes_new: bool = False
    files: tuple[Path, ...] = ()
    forgets: bool = False  # a key that nobody knows is taken each time, and never kept
    is_exact: bool = True  # else known without the port: another server may well be at this one

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the keys that are known: a host with several is asked for one of these."""
        return tuple(dict.fromkeys(key.get_algorithm() for key in self.keys))

    def verdict(self, key: asyncssh.SSHKey) -> str:
        """What that key is; one beside a known one of another kind is new, as OpenSSH has it."""
        if key in self.revoked:
            return REVOKED
        if key in self.keys:
            return TRUSTED
        return CHANGED if self.is_exact and key.get_algorithm() in self.kinds else NEW


def trust_of(said: Said, *, takes_new: bool = False) -> Trust:
    """What the files that the configuration names know of the host."""
    known = _known(list(_lines(said.known_hosts)))
    name = said.known_at
    plain, at_port = known.match(said.known_as, "", None), known.match(name, "", None)
    found = at_port if at_port[0] or at_port[1] else plain  # what is known without the port counts at any
    return Trust(
        said.known_as,
        name,
        tuple(found[0]),
        tuple(found[1]),
        (*plain[2], *at_port[2]),
        takes_new or said.strict in ("no", "accept-new"),
        said.known_hosts,
        forgets=said.strict == "no" and said.known_hosts[:1] == (Path(os.devnull),),
        is_exact=found is at_port or name == said.known_as,
    )


def _known(lines: list[str]) -> asyncssh.SSHKnownHosts:
    """All lines, or those that can be understood: OpenSSH passes over the others, too."""
    try:
        return asyncssh.import_known_hosts("\n".join(lines))
    except (ValueError, asyncssh.Error):
        return asyncssh.import_known_hosts("\n".join(_usable(lines)))


def _lines(files: Iterable[Path]) -> Iterator[str]:
    """The lines of those that can be read; one that isn't there knows nothing."""
    for path in files:
        try:
            content, _ = read_own(path, _LARGEST)
        except OSError:
            continue
        yield from content.decode("utf-8", "replace").splitlines()


def _usable(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            asyncssh.import_known_hosts(line)
        except (ValueError, asyncssh.Error):
            continue
        yield line
