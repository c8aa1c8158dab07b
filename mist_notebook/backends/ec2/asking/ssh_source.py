"""The address that this computer is seen under from outside, as Amazon's own service says it; nobody else is asked."""

from __future__ import annotations

from mist_notebook.net.http import Http, Limits

_SERVICE = "https://checkip.amazonaws.com"


def asked_of_amazon(limits: Limits, verify: bool | str) -> str:
    """That address, as text; one request."""
    door = Http(_SERVICE, limits=limits, verify=verify)
    try:
        return door.get("/").decode("ascii", "replace")
    finally:
        door.close()
