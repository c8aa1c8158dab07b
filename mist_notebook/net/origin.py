"""Which server: a URL checked and taken apart, and ids as parts of its paths.

Leaves to `http` what is sent there; imports nothing heavy, so that settings can check a URL.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NoReturn
from urllib.parse import SplitResult, quote, urlsplit

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.secret import MASK
from mist_notebook.ground.text import brief

_EXAMPLE = "A server's URL looks like https://mist.example."
_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.ASCII)
_HOST_AND_PORT = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,}:[0-9]{2,5}", re.ASCII)
_SHORTEST_TOKEN = 12
_WORD = re.compile(r"\S+")
_PREFIX = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~%-]+)*", re.ASCII)


def check_url(text: str) -> str:
    """The server that `text` names, as `https://host[:port][/prefix]`: what paths are appended to.

    http:// is for this computer only. A slash or /api/v1 at the end is dropped; a login, query or fragment is refused.
    """
    _refuse_login(text)
    if not text.isprintable() or any(character.isspace() for character in text):
        _refuse(f"The URL '{brief(_without_tokens(text))}' has a space or a control character in it.")
    parts = _split(text)
    host, port = _host(parts, text), _port(parts)
    if parts.scheme == "http" and not is_loopback(host):
        _refuse(f"http://{host} would send the token unencrypted.", f"Use https://{host}, or http for 127.0.0.1 only.")
    netloc = f"[{host}]" if ":" in host else host
    if port not in (None, _DEFAULT_PORTS[parts.scheme]):
        netloc += f":{port}"
    return f"{parts.scheme}://{netloc}{_prefix(parts)}"


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, spelled in one way, to compare."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}")


def one_spelling(url: str) -> str:
    """The URL of a checked server, as its account is kept under: one name for this computer, no dot at a host's end."""
    parts = urlsplit(url)
    if not is_loopback(parts.hostname or ""):
        return parts._replace(netloc=re.sub(r"\.(?=:\d+$|$)", "", parts.netloc)).geturl()
    return f"{parts.scheme}://127.0.0.1:{parts.port or _DEFAULT_PORTS[parts.scheme]}{parts.path}"


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1, as written: no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def quote_segment(identifier: str) -> str:
    """An id as one segment of a path, whatever characters it has; never another path."""
    if identifier in ("", ".", ".."):
        raise BadValueError(f"'{identifier}' can't be an id.", "An id as the listing shows it is needed.")
    try:
        return quote(identifier, safe="")
    except UnicodeEncodeError:
        pass
    raise BadValueError(f"'{identifier}' can't be an id: it is not Unicode text.")


def _refuse(message: str, hint: str = _EXAMPLE) -> NoReturn:
    raise BadValueError(message, hint)


def _without_tokens(text: str) -> str:
    """The text without words that may be a token, typed where or after where the address belongs."""
    return _WORD.sub(lambda found: MASK if _may_be_token(found[0]) else found[0], text)


def _may_be_token(word: str) -> bool:
    is_address = "://" in word or "." in word
    return len(word) >= _SHORTEST_TOKEN and not is_address and any(character.isdigit() for character in word)


def _refuse_login(text: str) -> None:
    if "@" in text:
        raise MistUsageError(
            "A login is never taken from a URL.",
            "A password in it is now in this notebook and its history: change it, then connect without it.",
        )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError:
        _refuse(f"'{brief(text)}' is not a URL.")
    if parts.scheme not in _DEFAULT_PORTS or "://" not in text:
        _refuse(f"'{text if _HOST_AND_PORT.fullmatch(text) else brief(_without_tokens(text))}' is not an https URL.")
    if "?" in text or "#" in text:
        _refuse(f"The URL of {parts.netloc} has a query or a fragment.", "Leave out what follows ? or #.")
    return parts


def _host(parts: SplitResult, text: str) -> str:
    host = parts.hostname or ""
    if not host:
        _refuse(f"'{brief(text)}' names no host.")
    if "[" in parts.netloc:
        return _ipv6(host)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _HOST_NAME.fullmatch(name):
        _refuse(f"'{host}' is not a host name.")
    return name


def _ipv6(host: str) -> str:
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        _refuse(f"'{host}' is not an IPv6 address.", "It looks like https://[2001:db8::1].")


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        # Not echoed: what follows the colon may be a password whose @ was forgotten.
        _refuse("The port in the URL is not a number from 1 to 65535.", "It looks like https://mist.example:8443.")
    return port


def _prefix(parts: SplitResult) -> str:
    prefix = parts.path.rstrip("/").removesuffix("/api/v1").rstrip("/")
    if not _PREFIX.fullmatch(prefix):
        _refuse(f"The path '{parts.path}' can't be part of a server's URL.")
    return prefix
