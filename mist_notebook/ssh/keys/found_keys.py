"""The public keys that a person has on this computer already: `~/.ssh/*.pub`, and what the SSH agent holds.

Only public halves are read; of a private one it is only looked whether its file is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mist_notebook.ground.errors import BadValueError

from .agent import told_by_agent
from .public_key import PublicKey, read

AGENT = "SSH agent"
_FILE_LIMIT = 1 << 16
_MOST = 40
_FIRST = ("id_ed25519", "id_ecdsa", "id_rsa")


@dataclass(frozen=True)
class FoundKey:
    """One of them. `private` is the file of its private half, `file` that of the public one; the agent has neither."""

    public: PublicKey
    name: str
    where: str
    file: Path | None = None
    private: Path | None = None


def in_folder(folder: Path) -> list[FoundKey]:
    """The keys of the `.pub` files in there, the usual ones first; what is none is left out."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".pub" and path.is_file())
    except OSError:
        return []
    paths.sort(key=lambda path: _FIRST.index(path.stem) if path.stem in _FIRST else len(_FIRST))
    return [found for path in paths[:_MOST] if (found := _of_file(path)) is not None]


async def in_agent(silent: set[str] | None = None) -> list[FoundKey]:
    """The keys that the agent holds; none where there is no agent, or it doesn't answer."""
    told = [_read(line) for line in await told_by_agent(silent)]
    return [FoundKey(public, public.called, AGENT) for public in told if public is not None]


def each_once(keys: Iterable[FoundKey]) -> list[FoundKey]:
    """Each key once, where it was found first: a file says more than the agent."""
    found: dict[bytes, FoundKey] = {}
    for key in keys:
        found.setdefault(key.public.blob, key)
    return list(found.values())


def _of_file(path: Path) -> FoundKey | None:
    try:
        with path.open("rb") as file:
            public = _read(file.read(_FILE_LIMIT).decode("utf-8", "replace"))
    except OSError:
        return None
    private = path.with_suffix("")
    there = private if private.is_file() else None
    return FoundKey(public, path.stem, f"~/{path.parent.name}", path, there) if public is not None else None


def _read(text: str) -> PublicKey | None:
    try:
        return read(text)
    except BadValueError:
        return None
