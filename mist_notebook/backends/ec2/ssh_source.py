"""From where SSH to new machines is let in: as the person said, else from this computer's address and no other.

An address that this computer is seen under is asked of Amazon's own service; nobody else is asked, and nothing is open
to the world unless that was said.
"""

from __future__ import annotations

import ipaddress

from mist_notebook.ground.errors import BadValueError, MistError
from mist_notebook.ground.text import brief
from mist_notebook.net.http import Http, Limits
from mist_notebook.net.origin import is_loopback

_SERVICE = "https://checkip.amazonaws.com"
_SAY = "Say from where: --extra ssh_from=203.0.113.7 for a machine, or MIST_SSH_FROM for all."


def read(said: object) -> str:
    """The network that a person named, as EC2 writes it. Raises BadValueError."""
    try:
        return str(ipaddress.ip_network(str(said).strip(), strict=False))
    except ValueError:
        raise BadValueError(
            f"'{brief(str(said))}' is no address and no network.", "Such as 203.0.113.7 or 203.0.113.0/24."
        ) from None


def of_this_computer(endpoint_host: str, *, is_amazon: bool, limits: Limits, verify: bool | str) -> str:
    """The address that this computer is seen under, as a network of one. Raises BadValueError where nobody knows."""
    if is_loopback(endpoint_host):
        return "127.0.0.1/32"
    if not is_amazon:
        raise BadValueError(f"From which address {endpoint_host} sees this computer is not known.", _SAY)
    door = Http(_SERVICE, limits=limits, verify=verify)
    try:
        return read(door.get("/").decode("ascii", "replace"))
    except MistError as error:
        raise BadValueError(f"This computer's address is not known: {error.message}", _SAY) from None
    finally:
        door.close()
