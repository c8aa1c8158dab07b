"""Clouds with a token and JSON, asked directly: one adapter, and one file of facts for each cloud.

Leaves to `settings.remembered` which of them a person wants, and to each provider's own tools the keeping of tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def open_hetzner(settings: Settings) -> list[Adapter | MistError]:
    """The projects at Hetzner that were added."""
    return _opened("hetzner", settings)


def open_digitalocean(settings: Settings) -> list[Adapter | MistError]:
    """The accounts at DigitalOcean that were added."""
    return _opened("digitalocean", settings)


def open_linode(settings: Settings) -> list[Adapter | MistError]:
    """The accounts at Linode that were added."""
    return _opened("linode", settings)


def open_vultr(settings: Settings) -> list[Adapter | MistError]:
    """The accounts at Vultr that were added."""
    return _opened("vultr", settings)


def open_scaleway(settings: Settings) -> list[Adapter | MistError]:
    """The projects at Scaleway that were added."""
    return _opened("scaleway", settings)


def _opened(provider: str, settings: Settings) -> list[Adapter | MistError]:
    from mist_notebook.backends import direct

    return direct.opened(provider, settings)
