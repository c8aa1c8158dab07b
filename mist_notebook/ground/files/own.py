"""A small file of the user's own, read without surprises: no pipe, no device, no folder, no gigabytes."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_own(path: Path, most_bytes: int, *, follow_links: bool = True) -> tuple[bytes, int]:
    """The file's bytes, and its mode if it is this user's own (0 elsewhere: not ours to judge). Raises OSError."""
    handle = os.open(path, os.O_RDONLY | _flag("O_NONBLOCK") | (0 if follow_links else _flag("O_NOFOLLOW")))
    try:
        about = os.fstat(handle)
        if stat.S_ISDIR(about.st_mode):
            raise OSError(errno.EISDIR, "it is a folder")
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it isn't a file, but a pipe or a device")
        if about.st_size > most_bytes:
            raise OSError(errno.EFBIG, f"it isn't a file of a reasonable size: it has more than {most_bytes:,} bytes")
        is_ours = os.name == "posix" and about.st_uid == os.getuid()
        return os.read(handle, min(most_bytes, about.st_size + 1)), stat.S_IMODE(about.st_mode) if is_ours else 0
    finally:
        os.close(handle)


def _flag(name: str) -> int:
    return int(getattr(os, name, 0))
