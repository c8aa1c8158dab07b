"""How long and how large a cloud's answers may be, as the settings say it."""

from __future__ import annotations

from mist_notebook.net.http import Limits
from mist_notebook.settings.settings import Settings

_MIB = 1 << 20


def limits_of(settings: Settings) -> Limits:
    """The limits of a door."""
    return Limits(
        total_s=settings["answer_seconds"],
        catalogue_total_s=settings["catalogue_seconds"],
        max_bytes=int(settings["answer_mb"] * _MIB),
        max_catalogue_bytes=int(settings["catalogue_mb"] * _MIB),
    )
