"""One process at a time: a lock on a file, which ends with whoever holds it, also where that one is killed.

A file system that has no locks has none here either: what is written there is whole all the same.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_WAKE_S = 0.05
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


@contextmanager
def alone(
    path: Path,
    patience_s: float,
    *,
    waits: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[None]:
    """Within, no other process is, nor another thread; `waits` is called once where one is waited for.

    Raises TimeoutError when the patience is over, OSError where the file can't be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until, told = clock() + patience_s, False
        while not _taken(descriptor):
            if not told:
                waits()
                told = True
            if clock() >= until:
                raise TimeoutError(errno.ETIMEDOUT, "another process holds it")
            sleep(_WAKE_S)
        try:
            yield
        finally:
            _give(descriptor)  # closing it wouldn't, where a child of a fork has it too
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        _take(descriptor)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        if error.errno not in _NO_LOCKS:
            raise
    return True


if sys.platform == "win32":

    def _take(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _give(descriptor: int) -> None:
        pass  # there is no fork there

else:

    def _take(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(descriptor: int) -> None:
        import fcntl

        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
