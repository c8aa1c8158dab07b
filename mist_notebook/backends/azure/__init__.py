"""Azure, asked directly: the Resource Manager's JSON by our door, one resource group a machine.

Leaves to azure-identity what a token is; it is imported when such a backend is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def connect(settings: Settings) -> list[Adapter | MistError]:
    """The subscriptions that were added."""
    from mist_notebook.backends import direct

    return direct.opened("azure_arm", settings)
