"""`~` in a path that a person wrote, or a file of theirs."""

from __future__ import annotations

import os
from pathlib import Path

from mist_notebook.ground.errors import SettingsError


def named_by(variable: str, path: str, hint: str = "Correct it, or unset it.") -> Path:
    """The place that a variable names, its `~` filled in. Raises SettingsError where that is nobody's home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise SettingsError(f"{variable} names no home folder of anyone: {path}.", hint) from None


def at_home(path: str | Path) -> Path:
    """The path with its `~` filled in; one that names nobody's home stays as it is, and is a file that isn't there."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path's own raises RuntimeError there
