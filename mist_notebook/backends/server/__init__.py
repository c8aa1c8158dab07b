"""Servers that are there already, reached over SSH: single ones, and every host of this computer's SSH configuration.

Leaves to `ssh.config` what OpenSSH would do, and to the client the login. Nothing is created or destroyed there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def open_server(settings: Settings) -> list[Adapter | MistError]:
    """The servers that were added one by one."""
    from mist_notebook.backends import direct

    return direct.opened("server", settings)


def open_ssh_config(settings: Settings) -> list[Adapter | MistError]:
    """The hosts of the SSH configuration, where they were added."""
    from mist_notebook.backends import direct

    return direct.opened("ssh-config", settings)
