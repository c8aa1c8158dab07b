"""OpenStack, asked directly: logged in as its own tools' configuration says, with every other request by our door.

Leaves to openstacksdk where credentials stand and how one logs in; it is imported when such a backend is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def connect(settings: Settings) -> list[Adapter | MistError]:
    """The clouds that were added."""
    from mist_notebook.backends import direct

    return direct.opened("openstack", settings)
