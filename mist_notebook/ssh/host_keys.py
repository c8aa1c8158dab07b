"""Which host key each machine showed first: pinned to the machine's id, as clouds hand addresses on.

One file of JSON, 0600 in a folder 0700; without a path the pins are in memory (the embedded sandbox). Two kernels may
share the file: what is saved is what the file holds by then, and our new pins where it has none. Reads are lookups in
memory after `load()`; only `load()`, `save()` and `forget()` touch the disk.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import stat
import tempfile
import threading
from pathlib import Path

import msgspec

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ground.files.own import read_own

VERSION = 1
_FILE_LIMIT = 16 << 20
_KEY = re.compile(r"[a-z0-9@.-]{1,64} [A-Za-z0-9+/]{16,16000}={0,2}")


class _File(msgspec.Struct, frozen=True):
    v: int
    keys: dict[str, str]


class HostKeys:
    """Pinned host keys by machine id, each as OpenSSH writes it: `ssh-ed25519 AAAA…`."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._new: dict[str, str] = {}

    def load(self) -> None:
        """Read the file again. Raises ProbeError, and leaves the file alone, if it can't be understood."""
        with self._lock:
            self._known = {**self._new, **self._on_disk()}

    def known(self, machine_id: str) -> str | None:
        """The key that is pinned for this machine."""
        return self._known.get(machine_id)

    def pin(self, machine_id: str, key: str) -> bool:
        """Pin the key of a machine that has none, in memory until `save()`; `False` if another one is pinned."""
        with self._lock:
            pinned = self._known.setdefault(machine_id, key)
            if pinned == key:
                self._new.setdefault(machine_id, key)
            return pinned == key

    def save(self) -> None:
        """Write what is new, in one step; nothing is written when nothing is. Raises ProbeError if it can't be."""
        with self._lock:
            if self.path is None or not self._new:
                return
            on_disk = self._on_disk()
            keys = {**self._new, **on_disk}
            if keys != on_disk:
                self._write(keys)
            self._known, self._new = keys, {}

    def clear(self) -> None:
        """Forget every pin that isn't on disk."""
        with self._lock:
            self._known, self._new = {}, {}

    def forget(self, machine_id: str) -> bool:
        """Unpin a machine, on disk too: its next key is a first one. `False` if none was pinned."""
        with self._lock:
            keys = {**self._new, **self._on_disk()}
            had = keys.pop(machine_id, None) is not None
            if had and self.path is not None:
                self._write(keys)
            self._known, self._new = keys, ({} if self.path is not None else dict(keys))
            return had

    def _on_disk(self) -> dict[str, str]:
        if self.path is None:
            return {}
        content = self._content(self.path)
        if content is None:
            return {}
        try:
            file = msgspec.json.decode(content, type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unusable(f"it isn't what we wrote ({error})") from None
        if file.v != VERSION:
            raise self._unusable(f"it was written by another version (format {file.v})")
        for machine_id, key in file.keys.items():
            if not _KEY.fullmatch(key) or fingerprint(key) is None:
                raise self._unusable(f"the key of {machine_id[:60]!r} is garbled")
        return file.keys

    def _content(self, path: Path) -> bytes | None:
        """The file's bytes; `None` if there is no file."""
        try:
            content, mode = read_own(path, _FILE_LIMIT, follow_links=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from None
        if mode & 0o022:
            raise ProbeError(f"The host keys in {path} may be changed by others.", f"Run: chmod 600 '{path}'")
        return content

    def _write(self, keys: dict[str, str]) -> None:
        assert self.path is not None  # noqa: S101
        content = msgspec.json.format(msgspec.json.encode(_File(VERSION, dict(sorted(keys.items())))), indent=1)
        try:
            _replace(self.path, content + b"\n")
        except OSError as error:
            raise ProbeError(f"The host keys can't be saved in {self.path}: {error.strerror}.") from None

    def _unusable(self, why: str) -> ProbeError:
        return ProbeError(
            f"The host keys in {self.path} can't be read: {why}. Nothing was connected.",
            "The file is kept. Move it away to pin every machine's key anew at its next probe.",
        )


def fingerprint(key: str) -> str | None:
    """`SHA256:…` as OpenSSH prints it; `None` if the key's text isn't base64."""
    try:
        blob = base64.b64decode(key.partition(" ")[2], validate=True)
    except binascii.Error:
        return None
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _replace(path: Path, content: bytes) -> None:
    """Put the content in the file's place, whole and on disk, for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        path.parent.chmod(0o700)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
