"""Google Compute Engine, asked directly: compute v1 as JSON by our door, with the login that google-auth finds.

Leaves to google-auth what a token is and how it is renewed; it is imported when such a backend is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def connect(settings: Settings) -> list[Adapter | MistError]:
    """The projects that were added."""
    from mist_notebook.backends import direct

    return direct.opened("gce", settings)
