"""The clouds that a person added on this computer: which provider, under which name, by whose context. No secret.

Only what stands here is opened: a token in the environment alone opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from mist_notebook.ground.errors import BadValueError, SettingsError
from mist_notebook.ground.files import lock
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.files.own import read_own

from .data_folder import data_folder

_FILE = "clouds.json"
_LARGEST = 1 << 20
_PATIENCE_S = 10.0


class Remembered(msgspec.Struct, frozen=True):
    """One account at one cloud. `context` is its name in the cloud's own tool; without one variables hold it.

    `options` is what else was named as it was added, such as a region; never a secret.
    """

    provider: str
    name: str
    context: str | None = None
    options: dict[str, str] = {}

    @property
    def id(self) -> str:
        named = (self.context, *(self.options[name] for name in sorted(self.options)))
        return ":".join((self.provider, *filter(None, named))).replace("/", "_")


def every() -> list[Remembered]:
    """All of them, in the order in which they were added. Raises SettingsError."""
    path = _path()
    try:
        content, _ = read_own(path, _LARGEST)
        return msgspec.json.decode(content, type=list[Remembered])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError, RecursionError):
        raise SettingsError(
            f"The file of added clouds can't be read: {path}.", "Move it away, and %mist add them again."
        ) from None


def of(provider: str) -> list[Remembered]:
    """Those at that provider."""
    return [one for one in every() if one.provider == provider]


def check_new(new: Remembered) -> None:
    """Refuse an account, or a name, that is there already. Raises BadValueError."""
    for one in every():
        if one.id == new.id:
            raise BadValueError(
                f"{one.name} is that account already.", f"%mist sizes {one.name}; --context for another."
            )
        if one.name.casefold() == new.name.casefold():
            raise BadValueError(f"There is a backend named '{one.name}' already.", "Give it another --name.")


def add(new: Remembered) -> None:
    """Remember it. Raises BadValueError where that account, or that name, is there already."""

    def added() -> list[Remembered]:
        check_new(new)
        return [*every(), new]

    _put(added)


def rename(backend_id: str, name: str) -> None:
    """Call it otherwise from now on."""

    def renamed() -> list[Remembered]:
        known = every()
        if any(one.name.casefold() == name.casefold() and one.id != backend_id for one in known):
            raise BadValueError(f"There is a backend named '{name}' already.", "Choose another name.")
        return [msgspec.structs.replace(one, name=name) if one.id == backend_id else one for one in known]

    _put(renamed)


def forget(backend_id: str) -> None:
    """Remember it no longer; what it has at the cloud stays."""
    _put(lambda: [one for one in every() if one.id != backend_id])


def _put(clouds: Callable[[], list[Remembered]]) -> None:
    """Write what becomes of those that are there: one process at a time, so that none forgets what another added."""
    path = _path()
    try:
        whole_file.own_folder(path.parent)
        with lock.alone(path.with_suffix(".lock"), _PATIENCE_S):
            whole_file.put(path, msgspec.json.encode(clouds()))
    except OSError as error:
        raise SettingsError(f"{path} can't be written ({error.strerror}).", "Nothing changed.") from None


def _path() -> Path:
    return data_folder() / _FILE
