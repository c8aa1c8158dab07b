"""A TOML file of the user's own, read without surprises: no pipe, no other person's file, and no excerpt in an error.

What may stand in it is its reader's business; its text never shows, as it may hold a token.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from mist_notebook.ground.errors import SettingsError

_LARGEST_BYTES = 1 << 20


class FolderError(SettingsError):
    """The folder of the file can't be entered, or is none: whether there is a file is not known."""


def read(path: Path) -> tuple[dict[str, Any], int]:
    """What the file holds, and its mode; nothing if there is none. Raises SettingsError, FolderError among them."""
    try:
        content, mode = _bytes_of(path)
    except FileNotFoundError:
        return {}, 0
    except OSError as error:
        _check_folder(path)
        raise SettingsError(
            f"The settings file can't be read: {path} ({error.strerror}).", "Mend it, or move it away."
        ) from None
    return _parsed(content, path), mode


def _check_folder(path: Path) -> None:
    """FolderError where the file's folder is none, or may not be entered."""
    try:
        (path.parent / "no-file-of-that-name").stat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise FolderError(
            f"The folder of the settings can't be used: {path.parent} ({error.strerror}).",
            "Make it a folder of yours, or name another file in MIST_CONFIG.",
        ) from None


def _bytes_of(path: Path) -> tuple[bytes, int]:
    """The file's content and mode, of a plain file of ours and of no surprising size."""
    with open(path, "rb", opener=_open_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SettingsError(f"The settings file is not a plain file: {path}.", "Move it away.")
        if status.st_uid not in (os.geteuid(), 0):
            raise SettingsError(f"The settings file belongs to another user: {path}.", "Make one of your own.")
        if status.st_size > _LARGEST_BYTES:
            raise SettingsError(f"The settings file is too large: {path} ({status.st_size:,} bytes).", "Move it away.")
        return file.read(_LARGEST_BYTES), stat.S_IMODE(status.st_mode)


def _open_at_once(name: str, flags: int) -> int:
    """Open without waiting: a pipe in the file's place has no end."""
    return os.open(name, flags | os.O_NONBLOCK)


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(f"The settings file is not text in UTF-8: {path}.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file is not TOML: {path}, {_place(str(error))}.", "Mend it there.") from None
    except (ValueError, RecursionError):
        raise SettingsError(
            f"The settings file is not TOML: {path}.", "It has a number of thousands of digits, or endless brackets."
        ) from None


def _place(message: str) -> str:
    """Line and column out of the parser's words; its excerpt could hold a token."""
    found = re.search(r"at line (\d+), column (\d+)", message)
    return f"line {found[1]}, column {found[2]}" if found else "at its end"
