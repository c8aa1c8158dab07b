"""Amazon EC2, asked directly: botocore's models, signing and credentials, and our door below them.

botocore is imported when such a backend is opened, and not before. Leaves to `settings.remembered` which accounts a
person wants, and to the tools of AWS the keeping of credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.ground.errors import MistError
    from mist_notebook.settings.settings import Settings


def open_ec2(settings: Settings) -> list[Adapter | MistError]:
    """The accounts at Amazon that were added."""
    from mist_notebook.backends import direct

    return direct.opened("ec2", settings)
