"""The price lists that a person has fetched, one dated file for each, in the user's cache folder.

A file is gzip: a line of JSON that says what it is, of which days, how many rows and their digest, then the rows, as
`packed` has them. It is there whole or not at all. One that is cut off, altered, another program's or another version's
is named and not used; nothing of it is.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import pandas as pd

from mist_notebook.ground.errors import SettingsError, UnavailableError
from mist_notebook.ground.files import lock as file_lock
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.files.home import named_by
from mist_notebook.ground.files.own import read_own

from .packed import packed, unpacked

CACHE_VARIABLE = "MIST_CACHE_DIR"
WHOLE = ""
SUFFIX = ".prices.gz"
PATIENCE_S = 20.0
_LOCKS = "price-locks"
_FORMAT, _VERSION = "mist-notebook prices", 3
_GZIP = b"\x1f\x8b"
_LARGEST_FILE, _LARGEST_CONTENT = 64 << 20, 512 << 20


class _Head(msgspec.Struct, kw_only=True):
    """The first line of a file. `scopes` are the regions read and on which day; the one named "" is the whole list.

    `kinds` are those that the list speaks for (`on-demand`, `spot`); none named are all.
    """

    format: str
    version: int
    name: str
    provider: str
    url: str
    scopes: dict[str, date]
    rows: int
    sha256: str
    kinds: tuple[str, ...] = ()


class _Version(msgspec.Struct):
    format: str
    version: int


@dataclass(frozen=True)
class Kept:
    """One price list as it was fetched: its offers, and of which day each region is, "" being the whole list."""

    name: str
    provider: str
    url: str
    scopes: Mapping[str, date]
    offers: pd.DataFrame
    kinds: tuple[str, ...] = ()


class UnusableError(Exception):
    """Why a file is not used: a sentence that follows its path."""


def folder() -> Path:
    """Where the files lie; it need not exist."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return named_by(CACHE_VARIABLE, named) / "prices"
    import platformdirs

    return platformdirs.user_cache_path("mist-notebook") / "prices"


def file_of(name: str) -> Path:
    """The file of the price list of this name, which is one of ours."""
    return folder() / f"{name}{SUFFIX}"


@contextmanager
def alone(name: str, waits: Callable[[], object] = lambda: None, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Within, no other notebook keeps this list. Raises UnavailableError when one goes on with it, SettingsError."""
    path = folder().with_name(_LOCKS) / name
    with ExitStack() as stack:
        try:
            whole_file.own_folder(path.parent)
            stack.enter_context(file_lock.alone(path, patience_s, waits=waits))
        except TimeoutError:
            raise UnavailableError(f"Another notebook is keeping the price list of {name}.", "Try again.") from None
        except OSError as error:
            raise _not_kept(folder(), error) from None
        yield


def _not_kept(folder: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"The prices can't be kept in {folder} ({error.strerror}).", f"Make room, or set {CACHE_VARIABLE}."
    )


def put(kept: Kept, path: Path | None = None) -> Path:
    """Keep it in the old one's place, for this user alone. Raises SettingsError; the old one is as it was, then."""
    path = path or file_of(kept.name)
    try:
        whole_file.own_folder(path.parent)
        whole_file.put(path, _packed(kept))
    except OSError as error:
        raise _not_kept(path.parent, error) from None
    return path


def read(path: Path) -> Kept:
    """What the file holds. Raises FileNotFoundError, and UnusableError for one that is not as it was written."""
    try:
        packed, mode = read_own(path, _LARGEST_FILE)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnusableError(f"can't be read ({error.strerror})") from None
    if os.name == "posix" and (not mode or mode & 0o022):
        raise UnusableError("is another user's, or others can change it")
    content = _unpacked(packed)
    begin = (content.find(b"\n") + 1) or len(content)
    head = _head(content[:begin])
    if hashlib.sha256(memoryview(content)[begin:]).hexdigest() != head.sha256:
        raise UnusableError("is not as it was written")
    if not path.name.startswith(f"{head.name}."):
        raise UnusableError("is not what its first line says")
    try:
        offers = unpacked(content, head.rows, begin)
    except (ValueError, IndexError, EOFError, msgspec.DecodeError):
        raise UnusableError("has other columns or rows than it says, or than this version of mist_notebook") from None
    return Kept(head.name, head.provider, head.url, head.scopes, offers, head.kinds)


def _packed(kept: Kept) -> bytes:
    table = packed(kept.offers)
    head = _Head(
        format=_FORMAT,
        version=_VERSION,
        name=kept.name,
        provider=kept.provider,
        url=kept.url,
        scopes=dict(kept.scopes),
        rows=len(kept.offers),
        sha256=hashlib.sha256(table).hexdigest(),
        kinds=kept.kinds,
    )
    return gzip.compress(msgspec.json.encode(head) + b"\n" + table, 6, mtime=0)


def _unpacked(packed: bytes) -> bytes:
    reading = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    if not packed.startswith(_GZIP):
        raise UnusableError("is no file of prices")
    try:
        content = reading.decompress(packed, _LARGEST_CONTENT + 1)
    except zlib.error:
        raise UnusableError("is no file of prices") from None
    if len(content) > _LARGEST_CONTENT:
        raise UnusableError(f"is over {_LARGEST_CONTENT >> 20} MiB unpacked")
    if not reading.eof:
        raise UnusableError("is cut off")
    if reading.unused_data:
        raise UnusableError("is no file of prices")
    return content


def _head(line: bytes) -> _Head:
    try:
        said = msgspec.json.decode(line, type=_Version)
        if said.format == _FORMAT and said.version > _VERSION:
            raise UnusableError("was written by a newer version of mist_notebook")
        if said.format == _FORMAT and said.version < _VERSION:
            raise UnusableError("was written by an older version of mist_notebook")
        if said.format == _FORMAT:
            return msgspec.json.decode(line, type=_Head)
    except (msgspec.DecodeError, ValueError, RecursionError):
        pass
    raise UnusableError("is no file of prices")
