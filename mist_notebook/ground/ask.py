"""Asking a person for a secret or a word of consent, where there is a person to ask."""

from __future__ import annotations

import getpass
import sys
import threading

from .errors import SettingsError
from .secret import Secret


def secret(prompt: str, *, variable: str) -> Secret:
    """What the person typed unseen; SettingsError naming the environment variable where nobody can answer."""
    nobody = SettingsError(f"Nobody can be asked for the {prompt} here.", f"Set {variable} before the kernel starts.")
    if not _someone_there():
        raise nobody
    try:
        typed = getpass.getpass(f"{prompt}: ").strip()
    except (EOFError, NotImplementedError, RuntimeError):
        raise nobody from None
    if not typed:
        raise SettingsError(f"No {prompt} was given.", "Nothing changed.")
    return Secret(typed)


def agreed(question: str, *, flag: str) -> bool:
    """Whether the person types `yes`; SettingsError naming the flag that says so where nobody can answer."""
    nobody = SettingsError("Nobody can be asked here, and nothing was sent.", f"To agree, add {flag} to the line.")
    if not _someone_there():
        raise nobody
    try:
        return input(f"{question} Type yes to agree: ").strip().casefold() == "yes"
    except (EOFError, NotImplementedError, RuntimeError):
        raise nobody from None


def is_someone_there() -> bool:
    """Whether a person can be asked from here."""
    return _someone_there()


def _someone_there() -> bool:
    """A kernel says itself whether its front end can be asked; elsewhere it takes a terminal. Never from a worker's
    thread: the question would stand in whatever cell runs, and take its answer.
    """
    if threading.current_thread() is not threading.main_thread():
        return False
    return getpass.getpass.__module__ != "getpass" or sys.stdin.isatty()
