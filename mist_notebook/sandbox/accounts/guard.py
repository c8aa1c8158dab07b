"""Who is let in: the address that was asked for, where the question came from, and the token it brought."""

from __future__ import annotations

from collections.abc import Mapping

from mist_notebook.sandbox.ground.refusals import RefusedError, forbidden, unauthenticated

from .accounts import Tokens

_READS = ("GET", "HEAD", "OPTIONS")


def check_address(headers: Mapping[str, str], port: int) -> None:
    """Let only programs on this computer in: no web page, and no foreign name that was made to point here."""
    if headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
        raise forbidden("the Host must be this sandbox's own address")
    if "Origin" in headers:
        raise forbidden("web pages may not use the sandbox")


def check_token(headers: Mapping[str, str], method: str, tokens: Tokens, *, csrf_exempt: bool) -> None:
    """Let only the holder of a token in.

    Mist takes a request without a token for a browser's, so that a write then fails its CSRF check: 403, not 401.
    """
    given = headers.get("Authorization", "")
    if not given and method not in _READS and not csrf_exempt:
        raise RefusedError(403, "Invalid csrf token")
    if not tokens.admits(given):
        raise unauthenticated()
