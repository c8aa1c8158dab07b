"""`~` in a path that a person wrote, or a file of theirs."""

from __future__ import annotations

import os
from pathlib import Path


def at_home(path: str | Path) -> Path:
    """The path with its `~` filled in; one that names nobody's home stays as it is, and is a file that isn't there."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path's own raises RuntimeError there
