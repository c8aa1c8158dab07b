"""What the environment says of the way to a server: whose certificates to trust, and which proxy to go through."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from mist_notebook.ground.errors import BadValueError, SettingsError

from .origin import is_loopback

_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def authorities(verify: bool | str) -> bool | str:
    """Whom to trust: `verify` if it is a file of certificates, else what the environment names, else requests' own."""
    if isinstance(verify, str) and verify:
        if not Path(verify).exists():
            raise BadValueError(f"There is no certificate file '{verify}'.", "verify is the path of a CA file.")
        return verify
    if verify is not True:
        raise BadValueError(
            f"verify={verify} is not possible: certificates are always checked.",
            "For an own certificate authority, verify is the path of its certificate file.",
        )
    for variable in _CA_VARIABLES:
        path = os.environ.get(variable)
        if path and not Path(path).exists():
            raise SettingsError(f"{variable} names a file that does not exist: {path}", "Correct it, or unset it.")
        if path:
            return path
    return True


def proxies_for(url: str) -> dict[str, str]:
    """The proxies of the environment; none for this computer."""
    if is_loopback(urlsplit(url).hostname or ""):
        return {}
    proxies = dict(get_environ_proxies(url))
    if (select_proxy(url, proxies) or "").lower().startswith("socks"):
        raise SettingsError("SOCKS proxies are not supported.", "Unset ALL_PROXY, or put the host into NO_PROXY.")
    return proxies
