"""From where SSH to a new machine is let in: as the person said, else from this computer's own address alone."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.net.origin import is_loopback

WORD, VARIABLE = "ssh_from", "MIST_SSH_FROM"
_SAY = f"Say from where: --extra {WORD}=203.0.113.7 for a machine, or {VARIABLE} for all. Nothing was sent."


def read(said: object) -> str:
    """The network that a person named, such as `203.0.113.7/32`. Raises BadValueError."""
    try:
        return str(ipaddress.ip_network(str(said).strip(), strict=False))
    except ValueError:
        hint = "Such as 203.0.113.7 or 203.0.113.0/24; nothing was sent."
        raise BadValueError(f"'{brief(str(said))}' is neither an address nor a network.", hint) from None


def network(
    extra: dict[str, Any], server: str, ask: Callable[[], str] | None = None, *, usual: str | None = None
) -> str:
    """The network that is let in: of the spec, of the settings (`usual`), else this computer as `server` sees it.

    That is its own address on the way there, where none between changes it, else what `ask` gives. Raises BadValueError
    where nobody knows: nothing is open to the world unless that was said.
    """
    said = extra.get(WORD) or usual
    if said:
        return read(said)
    host = urlsplit(server).hostname or ""
    own = _own_address(host)
    if own is not None and (is_loopback(host) or not own.is_private or _is_private(host)):
        return str(ipaddress.ip_network(own))
    if ask is None:
        raise BadValueError(f"From which address {host} sees this computer is not known.", _SAY)
    return read(ask())


def _own_address(host: str) -> ipaddress.IPv4Address | None:
    """The address with which packets to that host leave; none is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.connect((host, 9))
            return ipaddress.IPv4Address(sock.getsockname()[0])
    except (OSError, ValueError):
        return None


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
