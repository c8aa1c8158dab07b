"""Where a cloud answers; tests name a server on this computer, and no other is taken."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from mist_notebook.ground.errors import SettingsError
from mist_notebook.net.origin import is_loopback


def address(provider: str, url: str) -> str:
    """The cloud's own address, else the test's."""
    variable = f"MIST_TEST_{provider.upper()}_URL"
    named = os.environ.get(variable)
    if not named:
        return url
    if not is_loopback(urlsplit(named).hostname or ""):
        raise SettingsError(f"{variable} is for tests, and takes this computer's address only.", "Unset it.")
    return named
