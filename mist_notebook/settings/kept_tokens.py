"""Tokens that a person typed for a cloud: in the system's keyring if there is a real one, in a file only on request.

A keyring that keeps nothing, or in plain text, is none. Where neither is, a token is known to this process alone.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from mist_notebook.ground.errors import MistError, SettingsError
from mist_notebook.ground.files import whole as whole_file
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.secret import Secret

from .data_folder import data_folder

KEYRING, FILE, MEMORY = "keyring", "file", "memory"
PLACES = (KEYRING, FILE, MEMORY)
_SERVICE = "mist-notebook"
_ANSWER_S = 60.0  # a keyring may ask the person to unlock it
_LARGEST = 1 << 16
_LEAST_PRIORITY = 1  # keyring's own word for: recommended
_typed: dict[str, Secret] = {}


def usual() -> str:
    """Where a token is kept where nobody says: in a real keyring, else in this process alone."""
    return KEYRING if _keyring_name() else MEMORY


def words(place: str) -> str:
    """The place, as a person reads it."""
    if place == KEYRING:
        return f"the system's keyring ({_keyring_name() or 'which is not there now'})"
    return f"{_folder()} (mode 600)" if place == FILE else "this kernel alone"


def keep(name: str, token: Secret, place: str) -> None:
    """Keep it there, in the place of an older one. Raises SettingsError."""
    if place == MEMORY:
        _typed[name] = token
    elif place == FILE:
        _put(_path(name), token)
    else:
        _asked(lambda: _keyring().set_password(_SERVICE, name, token.reveal()))


def read(name: str, place: str) -> Secret | None:
    """What is kept there; `None` where nothing is. Raises SettingsError."""
    if place == MEMORY:
        return _typed.get(name)
    if place == FILE:
        return _read(_path(name))
    said = _asked(lambda: _keyring().get_password(_SERVICE, name))
    return Secret(said) if isinstance(said, str) and said else None


def forget(name: str, place: str) -> None:
    """Keep it no longer; that it isn't there is as well. Raises SettingsError."""
    if place == MEMORY:
        _typed.pop(name, None)
    elif place == FILE:
        with suppress(FileNotFoundError):
            _path(name).unlink()
    elif read(name, place) is not None:
        _asked(lambda: _keyring().delete_password(_SERVICE, name))


def _keyring() -> Any:
    """The backend that keyring has chosen. Raises SettingsError where it is no real one."""
    try:
        import keyring
    except ImportError:
        raise SettingsError(
            "The package keyring is not installed.", "%pip install 'mist-notebook[keyring]', or --keep file."
        ) from None
    found = keyring.get_keyring()
    if not _is_real(found):
        raise SettingsError(
            f"This computer has no real keyring ({type(found).__module__}).",
            "--keep file keeps the token in a file that only you can read.",
        )
    return found


def _is_real(found: Any) -> bool:
    """Whether it keeps what it is given, and not for everyone to read; of a chain, whether one of it does."""
    inner = getattr(found, "backends", None)
    kind = type(found)
    if inner is not None and kind.__module__.endswith("chainer"):
        return any(map(_is_real, inner))
    if kind.__module__ in ("keyring.backends.fail", "keyring.backends.null") or "plaintext" in kind.__name__.lower():
        return False
    try:
        return float(found.priority) >= _LEAST_PRIORITY
    except Exception:  # it finds out as it is asked, and says so by whatever it raises
        return False


def _keyring_name() -> str:
    try:
        found = _asked(_keyring)
    except SettingsError:
        return ""
    return str(getattr(found, "name", "") or type(found).__name__)


def _asked(work: Callable[[], Any]) -> Any:
    """What a keyring answers, on a thread of its own: one that waits for somebody to unlock it may wait for ever."""
    answers: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put((True, work()))
        except MistError as error:
            answers.put((False, error))
        except Exception as error:  # each keyring has errors of its own, and their text may hold anything
            answers.put((False, SettingsError(f"The keyring refused ({type(error).__name__}).", "Is it unlocked?")))

    threading.Thread(target=ask, name="mist-keyring", daemon=True).start()
    try:
        is_good, answer = answers.get(timeout=_ANSWER_S)
    except Empty:
        raise SettingsError(f"The keyring did not answer in {_ANSWER_S:g} s.", "Unlock it, and try again.") from None
    if is_good:
        return answer
    raise answer


def _folder() -> Path:
    return data_folder() / "tokens"


def _path(name: str) -> Path:
    return _folder() / hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _put(path: Path, token: Secret) -> None:
    try:
        whole_file.own_folder(path.parent)
        whole_file.put(path, token.reveal().encode())
    except OSError as error:
        raise SettingsError(f"{path} can't be written ({error.strerror}).", "Nothing was kept.") from None


def _read(path: Path) -> Secret | None:
    try:
        content, mode = read_own(path, _LARGEST, follow_links=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read ({error.strerror}).", "Move it away, and add the cloud again."
        ) from None
    if mode & 0o077:
        raise SettingsError(
            f"{path} holds a token, and others can read it.", f"chmod 600 {path}; and revoke the token."
        )
    return Secret(content.decode("utf-8", "replace").strip())
