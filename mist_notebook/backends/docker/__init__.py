"""Containers as machines, by the socket of Docker or Podman on this computer: made of images that are there already.

It speaks their API through our own door, over the socket: it is a dozen requests, and a create is sent once as with
every other kind. Leaves to the image what runs beside SSH.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def open_docker(settings: Settings) -> list[Adapter | MistError]:
    """The Docker sockets that were added."""
    from mist_notebook.backends import direct

    return direct.opened("docker", settings)


def open_podman(settings: Settings) -> list[Adapter | MistError]:
    """The Podman sockets that were added."""
    from mist_notebook.backends import direct

    return direct.opened("podman", settings)
