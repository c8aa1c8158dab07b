"""The file that a person names to write to: whether it can be one, said before anything is made for it."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief

_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|.*\\", re.DOTALL)


def checked(path: str | Path, endings: Collection[str], *, forms: str, force: bool, instead: str) -> Path:
    """The file of that name, if it can be written; `~` is the person's home.

    `forms` says which files can be, `instead` what to do where one is there already. Raises BadValueError.
    """
    target = _named(path, forms)
    if str(path).strip() and _is_folder(target):
        raise BadValueError(f"{brief(str(path))} is a folder.", forms)
    if target.suffix.casefold() not in endings or not target.stem.strip("."):
        raise BadValueError(f"'{brief(str(path))}' is no file that can be written.", forms)
    if not _is_folder(target.parent):
        raise BadValueError(f"There is no folder {brief(str(target.parent))}.", "Make it first, or name another file.")
    if target.exists() and not force:
        raise taken(path, instead)
    return target


def write(target: Path, content: bytes, *, force: bool, instead: str) -> None:
    """The whole file, or none; one that is there is replaced only by a whole one. Raises BadValueError."""
    path = target.with_name(f".{secrets.token_hex(8)}.tmp") if force else target
    try:
        made = path.open("xb")
        with _taken_away_if_not(path), made as file:
            file.write(content)
        if force:
            with _taken_away_if_not(path):
                path.replace(target)
    except FileExistsError:
        raise taken(target, instead) from None
    except OSError as error:
        raise unwritable(target, error) from None


@contextmanager
def _taken_away_if_not(path: Path) -> Iterator[None]:
    """What is done with a file of ours, and the file gone if it fails or is interrupted."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def taken(path: str | Path, instead: str) -> BadValueError:
    """What to say where a file of that name is there."""
    return BadValueError(f"{brief(str(path))} is there already.", instead)


def unwritable(target: Path, error: OSError) -> BadValueError:
    """What to say where the system refuses to write."""
    return BadValueError(f"{brief(str(target))} can't be written: {error.strerror}.", "Name another file.")


def _named(path: str | Path, forms: str) -> Path:
    if os.name != "nt" and _OF_WINDOWS.match(str(path)):  # here it would be a file of that whole name
        raise BadValueError(f"'{brief(str(path))}' is a path of Windows, which this computer hasn't.", forms)
    try:
        target = Path(path).expanduser()
    except RuntimeError:
        raise BadValueError(f"{brief(str(path))} names no home folder of anyone.", forms) from None
    except TypeError:
        raise BadValueError(f"'{brief(str(path))}' is no file that can be written.", forms) from None
    if "\0" in str(path):
        raise BadValueError(f"'{brief(str(path))}' is no file that can be written.", forms)
    return target


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise unwritable(path, error) from None
