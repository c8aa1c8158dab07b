"""A file that is there whole or not at all, on the disk when the call returns, and for its owner alone."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

OLD_S = 3600.0
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def add(path: Path, content: bytes) -> bool:
    """Make the file; `False`, and nothing changed, if something of that name is there. Raises OSError.

    Of several processes that add one name at once, one succeeds.
    """
    beside = _written(path, content)
    try:
        made = _linked(beside, path, content)
    finally:
        beside.unlink(missing_ok=True)
    if made:
        _sync(path.parent)
    return made


def put(path: Path, content: bytes) -> None:
    """Make the file, in the old one's place if there is one. Raises OSError."""
    sweep(path.parent)
    beside = _written(path, content)
    try:
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync(path.parent)


def own_folder(folder: Path) -> bool:
    """Make the folder, 0700, or take other people's rights to it away; whether they had any. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not mode & 0o077:
        return False
    folder.chmod(mode & 0o700)
    return True


def sweep(folder: Path) -> None:
    """Take away what writes that were killed left there, an hour ago or longer; what can't be stays."""
    with suppress(OSError):
        for left in folder.glob(".*.tmp"):
            if _TEMPORARY.fullmatch(left.name) and age_s(left) > OLD_S:
                left.unlink(missing_ok=True)


def age_s(path: Path | str) -> float:
    """How long ago the file was written; nothing for one that isn't there."""
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return 0.0


def _written(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        _write(beside, content)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _linked(beside: Path, path: Path, content: bytes) -> bool:
    try:
        os.link(beside, path)
    except FileExistsError:
        return beside.stat().st_nlink > 1  # ours all the same: NFS says so when the answer to the first try was lost
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _exclusively(path, content)
    return True


def _exclusively(path: Path, content: bytes) -> bool:
    """For file systems without links: a kill in the middle leaves a part of the file, which no reader takes for it."""
    try:
        _write(path, content)
    except FileExistsError:
        return False
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True


def _sync(folder: Path) -> None:
    """Make the folder's new name durable, where its file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)
